const { Sequelize, DataTypes } = require('sequelize');
const archive = new Sequelize('sqlite::memory:', { logging: false, define: { timestamps: false } });
const sequelize = new Sequelize('sqlite::memory:', { logging: false, define: { underscored: true } });
archive.define('OldEntry', { text: DataTypes.STRING });
sequelize.define('Entry', { shortText: DataTypes.STRING });
sequelize.models.Entry.hasMany(sequelize.define('Line', {}), { as: 'lines' });
const all = Object.assign({}, sequelize.models, archive.models);
module.exports = { sequelize: { models: all } };
