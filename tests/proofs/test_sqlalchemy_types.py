"""Which types SQLAlchemy refuses to render for SQLite, shown by its compiler, version by version."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import CompileError
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeEngine

from tests.frameworks.older import available, with_packages
from verifier.packs import load_module

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures" / "sqlalchemy" / "type_not_in_database"


def made(name: str, cls: type[TypeEngine[Any]]) -> TypeEngine[Any]:
    """A type with the arguments that it cannot do without."""
    if name == "ARRAY":
        return postgresql.ARRAY(String)
    if name == "ENUM":
        return postgresql.ENUM("a", name="letters")
    return postgresql.DOMAIN("letters", String) if name == "DOMAIN" else cls()


def test_the_list_is_that_of_the_compiler() -> None:
    refused = set()
    for name in postgresql.__all__:
        cls = getattr(postgresql, name)
        if not isinstance(cls, type) or not issubclass(cls, TypeEngine) or name == "NamedType":
            continue
        table = Table("boats", MetaData(), Column("extra", made(name, cls)))
        try:
            str(CreateTable(table).compile(dialect=sqlite.dialect()))
        except CompileError:
            refused.add(name)
    rule = load_module(
        ROOT / "rules" / "sqlalchemy" / "type_not_in_database.py", "buttress_pack_sqlalchemy.type_not_in_database"
    )
    assert refused == rule.POSTGRESQL


def started(folder: Path, target: Path, command: list[str]) -> str:
    """The last line that starting a fixture's application says; nothing where it starts."""
    shutil.copytree(folder, target)
    done = subprocess.run([*command, "models.py"], cwd=target, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_an_application_does_not_start_with_such_a_column(tmp_path: Path) -> None:
    assert "can't render element of type ARRAY" in started(FIXTURES / "bad", tmp_path / "bad", [sys.executable])
    assert started(FIXTURES / "good", tmp_path / "good", [sys.executable]) == ""


def test_jsonb_is_refused_before_2_1(tmp_path: Path) -> None:
    packages = ("sqlalchemy==2.0.46", "fastapi")
    reason = available(packages)
    if reason is not None:
        pytest.skip(reason)
    (tmp_path / "source").mkdir()
    text = (FIXTURES / "bad" / "models.py").read_text().replace("ARRAY(String)", "String")
    (tmp_path / "source" / "models.py").write_text(text.replace("list[str]", "str"))
    command = [*with_packages(packages), "python"]
    assert "can't render element of type JSONB" in started(tmp_path / "source", tmp_path / "bad", command)
    assert started(FIXTURES / "good", tmp_path / "good", command) == ""
