from typing import List, Optional

from sqlalchemy import Column, ForeignKey, String
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, deferred, mapped_column, relationship, synonym, validates
from sqlalchemy import select, func


class Base(DeclarativeBase):
    pass


class UserKeyword(Base):
    __tablename__ = "user_keywords"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    keyword_id: Mapped[int] = mapped_column(ForeignKey("keywords.id"), primary_key=True)
    position: Mapped[Optional[int]]
    user: Mapped["User"] = relationship(back_populates="user_keywords")
    keyword: Mapped["Keyword"] = relationship(lazy="joined", innerjoin=True)


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(String(20))
    last: Mapped[str] = mapped_column("last_name", String(20))
    bio = deferred(Column(String(1000)))
    notes: Mapped[str] = mapped_column(deferred=True)
    full = column_property(first + " " + last)
    count = column_property(select(func.count(UserKeyword.keyword_id)).scalar_subquery())
    surname = synonym("last")
    user_keywords: Mapped[List["UserKeyword"]] = relationship(back_populates="user", cascade="all, delete-orphan")
    keywords: AssociationProxy[List["Keyword"]] = association_proxy("user_keywords", "keyword")

    @hybrid_property
    def name(self):
        return self.first + " " + self.last

    @name.expression
    def name(cls):
        return cls.first + " " + cls.last

    @hybrid_method
    def is_called(self, name):
        return self.first == name

    @validates("first")
    def check_first(self, key, value):
        return value

    @property
    def initials(self):
        return self.first[0]


class Keyword(Base):
    __tablename__ = "keywords"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
