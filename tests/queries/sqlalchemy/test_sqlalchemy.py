"""Statements of many forms: what we lift of each equals what SQLAlchemy compiles."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlglot import exp

from tests.queries.sqlalchemy.compare import canonical, ours, parsed
from verifier.lift.nouns import Query

HERE = Path(__file__).parent
PROJECTS = sorted(path.name for path in (HERE / "apps").iterdir() if (path / "queries.py").is_file())
# What is known to differ, by project and function.
DIFFERING: dict[str, str] = {
    "postgres.full_text": "the library casts the arguments of its own functions for text search",
    "postgres.json_nested": "the library writes a subscript in place of an arrow",
}
LEAST = 170


def asked(root: Path) -> dict[str, dict[str, str]]:
    """What the library says."""
    command = [sys.executable, "-W", "ignore", str(HERE / "oracle.py"), str(root), "queries"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


def differences(root: Path) -> tuple[int, dict[str, str]]:
    """How many statements were compared, and what differs, by function."""
    from verifier.session import Options, open_session

    facts = open_session(Options(path=root, cache=False, quiet=True)).facts
    lifted: dict[str, Query] = {}
    for query in facts.queries.queries:
        if query.function is not None:
            lifted.setdefault(query.function.name, query)
    defaults = frozenset(
        column.name
        for columns in (*(one.columns for one in facts.models.entities), *(one.columns for one in facts.models.tables))
        for column in columns
        if column.default in ("value", "function")
    )
    wrong: dict[str, str] = {}
    said = asked(root)
    for name, dialects in said.items():
        found = lifted.get(name)
        if found is None or not found.statements:
            wrong[name] = f"not lifted: {found.reason if found else ''}"
            continue
        statement = found.statements[0]
        for dialect, text in dialects.items():
            try:
                expected_tree = parsed(text, dialect)
                if isinstance(statement.tree, exp.Insert) and not statement.tree.args.get("returning"):
                    expected_tree.set("returning", None)  # the key, which the library asks back by itself
                expected = canonical(expected_tree, defaults)
                given = canonical(ours(statement.tree, dialect), defaults)
            except Exception as error:
                wrong[name] = f"{dialect}: {type(error).__name__}: {error}\n  {text}"
                break
            if expected != given or not statement.exact:
                wrong[name] = f"{dialect}\n  {expected}\n  {given}\n  {statement.reasons}"
                break
    return len(said), wrong


@pytest.mark.parametrize("project", PROJECTS)
def test_statements(project: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "apps" / project, tmp_path / project)
    _, wrong = differences(tmp_path / project)
    known = {name.partition(".")[2] for name in DIFFERING if name.partition(".")[0] == project}
    assert {name: text for name, text in wrong.items() if name not in known} == {}


def test_enough() -> None:
    count = sum(
        text.count("\ndef ") for project in PROJECTS for text in [(HERE / "apps" / project / "queries.py").read_text()]
    )
    assert count >= LEAST
    assert len(DIFFERING) <= count * 0.02
