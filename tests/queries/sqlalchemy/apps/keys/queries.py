from models import Crate, Line, Order, Owner
from sqlalchemy import func, select
from sqlalchemy.orm import aliased


def with_schema():
    return select(Owner.id).where(Owner.name == "x")


def composite_join():
    return select(Order.number).join(Order.lines)


def composite_inferred():
    return select(Line.id).join(Order)


def composite_any():
    return select(Order.number).where(Order.lines.any(Line.id == 3))


def declared_column():
    return select(Order.owner_id)


def declared_relationship():
    return select(Order.number).join(Order.owner).where(Owner.name == "x")


def declared_on_other():
    return select(Crate.id, Crate.weight).join(Crate.owner)


def quoted_names():
    return select(Crate).where(Crate.weight > 3).order_by(Crate.id)


def declared_has():
    return select(Crate.id).where(Crate.owner.has(name="x"))


def schema_alias():
    other = aliased(Owner)
    return select(other.id).where(other.name == "y")


def schema_subquery():
    sub = select(Crate.owner_id, func.sum(Crate.weight).label("sum")).group_by(Crate.owner_id).subquery()
    return select(Owner.name, sub.c.sum).join(sub, sub.c.owner_id == Owner.id)
