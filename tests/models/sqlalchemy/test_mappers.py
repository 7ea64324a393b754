"""Model files of many forms: what we read of each equals SQLAlchemy's own tables and mappers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.models.sqlalchemy.compare import compare, read

HERE = Path(__file__).parent
APPS = sorted(path.stem for path in (HERE / "apps").glob("*.py"))


def ask(root: Path, *modules: str) -> dict[str, Any]:
    """What the library says."""
    command = [sys.executable, "-W", "ignore", str(HERE / "oracle.py"), str(root), *modules]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["failed"] == {}
    return found


@pytest.mark.parametrize("app", APPS)
def test_mappers(app: str, tmp_path: Path) -> None:
    shutil.copy(HERE / "apps" / f"{app}.py", tmp_path / "models.py")
    oracle = ask(tmp_path, "models")
    assert oracle["mappers"] or oracle["tables"]
    outcome = compare(read(tmp_path), oracle)
    assert outcome.differences == []
    assert outcome.columns[0] == outcome.columns[1] > 0
    assert outcome.relationships[0] == outcome.relationships[1]
