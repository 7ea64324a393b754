'use strict';
module.exports = function (sequelize, DataTypes) {
  var Post = sequelize.define('Post', { title: { type: DataTypes.STRING, allowNull: false } }, {});
  Post.associate = function (models) {
    Post.belongsTo(models.User, { foreignKey: 'authorId', as: 'author', onDelete: 'CASCADE' });
  };
  return Post;
};
