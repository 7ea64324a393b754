const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const User = sequelize.define('User', { name: DataTypes.STRING });
const Post = sequelize.define('blogPost', { title: DataTypes.STRING });
const Person = sequelize.define('person', { name: DataTypes.STRING });
const Profile = sequelize.define('Profile', {});
const Snake = sequelize.define('SnakeThing', {}, { underscored: true });
User.hasMany(Post);
Post.belongsTo(User);
User.hasOne(Profile);
Profile.belongsTo(User);
Person.hasMany(Profile);
Snake.belongsTo(Person);
Person.hasMany(Snake);
Snake.hasOne(Post);
module.exports = { sequelize };
