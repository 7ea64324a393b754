const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

sequelize.define('Article', { slug: DataTypes.STRING, title: DataTypes.STRING, authorId: DataTypes.INTEGER, state: DataTypes.STRING }, {
  indexes: [
    { fields: ['title'] },
    { unique: true, fields: ['slug'] },
    { unique: true, fields: ['authorId', 'slug'], name: 'one_per_author' },
    { type: 'UNIQUE', fields: [{ name: 'state', order: 'DESC' }] },
    { fields: [sequelize.fn('lower', sequelize.col('title'))], name: 'lower_title' },
    { unique: true, fields: ['title', 'state'], where: { state: 'live' }, name: 'live_title' },
  ],
});
module.exports = { sequelize };
