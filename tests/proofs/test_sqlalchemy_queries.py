"""What rules say of queries is what SQLAlchemy itself does with them: it refuses bad ones and runs good ones."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sqlalchemy"
ASK = """
import inspect, json, sys, warnings
warnings.simplefilter("ignore")
import models, queries
from sqlalchemy.orm import Session, configure_mappers
configure_mappers()
models.Base.metadata.create_all(models.engine)
with Session(models.engine) as session:
    ann, bob = models.Author(name="ann", email="a@x"), models.Author(name="bob", active=False)
    session.add_all([ann, bob])
    session.flush()
    for author, title in ((ann, "A"), (ann, "B"), (bob, "C")):
        session.add(models.Book(title=title, author=author))
    session.commit()
said = {}
for name, function in list(vars(queries).items()):
    if not inspect.isfunction(function) or function.__module__ != "queries":
        continue
    with Session(models.engine) as session:
        given = {"name": "ann", "title": "a"}
        arguments = [given[one] for one in inspect.signature(function).parameters if one in given]
        try:
            found = function(session, *arguments)
            shown = [[book.title for book in one.books] if hasattr(one, "books") else str(one) for one in found or ()] \
                if isinstance(found, list) else str(found)
            said[name] = ["", shown]
        except Exception as error:
            said[name] = [type(error).__name__, str(error)]
print(json.dumps(said))
"""
# The errors that the library raises, by rule and function; what is not named here runs.
REFUSED = {
    "in_without_list": dict.fromkeys(("by_name", "by_id", "of_author", "not_by_id"), "ArgumentError"),
    "unknown_column": {
        "by_table": "AttributeError",
        "by_alias": "AttributeError",
        "by_subquery": "AttributeError",
        "added": "CompileError",
        "renamed": "CompileError",
        "on_conflict": "OperationalError",
    },
    "unknown_filter_keyword": dict.fromkeys(("by_title", "first_of", "joined"), "InvalidRequestError"),
    "relationship_misused": {
        **dict.fromkeys(("by_author", "with_books"), "InvalidRequestError"),
        **dict.fromkeys(("by_name", "titled"), "AttributeError"),
    },
    "relationship_compared_with_id": dict.fromkeys(("of_first", "of_author"), "ArgumentError"),
    "join_without_path": {
        "shelved": "InvalidRequestError",
        "with_author": "AmbiguousForeignKeysError",
        "in_core": "NoForeignKeysError",
    },
    "loader_option": {
        "with_name": "LoaderStrategyException",
        "with_text": "ArgumentError",
        "of_another": "ArgumentError",
        "in_another_order": "ArgumentError",
    },
    "missing_unique": dict.fromkeys(("everyone", "one", "deep", "joined"), "InvalidRequestError"),
    "select_with_list": dict.fromkeys(("names", "titles"), "ArgumentError"),
}


@cache
def said(rule: str, kind: str) -> dict[str, tuple[str, object]]:
    folder = FIXTURES / rule / kind
    ran = subprocess.run([sys.executable, "-c", ASK], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, tuple[str, object]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("rule", REFUSED)
def test_bad_ones_are_refused(rule: str) -> None:
    errors = {name: error for name, (error, _) in said(rule, "bad").items() if error}
    assert errors == REFUSED[rule]


@pytest.mark.parametrize("rule", [*REFUSED, "python_operator", "eager_without_join", "limit_over_joined_rows"])
def test_good_ones_run(rule: str) -> None:
    assert {name: error for name, (error, _) in said(rule, "good").items() if error} == {}


def rows(rule: str, kind: str, function: str) -> object:
    error, found = said(rule, kind)[function]
    assert error == ""
    return found


def test_operators_that_python_answers_are_not_in_the_sql() -> None:
    assert rows("python_operator", "bad", "without_email") == []
    assert rows("python_operator", "good", "without_email") == [["C"]]
    assert rows("python_operator", "bad", "with_email") == [["A", "B"], ["C"]]
    assert rows("python_operator", "good", "with_email") == [["A", "B"]]
    assert rows("python_operator", "bad", "inactive") == []
    assert rows("python_operator", "good", "inactive") == [["C"]]
    assert rows("python_operator", "bad", "several") == []
    assert len(str(rows("python_operator", "good", "either"))) > 2


def test_without_a_join_objects_get_the_relatives_of_others() -> None:
    assert rows("eager_without_join", "good", "with_books") == [["A", "B"], ["C"]]
    assert rows("eager_without_join", "bad", "with_books") != [["A", "B"], ["C"]]
    good, bad = rows("eager_without_join", "good", "with_authors"), rows("eager_without_join", "bad", "with_authors")
    assert isinstance(good, list) and isinstance(bad, list) and len(bad) > len(good) == 3


def test_a_limit_counts_joined_rows() -> None:
    assert rows("limit_over_joined_rows", "good", "page") == [["A", "B"], ["C"]]
    assert rows("limit_over_joined_rows", "bad", "page") == [["A", "B"]]
