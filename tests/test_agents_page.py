"""docs/agents.md: the backend is as broken as it says, all commands and files do what it says, and it ends solved."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.client import ROOT, serving

PAGE = (ROOT / "docs" / "agents.md").read_text("utf-8")
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
# Answers hold diffs, whose fences are inside of ours.
ANSWER = re.compile(r"^````text\n(.*?)^````$", re.MULTILINE | re.DOTALL)
ASK = """
import asyncio, httpx, main

async def ask():
    async with main.lifespan(main.app):
        async with main.Session() as session:
            session.add(main.Book(title="Emma"))
            await session.commit()
        transport = httpx.ASGITransport(main.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://books") as client:
            for path in ("/books/1", "/books/bestsellers"):
                print((await client.get(path)).status_code)

asyncio.run(ask())
"""


def file(title: str) -> str:
    """A file of the page."""
    (text,) = [text for _, name, text in BLOCK.findall(PAGE) if name == title]
    return str(text)


def answer(question: str) -> list[str]:
    """What the page shows as the answer to a question or command; `...` stands for lines that are left out."""
    (text,) = [text for text in ANSWER.findall(PAGE) if text.startswith(f"{question}\n")]
    return str(text).splitlines()[1:]


def is_shown(told: str, shown: list[str]) -> bool:
    """Whether a text is what is shown of it."""
    pattern = "".join("(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, f"{told.rstrip()}\n") is not None


def statuses(bookshop: Path) -> list[str]:
    """What the real application answers, for a book and for the bestsellers."""
    (bookshop / "books.db").unlink(missing_ok=True)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK], cwd=bookshop, capture_output=True, text=True, check=True
    )
    return ran.stdout.split()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of the page, with a command `buttress` on the path."""
    (tmp_path / "bookshop").mkdir()
    for title in ("bookshop/main.py", "check-backend.sh", "settings.json", ".mcp.json"):
        (tmp_path / title).write_text(file(title))
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "buttress"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT / "cli.py"} "$@"\n')
    command.chmod(0o755)
    return tmp_path


def run(place: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in the folder."""
    environment = os.environ | {
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}", "BUTTRESS_CACHE_DIR": str(place / "cache"),
    }  # fmt: skip
    return subprocess.run(command, shell=True, cwd=place, env=environment, capture_output=True, text=True, check=False)


def test_the_check(place: Path) -> None:
    assert statuses(place / "bookshop") == ["200", "422"]
    ran = run(place, "buttress check bookshop --format agent")
    assert ran.returncode == 1
    assert is_shown(ran.stdout, answer("$ buttress check bookshop --format agent")), ran.stdout
    loose = run(place, "buttress check bookshop --format agent --exit-zero")
    assert "buttress check bookshop --format agent --exit-zero\n" in PAGE
    assert (loose.returncode, loose.stdout) == (0, ran.stdout)


def test_the_hook(place: Path) -> None:
    (hook,) = json.loads(file("settings.json"))["hooks"]["PostToolUse"]
    command = hook["hooks"][0]["command"]
    broken = run(place, command)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "fastapi/shadowed-route" in broken.stderr
    assert run(place, "buttress check bookshop --fix --quiet").returncode == 1
    main = place / "bookshop" / "main.py"
    main.write_text(main.read_text().replace("Book.sales", "Book.sold"))
    mended = run(place, command)
    assert (mended.returncode, mended.stdout, mended.stderr) == (0, "", "")
    wrong = run(place, "sh check-backend.sh nowhere")
    assert (wrong.returncode, wrong.stderr) == (2, "buttress: There is no nowhere.\n")


def test_the_conversation(place: Path) -> None:
    server = json.loads(file(".mcp.json"))["mcpServers"]["buttress"]
    assert (server["command"], server["args"]) == ("buttress", ["mcp", "."])
    with serving(place, place / "cache") as asking:
        listed = re.findall(r"^\| `(\w+)` \| ", PAGE, re.MULTILINE)
        assert listed == [tool.name for tool in asking.tools()]

        def goes(question: str) -> None:
            tool, _, arguments = question.partition(" ")
            told = asking.ask(tool, **json.loads(arguments))
            assert is_shown(told.text, answer(question)), told.text

        goes('fix {"folder": "bookshop", "apply": true}')
        goes('facts {"folder": "bookshop", "kind": "models", "contains": "book"}')
        main = place / "bookshop" / "main.py"
        main.write_text(main.read_text().replace("Book.sales", "Book.sold"))
        goes('check {"folder": "bookshop"}')
    assert statuses(place / "bookshop") == ["200", "200"]
