"""Holds Buttress's route table against the framework's own.

Each folder of ``apps/<framework>/`` is a small application. A framework's test runs it for real, in a process of its
own, prints its table as JSON lines ``[method, path]``, and compares.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.config import Config
from verifier.link import Facts
from verifier.model import Route
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

APPS = Path(__file__).parent / "apps"
NODE = Path(__file__).parent.parent / "node"  # sets of packages: current, previous

Table = list[tuple[str, str]]


def apps(framework: str) -> list[str]:
    """The names of a framework's small applications."""
    return sorted(path.name for path in (APPS / framework).iterdir() if path.is_dir())


def facts_of(folder: Path, config: Config | None = None) -> Facts:
    """The linked facts of a folder."""
    return link_project(read(folder), config or Config(), load_book())


def static_routes(framework: str, app: str) -> tuple[Route, ...]:
    """The routes that Buttress reads from a small application."""
    return facts_of(APPS / framework / app).routes


def static_table(framework: str, app: str) -> Table:
    """The same as method and path, in order."""
    return [(route.method, route.path) for route in static_routes(framework, app)]


def run_python(framework: str, app: str, script: str, *arguments: str) -> Table:
    """Run a script in the folder of an application, with this Python; it prints the framework's own table."""
    return run([sys.executable, "-c", script, *arguments], APPS / framework / app, {"PYTHONPATH": "."})


def run_node(framework: str, app: str, script: str, *arguments: str, packages: str = "current") -> Table:
    """The same with Node. ``packages`` names a folder of ``tests/node`` whose packages the application gets.

    The application is copied next to those packages, so that its own ``require`` finds them.
    """
    home = NODE / packages
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip(f"needs node, and `npm ci` in tests/node/{packages}")
    target = home / ".apps" / f"{framework}-{app}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(APPS / framework / app, target)
    try:
        (target / "__table__.mjs").write_text(script)
        return run(["node", *arguments, "__table__.mjs"], target, {})
    finally:
        shutil.rmtree(target, ignore_errors=True)


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Table:
    """Run a command that prints ``[method, path]`` lines."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    return [(method, path) for method, path in map(json.loads, lines)]
