'use strict';
const columns = (Sequelize) => ({ id: { type: Sequelize.UUID, primaryKey: true }, title: { type: Sequelize.STRING, allowNull: false } });
module.exports = {
  up: (queryInterface, Sequelize) =>
    queryInterface
      .createTable('Posts', {
        ...columns(Sequelize),
        authorId: { type: Sequelize.INTEGER, references: { model: 'Users', key: 'id' }, onDelete: 'CASCADE' },
      })
      .then(() => queryInterface.addIndex('Posts', ['authorId', 'title'], { unique: true, name: 'posts_author_title' })),
  down: (queryInterface) => queryInterface.dropTable('Posts'),
};
