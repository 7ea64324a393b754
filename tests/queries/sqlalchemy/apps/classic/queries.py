from models import Task, Team, User, members
from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased


def renamed(session: Session):
    return session.query(User).filter(User.login == "x")


def renamed_filter_by(session: Session):
    return session.query(User).filter_by(login="x")


def renamed_mixin(session: Session):
    return session.query(User.id).order_by(User.created.desc())


def property_of_columns(session: Session):
    return session.query(User.id).filter(User.full_name == "a b")


def hybrid(session: Session):
    return session.query(User.id).filter(User.is_gone == 1)


def hybrid_expression(session: Session):
    return session.query(User.id).filter(User.shown == "x")


def backref_join(session: Session):
    return session.query(Team.name).join(Team.users).filter(User.first == "x")


def backref_scalar(session: Session):
    return session.query(User.id).join(User.owned).filter(Team.name == "x")


def explicit_keys(session: Session):
    return session.query(Task.id).join(Task.author).filter(User.first == "x")


def primary_join(session: Session):
    return session.query(Task.id).join(Task.reviewer)


def two_of_one_target(session: Session):
    author, reviewer = aliased(User), aliased(User)
    query = session.query(Task.id, author.login, reviewer.login)
    return query.join(author, Task.author).outerjoin(reviewer, Task.reviewer)


def custom_condition(session: Session):
    return session.query(Task.id).join(Task.live_team)


def custom_any(session: Session):
    return session.query(Task.id).filter(Task.live_team.has(name="x"))


def secondary_any(session: Session):
    return session.query(User.id).filter(User.teams.any(Team.name == "x"))


def secondary_backref_any(session: Session):
    return session.query(Team.id).filter(Team.users.any(User.login == "x"))


def association(session: Session):
    return session.query(User.id).join(members, members.c.user_id == User.id).filter(members.c.team_id == 1)


def chain(session: Session):
    return session.query(Task.title).join(Task.team).join(Team.owner).filter(User.last == "x")


def outer_chain(session: Session):
    return session.query(Task.title).outerjoin(Task.team).outerjoin(Team.users)


def target_with_condition(session: Session):
    return session.query(Task, Team).join(Team, and_(Team.id == Task.team_id, Team.removed.is_(False)))


def grouped(session: Session):
    return session.query(Team.name, func.count(Task.id)).outerjoin(Team.tasks).group_by(Team.name)


def ordered(session: Session):
    return session.query(Task).order_by(Task.weight.desc(), Task.id).offset(3).limit(2)


def or_filter(session: Session):
    return session.query(User.id).filter(or_(User.first == "a", User.last.like("b%")), User.id > 3)


def scalar_subquery(session: Session):
    sub = session.query(func.count(Task.id)).filter(Task.team_id == Team.id).scalar_subquery()
    return session.query(Team.name, sub)


def in_query(session: Session):
    return session.query(Task.id).filter(Task.team_id.in_(session.query(Team.id).filter(Team.name == "x")))


def exists_of(session: Session):
    return session.query(Team.id).filter(session.query(Task).filter(Task.team_id == Team.id).exists())


def has_related(session: Session):
    return session.query(Task.id).filter(Task.team.has(Team.name.in_(["a", "b"])))


def compare_relationship(session: Session):
    return session.query(Task.id).filter(Task.team == None)  # noqa: E711


def select_from(session: Session):
    return session.query(User.first).select_from(Team).join(Team.users)


def insert_renamed():
    return insert(User).values(login="x", first="y")


def update_renamed():
    return update(User).where(User.login == "x").values(login="y")


def new_style_renamed():
    return select(User.login, User.created).where(User.removed.is_(False))


def subquery_of_renamed():
    sub = select(User).where(User.first == "x").subquery()
    return select(sub.c.user_name)


def aliased_renamed():
    other = aliased(User)
    return select(other.login).where(other.created > other.created)


def union_of(session: Session):
    return session.query(User.id).filter(User.first == "x").union(session.query(User.id).filter(User.last == "y"))


def add_columns(session: Session):
    return session.query(User.id).add_columns(User.first, Team.name).join(User.teams)


def distinct_ordered(session: Session):
    return session.query(Task.team_id).distinct().order_by(Task.team_id)


def correlated_update():
    count = select(func.count(Task.id)).where(Task.team_id == Team.id).scalar_subquery()
    return update(Team).where(count > 3).values(name="busy")


def proxy(session: Session):
    return session.query(Task.id).filter(Task.team_name == "x")


def proxy_keyword(session: Session):
    return session.query(Task.id).filter_by(team_name="x")


def proxy_method(session: Session):
    return session.query(Task.id).filter(Task.team_name.like("x%"))
