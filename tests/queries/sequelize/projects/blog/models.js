const { Sequelize, DataTypes } = require('sequelize');

const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const User = sequelize.define('User', {
  username: { type: DataTypes.STRING, allowNull: false, unique: true },
  email: { type: DataTypes.STRING, unique: true },
  bio: DataTypes.TEXT,
  passwordHash: { type: DataTypes.STRING, field: 'password_hash' },
  settings: DataTypes.JSON,
  admin: { type: DataTypes.BOOLEAN, defaultValue: false },
  label: { type: DataTypes.VIRTUAL, get() { return this.username; } },
});

const Article = sequelize.define('Article', {
  slug: { type: DataTypes.STRING, unique: true, allowNull: false },
  title: DataTypes.STRING,
  body: DataTypes.TEXT,
  views: { type: DataTypes.INTEGER, defaultValue: 0 },
  publishedAt: { type: DataTypes.DATE, field: 'published_at' },
}, { paranoid: true, tableName: 'articles' });

const Comment = sequelize.define('Comment', {
  body: DataTypes.TEXT,
  score: DataTypes.INTEGER,
});

const Tag = sequelize.define('Tag', { name: { type: DataTypes.STRING, unique: true } }, { timestamps: false });

const ArticleTag = sequelize.define('ArticleTag', {
  position: DataTypes.INTEGER,
}, { tableName: 'article_tags', timestamps: false });

User.hasMany(Article, { as: 'articles', foreignKey: 'authorId' });
Article.belongsTo(User, { as: 'author', foreignKey: 'authorId' });
Article.hasMany(Comment, { as: 'comments', foreignKey: 'articleId' });
Comment.belongsTo(Article, { as: 'article', foreignKey: 'articleId' });
Comment.belongsTo(User, { as: 'author', foreignKey: 'authorId' });
User.hasMany(Comment, { as: 'comments', foreignKey: 'authorId' });
Article.belongsToMany(Tag, { as: 'tags', through: ArticleTag, foreignKey: 'articleId', otherKey: 'tagId' });
Tag.belongsToMany(Article, { as: 'articles', through: ArticleTag, foreignKey: 'tagId', otherKey: 'articleId' });
User.belongsToMany(Article, { as: 'favorites', through: 'Favorites', foreignKey: 'userId', otherKey: 'articleId' });
Article.belongsToMany(User, { as: 'fans', through: 'Favorites', foreignKey: 'articleId', otherKey: 'userId' });
User.belongsToMany(User, { as: 'followers', through: 'Follows', foreignKey: 'followedId', otherKey: 'followerId' });
User.belongsToMany(User, { as: 'following', through: 'Follows', foreignKey: 'followerId', otherKey: 'followedId' });

module.exports = { sequelize, User, Article, Comment, Tag, ArticleTag };
