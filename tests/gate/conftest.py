"""What the tests of the gate share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import Buttress
from tests.gate.shop import SHOP, Repository
from tests.report.conftest import facts, many

__all__ = ["facts", "many"]  # fixtures of the reports

SCHEMA = json.loads((Path(__file__).parent.parent.parent / "docs" / "schema" / "check.json").read_text("utf-8"))
Rules = Callable[..., list[tuple[str, str, str]]]


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """The shop, committed."""
    repository = Repository(tmp_path / "shop")
    repository.write(SHOP)
    repository.commit("the shop")
    return repository


@pytest.fixture
def found(buttress: Buttress, shop: Repository) -> Rules:
    """The findings that count: path, rule and message."""

    def check(*arguments: str | Path, path: Path | None = None) -> list[tuple[str, str, str]]:
        data = json.loads(buttress("check", path or shop.root, *arguments, "--format", "json").out)
        jsonschema.validate(data, SCHEMA)
        return [(one["path"], one["rule"], one["message"]) for one in data["findings"]]

    return check
