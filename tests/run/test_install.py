"""How environments are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Write
from verifier.run.detect import detect
from verifier.run.install import PASSED, Installed, Python
from verifier.run.runner import generated

PROJECT = '[project]\nname = "garden"\nversion = "1"\n'


@pytest.mark.parametrize("locked", [False, True])
def test_old_pythons_bring_setuptools_along_unless_uv_locks_the_project(
    write: Write, tmp_path: Path, locked: bool
) -> None:
    files = {"pyproject.toml": PROJECT, "run.sh": ""} | ({"uv.lock": "version = 1\n"} if locked else {})
    made = Python(detect(write(files)), None)
    old = tuple(map(int, made.interpreter.version.split(".")[:2])) < (3, 12)
    by_venv = " -m venv " in made.command(tmp_path)
    assert by_venv == (made.uv is None or (old and not locked))


def test_what_prisma_generates_is_written_beside_what_is_kept(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    installed = Installed(tmp_path, (), modules, (), "node 20", True)
    assert generated(installed, tmp_path / "none") == {}
    (modules / ".prisma" / "client").mkdir(parents=True)
    (modules / ".prisma" / "client" / "index.js").touch(0o600)
    place = tmp_path / "copy"
    assert generated(installed, place) == {str(place): "/repository/node_modules/.prisma"}
    assert (place / "client").stat().st_mode & 0o777 == 0o777
    assert (place / "client" / "index.js").stat().st_mode & 0o666 == 0o666


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "npm_config_registry", "npm_config_sqlite3_local_prebuilds"])
def test_where_packages_come_from_goes_on_to_package_managers(name: str) -> None:
    assert PASSED.match(name)
    assert not PASSED.match(f"MY_{name}")
    assert not PASSED.match(f"{name}_TOKEN")
