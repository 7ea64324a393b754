"""What several tests share."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable
from compileall import compile_dir, compile_file
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from verifier.packs import load_module, shipped

# Tools that were installed beside this Python, such as uv, are found without its environment being active.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

# A shell that starts the tests in the background makes them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Fixtures that are imported leave nothing behind, and a file that is written twice within a second is read twice.
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

# Errors of our own end a test; whoever uses Buttress is only told of them.
os.environ["BUTTRESS_DEBUG"] = "1"
ROOT = Path(__file__).parent.parent
ELSEWHERE = re.compile(r"node_modules")

# Every run tries the same examples; `pytest --hypothesis-profile default` looks for new ones.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the sources once, for all processes that tests start."""
    if not hasattr(session.config, "workerinput"):
        for place in ("verifier", "rules", "tests"):
            compile_dir(ROOT / place, quiet=2, rx=ELSEWHERE)
        compile_file(ROOT / "cli.py", quiet=2)


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Buttress = Callable[..., Ran]


@pytest.fixture
def buttress(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> Buttress:
    """Runs the command line in this process, with a cache of its own."""
    monkeypatch.setenv("BUTTRESS_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("COLUMNS", "200")
    module = load_module(shipped("cli.py"), "verifier.cli")

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["buttress", *map(str, arguments)])
        try:
            module.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1 if end.code else 0
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return run


Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a project from a mapping of paths to texts, and gives its folder."""

    def make(files: dict[str, str]) -> Path:
        root = tmp_path / "project"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    return make
