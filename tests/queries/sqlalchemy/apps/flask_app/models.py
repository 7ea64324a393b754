from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy(app)

Column = db.Column
Model = db.Model

favourites = db.Table(
    "favourites",
    db.Column("reader_id", db.Integer, db.ForeignKey("reader.id")),
    db.Column("book_id", db.Integer, db.ForeignKey("book.id")),
)


class Reader(Model):
    id = Column(db.Integer, primary_key=True)
    name = Column(db.String(40), nullable=False)
    loans = db.relationship("BookLoan", backref="reader", lazy="dynamic")
    favourites = db.relationship("Book", secondary=favourites, backref="fans")


class Book(Model):
    id = Column(db.Integer, primary_key=True)
    title = Column(db.String)
    year = Column(db.Integer)


class BookLoan(Model):
    id = Column(db.Integer, primary_key=True)
    reader_id = Column(db.Integer, db.ForeignKey("reader.id"))
    book_id = Column(db.Integer, db.ForeignKey("book.id"))
    book = db.relationship(Book, backref="loans")
