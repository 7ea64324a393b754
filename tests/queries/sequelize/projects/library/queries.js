'use strict';

const db = require('./models');

const { Op } = db.Sequelize;
const { Author, Book, Loan } = db;

const author = () => Author.build({ id: 1, mentorId: 2 }, { isNewRecord: false });
const book = () => Book.build({ id: 5, authorId: 1 }, { isNewRecord: false });
const loan = () => Loan.build({ id: 7, reader: 'ann' }, { isNewRecord: false });

class Repository {
  constructor(model) {
    this.model = model;
  }

  getList(where, options = {}) {
    return this.model.findAll({ where, ...options });
  }

  getById(id) {
    return this.model.findByPk(id);
  }
}

class BookRepository extends Repository {
  constructor() {
    super(Book);
  }

  getThick(pages) {
    return this.getList({ pages: { [Op.gt]: pages } }, { order: [['pages', 'DESC']] });
  }
}

const books = new BookRepository();
const authors = new Repository(Author);

const queries = {
  frozen: () => db.Author.findAll(),
  throughDb: () => db['Book'].findAll({ where: { title: 'x' } }),
  repository: () => books.getThick(100),
  repositoryGet: () => authors.getById(3),
  repositoryList: () => authors.getList({ name: 'x' }),
  selfIncluded: () => Author.findAll({ include: [{ model: Author, as: 'mentor' }, { association: 'pupils', required: true }] }),
  oneIncluded: () => Author.findAll({ include: 'debut', limit: 2 }),
  twoLevels: () => Author.findAll({ include: [{ association: 'books', include: [{ association: 'loans', where: { reader: 'x' } }] }] }),
  sameTwice: () => Author.findAll({ include: ['books', 'debut'], order: [['books', 'title', 'ASC'], ['debut', 'pages', 'DESC']] }),
  similar: () => Book.findAll({ include: [{ association: 'similar', attributes: ['title'], through: { attributes: [] } }] }),
  getMany: () => author().getBooks(),
  getManyWhere: () => author().getBooks({ where: { pages: 1 }, order: [['title', 'ASC']], limit: 2 }),
  getOne: () => author().getMentor(),
  getOneWhere: () => author().getMentor({ where: { name: 'x' } }),
  getHasOne: () => author().getDebut(),
  getThrough: () => loan().getBooks(),
  getThroughColumns: () => loan().getBooks({ attributes: ['title'], joinTableAttributes: [] }),
  getThroughWhere: () => loan().getBooks({ where: { title: { [Op.like]: 'a%' } }, order: [['title', 'DESC']] }),
  countMany: () => author().countBooks(),
  countThrough: () => loan().countBooks(),
  hasThrough: () => loan().hasBook(3),
  createMany: () => author().createBook({ isbn: 'i', title: 't' }),
  setOne: () => author().setMentor(4),
  removeThrough: () => loan().removeBook(3),
  rowUpdate: () => book().update({ title: 'new' }),
  rowDestroy: () => book().destroy(),
  rowReload: () => author().reload(),
  rowIncrement: () => loan().increment('extended'),
  rowIncrementBy: () => loan().increment({ extended: 2 }),
  newRow: () => new Loan({ reader: 'bob' }).save(),
  builtRow: () => Loan.build({ reader: 'eve' }).save(),
  findOrCreate: () => Loan.findOrCreate({ where: { reader: 'zoe' }, defaults: { extended: 0 } }),
  negative: () => Book.findAll({ where: { pages: { [Op.gt]: -1 }, [Op.not]: [{ title: 'x' }] } }),
  dates: () => Loan.findAll({ where: { due: { [Op.lt]: new Date(), [Op.gt]: new Date(0) } } }),
  offsetOnly: () => Book.findAll({ limit: 3, offset: 6 }),
  orderedByTwo: () => Book.findAll({ order: ['title', ['pages', 'desc']] }),
  rawRows: () => Book.findAll({ raw: true, attributes: ['title'], include: [{ association: 'author', attributes: ['name'] }] }),
  bulk: () => Book.bulkCreate([{ isbn: '1', title: 'a', authorId: 1 }], { fields: ['isbn', 'title', 'authorId'] }),
  truncate: () => Loan.destroy({ where: {}, truncate: true }),
};

module.exports = { sequelize: db.sequelize, queries };
