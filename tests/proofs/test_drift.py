"""What the rules on drift claim, shown by Alembic and SQLAlchemy: the fixtures' migrations, then their models."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "orm"
ENVIRONMENT = """
from alembic import context
from sqlalchemy import create_engine

with create_engine("sqlite:///proof.db").connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
"""


def after_migrations(rule: str, kind: str, code: str, folder: Path) -> str:
    """The last line of the error that some code ends with, once the migrations were run; nothing without one."""
    project = folder / kind
    shutil.copytree(FIXTURES / rule / kind, project)
    (project / "migrations/env.py").write_text(ENVIRONMENT)
    (project / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    environment = {**os.environ, "PYTHONPATH": "."}
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True)
    start = "from models import *\nfrom sqlalchemy import create_engine, select\nfrom sqlalchemy.orm import Session\n"
    start += "session = Session(create_engine('sqlite:///proof.db'))\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    return next((line for line in done.stderr.splitlines() if "Error: (" in line), done.stderr)


def test_queries_name_columns_that_the_table_lacks(tmp_path: Path) -> None:
    for name, missing in (("User", "users.bio"), ("Article", "articles.text")):
        code = f"session.scalars(select({name})).all()"
        said = after_migrations("column_without_migration", "bad", code, tmp_path / name)
        assert said.endswith(f"no such column: {missing}")
        assert after_migrations("column_without_migration", "good", code, tmp_path / name) == ""


def test_queries_name_a_table_that_is_not_there(tmp_path: Path) -> None:
    said = after_migrations("table_without_migration", "bad", "session.scalars(select(Comment)).all()", tmp_path)
    assert said.endswith("no such table: comments")
    assert after_migrations("table_without_migration", "good", "session.scalars(select(Article)).all()", tmp_path) == ""


def test_rows_without_a_value_are_refused(tmp_path: Path) -> None:
    for code, column in (("Page(state='draft')", "slug"), ("Page(slug='a')", "state")):
        said = after_migrations("not_null_drift", "bad", f"session.add({code}); session.commit()", tmp_path / column)
        assert said.endswith(f"NOT NULL constraint failed: pages.{column}")
    assert after_migrations("not_null_drift", "good", "session.add(Page(slug='a')); session.commit()", tmp_path) == ""
