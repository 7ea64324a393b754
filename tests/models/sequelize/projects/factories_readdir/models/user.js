'use strict';
const { Model } = require('sequelize');
module.exports = (sequelize, DataTypes) => {
  class User extends Model {
    static associate(models) {
      User.hasMany(models.Post, { foreignKey: 'authorId', as: 'posts' });
      this.belongsToMany(models.User, { through: 'Friendships', as: 'friends', foreignKey: 'userId', otherKey: 'friendId' });
    }
    fullName() { return this.firstName + this.lastName; }
  }
  User.init({ firstName: DataTypes.STRING, lastName: DataTypes.STRING }, { sequelize, modelName: 'User' });
  return User;
};
