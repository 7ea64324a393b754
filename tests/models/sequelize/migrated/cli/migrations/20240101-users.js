'use strict';
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('Users', {
      id: { allowNull: false, autoIncrement: true, primaryKey: true, type: Sequelize.INTEGER },
      email: { type: Sequelize.STRING, allowNull: false, unique: true },
      nick: Sequelize.STRING(40),
      old: Sequelize.TEXT,
      createdAt: { allowNull: false, type: Sequelize.DATE },
    });
    await queryInterface.createTable('Temporary', { id: { type: Sequelize.INTEGER, primaryKey: true } });
  },
  async down(queryInterface) { await queryInterface.dropTable('Users'); },
};
