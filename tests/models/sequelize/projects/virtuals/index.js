const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

sequelize.define('Account', {
  first: DataTypes.STRING,
  last: { type: DataTypes.STRING, set(value) { this.setDataValue('last', value.trim()); } },
  full: { type: DataTypes.VIRTUAL, get() { return this.first + this.last; } },
  typed: new DataTypes.VIRTUAL(DataTypes.BOOLEAN, ['first']),
  password: { type: DataTypes.VIRTUAL(DataTypes.STRING), allowNull: false },
  passwordHash: { type: DataTypes.STRING, allowNull: false },
}, { getterMethods: { upper() { return this.first.toUpperCase(); } }, hooks: { beforeValidate(account) { account.passwordHash = account.password; } } });
module.exports = { sequelize };
