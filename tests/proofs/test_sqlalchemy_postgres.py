"""What PostgreSQL says to foreign keys that do not fit their target, shown by a real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from verifier.run import postgres

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sqlalchemy"

# Creates each table by itself, after those that it refers to, and says which of its keys PostgreSQL refuses.
SCRIPT = """
import sys
from sqlalchemy import ForeignKeyConstraint, MetaData, create_engine, exc
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable
from models import Base
engine = create_engine(sys.argv[1])
with engine.begin() as connection:
    connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    connection.exec_driver_sql("CREATE SCHEMA public")
    for table in Base.metadata.sorted_tables:
        connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
        for index in table.indexes:
            connection.execute(CreateIndex(index))
for table in Base.metadata.sorted_tables:
    for key in sorted(table.foreign_key_constraints, key=lambda key: key.column_keys):
        try:
            with engine.begin() as connection:
                connection.execute(AddConstraint(key))
            print("taken", table.name, *key.column_keys)
        except exc.ProgrammingError as error:
            print(type(error.orig).__name__, table.name, *key.column_keys)
"""


def keys(rule: str, kind: str, url: str) -> list[str]:
    """What becomes of each foreign key of a fixture."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT, url],
        cwd=FIXTURES / rule / kind,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_postgresql_refuses_keys_of_another_type() -> None:
    server = postgres.start()
    try:
        user = f"{postgres.USER}:{postgres.PASSWORD}"
        url = f"postgresql+psycopg2://{user}@/{postgres.NAME}?host={server.socket.parent}"
        assert keys("foreign_key_type_mismatch", "bad", url) == [
            "DatatypeMismatch orders user_id",
            "DatatypeMismatch lines order_id",
            "DatatypeMismatch lines user_id",
        ]
        assert keys("foreign_key_type_mismatch", "good", url) == [
            "taken orders user_id",
            "taken orders user_name",
            "taken lines order_id",
            "taken lines user_id",
        ]
    finally:
        server.stop()


def test_postgresql_refuses_keys_to_what_is_no_key() -> None:
    server = postgres.start()
    try:
        url = f"postgresql+psycopg2://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
        bad, good = keys("reference_not_unique", "bad", url), keys("reference_not_unique", "good", url)
    finally:
        server.stop()
    refused = ["InvalidForeignKey fences parcel", "InvalidForeignKey helpers helper"]
    assert sorted(line for line in bad if not line.startswith("taken")) == refused
    assert len(bad) == 6
    assert [line for line in good if not line.startswith("taken")] == []
    assert len(good) == 6
