from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    staff: Mapped[list["Employee"]] = relationship(back_populates="company")
    managers: Mapped[list["Manager"]] = relationship(viewonly=True)
    pets: Mapped[list["Pet"]] = relationship()


class Employee(Base):
    __tablename__ = "employee"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    company: Mapped[Company] = relationship(back_populates="staff")

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}


class Manager(Employee):
    __tablename__ = "manager"

    id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    bonus: Mapped[int]

    __mapper_args__ = {"polymorphic_identity": "manager"}


class Pet(Base):
    __tablename__ = "pet"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    species: Mapped[str]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))

    __mapper_args__ = {"polymorphic_on": "species", "polymorphic_identity": "pet"}


class Dog(Pet):
    tricks: Mapped[int | None]

    __mapper_args__ = {"polymorphic_identity": "dog"}


class Puppy(Dog):
    __mapper_args__ = {"polymorphic_identity": "puppy"}


class Cat(Pet):
    lives: Mapped[int | None]

    __mapper_args__ = {"polymorphic_identity": "cat"}
