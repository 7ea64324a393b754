from models import Device, Reading
from sqlalchemy import Numeric, String, all_, any_, cast, extract, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import aliased

DIALECTS = ("postgresql",)


def upsert():
    stmt = insert(Device).values(serial="a")
    return stmt.on_conflict_do_update(index_elements=["serial"], set_={"tags": stmt.excluded.tags})


def upsert_columns():
    stmt = insert(Device).values(serial="a")
    return stmt.on_conflict_do_update(index_elements=[Device.serial], set_=dict(seen=func.now()))


def upsert_nothing():
    return insert(Device).values(serial="a").on_conflict_do_nothing()


def upsert_nothing_on():
    return insert(Device).values(serial="a").on_conflict_do_nothing(index_elements=["serial"])


def upsert_constraint():
    stmt = insert(Device).values(serial="a")
    return stmt.on_conflict_do_update(constraint="devices_serial_key", set_={"serial": stmt.excluded.serial})


def upsert_where():
    stmt = insert(Device).values(serial="a")
    return stmt.on_conflict_do_update(
        index_elements=["serial"], set_={"serial": stmt.excluded.serial}, where=Device.seen < func.now()
    ).returning(Device.id)


def distinct_on():
    return select(Reading.id, Reading.value).distinct(Reading.device_id).order_by(Reading.device_id, Reading.at.desc())


def array_contains():
    return select(Device.id).where(Device.tags.contains(["a"]))


def array_any():
    return select(Device.id).where(Device.tags.any("a"))


def any_function():
    return select(Device.id).where(literal("a") == any_(Device.tags))


def array_overlap():
    return select(Device.id).where(Device.tags.overlap(["a", "b"]))


def json_text():
    return select(Device.meta["name"].astext)


def json_compare():
    return select(Device.id).where(Device.meta["kind"].astext == "x")


def json_nested():
    return select(Device.meta["a"]["b"].astext)


def json_contains():
    return select(Device.id).where(Device.meta.has_key("x"))


def operator_method():
    return select(Device.id).where(Device.serial.op("~*")("^a"))


def json_operator():
    return select(Device.meta.op("->>")("name"))


def filtered_aggregate():
    return select(func.count(Reading.id).filter(Reading.value > 3))


def string_agg():
    return select(func.string_agg(Device.serial, ","))


def array_agg():
    return select(func.array_agg(Device.serial))


def date_trunc():
    day = func.date_trunc("day", Reading.at)
    return select(day, func.count(Reading.id)).group_by(day)


def year_of():
    return select(extract("year", Reading.at))


def lateral():
    latest = (
        select(Reading.value)
        .where(Reading.device_id == Device.id)
        .order_by(Reading.at.desc())
        .limit(1)
        .lateral("latest")
    )
    return select(Device.serial, latest.c.value).join(latest, text("true"))


def skip_locked():
    return select(Reading.id).where(Reading.level == "x").limit(1).with_for_update(skip_locked=True)


def for_update_of():
    return select(Reading.id).join(Reading.device).with_for_update(of=Reading)


def numeric_cast():
    return select(cast(Reading.value, Numeric(10, 2)))


def text_cast():
    return select(Device.id.cast(String).ilike("%a%"))


def window_lag():
    return select(Reading.id, func.lag(Reading.value).over(partition_by=Reading.device_id, order_by=Reading.at))


def percentile():
    return select(func.percentile_cont(0.5).within_group(Reading.value.asc()))


def is_distinct():
    return select(Reading.id).where(Reading.level.is_distinct_from("x"))


def full_text():
    vector = func.to_tsvector("english", Device.serial)
    return select(Device.id).where(vector.op("@@")(func.plainto_tsquery("english", "x")))


def interval():
    return select(Reading.id).where(Reading.at > func.now() - text("interval '1 day'"))


def greatest():
    return select(func.greatest(Reading.value, 3))


def update_json():
    return update(Device).where(Device.serial == "x").values(meta=Device.meta.op("||")('{"a": 1}'))


def cte_update():
    old = select(Reading.id).where(Reading.level == "x").cte("old")
    return select(func.count()).select_from(old)


def nested_exists():
    other = aliased(Reading)
    newer = select(other.id).where(other.device_id == Reading.device_id, other.at > Reading.at).exists()
    return select(Reading.id).where(~newer)


def or_any():
    return select(Device.id).where(or_(Device.tags.any("a"), Device.readings.any(Reading.value > 3)))


def regex():
    return select(Device.id).where(Device.serial.regexp_match("^a"))


def substring():
    return select(func.substring(Device.serial, 1, 3), func.length(Device.serial), func.concat(Device.serial, "x"))
