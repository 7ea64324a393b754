"""`check --fix`, `--diff` and `--unsafe-fixes`, as a user calls them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Buttress, Write

APP = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/notes/{note}")
def one(note: str) -> str:
    return note


@app.get("/notes/latest")
def latest() -> str:
    return "ä"
"""
RULE = "fastapi/shadowed-route"


def mended(text: str) -> str:
    """The same application with its routes in the other order."""
    head, first, second = text.partition("@app")[0], text.index("@app"), text.rindex("@app")
    return f"{head}{text[second:]}\n\n{text[first:second].rstrip()}\n"


def test_files_are_mended(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": APP})
    (root / "main.py").chmod(0o755)
    ran = buttress("check", root, "--fix")
    assert ran.code == 0
    assert (root / "main.py").read_text("utf-8") == mended(APP)
    assert (root / "main.py").stat().st_mode & 0o777 == 0o755
    assert "Fixed 1 problem in 1 file." in ran.err
    assert "No findings" in ran.out
    assert [path.name for path in root.iterdir()] == ["main.py"]
    assert "Nothing to fix." in buttress("check", root, "--fix").err


def test_a_diff_changes_nothing_and_can_be_applied(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": APP.rstrip("\n"), "requirements.txt": "fastapi"})
    ran = buttress("check", root, "--diff")
    assert ran.code == 1
    assert (root / "main.py").read_text("utf-8") == APP.rstrip("\n")
    subprocess.run(["git", "apply", "-"], cwd=root, input=ran.out.encode(), check=True)
    assert buttress("check", root).code == 0
    ran = buttress("check", root, "--diff")
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_and_line_ends_stay(buttress: Buttress, write: Write, mark: bytes) -> None:
    root = write({"main.py": ""})
    (root / "main.py").write_bytes(mark + APP.replace("\n", "\r\n").encode())
    assert buttress("check", root, "--fix").code == 0
    assert (root / "main.py").read_bytes() == mark + mended(APP).replace("\n", "\r\n").encode()


def test_another_encoding_is_left_alone(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": ""})
    data = f"# -*- coding: latin-1 -*-\n{APP}".encode("latin-1")
    (root / "main.py").write_bytes(data)
    ran = buttress("check", root, "--fix")
    assert ran.code == 2
    assert "main.py is not written in UTF-8" in ran.err
    assert (root / "main.py").read_bytes() == data


def test_a_patch_is_not_fixed(buttress: Buttress, write: Write, tmp_path: Path) -> None:
    lines = "".join(f"+{line}\n" for line in APP.splitlines())
    patch = tmp_path / "a.patch"
    patch.write_text(f"--- /dev/null\n+++ b/main.py\n@@ -0,0 +1,{len(APP.splitlines())} @@\n{lines}", "utf-8")
    ran = buttress("check", "--patch", patch, "--fix")
    assert ran.code == 2
    assert "apply it, and fix the folder" in ran.err


def test_a_single_file(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": APP})
    assert buttress("check", root / "main.py", "--fix").code == 0
    assert (root / "main.py").read_text("utf-8") == mended(APP)


@pytest.mark.parametrize("options", [("--ignore", RULE), ("--select", "sql")])
def test_only_what_is_reported_is_mended(buttress: Buttress, write: Write, options: tuple[str, ...]) -> None:
    root = write({"main.py": APP})
    assert "Nothing to fix." in buttress("check", root, "--fix", *options).err
    assert (root / "main.py").read_text("utf-8") == APP


def test_what_is_accepted_stays(buttress: Buttress, write: Write) -> None:
    text = APP.replace('@app.get("/notes/latest")', f'@app.get("/notes/latest")  # buttress: ignore[{RULE}] -- known')
    root = write({"main.py": text})
    assert buttress("check", root, "--fix").code == 0
    assert (root / "main.py").read_text("utf-8") == text


def test_what_cannot_be_mended_is_said(buttress: Buttress, write: Write) -> None:
    text = APP.replace('@app.get("/notes/latest")', 'LIMIT = 3\n\n\n@app.get("/notes/latest", status_code=200 + LIMIT)')
    root = write({"main.py": text})
    ran = buttress("check", root, "--fix")
    assert ran.code == 1
    assert "not fixed: it needs `LIMIT`, which is bound in between" in ran.err
    assert (root / "main.py").read_text("utf-8") == text


def test_a_link_is_never_written_through(buttress: Buttress, write: Write, tmp_path: Path) -> None:
    root = write({"main.py": APP})
    (tmp_path / "outside.py").write_text(APP, "utf-8")
    (root / "linked.py").symlink_to(tmp_path / "outside.py")
    assert buttress("check", root, "--fix").code == 0
    assert (tmp_path / "outside.py").read_text("utf-8") == APP


def test_a_report_says_what_can_be_mended(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": APP})
    found = json.loads(buttress("check", root, "--format", "json").out)["findings"]
    assert [finding["fix"] for finding in found] == [
        {"title": "register `/notes/latest` before `/notes/{note}`", "safe": True}
    ]
    assert "1 problem can be mended with --fix." in buttress("check", root).out


BREAKING = '''\
"""A rule whose fix does no good."""

from verifier.api import Category, Fix, Problem, Replacement, Span, rule


@rule(Category.OTHER)
def useless(facts):
    """Yield one problem for each file."""
    for path, source in facts.project.files.items():
        where = Span(path, 1, 1, 1, 2)
        yield Problem(where, "it begins so", fix=Fix("begin otherwise", (Replacement(where, TEXT),)))
'''


@pytest.mark.parametrize(
    ("text", "reason"), [("(", "main.py could not be parsed any more"), ("y", "the change did not mend it")]
)
def test_a_fix_that_does_no_good_is_named(
    buttress: Buttress, write: Write, tmp_path: Path, text: str, reason: str
) -> None:
    pack = tmp_path / ("breaking" if text == "(" else "useless")
    pack.mkdir()
    (pack / "__init__.py").write_text('"""A pack."""\n')
    (pack / "useless.py").write_text(BREAKING.replace("TEXT", repr(text)))
    root = write({"main.py": "x = 1\n"})
    ran = buttress("check", root, "--pack", pack, "--select", pack.name, "--fix")
    assert ran.code == 1
    assert f"not fixed: {reason}" in ran.err
    assert (root / "main.py").read_text("utf-8") == ("x = 1\n" if text == "(" else "y = 1\n")


def test_no_fix_takes_a_route_away(buttress: Buttress, write: Write, tmp_path: Path) -> None:
    pack = tmp_path / "losing"
    pack.mkdir()
    (pack / "__init__.py").write_text('"""A pack."""\n')
    where = "Span(path, 11, 1, 11, 26)"
    (pack / "useless.py").write_text(BREAKING.replace("TEXT", '""').replace("Span(path, 1, 1, 1, 2)", where))
    root = write({"main.py": APP})
    ran = buttress("check", root, "--pack", pack, "--select", "losing", "--fix")
    assert "not fixed: `GET /notes/latest` would be lost" in ran.err
    assert (root / "main.py").read_text("utf-8") == APP
