"""SQLAlchemy, Flask-SQLAlchemy and SQLModel: where code builds or sends statements, and which classes are mapped."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

from . import _bases as bases
from . import _connections as connections
from . import _hybrids as hybrids
from ._awaitables import COROUTINES
from ._drafts import Declared
from ._rows import gives
from ._sessions import HOLDER, OBJECTS

STATEMENTS = "select|insert|update|delete|text|union|union_all|exists"
SESSION = (
    "execute|exec|scalar|scalars|stream|stream_scalars|query|get|get_one|add|add_all|delete|merge|refresh|"
    "bulk_save_objects|bulk_insert_mappings|bulk_update_mappings"
)
TRANSACTION = "begin|begin_nested|flush|commit|rollback|close|aclose|remove"
# The connection of the driver below an engine or a session, and its cursors.
DRIVER = r"cursor\(\)|driver_connection|dbapi_connection|raw_connection\(\)"
FLASK = r"flask_sqlalchemy\.SQLAlchemy"
# Methods of a query that give a query: what is called on the result of another one is called on rows.
BUILDING = (
    "filter|filter_by|where|join|outerjoin|select_from|select_entity_from|from_statement|order_by|group_by|having|"
    "distinct|limit|offset|slice|options|with_entities|add_columns|add_entity|union|union_all|intersect|except_|"
    "with_for_update|execution_options|populate_existing|enable_eagerloads|params|yield_per|correlate|prefix_with|"
    "reset_joinpoint|autoflush"
)
QUERY = rf"(?:\.(?:{BUILDING})\(\))*\.\w+"

# Calls that build statements, from the first of a chain to the last, and those that send them.
BUILT = r"(?:select|insert|update|delete|union|union_all|intersect|except_|exists)"
STATEMENT_CALLS = (
    rf"(?:sqlalchemy|sqlmodel|flask_sqlalchemy)\.(?:\w+\.)*{BUILT}(?:\(\)(?:\.\w+(?:\(\))?)*\.\w+)?",
    r"(?:sqlalchemy|sqlmodel)\.(?:[a-z_]\w*\.)*text",
    r"(?:sqlalchemy|flask_sqlalchemy)\.(?:\w+\.)*Table\.(?:select|insert|update|delete)(?:\(\)(?:\.\w+(?:\(\))?)*\.\w+)?",
    rf"{HOLDER}\.(?:{SESSION})",
    rf"{HOLDER}\.query\(\)(?:\.\w+\(\))*\.\w+",
    r"(?:sqlalchemy|sqlmodel|flask_sqlalchemy)\.[\w.()]*\.(?:Model|DeclarativeBase|declarative_base\(\))\.query(?:\.\w+(?:\(\))?)*\.\w+",
    rf"{FLASK}\.(?:select|insert|update|delete|get_or_404|first_or_404|one_or_404|paginate)",
    rf"{FLASK}\.(?:select|insert|update|delete)\(\)(?:\.\w+(?:\(\))?)*\.\w+",
)

PACK = Pack(
    language="python",
    packages=("sqlalchemy", "flask_sqlalchemy", "sqlmodel"),
    orm="sqlalchemy",
    objects=(*OBJECTS, *bases.OBJECTS, Declared),
    functions=hybrids.FUNCTIONS,
    models="_models:read_models",
    connects=connections.CONNECTS,
    creates=connections.CREATES,
    migrates=connections.MIGRATES,
    starting_objects=connections.OBJECTS,
    starting_functions=connections.FUNCTIONS,
    declares=(
        r"^\s+__(?:tablename|table|table_args|mapper_args)__\b",
        r"\bdb\.(?:Model|Table|Column)\b",
        r"\b(?:Column|mapped_column|relationship)\(",
        r"\bMapped\[",
        r"\btable=True\b",
    ),
    asks=(
        r"(?<![\w.])(?:select|insert|update|delete|exists|text|union|union_all)\(",
        r"\b(?:sa|sql|sqlalchemy|sqlmodel|db)\.(?:select|insert|update|delete|exists|text|union|union_all|session)\b",
        r"\.(?:execute|exec|scalar|scalars|stream|stream_scalars|query|filter|filter_by|where|join|outerjoin|options)\(",
        r"\b[A-Z]\w*\.query\b|\bcls\.query\b",
        r"\.(?:select|insert|update|delete)\(",
    ),
    marks=(
        r"(?<![\w.@])(?<!def )(?P<name>select|insert|update|delete)\(",
        r"\b(?:sa|sqlalchemy)\.(?:select|insert|update|delete)\(",
        r"\b(?:session|db)\.(?:query|execute|scalar|scalars|exec)\(",
        r"\b[A-Z]\w*\.query\.\w",
    ),
    declaring=("declared_attr", "directive", "cascading"),
    statements=STATEMENT_CALLS,
    queries="_queries:read_queries",
    gives=gives,
    promises=COROUTINES,
    expressions=("sqlalchemy.", "sqlmodel.", "flask_sqlalchemy."),
    data=DataAccess(
        calls=(
            rf"(?:sqlalchemy|sqlmodel)\.(?:[a-z_]\w*\.)*(?:{STATEMENTS})",
            r"sqlalchemy\.(?:[a-z_]\w*\.)*Table\.(?:select|insert|update|delete)",
            rf"{HOLDER}\.(?:{SESSION})",
            rf"{HOLDER}\.query\(\){QUERY}",
            rf"{FLASK}\.Model\.query{QUERY}",
            rf"{FLASK}\.(?:select|insert|update|delete|get_or_404|first_or_404|one_or_404|paginate)",
        ),
        raw=(
            r"(?:sqlalchemy|sqlmodel)\.(?:[a-z_]\w*\.)*text",
            rf"{HOLDER}\.(?:execute|exec|scalar|scalars|stream|stream_scalars|exec_driver_sql)",
            rf"(?:sqlalchemy|sqlmodel)\.[\w.()]*\.(?:{DRIVER})\.(?:execute|executemany|executescript|fetch|fetchrow|fetchval)",
        ),
        transactions=(rf"{HOLDER}\.(?:{TRANSACTION})",),
        models=(
            r"sqlalchemy\.[\w.]*(?:DeclarativeBase|declarative_base\(\)|DeclarativeBaseNoMeta|MappedAsDataclass)",
            r"flask_sqlalchemy\.SQLAlchemy\.Model",
            r"sqlmodel\.(?:main\.)?SQLModel",
        ),
    ),
)
