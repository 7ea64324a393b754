"""Mutants of the reference backends that lose their tables or pass their mapper by, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Buttress
from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.run import applied
from tests.test_apps import ALL
from tests.verdicts.projects import verdicts
from tests.verdicts.test_verdicts import QUERIES, SCHEMA

OPTIONS = {app.name: app.options for app in ALL}
TABLES = [mutant for mutant in MUTANTS if mutant.operator in ("drop_create_tables", "drop_migration")]
BY_HAND = [mutant for mutant in MUTANTS if mutant.name in ("flask-unknown-alias", "django-lost-parameter")]


@pytest.mark.parametrize("mutant", TABLES, ids=lambda mutant: mutant.name)
def test_lost_tables(buttress: Buttress, mutant: Mutant, tmp_path: Path) -> None:
    place = applied(mutant.app, mutant, tmp_path)
    assert verdicts(buttress, place, *OPTIONS[mutant.app])[SCHEMA][0] is False
    found = json.loads(buttress("check", place, "--isolated", "--select", "startup", "--format", "json").out)[
        "findings"
    ]
    # Migrations may be run by hand beforehand: of them, the rule says nothing.
    expected = ["startup/missing-table-creation"] if mutant.operator == "drop_create_tables" else []
    assert [finding["rule"] for finding in found] == expected


@pytest.mark.parametrize("mutant", BY_HAND, ids=lambda mutant: mutant.name)
def test_sql_of_its_own(buttress: Buttress, mutant: Mutant, tmp_path: Path) -> None:
    place = applied(mutant.app, mutant, tmp_path)
    compliant, evidence = verdicts(buttress, place, *OPTIONS[mutant.app])[QUERIES["SQLAlchemy"]]
    assert compliant is False
    assert "`sqlalchemy.text` sends SQL of its own" in evidence
