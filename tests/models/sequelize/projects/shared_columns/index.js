const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const id = { id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 } };
const audit = { createdBy: DataTypes.INTEGER, updatedBy: { type: DataTypes.INTEGER, allowNull: true } };
const required = (type) => ({ type, allowNull: false });
const definitions = {
  Invoice: { number: required(DataTypes.STRING(20)), total: required(DataTypes.DECIMAL(12, 2)) },
  Customer: { name: required(DataTypes.STRING) },
};
const models = Object.fromEntries(
  Object.entries(definitions).map(([name, columns]) => [name, sequelize.define(name, { ...id, ...columns, ...audit })]),
);
models.Invoice.belongsTo(models.Customer);
models.Customer.hasMany(models.Invoice);
module.exports = { sequelize };
