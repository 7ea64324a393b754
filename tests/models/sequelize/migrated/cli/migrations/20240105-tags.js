module.exports = {
  up: async (queryInterface, { INTEGER, STRING }) => {
    await queryInterface.createTable('ArticleTags', {
      articleId: { type: STRING, primaryKey: true },
      tagId: { type: INTEGER, primaryKey: true },
      note: { type: STRING, field: 'remark' },
    });
    await queryInterface.sequelize.query('CREATE TABLE tags (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL)');
    await queryInterface.sequelize.query(`ALTER TABLE tags ADD COLUMN color TEXT`);
    await queryInterface.addIndex('tags', { fields: ['name'], unique: true });
  },
  down: async () => {},
};
