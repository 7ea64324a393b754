from typing import Optional

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    employees: Mapped[list["Employee"]] = relationship(back_populates="company")
    managers: Mapped[list["Manager"]] = relationship(back_populates="company", viewonly=True)


class Employee(Base):
    __tablename__ = "employees"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[str] = mapped_column(String(20))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    company: Mapped[Company] = relationship(back_populates="employees")

    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "employee"}


class Engineer(Employee):
    __tablename__ = "engineers"

    id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    language: Mapped[Optional[str]]
    mentor_id: Mapped[Optional[int]] = mapped_column(ForeignKey("engineers.id"))
    mentor: Mapped[Optional["Engineer"]] = relationship(remote_side=[id], foreign_keys=[mentor_id])

    __mapper_args__ = {"polymorphic_identity": "engineer", "inherit_condition": id == Employee.id}


class Manager(Employee):
    __mapper_args__ = {"polymorphic_identity": "manager"}

    level: Mapped[Optional[int]]
    office = Column(String(10), nullable=True)
    shared: Mapped[Optional[str]] = mapped_column(use_existing_column=True)


class Director(Manager):
    __mapper_args__ = {"polymorphic_identity": "director"}

    budget: Mapped[Optional[int]]


class Shape(Base):
    __tablename__ = "shapes"

    id = Column(Integer, primary_key=True)
    name = Column(String(10))


class Circle(Shape):
    __tablename__ = "circles"
    __mapper_args__ = {"concrete": True}

    id = Column(Integer, primary_key=True)
    radius = Column(Integer)


class HasOwner:
    @declared_attr
    def owner_id(cls):
        return Column(ForeignKey("companies.id"))


class Vehicle(HasOwner, Base):
    __tablename__ = "vehicles"

    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "vehicle"}


class Car(Vehicle):
    __tablename__ = "cars"

    car_id = Column("id", Integer, ForeignKey("vehicles.id"), primary_key=True)
    doors = Column(Integer, default=4)
    __mapper_args__ = {"polymorphic_identity": "car"}
