from sqlalchemy import ForeignKey, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = MetaData(schema="shop")


class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("shop.owner.id"))

    @declared_attr
    def owner(cls) -> Mapped["Owner"]:
        return relationship("Owner")


class Owner(Base):
    __tablename__ = "owner"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Order(Owned, Base):
    __tablename__ = "order"

    region: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list["Line"]] = relationship(back_populates="order")


class Line(Base):
    __tablename__ = "line"

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]
    number: Mapped[int]
    order: Mapped[Order] = relationship(back_populates="lines")
    __table_args__ = (ForeignKeyConstraint(["region", "number"], ["shop.order.region", "shop.order.number"]),)


class Crate(Owned, Base):
    __tablename__ = "Crate"

    id: Mapped[int] = mapped_column("ID", primary_key=True)
    weight: Mapped[int] = mapped_column("Weight")
