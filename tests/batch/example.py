"""The example of docs/studying.md: ``python -m tests.batch.example`` runs it and writes what it prints there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "studying.md"
SHOWN = re.compile(r"(?<=```text\n).*?(?=```)", re.DOTALL)


def commands() -> list[list[str]]:
    """The commands of the page, as they are run from another folder."""
    block = PAGE.read_text("utf-8").partition("```sh\n")[2].partition("```")[0]
    return [command(line.removeprefix("$ ")) for line in block.splitlines()]


def command(line: str) -> list[str]:
    """A command as it is run from another folder."""
    words = shlex.split(line)
    start = [sys.executable, str(ROOT / "cli.py")] if words[0] == "buttress" else [sys.executable]
    return [*start, *(str(ROOT / word) if word.startswith("fixtures/") else word for word in words[1:])]


def ran(words: list[str], folder: Path) -> str:
    """What a command prints.

    Raises:
        RuntimeError: it failed.
    """
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=here, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr}")
    return done.stdout


def shown(folder: Path) -> str:
    """The commands that the page shows, each with what it prints in the folder where the example ran."""
    (block,) = SHOWN.findall(PAGE.read_text("utf-8"))
    lines = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{line}\n{ran(command(line.removeprefix('$ ')), folder)}" for line in lines)


def main() -> None:
    """Write the page anew."""
    with tempfile.TemporaryDirectory() as scratch:
        for words in commands():
            ran(words, Path(scratch))
        text = shown(Path(scratch))
    PAGE.write_text(SHOWN.sub(lambda _: text, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
