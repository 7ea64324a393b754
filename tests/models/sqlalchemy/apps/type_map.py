from datetime import datetime
from typing import Annotated, Any, Literal, NewType, Optional

from sqlalchemy import BigInteger, DateTime, Enum, ForeignKey, JSON, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

str50 = Annotated[str, 50]
intpk = Annotated[int, mapped_column(primary_key=True)]
timestamp = Annotated[datetime, mapped_column(nullable=False, server_default=func.now())]
user_fk = Annotated[int, mapped_column(ForeignKey("accounts.id"), index=True)]
optional_text = Optional[str]
Status = Literal["open", "closed"]
UserId = NewType("UserId", int)
Document = dict[str, Any]


class Base(DeclarativeBase):
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSON,
        str50: String(50),
        UserId: BigInteger,
    }


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[intpk]
    name: Mapped[str50]
    nick: Mapped[Optional[str50]]
    created: Mapped[timestamp]
    updated: Mapped[datetime]
    settings: Mapped[dict[str, Any]]
    document: Mapped[Document] = mapped_column(default=dict)
    motto: Mapped[optional_text]
    external: Mapped[UserId]
    status: Mapped[Status] = mapped_column(default="open")
    parent: Mapped[Optional[user_fk]]
    owner: Mapped[user_fk] = mapped_column(nullable=True)


second = registry(type_annotation_map={str: String(30), int: BigInteger()})


class Other(second.generate_base()):
    __tablename__ = "others"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[Literal["a", "b"]]
    blob: Mapped[dict] = mapped_column(JSONB)
    level = mapped_column(Enum("low", "high", name="level"))
