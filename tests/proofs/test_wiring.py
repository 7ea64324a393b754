"""What comes of arguments, hooks and middleware that are put together wrongly, shown by the libraries themselves."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import jwt
import pytest

from rules.names._signatures import ELSEWHERE, SIGNATURES
from tests.proofs.node import Request, run_fixture, serve_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
FLASK = """
import json, sys
sys.path.insert(0, ".")
module = __import__(sys.argv[1])
for method, path in json.loads(sys.argv[2]):
    try:
        answer = module.app.test_client().open(path, method=method)
        print(json.dumps([answer.status_code, answer.get_data(as_text=True)]))
    except Exception as error:
        print(json.dumps([500, f"{type(error).__name__}: {error}"]))
"""
FASTAPI = """
import json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, ".")
from fastapi.testclient import TestClient
from main import app
client = TestClient(app, raise_server_exceptions=False)
for method, path in json.loads(sys.argv[1]):
    answer = client.request(method, path)
    print(json.dumps([answer.status_code, answer.text]))
"""
DJANGO = """
import json, os, sys
sys.path.insert(0, ".")
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"Authorization": "Token harbour"})
for path in json.loads(sys.argv[1]):
    print(json.dumps([client.get(path).status_code, ""]))
"""
AIOHTTP = """
import asyncio, json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, ".")
from aiohttp.test_utils import TestClient, TestServer
from app import create_app

async def main():
    async with TestClient(TestServer(create_app())) as client:
        for path in json.loads(sys.argv[1]):
            answer = await client.get(path)
            print(json.dumps([answer.status, await answer.text()]))

asyncio.run(main())
"""

Answers = list[tuple[int, str]]


def run(script: str, folder: Path, *arguments: str) -> Answers:
    """The answers that a script prints, run in a fixture."""
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [(status, text) for status, text in map(json.loads, done.stdout.splitlines())]


def flask(folder: Path, module: str, *requests: tuple[str, str]) -> Answers:
    """The answers of a Flask application."""
    return run(FLASK, folder, module, json.dumps(requests))


def node(folder: Path, *requests: Request, packages: str = "current") -> tuple[list[object], list[object], str]:
    """Statuses and texts of the answers of a program of Node, and what it wrote."""
    statuses, texts, written = serve_fixture(folder, list(requests), packages, {})
    return statuses, list(texts), written


def test_swapped_arguments_are_taken_for_each_other() -> None:
    folder = FIXTURES / "names" / "swapped_arguments"
    asked = (("POST", "/lockers/north?code=1234"), ("GET", "/lockers"))
    bad, good = (flask(folder / kind, "main", *asked) for kind in ("bad", "good"))
    assert [json.loads(text)["open"] for _, text in (bad[0], good[0])] == [False, True]
    assert [len(json.loads(text)["lockers"]) for _, text in (bad[1], good[1])] == [10, 3]
    asks: list[Request] = [("GET", "/orchestras/1/chairs/7"), ("GET", "/chairs")]
    told = [node(folder / kind, *asks)[1] for kind in ("bad", "good")]
    assert json.loads(str(told[0][0]))["chair"] is None
    assert json.loads(str(told[1][0]))["chair"]["player"] == "Ida"
    assert [len(json.loads(str(one[1]))["chairs"]) for one in told] == [0, 1]


def test_a_callback_without_return_gives_nothing() -> None:
    folder = FIXTURES / "names" / "callback_without_return"
    asks: list[Request] = [("GET", "/birds"), ("GET", "/tame")]
    bad, good = (node(folder / kind, *asks)[1] for kind in ("bad", "good"))
    assert [json.loads(str(one))["birds"] for one in bad] == [[None, None], []]
    assert json.loads(str(good[0]))["birds"] == [{"name": "wren"}, {"name": "kite"}]
    assert [one["name"] for one in json.loads(str(good[1]))["birds"]] == ["wren"]


def test_a_list_is_never_undefined() -> None:
    folder = FIXTURES / "names" / "list_compared_with_nothing"
    asks: list[Request] = [("GET", "/free/heron"), ("GET", "/free/wren")]
    assert [node(folder / kind, *asks)[0] for kind in ("bad", "good")] == [[409, 409], [200, 409]]


def test_answers_are_refused_for_their_arguments() -> None:
    folder = FIXTURES / "names" / "library_arguments"
    asked = json.dumps([("GET", "/kites/blue"), ("DELETE", "/kites/red")])
    assert [status for status, _ in run(FASTAPI, folder / "bad", asked)] == [500, 500]
    assert [status for status, _ in run(FASTAPI, folder / "good", asked)] == [404, 204]


@pytest.mark.parametrize("path", sorted(SIGNATURES))
def test_libraries_take_what_is_told_of_them(path: str) -> None:
    settings = importlib.import_module("django.conf").settings
    if not settings.configured:
        settings.configure()
    module, _, name = path.rpartition(".")
    made, declared = getattr(importlib.import_module(module), name), SIGNATURES[path]
    first: dict[str, object] = {declared.required: "ok"} if declared.required is not None else {}
    if declared.required == "status_code":
        first = {"status_code": 404}
    if name == "JsonResponse":
        first = {"data": {}}
    made(**first)
    if declared.required is not None:
        with pytest.raises(TypeError, match=f"missing 1 required positional argument: '{declared.required}'"):
            made()
    hidden = {"content"} if name == "JsonResponse" else set()  # given already, by the class itself
    for word in sorted(ELSEWHERE - set(declared.names) - hidden):
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{word}'"):
            made(**first, **{word: "ok"})


def test_a_method_is_not_its_result() -> None:
    folder = FIXTURES / "names" / "method_not_called"
    asked = (("GET", "/bells/first"), ("GET", "/bells/count"))
    bad = flask(folder / "bad", "main", *asked)
    assert [status for status, _ in bad] == [500, 500]
    assert flask(folder / "good", "main", *asked) == [(200, '{"bell":null}\n'), (200, '{"bells":0}\n')]


def test_headers_have_other_names() -> None:
    folder = FIXTURES / "auth" / "header_under_another_name"
    asks: list[Request] = [("GET", "/berths", None, {"Authorization": "Token harbour"})]
    assert [node(folder / kind / "node", *asks)[0] for kind in ("bad", "good")] == [[401], [200]]
    path = json.dumps(["/berths"])
    assert [run(DJANGO, folder / kind / "dock", path)[0][0] for kind in ("bad", "good")] == [401, 200]


def test_hono_does_not_chain() -> None:
    folder = FIXTURES / "hono" / "chained_answer"
    asks: list[Request] = [("POST", "/apples", '{"name": "Cox"}')]
    bad, good = (node(folder / kind, *asks) for kind in ("bad", "good"))
    assert (bad[0], good[0]) == ([500], [201])
    assert "Cannot read properties of undefined (reading 'json')" in bad[2]


def test_nothing_is_validated_without_a_validator() -> None:
    folder = FIXTURES / "hono" / "no_validator"
    asks: list[Request] = [("POST", "/apples/Cox", '{"weight": 90}')]
    assert [node(folder / kind, *asks)[0] for kind in ("bad", "good")] == [[500], [201]]


@pytest.mark.parametrize("packages", ["current", "previous"])
def test_koa_runs_middleware_in_its_order(packages: str) -> None:
    folder = FIXTURES / "koa" / "errors_caught_too_late"
    asks: list[Request] = [("GET", "/gates/9")]
    assert [node(folder / kind, *asks, packages=packages)[0] for kind in ("bad", "good")] == [[500], [404]]


@pytest.mark.parametrize("packages", ["current", "previous"])
def test_express_reaches_nothing_behind_what_answers_all(packages: str) -> None:
    folder = FIXTURES / "express" / "nothing_handed_on"
    asks: list[Request] = [("GET", "/loaves"), ("GET", "/nowhere")]
    told = [node(folder / kind, *asks, packages=packages)[0] for kind in ("bad", "good")]
    assert told == [[404, 404], [200, 404]]


def test_a_plugin_of_fastify_keeps_its_error_handler() -> None:
    folder = FIXTURES / "fastify" / "encapsulated_plugin"
    asks: list[Request] = [("GET", "/stones/slate")]
    assert [node(folder / kind, *asks)[0] for kind in ("bad", "good")] == [[500], [404]]


def test_flask_calls_its_hooks_with_arguments() -> None:
    folder = FIXTURES / "flask" / "hook_of_other_arity"
    asked = (("GET", "/books/none"), ("GET", "/books"))
    assert [status for status, _ in flask(folder / "bad", "app", *asked)] == [500, 500]
    assert [status for status, _ in flask(folder / "good", "app", *asked)] == [404, 200]


def test_middleware_of_aiohttp_is_marked() -> None:
    folder = FIXTURES / "aiohttp" / "unmarked_middleware"
    assert run(AIOHTTP, folder / "bad", '["/trams"]')[0][0] == 500
    assert run(AIOHTTP, folder / "good", '["/trams"]')[0][0] == 200


def test_a_key_of_aiohttp_has_to_be_set() -> None:
    folder = FIXTURES / "aiohttp" / "key_never_set"
    paths = '["/stops", "/lines"]'
    assert [[one[0] for one in run(AIOHTTP, folder / kind, paths)] for kind in ("bad", "good")] == [
        [500, 200],
        [200, 200],
    ]


def test_aiohttp_awaits_no_generator() -> None:
    folder = FIXTURES / "aiohttp" / "synchronous_hook" / "bad"
    code = "import asyncio, clinic\nclinic.later.freeze()\nasyncio.run(clinic.later.startup())"
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr.strip().endswith("TypeError: object async_generator can't be used in 'await' expression")


def test_fastapi_refuses_prefixes() -> None:
    from fastapi import APIRouter, FastAPI

    with pytest.raises(AssertionError, match="must not end with '/'"):
        APIRouter(prefix="/ponds/")
    with pytest.raises(AssertionError, match="must start with '/'"):
        FastAPI().include_router(APIRouter(), prefix="rivers")
    folder = FIXTURES / "fastapi" / "refused_prefix" / "good"
    asked = json.dumps([("GET", "/ponds/1"), ("GET", "/rivers/all")])
    assert [status for status, _ in run(FASTAPI, folder, asked)] == [200, 200]


def test_a_class_is_no_view() -> None:
    folder = FIXTURES / "django" / "view_not_made"
    assert [run(DJANGO, folder / kind, '["/lamps"]')[0][0] for kind in ("bad", "good")] == [500, 200]
    assert run(DJANGO, folder / "good", '["/here"]')[0][0] == 200


def test_pyjwt_takes_algorithms_alone() -> None:

    key = "the key of the harbour, long enough for it"
    token = jwt.encode({"sub": "Ann"}, key, algorithm="HS256")
    with pytest.raises((jwt.DecodeError, TypeError)), pytest.warns(DeprecationWarning, match="algorithm"):
        jwt.decode(token, key, algorithm="HS256")
    assert jwt.decode(token, key, algorithms=["HS256"])["sub"] == "Ann"


def test_a_claim_has_to_be_signed() -> None:
    folder = FIXTURES / "auth" / "claim_never_signed"
    ask = """
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const jwt = createRequire(import.meta.url)('jsonwebtoken')
const made = jwt.verify(jwt.sign({ id: 7 }, 'k', { expiresIn: '7d' }), 'k')
const other = jwt.verify(jwt.sign({ kind: 'guest' }, 'k', { expiresIn: '7d', subject: '7' }), 'k')
console.log(JSON.stringify([Number(made.sub), other.sub, Object.keys(made).sort()]))
"""
    assert run_fixture(folder / "bad" / "node", ask) == [[None, "7", ["exp", "iat", "id"]]]
    token = jwt.encode({"sub": "7"}, "the key of the lodge, long enough for it", algorithm="HS256")
    script = FLASK.replace("method=method)", f"method=method, headers={{'Authorization': {token!r}}})")
    asked = json.dumps([("GET", "/guest")])
    bad, good = (run(script, folder / kind / "lodge", "main", asked)[0][0] for kind in ("bad", "good"))
    assert (bad, good) == (500, 200)


def test_a_relationship_that_raises_has_to_be_loaded() -> None:
    folder = FIXTURES / "sqlalchemy" / "raising_relationship"
    asked = (("GET", "/parcels"), ("GET", "/letters"))
    assert [status for status, _ in flask(folder / "bad", "main", *asked)] == [500, 200]
    assert [text for _, text in flask(folder / "good", "main", *asked)] == ['{"senders":["Ida"]}\n'] * 2
