"""What the rules on SQLAlchemy claim, shown by SQLAlchemy itself: the fixtures are imported, mapped and stored in."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.older import available, with_packages

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sqlalchemy"

# Imports a module, configures its mappers, creates its tables in SQLite and stores a row: prints the first error.
USE = """
import gc, importlib, sys
try:
    importlib.import_module(sys.argv[1])
    from sqlalchemy import MetaData, create_engine
    from sqlalchemy.orm import configure_mappers
    configure_mappers()
    for metadata in gc.get_objects():
        if type(metadata) is MetaData:
            engine = create_engine("sqlite://")
            with engine.begin() as connection:
                for schema in {table.schema for table in metadata.tables.values()} - {None}:
                    connection.exec_driver_sql(f"ATTACH ':memory:' AS {schema}")
                metadata.create_all(connection)
except Exception as error:
    print(type(error).__name__, str(error))
else:
    print("fine")
"""

# What each rule says that the library raises, for its bad fixtures.
ERRORS = {
    "missing_primary_key": "ArgumentError .*could not assemble any primary key columns",
    "missing_table_name": "InvalidRequestError .*does not have a __table__ or __tablename__",
    "mapped_column_in_table": "ArgumentError 'SchemaItem' object, such as a 'Column'",
    "duplicate_table": "InvalidRequestError Table '\\w+' is already defined for this MetaData instance",
    "annotation_without_mapped": "MappedAnnotationError .*can't be correctly interpreted for Annotated Declarative",
    "unknown_relationship_target": "InvalidRequestError .*failed to locate a name",
    "unknown_association_table": "InvalidRequestError .*failed to locate a name",
    "unknown_foreign_key_target": "NoReferenced(?:Table|Column)Error",
    "missing_foreign_key": "NoForeignKeysError .*there are no foreign keys linking these tables",
    "ambiguous_foreign_keys": "AmbiguousForeignKeysError .*there are multiple foreign key paths",
    "back_populates_without_counterpart": (
        "InvalidRequestError .*has no property 'comments'|ArgumentError .*reverse_property"
    ),
    "annotation_without_type": (
        "(?:ArgumentError|MappedAnnotationError) .*Could not locate SQLAlchemy Core type|ValueError .*no matching SQL"
    ),
    "builtin_instead_of_column": "(?:Argument|Type)Error .*(?:got <built-in function id>|id\\(\\) takes)",
    "self_reference_without_remote_side": "ArgumentError .*both of the same direction",
}
ALONE = FIXTURES / "self_reference_without_remote_side" / "bad" / "alone.py"


def modules(rule: str, kind: str) -> list[Path]:
    """The modules of a fixture that are imported, those of packages left to them."""
    return [path for path in sorted((FIXTURES / rule / kind).glob("*.py")) if path != ALONE]


def use(path: Path, *python: str) -> str:
    """What importing a module and using its models gives."""
    command = [*(python or (sys.executable,)), "-W", "ignore", "-B", "-c", USE, path.stem]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("rule", ERRORS)
def test_the_library_refuses_the_bad_ones(rule: str) -> None:
    for path in modules(rule, "bad"):
        assert re.match(ERRORS[rule], use(path), re.DOTALL), path


@pytest.mark.parametrize("rule", ERRORS)
def test_the_library_takes_the_good_ones(rule: str) -> None:
    for path in modules(rule, "good"):
        assert use(path) == "fine", path


def test_a_key_without_a_table_fails_when_a_row_is_stored() -> None:
    script = """
import models
from sqlalchemy import create_engine, exc
from sqlalchemy.orm import Session
engine = create_engine("sqlite://")
with engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER)")
with Session(engine) as session:
    session.add(models.Post(author_id=1))
    try:
        session.commit()
    except exc.NoReferencedTableError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=FIXTURES / "unknown_foreign_key_target" / "bad",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "could not find table 'user'" in done.stdout, done.stderr


def test_a_parent_without_remote_side_is_a_child() -> None:
    script = """
import sys
sys.path.insert(0, ".")
from importlib import import_module
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
found = import_module(sys.argv[1])
engine = create_engine("sqlite://")
found.Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([found.Node(id=1), found.Node(id=2, parent_id=1)])
    session.commit()
    above = session.get(found.Node, 2).parent
    below = session.get(found.Node, 1).parent
    print(above and above.id, below and below.id)
"""
    folder = FIXTURES / "self_reference_without_remote_side"
    answers = []
    for kind, module in (("bad", "alone"), ("good", "tree")):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-B", "-c", script, module],
            cwd=folder / kind,
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(done.stdout.strip())
    assert answers == ["None 2", "1 None"]


def test_a_reserved_name_ends_the_import_before_2_1() -> None:
    packages = ("sqlalchemy>=2.0,<2.1",)
    reason = available(packages)
    if reason is not None:
        pytest.skip(reason)
    python = [*with_packages(packages), "python"]
    for path in modules("reserved_attribute", "bad"):
        assert "Attribute name 'metadata' is reserved" in use(path, *python)
    for path in modules("reserved_attribute", "good"):
        assert use(path, *python) == "fine"


SCRAPPING = """
from app import app
app.testing = True
client = app.test_client()
try:
    requests = (("POST", "/ships/argo?deck=upper&guest=ada"), ("DELETE", "/ships/argo"), ("DELETE", "/guests/1"))
    for method, path in requests:
        print(client.open(path, method=method).status_code)
except Exception as error:
    print(str(error).splitlines()[0])
"""


@pytest.mark.parametrize(
    ("fixture", "said"),
    [
        ("bad", ["200", "(sqlite3.IntegrityError) NOT NULL constraint failed: cabins.ship_id"]),
        ("good/cascade", ["200", "200", "200"]),
        ("good/before", ["200", "200", "200"]),
        ("good/passive", ["200", "200", "200"]),
    ],
)
def test_a_session_empties_the_keys_of_the_rows_below(fixture: str, said: list[str]) -> None:
    folder = FIXTURES / "keys_set_to_null" / fixture
    done = subprocess.run(
        [sys.executable, "-B", "-c", SCRAPPING], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == said
