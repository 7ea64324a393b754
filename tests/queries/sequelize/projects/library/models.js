'use strict';

const { Sequelize } = require('sequelize');

const sequelize = new Sequelize('sqlite::memory:', { logging: false });
const db = { sequelize, Sequelize };

for (const define of [require('./author'), require('./book'), require('./loan')]) {
  const model = define(sequelize, Sequelize.DataTypes);
  db[model.name] = model;
}
Object.keys(db).forEach((name) => {
  if (db[name].associate) db[name].associate(db);
});

module.exports = db;
