"""What the rules on Django claim, shown by Django itself: the fixtures are asked by its test client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "django"

ASK = """
import json, sys
import django
django.setup()
from django.test import Client

client = Client(raise_request_exception=False)
for method, path in json.loads(sys.argv[1]):
    response = client.generic(method, path)
    print(json.dumps([response.status_code, response.content.decode()]))
"""


def ask(rule: str, kind: str, settings: str, *requests: tuple[str, str]) -> list[tuple[int, str]]:
    """Status and body of each request to a fixture."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(requests)],
        cwd=FIXTURES / rule / kind,
        env={**os.environ, "PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(status, body) for status, body in map(json.loads, done.stdout.splitlines())]


def bodies(answers: list[tuple[int, str]]) -> list[object]:
    """The bodies of answers that are all 200, as JSON."""
    assert {status for status, _ in answers} == {200}, answers
    return [json.loads(body) for _, body in answers]


def test_shadowed_patterns_are_not_reached() -> None:
    cakes, popular, tag, followed, slashed = ask(
        "shadowed_route",
        "bad",
        "kitchen.settings",
        ("GET", "/api/cakes/today/"),
        ("GET", "/api/recipes/popular/"),
        ("GET", "/api/tags/soup/"),
        ("GET", "/api/cooks/followed"),
        ("GET", "/api/cooks/followed/"),
    )
    assert json.loads(cakes[1]) == {"tag": "today"}
    assert popular == (404, '{"error": "no such recipe"}')
    assert json.loads(tag[1]) == {"tags": ["soup", "stew"]}
    assert json.loads(followed[1]) == {"cook": "followed"}
    assert json.loads(slashed[1]) == {"followed": []}  # as the finding says: only without a slash


def test_unshadowed_patterns_are_reached() -> None:
    answers = ask(
        "shadowed_route",
        "good",
        "kitchen.settings",
        ("GET", "/api/recipes/popular/"),
        ("GET", "/api/recipes/7/"),
        ("GET", "/api/recipes/goulash/"),
        ("GET", "/api/recipes/newest"),
        ("GET", "/api/tags/soup/"),
        ("GET", "/api/cooks/followed"),
        ("GET", "/api/cooks/followed/"),
        ("GET", "/api/menus/winter/"),
        ("GET", "/api/menus/today/"),
    )
    popular = {"popular": ["goulash"]}
    followed: dict[str, list[str]] = {"followed": []}
    assert bodies(answers) == [
        popular,
        {"number": 7},
        {"recipe": "goulash"},
        popular,
        {"tag": "soup"},
        followed,
        followed,
        {"season": "winter"},
        popular,
    ]


def test_methods_of_a_second_pattern_are_not_reached() -> None:
    answers = ask(
        "duplicate_path",
        "bad",
        "notes.settings",
        ("POST", "/api/notes"),
        ("DELETE", "/api/notes/1"),
        ("PUT", "/api/tags/home"),
        ("PATCH", "/api/tags/home"),
    )
    assert [status for status, _ in answers] == [405, 405, 405, 405]


def test_methods_of_one_view_are_reached() -> None:
    answers = ask(
        "duplicate_path",
        "good",
        "notes.settings",
        ("GET", "/api/notes"),
        ("POST", "/api/notes"),
        ("DELETE", "/api/notes/1"),
        ("GET", "/api/notes/shopping"),
        ("PUT", "/api/tags/home"),
        ("PATCH", "/api/tags/home/"),
        ("GET", "/api/v2/tags/home"),
    )
    assert [status for status, _ in answers] == [200, 201, 204, 200, 200, 200, 200]
