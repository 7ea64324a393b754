"""The interpreters of this machine: which Python a project is run with, and where Node lies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from verifier.run.errors import RunError

OLDEST, NEWEST = 8, 19
ASK = "import sys; print('.'.join(map(str, sys.version_info[:3]))); print(sys.base_prefix); print(sys.executable)"


class Interpreter(Struct, frozen=True):
    """A Python. ``prefix`` is the folder that holds all of it."""

    path: Path
    version: str
    prefix: Path

    def seeds(self) -> bool:
        """Whether it can make an environment with pip and setuptools; those of some distributions cannot."""
        done = subprocess.run([self.path, "-c", "import ensurepip, venv"], capture_output=True, timeout=20, check=False)
        return done.returncode == 0


class Node(Struct, frozen=True):
    """A Node, with npm beside it. ``headers`` is where addons find what they are compiled against, if it is there."""

    path: Path
    version: str
    prefix: Path
    headers: Path | None


def python(wanted: str | None) -> Interpreter:
    """The Python for a project: the one that runs Buttress where that will do, else the newest that does.

    Args:
        wanted: a specifier such as ``>=3.12``, or a version such as ``3.12``.

    Raises:
        RunError: no interpreter of this machine will do.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import Version

    text = f"=={wanted}.*" if wanted is not None and wanted[:1].isdigit() else wanted or ""
    try:
        accepted = SpecifierSet(text.replace("^", ">="))
    except InvalidSpecifier:
        accepted = SpecifierSet()
    own = asked(next(candidates()))
    if own is not None and accepted.contains(own.version, prereleases=True):
        return own
    found = [known for known in map(asked, candidates()) if known is not None]
    able = [known for known in found if accepted.contains(known.version, prereleases=True)]
    if not able:
        versions = ", ".join(sorted({known.version for known in found}, key=Version))
        raise RunError(f"the project asks for Python {text}, and this machine has {versions}")
    return max(able, key=lambda known: Version(known.version))


def candidates() -> Iterator[str]:
    """Programs that may be a Python, our own first."""
    yield getattr(sys, "_base_executable", None) or sys.executable
    for minor in range(NEWEST, OLDEST - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found is not None:
            yield found
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from map(str, sorted(versions.glob("3.*/bin/python3"), reverse=True))


@cache
def asked(path: str) -> Interpreter | None:
    """What an interpreter says of itself; None where it cannot be run."""
    try:
        done = subprocess.run([path, "-I", "-S", "-c", ASK], capture_output=True, timeout=20, check=True, text=True)
        version, prefix, executable = done.stdout.splitlines()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter(Path(executable), version, Path(prefix))


@cache
def node() -> Node:
    """The Node of this machine.

    Raises:
        RunError: there is none.
    """
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        raise RunError("the project needs Node and npm, and this machine has none on its PATH")
    path = Path(found).resolve()
    done = subprocess.run([path, "--version"], capture_output=True, timeout=20, check=True, text=True)
    prefix = path.parent.parent
    headers = prefix if (prefix / "include" / "node" / "node.h").exists() else None
    return Node(path, done.stdout.strip().removeprefix("v"), prefix, headers)
