const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

sequelize.define('Person', { name: DataTypes.STRING });
sequelize.define('category', { name: DataTypes.STRING });
sequelize.define('Wolf', {}, { freezeTableName: true });
sequelize.define('Datum', {}, { tableName: 'facts' });
sequelize.define('News', {});
sequelize.define('ArticleStatus', {}, { underscored: true });
sequelize.define('userProfile', { firstName: DataTypes.STRING, zip: { type: DataTypes.STRING, field: 'zipCode' } }, { underscored: true });
sequelize.define('Mouse', {}, { timestamps: false });
sequelize.define('Quiz', {}, { name: { singular: 'quiz', plural: 'quizzen' } });
sequelize.define('Hidden', {}, { schema: 'private' });
module.exports = { sequelize };
