from dataclasses import dataclass, field
from typing import List, Optional

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, String, Table, func
from sqlalchemy.orm import declarative_base, registry, relationship

mapper_registry = registry()
metadata = MetaData()

users = Table(
    "users",
    mapper_registry.metadata,
    Column("id", Integer, primary_key=True),
    Column("user_name", String(50), nullable=False, unique=True),
    Column("fullname", String(50)),
    Index("ix_lower", func.lower("fullname")),
)

addresses = Table(
    "addresses",
    mapper_registry.metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id")),
    Column("email", String(50), key="mail"),
)


class User:
    pass


class Address:
    def __init__(self, email):
        self.email = email


mapper_registry.map_imperatively(
    User,
    users,
    properties={
        "name": users.c.user_name,
        "addresses": relationship(Address, backref="user", order_by=addresses.c.id),
    },
)
mapper_registry.map_imperatively(Address, addresses)

Base = declarative_base(metadata=metadata)

products = Table(
    "products",
    metadata,
    Column("shop", Integer, primary_key=True),
    Column("code", String(5), primary_key=True),
)

lines = Table(
    "lines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shop", Integer, nullable=False),
    Column("code", String(5), nullable=False),
    ForeignKeyConstraint(["shop", "code"], ["products.shop", "products.code"]),
)


class Product(Base):
    __table__ = products
    lines = relationship("Line", back_populates="product")


class Line(Base):
    __table__ = lines
    line_id = lines.c.id
    product = relationship("Product", back_populates="lines")


@mapper_registry.mapped
class Note:
    __tablename__ = "notes"

    id = Column(Integer, primary_key=True)
    text = Column(String)


@mapper_registry.mapped
@dataclass
class Item:
    __table__ = Table(
        "items",
        mapper_registry.metadata,
        Column("id", Integer, primary_key=True),
        Column("title", String(50)),
    )
    id: int = field(init=False)
    title: Optional[str] = None
    notes: List[str] = field(default_factory=list)
