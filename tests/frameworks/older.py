"""Runs a script with other versions of a library than those of the tests, in an environment that uv makes."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.frameworks.harness import Table, run


@cache
def available(packages: tuple[str, ...]) -> str | None:
    """Why an environment with some packages cannot be made; None where it can."""
    if shutil.which("uv") is None:
        return "needs uv"
    done = subprocess.run(
        [*with_packages(packages), "python", "-c", ""], capture_output=True, text=True, timeout=300, check=False
    )
    return None if done.returncode == 0 else f"uv cannot install {', '.join(packages)}"


def with_packages(packages: tuple[str, ...], python: str | None = None) -> list[str]:
    """The start of a command that runs with some packages."""
    command = ["uv", "run", "--quiet", "--no-project", "--isolated"]
    if python is not None:
        command += ["--python", python]
    for package in packages:
        command += ["--with", package]
    return command


def run_older(packages: list[str], folder: Path, script: str, *arguments: str) -> Table:
    """Run a script in a folder; it prints rows as JSON lines. Skips the test where the packages cannot be had."""
    reason = available(tuple(packages))
    if reason is not None:
        pytest.skip(reason)
    environment = {"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1", "UV_PYTHON": os.environ.get("UV_PYTHON", "")}
    environment = {key: value for key, value in environment.items() if value}
    return run([*with_packages(tuple(packages)), "python", "-c", script, *arguments], folder, environment)
