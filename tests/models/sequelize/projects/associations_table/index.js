const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const names = ['Team', 'Player', 'Match'];
for (const name of names) sequelize.define(name, { name: DataTypes.STRING(60) });
const { Team, Player, Match } = sequelize.models;
const links = [
  [Team, 'hasMany', Player, { as: 'players', foreignKey: 'teamId' }],
  [Player, 'belongsTo', Team, { as: 'team', foreignKey: 'teamId' }],
  [Match, 'belongsTo', Team, { as: 'home', foreignKey: 'homeId' }],
  [Match, 'belongsTo', Team, { as: 'guest', foreignKey: 'guestId' }],
];
links.forEach(([from, kind, to, options]) => from[kind](to, options));
module.exports = { sequelize };
