"""What is lifted of query sets is what Django itself sends, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.queries import django_oracle as oracle

LIBRARY = Path(__file__).parent / "django_orm" / "apps" / "library"
MODULES = ("filters", "results", "sent")
# What is known to differ, by name, and why.
KNOWN: dict[str, str] = {}
KNOWN_ON_POSTGRESQL = {"weekdays": "Django writes `week_day` as EXTRACT(DOW FROM ...) + 1"}


def differing(folder: Path, module: str, database: str) -> tuple[dict[str, str], int]:
    """The functions whose statements are not among those that were lifted, and how many there are in all."""
    theirs = oracle.django_says(folder, f"shelf.{module}", database=database)
    ours = oracle.we_say(folder)
    dialect = "postgres" if database == "postgresql" else "sqlite"
    wrong: dict[str, str] = {}
    count = 0
    for name, said in theirs.items():
        if not said["sent"]:
            assert database == "postgresql" or not said["failed"], (name, said)
            continue
        count += 1
        trees = [statement.tree for query in ours.get(name, []) for statement in query.statements]
        forms = [oracle.form(tree) for tree in trees]
        for sql in said["sent"]:
            if sql == "<nothing>":
                if not any("FALSE" in tree.sql() for tree in trees):
                    wrong[name] = sql
            elif oracle.form(oracle.parsed(sql, dialect)) not in forms:
                wrong[name] = f"{sql}\n{[tree.sql(dialect) for tree in trees]}"
    return wrong, count


@pytest.mark.parametrize("module", MODULES)
def test_statements_are_those_of_django(module: str) -> None:
    wrong, count = differing(LIBRARY, module, "sqlite")
    assert {name: sql for name, sql in wrong.items() if name not in KNOWN} == {}
    assert count > 50
    assert len(wrong) <= 0.02 * count


@pytest.mark.parametrize("module", ["filters", "results"])
def test_statements_are_those_of_django_on_postgresql(module: str, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(LIBRARY, folder)
    settings = folder / "settings.py"
    settings.write_text(settings.read_text().replace("backends.sqlite3", "backends.postgresql"))
    wrong, count = differing(folder, module, "postgresql")
    assert {name: sql for name, sql in wrong.items() if name not in KNOWN_ON_POSTGRESQL} == {}
    assert count > 100
    assert len(wrong) <= 0.02 * count


def test_nulls_stand_where_the_database_puts_them() -> None:
    found = oracle.we_say(LIBRARY)
    for name in ("of_manager_behind_from_queryset", "ordered_by_expression"):
        (query,) = found[name]
        assert "NULLS" not in query.statements[0].tree.sql("sqlite")
    (query,) = found["ordered_nulls"]
    assert "NULLS" not in query.statements[0].tree.sql("sqlite")
    assert query.statements[0].tree.sql("postgres").endswith("DESC NULLS LAST")
