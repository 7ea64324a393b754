from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()

links = Table("links", Base.metadata, Column("a_id", ForeignKey("a.id")), Column("b_id", ForeignKey("b.id")))


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    bs = relationship("B", secondary=links, backref=backref("as_", lazy="subquery", order_by="A.id"))
    c = relationship("C", uselist=False, backref=backref("a", lazy="joined"))


class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
    a_id = Column(ForeignKey("a.id"))
    main = relationship("A", foreign_keys=a_id, backref=backref("mains", cascade="all", lazy="dynamic"))


class C(Base):
    __tablename__ = "c"
    id = Column(Integer, primary_key=True)
    a_id = Column(ForeignKey("a.id"), nullable=False, unique=True)
    b_id = Column(ForeignKey("b.id"))
    b = relationship("B", backref=backref("c", uselist=False))
