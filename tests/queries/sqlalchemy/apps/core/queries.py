import sqlalchemy as sa
from models import USER, lines, orders
from sqlalchemy import Integer, and_, exists, func, join, outerjoin, select


def whole():
    return USER.select()


def select_table():
    return sa.select(USER)


def columns():
    return select(USER.c.id, USER.c.name)


def where_column():
    return select(orders.c.id).where(orders.c.total > 100)


def by_key():
    return select(orders).where(orders.c.status == "open")


def by_index():
    return select(USER.c["name"]).where(USER.columns.id == 1)


def join_on():
    return select(USER.c.name, orders.c.id).select_from(USER.join(orders, USER.c.id == orders.c.user_id))


def join_inferred():
    return select(USER.c.name).select_from(USER.join(orders))


def join_of_joins():
    return select(USER.c.name, lines.c.amount).select_from(USER.join(orders).join(lines))


def join_function():
    return select(USER.c.id).select_from(join(USER, orders, USER.c.id == orders.c.user_id))


def outerjoin_function():
    return select(USER.c.id, orders.c.id).select_from(outerjoin(USER, orders))


def outerjoin_tree():
    tree = sa.join(USER, orders, USER.c.id == orders.c.user_id).outerjoin(lines, lines.c.order_id == orders.c.id)
    return select(USER.c.name, sa.func.sum(lines.c.amount)).select_from(tree).group_by(USER.c.name)


def isouter_tree():
    return select(USER).select_from(sa.join(USER, orders, isouter=True))


def select_join():
    return select(orders).join(USER, USER.c.id == orders.c.user_id)


def select_join_inferred():
    return select(orders.c.id).join(USER)


def select_outer():
    return select(USER.c.id).outerjoin(orders, and_(orders.c.user_id == USER.c.id, orders.c.status == "x"))


def aliased_table():
    boss = USER.alias("boss")
    return select(USER.c.name, boss.c.name).select_from(USER.outerjoin(boss, USER.c.manager_id == boss.c.id))


def anonymous_alias():
    other = USER.alias()
    return select(USER.c.id).where(USER.c.manager_id == other.c.id, other.c.name == "x")


def alias_inferred():
    boss = USER.alias()
    return select(USER.c.id, boss.c.id).select_from(orders.join(USER).join(boss, boss.c.id == USER.c.manager_id))


def cartesian():
    return select(USER.c.id, orders.c.id)


def count_rows():
    return select(func.count()).select_from(orders)


def count_alias():
    return select(func.count(orders.c.id).label("n"), orders.c.user_id).group_by(orders.c.user_id).order_by(sa.desc("n"))


def subquery():
    totals = select(orders.c.user_id, func.sum(orders.c.total).label("total")).group_by(orders.c.user_id).alias("totals")
    return select(USER.c.name, totals.c.total).select_from(USER.join(totals, totals.c.user_id == USER.c.id))


def scalar():
    best = select(func.max(orders.c.total)).scalar_subquery()
    return select(orders.c.id).where(orders.c.total == best)


def scalar_label():
    n = select(func.count(lines.c.number)).where(lines.c.order_id == orders.c.id).label("n")
    return select(orders.c.id, n)


def exists_where():
    return select(USER.c.id).where(exists().where(orders.c.user_id == USER.c.id))


def exists_one():
    return select(USER.c.id).where(exists(select(1).where(orders.c.user_id == USER.c.id)))


def in_select():
    return select(USER).where(USER.c.id.in_(select(orders.c.user_id)))


def union_of():
    return sa.union_all(select(USER.c.id), select(orders.c.id)).order_by("id").limit(3)


def cte():
    big = select(orders).where(orders.c.total > 5).cte("big")
    return select(USER.c.name).select_from(USER.join(big, big.c.user_id == USER.c.id)).where(big.c.status == "y")


def insert_method():
    return USER.insert().values(name="x")


def insert_function():
    return sa.insert(orders).values(user_id=1, total=3, status="open")


def update_method():
    return orders.update().where(orders.c.id == 1).values(total=orders.c.total + 1)


def update_key():
    return sa.update(orders).where(orders.c.id == 1).values(status="done")


def update_from():
    return orders.update().values(status="x").where(orders.c.user_id == USER.c.id, USER.c.name == "y")


def delete_method():
    return lines.delete().where(lines.c.order_id == 3)


def delete_using():
    return sa.delete(lines).where(lines.c.order_id.in_(select(orders.c.id).where(orders.c.status == "old")))


def text_fragment():
    return select(sa.text("count(*)")).select_from(sa.text("orders"))


def literal_column():
    return select(sa.literal_column("total * 2").label("double")).select_from(orders)


def case():
    return select(sa.case((orders.c.total > 5, sa.literal("big")), else_=sa.literal("small")))


def between():
    return select(lines).where(lines.c.amount.between(1, 5))


def two_conditions():
    query = select(USER).where(USER.c.name == "x")
    query = query.where(USER.c.id != 3)
    return query.order_by(USER.c.created_at.desc()).limit(1)


def tuple_of():
    return select(lines).where(sa.tuple_(lines.c.order_id, lines.c.number).in_([(1, 2)]))


def distinct_column():
    return select(orders.c.user_id).distinct().order_by(orders.c.user_id)


def having():
    return select(orders.c.user_id).group_by(orders.c.user_id).having(func.sum(orders.c.total) > 10)


def nested_functions():
    return select(func.coalesce(func.sum(lines.c.amount), 0))


def in_params():
    return select(USER).where(USER.c.id.in_([1, 2]), USER.c.name.notin_(["a"]))


def cast_by_function():
    return select(func.cast(lines.c.amount, Integer), func.sum(func.cast(lines.c.amount, Integer)))
