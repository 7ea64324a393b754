import re

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeMeta, as_declarative, declared_attr, registry

mapper_registry = registry(metadata=sa.MetaData(schema="main_schema"))


@as_declarative()
class Base:
    id = sa.Column(sa.Integer, primary_key=True)

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()

    def to_dict(self):
        return {}


class Animal(Base):
    name = sa.Column(sa.String(5), index=True)


class Dog(Base):
    __tablename__ = "hounds"

    animal_id = sa.Column(sa.ForeignKey("animal.id"))
    animal = sa.orm.relationship("Animal", uselist=False)


class MetaBase(metaclass=DeclarativeMeta):
    __abstract__ = True

    registry = mapper_registry
    metadata = mapper_registry.metadata
    __init__ = mapper_registry.constructor


class Cat(MetaBase):
    __tablename__ = "cats"

    id = sa.Column(sa.Integer, primary_key=True)
    mother_id = sa.Column(sa.ForeignKey("cats.id"))
    mother = sa.orm.relationship("Cat", remote_side=[id])


@mapper_registry.as_declarative_base()
class Third:
    __abstract__ = True


class Bird(Third):
    __tablename__ = "birds"
    __table_args__ = {"schema": "aviary"}

    id = sa.Column(sa.Integer, primary_key=True)
    cat_id = sa.Column(sa.ForeignKey("main_schema.cats.id"))
    cat = sa.orm.relationship(Cat)
