const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const User = sequelize.define('User', { username: { type: DataTypes.STRING, unique: true } }, { timestamps: false });
const Group = sequelize.define('Group', { code: { type: DataTypes.CHAR(4), unique: true } }, { timestamps: false });
User.belongsToMany(Group, { through: 'Membership', sourceKey: 'username', targetKey: 'code' });
Group.belongsToMany(User, { through: 'Membership', sourceKey: 'code', targetKey: 'username' });
Group.belongsToMany(User, { through: 'Leaders', as: { singular: 'leader', plural: 'leaders' }, foreignKey: { name: 'group', allowNull: false }, otherKey: { name: 'leader', field: 'leader_id' } });
module.exports = { sequelize };
