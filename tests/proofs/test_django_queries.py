"""What the rules on Django's queries claim, shown by Django itself: each function of the fixtures is called."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.test_django_orm import run
from tests.test_fixtures import FIXTURES

SCRIPT = """
import inspect, json
from django.core.management import call_command
from django.db import models, transaction
call_command("migrate", run_syncdb=True, verbosity=0)
from shop import queries
from shop.models import Author, Book, Review, Tag

author = Author.objects.create(name="x")
tag = Tag.objects.create(name="t")
book = Book.objects.create(title="Emma", author=author)
review = Review.objects.create(book=book, reader=author, stars=1)
for stars in (2, 3):
    Review.objects.create(book=book, reader=author, stars=stars)
book.tags.add(tag, Tag.objects.create(name="u"))
Book.objects.create(title="Other", author=author, pages=3)
known = {"author": author, "tag": tag, "book": book, "review": review, "books": [book], "number": 1, "kinds": ["x"]}


def plain(value):
    rows = value if isinstance(value, (list, models.QuerySet)) else [value]
    return [{k: str(v) for k, v in vars(row).items() if k != "_state"} for row in rows if isinstance(row, models.Model)]


found = {}
for name, function in vars(queries).items():
    if inspect.isfunction(function) and function.__module__ == "shop.queries":
        given = [known.get(parameter, "x") for parameter in inspect.signature(function).parameters]
        try:
            with transaction.atomic():
                found[name] = ["", plain(function(*given))]
                transaction.set_rollback(True)
        except Exception as error:
            found[name] = [f"{type(error).__name__}: {error}", []]
print(json.dumps(found))
"""


def outcomes(rule: str, kind: str, tmp_path: Path) -> dict[str, Any]:
    """What each function of a fixture raises, and the objects that it gives."""
    folder = tmp_path / kind
    shutil.copytree(FIXTURES / "django_orm" / rule / kind, folder, ignore=shutil.ignore_patterns("__pycache__"))
    code, said = run(folder, "-c", SCRIPT)
    assert code == 0, said
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


REFUSED = {
    "unknown_lookup": ("FieldError: Cannot resolve keyword", "FieldError: Unsupported lookup"),
    "unknown_field": (
        "FieldDoesNotExist: Book has no field named",
        "FieldError: Cannot update model field",
        "FieldError: Invalid field name(s) for model Author: 'nick'.",
        "ValueError: The following fields do not exist in this model",
    ),
    "unknown_related": (
        "FieldError: Invalid field name(s) given in select_related",
        "FieldError: Non-relational field given in select_related: 'title'",
        "AttributeError: Cannot find 'review_set' on Book object",
        "ValueError: 'pages' does not resolve to an item that supports prefetching",
    ),
    "step_out_of_order": (
        "TypeError: Cannot filter a query once a slice has been taken.",
        "TypeError: Cannot reorder a query once a slice has been taken.",
        "TypeError: Cannot reverse a query once a slice has been taken.",
        "TypeError: Cannot use 'limit' or 'offset' with delete().",
        "TypeError: Cannot update a query once a slice has been taken.",
        "NotSupportedError: Calling QuerySet.filter() after union() is not supported.",
        "TypeError: Cannot call select_related() after .values() or .values_list()",
    ),
    "wrong_value": (
        'ValueError: Cannot query "Tag object (1)": Must be "Author" instance.',
        "ValueError: Field 'id' expected a number but got 'latest'.",
        "ValueError: Cannot use None as a query value",
        "ValueError: The QuerySet value for an exact lookup must be limited to one result using slicing.",
        'ValueError: Cannot use QuerySet for "Book": Use a QuerySet for "Author".',
        "TypeError: Cannot filter against a non-conditional expression.",
        "TypeError: 'Tag' instance expected, got <Author: Author object (1)>",
        'ValueError: Cannot assign "1": "Review.book" must be a "Book" instance.',
    ),
    "unsupported_by_database": (
        "NotSupportedError: contains lookup is not supported on this database backend.",
        "NotSupportedError: contained_by lookup is not supported on this database backend.",
        "NotSupportedError: DISTINCT ON fields is not supported by this database backend",
    ),
    "annotation_clash": ("ValueError: The annotation '",),
    "joined_update": ("FieldError: Joined field references are not permitted in this query",),
    "missing_manager_method": ("AttributeError: 'RelatedManager' object has no attribute",),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_django_refuses(rule: str, tmp_path: Path) -> None:
    bad = outcomes(rule, "bad", tmp_path)
    unsaid = {name: said for name, (said, _) in bad.items() if not said.startswith(REFUSED[rule])}
    assert unsaid == {}
    shown = [text for text in REFUSED[rule] if not any(said.startswith(text) for said, _ in bad.values())]
    assert shown == []
    good = outcomes(rule, "good", tmp_path)
    assert {name: said for name, (said, _) in good.items() if said} == {}


def test_aggregates_multiply_each_other(tmp_path: Path) -> None:
    bad = outcomes("inflated_aggregate", "bad", tmp_path)
    emma = next(row for row in bad["popular"][1] if row["title"] == "Emma")
    assert (emma["review_count"], emma["tag_count"]) == ("6", "6")
    assert bad["busy"][1][0]["total"] == "12"  # of two books with one and three pages, three reviews
    good = outcomes("inflated_aggregate", "good", tmp_path)
    emma = next(row for row in good["popular"][1] if row["title"] == "Emma")
    assert (emma["review_count"], emma["tag_count"]) == ("3", "2")
    emma = next(row for row in good["liked"][1] if row["title"] == "Emma")
    assert (emma["mean"], emma["tag_count"]) == ("2.0", "2")
