"""The cache: what is in it is used, and whatever else lies there is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from verifier import cache as caching
from verifier import parse as extraction
from verifier import pipeline
from verifier.cache import Cache
from verifier.model import FileFacts, SourceFile


@pytest.fixture
def sources() -> list[SourceFile]:
    return [
        SourceFile("a.py", b"import b\n", "python"),
        SourceFile("b.ts", b"export const b = 1\n", "typescript"),
        SourceFile("n\udce9.py", b"import a\n", "python"),  # a name that is no Unicode
    ]


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed from now on."""
    seen: list[str] = []
    parse = extraction.parse

    def watched(source: SourceFile) -> object:
        seen.append(source.path)
        return parse(source)

    monkeypatch.setattr(pipeline, "parse", watched)
    return seen


def facts(sources: list[SourceFile], directory: Path) -> dict[str, FileFacts]:
    cache = Cache(directory)
    found = pipeline.extract_all(sources, cache=cache)
    cache.close()
    return found


def test_unchanged_files_are_not_parsed_again(
    sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = facts(sources, tmp_path)
    seen = parsed(monkeypatch)
    assert facts(sources, tmp_path) == first
    assert set(seen) <= {"n\udce9.py"}


@pytest.mark.parametrize(
    "changed",
    [
        SourceFile("a.py", b"import c\n", "python"),
        SourceFile("other.py", b"import b\n", "python"),
        SourceFile("a.py", b"import b\n", "javascript"),
    ],
)
def test_content_path_and_language_are_the_key(
    sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: SourceFile
) -> None:
    facts(sources, tmp_path)
    seen = parsed(monkeypatch)
    assert facts([changed], tmp_path) == pipeline.extract_all([changed])
    assert changed.path in seen


def test_another_version_starts_anew(
    sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts(sources, tmp_path)
    monkeypatch.setattr(caching, "VERSION", "99")
    seen = parsed(monkeypatch)
    facts(sources, tmp_path)
    assert {"a.py", "b.ts"} <= set(seen)


def test_another_commit_starts_anew(sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts(sources, tmp_path)
    monkeypatch.setattr(caching, "program", lambda: "changed")
    seen = parsed(monkeypatch)
    facts(sources, tmp_path)
    assert {"a.py", "b.ts"} <= set(seen)


@pytest.mark.parametrize("value", [b"", b"\xc1", b"\x80", b"\x93\x01\x02\x03"])
def test_entries_of_another_form_are_misses(sources: list[SourceFile], tmp_path: Path, value: bytes) -> None:
    first = facts(sources, tmp_path)
    (file,) = tmp_path.glob("*.sqlite")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE facts SET value = ?", (value,))
    connection.close()
    assert facts(sources, tmp_path) == first


def test_a_broken_file_is_no_cache(sources: list[SourceFile], tmp_path: Path) -> None:
    first = facts(sources, tmp_path)
    (file,) = tmp_path.glob("*.sqlite")
    file.write_bytes(b"no database at all" * 1000)
    assert facts(sources, tmp_path) == first


def test_a_place_that_cannot_be_written_is_no_cache(sources: list[SourceFile], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert facts(sources, tmp_path / "file" / "cache") == pipeline.extract_all(sources)


def test_the_project_is_left_as_it_was(
    sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    project.mkdir()
    (project / "main.py").write_text("import os\n")
    monkeypatch.setenv("BUTTRESS_CACHE_DIR", str(home))
    from verifier.session import Options, open_session

    open_session(Options(path=project))
    assert [path.name for path in project.iterdir()] == ["main.py"]
    assert list(home.glob("*.sqlite"))
