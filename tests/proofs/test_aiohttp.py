"""What the rules on aiohttp claim, shown by aiohttp itself: the fixtures are served, and asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.harness import facts_of
from verifier.model import Problem
from verifier.packs import load_book

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "aiohttp"
OLD_YARL = "1.9.4"  # with newer ones, aiohttp 3.9 cannot serve sub-applications

ASK = """
import asyncio, json, sys
from aiohttp.test_utils import TestClient, TestServer
from app import create_app

async def main():
    async with TestClient(TestServer(create_app())) as client:
        for method, path in json.loads(sys.argv[1]):
            headers = {"Host": sys.argv[2]} if sys.argv[2] else {}
            response = await client.request(method, path, headers=headers, allow_redirects=False)
            print(json.dumps([response.status, await response.text()]))

asyncio.run(main())
"""


def ask(folder: Path, *requests: tuple[str, str], version: str | None = None, host: str = "") -> list[tuple[int, str]]:
    """Serve a fixture and send it requests: status and body of each. With a version, of that aiohttp."""
    command = [sys.executable]
    if version is not None:
        if shutil.which("uv") is None:
            pytest.skip("needs uv, to run another version of aiohttp")
        wanted = [f"--with=aiohttp=={version}", *([f"--with=yarl=={OLD_YARL}"] if version.startswith("3.9.") else [])]
        command = ["uv", "run", "--quiet", "--no-project", "--python", "3.11", *wanted, "python"]
        if subprocess.run([*command, "-c", "import aiohttp"], capture_output=True, check=False).returncode != 0:
            pytest.skip(f"aiohttp {version} cannot be installed here")
    done = subprocess.run(
        [*command, "-c", ASK, json.dumps(requests), host],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(status, body) for status, body in map(json.loads, done.stdout.splitlines())]


def problems(folder: Path) -> list[Problem]:
    """What the rule says of a folder."""
    return list(load_book().rules["aiohttp/shadowed-route"].check(facts_of(folder)))


def pinned(folder: Path, target: Path, version: str) -> Path:
    """A copy of a fixture that asks for a version of aiohttp."""
    shutil.copytree(folder, target)
    (target / "requirements.txt").write_text(f"aiohttp=={version}\n")
    return target


def test_the_bad_routes_are_not_reached() -> None:
    by_number, delete, report = ask(
        FIXTURES / "shadowed_route" / "bad",
        ("GET", "/shows/1"),
        ("DELETE", "/episodes/1"),
        ("GET", "/admin/weekly"),
    )
    assert by_number == (404, "no such show")  # the handler for slugs has answered
    assert delete[0] == 405
    assert report[0] == 404


def test_the_good_routes_are_reached() -> None:
    answers = ask(
        FIXTURES / "shadowed_route" / "good",
        ("GET", "/shows/1"),
        ("POST", "/shows/1"),
        ("GET", "/shows/popular"),
        ("DELETE", "/episodes/1"),
        ("POST", "/episodes/1/publish"),
        ("GET", "/episodes/newest"),
        ("GET", "/admin/weekly"),
        ("GET", "/admin/reports/daily"),
    )
    assert [status for status, _ in answers] == [200, 200, 200, 204, 200, 200, 200, 200]
    assert json.loads(answers[2][1]) == [{"number": 1, "slug": "morning-news"}]  # of all shows, not of one slug
    assert json.loads(answers[5][1])["newest"]
    assert json.loads(answers[7][1]) == {"report": "daily"}


def test_before_the_index_the_order_decides(tmp_path: Path) -> None:
    good = FIXTURES / "shadowed_route" / "good"
    popular, newest, daily = ask(
        good,
        ("GET", "/shows/popular"),
        ("GET", "/episodes/newest"),
        ("GET", "/admin/reports/daily"),
        version="3.9.5",
    )
    assert popular == (404, "no such show")
    assert json.loads(newest[1]) == {"episode": "newest"}  # of the view for any episode
    assert daily[0] == 404
    found = problems(pinned(good, tmp_path / "old", "3.9.5"))
    assert {problem.identity for problem in found} == {
        "GET /shows/popular",
        "GET /episodes/newest",
        "GET /admin/reports/daily",
        "GET /shows/{slug}",  # of the domain
    }


def test_before_3_14_a_domain_comes_last(tmp_path: Path) -> None:
    good = FIXTURES / "shadowed_route" / "good"
    [(_, first)] = ask(good, ("GET", "/shows/morning-news"), version="3.13.0", host="studio.example.com")
    assert json.loads(first) == {
        "number": 1,
        "slug": "morning-news",
    }  # the domain gives a list
    [found] = problems(pinned(good, tmp_path / "before", "3.13.0"))
    assert found.identity == "GET /shows/{slug}"

    [(_, first)] = ask(good, ("GET", "/shows/morning-news"), host="studio.example.com")
    assert isinstance(json.loads(first), list)
    assert problems(good) == []
