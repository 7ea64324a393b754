"""Types by their names in SQL: those of PostgreSQL, SQLite and MySQL, in one vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifier.datamodel import UNKNOWN_TYPE, ColumnType, TypeKind
from verifier.regex import regex

KINDS: Mapping[TypeKind, str] = {
    "smallint": "smallint int2 smallserial serial2 tinyint year",
    "integer": "int integer int4 serial serial4 mediumint int8_unsigned",
    "bigint": "bigint int8 bigserial serial8 big_int",
    "float": "float float4 float8 real double double_precision",
    "numeric": "numeric decimal dec number fixed money",
    "boolean": "boolean bool",
    "string": "varchar character_varying char character nvarchar nchar varying_character native_character bpchar "
    "national_character_varying national_character national_char national_varchar national_char_varying char_varying "
    "varchar2 varyingcharacter",
    "text": "text clob tinytext mediumtext longtext citext name ntext",
    "binary": "blob bytea binary varbinary tinyblob mediumblob longblob image binary_varying",
    "date": "date",
    "time": "time timetz time_with_time_zone time_without_time_zone",
    "datetime": "timestamp timestamptz datetime datetime2 timestamp_with_time_zone timestamp_without_time_zone",
    "interval": "interval",
    "json": "json jsonb",
    "uuid": "uuid uniqueidentifier guid",
    "enum": "enum",
    "network": "inet cidr macaddr macaddr8",
}
NAMES: Mapping[str, TypeKind] = {name: kind for kind, names in KINDS.items() for name in names.split()}
SERIAL = frozenset("serial serial2 serial4 serial8 bigserial smallserial".split())
OTHER = frozenset(
    "bit bit_varying varbit tsvector tsquery xml oid regclass point line lseg box path polygon circle hstore ltree "
    "geometry geography vector halfvec sparsevec int4range int8range numrange tsrange tstzrange daterange "
    "int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange set pg_lsn txid_snapshot "
    "linestring any".split()
)
SHAPE = regex(
    r"""\s* (?P<name> " [^"]* " | [^\W\d] [\w$."]* (?: \s+ (?!array\b) [^\W\d] \w*)* )
        \s* (?: \( \s* (?P<arguments> [^()]* ) \) )?
        \s* (?P<rest> [a-z\s]*? )
        \s* (?P<items> (?: \[ \s* \d* \s* \] | \b array\b )* ) \s* \Z""",
    re.VERBOSE | re.IGNORECASE,
)
LISTING = regex(r"\s*(enum|set)\s*\(", re.IGNORECASE)
LONGEST = 300  # characters of a type that lists no values
ZONED = frozenset("timestamptz timetz timestamp_with_time_zone time_with_time_zone".split())
UNZONED = frozenset("timestamp time timestamp_without_time_zone time_without_time_zone datetime datetime2".split())


def kind_of(name: str) -> TypeKind | None:
    """The kind that a name of a type stands for (``character varying``, ``Int8``); None for one not known here."""
    return NAMES.get("_".join(name.lower().split()))


# Words behind a type that leave it what it is.
NO_TYPES = frozenset({"unsigned", "signed", "zerofill", "auto_increment"})


def sql_type(text: str) -> ColumnType:
    """A type as SQL names it: ``varchar(20)``, ``timestamp(6) with time zone``, ``text[]``, ``ENUM('a', 'b')``.

    A name that is none of the database's own has the kind ``other``: a domain, an enumeration or an extension's.
    """
    listing = LISTING.match(text)
    if listing is not None:
        values = tuple(value.replace("''", "'") for value in re.findall(r"'((?:[^']|'')*)'", text))
        return ColumnType("enum" if listing[1].lower() == "enum" else "other", text, values=values)
    match = SHAPE.match(text) if len(text) < LONGEST else None
    if match is None:
        return ColumnType("other", text) if text.strip() else UNKNOWN_TYPE
    if match["items"]:
        inner = sql_type(text[: match.start("items")])
        return ColumnType("array", text, items=inner)
    words = match["name"].lower().replace('"', "").split()
    if words[0] in ("pg_catalog.char", "char") and match["name"].startswith('"'):
        return ColumnType("string", text, length=1)
    words = [word.removeprefix("pg_catalog.") for word in words if word not in NO_TYPES]
    name = "_".join([*words, *match["rest"].lower().split()])
    arguments = match["arguments"] or ""
    if words[:1] == ["interval"]:
        return ColumnType("interval", text)
    kind = NAMES.get(name) or NAMES.get("_".join(words))
    if kind is None:
        return ColumnType("other", text)
    numbers = [int(number[:9]) for number in re.findall(r"\d+", arguments)]
    first, second = (numbers[0] if numbers else None), (numbers[1] if len(numbers) > 1 else None)
    if kind in ("string", "binary", "text"):
        return ColumnType(kind, text, length=first if kind != "text" else None)
    if kind == "numeric" and name != "money":
        return ColumnType(kind, text, precision=first, scale=second)
    if kind in ("datetime", "time"):
        return ColumnType(kind, text, timezone=True if name in ZONED else False if name in UNZONED else None)
    return ColumnType(kind, text)


def is_serial(text: str) -> bool:
    """Whether a type is one of PostgreSQL's that number rows by themselves."""
    return text.lower().strip() in SERIAL


def rows_are_numbered(text: str) -> bool:
    """Whether SQLite makes a primary key of the type the row's own number: of ``INTEGER`` alone, in any case."""
    return text.strip().lower() == "integer"
