"""Helpers that run the real git, away from the settings of whoever runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

GIT = shutil.which("git")

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CEILING_DIRECTORIES": "/",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "LC_ALL": "C",
}


def run_git(folder: Path, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder; the result carries its output as bytes."""
    assert GIT is not None
    command = [GIT, "-c", "init.defaultBranch=main", "-c", "core.quotePath=true", *arguments]
    return subprocess.run(command, cwd=folder, input=data, capture_output=True, env=ENVIRONMENT, check=False)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder and return it."""
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write files into a fresh folder."""
    return lambda files: write(tmp_path, files)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that hold git beside us are skipped where there is no git."""
    for item in items:
        if GIT is None and item.get_closest_marker("git"):
            item.add_marker(pytest.mark.skip(reason="git is not installed"))


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "git: compares with the git command")
