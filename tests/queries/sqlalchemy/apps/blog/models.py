from datetime import datetime

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table, Text, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


post_labels = Table(
    "post_labels",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("label_id", ForeignKey("labels.id"), primary_key=True),
)

follows = Table(
    "follows",
    Base.metadata,
    Column("follower_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("followed_id", Integer, ForeignKey("people.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(String(120), unique=True)
    age: Mapped[int | None]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    joined: Mapped[datetime] = mapped_column(DateTime, server_default=func.now())
    posts: Mapped[list["Post"]] = relationship(back_populates="author")
    profile: Mapped["Profile | None"] = relationship(back_populates="person", uselist=False)
    following: Mapped[list["Person"]] = relationship(
        secondary=follows,
        primaryjoin=id == follows.c.follower_id,
        secondaryjoin=id == follows.c.followed_id,
        backref="followers",
    )


class Profile(Base):
    __tablename__ = "profiles"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    bio: Mapped[str] = mapped_column(Text)
    person: Mapped[Person] = relationship(back_populates="profile")


class Label(Base):
    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    views: Mapped[int] = mapped_column(default=0)
    published: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    editor_name: Mapped[str | None]
    author: Mapped[Person] = relationship(back_populates="posts")
    labels: Mapped[list[Label]] = relationship(secondary=post_labels, backref="posts")
    notes: Mapped[list["Note"]] = relationship(back_populates="post")


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    stars: Mapped[int]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    post: Mapped[Post] = relationship(back_populates="notes")
    person: Mapped[Person | None] = relationship()


class Section(Base):
    __tablename__ = "sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id"))
    parent: Mapped["Section | None"] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list["Section"]] = relationship(back_populates="parent")
