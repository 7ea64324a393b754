const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

sequelize.define('Plain', { at: DataTypes.DATE });
sequelize.define('None', { at: DataTypes.DATE }, { timestamps: false });
sequelize.define('Soft', { at: DataTypes.DATE }, { paranoid: true });
sequelize.define('Renamed', {}, { createdAt: 'created', updatedAt: 'changed', deletedAt: 'gone', paranoid: true });
sequelize.define('Created', {}, { updatedAt: false });
sequelize.define('Snake', {}, { underscored: true, paranoid: true });
sequelize.define('Own', { createdAt: { type: DataTypes.DATE, field: 'made_at', allowNull: true } });
sequelize.define('Versioned', {}, { version: true });
sequelize.define('Revised', {}, { version: 'revision', timestamps: false });
module.exports = { sequelize };
