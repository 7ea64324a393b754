"""Folders: what is read, what is left out and counted, and what is refused."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from verifier.model import Project
from verifier.read import ReadError, folder, kinds, read

from .conftest import write

Make = Callable[[Mapping[str, str | bytes]], Path]


def counts(project: Project) -> dict[str, int]:
    return dict(project.left_out.counts)


def note(project: Project, path: str) -> str:
    return "; ".join(one.reason for one in project.left_out.notes if one.path == path)


def test_source_files_have_their_language_and_other_texts_are_kept(project: Make) -> None:
    root = project(
        {
            **dict.fromkeys(("a.py", "b/c.js", "b/d.mjs", "b/e.ts", "b/f.tsx", "b/g.d.ts", "h.PY"), ""),
            **dict.fromkeys(("run.sh", "Dockerfile.dev", "db/schema.sql", "db/x.prisma", "alembic.ini", ".env"), ""),
            **dict.fromkeys(("docker-compose.prod.yml", "compose.yaml", "api/openapi.yml", "requirements-dev.txt"), ""),
            **dict.fromkeys(("config/config.json", "tsconfig.build.json", "jsconfig.json"), "{}"),
            **dict.fromkeys(("README.md", "logo.svg", "LICENSE", "data.csv", "poetry.lock"), ""),
        }
    )
    found = read(root)
    assert {path: file.language for path, file in found.files.items()} == {
        "a.py": "python",
        "h.PY": "python",
        "b/c.js": "javascript",
        "b/d.mjs": "javascript",
        "b/e.ts": "typescript",
        "b/f.tsx": "tsx",
        "b/g.d.ts": "typescript",
    }
    assert set(found.others) == {
        *("run.sh", "Dockerfile.dev", "db/schema.sql", "db/x.prisma", "alembic.ini", ".env", "config/config.json"),
        *("docker-compose.prod.yml", "compose.yaml", "api/openapi.yml", "requirements-dev.txt"),
        *("tsconfig.build.json", "jsconfig.json"),
    }
    assert found.paths >= {"README.md", "logo.svg", "poetry.lock", "a.py"}
    assert found.root == root
    assert list(found.files) == sorted(found.files)


def test_dependencies_environments_and_output_are_not_entered(project: Make) -> None:
    root = project(
        {
            "app.py": "",
            "web/node_modules/x/index.js": "",
            ".venv/lib/a.py": "",
            "venv/a.py": "",
            "env/pyvenv.cfg": "",
            "env/lib/a.py": "",
            "tools/env/a.py": "",
            "__pycache__/a.py": "",
            "pkg.egg-info/a.py": "",
            ".next/a.js": "",
            "coverage/lcov.info": "",
            "coverage/sorter.js": "",
            "src/coverage/service.py": "",
            ".git/hooks/a.py": "",
        }
    )
    found = read(root)
    assert set(found.files) == {"app.py", "tools/env/a.py", "src/coverage/service.py"}
    assert counts(found) == {
        "build output": 4,
        "installed dependencies": 1,
        "version control": 1,
        "virtual environment": 3,
    }
    assert not any(path.startswith((".git/", "venv/", "env/", "web/node_modules/")) for path in found.paths)


def test_build_folders_beside_a_manifest_are_left_out_and_said(project: Make) -> None:
    root = project(
        {
            "package.json": "{}",
            "src/index.ts": "",
            "dist/index.js": "",
            "dist/deep/more.js": "",
            "dist/logo.png": "",
            "src/build/plan.ts": "",
            "py/setup.py": "",
            "py/build/__init__.py": "",
        }
    )
    found = read(root)
    assert set(found.files) == {"src/index.ts", "src/build/plan.ts", "py/setup.py", "py/build/__init__.py"}
    assert counts(found) == {"build output": 1}
    assert "2 source files not read" in note(found, "dist")
    assert "dist/deep/more.js" in found.paths


MINIFIED = "!function(e,t){return " + ";".join(f"a{n}=function(b){{return b+{n}}}" for n in range(400)) + "}();"
HAND_WRITTEN = {
    "image.js": f"const logo = 'data:image/png;base64,{'A' * 60_000}';\nmodule.exports = {{ logo }};\n",
    "seed.ts": "export const rows = [" + ",".join(f'{{"id":{n},"name":"n{n}; x => y"}}' for n in range(3000)) + "];\n",
    "wide.js": "\n".join(f"app.get('/{n}', (req, res) => {{ res.json({{ n: {n} }}); }});" for n in range(200)),
    "one_long.js": "const a = 1;\n" * 300 + "x = [" + "1,2;" * 500 + "]\n",
    "short.js": "a=>a;",
    "map.js": "// the line //# sourceMappingURL=x.map is written by the bundler\nconst x = 1;\n",
    "banner.js": "/****** Routes ******/\nconst x = 1;\n",
    "app.min.py": "",
    "admin.js": "",
}
BUILT = {
    "jquery.min.js": "x",
    "text-min.js": "x",
    "bundle.js": MINIFIED,
    "header.js": "/* licence */\n" + MINIFIED,
    "compiled.js": "exports.x = 1;\n//# sourceMappingURL=compiled.js.map\n",
    "compiled.d.ts": "export declare const x: number;\n//# sourceMappingURL=compiled.d.ts.map",
    "webpack.js": "/******/ (function(modules) {\n" + "/******/ \tvar installed = {};\n" * 5,
}


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_hand_written_files_are_read(project: Make, name: str) -> None:
    assert set(read(project({name: HAND_WRITTEN[name]})).files) == {name}


@pytest.mark.parametrize("name", BUILT)
def test_built_files_are_left_out(project: Make, name: str) -> None:
    found = read(project({name: BUILT[name], "app.py": ""}))
    assert set(found.files) == {"app.py"}
    assert sum(counts(found).values()) == 1
    assert note(found, name).startswith("not read: ")


def test_large_and_binary_files_are_counted(project: Make) -> None:
    root = project(
        {
            "big.py": b"x = 1\n" * 400_000,
            "edge.py": b"#" * kinds.SOURCE_LIMIT,
            "data.json": b"[1]" * 200_000,
            "photo.py": b"\x89PNG\0\0\0",
            "late.py": b"#" * 9000 + b"\0",
            "app.py": "",
        }
    )
    found = read(root)
    assert set(found.files) == {"app.py", "edge.py", "late.py"}
    assert counts(found) == {"over the size limit": 2, "binary": 1}
    assert note(found, "big.py") == "not read: over the size limit"
    assert {"big.py", "photo.py", "data.json"} <= found.paths


def test_a_huge_file_is_not_taken_into_memory(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project({"app.py": ""})
    with (root / "huge.py").open("wb") as file:
        file.truncate(50_000_000_000)
    assert counts(read(root)) == {"over the size limit": 1}


def test_the_total_has_a_limit(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "TOTAL_LIMIT", 25)
    found = read(project({"a.py": "x" * 20, "b.py": "x" * 20, "c.py": "x"}))
    assert set(found.files) == {"a.py", "c.py"}
    assert counts(found) == {"over the limit of all files together": 1}


def test_links_are_not_followed(project: Make) -> None:
    root = project({"p/app.py": "", "secret.py": "", "secrets/a.py": ""}) / "p"
    (root / "loop").symlink_to(".")
    (root / "self").symlink_to("self")
    (root / "up").symlink_to("..")
    (root / "out.py").symlink_to("../secret.py")
    (root / "in.py").symlink_to("app.py")
    (root / "etc").symlink_to("/etc")
    found = read(root)
    assert set(found.files) == {"app.py"}
    assert found.paths == {"app.py"}
    assert counts(found) == {"symbolic link": 6}
    assert note(found, "in.py") == "a symbolic link is not followed"


def test_a_linked_root_is_read(project: Make) -> None:
    root = project({"p/app.py": ""})
    (root / "q").symlink_to("p")
    assert set(read(root / "q").files) == {"app.py"}


def test_special_files_are_never_opened(project: Make) -> None:
    root = project({"app.py": ""})
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / "package.json")
    here = Path.cwd()
    os.chdir(root)
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("socket.py")
    finally:
        os.chdir(here)
    found = read(root)
    assert set(found.files) == {"app.py"}
    assert counts(found) == {"special file": 3}


def test_what_cannot_be_read_is_noted(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project({"app.py": "", "shut/a.py": "", "b.py": ""})
    scandir, real_open = os.scandir, os.open

    def closed_folder(path: str) -> object:
        if path.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    def closed_file(path: str, flags: int) -> int:
        if path.endswith("b.py"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, flags)

    monkeypatch.setattr(os, "scandir", closed_folder)
    monkeypatch.setattr(os, "open", closed_file)
    found = read(root)
    assert set(found.files) == {"app.py"}
    assert counts(found) == {"unreadable": 2}
    assert note(found, "shut") == "cannot be listed (Permission denied)"
    assert note(found, "b.py") == "cannot be read (Permission denied)"


def test_names_that_are_not_utf8_survive(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))).write_text("x = 1\n")
    found = read(tmp_path)
    (path,) = found.files
    assert os.fsencode(path) == b"caf\xe9.py"


def test_folders_of_any_depth(tmp_path: Path) -> None:
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(600):
        os.mkdir("down", dir_fd=at)
        below = os.open("down", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    write(tmp_path, {"app.py": ""})
    assert set(read(tmp_path).files) == {"app.py"}


def test_the_result_does_not_depend_on_the_order_of_the_disk(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project({f"{folder}/{name}.py": "" for folder in "cab" for name in "zyx"})
    first = read(root)
    scandir = os.scandir

    class Backwards:
        def __init__(self, path: str) -> None:
            with scandir(path) as entries:
                self.entries = sorted(entries, key=lambda entry: entry.name, reverse=True)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(os, "scandir", Backwards)
    second = read(root)
    assert list(first.files) == list(second.files)
    assert first.left_out == second.left_out


def test_notes_of_one_kind_are_limited_and_counts_are_not(project: Make) -> None:
    found = read(project({"app.py": "", **{f"x{n}.min.js": "" for n in range(80)}}))
    assert counts(found) == {"minified": 80}
    assert len(found.left_out.notes) == folder.NOTES_PER_REASON


ENCODED = {
    "plain.py": (b"x = 1\n", b"x = 1\n", ""),
    "utf8.py": ("s = 'é'\n".encode(), "s = 'é'\n".encode(), ""),
    "mark.py": (b"\xef\xbb\xbfx = 'a'\n", b"x = 'a'\n", ""),
    "mark.js": (b"\xef\xbb\xbfx = '\xc3\xa9'\n", "x = 'é'\n".encode(), ""),
    "wide.js": ("x = 'é'\n".encode("utf-16"), "x = 'é'\n".encode(), ""),
    "wide_be.ts": (b"\xfe\xff" + "x = 'é'\n".encode("utf-16-be"), "x = 'é'\n".encode(), ""),
    "cookie.py": (
        "# -*- coding: latin-1 -*-\ns = 'é'\n".encode("latin-1"),
        "# -*- coding: latin-1 -*-\ns = 'é'\n".encode(),
        "",
    ),
    "second.py": (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\ns = '\x80'\n", "€", ""),
    "not_second.py": (b"x = 1\n# coding: latin-1\ns = '\xe9'\n", "\ufffd", "not valid UTF-8"),
    "cookie.js": (b"// coding: latin-1\nx = '\xe9'\n", "\ufffd", "not valid UTF-8"),
    "bad.py": (b"s = '\xff'\n", "s = '\ufffd'\n".encode(), "not valid UTF-8"),
    "unknown.py": ("# coding: klingon\ns = 'é'\n".encode(), "é", "klingon"),
    "costly.py": (b"# coding: punycode\nx = 1\n", b"# coding: punycode\nx = 1\n", "punycode"),
    "hex.py": (b"# coding: hex\nx = 1\n", b"# coding: hex\nx = 1\n", "hex"),
    "shift.py": ("# coding: shift_jis\ns = '日本'\n".encode("shift_jis"), "日本", ""),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encodings(project: Make, name: str) -> None:
    raw, wanted, said = ENCODED[name]
    found = read(project({name: raw}))
    data = found.files[name].data
    assert data.decode("utf-8")
    assert wanted in data.decode() if isinstance(wanted, str) else data == wanted
    assert said in note(found, name) if said else not found.left_out.notes


def test_the_executable_bit_is_kept(project: Make) -> None:
    root = project({"run.sh": "", "manage.py": "", "app.py": ""})
    (root / "run.sh").chmod(0o755)
    (root / "manage.py").chmod(0o700)
    found = read(root)
    assert found.others["run.sh"].executable
    assert found.files["manage.py"].executable
    assert not found.files["app.py"].executable


def test_a_single_file(project: Make) -> None:
    root = project({"app.py": "x = 1\n", "other.py": "", "package.json": '{"name": "n"}'})
    found = read(root / "app.py")
    assert set(found.files) == {"app.py"}
    assert found.paths == {"app.py"}
    assert [package.name for package in read(root / "package.json").manifests.node] == ["n"]


@pytest.mark.parametrize(
    ("files", "path", "sentence"),
    [
        ({}, "nowhere", "There is no "),
        ({"p/x/y/z.txt": ""}, "p/x/y/z.txt/more", "cannot be read (Not a directory)."),
        ({"README.md": "x"}, ".", "is not a backend project that Buttress can read: it holds no Python"),
        ({"README.md": "x"}, "README.md", "is not a source file or manifest that Buttress can read."),
        ({"a.py": b"\0\1"}, "a.py", "is not a file that Buttress can read: binary."),
        ({"a.py": b"\0\1"}, ".", "(left out: 1 binary)."),
        ({"a.js": b"x" * 3_000_000}, "a.js", "is not a file that Buttress can read: over the size limit."),
        ({"a.patch": ""}, "a.patch", "is a patch; give it with --patch."),
        ({"node_modules/a.js": ""}, ".", "(left out: 1 installed dependencies)."),
        ({"package-lock.json": "{}"}, "package-lock.json", "is not a source file or manifest"),
    ],
)
def test_one_sentence_says_what_is_wrong(
    project: Make, files: dict[str, str | bytes], path: str, sentence: str
) -> None:
    with pytest.raises(ReadError) as error:
        read(project(files) / path)
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"is an empty folder\.$"):
        read(tmp_path)


def test_a_pipe_is_refused_as_root(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReadError, match="neither a folder nor a regular file"):
        read(tmp_path / "pipe")


def test_nothing_is_refused() -> None:
    with pytest.raises(ReadError, match="Name a folder or a patch"):
        read(None)


def test_a_manifest_alone_is_a_project(project: Make) -> None:
    assert not read(project({"requirements.txt": "flask\n"})).files
