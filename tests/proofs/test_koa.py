"""What the Koa rules claim, shown on the real routers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture
from verifier.testing import reported

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "koa"

# Asks the application of a fixture, and prints which handler answered each request.
ASK = """
import { createRequire } from 'node:module'
const app = createRequire(import.meta.url)('./src/app.js')
const server = app.listen(0)
for (const [method, path] of REQUESTS) {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method })
  const body = await answer.text()
  console.log(JSON.stringify(body.startsWith('{') ? JSON.parse(body).handler : String(answer.status)))
}
process.exit(0)
"""
SHADOWED = {
    ("GET", "/api/articles/feed"): "show",
    ("DELETE", "/api/articles/drafts/comments"): "comments",
    ("GET", "/status"): "page",
    ("POST", "/api/articles/feed"): "refresh",
}


def answers(folder: Path, requests: list[tuple[str, str]], packages: str) -> list[str]:
    """The handlers that answer some requests."""
    return run_fixture(folder, ASK.replace("REQUESTS", json.dumps(requests)), packages)


@pytest.mark.parametrize("packages", ["current", "previous"])
@pytest.mark.parametrize("router", ["@koa/router", "koa-router"])
def test_shadowed_routes_are_never_reached(tmp_path: Path, router: str, packages: str) -> None:
    """@koa/router 15 and 12, koa-router 14 and 12 answer each reported route with the earlier one."""
    folder = tmp_path / "shadowed_route" / "bad"
    shutil.copytree(FIXTURES / "shadowed_route" / "bad", folder)
    for path in folder.rglob("*.js"):
        path.write_text(path.read_text().replace("'@koa/router'", f"'{router}'"))
    assert answers(folder, list(SHADOWED), packages) == list(SHADOWED.values())
    assert len([row for row in reported(folder) if row[2] == "koa/shadowed-route"]) == 3


def test_near_misses_are_reached() -> None:
    """Each route of the good fixture has requests of its own."""
    requests = {
        ("GET", "/status"): "status",
        ("GET", "/status/disk"): "part",
        ("GET", "/about"): "page",
        ("GET", "/api/articles"): "list",
        ("GET", "/api/articles/feed"): "feed",
        ("GET", "/api/articles/17"): "byNumber",
        ("GET", "/api/articles/1999"): "ofYear",
        ("GET", "/api/articles/latest"): "latest",
        ("GET", "/api/articles/latest?featured=1"): "featured",
        ("GET", "/api/articles/some-words"): "show",
        ("POST", "/api/articles/feed"): "refresh",
        ("POST", "/api/articles/words"): "change",
        ("GET", "/api/articles/a/comments"): "comments",
        ("GET", "/api/articles/a/comments/1"): "comment",
        ("GET", "/issues/7"): "issue",
        ("GET", "/issues/latest"): "latestIssue",
    }
    assert answers(FIXTURES / "shadowed_route" / "good", list(requests), "current") == list(requests.values())
