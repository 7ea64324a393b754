"""Which level is taken, what is said of it, and that a machine which can make none is told so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.run.sandbox import Refusal, Rung, choose, kernel, ladder, trial
from verifier.run.sandbox.ladder import ORDER

ROOT = Path(__file__).parent.parent.parent.parent
linux = pytest.mark.skipif(sys.platform != "linux", reason="there is nothing to choose from")

# The kernel then refuses namespaces to this process, as it does where a distribution or a container forbids them.
NO_NAMESPACES = """
from verifier.run.sandbox import kernel
kernel.no_new_privileges()
kernel.filter_calls(apart=True, datagrams=True)
"""
NO_LANDLOCK = """
from verifier.run.sandbox import kernel
kernel.landlock_version = lambda: 0
"""
CHOOSE = """
from verifier.run.sandbox import choose, Refusal
try:
    rung = choose({arguments})
    print(rung.level, *rung.degraded, sep="\\n")
except Refusal as refusal:
    print("REFUSED", refusal, sep="\\n")
"""


def chosen(program: str = "", arguments: str = "", **environment: str) -> list[str]:
    """What another process chooses, after a program: its level and what it says of it."""
    ran = subprocess.run(
        [sys.executable, "-c", program + CHOOSE.format(arguments=arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.fixture
def without_bubblewrap(tmp_path: Path) -> str:
    """A PATH on which bwrap is not."""
    return str(tmp_path)


def test_the_best_level_is_taken(best: Rung) -> None:
    working = []
    for level in ORDER:
        try:
            working.append(choose(level).level)
        except Refusal:
            continue
    assert best.level == working[0]
    assert choose().degraded == choose().degraded


def works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except OSError:
        return False


@linux
def test_what_this_machine_can_do_is_not_passed_over() -> None:
    """The other tests skip what is refused, so a level that is broken shows here."""
    namespaces = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--mount-proc"]
    can = {
        "bubblewrap": works("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"),
        "user namespaces": works("unshare", "--map-root-user", *namespaces, "true")
        or works("unshare", *namespaces, "true"),
        "landlock": kernel.landlock_version() > 0,
    }
    refused = {level: ladder.attempt(level) for level in ORDER if can[level]}
    assert [outcome for outcome in refused.values() if isinstance(outcome, str)] == []


@linux
def test_without_bubblewrap_namespaces_are_taken(without_bubblewrap: str) -> None:
    found = chosen(PATH=without_bubblewrap)
    if found[0] != "user namespaces":
        pytest.skip(found[1])
    assert found[1] == "Bubblewrap (the program bwrap) is not installed."


@linux
def test_without_namespaces_landlock_is_taken() -> None:
    found = chosen(NO_NAMESPACES)
    if found[0] == "REFUSED":
        pytest.skip(found[1])
    assert found[0] == "landlock"
    assert "Bubblewrap" in found[1]
    assert re.search("Operation not permitted|No permissions", found[1]) or shutil.which("bwrap") is None
    assert "user namespaces" in found[2]
    assert "Operation not permitted" in found[2]
    assert any("processes of this machine" in sentence for sentence in found)


@linux
def test_the_cause_is_named() -> None:
    setting = "from verifier.run.sandbox import ladder\nladder._setting = lambda path: '{}' if '{}' in path else None\n"
    found = chosen(NO_NAMESPACES + setting.format(1, "apparmor"))
    if shutil.which("bwrap") is not None:
        assert "kernel.apparmor_restrict_unprivileged_userns=1" in found[1]
    assert "kernel.apparmor_restrict_unprivileged_userns=1" in found[2]
    assert "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in found[2]
    found = chosen(NO_NAMESPACES + setting.format(0, "max_user_namespaces"))
    assert "user.max_user_namespaces=0" in found[2]


@linux
def test_where_nothing_works_it_is_refused_in_one_sentence(without_bubblewrap: str) -> None:
    found = chosen(NO_NAMESPACES + NO_LANDLOCK, PATH=without_bubblewrap)
    assert found[0] == "REFUSED"
    [sentence] = found[1:]
    assert "bwrap" in sentence
    assert "user namespaces" in sentence
    assert "Landlock" in sentence
    assert "--unsafe-no-sandbox" in sentence
    assert ". " not in sentence


@linux
def test_unsafe_runs_where_nothing_works_and_only_there(without_bubblewrap: str) -> None:
    found = chosen(NO_NAMESPACES + NO_LANDLOCK, "unsafe=True", PATH=without_bubblewrap)
    assert found[0] == "none"
    assert found[1] == "Bubblewrap (the program bwrap) is not installed."
    assert any("files and network are open" in sentence for sentence in found)
    assert chosen("", "unsafe=True")[0] == chosen()[0]


def test_none_must_be_asked_for() -> None:
    with pytest.raises(Refusal, match="say --unsafe-no-sandbox"):
        choose("none")
    assert choose("none", unsafe=True).level == "none"


@linux
def test_what_is_wanted_is_not_replaced(without_bubblewrap: str) -> None:
    found = chosen("", "'bubblewrap', unsafe=True", PATH=without_bubblewrap)
    assert found[0] == "REFUSED"
    assert "bwrap" in found[1]


def test_other_systems_are_refused() -> None:
    found = chosen("import sys\nsys.platform = 'darwin'\n")
    assert found[0] == "REFUSED"
    assert "Linux" in found[1]
    assert chosen("import sys\nsys.platform = 'darwin'\n", "unsafe=True")[0] == "none"


def test_where_there_is_no_unix_it_is_said_so() -> None:
    absent = "import os, sys, verifier.run.record, selectors, subprocess, tempfile\nsys.platform = 'win32'\n"
    for module in ("fcntl", "resource", "termios"):
        absent += f"sys.modules['{module}'] = None\n"
    for name in ("fork", "geteuid", "getuid", "sysconf", "uname"):
        absent += f"del os.{name}\n"
    found = chosen(absent, "unsafe=True")
    assert found[0] == "REFUSED"
    assert "Windows" in found[1]


def test_a_sandbox_that_keeps_nothing_in_fails_its_trial() -> None:
    problem = trial.of(choose("none", unsafe=True))
    assert problem is not None
    assert "a file of the host can be read" in problem
    assert "a server on the host can be reached" in problem


@linux
def test_an_older_bubblewrap_is_made_up_for(tmp_path: Path) -> None:
    real = shutil.which("bwrap")
    if real is None:
        pytest.skip("bubblewrap is not installed")
    older = tmp_path / "bwrap"
    older.write_text(
        f"#!/bin/sh\n"
        f'case "$*" in --help) {real} --help | grep -v -e --size -e --disable-userns; exit ;;\n'
        f"*--size*|*--disable-userns*) echo unknown option >&2; exit 1 ;; esac\n"
        f'exec {real} "$@"\n',
        encoding="ascii",
    )
    older.chmod(0o755)
    found = chosen("", "'bubblewrap'", PATH=f"{tmp_path}:{os.environ['PATH']}")
    if found[0] == "REFUSED":
        pytest.skip(found[1])
    assert found[0] == "bubblewrap"
    assert "a full disk is noticed only by looking" in found[1]
