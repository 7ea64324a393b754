from datetime import datetime
from typing import Optional

from sqlmodel import Field, Relationship, SQLModel


class TeamHero(SQLModel, table=True):
    team_id: int | None = Field(default=None, foreign_key="team.id", primary_key=True)
    hero_id: int | None = Field(default=None, foreign_key="hero.id", primary_key=True)


class Team(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    heroes: list["Hero"] = Relationship(back_populates="teams", link_model=TeamHero)
    missions: list["Mission"] = Relationship(back_populates="team")


class HeroBase(SQLModel):
    name: str
    secret: str = "none"
    age: int | None = None


class Hero(HeroBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    created: datetime = Field(default_factory=datetime.now)
    teams: list[Team] = Relationship(back_populates="heroes", link_model=TeamHero)


class Mission(SQLModel, table=True):
    __tablename__ = "missions"

    id: int | None = Field(default=None, primary_key=True)
    title: str
    team_id: Optional[int] = Field(default=None, foreign_key="team.id")
    team: Optional[Team] = Relationship(back_populates="missions")
