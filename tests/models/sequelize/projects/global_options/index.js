const { Sequelize, DataTypes } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', {
  logging: false,
  define: { underscored: true, paranoid: true, createdAt: 'born_at', freezeTableName: true },
});
sequelize.define('blog_post', { publishedOn: DataTypes.DATEONLY });
sequelize.define('Tag', { labelText: DataTypes.STRING }, { paranoid: false, freezeTableName: false, timestamps: true });
sequelize.define('Raw', {}, { timestamps: false, underscored: false });
module.exports = { sequelize };
