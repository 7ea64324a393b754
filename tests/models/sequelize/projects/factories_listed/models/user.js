const timestamps = { createdAt: 'created_at', updatedAt: 'updated_at' };
module.exports = (sequelize, { STRING, TEXT }) => {
  const User = sequelize.define('User', { email: { type: STRING, unique: true }, bio: TEXT }, { ...timestamps, tableName: 'people' });
  User.associate = ({ Article }) => { User.hasMany(Article, { foreignKey: 'authorId' }); };
  return User;
};
