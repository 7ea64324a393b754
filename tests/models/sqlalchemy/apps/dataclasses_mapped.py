from __future__ import annotations

from typing import List, Optional

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, registry, relationship


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Stamp(MappedAsDataclass, init=False):
    version: Mapped[int] = mapped_column(default=1)


class Parent(Base):
    __tablename__ = "parents"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    children: Mapped[List[Child]] = relationship(back_populates="parent", default_factory=list)
    nick: Mapped[Optional[str]] = mapped_column(String(30), default=None)


class Child(Base, kw_only=True):
    __tablename__ = "children"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parents.id"), init=False)
    parent: Mapped[Parent] = relationship(back_populates="children", default=None)
    age: Mapped[int] = mapped_column(default=3)


reg = registry()


@reg.mapped_as_dataclass
class Loose:
    __tablename__ = "loose"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    text: Mapped[str] = mapped_column(String(9), default="a")
