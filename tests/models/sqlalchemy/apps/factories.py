from typing import Any

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, func
from sqlalchemy.orm import DeclarativeBase, declarative_mixin, declared_attr, relationship


class Base(DeclarativeBase):
    pass


def primary_key() -> Any:
    return Column(Integer, primary_key=True)


def text(length: int = 30, **options: Any) -> Any:
    return Column(String(length), **options)


def reference(table: str, **options: Any) -> Any:
    return Column(Integer, ForeignKey(f"{table}.id", ondelete="CASCADE"), **options)


def history(prefix: str):
    class History:
        @declared_attr
        def changed_at(cls):
            return Column(f"{prefix}_changed_at", DateTime, server_default=func.now())

    return History


def flags(*names):
    def decorate(cls):
        for name in names:
            setattr(cls, name, Column(Boolean, default=False))
        return cls

    return decorate


OPTIONS = {"nullable": False, "index": True}


class Author(history("author"), Base):
    __tablename__ = "authors"

    id = primary_key()
    name = text(50, **OPTIONS)
    motto = text()


class Book(Base):
    __tablename__ = "books"

    id = primary_key()
    author_id = reference("authors", nullable=False)
    author = relationship("Author", backref="books", foreign_keys=[author_id])
    if True:
        isbn = text(13, unique=True)


Book.pages = Column(Integer, nullable=False, server_default="0")
Author.favorite_id = Column(Integer, ForeignKey("books.id"))
Author.favorite = relationship("Book", foreign_keys="Author.favorite_id")
