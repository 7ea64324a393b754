const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const User = sequelize.define('User', { username: { type: DataTypes.STRING, unique: true } });
const Message = sequelize.define('Message', { text: DataTypes.TEXT, senderId: { type: DataTypes.INTEGER, allowNull: false } });
const Country = sequelize.define('Country', { code: { type: DataTypes.CHAR(2), unique: true } });
Message.belongsTo(User, { as: 'sender', foreignKey: 'senderId' });
Message.belongsTo(User, { as: 'receiver' });
User.hasMany(Message, { as: 'sent', foreignKey: 'senderId' });
User.hasMany(Message, { as: { singular: 'letter', plural: 'mail' }, foreignKey: { name: 'receiverId', allowNull: false }, onDelete: 'RESTRICT' });
User.belongsTo(Country, { foreignKey: 'countryCode', targetKey: 'code' });
Country.hasMany(User, { foreignKey: 'countryCode', sourceKey: 'code', as: 'citizens' });
Country.hasOne(User, { as: 'president' });
User.belongsTo(User, { as: 'parent' });
User.hasMany(User, { as: 'children', foreignKey: 'parentId' });
Message.belongsTo(Message, { as: 'reply', constraints: false });
Message.belongsTo(Country, { foreignKey: { name: 'origin', field: 'origin_country', type: DataTypes.INTEGER }, onDelete: 'CASCADE', onUpdate: 'NO ACTION' });
module.exports = { sequelize };
