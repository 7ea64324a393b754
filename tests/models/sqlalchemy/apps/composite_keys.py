from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (PrimaryKeyConstraint("region", "number"), UniqueConstraint("external_code"))

    region: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    external: Mapped[str | None] = mapped_column("external_code")
    lines: Mapped[list["Line"]] = relationship(back_populates="order")
    shipment: Mapped["Shipment"] = relationship(back_populates="order")



class Line(Base):
    __tablename__ = "lines"

    order_region = Column(String(2), primary_key=True)
    order_number = Column(Integer, primary_key=True)
    place = Column(Integer, primary_key=True)
    product = Column(String)
    order = relationship("Order", back_populates="lines")

    __table_args__ = (
        ForeignKeyConstraint([order_region, order_number], [Order.region, Order.number], ondelete="CASCADE"),
        Index("ix_product", product.desc(), place),
        Index("ix_both", "order_region", "order_number", unique=True),
    )


class Shipment(Base):
    __tablename__ = "shipments"

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]
    number: Mapped[int]
    order: Mapped[Order] = relationship(back_populates="shipment", single_parent=True)

    __table_args__ = (
        ForeignKeyConstraint(["region", "number"], ["orders.region", "orders.number"]),
        UniqueConstraint("region", "number"),
    )
