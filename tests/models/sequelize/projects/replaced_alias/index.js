const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const User = sequelize.define('User', {});
const Post = sequelize.define('Post', {});
User.hasMany(Post, { foreignKey: 'authorId' });
User.hasMany(Post, { foreignKey: 'editorId' });
Post.belongsTo(User, { foreignKey: 'authorId' });
Post.belongsTo(User, { foreignKey: 'editorId' });
module.exports = { sequelize };
