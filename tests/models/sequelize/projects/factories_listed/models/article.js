module.exports = (sequelize, DataTypes) => {
  const text = (length) => ({ type: DataTypes.STRING(length), allowNull: false });
  const Article = sequelize.define('Article', { slug: { ...text(80), unique: true }, title: text(200) });
  Article.connect = (models) => Article.belongsTo(models.User, { as: 'author' });
  return Article;
};
