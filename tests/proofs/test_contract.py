"""What the rules on bodies claim, shown by serving their fixtures: the answers differ from the contract as they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "contract"
Requests = list[tuple[str, str, object]]

FLASK = """
import json, sys
from app import app

for method, path, body in json.loads(sys.argv[1]):
    answer = app.test_client().open(path, method=method, json=body)
    print(json.dumps([answer.status_code, answer.get_json(silent=True)]))
"""
AIOHTTP = """
import asyncio, json, sys
from aiohttp.test_utils import TestClient, TestServer
from app import create_app

async def main():
    async with TestClient(TestServer(create_app())) as client:
        for method, path, body in json.loads(sys.argv[1]):
            answer = await client.request(method, path, json=body)
            print(json.dumps([answer.status, await answer.json()]))

asyncio.run(main())
"""
EXPRESS = """
const { app } = await import('./app.js')
const server = app.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
for (const [method, path, body] of REQUESTS) {
  const headers = body === null ? {} : { 'content-type': 'application/json' }
  const given = body === null ? undefined : JSON.stringify(body)
  const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method, headers, body: given })
  const text = await answer.text()
  let json = null
  try { json = JSON.parse(text) } catch {}
  console.log(JSON.stringify([answer.status, json]))
}
server.close()
"""


DJANGO = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "<module>.settings"
import django
django.setup()
from django.test import Client
for method, path, body in json.loads(sys.argv[1]):
    answer = Client().generic(method, path, "" if body is None else json.dumps(body), content_type="application/json")
    print(json.dumps([answer.status_code, answer.json()]))
"""


def ask_django(folder: Path, module: str, requests: Requests) -> list[Any]:
    """Status and JSON of the answers of a project on Django REST framework, by the package of its settings."""
    return ask_python(folder, DJANGO.replace("<module>", module), requests)


def ask_python(folder: Path, script: str, requests: Requests) -> list[Any]:
    """Status and JSON of the answers of a fixture in Python."""
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(requests)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask_express(folder: Path, requests: Requests) -> list[Any]:
    """Status and JSON of the answers of a fixture on Express."""
    return run_fixture(folder, EXPRESS.replace("REQUESTS", json.dumps(requests)))


def test_fields_are_missing() -> None:
    requests: Requests = [
        ("GET", "/api/patients/1", None),
        ("GET", "/api/patients", None),
        ("POST", "/api/patients", {"patient": {"name": "Bo"}}),
        ("GET", "/api/wards/1", None),
    ]
    one, several, admitted, ward = ask_python(FIXTURES / "missing_field" / "bad", FLASK, requests)
    assert one == [200, {"patient": {"id": 1, "name": "Ada", "doctor": {"name": "Grey"}}}]
    assert several[1].keys() == {"patients"}
    assert admitted[0] == 201
    assert "allergies" not in admitted[1]["patient"]
    assert ward == [200, {"ward": {"name": "North", "floor": 2}}]
    one, several, admitted, ward = ask_python(FIXTURES / "missing_field" / "good", FLASK, requests)
    assert one[1]["patient"].keys() == {"id", "name", "allergies", "doctor"}
    assert one[1]["patient"]["doctor"].keys() >= {"name", "specialty"}
    assert several[1].keys() == {"patients", "patientsCount"}
    assert ward[1]["ward"].keys() == {"name", "floor", "beds"}


def test_fields_have_other_names() -> None:
    requests: Requests = [("GET", "/parcels/7", None), ("GET", "/shelves", None)]
    parcel, shelves = ask_python(FIXTURES / "renamed_field" / "bad", AIOHTTP, requests)
    assert parcel[1]["parcel"].keys() == {"id", "stored_at", "weight_in_grams", "keeper"}
    assert "freeSpace" not in shelves[1]["shelves"][0]
    parcel, shelves = ask_python(FIXTURES / "renamed_field" / "good", AIOHTTP, requests)
    assert parcel[1]["parcel"].keys() == {"id", "storedAt", "weightInGrams", "keeper"}
    assert parcel[1]["parcel"]["keeper"] == {"fullName": "Ada Byron"}
    assert shelves[1]["shelves"][0]["freeSpace"] == 3


def test_the_envelope_is_missing() -> None:
    requests: Requests = [
        ("GET", "/concerts/1", None),
        ("GET", "/concerts", None),
        ("POST", "/concerts", {"band": "Sieve"}),
    ]
    one, several, made = ask_express(FIXTURES / "missing_envelope" / "bad", requests)
    assert one == [200, {"id": 1, "band": "The Gauges", "seats": 80}]
    assert isinstance(several[1], list)
    assert "concert" not in made[1]
    one, several, made = ask_express(FIXTURES / "missing_envelope" / "good", requests)
    assert [one[1].keys(), several[1].keys(), made[1].keys()] == [{"concert"}, {"concerts"}, {"concert"}]


def test_scalars_are_of_other_types() -> None:
    ((_, bad),) = ask_express(FIXTURES / "wrong_type" / "bad", [("GET", "/trips/1", None)])
    assert bad["trip"] == {"id": 1, "guided": 1, "full": 2, "guests": "2", "price": 12.5, "season": None}
    ((_, good),) = ask_express(FIXTURES / "wrong_type" / "good", [("GET", "/trips/1", None)])
    assert good["trip"] == {"id": 1, "guided": True, "full": False, "guests": 2, "price": 12, "season": "summer"}


FASTAPI = """
import json, sys
from fastapi.testclient import TestClient
from main import app

for method, path, body in json.loads(sys.argv[1]):
    answer = TestClient(app).request(method, path, json=body)
    print(json.dumps([answer.status_code, answer.json()]))
"""
HONO = """
const { app } = await import('./app.js')
for (const [method, path, body] of REQUESTS) {
  const headers = { 'content-type': 'application/json' }
  const answer = await app.request(path, { method, headers, body: JSON.stringify(body) })
  console.log(JSON.stringify([answer.status, await answer.json()]))
}
"""


def test_bodies_are_demanded_without_their_envelope() -> None:
    car = {"plate": "B 1", "colour": "red"}
    requests: Requests = [
        ("POST", "/cars", {"car": car}),
        ("PUT", "/cars/1", {"car": car}),
        ("POST", "/repairs", {"repair": {"what": "brakes"}}),
        ("POST", "/cars", car),
    ]
    bad = [status for status, _ in ask_python(FIXTURES / "bare_request_body" / "bad", FASTAPI, requests)]
    assert bad == [422, 422, 422, 201]
    good = [status for status, _ in ask_python(FIXTURES / "bare_request_body" / "good", FASTAPI, requests)]
    assert good == [201, 200, 201, 422]


def test_optional_fields_are_demanded() -> None:
    requests: Requests = [
        ("POST", "/singers", {"singer": {"name": "Ada"}}),
        ("PUT", "/singers/1", {"singer": {"name": "Ada"}}),
        ("PUT", "/singers/1", {"singer": {"name": "Ada", "voice": "alto"}}),
    ]
    script = HONO.replace("REQUESTS", json.dumps(requests))
    bad = [status for status, _ in run_fixture(FIXTURES / "optional_field_required" / "bad", script)]
    assert bad == [400, 400, 200]
    good = [status for status, _ in run_fixture(FIXTURES / "optional_field_required" / "good", script)]
    assert good == [201, 200, 200]


JOI = """
const { app } = await import('./app.mjs')
const server = app.listen(0)
await new Promise((resolve) => server.once('listening', resolve))
for (const [method, path, body] of REQUESTS) {
  const headers = { 'content-type': 'application/json' }
  const url = `http://127.0.0.1:${server.address().port}${path}`
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
  console.log(JSON.stringify([answer.status, await answer.json()]))
}
process.exit(0)
"""


def test_schemas_of_joi_and_zod_demand_in_middleware_too() -> None:
    requests: Requests = [
        ("POST", "/altos", {"singer": {"name": "Ada"}}),
        ("PUT", "/altos/1", {"singer": {"voice": "alto"}}),
        ("PUT", "/tours/1", {"concert": {"paid": True}}),
        ("PUT", "/tours/1", {"concert": {"hall": "North"}}),
    ]
    script = JOI.replace("REQUESTS", json.dumps(requests))
    bad = [status for status, _ in run_fixture(FIXTURES / "optional_field_required" / "bad" / "joi", script)]
    assert bad == [422, 422, 422, 200]
    good = [status for status, _ in run_fixture(FIXTURES / "optional_field_required" / "good" / "joi", script)]
    assert good == [201, 200, 200, 200]


def test_schemas_of_marshmallow_demand() -> None:
    requests: Requests = [
        ("POST", "/tenors", {"singer": {"name": "Ada"}}),
        ("PUT", "/tenors/1", {"singer": {"voice": "tenor"}}),
        ("PUT", "/rehearsals/1", {"concert": {"paid": True}}),
        ("PUT", "/rehearsals/1", {"concert": {"hall": "North"}}),
    ]
    folders = (FIXTURES / "optional_field_required" / kind / "loading" for kind in ("bad", "good"))
    bad, good = ([status for status, _ in ask_python(folder, FLASK, requests)] for folder in folders)
    assert bad == [422, 200, 422, 200]
    assert good == [201, 200, 200, 200]


def test_decorators_of_webargs_demand() -> None:
    requests: Requests = [
        ("POST", "/basses", {"singer": {"name": "Ada"}}),
        ("PUT", "/basses/1?page=2", {"singer": {"voice": "bass"}}),
    ]
    folders = (FIXTURES / "optional_field_required" / kind / "smorest" for kind in ("bad", "good"))
    bad, good = ([status for status, _ in ask_python(folder, FLASK, requests)] for folder in folders)
    assert (bad, good) == ([422, 200], [201, 200])


def test_schemas_of_marshmallow_write_what_they_declare() -> None:
    folders = (FIXTURES / "missing_field" / kind / "dumping" for kind in ("bad", "good"))
    bad, good = (ask_python(folder, FLASK, [("GET", "/api/nurses", None)]) for folder in folders)
    assert bad == [[200, {"nurses": [{"name": "Bo", "ward": {"name": "North"}}]}]]
    assert good == [[200, {"nurses": [{"name": "Bo", "ward": {"name": "North", "floor": 2}, "onDuty": True}]}]]


PYDANTIC = """
import json, sys
from typing import Optional
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

class Model(BaseModel):
    typed: Optional[str]

class Whole(TypedDict):
    name: str

class Part(TypedDict, total=False):
    name: str

for kind in (Model, Whole, Part):
    try:
        TypeAdapter(kind).validate_python({})
        print("taken")
    except ValueError:
        print("refused")
"""


def test_a_model_drops_what_it_has_no_field_for() -> None:
    folder = FIXTURES / "dropped_field"
    changes = {"singer": {"voice": "soprano", "sheetMusic": "large", "passphrase": "mi"}}
    requests: Requests = [
        ("PUT", "/singers/ada", changes),
        ("PUT", "/concerts/may", {"hall": "the old one", "date": "in May"}),
    ]
    dropped, kept = {"passphrase": "la"}, {"passphrase": "mi"}
    singer, concert = {"voice": "soprano", "sheet_music": "large"}, {"hall": "the old one"}
    assert ask_python(folder / "bad", FLASK, requests) == [[200, singer | dropped], [200, concert]]
    assert ask_python(folder / "good", FLASK, requests) == [[200, singer | kept], [200, concert | {"date": "in May"}]]


def test_a_type_that_allows_none_makes_no_field_optional() -> None:
    done = subprocess.run([sys.executable, "-c", PYDANTIC], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["refused", "refused", "taken"]


def test_stubs_answer_the_same_whatever_is_stored() -> None:
    requests: Requests = [("GET", "/exhibits", None), ("GET", "/rooms", None), ("DELETE", "/guides/1", None)]
    bad = ask_express(FIXTURES / "stubbed_handler" / "bad", requests)
    assert bad == [
        [200, {"exhibits": [], "exhibitsCount": 0}],
        [200, {"rooms": []}],
        [501, {"error": "not implemented"}],
    ]
    good = ask_express(FIXTURES / "stubbed_handler" / "good", [("POST", "/rooms", None), *requests])
    assert good[1:] == [
        [200, {"exhibits": [{"name": "Sextant"}], "exhibitsCount": 1}],
        [200, {"rooms": ["a new room"]}],
        [204, None],
    ]


def test_a_literal_flag_is_wrong_after_one_of_two_opposites() -> None:
    requests: Requests = [
        ("POST", "/stations/1/subscription", None),
        ("DELETE", "/stations/1/subscription", None),
        ("PUT", "/stations/1/alarm", None),
        ("DELETE", "/stations/1/alarm", None),
    ]
    flags = {}
    for kind in ("bad", "good"):
        found = ask_python(FIXTURES / "same_flag_when_undone" / kind, FLASK, requests)
        flags[kind] = [json["station"]["alarm" if place > 1 else "subscribed"] for place, (_, json) in enumerate(found)]
    assert flags == {"bad": [True, True, False, False], "good": [True, False, True, False]}


FASTIFY = """
const { default: fastify } = await import('fastify')
const app = fastify()
const properties = { guests: { type: 'string' }, price: { type: 'number' }, full: { type: 'boolean' } }
const response = { 200: { type: 'object', properties } }
app.get('/trips', { schema: { response } }, async () => ({ guests: 2, price: '12.5', full: 1, season: 'summer' }))
console.log((await app.inject('/trips')).body)
"""


@pytest.mark.parametrize("version", ["current", "previous", "older"])
def test_a_response_schema_decides_on_fields_and_types(version: str) -> None:
    (answer,) = run_fixture(FIXTURES / "wrong_type" / "good", FASTIFY, version)
    assert answer == {"guests": "2", "price": 12.5, "full": True}


def test_what_is_read_before_a_change_is_answered_after_it() -> None:
    requests: Requests = [("POST", "/photos/1/like", None), ("PUT", "/photos/1", {"photo": {"title": "dusk"}})]
    found = {}
    for kind in ("bad", "good"):
        answers = ask_python(FIXTURES / "stale_answer" / kind, FLASK, requests)
        found[kind] = [answers[0][1]["photo"]["likes"], answers[1][1]["photo"]["title"]]
    assert found == {"bad": [0, "dawn"], "good": [1, "dusk"]}


def both(rule: str, module: str, requests: Requests) -> tuple[list[Any], list[Any]]:
    """The answers of the bad and of the good project on Django REST framework that a rule's fixtures hold."""
    bad, good = (ask_django(FIXTURES / rule / kind, module, requests) for kind in ("bad", "good"))
    return bad, good


def test_serializers_write_what_they_declare() -> None:
    bad, good = both("missing_field", "beds", [("GET", "/api/beds/7", None)])
    assert bad == [[200, {"bed": {"id": 7, "ward": {"name": "North"}}}]]
    assert good == [[200, {"bed": {"id": 7, "ward": {"name": "North", "floor": 2}, "free": True}}]]
    bad, good = both("wrong_type", "guides", [("GET", "/guides/7", None)])
    assert bad == [[200, {"guide": {"name": "Ada", "trips": "3", "fee": "12.50", "free": "yes"}}]]
    assert good == [[200, {"guide": {"name": "Ada", "trips": 3, "fee": 12.5, "free": True}}]]


def test_serializers_refuse_and_drop() -> None:
    bad, good = both("optional_field_required", "concerts", [("PUT", "/concerts/7", {"concert": {"paid": True}})])
    assert bad == [[400, {"hall": ["This field is required."], "seats": ["This field is required."]}]]
    assert good == [[200, {"concert": {"hall": "North", "seats": 80, "paid": True}}]]
    bad, good = both("dropped_field", "halls", [("PUT", "/halls/7", {"hall": {"chairs": 3, "organ": True}})])
    assert bad == [[200, {"hall": {"chairs": 3, "organ": False}}]]
    assert good == [[200, {"hall": {"chairs": 3, "organ": True}}]]
    bad, good = both("bare_request_body", "tools", [("POST", "/tools", {"tool": {"name": "saw"}})])
    assert bad == [[400, {"name": ["This field is required."]}]]
    assert good == [[201, {"tool": {"name": "saw"}}]]


SERVED = """
import asyncio, json, sys
from aiohttp.test_utils import TestClient, TestServer
from app import app
async def main():
    async with TestClient(TestServer(app)) as client:
        for method, path, _ in json.loads(sys.argv[1]):
            answer = await client.request(method, path)
            print(json.dumps([answer.status, await answer.text()]))
asyncio.run(main())
"""
ASKED = """
const { app } = await import('./app.js')
for (const url of URLS) {
  const answer = app.inject ? await app.inject(url) : await app.request(url)
  console.log(JSON.stringify([answer.statusCode ?? answer.status]))
}
"""


def test_optional_parameters_of_the_query_string_are_demanded() -> None:
    found: dict[str, list[object]] = {}
    for kind in ("bad", "good"):
        folder = FIXTURES / "optional_parameter_required" / kind
        quays: Requests = [("GET", path, None) for path in ("/quays?side=a", "/quays?side=a&limit=2", "/quays/North")]
        lights: Requests = [("GET", "/lights", None), ("GET", "/lights?colour=red", None)]
        python = ask_python(folder / "quays", FASTAPI.replace("from main", "from app"), quays)
        served = ask_python(folder / "lights", SERVED, lights)
        dock = run_fixture(folder / "dock", ASKED.replace("URLS", "['/docks', '/docks?depth=3']"))
        tide = run_fixture(folder / "tide", ASKED.replace("URLS", "['/tides', '/tides?day=today']"))
        found[kind] = [status for status, *_ in (*python, *served, *dock, *tide)]
    assert found["bad"] == [422, 200, 422, 500, 200, 400, 200, 400, 200]
    assert found["good"] == [200] * 9
