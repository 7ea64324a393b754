"""Shell scripts: the commands that we read are those that bash runs, where it runs them."""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import tempfile
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from verifier.model import Command
from verifier.read import read
from verifier.read.words import UNKNOWN

from .conftest import write

BASH = shutil.which("bash")
STUB = """#!/bin/sh
{ printf '%s\\n' "$(pwd -P)" "${X-none}" "${Y-none}" "${0##*/}" "$@"; printf '.\\n'; } >> "$LOG"
"""
FOLDERS = ["/".join(parts) for depth in range(1, 5) for parts in product("ab", repeat=depth)]


class Ran(NamedTuple):
    """A command that bash ran."""

    directory: str
    x: str
    y: str
    argv: tuple[str, ...]


def by_bash(root: Path, tools: Path) -> list[Ran]:
    """Run the script and read what the stubs wrote."""
    log = tools / "log"
    log.write_text("")
    assert BASH is not None
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "LOG": str(log), "BASH_ENV": "/dev/null"}
    done = subprocess.run([BASH, "./run.sh"], cwd=root, env=environment, capture_output=True, timeout=20, check=False)
    assume(b"cd:" not in done.stderr and b"popd:" not in done.stderr and b"pushd:" not in done.stderr)
    assert b"syntax error" not in done.stderr, done.stderr
    found: list[Ran] = []
    for block in log.read_text().split(".\n")[:-1]:
        directory, x, y, *argv = block.split("\n")[:-1]
        below = posixpath.relpath(directory, os.path.realpath(root))
        rest = tuple(posixpath.relpath(word, directory) if word.startswith("/") else word for word in argv)
        found.append(Ran("" if below == "." else below, x, y, rest))
    return found


def by_us(root: Path) -> list[Command]:
    return [one for one in read(root).manifests.commands if one.argv[0] in ("t1", "t2")]


def fits(ours: tuple[str, ...], ran: tuple[str, ...]) -> bool:
    """Whether words that we know stand where bash has them; those that we do not know may be anything."""
    if not ours:
        return not ran
    first, rest = ours[0], ours[1:]
    if first.startswith(('"$@', "$@")) or (set("$`~") & set(first) and not first.startswith('"')):
        return any(fits(rest, ran[n:]) for n in range(len(ran) + 1))
    same = bool(ran) and (
        bool(set("$`~") & set(first)) or (posixpath.normpath(first) if "/" in first else first) == ran[0]
    )
    return same and fits(rest, ran[1:])


def agrees(ran: Ran, command: Command) -> bool:
    """Whether what we read may be what bash ran: all that we claim to know is so."""
    if command.directory not in (ran.directory, UNKNOWN):
        return False
    if not fits(command.argv, ran.argv) and not (
        command.directory == UNKNOWN and any("/" in word for word in ran.argv)
    ):
        return False
    told = {"X": ran.x, "Y": ran.y}
    return all(told[name] == value for name, value in command.environment.items() if name in told and "$" not in value)


WORDS = st.sampled_from(
    [
        "one",
        "'two words'",
        '"three  x"',
        "a\\ b",
        '"q\\"q"',
        "$V",
        '"$V"',
        "${V}",
        '"v=$V"',
        "x$V",
        "$'t'",
        "'$V'",
        "${V:-d}",
        "${U-d}",
        '"$DIR/x"',
        "--p=1",
        "''",
        "$((1+1))",
        '"$1"',
        "a'b'\"c\"",
        "{x,y}",
        "~",
        '"`pwd`"',
    ]
)
PLAIN = st.sampled_from(["one", "'two words'", '"three  x"', "a\\ b", "$V", '"$V"', "x$V", '"$DIR/x"', "--p=1", "1"])


def command(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tool, wrap, rest: " ".join([*wrap, tool, *rest]),
        st.sampled_from(["t1", "t2"]),
        st.sampled_from([[], [], [], ["X=3"], ["Y=$V"], ["env", "X=4"], ["nohup"], ["command"], ["env", "-u", "X"]]),
        st.lists(words, max_size=3),
    )


MOVES = st.sampled_from(
    [
        "cd a",
        "cd b",
        "cd ..",
        "cd ./a",
        'cd "a/b"',
        "cd -- a",
        'cd "$(dirname "$0")"',
        "cd $DIR",
        "cd .",
        "cd a/../b",
        'cd "$DIR/a"',
        "cd ${DIR}/b",
        "pushd a",
        "popd",
        "cd -",
        "cd $V",
        'cd "${BASH_SOURCE%/*}"',
        'cd "${0%/*}"',
    ]
)
SETTINGS = st.sampled_from(
    [
        "export X=1",
        "export Y=$V",
        "X=2",
        "V=a",
        "V=b",
        "export V",
        "unset X",
        "export X=1 Y=2",
        "declare -x X=5",
        "V=$V",
        'DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"',
        "DIR=$(pwd)",
        "DIR=`pwd`",
        "X+=1",
    ]
)


def straight(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Scripts that can go one way only."""
    leaf = st.one_of(command(words), command(words), MOVES, SETTINGS)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map("\n".join),
            st.lists(inner, min_size=2, max_size=3).map("; ".join),
            st.builds(lambda a, b: f"{a} && {b}", leaf, leaf),
            inner.map(lambda text: f"(\n{text}\n)"),
            inner.map(lambda text: f"{{\n{text}\n}}"),
            inner.map(lambda text: f"{{\n{text}\n}} & wait"),
            inner.map(lambda text: f"f() {{\n{text}\n}}\nf one"),
            inner.map(lambda text: f"bash -c {quoted(text)}"),
            inner.map(lambda text: f"eval {quoted(text)}"),
            leaf.map(lambda text: f"{text} > /dev/null 2>&1"),
            st.just("exec t1 last"),
            st.just("./a/other.sh one two"),
            st.just('"$DIR/a/other.sh" x'),
            st.just("sh a/other.sh"),
            st.just(". ./lib.sh"),
        ),
        max_leaves=8,
    )


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def branching(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Scripts that go different ways."""
    leaf = st.one_of(command(words), MOVES, SETTINGS, st.sampled_from(["exit", "return", "exec t2 gone", "shift"]))
    tests = st.sampled_from(
        ["[ -d a ]", "[[ -f no ]]", "test -n '$V'", "true", "false", "! true", "[ $# = 2 ]", "grep -q x /dev/null"]
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map("\n".join),
            st.builds(lambda a, b: f"{a} && {b}", tests, inner.map(lambda text: f"{{\n{text}\n}}")),
            st.builds(lambda a, b: f"{a} || {b}", tests, inner.map(lambda text: f"{{\n{text}\n}}")),
            st.builds(lambda a, b, c: f"{a} && {b} || {c}", tests, leaf, leaf),
            st.builds(lambda a, b, c: f"if {a}; then\n{b}\nelse\n{c}\nfi", tests, inner, inner),
            st.builds(lambda a, b, c: f"if {a}; then\n{b}\nelif true; then\n{c}\nfi", tests, inner, inner),
            inner.map(lambda text: f"for V in a b; do\n{text}\ndone"),
            inner.map(lambda text: f"while false; do\n{text}\ndone"),
            st.builds(lambda a, b: f"case $V in a) {a};;\nb|c) {b};; *) t1 other;; esac", leaf, leaf),
            inner.map(lambda text: f"g() {{\n{text}\n}}\ng x y\ng"),
            inner.map(lambda text: f"(\n{text}\n)"),
        ),
        max_leaves=8,
    )


def prepare(root: Path, script: str) -> Path:
    for name in FOLDERS:
        (root / "p" / name).mkdir(parents=True, exist_ok=True)
    tools = root / "tools"
    write(tools, {"t1": STUB, "t2": STUB})
    other = '#!/bin/bash\nt2 inside $# "$@"\ncd "$(dirname "$0")"\nt1 there\n'
    lib = 'export Y=lib\nt2 "$V" sourced\ncd a\n'
    project = write(root / "p", {"run.sh": f"#!/bin/bash\n{script}\n", "a/other.sh": other, "lib.sh": lib, "m.py": ""})
    for place in (tools / "t1", tools / "t2", project / "a/other.sh", project / "run.sh"):
        place.chmod(0o755)
    return project


needs_bash = pytest.mark.skipif(BASH is None, reason="bash is not installed")
some = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@needs_bash
@some
@given(straight(WORDS))
def test_a_script_without_branches_is_read_as_bash_runs_it(script: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = prepare(Path(name), script)
        ran = by_bash(root, Path(name) / "tools")
        commands = by_us(root)
    at_other = {"other.sh", "lib.sh"}
    ours = [one for one in commands if one.span.path == "run.sh" or posixpath.basename(one.span.path) in at_other]
    for one in ran:
        assert any(agrees(one, command) for command in ours), (script, one, ours)
    for command in ours:
        if command.span.path == "run.sh":
            assert any(agrees(one, command) for one in ran), (script, command, ran)


@needs_bash
@some
@given(branching(PLAIN))
def test_what_bash_runs_in_a_branching_script_is_read(script: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = prepare(Path(name), script)
        ran = by_bash(root, Path(name) / "tools")
        commands = by_us(root)
    for one in ran:
        assert any(agrees(one, command) for command in commands), (script, one, commands)
