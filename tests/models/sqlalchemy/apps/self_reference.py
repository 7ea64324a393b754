from typing import List, Optional

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, backref, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "nodes"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("nodes.id"))
    children: Mapped[List["Node"]] = relationship(back_populates="parent")
    parent: Mapped[Optional["Node"]] = relationship(back_populates="children", remote_side=[id])


class Category(Base):
    __tablename__ = "categories"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    parent_id = Column(Integer, ForeignKey("categories.id"))
    children = relationship("Category", backref=backref("parent", remote_side=[id]), lazy="joined", join_depth=2)


class Page(Base):
    __tablename__ = "pages"

    id = Column(Integer, primary_key=True)
    next_id = Column(ForeignKey("pages.id"))
    next = relationship("Page", remote_side="Page.id", uselist=False, backref=backref("previous", uselist=False))


follows = Table(
    "follows",
    Base.metadata,
    Column("follower_id", ForeignKey("people.id"), primary_key=True),
    Column("followed_id", ForeignKey("people.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    following: Mapped[List["Person"]] = relationship(
        "Person",
        secondary=follows,
        primaryjoin=lambda: Person.id == follows.c.follower_id,
        secondaryjoin=lambda: Person.id == follows.c.followed_id,
        back_populates="followers",
    )
    followers: Mapped[List["Person"]] = relationship(
        "Person",
        secondary=follows,
        primaryjoin=id == follows.c.followed_id,
        secondaryjoin=id == follows.c.follower_id,
        back_populates="following",
        lazy="dynamic",
    )


class Folder(Base):
    __tablename__ = "folders"

    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer)
    parent = relationship(
        "Folder", primaryjoin="remote(Folder.id) == foreign(Folder.parent_id)", back_populates="children"
    )
    children = relationship(
        "Folder", primaryjoin="Folder.id == remote(foreign(Folder.parent_id))", back_populates="parent"
    )
