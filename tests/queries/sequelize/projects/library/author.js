module.exports = (sequelize, DataTypes) => {
  const Author = sequelize.define('Author', { name: DataTypes.STRING, born: DataTypes.DATEONLY }, { freezeTableName: true });
  Author.associate = (models) => {
    Author.hasMany(models.Book, { as: 'books', foreignKey: { name: 'authorId', allowNull: false } });
    Author.hasOne(models.Book, { as: 'debut', foreignKey: 'debutOfId' });
    Author.belongsTo(models.Author, { as: 'mentor', foreignKey: 'mentorId' });
    Author.hasMany(models.Author, { as: 'pupils', foreignKey: 'mentorId' });
  };
  return Author;
};
