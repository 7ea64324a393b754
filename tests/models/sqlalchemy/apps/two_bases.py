from sqlalchemy import Column, ForeignKey, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


LegacyBase = declarative_base(metadata=MetaData(schema="legacy"), name="LegacyBase")


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    items: Mapped[list["Item"]] = relationship()


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)


class LegacyUser(LegacyBase):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    items = relationship("LegacyItem", back_populates="user")


class LegacyItem(LegacyBase):
    __tablename__ = "items"
    __table_args__ = {"schema": "archive"}
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("legacy.users.id"))
    label = Column(String(9), ForeignKey("legacy.labels.name"))
    user = relationship("LegacyUser", back_populates="items")


class Label(LegacyBase):
    __tablename__ = "labels"
    name = Column(String(9), primary_key=True)
    owner_id = Column(ForeignKey("users.id"))
