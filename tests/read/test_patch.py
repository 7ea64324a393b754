"""Patches as projects: alone, on top of a folder, and what is said of those that do not apply."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from verifier.read import ReadError, patch, read

from .conftest import run_git, write
from .test_patch_git import FILE, assert_same, diff

Make = Callable[[Mapping[str, str | bytes]], Path]


def new_file(path: str, text: str, mode: str = "100644") -> str:
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    body = "".join(f"+{line}" for line in lines)
    body += "" if text.endswith("\n") else "\n\\ No newline at end of file\n"
    count = f"1,{len(lines)}" if len(lines) != 1 else "1"
    header = (
        f"diff --git a/{path} b/{path}\nnew file mode {mode}\nindex 0000000..1111111\n--- /dev/null\n+++ b/{path}\n"
    )
    return f"{header}@@ -0,0 +{count} @@\n{body}"


def changed(path: str, old: str, new: str) -> str:
    return f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-{old}\n+{new}\n"


def test_a_patch_alone_is_the_project() -> None:
    found = read(
        None,
        "".join(
            [
                new_file("app.py", "import flask\r\nx = 1"),
                new_file("run.sh", "cd src && python main.py\n", "100755"),
                new_file("src/main.py", "print('\u2028\x0c\x85')\n"),
                new_file("requirements.txt", "flask==3.0.0\n"),
                new_file("link.py", "app.py", "120000"),
                "diff --git a/pkg/__init__.py b/pkg/__init__.py\nnew file mode 100644\nindex 0000000..e69de29\n",
                'diff --git "a/caf\\303\\251 x.py" "b/caf\\303\\251 x.py"\nnew file mode 100644\n--- /dev/null\n'
                '+++ "b/caf\\303\\251 x.py"\n@@ -0,0 +1 @@\n+y = 2\n',
            ]
        ).encode(),
    )
    assert found.root is None
    assert {path: file.data for path, file in found.files.items()} == {
        "app.py": b"import flask\r\nx = 1",
        "src/main.py": "print('\u2028\x0c\x85')\n".encode(),
        "pkg/__init__.py": b"",
        "café x.py": b"y = 2\n",
    }
    assert found.others["run.sh"].executable
    assert not found.files["app.py"].executable
    assert found.left_out.counts == {"symbolic link": 1}
    assert "link.py" not in found.paths
    assert [(one.name, one.locked) for one in found.manifests.requirements] == [("flask", "3.0.0")]
    assert [(one.argv, one.directory) for one in found.manifests.commands] == [(("python", "main.py"), "src")]
    assert "pkg" in found.directories


def test_rules_of_a_patch_do_not_hide_its_own_files() -> None:
    text = new_file(".gitignore", "*.py\nnode_modules\n") + new_file("app.py", "x = 1\n")
    found = read(None, (text + new_file("node_modules/a.js", "x\n") + new_file("venv/pyvenv.cfg", "x\n")).encode())
    assert set(found.files) == {"app.py"}
    assert found.left_out.counts == {"installed dependencies": 1, "virtual environment": 1}


def test_a_patch_on_top_of_a_folder(project: Make) -> None:
    root = project(
        {
            ".gitignore": "ignored.py\nlocal/\n",
            "app.py": "one\ntwo\nthree\n",
            "old.py": "old\n",
            "gone.py": "gone\n",
            "kept.py": "kept\n",
            "ignored.py": "was ignored\n",
            "local/a.py": "",
            "local/b.py": "",
            "run.sh": "python app.py\n",
        }
    )
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    text = changed("ignored.py", "was ignored", "is changed") + (
        "--- a/app.py\n+++ b/app.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
        "diff --git a/old.py b/new.py\nsimilarity index 100%\nrename from old.py\nrename to new.py\n"
        "diff --git a/gone.py b/gone.py\ndeleted file mode 100644\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"
        "diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n"
    )
    text += new_file("local/c.py", "c\n")
    found = read(root, text.encode())
    assert {path: file.text for path, file in found.files.items()} == {
        "app.py": "one\n2\nthree\n",
        "new.py": "old\n",
        "kept.py": "kept\n",
        "ignored.py": "is changed\n",
        "local/c.py": "c\n",
    }
    assert found.others["run.sh"].executable
    assert found.root == root
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_changed_gitignore_counts(project: Make) -> None:
    root = project({".gitignore": "a.py\n", "a.py": "", "b.py": ""})
    assert set(read(root, changed(".gitignore", "a.py", "b.py").encode()).files) == {"a.py"}


def test_exclusions_hold_for_a_patch() -> None:
    text = new_file("app.py", "x\n") + new_file("tests/t.py", "x\n")
    assert set(read(None, text.encode(), exclude=["tests"]).files) == {"app.py"}


@pytest.mark.git
def test_binary_parts_are_counted_and_the_rest_applies(project: Make) -> None:
    base = {b"app.py": (FILE, b"x\n"), b"logo.png": (FILE, bytes(range(256)))}
    target = {b"app.py": (FILE, b"y\n"), b"logo.png": (FILE, bytes(range(255))), b"new.py": (FILE, b"\0\1\2")}
    root = project({"app.py": "x\n", "logo.png": bytes(range(256))})
    found = read(root, diff(base, target, ["--binary"]))
    assert found.files["app.py"].text == "y\n"
    assert "new.py" not in found.files
    assert {"logo.png", "new.py"} <= found.paths
    assert found.left_out.counts == {"binary": 1}
    assert [(one.path, one.reason) for one in found.left_out.notes] == [("new.py", "not read: binary")]


@pytest.mark.git
def test_a_binary_file_without_its_data_is_said_to_be_refused_by_git(project: Make) -> None:
    base = {b"app.py": (FILE, b"x\n"), b"logo.png": (FILE, b"\0\1")}
    text = diff(base, {b"app.py": (FILE, b"y\n"), b"logo.png": (FILE, b"\0\2")}, [])
    assert b"Binary files a/logo.png and b/logo.png differ" in text
    root = project({"app.py": "x\n", "logo.png": b"\0\1"})
    assert run_git(root, "apply", "-", data=text).returncode != 0
    found = read(root, text)
    assert found.files["app.py"].text == "y\n"
    (note,) = found.left_out.notes
    assert note.path == "logo.png"
    assert "git apply would reject the whole patch" in note.reason


def test_a_source_file_that_becomes_binary_is_not_read(project: Make) -> None:
    root = project({"app.py": "x\n", "b.py": "x\n"})
    text = "diff --git a/app.py b/app.py\nindex 1..2 100644\nBinary files a/app.py and b/app.py differ\n"
    assert set(read(root, text.encode()).files) == {"b.py"}


def test_a_submodule_is_not_a_file() -> None:
    text = new_file("lib", "Subproject commit 0123456789012345678901234567890123456789\n", "160000")
    found = read(None, (text + new_file("app.py", "x\n")).encode())
    assert found.left_out.counts == {"submodule": 1}
    assert found.paths == {"app.py"}


def test_names_without_prefix_are_stripped_as_git_does_and_said() -> None:
    text = new_file("app.py", "x\n") + (
        "diff --git src/main.py src/main.py\nnew file mode 100644\n--- /dev/null\n+++ src/main.py\n@@ -0,0 +1 @@\n+y\n"
    )
    found = read(None, text.encode())
    assert set(found.files) == {"app.py", "main.py"}
    assert any("no a/ and b/ in front" in note.reason for note in found.left_out.notes)


GIT_REFUSES = {
    "outside": (new_file("../x.py", "x\n"), "names ../x.py, which is not a path inside the project"),
    "deep outside": (new_file("a/../../x.py", "x\n"), "not a path inside the project"),
    "absolute": ("--- /dev/null\n+++ a//etc/x.py\n@@ -0,0 +1 @@\n+x\n", None),
    "repository": (new_file(".git/hooks/x.py", "x\n"), "not a path inside the project"),
    "repository in capitals": (new_file("a/.GIT/x.py", "x\n"), "not a path inside the project"),
    "short name": (new_file("git~1/x.py", "x\n"), "not a path inside the project"),
    "dot": (new_file("./x.py", "x\n"), "not a path inside the project"),
    "no such file": (changed("x.py", "a", "b"), "x.py, line 1 of the patch: there is no such file to change"),
    "other text": (changed("app.py", "nope", "b"), "app.py, hunk 1 (line 3 of the patch): the lines that it changes"),
    "exists": (new_file("app.py", "x\n"), "app.py exists already"),
    "not empty": (
        "diff --git a/app.py b/app.py\ndeleted file mode 100644\n--- a/app.py\n+++ /dev/null\n"
        "@@ -1,2 +0,0 @@\n-1\n-2\n",
        "the lines",
    ),
    "gone twice": (
        "--- a/app.py\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-1\n-2\n-3\n" + changed("app.py", "1", "2"),
        "an earlier part of the patch took this file away",
    ),
    "beyond a link": (new_file("link/x.py", "x\n"), "link is a symbolic link"),
    "through a link": ("--- a/link/a.py\n+++ b/link/a.py\n@@ -1 +1 @@\n-\n+x\n", "beyond a symbolic link"),
    "beyond its own link": (new_file("d", "folder", "120000") + new_file("d/x.py", "x\n"), "d is a symbolic link"),
    "file and folder": (new_file("app.py/x.py", "x\n"), "app.py would be a file and a folder"),
    "type": (
        "diff --git a/app.py b/app.py\nold mode 100644\nnew mode 120000\n",
        "a file cannot become a link",
    ),
    "short hunk": ("--- a/app.py\n+++ b/app.py\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n", "is not as long as it says (line 7"),
    "cut": ("--- a/app.py\n+++ b/app.py\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3", "is not as long as it says"),
    "no header": ("some text\n@@ -1 +1 @@\n-1\n+2\n", "a hunk has no file header (line 2"),
    "nothing": ("just text\n", "is not a unified diff"),
    "prose": ("--- a\n+++ b\nno hunk\n", "is not a unified diff"),
    "no change": ("diff --git a/app.py b/app.py\nindex 1..2 100644\n", "has a header and no change"),
    "no name": ("diff --git app.py app.py\nold mode 100644\nnew mode 100755\n", "does not name its file"),
    "contradiction": ("diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n", "contradicts itself"),
    "context diff": (
        "*** a/app.py\n--- b/app.py\n***************\n*** 1 ****\n! 1\n--- 1 ----\n! 2\n",
        "not a unified diff",
    ),
}


@pytest.mark.git
@pytest.mark.parametrize("name", GIT_REFUSES)
def test_what_git_refuses_is_refused_in_one_sentence(project: Make, name: str) -> None:
    text, sentence = GIT_REFUSES[name]
    root = project({"app.py": "1\n2\n3\n", "folder/a.py": "\n"})
    (root / "link").symlink_to("folder")
    assert run_git(root, "apply", "--check", "-", data=text.encode()).returncode != 0 or name == "file and folder"
    with pytest.raises(ReadError) as error:
        read(root, text.encode())
    assert sentence is None or sentence in str(error.value)
    assert str(error.value).endswith((".", "?"))
    assert "\n" not in str(error.value)


BASE = {b"f": (FILE, b"".join(b"%d\n" % n for n in range(1, 21))), b"e": (FILE, b""), b"n": (FILE, b"a\nb")}
HAND_MADE = {
    "offset": "--- a/f\n+++ b/f\n@@ -2,3 +2,3 @@\n 10\n-11\n+x\n 12\n",
    "offset up": "--- a/f\n+++ b/f\n@@ -18,3 +18,3 @@\n 4\n-5\n+x\n 6\n",
    "fuzz": "--- a/f\n+++ b/f\n@@ -4,3 +4,3 @@\n nope\n-5\n+x\n 6\n",
    "must match the end": "--- a/f\n+++ b/f\n@@ -4,2 +4,2 @@\n 4\n-5\n+x\n",
    "must match the beginning": "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-5\n+x\n 6\n",
    "no context": "--- a/f\n+++ b/f\n@@ -5 +5 @@\n-5\n+x\n",
    "insert without context": "--- a/f\n+++ b/f\n@@ -5,0 +6 @@\n+x\n",
    "to an empty file": "--- a/e\n+++ b/e\n@@ -0,0 +1 @@\n+x\n",
    "new line at the end": "--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n",
    "in another language": "--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@\n a\n-b\n"
    "\\ Pas de fin de ligne\n+c\n\\ Pas de fin de ligne\n",
    "line missing in the patch": "--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n",
    "blank context": "--- a/f\n+++ b/f\n@@ -20,1 +20,2 @@\n 20\n+\n",
    "two parts of one file": changed("n", "a", "z").replace(
        "@@ -1 +1 @@\n-a\n+z", "@@ -1,2 +1,2 @@\n-a\n+z\n b\n\\ No newline"
    )
    + "--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@\n-z\n+y\n b\n\\ No newline at end of file\n",
    "created and changed": new_file("g", "1\n") + changed("g", "1", "2"),
    "moved and remade": "diff --git a/f b/g\nrename from f\nrename to g\n" + new_file("f", "new\n"),
    "swapped": "diff --git a/f b/e\nrename from f\nrename to e\ndiff --git a/e b/f\nrename from e\nrename to f\n",
    "copied and deleted": "diff --git a/n b/m\ncopy from n\ncopy to m\n"
    "diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n"
    "\\ No newline at end of file\n",
    "plain without folder": "--- e.orig\t2020-01-01 00:00:00 +0000\n+++ e\t2020-01-02 00:00:00 +0000\n"
    "@@ -0,0 +1 @@\n+x\n",
    "plain new by its time": "--- a/h\t1970-01-01 00:00:00.000000000 +0000\n"
    "+++ b/h\t2020-01-02 00:00:00 +0000\n@@ -0,0 +1 @@\n+x\n",
    "plain new without a word": "--- a/h\n+++ b/h\n@@ -0,0 +1 @@\n+x\n",
    "plain deleted by its time": "--- a/n\t2020-01-02 00:00:00 +0000\n+++ b/n\t1970-01-01 01:00:00 +0100\n"
    "@@ -1,2 +0,0 @@\n-a\n-b\n\\ No newline at end of file\n",
    "mail": "From x\nSubject: [PATCH] y\n\n---\n n | 2 +-\n 1 file changed\n\n"
    + new_file("g", "1\n")
    + "-- \n2.50.0\n\n",
    "prose like a header": "--- what was\n+++ what is\n\n" + new_file("g", "1\n"),
    "whole patch in CR LF": new_file("g", "1\n").replace("\n", "\r\n"),
    "bare CR LF": "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n\r\n-2\n+x\n",
    "overlap": "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n 1\n-2\n+x\n 3\n@@ -3,3 +3,3 @@\n 3\n-4\n+y\n 5\n",
    "many mode words": "diff --git a/f b/f\nold mode 100644\nnew mode 100755\nindex 1..2\n"
    "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-1\n+x\n 2\n",
    "empty file deleted": "diff --git a/e b/e\ndeleted file mode 100644\nindex e69de29..0000000\n",
    "file in place of a folder": "diff --git a/f b/f\ndeleted file mode 100644\n"
    + "--- a/f\n+++ /dev/null\n@@ -1,20 +0,0 @@\n"
    + "".join(f"-{n}\n" for n in range(1, 21))
    + new_file("f/g", "1\n"),
}


DO_NOT_APPLY = {
    *("fuzz", "must match the end", "must match the beginning", "no context", "line missing in the patch"),
    *("bare CR LF", "overlap"),
}


@pytest.mark.git
@pytest.mark.parametrize("name", HAND_MADE)
def test_hand_made_patches(name: str) -> None:
    made = assert_same(BASE, HAND_MADE[name].encode())
    assert isinstance(made, str) == (name in DO_NOT_APPLY)


def test_a_file_takes_the_place_of_a_folder_that_the_patch_empties(project: Make) -> None:
    root = project({"app.py": "", "d/a.py": "x\n"})
    text = "diff --git a/d/a.py b/d/a.py\ndeleted file mode 100644\n--- a/d/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    assert "d" in read(root, (text + new_file("d", "1\n")).encode()).paths
    write(root, {"d/b.txt": ""})
    with pytest.raises(ReadError, match="d would be a file and a folder"):
        read(root, (text + new_file("d", "1\n")).encode())


@pytest.mark.parametrize("text", [b"", b"\n\n", b"\x89PNG\r\n\x1a\n\0\0", "diff".encode("utf-16"), b"\0" * 1000])
def test_what_is_no_patch_is_refused(text: bytes) -> None:
    with pytest.raises(ReadError, match=r"^The patch is (empty|not a unified diff)"):
        read(None, text)


def test_a_patch_that_leaves_no_project_is_refused() -> None:
    with pytest.raises(ReadError, match=r"^The patch is not a backend project"):
        read(None, new_file("README.md", "x\n").encode())


def test_a_patch_does_not_apply_to_a_single_file(project: Make) -> None:
    with pytest.raises(ReadError, match="a patch applies on top of a folder"):
        read(project({"app.py": "x\n"}) / "app.py", b"x")


def test_a_patch_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patch, "PATCH_LIMIT", 1_000_000)
    with pytest.raises(ReadError, match="patches over 1 MB are not read"):
        read(None, new_file("a.py", "x" * 2_000_000 + "\n").encode())


def test_hunks_that_repeat_without_end_are_given_up(project: Make) -> None:
    root = project({"a.py": "x\n" * 100_000 + "y\n"})
    old = "".join(" x\n" for _ in range(40_000))
    text = f"--- a/a.py\n+++ b/a.py\n@@ -50000,40002 +50000,40002 @@\n{old}-z\n+w\n x\n"
    with pytest.raises(ReadError, match="The patch does not apply"):
        read(root, text.encode())


def test_a_file_over_the_size_limit_in_a_patch_is_left_out() -> None:
    found = read(None, (new_file("big.py", "x\n" * 1_500_000) + new_file("a.py", "x\n")).encode())
    assert set(found.files) == {"a.py"}
    assert found.left_out.counts == {"over the size limit": 1}
