from models import Hero, Mission, Team, TeamHero
from sqlmodel import Session, and_, col, delete, desc, func, or_, select, update


def whole():
    return select(Hero)


def plain_field():
    return select(Hero).where(Hero.name == "x")


def default_field():
    return select(Hero).where(Hero.secret == "x")


def optional_field():
    return select(Hero).where(Hero.age >= 35, Hero.age < 40)


def or_fields():
    return select(Hero).where(or_(Hero.age <= 35, Hero.age > 90))


def col_function():
    return select(Hero).where(col(Hero.age) >= 35)


def col_in():
    return select(Hero).where(col(Hero.name).in_(["a", "b"]))


def join_inferred():
    return select(Mission, Team).join(Team)


def join_outer():
    return select(Mission, Team).join(Team, isouter=True)


def join_relationship():
    return select(Mission.title).join(Mission.team).where(Team.name == "x")


def join_link():
    return select(Hero.name).join(TeamHero, TeamHero.hero_id == Hero.id).where(TeamHero.team_id == 1)


def join_many():
    return select(Team.name).join(Team.heroes).where(Hero.name == "x")


def implicit_join():
    return select(Mission, Team).where(Mission.team_id == Team.id)


def limited():
    return select(Hero).offset(3).limit(3)


def ordered():
    return select(Hero).order_by(desc(Hero.created))


def counted():
    return select(func.count(Hero.id))


def counted_all():
    return select(func.count()).select_from(Hero).where(Hero.age == 3)


def deleted():
    return delete(TeamHero).where(TeamHero.team_id == 1)


def updated():
    return update(Hero).where(Hero.id == 1).values(age=3)


def combined():
    return select(Hero).where(and_(Hero.name == "x", Hero.id.in_(select(TeamHero.hero_id).where(TeamHero.team_id == 2))))
