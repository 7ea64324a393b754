import { DataTypes } from 'sequelize';
const foreignKey = (name) => ({ name, allowNull: false });
export function buildModels(sequelize) {
  const User = sequelize.define('User', { email: { type: DataTypes.STRING, allowNull: false } });
  const Session = sequelize.define('Session', { expiresAt: DataTypes.DATE });
  User.hasMany(Session, { as: 'sessions', foreignKey: foreignKey('userId'), onDelete: 'CASCADE' });
  Session.belongsTo(User, { as: 'user', foreignKey: foreignKey('userId') });
  return { User, Session };
}
