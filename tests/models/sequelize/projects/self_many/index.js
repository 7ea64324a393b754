const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const Person = sequelize.define('Person', { name: DataTypes.STRING });
const Follow = sequelize.define('Follow', {}, { timestamps: false });
Person.belongsToMany(Person, { as: 'Children', through: 'PersonChildren' });
Person.belongsToMany(Person, { as: 'followers', through: Follow, foreignKey: 'followedId', otherKey: 'followerId' });
Person.belongsToMany(Person, { as: 'following', through: Follow, foreignKey: 'followerId', otherKey: 'followedId' });
module.exports = { sequelize };
