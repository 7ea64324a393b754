module.exports = (sequelize, DataTypes) => {
  const Loan = sequelize.define('Loan', { reader: DataTypes.STRING, due: DataTypes.DATE, extended: DataTypes.INTEGER });
  Loan.associate = (models) => {
    Loan.belongsToMany(models.Book, { through: 'LoanedBooks', as: 'books' });
  };
  return Loan;
};
