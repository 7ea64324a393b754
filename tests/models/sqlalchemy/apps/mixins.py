from datetime import datetime

from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    __abstract__ = True

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower() + "s"

    @declared_attr
    def __table_args__(cls):
        return {"mysql_engine": "InnoDB"}


class IdMixin:
    id = Column(Integer, primary_key=True)


class Timestamps:
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime | None]


class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("users.id"))

    @declared_attr
    def owner(cls) -> Mapped["User"]:
        return relationship("User", foreign_keys=[cls.owner_id])


class Named:
    name: Mapped[str] = mapped_column(String(40), unique=True)

    @declared_attr
    def label(cls):
        return Column(f"{cls.__name__.lower()}_label", String(10))


class User(IdMixin, Timestamps, Base):
    email = Column(String(100), nullable=False)


class Model(IdMixin, Base):
    __abstract__ = True

    note: Mapped[str | None]


class Project(Named, Timestamps, Owned, Model):
    note: Mapped[str] = mapped_column(String(5))


class Task(Owned, Model):
    __tablename__ = "all_tasks"

    @declared_attr
    def project_id(cls):
        return Column(ForeignKey(f"{Project.__tablename__}.id"))

    project = relationship("Project", backref="tasks")
