"""The reference backends, run for real: everything passes, on both databases and by both profiles.

By default one in Python and one in Node; all of them with ``BUTTRESS_APPS=all`` (``make apps``).
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tarfile
from pathlib import Path

import pytest

from tests.conftest import Buttress

APPS = Path(__file__).parent.parent.parent / "fixtures" / "apps"
ALL = sorted(place.name for place in APPS.iterdir() if place.is_dir())
CHOSEN = ALL if os.environ.get("BUTTRESS_APPS") == "all" else ["express", "fastapi"]
SQLITE = Path(__file__).parent.parent / "node" / "data" / "node_modules" / "sqlite3"
LISTS = {"openapi": "false", "postman": "true"}


@pytest.fixture
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed dependencies, shared by all workers of the session."""
    given = os.environ.get("BUTTRESS_APPS_CACHE")
    return Path(given) if given else tmp_path_factory.getbasetemp().parent / "environments"


@pytest.fixture(autouse=True)
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The binding of SQLite for Node as it was built for other tests, which takes minutes where none can be fetched."""
    built = SQLITE / "build" / "Release" / "node_sqlite3.node"
    if not built.is_file():
        return
    version = json.loads((SQLITE / "package.json").read_bytes())["version"]
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    folder = tmp_path / "prebuilds"  # others may read it, unlike the folder around it
    folder.mkdir(mode=0o755)
    with tarfile.open(folder / f"sqlite3-v{version}-napi-v6-{sys.platform}-{machine}.tar.gz", "w:gz") as packed:
        packed.add(built, "build/Release/node_sqlite3.node")
    monkeypatch.setenv("npm_config_sqlite3_local_prebuilds", str(folder))


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("app", CHOSEN)
def test_everything_passes(buttress: Buttress, environments: Path, tmp_path: Path, app: str, database: str) -> None:
    for profile, bodies in LISTS.items():
        place = tmp_path / f"{profile}.json"
        ran = buttress(
            "test", APPS / app, "--record", place, "--cache-dir", environments, "--database", database,
            "--profile", profile, "--env", f"LIST_BODIES={bodies}",
        )  # fmt: skip
        assert ran.code == 0, ran.out + ran.err
        record = json.loads(place.read_text())
        assert record["summary"]["pass_rate"] == 1.0
        assert record["environment"]["database"]["kind"] == database
        assert {request["outcome"] for request in record["requests"]} == {"passed"}
        # A duplicate that the database refuses and the application answers with 4xx is as it should be.
        assert [found["key"] for found in record["signatures"] if found["sqlstate"] != "23505"] == []
        assert record["resources"]["killed"] is None
        assert record["resources"]["left_after_stop"] == 0
