from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, String, func
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

if TYPE_CHECKING:
    from collections.abc import Sequence

UUIDPk = Annotated[UUID, mapped_column(PGUUID(as_uuid=True), primary_key=True, default=uuid4)]
Name = Annotated[str, mapped_column(String(128), nullable=False)]


class Base(AsyncAttrs, DeclarativeBase):
    """Adds a key and times to all."""

    id: Mapped[UUIDPk]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=func.now(), sort_order=99)

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        return "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_") + "s"


class BlogUser(Base):
    name: Mapped[Name]
    email: Mapped[str] = mapped_column(String(256), unique=True, index=True)
    posts: Mapped[list[BlogPost]] = relationship(back_populates="author", lazy="selectin")


class BlogPost(Base):
    title: Mapped[Name]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("blog_users.id"))
    author: Mapped[BlogUser] = relationship(back_populates="posts", lazy="raise")
