"""What the rules on results that were not fetched, and on rows taken for numbers, claim, shown by the libraries."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import CursorResult, ScalarResult
from sqlalchemy.orm import Query

from tests.proofs.python import FIXTURES, ask, get
from verifier.packs import load_book

FERRIES = FIXTURES / "sqlalchemy" / "result_not_fetched"
COUNTS = ("/any", "/pages", "/total")


def test_a_result_is_none_of_what_it_fetches() -> None:
    paths = ("/ferries/1", "/ferries/1/first", "/ferries/1/queried", "/any", "/many", "/total")
    bad = ask("flask/result", "bad", "main", *map(get, paths), folder=FERRIES / "bad")
    assert bad.statuses == [500] * 6
    good = ask("flask/result", "good", "main", *map(get, (*paths, "/tried")), folder=FERRIES / "good")
    assert good.statuses == [200] * 7


def test_the_rule_knows_what_results_and_queries_have() -> None:
    module = load_book().rules["sqlalchemy/result-not-fetched"].check.__globals__
    for kind, known in ((CursorResult, "OF_RESULTS"), (ScalarResult, "OF_SCALARS"), (Query, "OF_QUERIES")):
        assert {name for name in dir(kind) if not name.startswith("_")} <= module[known]


@pytest.mark.parametrize("folder", ["lite", "mapped"])
def test_a_row_is_no_number(folder: str) -> None:
    home = FIXTURES / "orm" / "row_as_number"
    assert ask("fastapi/row", "bad", "main", *map(get, COUNTS), folder=home / "bad" / folder).statuses == [500] * 3
    assert ask("fastapi/row", "good", "main", *map(get, COUNTS), folder=home / "good" / folder).statuses == [200] * 3
