"""The pages about the gate: every console block is run, in order, in a folder that holds a bookshop in git.

A line of three dots stands for any lines. `docs/` is written by hand; nothing here writes it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gate.shop import Repository

ROOT = Path(__file__).parent.parent.parent
UPWARD = ROOT / "fixtures" / "layers" / "upward_import" / "bad"
PAGES = ["baseline", "changes", "exit-status", "gating", "pre-commit", "reports"]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def bookshop(root: Path) -> Repository:
    """The project of the README, with two imports that go up, in a repository."""
    repository = Repository(root)
    for path in UPWARD.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            text = re.sub(r"  # finding: \S+", "", path.read_text())
            repository.write({path.relative_to(UPWARD).as_posix(): text})
    repository.commit("the bookshop")
    return repository


def commands(folder: Path) -> dict[str, str]:
    """Variables with which a shell finds `buttress` and git knows who we are."""
    script = folder / "bin" / "buttress"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n')
    script.chmod(0o755)
    given = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "BUTTRESS_"))}
    return given | {
        "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8",
        "BUTTRESS_CACHE_DIR": str(folder / "cache"), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip


def sessions(page: str) -> list[tuple[str, str]]:
    """The commands of a page, each with what it prints."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            found.append((command, printed.rstrip("\n")))
    return found


def agrees(printed: str, shown: str) -> bool:
    """Whether an output is the one that a page shows: three dots stand for any text, alone on a line for any lines."""
    lines = shown.split("\n") if shown else []
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\n" for line in lines
    )
    return re.fullmatch(pattern, f"{printed}\n" if printed else "") is not None


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str, tmp_path: Path) -> None:
    variables = commands(tmp_path)
    place = tmp_path / "place"
    bookshop(place / "bookshop")
    shutil.copytree(ROOT / "docs", place / "docs", ignore=shutil.ignore_patterns("rules"))
    asked = sessions(page)
    assert asked
    for command, shown in asked:
        done = subprocess.run(
            ["bash", "-c", command], cwd=place, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        printed = done.stdout.rstrip("\n")
        assert agrees(printed, shown), f"$ {command}\n{printed}\n--- the page says:\n{shown}"


def test_agreeing_can_fail() -> None:
    assert agrees("a\nb\nc", "a\n...\nc")
    assert agrees("a [x] z\nb", "a [...] z\n...")
    assert not agrees("a\nb\nd", "a\n...\nc")
    assert not agrees("a\nb", "a")
