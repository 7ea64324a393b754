"""The agent's loop, played: a broken backend, the question, the proposed fix, the question again, and the run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS
from tests.mutants.run import APPS, applied, run_suite
from tests.serve.client import serving

DIFF = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TASKS = {
    "fastapi-count-not-awaited": "uv-fastapi-openapi-clean_architecture-sqlite-sqlalchemy",
    "flask-joined-collection": "uv-flask-openapi-clean_architecture-sqlite-sqlalchemy",
}


@pytest.fixture
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed dependencies, shared by all workers of the session."""
    given = os.environ.get("BUTTRESS_APPS_CACHE")
    return Path(given) if given else tmp_path_factory.getbasetemp().parent / "environments"


@pytest.mark.parametrize("name", TASKS)
def test_asks_applies_asks_again_and_runs(name: str, environments: Path, tmp_path: Path) -> None:
    mutant = next(one for one in MUTANTS if one.name == name)
    root = tmp_path / "root"
    root.mkdir()
    backend = applied(mutant.app, mutant, root)
    shutil.copy(APPS / "openapi.yml", root)
    question = {"folder": mutant.app, "task": TASKS[name], "contract": "openapi.yml"}
    with serving(root, tmp_path / "cache") as asking:
        before = asking.ask("check", **question)
        assert not before.data["passed"]
        (diff,) = DIFF.findall(before.text)
        subprocess.run(["git", "apply", "-"], cwd=backend, input=diff, text=True, check=True)
        after = asking.ask("check", **question)
        assert (after.data["passed"], after.data["findings"]) == (True, [])
        assert after.text.startswith("No findings in ")
    ran = run_suite(backend, "sqlite", "openapi", environments, tmp_path / "record" / "record.json")
    assert (ran.phase, ran.killed) == (None, False)


@pytest.mark.parametrize("name", ["koa-route-order", "fastapi-unfavorite-not-awaited"])
def test_a_fix_that_the_server_makes(name: str, tmp_path: Path) -> None:
    mutant = next(one for one in MUTANTS if one.name == name)
    root = tmp_path / "root"
    root.mkdir()
    backend = applied(mutant.app, mutant, root)
    with serving(root, tmp_path / "cache") as asking:
        assert not asking.ask("check", folder=mutant.app).data["passed"]
        made = asking.ask("fix", folder=mutant.app, apply=True)
        assert made.data["applied"]
        assert asking.ask("check", folder=mutant.app).data["findings"] == []
    (path,) = made.data["files"]
    whole = APPS / mutant.app / path
    assert sorted((backend / path).read_text().split()) == sorted(whole.read_text().split())
