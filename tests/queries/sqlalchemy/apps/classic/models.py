from sqlalchemy import Boolean, Column, DateTime, Float, ForeignKey, Integer, String, Table, UniqueConstraint, func
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import backref, column_property, declarative_base, relationship

Base = declarative_base()

members = Table(
    "members",
    Base.metadata,
    Column("user_id", Integer, ForeignKey("account.id")),
    Column("team_id", Integer, ForeignKey("team.id")),
)


class Stamped:
    created = Column("created_at", DateTime, default=func.now())
    removed = Column(Boolean, default=False)


class User(Stamped, Base):
    __tablename__ = "account"

    id = Column(Integer, primary_key=True)
    login = Column("user_name", String(30), unique=True)
    first = Column(String)
    last = Column(String)
    full_name = column_property(first + " " + last)
    teams = relationship("Team", secondary=members, backref="users")

    @hybrid_property
    def is_gone(self):
        return self.removed

    @hybrid_property
    def shown(self):
        return self.first + "!"

    @shown.expression
    def shown(cls):
        return func.coalesce(cls.first, cls.login)


class Team(Stamped, Base):
    __tablename__ = "team"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    owner_id = Column(Integer, ForeignKey("account.id"))
    owner = relationship("User", foreign_keys=[owner_id], backref=backref("owned", lazy="dynamic"))


class Task(Base):
    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("team_id", "title"),)

    id = Column(Integer, primary_key=True)
    title = Column(String)
    weight = Column(Float)
    team_id = Column(Integer, ForeignKey("team.id"))
    author_id = Column(Integer, ForeignKey("account.id"))
    reviewer_id = Column(Integer, ForeignKey("account.id"))
    team = relationship(Team, backref="tasks")
    author = relationship("User", foreign_keys="Task.author_id")
    reviewer = relationship("User", primaryjoin="Task.reviewer_id == User.id")
    team_name = association_proxy("team", "name")
    live_team = relationship(
        "Team", primaryjoin="and_(Task.team_id == Team.id, Team.removed.is_(False))", viewonly=True
    )
