"""Runs a fixture on the real packages of ``tests/node``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE


def run_fixture(folder: Path, script: str, packages: str = "current") -> list[Any]:
    """Run a script in a copy of a folder, which sees a set of packages; what it prints as JSON, line by line."""
    home = NODE / packages
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip(f"needs node, and `npm ci` in tests/node/{packages}")
    target = home / ".apps" / f"proof-{folder.parent.name}-{folder.name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    try:
        (target / "__ask__.mjs").write_text(script)
        done = subprocess.run(
            ["node", "__ask__.mjs"], cwd=target, capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        shutil.rmtree(target, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("[", "{", '"'))]
