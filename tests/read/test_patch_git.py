"""Patches: what is made of them is what ``git apply`` makes, and what it refuses is refused."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from verifier.read import ReadError, folder
from verifier.read.apply import Base, apply
from verifier.read.patch import parse

from .conftest import run_git

pytestmark = pytest.mark.git

Tree = dict[bytes, tuple[int, bytes]]
"""Path to git's mode and content."""

FILE, PROGRAM, LINK = 0o100644, 0o100755, 0o120000


def at(root: Path, path: bytes) -> Path:
    return root / os.fsdecode(path)


def put(root: Path, tree: Mapping[bytes, tuple[int, bytes]]) -> None:
    for path, (mode, data) in tree.items():
        place = at(root, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if mode == LINK:
            place.symlink_to(os.fsdecode(data))
        else:
            place.write_bytes(data)
            place.chmod(0o755 if mode == PROGRAM else 0o644)


def tree_of(root: Path) -> Tree:
    found: Tree = {}
    for parent, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for place in (Path(parent, name) for name in [*files, *folders]):
            path = os.fsencode(place.relative_to(root))
            if place.is_symlink():
                found[path] = (LINK, os.fsencode(place.readlink()))
            elif place.is_file():
                found[path] = (PROGRAM if place.stat().st_mode & 0o100 else FILE, place.read_bytes())
    return found


def by_git(base: Mapping[bytes, tuple[int, bytes]], patch: bytes, work: Path) -> Tree | str | None:
    """The tree that git makes, or what it says."""
    root = work / "git"
    root.mkdir()
    put(root, base)
    done = run_git(root, "apply", "-", data=patch)
    if done.returncode < 0:  # some damaged patches abort git itself
        return None
    return tree_of(root) if done.returncode == 0 else done.stderr.decode(errors="replace")


def by_us(base: Mapping[bytes, tuple[int, bytes]], patch: bytes, work: Path) -> Tree | str:
    """The tree that we make, or what we say."""
    root = work / "ours"
    root.mkdir()
    put(root, base)
    before = tree_of(root)
    try:
        changes, _ = apply(parse(patch), Base(partial(folder.at, root), partial(folder.files_below, root)))
    except ReadError as error:
        return str(error)
    assert tree_of(root) == before, "nothing is written"
    for path, content in changes.items():
        before.pop(os.fsencode(path), None)
        if content is not None and content.mode != folder.SUBMODULE:
            assert content.data is not None
            before[os.fsencode(path)] = (content.mode, content.data)
    return before


def assert_same(base: Mapping[bytes, tuple[int, bytes]], patch: bytes) -> Tree | str:
    with tempfile.TemporaryDirectory() as name:
        git, ours = by_git(base, patch, Path(name)), by_us(base, patch, Path(name))
    if git is None:
        return ours
    if isinstance(git, str):
        assert isinstance(ours, str), f"git refuses: {git}\n{patch!r}"
    else:
        assert ours == git, patch
    return ours


LINES = st.sampled_from(
    [
        *(b"a", b"b", b"c", b"d", b"", b" ", b"a", b"b", b"x\r", b"x\x0cy", b"x\ry", "u\x85v".encode()),
        *("\u2028".encode(), b"\xff", b"-- a/x", b"++ b/x", b"@@ -1 +1 @@", b"diff --git a/x b/x"),
        *(b"\\ No newline at end of file", b"\ta"),
    ]
)
TEXTS = st.builds(
    lambda lines, cut: b"\n".join(lines) + (b"" if cut or not lines else b"\n"),
    st.lists(LINES, max_size=14),
    st.sampled_from([False, False, False, True]),
)
STEMS = [
    *(b"a", b"b", b"x y", b"t\tb", b'q"', b"\xff", "é".encode(), b"n\nl", b"b\\s", b"a b", b" lead"),
    *(b"trail ", b"c\r"),
]
PATHS = st.builds(
    lambda folders, stem, end: b"/".join([*folders, stem + end]),
    st.lists(st.sampled_from([b"d", b"e e", b"a", b"b"]), max_size=2),
    st.sampled_from(STEMS),
    st.sampled_from([b".py", b".py", b""]),
)
ENTRIES = st.one_of(
    st.tuples(st.just(FILE), TEXTS),
    st.tuples(st.just(FILE), TEXTS),
    st.tuples(st.just(PROGRAM), TEXTS),
    st.tuples(st.just(LINK), st.sampled_from([b"a", b"d/a.py", b"nowhere"])),
)


def no_clash(tree: Mapping[bytes, object]) -> bool:
    """Whether no file is also a folder."""
    return not any(path.rsplit(b"/", n)[0] in tree for path in tree for n in range(1, path.count(b"/") + 1))


TREES = st.dictionaries(PATHS, ENTRIES, max_size=5).filter(no_clash)
OPTIONS = st.lists(
    st.sampled_from(
        [
            *("-M", "-C", "--find-copies-harder", "-U0", "-U1", "-U5", "-W", "--binary", "--full-index"),
            *("--no-prefix", "-D", "--src-prefix=x/", "--patience", "--minimal", "--text", "--text"),
            *("--text", "-B", "--no-indent-heuristic"),
        ]
    ),
    max_size=3,
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """A tree and what somebody made of it."""
    base = draw(TREES)
    target = dict(base)
    for path in sorted(base):
        mode, data = base[path]
        what = draw(st.sampled_from(["keep", "edit", "edit", "delete", "move", "copy", "mode", "replace"]))
        if what in ("edit", "move", "copy") and mode != LINK:
            lines = data.split(b"\n")
            for _ in range(draw(st.integers(0, 3))):
                at = draw(st.integers(0, len(lines)))
                lines[at : at + draw(st.integers(0, 2))] = draw(st.lists(LINES, max_size=2))
            data = b"\n".join(lines)
        if what in ("delete", "move"):
            del target[path]
        if what in ("move", "copy"):
            target[draw(PATHS)] = (mode, data)
        elif what == "edit":
            target[path] = (mode, data)
        elif what == "mode" and mode != LINK:
            target[path] = (FILE + PROGRAM - mode, data)
        elif what == "replace":
            target[path] = draw(ENTRIES)
    for path, entry in draw(st.dictionaries(PATHS, ENTRIES, max_size=2)).items():
        target.setdefault(path, entry)
    assume(no_clash(target))
    return base, target


def diff(base: Tree, target: Tree, options: list[str]) -> bytes:
    """What ``git diff`` writes between two trees."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        run_git(root, "init", "-q")
        ids = []
        for tree in (base, target):
            for entry in root.iterdir():
                if entry.name != ".git":
                    shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
            put(root, tree)
            assert run_git(root, "add", "-A").returncode == 0
            ids.append(run_git(root, "write-tree").stdout.decode().strip())
        done = run_git(root, "diff-tree", "-r", "-p", *options, *ids)
        assert done.returncode == 0, done.stderr
        return done.stdout


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(edited(), OPTIONS)
def test_diffs_that_git_writes(trees: tuple[Tree, Tree], options: list[str]) -> None:
    base, target = trees
    patch = diff(base, target, options)
    assume(b"Binary files " not in patch and b"GIT binary patch" not in patch)
    made = assert_same(base, patch)
    if patch and not {"--no-prefix", "-U0", "-D", "--src-prefix=x/"} & set(options) and isinstance(made, dict):
        assert made == target


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Tree, bytes]:
    """A tree and a diff that somebody edited by hand."""
    base, target = draw(edited())
    patch = diff(base, target, draw(OPTIONS))
    assume(patch and b"Binary files " not in patch and b"GIT binary patch" not in patch)
    lines = patch.split(b"\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(
            st.sampled_from(["drop", "repeat", "insert", "number", "cut", "swap", "return", "strip", "prefix", "tail"])
        ):
            case "drop":
                del lines[at]
            case "repeat":
                lines.insert(at, lines[at])
            case "insert":
                lines.insert(
                    at,
                    draw(
                        st.sampled_from([b" a", b"+a", b"-a", b"", b"\\ Keine neue Zeile", b"\\", b"--- a/b", b"text"])
                    ),
                )
            case "number":
                digit = draw(st.sampled_from([b"0", b"1", b"2", b"3", b"9"]))
                lines = [
                    line[:4] + digit + line[5:] if n >= at and line.startswith(b"@@ -") else line
                    for n, line in enumerate(lines)
                ]
            case "cut":
                lines = lines[: at + 1]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "return":
                lines = [line + b"\r" for line in lines]
            case "strip":
                lines[at] = lines[at].rstrip()
            case "prefix":
                lines[at] = lines[at][1:]
            case "tail":
                lines[at] += draw(st.sampled_from([b" ", b"\t", b"\t2020-01-01 00:00:00.0 +0000", b"x", b"\r"]))
        assume(lines)
    if draw(st.booleans()):
        base = {path: entry for path, entry in base.items() if draw(st.integers(0, 5))}
    for path, (mode, data) in sorted(base.items()):
        if mode != LINK and not draw(st.integers(0, 3)):
            base[path] = (mode, draw(st.sampled_from([b"new\n", b"a\nb\n", b"\n"])) + data)
    return base, b"\n".join(lines)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_diffs_that_somebody_damaged(case: tuple[Tree, bytes]) -> None:
    assert_same(*case)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(edited(), edited(), OPTIONS, st.booleans())
def test_diffs_in_a_row(one: tuple[Tree, Tree], two: tuple[Tree, Tree], options: list[str], mail: bool) -> None:
    patch = diff(*one, options)
    if mail:
        patch = (
            b"From 1 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] a\n\n---\n a.py | 2 +-\n\n" + patch + b"-- \n2.39.5\n\n"
        )
    patch += diff(one[1], two[1], options)
    assume(b"Binary files " not in patch and b"GIT binary patch" not in patch)
    assert_same(one[0], patch)


TIMES = st.sampled_from(
    [
        *(b"", b"", b"\t2010-07-05 19:41:17.620000023 -0500", b"\t1970-01-01 00:00:00.000000000 +0000"),
        *(b"\t1969-12-31 16:00:00.000000000 -0800", b" 2010-07-05 19:41:17", b"\t"),
        *(b"\tMon Jul  5 19:41:17 2010", b"\r", b"\t2010-07-05 19:41:17 +02:00", b"  10-07-05 19:41:17"),
        *(b"\t1970-01-01 01:00:00 +0100", b" -0500"),
    ]
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), edited(), st.sampled_from([[], ["-U1"], ["--no-prefix"], ["--src-prefix=old/", "--dst-prefix=new/"]]))
def test_plain_diffs(data: st.DataObject, trees: tuple[Tree, Tree], options: list[str]) -> None:
    base, target = trees
    patch = diff(base, target, options)
    assume(b"Binary files " not in patch and b"GIT binary patch" not in patch)
    lines: list[bytes] = []
    names: list[bytes] = []
    for line in patch.split(b"\n"):
        if line.startswith((b"diff --git ", b"index ", b"new file ", b"deleted file ", b"old mode ", b"new mode ")):
            continue
        if line.startswith((b"--- ", b"+++ ")) and len(names) < 40:
            sign, name = line[:4], line[4:].rstrip(b"\t")
            names.append(name)
            if name == b"/dev/null" and data.draw(st.booleans()):
                name = data.draw(st.sampled_from([names[-2] if len(names) > 1 else b"a/a.py", b"a/a.py", b"a.py"]))
            line = sign + name + data.draw(TIMES)
        lines.append(line)
    assert_same(base, b"\n".join(lines))
