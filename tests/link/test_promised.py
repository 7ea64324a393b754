"""What gives a coroutine for sure."""

from __future__ import annotations

import pytest

from tests.conftest import Write
from verifier.session import Options, open_session

APP = """
from fastapi import FastAPI

app = FastAPI()


async def work():
    print("done")


def start(later):
    {body}


@app.get("/up")
def up(later: bool):
    start(later)
    return {{}}
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return work()", True),
        ("if later:\n        return work()\n    return work()", True),
        ("if later:\n        return work()", False),
        ("if later:\n        return work()\n    else:\n        print(1)", False),
        ("if later:\n        return work()\n    raise ValueError", True),
    ],
)
def test_a_function_that_may_give_nothing(write: Write, body: str, told: bool) -> None:
    facts = open_session(Options(write({"main.py": APP.format(body=body)}), quiet=True, cache=False)).facts
    assert [late.name for late in facts.promised if late.idle and late.is_used("discarded")] == ["start"] * told
