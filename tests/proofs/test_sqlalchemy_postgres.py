"""What PostgreSQL says to foreign keys of another type than their target, shown by a real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from verifier.run import postgres

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sqlalchemy" / "foreign_key_type_mismatch"

# Creates each table by itself, after those that it refers to, and says which of its keys PostgreSQL refuses.
SCRIPT = """
import sys
from sqlalchemy import ForeignKeyConstraint, MetaData, create_engine, exc
from sqlalchemy.schema import AddConstraint, CreateTable
from models import Base
engine = create_engine(sys.argv[1])
with engine.begin() as connection:
    connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    connection.exec_driver_sql("CREATE SCHEMA public")
    for table in Base.metadata.sorted_tables:
        connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
for table in Base.metadata.sorted_tables:
    for key in sorted(table.foreign_key_constraints, key=lambda key: key.column_keys):
        try:
            with engine.begin() as connection:
                connection.execute(AddConstraint(key))
            print("taken", table.name, *key.column_keys)
        except exc.ProgrammingError as error:
            print(type(error.orig).__name__, table.name, *key.column_keys)
"""


def keys(kind: str, url: str) -> list[str]:
    """What becomes of each foreign key of a fixture."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT, url], cwd=FIXTURES / kind, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_postgresql_refuses_keys_of_another_type() -> None:
    server = postgres.start()
    try:
        user = f"{postgres.USER}:{postgres.PASSWORD}"
        url = f"postgresql+psycopg2://{user}@/{postgres.NAME}?host={server.socket.parent}"
        assert keys("bad", url) == [
            "DatatypeMismatch orders user_id",
            "DatatypeMismatch lines order_id",
            "DatatypeMismatch lines user_id",
        ]
        assert keys("good", url) == [
            "taken orders user_id",
            "taken orders user_name",
            "taken lines order_id",
            "taken lines user_id",
        ]
    finally:
        server.stop()
