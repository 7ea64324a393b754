const books = new Map();

exports.all = () => [...books.values()];
exports.find = (isbn) => books.get(isbn);
exports.save = (book) => books.set(book.isbn, book);
exports.remove = (isbn) => books.delete(isbn);
