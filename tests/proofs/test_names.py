"""What happens where code uses a name or an attribute that is not there, shown by Python, Node and the libraries."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture
from verifier.check import check
from verifier.packs import load_book
from verifier.session import Options, open_session

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "names"
ASK = """
import json, sys
from main import app
app.testing = True
for method, path in json.loads(sys.argv[1]):
    try:
        answer = app.test_client().open(path, method=method)
        print(json.dumps([answer.status_code, ""]))
    except Exception as error:
        print(json.dumps([500, f"{type(error).__name__}: {error}"]))
"""


def answers(folder: Path, *requests: tuple[str, str], script: str = ASK) -> list[tuple[int, str]]:
    """Status and error of some requests, sent to a fixture's Flask application in this order."""
    ran = subprocess.run(
        [sys.executable, "-c", script, json.dumps(requests)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    return [(status, error) for status, error in found]


def loaded(folder: Path, code: str) -> str:
    """The last line of what Python says of some code that is run in a fixture."""
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    return ran.stderr.strip().rpartition("\n")[2]


def without(folder: Path, tmp_path: Path, *lines: str) -> Path:
    """A copy of a fixture's Python files without some lines, so that those after them are reached."""
    target = tmp_path / f"{folder.parent.name}-{len(lines)}"
    shutil.copytree(folder, target)
    for file in target.glob("*.py"):
        kept = [line for line in file.read_text().splitlines() if not line.startswith(lines or ("\0",))]
        file.write_text("\n".join(kept))
    return target


def test_a_file_that_reads_an_unbound_name_cannot_be_loaded(tmp_path: Path) -> None:
    bad = FIXTURES / "undefined_at_start" / "bad"
    assert "name 'Decimal' is not defined" in loaded(bad, "import clinic")
    assert "name 'FLOORS' is not defined" in loaded(without(bad, tmp_path, "FEE"), "import clinic")
    rest = without(bad, tmp_path, "FEE", "DOORS")
    assert "name '__main__' is not defined" in loaded(rest, "import clinic")
    called = "from flask import Flask\n" + "\n".join((rest / "clinic.py").read_text().split("\n\n\n")[1:2])
    assert "name 'MAX_PATIENTS' is not defined" in loaded(rest, called + "\ncreate_app()")
    assert loaded(FIXTURES / "undefined_at_start" / "good", "import clinic; clinic.create_app()") == ""


LOAD = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
try { require('./queue.js'); console.log('""') } catch (error) { console.log(JSON.stringify(String(error))) }
"""


def test_node_refuses_unbound_names_when_it_loads_a_file(tmp_path: Path) -> None:
    bad = FIXTURES / "undefined_at_start" / "bad"
    assert run_fixture(bad, LOAD) == ["ReferenceError: north is not defined"]
    target = tmp_path / "undefined_at_start" / "bad"
    shutil.copytree(bad, target)
    (target / "queue.js").write_text((bad / "queue.js").read_text().replace("[north]", "[]"))
    assert run_fixture(target, LOAD) == ["ReferenceError: Cannot access 'slots' before initialization"]
    assert run_fixture(FIXTURES / "undefined_at_start" / "good", LOAD) == [""]


def test_a_function_that_reads_an_unbound_name_fails_when_it_is_called() -> None:
    requests = [("GET", "/concerts/1"), ("GET", "/concerts/2"), ("GET", "/concerts/1/share")]
    assert answers(FIXTURES / "undefined_name" / "bad", *requests) == [
        (200, ""),
        (500, "NameError: name 'NotFound' is not defined"),
        (500, "NameError: name 'Fraction' is not defined"),
    ]
    assert answers(FIXTURES / "undefined_name" / "good", *requests) == [(200, ""), (404, ""), (200, "")]


HALL = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { server } = require('./hall.js')
for (const url of ['/a1', '/z9']) {
  const response = { statusCode: 200, end(text) { this.text = text } }
  try {
    server.emit('request', { url }, response)
    console.log(JSON.stringify([response.statusCode, '']))
  } catch (error) { console.log(JSON.stringify([500, String(error)])) }
}
"""


def test_node_fails_where_the_name_is_read() -> None:
    found = run_fixture(FIXTURES / "undefined_name" / "bad", HALL)
    assert found == [[200, ""], [500, "ReferenceError: SeatNotFound is not defined"]]
    assert run_fixture(FIXTURES / "undefined_name" / "good", HALL) == [[200, ""], [404, ""]]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the words of the error changed")
def test_a_name_that_a_function_binds_is_its_own_from_the_start() -> None:
    requests = [("GET", "/stock/bolt"), ("POST", "/stock/bolt?amount=none")]
    local = "UnboundLocalError: cannot access local variable"
    assert answers(FIXTURES / "used_before_assignment" / "bad", *requests) == [
        (500, f"{local} 'stock' where it is not associated with a value"),
        (500, f"{local} 'error' where it is not associated with a value"),
    ]
    assert answers(FIXTURES / "used_before_assignment" / "good", ("POST", "/stock/bolt?amount=2"), *requests) == [
        (200, ""),
        (200, ""),
        (400, ""),
    ]


ORDERS = """
import { price } from './orders.mjs'
try { price({ net: 1, lines: [] }); console.log('""') } catch (error) { console.log(JSON.stringify(String(error))) }
"""
TICKETS = """
import { page } from './tickets.mjs'
for (const limit of [200, 10])
  try { await page({ limit, offset: 0 }); console.log('""') }
  catch (error) { console.log(JSON.stringify(String(error))) }
"""


def test_let_and_const_cannot_be_read_before_they_are_declared() -> None:
    found = run_fixture(FIXTURES / "used_before_assignment" / "bad", ORDERS)
    assert found == ["ReferenceError: Cannot access 'tax' before initialization"]
    assert run_fixture(FIXTURES / "used_before_assignment" / "good", ORDERS) == [""]


def test_a_constant_cannot_be_assigned_to() -> None:
    found = run_fixture(FIXTURES / "assigned_constant" / "bad", TICKETS)
    assert found == ["TypeError: Assignment to constant variable."] * 2
    assert run_fixture(FIXTURES / "assigned_constant" / "good", TICKETS) == ["", ""]


def test_a_class_or_module_lacks_what_it_does_not_define() -> None:
    requests = [("POST", "/parcels/7"), ("GET", "/sample"), ("GET", "/places")]
    assert answers(FIXTURES / "unknown_member" / "bad", *requests) == [
        (500, "AttributeError: 'ParcelRepository' object has no attribute 'save'"),
        (500, "AttributeError: 'Parcel' object has no attribute 'size'"),
        (500, "AttributeError: module 'depot' has no attribute 'places_left'"),
    ]
    assert answers(FIXTURES / "unknown_member" / "good", *requests) == [(200, "")] * 3


MARKET = """
import { createRequire } from 'node:module'
const app = createRequire(import.meta.url)('./market.js')
const told = []
app.use((error, request, response, next) => { told.push(String(error)); response.status(500).end() })
const server = app.listen(0, async () => {
  for (const path of ['/stalls/fish', '/prices/fish', '/allowed/fish']) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
    console.log(JSON.stringify([answer.status, told.pop() ?? '']))
  }
  server.close()
})
"""


def test_node_has_no_method_that_is_not_written() -> None:
    found = run_fixture(FIXTURES / "unknown_member" / "bad", MARKET)
    assert found == [
        [500, "TypeError: repository.findByName is not a function"],
        [500, "TypeError: prices.forStall is not a function"],
        [500, "TypeError: Cannot read properties of undefined (reading 'allows')"],
    ]
    assert run_fixture(FIXTURES / "unknown_member" / "good", MARKET) == [[200, ""]] * 3


VISIT = [("POST", "/visits"), ("GET", "/rooms/first"), ("GET", "/hours/monday")]


def test_objects_take_no_keys_and_dictionaries_have_no_attributes() -> None:
    asked = ASK.replace(".open(path, method=method)", ".open(path, method=method, json={'patient': 'Ann'})")
    shown = [answers(FIXTURES / "misread_record" / kind, *VISIT, script=asked) for kind in ("bad", "good")]
    assert shown[0] == [
        (500, "TypeError: 'Visit' object is not subscriptable"),
        (500, "TypeError: 'Room' object is not subscriptable"),
        (500, "AttributeError: 'dict' object has no attribute 'hour'"),
    ]
    assert shown[1] == [(200, "")] * 3


CONCERTS = """
import json
from fastapi.testclient import TestClient
from main import app
for method, path in [("GET", "/concerts/none"), ("POST", "/concerts/none/sold"), ("GET", "/halls/1")]:
    try:
        print(json.dumps([TestClient(app).request(method, path).status_code, ""]))
    except Exception as error:
        print(json.dumps([500, f"{type(error).__name__}: {error}"]))
"""
SHELVES = """
import json
from flag.library import app
app.testing = True
for path in ["/shelves/1", "/widths/1", "/labels/1"]:
    try:
        print(json.dumps([app.test_client().get(path).status_code, ""]))
    except Exception as error:
        print(json.dumps([500, f"{type(error).__name__}: {error}"]))
"""
PARCELS = """
import { createRequire } from 'node:module'
const { app, sequelize } = createRequire(import.meta.url)('./depot.js')
await sequelize.sync()
const told = []
app.use((error, request, response, next) => { told.push(String(error)); response.status(500).end() })
const server = app.listen(0, async () => {
  for (const path of ['/parcels/none', '/weights/1']) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
    console.log(JSON.stringify([answer.status, told.pop() ?? '']))
  }
  server.close()
})
"""


def test_a_lookup_that_found_nothing_cannot_be_read() -> None:
    shown = []
    for kind in ("bad", "good"):
        folder = FIXTURES / "unchecked_lookup" / kind
        command = [sys.executable, "-c", CONCERTS]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        shown.append([tuple(json.loads(line)) for line in ran.stdout.splitlines()])
    error = "AttributeError: 'NoneType' object has no attribute"
    assert shown[0] == [(500, f"{error} 'title'"), (500, f"{error} 'seats'"), (500, f"{error} 'title'")]
    assert shown[1] == [(404, "")] * 3


def test_a_helper_with_a_flag_gives_none() -> None:
    shown = []
    for kind in ("bad", "good"):
        command = [sys.executable, "-c", SHELVES]
        folder = FIXTURES / "unchecked_lookup" / kind
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        shown.append([tuple(json.loads(line)) for line in ran.stdout.splitlines()])
    assert shown[0] == [(500, "TypeError: 'NoneType' object is not subscriptable")] * 3
    assert shown[1] == [(404, "")] * 3


def test_sequelize_finds_null() -> None:
    found = run_fixture(FIXTURES / "unchecked_lookup" / "bad", PARCELS, "data")
    assert [status for status, _ in found] == [500, 500]
    assert all(
        error.startswith("TypeError: Cannot destructure") and error.endswith("as it is null.") for _, error in found
    )
    good = run_fixture(FIXTURES / "unchecked_lookup" / "good", PARCELS, "data")
    assert [status for status, _ in good] == [404, 404]


JARS = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from django.db import connection
from django.test import Client
from shop.models import Jar
with connection.schema_editor() as editor:
    editor.create_model(Jar)
Jar.objects.create(label="plum", sweets=3)
for path in ["/jars/plum", "/sweets/plum"]:
    try:
        print(json.dumps([Client().get(path).status_code, ""]))
    except Exception as error:
        print(json.dumps([500, f"{type(error).__name__}: {error}"]))
"""


def test_a_query_set_has_no_fields() -> None:
    shown = []
    for kind in ("bad", "good"):
        folder = FIXTURES.parent / "django_orm" / "query_set_as_object" / kind
        ran = subprocess.run([sys.executable, "-c", JARS], cwd=folder, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        shown.append([tuple(json.loads(line)) for line in ran.stdout.splitlines()])
    error = "AttributeError: 'QuerySet' object has no attribute"
    assert shown == [[(500, f"{error} 'label'"), (500, f"{error} 'sweets'")], [(200, ""), (200, "")]]


def test_all_that_query_sets_have_is_known() -> None:
    QuerySet = pytest.importorskip("django.db.models").QuerySet  # noqa: N806

    check = load_book().rules["django_orm/query-set-as-object"].check
    names = sys.modules[check.__module__].NAMES
    assert {name for name in (*dir(QuerySet), *vars(QuerySet())) if not name.startswith("_")} <= names


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="annotations are evaluated when somebody asks for them")
def test_a_method_hides_the_type_of_its_name(tmp_path: Path) -> None:
    folder = FIXTURES / "shadowed_type"
    assert loaded(folder / "bad", "import main") == "TypeError: 'function' object is not subscriptable"
    rest = without(folder / "bad", tmp_path, "    def empty", "        return [name")
    assert loaded(rest, "import main") == "TypeError: 'function' object is not subscriptable"  # a parameter
    rest = without(rest, tmp_path, "    def largest", "        return max")
    assert loaded(rest, "import main") == "TypeError: 'property' object is not subscriptable"
    assert loaded(folder / "good", "import main") == ""


def test_python_refuses_calls_with_wrong_arguments() -> None:
    requests = [
        ("GET", "/tools/saw"),
        ("GET", "/tools/saw/found"),
        ("POST", "/tools/saw"),
        ("POST", "/tools/saw/new"),
        ("GET", "/tools/saw/shelf"),
        ("GET", "/tools/saw/mark"),
        ("POST", "/tools/saw/loans"),
        ("POST", "/tools/axe/loans"),
        ("POST", "/tools/saw/bookings"),
        ("GET", "/tools/saw/description"),
        ("GET", "/small"),
        ("GET", "/filled"),
        ("POST", "/tools/saw/note"),
    ]
    told = [
        "Store.code() takes 1 positional argument but 2 were given",
        "Store.find() missing 1 required positional argument: 'name'",
        "Store.add() takes 2 positional arguments but 3 were given",
        "Tool.__init__() got an unexpected keyword argument 'title'",
        "Shelf.__new__() takes from 2 to 3 positional arguments but 4 were given",
        "Marker() takes no arguments",
        "Loans.booked() missing 1 required positional argument: 'days'",
        "Refused() takes no keyword arguments",
        "Loan.__init__() takes 1 positional argument but 3 were given",
        "price() got an unexpected keyword argument 'days'",
        "Store.__init__() takes 2 positional arguments but 3 were given",
        "Store.__init__() takes 2 positional arguments but 4 were given",
        "Notes.remind() got an unexpected keyword argument 'writer'",
    ]
    bad, good = FIXTURES / "wrong_arguments" / "bad", FIXTURES / "wrong_arguments" / "good"
    assert [error for _, error in answers(bad, *requests)] == [f"TypeError: {one}" for one in told]
    assert [status for status, _ in answers(good, *requests)] == [200] * 7 + [500] + [200] * 5
    assert answers(good, ("POST", "/tools/axe/loans")) == [(500, "Refused: no axe")]
    assert answers(good, ("GET", "/open"), script=ASK.replace("main", "unsure")) == [(200, "")]
    for code, error in {
        "report.total([report.Tool('saw')])": "price() takes 1 positional argument but 2 were given",
        "report.first(report.Loans(store))": "Loans.describe() missing 1 required positional argument: 'tool'",
        "report.Report().text(store)": "Report.lines() missing 1 required positional argument: 'width'",
    }.items():
        asked = f"import report; store = report.Store({{'saw': report.Tool('saw')}}); {code}"
        assert loaded(bad, asked) == f"TypeError: {error}"
        assert loaded(good, asked) == ""
    facts = open_session(Options(bad, quiet=True, cache=False)).facts
    said = {one.symptom for one in check(facts).findings if one.span.path.endswith(".py")}
    assert said == {f"TypeError: {one}" for one in told} | {
        "TypeError: price() takes 1 positional argument but 2 were given",
        "TypeError: Loans.describe() missing 1 required positional argument: 'tool'",
        "TypeError: Report.lines() missing 1 required positional argument: 'width'",
    }


def test_node_needs_what_a_function_takes_apart() -> None:
    script = MARKET.replace("./market.js", "./stalls.js").replace(
        "['/stalls/fish', '/prices/fish', '/allowed/fish']",
        "['/rent', '/describe', '/total', '/first', '/free', '/again', '/open']",
    )
    bad, good = FIXTURES / "wrong_arguments" / "bad", FIXTURES / "wrong_arguments" / "good"
    told = [
        "TypeError: Cannot read properties of undefined (reading 'extra')",
        "TypeError: Cannot destructure property 'name' of 'stall' as it is undefined.",
        "TypeError: undefined is not iterable (cannot read property Symbol(Symbol.iterator))",
        "TypeError: pick is not a function",
        "TypeError: Cannot destructure property 'from' of 'undefined' as it is undefined.",
        "TypeError: Cannot destructure property 'rows' of 'undefined' as it is undefined.",
    ]
    assert run_fixture(bad, script) == [*([500, one] for one in told), [404, ""]]
    assert run_fixture(good, script) == [[200, ""]] * 7
    facts = open_session(Options(bad, quiet=True, cache=False)).facts
    said = {one.symptom for one in check(facts).findings if one.span.path == "stalls.js"}
    assert said == set(told)
