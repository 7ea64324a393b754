"""All JSON that Buttress prints is what docs/schema/ says."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import Buttress

ROOT = Path(__file__).parent.parent
BAD = sorted(path for path in (ROOT / "fixtures").glob("*/*/bad"))
KINDS = ["routes", "imports", "layers", "calls", "startup", "models", "queries"]


@cache
def schema(name: str) -> jsonschema.Draft202012Validator:
    """What holds a document against a schema."""
    found = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


@pytest.mark.parametrize("folder", BAD, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_check(buttress: Buttress, folder: Path) -> None:
    patch = folder / "change.patch"
    given = ("--patch", patch) if patch.is_file() else ()
    data = json.loads(buttress("check", folder, *given, "--format", "json").out)
    schema("check").validate(data)
    assert data["findings"]


@pytest.mark.parametrize("kind", KINDS)
def test_facts(buttress: Buttress, kind: str) -> None:
    folder = ROOT / "fixtures" / "apps" / "fastapi"
    data = json.loads(buttress("facts", kind, folder, "--format", "json").out)
    schema(f"facts-{kind}").validate(data)
    assert any(data[key] for key in data if key != "schema_version")


def test_each_schema_is_listed() -> None:
    page = (ROOT / "docs" / "schema" / "index.md").read_text("utf-8")
    assert [path.name for path in (ROOT / "docs" / "schema").glob("*.json") if f"]({path.name})" not in page] == []
