"""gitignore rules: what is read is what git would list."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.read import ReadError, read
from verifier.read.ignore import rules

from .conftest import run_git, write


def listed_by_git(root: Path) -> set[str]:
    """Files that git does not track and does not ignore."""
    found = run_git(root, "ls-files", "-o", "--exclude-standard", "-z")
    assert found.returncode == 0, found.stderr
    return {os.fsdecode(path) for path in found.stdout.split(b"\0") if path}


def read_by_us(root: Path) -> set[str]:
    """Source files that were read."""
    try:
        return set(read(root).files)
    except ReadError:
        return set()


NAMES = ["a", "b", "ab", "abc", "lib", "src", "a-b", "x y", "[a]", "é", "A", "a.b", "!a", "#a", "\\a", "a]"]
FOLDERS = st.sampled_from(NAMES)
FILES = st.builds(lambda stem: f"{stem}.py", st.sampled_from([*NAMES, "\udcff", "a ", "a\t", "a*"]))
PATHS = st.builds(lambda folders, name: "/".join([*folders, name]), st.lists(FOLDERS, max_size=3), FILES)
PIECES = st.sampled_from(
    [
        *NAMES,
        *"ab*?.[]!-\\/ \té\xff",
        *("**", "**/", "/**", "/", "*.py", ".py", "a/b", "*a*b*", "\\*", "\\!", "\\#", "\\ "),
        *("[a-b]", "[!a]", "[^b]", "[[:alpha:]]", "[]a]", "[\\]a]", "[a-", "[[:nope:]]", "[--a]", "[b-a]"),
    ]
)
LINES = st.builds(
    lambda sign, pieces: sign + "".join(pieces), st.sampled_from(["", "", "!", "#", "\\"]), st.lists(PIECES, max_size=4)
)
IGNORES = st.builds(
    lambda lines, end: end.join(lines), st.lists(LINES, max_size=5), st.sampled_from(["\n", "\n", "\r\n"])
)


@pytest.mark.git
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    paths=st.sets(PATHS, min_size=1, max_size=12),
    top=IGNORES,
    nested=st.dictionaries(st.lists(FOLDERS, min_size=1, max_size=2).map("/".join), IGNORES, max_size=2),
    exclude=IGNORES,
)
def test_reads_what_git_lists(paths: set[str], top: str, nested: dict[str, str], exclude: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        assert run_git(root, "init", "-q").returncode == 0
        for path in sorted(paths):
            try:
                write(root, {path: ""})
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                continue
        write(root, {".gitignore": os.fsencode(top), ".git/info/exclude": os.fsencode(exclude)})
        for folder, text in nested.items():
            if (root / folder).is_dir():
                write(root, {f"{folder}/.gitignore": os.fsencode(text)})
        assert read_by_us(root) == {path for path in listed_by_git(root) if path.endswith(".py")}


@pytest.mark.parametrize(
    ("text", "path", "folder", "said"),
    [
        ("*.log\n", "a/b.log", False, True),
        ("*\n!*/\n!*.py\n", "src", True, False),
        ("*\n!*/\n!*.py\n", "src/a.py", False, False),
        ("*\n!*/\n!*.py\n", "src/a.txt", False, True),
        ("a/**\n", "a", True, None),
        ("a/**\n", "a/b/c", False, True),
        ("a/**/b\n", "a/b", False, True),
        ("a/**/b\n", "a/x/y/b", False, True),
        ("/a\n", "b/a", False, None),
        ("build/\n", "x/build", False, None),
        ("build/\n", "x/build", True, True),
        ("a\\ \n", "a ", False, True),
        ("a   \n", "a", False, True),
        ("\ufeffa\n", "a", False, True),
        ("[[:digit:]]x\n", "4x", False, True),
        ("?.py\n", "é.py", False, None),
        ("??.py\n", "é.py", False, True),
        ("a\\\n", "a", False, None),
        ("[a\n", "[a", False, None),
    ],
)
def test_a_rule(text: str, path: str, folder: bool, said: bool | None) -> None:
    assert rules(text.encode())(path, folder) is said


def test_many_stars_cost_no_time() -> None:
    verdict = rules(b"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\n" + b"**/a/" * 200 + b"b\n")
    assert verdict("a" * 250, False) is None
    assert verdict("/".join(["a"] * 400), False) is None
    assert verdict("a" * 200 + "b", False) is True


def test_rules_of_the_repository_around_a_folder_hold(tmp_path: Path) -> None:
    write(
        tmp_path, {".git/HEAD": "", ".gitignore": "server/local.py\n*.gen.py\n", "server/.gitignore": "!keep.gen.py\n"}
    )
    names = ["app.py", "local.py", "a.gen.py", "keep.gen.py"]
    write(tmp_path, {f"server/{name}": "" for name in names})
    assert set(read(tmp_path / "server").files) == {"app.py", "keep.gen.py"}


def test_a_folder_that_its_repository_ignores_is_read_when_it_is_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            ".gitignore": "out/\n",
            "out/run/app.py": "",
            "out/run/.gitignore": "x.py\n",
            "out/run/x.py": "",
        },
    )
    assert set(read(tmp_path / "out" / "run").files) == {"app.py"}


def test_gitignore_can_be_disregarded(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "local.py\n", "local.py": "", "app.py": ""})
    assert set(read(tmp_path).files) == {"app.py"}
    assert read(tmp_path).left_out.counts["ignored by .gitignore"] == 1
    assert set(read(tmp_path, respect_gitignore=False).files) == {"app.py", "local.py"}


def test_a_linked_gitignore_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"rules": "app.py\n", "app.py": ""})
    (tmp_path / ".gitignore").symlink_to("rules")
    assert set(read(tmp_path).files) == {"app.py"}


def test_excluded_by_the_user(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "", "tests/test_app.py": "", "deep/tests/a.py": "", "gen/keep.py": "", "gen/x.py": ""})
    found = read(tmp_path, exclude=["tests/", "/gen/*", "!keep.py"])
    assert set(found.files) == {"app.py", "gen/keep.py"}
    assert found.left_out.counts == {"excluded": 3}
