"""Root gets a sandbox in other ways than everybody else: as root, these tests run once more without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
USER = 61001


@cache
def ordinary_python() -> str | None:
    """A Python of this version that every user can run, and that finds what these tests import."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # The first program that setpriv runs may still lie where only root can go.
    check = "import msgspec, psutil, pytest, hypothesis; from verifier.run.sandbox import layout; "
    check += "open(layout.interpreter(), 'rb').close()"
    for program in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if as_user(program, "-c", check).returncode == 0:
            return program
    return None


def as_user(*command: str) -> subprocess.CompletedProcess[str]:
    paths = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent", "LANG": "C.UTF-8",
    }  # fmt: skip
    prefix = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--inh-caps=-all"]
    return subprocess.run(
        [*prefix, *command], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as an ordinary user already")
@pytest.mark.parametrize("names", [("containment",), ("process", "ladder", "kernel")])
def test_as_an_ordinary_user(names: tuple[str, ...]) -> None:
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv, which becomes another user, is not installed")
    python = ordinary_python()
    if python is None:
        pytest.skip("no other user can run this Python and read what the tests import")
    base = Path(f"/tmp/buttress-tests-{os.getpid()}-{names[0]}")
    base.mkdir()
    os.chown(base, USER, USER)
    files = [str(HERE / f"test_{name}.py") for name in names]
    options = ["-q", "-n0", "-p", "no:cacheprovider", f"--basetemp={base}/pytest", "-k", "not none"]
    try:
        ran = as_user(python, "-m", "pytest", *options, *files)
        assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    finally:
        shutil.rmtree(base)
