import uuid
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from typing import List, Optional

from sqlalchemy import JSON, Column, String, Text
from sqlmodel import Field, Relationship, SQLModel


class Kind(str, Enum):
    big = "big"
    small = "small"


class TeamBase(SQLModel):
    name: str = Field(index=True, max_length=50)
    headquarters: str


class HeroTeamLink(SQLModel, table=True):
    team_id: int | None = Field(default=None, foreign_key="team.id", primary_key=True)
    hero_id: int | None = Field(default=None, foreign_key="superhero.id", primary_key=True)
    training: bool = False


class Team(TeamBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    heroes: List["SuperHero"] = Relationship(back_populates="teams", link_model=HeroTeamLink)
    city_id: Optional[int] = Field(default=None, foreign_key="cities.id", ondelete="SET NULL")
    city: Optional["City"] = Relationship(back_populates="teams")


class SuperHero(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    token: uuid.UUID = Field(default_factory=uuid.uuid4, unique=True)
    secret_name: str
    age: int | None = Field(default=None, index=True)
    power: float = 1.5
    money: Decimal = Field(default=0, max_digits=5, decimal_places=3)
    born: date | None = None
    joined: datetime = Field(default_factory=lambda: datetime.now(timezone.utc))
    kind: Kind = Kind.small
    data: dict = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    bio: str | None = Field(default=None, sa_type=Text)
    email: str = Field(sa_column=Column("mail", String(99), unique=True))
    note: str = Field(default="", nullable=True, sa_column_kwargs={"server_default": "x"})
    teams: list[Team] = Relationship(back_populates="heroes", link_model=HeroTeamLink)
    mentor_id: int | None = Field(default=None, foreign_key="superhero.id")
    mentor: Optional["SuperHero"] = Relationship(
        back_populates="pupils", sa_relationship_kwargs={"remote_side": "SuperHero.id"}
    )
    pupils: list["SuperHero"] = Relationship(back_populates="mentor", sa_relationship_kwargs={"lazy": "selectin"})


class City(SQLModel, table=True):
    __tablename__ = "cities"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    teams: list[Team] = Relationship(back_populates="city", cascade_delete=True)


class CityPublic(SQLModel):
    id: int
    name: str
