const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const User = sequelize.define('User', {
  username: { type: DataTypes.STRING, allowNull: false, unique: true },
  email: { type: DataTypes.STRING, allowNull: false, unique: 'users_email' },
  nickname: { type: DataTypes.STRING, unique: { name: 'nick', msg: 'taken' } },
  first: { type: DataTypes.STRING, unique: 'full_name' },
  last: { type: DataTypes.STRING, unique: 'full_name' },
  rank: { type: DataTypes.INTEGER, defaultValue: 0, field: 'user_rank' },
  active: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
  token: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
  seenAt: { type: DataTypes.DATE, defaultValue: Sequelize.NOW },
  joinedAt: { type: DataTypes.DATE, defaultValue: Sequelize.literal('CURRENT_TIMESTAMP') },
  secret: { type: DataTypes.STRING, defaultValue: () => 'x' },
  nothing: { type: DataTypes.STRING, defaultValue: null },
});
module.exports = { sequelize, User };
