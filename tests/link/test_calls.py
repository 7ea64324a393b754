"""The calls below routes: which branches, methods and callbacks a request may run through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of

Reached = Callable[[str], set[str]]

HEAD = """
from fastapi import FastAPI
from sqlalchemy.orm import sessionmaker

sessions = sessionmaker()
app = FastAPI()


def one(): ...
def two(): ...


class Store:
    def __init__(self, session):
        self.session = session

    def has(self, key):
        return self.session.get(object, key) is not None

    def find(self, key):
        return self.session.get(object, key)


@app.get("/")
"""


@pytest.fixture
def reached(write: Write) -> Reached:
    """The project's functions that a handler reaches."""

    def find(handler: str) -> set[str]:
        facts = facts_of(write({"main.py": HEAD + handler}))
        return {call.callee.name for call in facts.calls.calls if call.callee is not None}

    return find


@pytest.mark.parametrize(
    "body",
    [
        "    if sessions().get(object, 1) is None:\n        one()\n    else:\n        two()\n",
        "    if not sessions().get(object, 1):\n        one()\n    else:\n        two()\n",
        "    if Store(sessions()).has(1):\n        one()\n    else:\n        two()\n",
        "    found = Store(sessions()).find(1)\n    one() if found is not None else two()\n",
        "    if (found := Store(sessions()).find(1)) is None:\n        return one()\n    two()\n",
        "    try:\n        one()\n        sessions().commit()\n    except ValueError:\n        two()\n",
        "    for _ in sessions().scalars(1):\n        one()\n    else:\n        two()\n",
        "    match key:\n        case 1:\n            one()\n        case _:\n            two()\n",
    ],
)
def test_both_ways_of_what_run_time_decides(reached: Reached, body: str) -> None:
    assert {"one", "two"} <= reached(f"def handler(key: int):\n{body}")


@pytest.mark.parametrize(
    ("declared", "test"),
    [
        ("key: int | None = None", "key is None"),
        ("key: str = 'a'", "key == 'a'"),
        ("flag: bool = False", "flag"),
    ],
)
def test_a_default_is_one_of_many_values(reached: Reached, declared: str, test: str) -> None:
    body = f"    if {test}:\n        one()\n    else:\n        two()\n"
    assert {"one", "two"} <= reached(f"def handler({declared}):\n{body}")


def test_what_is_known_decides(reached: Reached) -> None:
    body = "    store = Store(sessions())\n    if store is None:\n        one()\n    two()\n"
    assert reached(f"def handler():\n{body}") == {"Store.__init__", "two"}


def test_functions_that_are_handed_on(reached: Reached) -> None:
    assert {"one", "two"} <= reached(
        "def handler():\n    list(map(lambda key: one(), [1]))\n    sorted([1], key=two)\n"
    )


def test_recursion_ends(reached: Reached) -> None:
    body = (
        "    def down(tree):\n        one()\n        return [down(part) for part in tree.parts]\n"
        "    down(key)\n    two()\n"
    )
    assert {"one", "two"} <= reached(f"def handler(key: dict):\n{body}")


@pytest.mark.parametrize("default", ["Annotated[str | None, Header()] = None", 'str = Header("")', 'str = ""'])
def test_what_a_request_may_leave_out_of_a_dependency(default: str, write: Write) -> None:
    text = f"""
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def reader_of(token):
    return token


class Known:
    def __call__(self, authorization: {default}):
        if not authorization:
            raise HTTPException(401)
        return reader_of(authorization)


@app.get("/")
def handler(reader=Depends(Known())):
    return reader
"""
    facts = facts_of(write({"main.py": text}))
    assert "reader_of" in {call.callee.name for call in facts.calls.calls if call.callee is not None}


def test_what_django_runs_before_the_method_of_a_view(write: Write) -> None:
    text = """
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.views import View

settings.configure(ROOT_URLCONF=__name__)


class Shelf:
    def books(self):
        return []


def known(request): ...
def refused(): ...


class Base(View):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.shelf = Shelf()

    def dispatch(self, request, *args, **kwargs):
        known(request)
        return super().dispatch(request, *args, **kwargs)


class Books(Base):
    def get(self, request):
        return HttpResponse(self.shelf.books())


class Whole(View):
    def dispatch(self, request):
        return refused()


urlpatterns = [path("books", Books.as_view()), path("whole", Whole.as_view())]
"""
    facts = facts_of(write({"main.py": text}))
    books = facts.trace(next(route for route in facts.routes if route.path == "/books"))
    reached = {call.callee.name for call in books.calls if call.callee is not None and not call.creates}
    assert reached >= {"Base.setup", "Base.dispatch", "known", "Shelf.books"}
    assert "refused" not in reached


@pytest.mark.parametrize(
    "added",
    [
        "app.add_middleware(Counting)",
        "app.add_middleware(BaseHTTPMiddleware, dispatch=counting)",
        'app.middleware("http")(counting)',
    ],
)
def test_middleware_of_fastapi_is_run_before_a_route(added: str, write: Write) -> None:
    text = f"""
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware


def count(request): ...


async def counting(request, call_next):
    count(request)
    return await call_next(request)


class Counting(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        return await counting(request, call_next)


app = FastAPI()
{added}


@app.get("/")
def handler():
    return []
"""
    facts = facts_of(write({"main.py": text}))
    assert "count" in {call.callee.name for call in facts.calls.calls if call.callee is not None}


def test_what_stands_in_for_a_class_in_tests_fills_no_interface(write: Write) -> None:
    files = {
        "ports.py": "from typing import Protocol\n\nclass Store(Protocol):\n    def load(self): ...\n",
        "stores.py": "from ports import Store\n\nclass Real(Store):\n    def load(self): ...\n",
        "tests/fakes.py": "from ports import Store\n\nclass Fake(Store):\n    def load(self): ...\n",
        "service.py": "from ports import Store\n\nclass Service:\n    def __init__(self, store: Store):\n"
        "        self.store = store\n\n    def run(self):\n        return self.store.load()\n",
        "main.py": "from fastapi import Depends, FastAPI\nfrom service import Service\n\napp = FastAPI()\n\n"
        "@app.get('/')\ndef handler(service: Service = Depends()):\n    return service.run()\n",
    }
    called = {str(call.callee) for call in facts_of(write(files)).calls.calls if call.callee is not None}
    assert "stores.py:Real.load" in called
    assert "tests/fakes.py:Fake.load" not in called
