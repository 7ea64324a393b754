"""The written pages are those that the rules and fixtures give; every rule's page is complete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Buttress
from verifier.docs import batch_schemas, example, examples, pages, record_schema, store_page
from verifier.packs import load_book
from verifier.report.book import EXAMPLES
from verifier.rule import Rule
from verifier.serve.tools import schema_text

RULES = sorted(load_book().rules.items())

ROOT = Path(__file__).parent.parent


def test_pages_are_fresh() -> None:
    shown = examples(load_book(), ROOT / "fixtures")
    assert json.loads((ROOT / "rules" / EXAMPLES).read_text("utf-8")) == shown, "run `make docs`"
    made = pages(load_book(), ROOT / "fixtures", shown)
    folder = ROOT / "docs" / "rules"
    written = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.md")}
    assert sorted(written) == sorted(made), "run `make docs`"
    assert [name for name in made if made[name] != written[name]] == [], "run `make docs`"
    assert (ROOT / "docs" / "layers.svg").read_text("utf-8") == example(ROOT / "fixtures"), "run `make docs`"


@pytest.mark.parametrize("rule", [rule for _, rule in RULES], ids=[name for name, _ in RULES])
def test_page_names_defect_harm_and_cure(rule: Rule) -> None:
    assert 15 < len(rule.title) < 90
    assert rule.page.count("\n\n") >= 1, "say what goes wrong, then what to write instead"


def test_documents_name_files_that_exist() -> None:
    import re

    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
        for path in re.findall(r"`((?:verifier|rules|tests|docs)/[\w./]+)`", document.read_text("utf-8")):
            assert (ROOT / path).exists(), f"{document.name}: {path}"


def test_the_schema_of_records_is_fresh() -> None:
    assert (ROOT / "docs" / "schema" / "record.json").read_text("utf-8") == record_schema(), "run `make docs`"


def test_the_schema_of_what_agents_ask_is_fresh() -> None:
    assert (ROOT / "docs" / "schema" / "mcp.json").read_text("utf-8") == schema_text(), "run `make docs`"


def test_the_page_of_the_store_is_fresh() -> None:
    assert (ROOT / "docs" / "store.md").read_text("utf-8") == store_page(), "run `make docs`"


@pytest.mark.parametrize("name", ["manifest", "batch", "study"])
def test_the_schemas_of_batches_are_fresh(name: str) -> None:
    assert (ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8") == batch_schemas()[name], "run `make docs`"


def test_what_is_shown_of_models_is_what_is_printed(buttress: Buttress) -> None:
    shown = (ROOT / "docs" / "models.md").read_text("utf-8").partition("```text\n")[2].partition("```")[0].splitlines()
    assert shown[0].startswith("$ buttress facts models fixtures/apps/fastapi")
    printed = buttress("facts", "models", ROOT / "fixtures" / "apps" / "fastapi").out.splitlines()
    wanted = [line for line in shown[1:] if line != "..."]
    places = [printed.index(line, printed.index(wanted[0])) for line in wanted]
    assert places == sorted(places)
