"""Queries of small Sequelize projects are read as the library itself writes them, for SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.queries.sequelize.comparing import PROJECTS, Own, real_statements

# What is known to differ, by project, dialect and name, with why.
DIFFERENT: dict[tuple[str, str], dict[str, str]] = {}
LEAST = 0.98


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
@pytest.mark.parametrize("project", sorted(path.name for path in PROJECTS.iterdir() if path.is_dir()))
def test_statements_are_those_of_sequelize(project: str, dialect: str, tmp_path: Path) -> None:
    """Tables, joins, conditions, groups, orders and limits are equal."""
    real = real_statements(PROJECTS / project, dialect)
    own = Own(PROJECTS / project, dialect, tmp_path / project)
    known = DIFFERENT.get((project, dialect), {})
    wrong: dict[str, tuple[list[str], list[str]]] = {}
    for name, line in real.items():
        assert line["sql"], f"{name} sends nothing: {line['error']}"
        found = own.wrong(line, dialect)
        if found is not None:
            wrong[name] = found
    assert {name: pair for name, pair in wrong.items() if name not in known} == {}
    assert set(known) <= set(wrong), "what is listed as different is equal"
    assert len(wrong) <= (1 - LEAST) * len(real)
