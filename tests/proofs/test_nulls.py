"""What the rule on columns that hold NULL claims, shown by FastAPI, pydantic and SQLAlchemy: the fixtures are asked."""

from __future__ import annotations

import json

from tests.proofs.python import FIXTURES, Asked, ask, get

FOLDER = FIXTURES / "orm" / "null_refused"
JSON = {"content-type": "application/json"}


def post(path: str, **body: object) -> Asked:
    """A request with JSON."""
    return Asked("POST", path, json.dumps(body), JSON)


def test_null_is_refused_by_models_that_do_not_take_it() -> None:
    keeper, animal = post("/keepers", name="Ada"), post("/animals", name="Rex", keeper_id=1)
    paths = ("/keepers", "/keepers/1/card", "/keepers/1/record", "/animals")
    bad = ask("fastapi/null-refused", "bad", "main", keeper, animal, *map(get, paths), folder=FOLDER / "bad")
    assert bad.statuses == [201, 201, 500, 500, 500, 500]


def test_what_is_given_a_value_or_takes_null_is_answered() -> None:
    keeper, animal = post("/keepers", name="Ada"), post("/animals", name="Rex", species="dog", keeper_id=1)
    paths = ("/keepers", "/keepers/1/spoken", "/keepers/1/card", "/reachable", "/keepers/1/record", "/animals")
    good = ask("fastapi/null-refused", "good", "main", keeper, animal, *map(get, paths), folder=FOLDER / "good")
    assert good.statuses == [201, 201, *[200] * 6]
