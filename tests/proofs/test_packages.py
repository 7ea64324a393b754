"""What the rules on packages claim, shown with interpreters that have no others than those of the manifest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.launching import FIXTURES, node_packages, start

# Runs a module as if only what a manifest brings along were installed: others are not found.
ONLY = """
import importlib.abc, json, sys
hidden = set(json.loads(sys.argv[1]))

class Hiding(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hiding())
sys.path.insert(0, "")
exec(sys.argv[2])
print("loaded")
"""


def without(folder: Path, hidden: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a folder, where some modules are not installed."""
    return subprocess.run(
        [sys.executable, "-c", ONLY, hidden, code], cwd=folder, capture_output=True, text=True, check=False
    )


def test_python_packages_that_no_manifest_declares_are_missing() -> None:
    bad = FIXTURES / "undeclared_package" / "bad"
    done = without(bad, '["jwt", "yaml"]', "import museum.main")
    assert "No module named 'jwt'" in done.stderr
    done = without(bad, '["yaml"]', "import museum.main")
    assert "No module named 'yaml'" in done.stderr


def test_declared_packages_and_what_comes_along_are_there() -> None:
    good = FIXTURES / "undeclared_package" / "good"
    done = without(good, '["orjson", "mypy_extensions", "pandas"]', "import museum.main")
    assert done.stdout == "loaded\n", done.stderr


def test_node_packages_that_no_manifest_declares_are_missing(tmp_path: Path) -> None:
    packages = node_packages() / "node_modules"
    if (packages / "koa-helmet").exists():
        pytest.skip("koa-helmet is installed")
    link = f"mkdir kiosk/node_modules && ln -s {packages}/* kiosk/node_modules"
    up, told = start(FIXTURES / "undeclared_package" / "bad", tmp_path, f"{link}; node kiosk/server.js")
    assert not up
    assert "Cannot find module 'koa-helmet'" in told
    # A stand-in for what is installed where it is declared.
    package = "kiosk/node_modules/koa-helmet"
    installed = f"mkdir {package} && echo 'module.exports = () => (ctx, next) => next()' > {package}/index.js"
    good = FIXTURES / "undeclared_package" / "good"
    up, told = start(good, tmp_path, f"{link}; {installed}; node kiosk/server.js")
    assert up, told


DRIVERS = [
    ("postgresql+psycopg2://", "psycopg2"),
    ("postgresql+psycopg://", "psycopg"),
    ("postgresql+asyncpg://", "asyncpg"),
    ("postgresql+pg8000://", "pg8000"),
    ("sqlite+aiosqlite://", "aiosqlite"),
    ("mysql://", "MySQLdb"),
    ("mariadb://", "MySQLdb"),
    ("mysql+pymysql://", "pymysql"),
    ("mysql+aiomysql://", "aiomysql"),
    ("mysql+asyncmy://", "asyncmy"),
    ("mysql+mysqlconnector://", "mysql"),
    ("mssql://", "pyodbc"),
    ("mssql+aioodbc://", "aioodbc"),
    ("oracle+oracledb://", "oracledb"),
]


@pytest.mark.parametrize(("url", "module"), DRIVERS)
def test_sqlalchemy_needs_the_driver_of_an_address(url: str, module: str, tmp_path: Path) -> None:
    done = without(tmp_path, f'["{module}"]', f"from sqlalchemy import create_engine; create_engine('{url}x')")
    assert f"No module named '{module}" in done.stderr


def test_sqlalchemy_needs_another_driver_for_postgresql_from_2_1_on(tmp_path: Path) -> None:
    import sqlalchemy

    newer = tuple(map(int, sqlalchemy.__version__.split(".")[:2])) >= (2, 1)
    module = "psycopg" if newer else "psycopg2"
    code = "from sqlalchemy import create_engine; create_engine('postgresql://x')"
    done = without(tmp_path, '["psycopg", "psycopg2"]', code)
    assert f"No module named '{module}'" in done.stderr


@pytest.mark.parametrize("dialect", ["postgres", "mssql", "oracle", "mariadb"])
def test_sequelize_needs_the_driver_of_its_dialect(dialect: str, tmp_path: Path) -> None:
    packages = node_packages("data") / "node_modules"
    package = {"postgres": "pg", "mssql": "tedious", "oracle": "oracledb", "mariadb": "mariadb"}[dialect]
    links = f"mkdir node_modules && ln -s {packages}/* node_modules && rm -f node_modules/{package}"
    code = f"new (require('sequelize').Sequelize)({{ dialect: '{dialect}' }})"
    folder = FIXTURES.parent / "sequelize" / "missing_driver" / "bad"
    up, told = start(folder, tmp_path, f'{links}; node --preserve-symlinks -e "{code}"')
    assert not up
    assert f"Please install {package} package manually" in told


def test_the_start_fails_without_the_drivers() -> None:
    folder = FIXTURES.parent / "sqlalchemy" / "missing_driver"
    for module in ("psycopg2", "aiosqlite"):
        done = without(folder / "bad", f'["{module}"]', "import harbour.main")
        assert f"No module named '{module}'" in done.stderr
    assert without(folder / "good", "[]", "import harbour.main").stdout == "loaded\n"
