"""How environments are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Write
from verifier.run.detect import detect
from verifier.run.install import Python

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
