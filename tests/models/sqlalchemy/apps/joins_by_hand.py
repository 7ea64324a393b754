from sqlalchemy import Column, ForeignKey, Integer, String, and_
from sqlalchemy.orm import DeclarativeBase, Mapped, backref, foreign, mapped_column, relationship, remote


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    billing_id = Column(Integer, ForeignKey("addresses.id"))
    shipping_id = Column(Integer, ForeignKey("addresses.id"))
    billing = relationship("Address", foreign_keys=[billing_id], backref="billed")
    shipping = relationship("Address", foreign_keys="[Customer.shipping_id]")
    home = relationship("Address", primaryjoin="Customer.billing_id == Address.id", viewonly=True)
    boston = relationship(
        "Address",
        primaryjoin="and_(Customer.id == foreign(Address.owner), Address.city == 'Boston')",
        viewonly=True,
    )


class Address(Base):
    __tablename__ = "addresses"

    id = Column(Integer, primary_key=True)
    city = Column(String)
    owner = Column(Integer)
    customers = relationship(Customer, primaryjoin=lambda: Address.id == Customer.shipping_id, viewonly=True)
    landlord = relationship(Customer, primaryjoin=lambda: foreign(Address.owner) == remote(Customer.id), viewonly=True)


class Event(Base):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_name: Mapped[str] = mapped_column()
    address_id: Mapped[int] = mapped_column()
    customer: Mapped[Customer] = relationship(
        primaryjoin=and_(customer_name == Customer.name, Customer.id > 0), foreign_keys=customer_name, uselist=False
    )
    address: Mapped[Address] = relationship(
        primaryjoin=address_id == Address.id, foreign_keys=[address_id], backref=backref("events", lazy="raise")
    )
