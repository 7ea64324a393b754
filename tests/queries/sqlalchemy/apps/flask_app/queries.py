from models import Book, BookLoan, Reader, app, db, favourites

_ = app


def query_all():
    return Book.query.order_by(Book.id)


def query_filter_by():
    return Book.query.filter_by(title="x")


def query_filter():
    return Book.query.filter(Book.year > 1990).order_by(Book.year.desc())


def query_join():
    return BookLoan.query.join(BookLoan.book).filter(Book.title == "x")


def query_backref():
    return Book.query.join(Book.loans).filter(BookLoan.reader_id == 1)


def query_many():
    return Book.query.join(Book.fans).filter(Reader.name == "x")


def query_any():
    return Book.query.filter(Book.fans.any(Reader.name == "x"))


def query_association():
    return Book.query.join(favourites, favourites.c.book_id == Book.id).filter(favourites.c.reader_id == 2)


def query_target():
    return Book.query.join(BookLoan, BookLoan.book_id == Book.id).limit(3).offset(1)


def session_query():
    return db.session.query(Book.title, db.func.count(BookLoan.id)).outerjoin(BookLoan).group_by(Book.title)


def db_select():
    return db.select(Book).where(Book.year == 3)


def db_select_filter_by():
    return db.select(Book).filter_by(title="x").order_by(Book.id)


def db_delete():
    return db.delete(BookLoan).where(BookLoan.reader_id == 3)


def db_update():
    return db.update(Book).where(Book.id == 3).values(title="y")


def db_or():
    return Book.query.filter(db.or_(Book.title == "a", Book.year == 3))


def with_entities():
    return Book.query.with_entities(Book.id, Book.title)


def db_exists():
    return db.session.query(Reader.id).filter(db.exists().where(BookLoan.reader_id == Reader.id))
