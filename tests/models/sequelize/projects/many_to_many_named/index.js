const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const Article = sequelize.define('Article', { title: DataTypes.STRING });
const Tag = sequelize.define('Tag', { name: { type: DataTypes.STRING, primaryKey: true } });
const User = sequelize.define('User', {}, { underscored: true, timestamps: false });
Article.belongsToMany(Tag, { through: 'article_tags' });
Tag.belongsToMany(Article, { through: 'article_tags' });
User.belongsToMany(Article, { through: 'Favorites', as: 'favorites', foreignKey: 'userId', otherKey: 'articleId' });
Article.belongsToMany(User, { through: 'Favorites', as: 'fans', foreignKey: 'articleId', otherKey: 'userId' });
User.belongsToMany(User, { through: 'follows', as: 'followers', foreignKey: 'followedId', otherKey: 'followerId', timestamps: false });
User.belongsToMany(User, { through: 'follows', as: 'following', foreignKey: 'followerId', otherKey: 'followedId', timestamps: false });
Tag.belongsToMany(User, { through: 'watchers' });
module.exports = { sequelize };
