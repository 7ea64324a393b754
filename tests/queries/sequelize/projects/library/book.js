module.exports = (sequelize, DataTypes) => {
  const Book = sequelize.define('Book', {
    isbn: { type: DataTypes.STRING, allowNull: false, unique: true },
    title: DataTypes.STRING,
    pages: DataTypes.INTEGER,
  }, { timestamps: true, updatedAt: false });
  Book.associate = (models) => {
    Book.belongsTo(models.Author, { as: 'author', foreignKey: { name: 'authorId', allowNull: false } });
    Book.belongsToMany(models.Loan, { through: 'LoanedBooks', as: 'loans' });
    Book.belongsToMany(models.Book, { through: 'SimilarBooks', as: 'similar', foreignKey: 'bookId', otherKey: 'similarId' });
  };
  return Book;
};
