"""Defects that were seeded in whole backends, mended: nothing is found any more, and the run passes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS
from tests.mutants.run import APPS, applied, run_suite
from verifier.check import check
from verifier.fix import Fixed, fix
from verifier.fix.write import write_files
from verifier.link import Facts
from verifier.model import SourceFile
from verifier.session import Options, open_session

CONTRACT = APPS / "openapi.yml"
MENDED = (
    "fastapi-count-not-awaited",
    "fastapi-route-order",
    "fastapi-unfavorite-not-awaited",
    "fastify-empty-body",
    "flask-joined-collection",
    "flask-number-as-subject",
    "hono-page-not-awaited",
    "koa-in-as-text",
    "koa-route-order",
)
slow = pytest.mark.skipif(os.environ.get("BUTTRESS_SLOW") != "1", reason="runs backends: set BUTTRESS_SLOW=1")


def linked(folder: Path, over: Mapping[str, SourceFile] | None = None) -> Facts:
    """The facts of a backend, held against its contract."""
    return open_session(Options(path=folder, contract=CONTRACT, cache=False, quiet=True), over).facts


def mended(name: str, folder: Path) -> tuple[Path, Fixed]:
    """A mutant with all that can be mended safely."""
    mutant = next(one for one in MUTANTS if one.name == name)
    root = applied(mutant.app, mutant, folder)
    return root, fix(linked(root), lambda over: linked(root, over))


@pytest.mark.parametrize("name", MENDED)
def test_nothing_is_found_in_what_was_mended(name: str, tmp_path: Path) -> None:
    _, made = mended(name, tmp_path)
    app = next(one for one in MUTANTS if one.name == name).app
    usual = {(finding.rule, finding.message) for finding in check(linked(APPS / app)).findings}
    assert made.done
    assert {(finding.rule, finding.message) for finding in made.report.findings} <= usual


@slow
@pytest.mark.parametrize("name", MENDED)
def test_what_was_mended_runs(name: str, tmp_path: Path) -> None:
    root, made = mended(name, tmp_path)
    write_files(root, made.files)
    ran = run_suite(root, "sqlite", "openapi", tmp_path / "cache", tmp_path / "record.json")
    assert not ran.killed
