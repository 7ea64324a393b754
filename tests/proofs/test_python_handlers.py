"""What the rules on handlers of the Python frameworks claim, shown by these: the fixtures are served, and asked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.frameworks.older import available, with_packages
from tests.proofs.python import FIXTURES, Asked, ask, get

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


JSON = {"Content-Type": "application/json"}


def test_flask_refuses_a_request_whose_body_is_not_there() -> None:
    asked = (
        Asked("POST", "/api/concerts", '{"name": "x"}', JSON),
        Asked("DELETE", "/api/concerts/1", headers=JSON),
        Asked("POST", "/api/concerts/1/like", headers={**JSON, **MEMBER}),
        Asked("DELETE", "/api/concerts/1/like", headers=JSON),
        Asked("DELETE", "/api/concerts/1"),
    )
    assert ask("flask/absent-body", "bad", "app", *asked).statuses == [201, 400, 400, 400, 415]
    assert ask("flask/absent-body", "good", "app", *asked).statuses == [201, 200, 200, 200, 200]
    older = ("flask==2.0.3", "werkzeug<2.1")
    assert ask("flask/absent-body", "bad", "app", *asked, packages=older).statuses == [201, 400, 400, 400, 200]


def test_handlers_of_aiohttp_fail_on_a_body_that_is_not_there() -> None:
    asked = (
        Asked("POST", "/beds/1/patient", "{}", JSON),
        Asked("DELETE", "/beds/1/patient", headers=JSON),
        Asked("POST", "/beds/1/cleaning", headers=JSON),
    )
    bad = ask("aiohttp/absent-body", "bad", "clinic", *asked)
    assert bad.statuses == [201, 500, 500]
    assert "JSONDecodeError: Expecting value" in bad.log
    assert ask("aiohttp/absent-body", "good", "clinic", *asked).statuses == [201, 200, 200]


def test_views_of_django_fail_on_a_body_that_is_not_there() -> None:
    asked = (
        Asked("POST", "/books/dune/loan", "{}"),
        Asked("DELETE", "/books/dune/loan"),
        Asked("POST", "/books/dune/star"),
    )
    bad = ask("django/absent-body", "bad", "lending.settings", *asked)
    assert bad.statuses == [201, 500, 500]
    assert "JSONDecodeError: Expecting value" in bad.log
    assert ask("django/absent-body", "good", "lending.settings", *asked).statuses == [201, 200, 200]


def test_fastapi_refuses_a_request_without_the_body_that_a_parameter_is() -> None:
    asked = (
        Asked("POST", "/pallets", '{"weight": 1}', JSON),
        Asked("DELETE", "/pallets/1", headers=JSON),
        Asked("POST", "/pallets/1/lock", headers=JSON),
        Asked("DELETE", "/pallets/1/lock", headers=JSON),
        get("/pallets/1"),
    )
    assert ask("fastapi/absent-body", "bad", "main", *asked).statuses == [200, 422, 500, 422, 405]
    assert ask("fastapi/absent-body", "good", "main", *asked).statuses == [200] * 5


def test_flask_cannot_write_what_is_no_json() -> None:
    setup = "import app as made\nwith made.app.app_context():\n    made.db.create_all()\n"
    setup += "    made.db.session.add(made.Film(id=1, title='Ran', actors=[made.Actor(id=1)]))\n"
    setup += "    made.db.session.commit()\n"
    paths = "/films/1 /films /films/1/dict /films/1/actors /titles /seats /prices /lengths /now".split()
    bad = ask("flask/unserializable", "bad", "app", *map(get, paths), before=setup)
    assert bad.statuses == [500] * 9
    for kind in ("Film", "method", "InstrumentedList", "set", "Seat", "Price", "timedelta", "datetime"):
        assert f"TypeError: Object of type {kind} is not JSON serializable" in bad.log or kind == "InstrumentedList"
    paths = "/films/1 /films /plain /now".split()
    assert ask("flask/unserializable", "good", "app", *map(get, paths), before=setup).statuses == [200] * 4


def test_aiohttp_cannot_write_what_is_no_json() -> None:
    paths = "/patients/newest /patients/newest/details /bill".split()
    bad = ask("aiohttp/unserializable", "bad", "clinic", *map(get, paths))
    assert bad.statuses == [500] * 3
    for kind in ("Patient", "datetime", "Decimal"):
        assert f"TypeError: Object of type {kind} is not JSON serializable" in bad.log
    assert ask("aiohttp/unserializable", "good", "clinic", *map(get, paths)).statuses == [200] * 3


def test_a_response_that_is_made_by_hand_cannot_write_what_is_no_json() -> None:
    paths = "/pallets/heaviest /pallets/key /now".split()
    assert ask("fastapi/unserializable", "bad", "main", *map(get, paths)).statuses == [500] * 3
    assert ask("fastapi/unserializable", "good", "main", *map(get, paths)).statuses == [200] * 3


def test_django_cannot_write_what_is_no_json() -> None:
    setup = "from django.core.management import call_command\ncall_command('migrate', verbosity=0)\n"
    setup += "from lending.models import Book\nfrom datetime import datetime\n"
    setup += "Book.objects.create(pk=1, title='Dune', bought=datetime(2024, 1, 1))\n"
    paths = "/books/1 /books /titles /dates /rest/1 /list".split()
    bad = ask("django/unserializable", "bad", "lending.settings", *map(get, paths), before=setup)
    assert bad.statuses == [500] * 6
    for kind in ("Book", "QuerySet", "set", "datetime"):
        assert f"TypeError: Object of type {kind} is not JSON serializable" in bad.log
    assert "set the safe parameter to False" in bad.log
    good = ask("django/unserializable", "good", "lending.settings", *map(get, paths), before=setup)
    assert good.statuses == [200] * 6


def test_fastapi_refuses_what_its_response_model_does_not_take() -> None:
    paths = "/pallets/1 /rows/1 /pallets /short /dicts/1 /many".split()
    assert ask("fastapi/response-mismatch", "bad", "main", *map(get, paths)).statuses == [500] * 6
    older = ("fastapi==0.95.2", "pydantic<2", "httpx<0.28")
    assert ask("fastapi/response-mismatch", "bad", "main", *map(get, paths), packages=older).statuses == [500] * 6
    paths = "/pallets/1 /rows/1 /loose/1 /pallets /heavier /nested /raw /anything /open".split()
    assert ask("fastapi/response-mismatch", "good", "main", *map(get, paths)).statuses == [200] * 9


def test_django_refuses_what_brings_no_token_of_a_form() -> None:
    asked = (Asked("POST", "/books", "{}"), Asked("POST", "/loans", "{}"), get("/books"))
    bad = ask("django/forgery-protection", "bad", "lending.settings", *asked)
    assert bad.statuses == [403, 403, 200]
    assert "CSRF verification failed" in bad.bodies[0]
    more = [Asked("POST", path, "{}") for path in ("/books", "/loans", "/returns", "/rest")]
    good = ask("django/forgery-protection", "good", "lending.settings", *more)
    assert good.statuses == [201, 200, 200, 200]


def start(rule: str, kind: str, module: str, packages: tuple[str, ...] = ()) -> str:
    """What is written where a fixture's module is imported."""
    if packages and (reason := available(packages)) is not None:
        pytest.skip(reason)
    framework, name = rule.split("/")
    command = [*with_packages(packages), "python"] if packages else [sys.executable]
    done = subprocess.run(
        [*command, "-W", "ignore", "-c", f"import {module}"],
        cwd=FIXTURES / framework / name.replace("-", "_") / kind,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


def test_a_blueprint_takes_no_views_once_it_is_registered() -> None:
    assert "AssertionError: The setup method 'get' can no longer be called" in start("flask/late-route", "bad", "app")
    older = ("flask==2.2.5", "werkzeug<2.3")
    assert ask("flask/late-route", "bad", "app", get("/halls/"), packages=older).statuses == [404]
    assert ask("flask/late-route", "good", "app", get("/halls/")).statuses == [200]


def test_a_router_was_copied_when_it_was_included() -> None:
    older = ("fastapi==0.115.6", "httpx<0.28")
    asked = (get("/pallets/1"), Asked("DELETE", "/pallets/1"))
    assert ask("fastapi/late-route", "bad", "main", *asked, packages=older).statuses == [200, 405]
    assert ask("fastapi/late-route", "bad", "main", *asked).statuses == [
        200,
        200,
    ]  # as the rule says: newer ones do not
    assert ask("fastapi/late-route", "good", "main", get("/pallets/1"), packages=older).statuses == [200]


@pytest.mark.parametrize("packages", [(), ("fastapi==0.115.6", "httpx<0.28"), ("fastapi==0.95.2", "httpx<0.28")])
def test_nothing_but_the_lifespan_runs_at_the_start(packages: tuple[str, ...]) -> None:
    bad = ask("fastapi/ignored-startup", "bad", "main", get("/opened"), packages=packages)
    assert bad.bodies == ['["lifespan"]']
    good = ask("fastapi/ignored-startup", "good", "main", get("/opened"), packages=packages)
    assert good.bodies == ['["tables"]']


def test_a_plain_function_cannot_be_awaited_at_the_start() -> None:
    folder = FIXTURES / "aiohttp" / "synchronous_hook"
    code = "import asyncio, clinic\nclinic.app.freeze()\nasyncio.run(clinic.app.startup())"
    ends = []
    for kind in ("bad", "good"):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], cwd=folder / kind, capture_output=True, text=True, check=False
        )
        ends.append(done.stderr.strip().splitlines()[-1:])
    assert ends == [["TypeError: object NoneType can't be used in 'await' expression"], []]


def test_a_model_reads_attributes_only_where_it_says_so() -> None:
    folder = FIXTURES / "pydantic" / "attributes_not_read"
    paths = ("/pallets/1", "/older/1", "/many")
    bad = ask("fastapi/absent-body", "bad", "main", *map(get, paths), folder=folder / "bad")
    assert bad.statuses == [500] * 3
    good = ask("fastapi/absent-body", "good", "main", get("/pallets/1"), get("/plain/1"), folder=folder / "good")
    assert good.statuses == [200] * 2


def test_a_view_of_flask_has_to_return_an_answer() -> None:
    asked = (get("/films"), Asked("POST", "/films"), get("/films/x"), get("/best"), Asked("DELETE", "/actors"))
    bad = ask("flask/no-answer", "bad", "app", *asked, get("/films/ran"))
    assert bad.statuses == [500] * 5 + [200]
    assert "TypeError: The view function for 'films' did not return a valid response." in bad.log
    paths = "/films /wrapped /films/ran /films/x /both /tried /raised".split()
    good = ask("flask/no-answer", "good", "app", *map(get, paths))
    assert good.statuses == [200, 200, 200, 404, 200, 200, 204]


def test_a_handler_of_aiohttp_has_to_return_a_response() -> None:
    asked = (get("/patients"), Asked("POST", "/patients"), Asked("DELETE", "/patients"))
    bad = ask("aiohttp/no-answer", "bad", "clinic", *asked)
    assert bad.statuses == [500] * 3
    assert "Missing return statement on request handler" in bad.log
    good = ask("aiohttp/no-answer", "good", "clinic", get("/patients"), Asked("DELETE", "/patients"), get("/stream"))
    assert good.statuses == [200, 204, 200]


def test_a_view_of_django_has_to_return_a_response() -> None:
    bad = ask("django/no-answer", "bad", "lending.settings", *map(get, ("/books", "/loans", "/made", "/loans?all=1")))
    assert bad.statuses == [500, 500, 500, 200]
    assert "didn't return an HttpResponse object. It returned None instead" in bad.log
    good = ask("django/no-answer", "good", "lending.settings", *map(get, ("/books", "/loans", "/loans?all=x")))
    assert good.statuses == [200, 200, 422]


def test_a_model_needs_its_fields() -> None:
    folder = FIXTURES / "pydantic" / "field_not_given"
    paths = ("/crew", "/ships/a", "/tankers/a", "/ports/a")
    bad = ask("fastapi/absent-body", "bad", "main", *map(get, paths), folder=folder / "bad")
    assert bad.statuses == [500] * 4
    good = ask("fastapi/absent-body", "good", "main", *map(get, (*paths, "/others", "/tried")), folder=folder / "good")
    assert good.statuses == [200] * 6
    code = "import sys\nfrom main import Crew, Ship, Tanker\nprint(sys.argv)\n"
    told = []
    for call in ("Crew('Ann')", "Ship(name='a', length=20)", "Tanker(name='a', length=20, flag=None)"):
        done = subprocess.run(
            [sys.executable, "-c", code + call], cwd=folder / "bad", capture_output=True, text=True, check=False
        )
        told.append(done.stderr.strip().splitlines())
    assert told[0][-1] == "TypeError: BaseModel.__init__() takes 1 positional argument but 2 were given"
    for lines, name in zip(told[1:], ("Ship", "Tanker"), strict=True):
        assert any(line.endswith(f"1 validation error for {name}") for line in lines)
        assert any("Field required" in line for line in lines)
