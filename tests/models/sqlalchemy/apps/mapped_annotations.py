from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import List, Optional, Set

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    nickname: Mapped[Optional[str]]
    bio: Mapped[str | None]
    short: Mapped[str] = mapped_column(String(20), nullable=True)
    born: Mapped[datetime.date | None] = mapped_column("birth_date")
    stamp: Mapped[datetime.datetime]
    length: Mapped[datetime.timedelta]
    at: Mapped[datetime.time]
    price: Mapped[decimal.Decimal]
    ratio: Mapped[float] = mapped_column(default=1.0)
    token: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    data: Mapped[bytes]
    color: Mapped[Color] = mapped_column(default=Color.RED)
    other: Mapped[Optional[Color]]
    active: Mapped[bool] = mapped_column(server_default="1")
    books: Mapped[List[Book]] = relationship(back_populates="author", foreign_keys="Book.author_id")
    reviews: Mapped[Set["Review"]] = relationship(back_populates="author", lazy="selectin")


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title = mapped_column(String(100), nullable=False)
    plain = mapped_column(String)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    editor_id: Mapped[Optional[int]] = mapped_column(ForeignKey(Author.id))
    author: Mapped[Author] = relationship(back_populates="books", foreign_keys=[author_id])
    editor: Mapped[Optional["Author"]] = relationship(foreign_keys="Book.editor_id")




class Review(Base):
    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id = mapped_column(ForeignKey("authors.id"))
    author: Mapped["Author"] = relationship(back_populates="reviews")
