"""What the rule on paths inside of packages claims, shown by Node itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.frameworks.harness import NODE
from tests.imports.exports import TARGET, text
from tests.proofs.node import serve_fixture
from verifier.packs import load_book

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "startup" / "unexported_subpath"
PATHS = "hono/cors hono/json hono/node hono/utils/body hono/body-parser hono/middleware/cors hono/jwt hono".split()


def test_the_path_is_not_exported() -> None:
    statuses, _, written = serve_fixture(FIXTURES / "bad", [("GET", "/lamps")])
    assert statuses == ["gone"]
    assert "ERR_PACKAGE_PATH_NOT_EXPORTED" in written
    assert serve_fixture(FIXTURES / "good", [("GET", "/lamps")])[0] == [200]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_let_out_is_what_node_finds(path: str) -> None:
    home = NODE / "current"
    if not (home / "node_modules" / "hono").is_dir():
        pytest.skip("needs `npm ci` in tests/node/current")
    done = subprocess.run(["node", "-e", f"require.resolve({path!r})"], cwd=home, capture_output=True, check=False)
    check = load_book().rules["startup/unexported-subpath"].check
    paths = list(json.loads(TARGET.read_text("utf-8"))["hono"].values())[-1]
    subpath = f".{path.removeprefix('hono')}"
    assert check.__globals__["lets_out"](paths, subpath) == (done.returncode == 0)


def test_the_table_is_that_of_the_packages() -> None:
    if not (NODE / "current" / "node_modules").is_dir():
        pytest.skip("needs `npm ci` in tests/node")
    assert TARGET.read_text("utf-8") == text()
