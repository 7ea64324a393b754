from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, Numeric, String, Text, func
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Customer(Base):
    __tablename__ = "customers"

    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
    email = Column("email_address", String(120), unique=True, index=True)
    notes = Column(Text, default="")
    balance = Column(Numeric(10, 2), server_default="0")
    active = Column(Boolean, default=True, nullable=False)
    tags = sa.Column(sa.JSON, default=list)
    created = Column(DateTime, default=datetime.utcnow, onupdate=datetime.utcnow)
    seen = Column(DateTime(timezone=True), server_default=func.now())
    touched = Column(sa.DateTime, onupdate=func.now())
    orders = relationship("Order", back_populates="customer", cascade="all, delete-orphan", order_by="Order.id")


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "number", name="uq_number"),
        sa.CheckConstraint("number > 0"),
        sa.Index("ix_orders_placed", "placed", "number"),
        {"comment": "what customers ordered"},
    )

    id = Column(sa.BigInteger(), primary_key=True, autoincrement=True)
    number = Column(Integer, nullable=False)
    placed = Column(sa.Date)
    customer_id = Column(Integer, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False)
    customer = relationship(Customer, back_populates="orders", lazy="joined")
