"""Extraction by one process or several: the same facts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tree_sitter import Tree

from verifier import pipeline
from verifier.extract import extract
from verifier.model import FileFacts, SourceFile

SOURCES = [
    SourceFile(path.name, path.read_bytes(), "python")
    for path in sorted((Path(__file__).parent.parent / "verifier" / "link").glob("*.py"))
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(pipeline, "FILES_AT_ONCE", 2)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does all")
def test_several_processes_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[None] = []
    alone = pipeline.extract_all(SOURCES, jobs=1)
    monkeypatch.setattr(pipeline, "parse", None)  # nothing is left for this process
    together = pipeline.extract_all(SOURCES, jobs=3, advance=lambda: steps.append(None))
    assert together == alone
    assert list(together) == list(alone)
    assert len(steps) == len(SOURCES)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does all")
def test_where_processes_end_early_this_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()

    def dies(source: SourceFile, tree: Tree | None = None) -> FileFacts:
        if os.getpid() != here and source.path == SOURCES[-1].path:
            os._exit(1)
        return extract(source, tree)

    monkeypatch.setattr(pipeline, "extract", dies)
    assert pipeline.extract_all(SOURCES, jobs=2) == pipeline.extract_all(SOURCES, jobs=1)


def test_trees_are_kept_for_who_needs_them_next() -> None:
    framework = SourceFile("app.py", b"from fastapi import FastAPI\n", "python")
    other = SourceFile("other.py", b"import os\n", "python")
    every, some = (
        pipeline.Trees(frozenset(), everything=True),
        pipeline.Trees(frozenset({"fastapi"}), everything=False),
    )
    for trees in (every, some):
        pipeline.extract_all([framework, other], jobs=1, trees=trees)
    assert set(every.kept) == {"app.py", "other.py"}
    assert set(some.kept) == {"app.py"}


@pytest.mark.parametrize(
    ("module", "package"),
    [("aiohttp.web", "aiohttp"), ("@koa/router/lib/x", "@koa/router"), ("koa-mount/x", "koa-mount"), ("hono", "hono")],
)
def test_package_of(module: str, package: str) -> None:
    assert pipeline.package_of(module) == package
