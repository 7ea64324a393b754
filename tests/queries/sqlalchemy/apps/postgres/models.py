from datetime import datetime
from enum import Enum

from sqlalchemy import DateTime, ForeignKey, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Level(str, Enum):
    LOW = "low"
    HIGH = "high"


class Device(Base):
    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(UUID(as_uuid=False), primary_key=True)
    serial: Mapped[str] = mapped_column(String, unique=True)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String))
    meta: Mapped[dict] = mapped_column(JSONB)
    seen: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    readings: Mapped[list["Reading"]] = relationship(back_populates="device")


class Reading(Base):
    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    value: Mapped[float]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    level: Mapped[str]
    device: Mapped[Device] = relationship(back_populates="readings")
