"""What the rules on FastAPI claim, shown by FastAPI itself: the fixtures are served, and asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.harness import facts_of
from tests.frameworks.older import available, with_packages
from verifier.packs import load_book

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "fastapi" / "shadowed_route"
OLD = ("fastapi==0.115.6", "httpx<0.28")  # copies what it includes

ASK = """
import json, sys, warnings
warnings.simplefilter("ignore")
from fastapi.testclient import TestClient
from main import app

client = TestClient(app, follow_redirects=False)
for method, path in json.loads(sys.argv[1]):
    response = client.request(method, path)
    print(json.dumps([response.status_code, response.text]))
"""


def ask(kind: str, *requests: tuple[str, str], packages: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    """Serve a fixture and send it requests: status and body of each."""
    if packages and (reason := available(packages)) is not None:
        pytest.skip(reason)
    command = [*with_packages(packages), "python"] if packages else [sys.executable]
    done = subprocess.run(
        [*command, "-c", ASK, json.dumps(requests)],
        cwd=FIXTURES / kind,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(status, body) for status, body in map(json.loads, done.stdout.splitlines())]


@pytest.mark.parametrize("packages", [(), OLD], ids=["current", "older"])
def test_the_bad_routes_are_not_reached(packages: tuple[str, ...]) -> None:
    popular, rating, part, unused, me, health = ask(
        "bad",
        ("GET", "/api/recipes/popular"),
        ("PUT", "/api/recipes/soup/rating?stars=3"),
        ("GET", "/api/tags/vegan/recipes"),
        ("DELETE", "/api/tags/unused/all"),
        ("GET", "/admin/users/me"),
        ("GET", "/api/health"),
        packages=packages,
    )
    assert popular[0] == 404
    assert "no such recipe" in popular[1]  # the handler for slugs has answered
    assert rating == (200, "3")  # not the name
    assert part == (200, '"vegan/recipes"')
    assert unused == (200, '"unused/all"')
    assert me == (200, "me")
    assert health == (404, '{"detail":"Not Found"}')  # the file server has answered


@pytest.mark.parametrize("packages", [(), OLD], ids=["current", "older"])
def test_the_good_routes_are_reached(packages: tuple[str, ...]) -> None:
    answers = ask(
        "good",
        ("GET", "/api/recipes/popular"),
        ("GET", "/api/recipes/latest"),
        ("POST", "/api/recipes/import"),
        ("GET", "/api/recipes/import/"),
        ("GET", "/api/recipes/soup/photos"),
        ("GET", "/api/recipes/files/a/b"),
        ("GET", "/api/recipes/drafts/mine"),
        ("GET", "/api/tags/vegan/recipes"),
        ("DELETE", "/api/tags/unused/all"),
        ("GET", "/admin/users/me"),
        ("GET", "/api/health"),
        ("GET", "/public/sitemap"),
        ("GET", "/adminstration"),
        packages=packages,
    )
    assert [body for _, body in answers] == [
        '["soup"]',
        '"soup"',
        '"imported"',
        '"form"',
        '["soup"]',
        '"a/b"',
        "[]",
        '["vegan"]',
        "null",
        "it is me",
        '{"status":"up"}',
        '["/public"]',
        '"desk"',
    ]
    assert {status for status, _ in answers} == {200}


def test_the_rule_says_so() -> None:
    check = load_book().rules["fastapi/shadowed-route"].check
    symptoms = {problem.symptom for problem in check(facts_of(FIXTURES / "bad"))}
    assert "GET /api/recipes/popular is answered by `get_recipe`" in symptoms
    assert "404 or 405 on GET /api/health" in symptoms
    assert not list(check(facts_of(FIXTURES / "good")))
