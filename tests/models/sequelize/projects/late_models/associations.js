import sequelize from './database.js';
export function associate() {
  const { author, book } = sequelize.models;
  author.hasMany(book);
  book.belongsTo(sequelize.model('author'));
}
