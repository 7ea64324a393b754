import enum
from typing import List, Optional

from sqlalchemy import Column, Enum, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship


class Status(enum.Enum):
    new = 1
    old = 2


class Root:
    __allow_unmapped__ = True


class Stamped:
    stamp = Column(Integer, default=0)


Base = declarative_base(cls=(Root, Stamped))


class User(Base):
    __tablename__ = "users"

    id: int = Column(Integer, primary_key=True)
    name: Optional[str] = Column(String(30))
    status: Status = Column(Enum(Status), default=Status.new, nullable=False)
    posts: List["Post"] = relationship("Post", back_populates="author", lazy="noload")
    profile: "Profile" = relationship("Profile", uselist=False, back_populates="user")


class Post(Base):
    __tablename__ = "posts"

    id: int = Column(Integer, primary_key=True)
    author_id: int = Column(Integer, ForeignKey(User.id))
    author: User = relationship(User, back_populates="posts")


class Profile(Base):
    __tablename__ = "profiles"

    user_id: int = Column(ForeignKey("users.id"), primary_key=True)
    user: User = relationship("User", back_populates="profile")
