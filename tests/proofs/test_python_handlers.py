"""What the rules on handlers of the Python frameworks claim, shown by these: the fixtures are served, and asked."""

from __future__ import annotations

from tests.proofs.python import Asked, ask, get

MEMBER = {"Authorization": "Token x"}


def test_views_of_flask_that_take_other_names_fail() -> None:
    found = ask(
        "flask/parameter-mismatch",
        "bad",
        "app",
        get("/films/casablanca"),
        Asked("DELETE", "/films/casablanca/reviews/7", headers=MEMBER),
        get("/films/casablanca/reviews"),
        get("/search"),
        Asked("PUT", "/actors/bogart"),
        get("/actors/bogart"),
    )
    assert found.statuses == [500, 500, 500, 500, 500, 200]
    assert "TypeError: film() got an unexpected keyword argument 'slug'" in found.log
    assert "TypeError: delete_review() got an unexpected keyword argument 'review_id'" in found.log
    assert "TypeError: search() missing 1 required positional argument: 'text'" in found.log


def test_views_of_flask_that_take_what_they_are_given_answer() -> None:
    found = ask(
        "flask/parameter-mismatch",
        "good",
        "app",
        get("/films/casablanca"),
        Asked("DELETE", "/films/casablanca/reviews/7", headers=MEMBER),
        get("/films/casablanca/reviews"),
        get("/films/casablanca/poster"),
        get("/pages"),
        get("/pages/2"),
        get("/search"),
        Asked("PUT", "/actors/bogart"),
        get("/actors/bogart"),
    )
    assert found.statuses == [200] * 9


def test_views_of_django_that_take_other_names_fail() -> None:
    found = ask(
        "django/parameter-mismatch",
        "bad",
        "lending.settings",
        get("/books/dune"),
        get("/loans/7"),
        Asked("DELETE", "/loans/7"),
        get("/search"),
        get("/shelves/7"),
        get("/readers/7"),
        Asked("POST", "/readers/7/remind"),
        get("/readers"),
    )
    assert found.statuses == [500] * 7 + [200]
    assert "TypeError: book() got an unexpected keyword argument 'slug'" in found.log
    assert "got an unexpected keyword argument 'pk'" in found.log
    assert "TypeError: search() missing 1 required positional argument: 'text'" in found.log


def test_views_of_django_that_take_what_they_are_given_answer() -> None:
    found = ask(
        "django/parameter-mismatch",
        "good",
        "lending.settings",
        get("/books/dune"),
        get("/newest"),
        get("/loans/7"),
        Asked("DELETE", "/loans/7"),
        get("/search"),
        get("/shelves/7"),
        get("/readers/7"),
        Asked("POST", "/readers/7/remind"),
        get("/cards/7"),
        get("/readers"),
    )
    assert found.statuses == [200] * 10
