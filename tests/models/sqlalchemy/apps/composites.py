import dataclasses

from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, composite, mapped_column


class Base(DeclarativeBase):
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: float


class Vertex(Base):
    __tablename__ = "vertices"

    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
    end: Mapped[Point] = composite(Point, mapped_column("x2", Integer, nullable=True), mapped_column("y2"))


class Edge(Base):
    __tablename__ = "edges"

    id = Column(Integer, primary_key=True)
    a = Column("from_x", Integer)
    b = Column("from_y", Integer)
    origin = composite(Point, a, b)
    label = Column(String(3))


class Dot(Base):
    __tablename__ = "dots"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[Point] = composite(mapped_column(), mapped_column())
