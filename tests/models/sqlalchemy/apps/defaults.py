import datetime
import uuid
from functools import partial

import sqlalchemy as sa
from sqlalchemy import Column, Computed, FetchedValue, Identity, Integer, Sequence, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

required = partial(Column, nullable=False)
string = partial(sa.String, 40)
LEVELS = ["low", "high"]


def pk(kind=Integer, **more):
    return Column(kind, primary_key=True, **more)


def utcnow():
    return datetime.datetime.now(datetime.timezone.utc)


class Base(DeclarativeBase):
    pass


class First(Base):
    __tablename__ = "first"

    id = pk()
    name = required(string())
    code = required(sa.String(4), default=LEVELS[0], unique=True)
    number = Column(Integer, Identity(start=10))
    doubled = Column(Integer, Computed("number * 2"))
    serial = Column(Integer, Sequence("first_serial"))
    fetched = Column(String, FetchedValue())
    made = Column(sa.DateTime, default=utcnow)
    stamp = Column(sa.DateTime, server_default=text("CURRENT_TIMESTAMP"))
    clock = Column(sa.DateTime, default=sa.func.now())
    zero = Column(Integer, default=0)
    empty = Column(String, default=None)
    short = Column(String, default=lambda: "x")
    listed = Column(sa.JSON, default=[])


class Second(Base):
    __tablename__ = "second"

    id = pk(String(36), default=lambda: str(uuid.uuid4()))
    other = Column(Integer, autoincrement=False)


class Third(Base):
    __tablename__ = "third"

    left: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    right: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(insert_default="low")


class Fourth(Base):
    __tablename__ = "fourth"

    id: Mapped[int] = mapped_column(sa.ForeignKey("first.id"), primary_key=True)


class Fifth(Base):
    __tablename__ = "fifth"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    count: Mapped[int] = mapped_column(sa.BigInteger, Identity(), unique=True)


class Sixth(Base):
    __tablename__ = "sixth"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)


class Seventh(Base):
    __tablename__ = "seventh"

    id: Mapped[int] = mapped_column(primary_key=True, default=7)
    flag: Mapped[bool] = mapped_column(default=False)
