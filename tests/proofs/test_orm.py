"""What code does wrong with mapped classes, shown by the libraries that map them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture
from verifier.packs import load_module

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "orm"
ASK = """
import json, sys
from fastapi.testclient import TestClient
from main import app
client = TestClient(app, raise_server_exceptions=False)
for method, path in json.loads(sys.argv[1]):
    try:
        answer = TestClient(app).request(method, path)
        print(json.dumps([answer.status_code, ""]))
    except Exception as error:
        print(json.dumps([500, f"{type(error).__name__}: {error}"]))
"""


def answers(folder: Path, *requests: tuple[str, str]) -> list[tuple[int, str]]:
    """Status and error of some requests, sent to the fixture's application in this order."""
    ran = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(requests)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    return [(status, error) for status, error in found]


KEYWORDS = [("POST", "/owners?name=Ann"), ("POST", "/boats?name=Tern&owner=1"), ("POST", "/signed"), ("POST", "/held")]


def test_sqlalchemy_refuses_a_keyword_that_is_not_mapped() -> None:
    assert answers(FIXTURES / "unknown_keyword" / "bad", *KEYWORDS) == [
        (500, "TypeError: 'name' is an invalid keyword argument for Owner"),
        (500, "TypeError: 'ownerId' is an invalid keyword argument for Boat"),
        (500, "TypeError: 'password' is an invalid keyword argument for Owner"),
        (500, "TypeError: 'password' is an invalid keyword argument for Owner"),
    ]
    assert answers(FIXTURES / "unknown_keyword" / "good", *KEYWORDS) == [(200, "")] * 4


def test_a_mapped_class_lacks_what_it_does_not_declare() -> None:
    requests = [("POST", "/boats?name=Tern"), ("GET", "/boats/Tern")]
    assert answers(FIXTURES / "unknown_attribute" / "bad", *requests, ("POST", "/boats/Tern/moor?berth=3")) == [
        (500, "AttributeError: 'Boat' object has no attribute 'trip_list'"),
        (500, "AttributeError: type object 'Boat' has no attribute 'title'"),
        (500, "AttributeError: type object 'Boat' has no attribute 'berth'"),
    ]
    good = answers(FIXTURES / "unknown_attribute" / "good", *requests, ("GET", "/crews"))
    assert good == [(200, ""), (200, ""), (200, "")]


DJANGO = """
import django
from django.conf import settings
memory = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(INSTALLED_APPS=[], DATABASES={"default": memory})
django.setup()
from django.db import connection, models

class Owner(models.Model):
    name = models.CharField(max_length=20)
    class Meta:
        app_label = "boats"

class Boat(models.Model):
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
    class Meta:
        app_label = "boats"

with connection.schema_editor() as editor:
    editor.create_model(Owner)
    editor.create_model(Boat)
try:
    print(%s)
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("Owner(nick='x')", "TypeError: Owner() got unexpected keyword arguments: 'nick'"),
        ("Owner.objects.create(nick='x')", "TypeError: Owner() got unexpected keyword arguments: 'nick'"),
        ("Boat.objects.create(owner_id=Owner.objects.create(name='x').pk).owner.name", "x"),
        ("Boat(pk=3).id", "3"),
        ("Owner.nick", "AttributeError: type object 'Owner' has no attribute 'nick'"),
        ("Owner(name='x').nick", "AttributeError: 'Owner' object has no attribute 'nick'"),
        ("Owner(name='x').boat_set.model.__name__", "Boat"),
    ],
)
def test_django_refuses_names_that_are_no_fields(expression: str, said: str) -> None:
    ran = subprocess.run([sys.executable, "-c", DJANGO % expression], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(said), ran.stdout


def names_of(library: str) -> set[str]:
    """The public names that a library gives its mapped classes."""
    script = {
        "django": "from django.db.models import Model as found",
        "sqlalchemy": "from sqlalchemy.orm import DeclarativeBase\nclass found(DeclarativeBase): pass",
        "flask_sqlalchemy": "from flask_sqlalchemy import SQLAlchemy\nfound = SQLAlchemy().Model",
        "sqlmodel": "from sqlmodel import SQLModel as found",
    }[library]
    script += "\nimport json; print(json.dumps([name for name in dir(found) if name[0] != '_']))"
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(ran.stdout))


def test_the_names_that_libraries_give_are_known() -> None:
    names = load_module(Path(__file__).parent.parent.parent / "rules" / "orm" / "_names.py", "buttress_pack_orm._names")
    assert names_of("sqlalchemy") | names_of("flask_sqlalchemy") <= names.SQLALCHEMY
    assert names_of("sqlmodel") <= names.SQLMODEL | names.SQLALCHEMY
    assert names_of("django") <= names.DJANGO


LINKS = """
import json
from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from models import Base, Boat, Sailor, crew
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Boat(id=1, name="Tern"), Sailor(id=2, name="Ann")])
    session.flush()
    session.execute(insert(crew).values(boat_id=1, sailor_id=2))
    try:
        session.execute(insert(crew).values(boat_id=1, sailor_id=2))
    except IntegrityError as error:
        print(json.dumps(str(error.orig)))
    else:
        print(json.dumps([sailor.name for (sailor,) in session.execute(select(Sailor).join(Sailor.boats))]))
"""


def test_a_link_without_a_key_holds_the_same_pair_twice() -> None:
    found = []
    for kind in ("bad", "good"):
        folder = FIXTURES / "link_not_unique" / kind
        ran = subprocess.run([sys.executable, "-c", LINKS], cwd=folder, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        found.append(json.loads(ran.stdout))
    assert found == [["Ann", "Ann"], "UNIQUE constraint failed: crew.boat_id, crew.sailor_id"]


MAKING = [("POST", "/boats?name=Tern"), ("POST", "/trips?miles=3"), ("POST", "/trips/short"), ("POST", "/notes")]


def test_a_mapped_dataclass_takes_what_its_fields_say() -> None:
    folder = FIXTURES.parent / "sqlalchemy" / "constructor_mismatch"
    said = [error for _, error in answers(folder / "bad", *MAKING)]
    assert [error.partition("__init__() ")[2] for error in said] == [
        "missing 1 required positional argument: 'id'",
        "got an unexpected keyword argument 'boat_id'",
        "takes 1 positional argument but 2 were given",
        "missing 1 required positional argument: 'text'",
    ]
    assert [status for status, _ in answers(folder / "good", *MAKING)] == [200, 200, 200, 200]


COUNTED = """
import json
from fastapi.testclient import TestClient
from main import Lamp, Session, app, engine
with Session(engine) as session:
    session.add_all([Lamp(colour=colour, watts=4) for colour in ("red", "red", "blue")])
    session.commit()
answer = TestClient(app).get("/lamps?colour=red").json()
print(json.dumps([len(answer["lamps"]), answer["total"]]))
"""


@pytest.mark.parametrize(("kind", "shown"), [("bad", [2, 3]), ("good", [2, 2])])
def test_a_count_of_all_rows_is_not_that_of_a_filtered_page(kind: str, shown: list[int]) -> None:
    folder = FIXTURES / "count_of_all" / kind / "shop"
    ran = subprocess.run([sys.executable, "-c", COUNTED], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == shown


def test_rows_that_are_there_are_not_inserted_again(tmp_path: Path) -> None:
    requests = [("POST", f"/{what}?first=mint&second={other}") for what in ("mixtures",) for other in ("sage", "dill")]
    folders = [shutil.copytree(FIXTURES / "insert_of_known" / kind, tmp_path / kind) for kind in ("bad", "good")]
    bad, good = (answers(folder, *requests) for folder in folders)
    assert bad[0] == (200, "")
    assert bad[1][1].startswith("IntegrityError: (sqlite3.IntegrityError) UNIQUE constraint failed: herbs.name")
    assert good == [(200, "")] * 2
    teas = [("POST", "/teas?first=mint&second=sage"), ("POST", "/teas?first=mint&second=dill")]
    assert answers(folders[1], *teas) == [(200, "")] * 2


CLOSING = """
import json
from app import app
client = app.test_client()
app.testing = True
for method, path in REQUESTS:
    try:
        print(json.dumps([client.open(path, method=method).status_code, ""]))
    except Exception as error:
        print(json.dumps([500, str(error).splitlines()[0]]))
"""
CELLARS = [("POST", "/cellars?name=North"), ("POST", "/bottles?wine=Port"), ("DELETE", "/cellars/North")]
RACKS = [("POST", "/cellars?name=North"), ("POST", "/racks"), ("DELETE", "/racks/1")]


def closed(kind: str, folder: Path, requests: list[tuple[str, str]]) -> list[tuple[int, str]]:
    """What requests to the cellars of a fixture are answered with."""
    shutil.copytree(FIXTURES / "referenced_row_deleted" / kind / "python", folder)
    script = CLOSING.replace("REQUESTS", repr(requests))
    ran = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [(status, error) for status, error in map(json.loads, ran.stdout.splitlines())]


def test_a_row_that_others_refer_to_is_not_deleted(tmp_path: Path) -> None:
    refused = "(sqlite3.IntegrityError) FOREIGN KEY constraint failed"
    assert closed("bad", tmp_path / "bad", CELLARS) == [(200, ""), (200, ""), (500, refused)]
    assert closed("good", tmp_path / "good", CELLARS) == [(200, "")] * 3
    assert closed("good", tmp_path / "racks", RACKS) == [(200, "")] * 3


GROVES = """
const { app, sequelize } = await import('./node/app.js').then((module) => module.default)
await sequelize.sync()
const server = app.use((error, req, res, next) => res.status(500).json({ error: error.name })).listen(0)
const base = `http://127.0.0.1:${server.address().port}`
const requests = [['POST', '/groves?name=North'], ['POST', '/trees?kind=oak'], ['DELETE', '/groves/North']]
for (const [method, path] of requests) {
  const answer = await fetch(base + path, { method })
  console.log(JSON.stringify([answer.status, (await answer.json()).error ?? '']))
}
server.close()
"""


def test_sequelize_does_not_delete_a_row_that_others_refer_to() -> None:
    bad, good = (run_fixture(FIXTURES / "referenced_row_deleted" / kind, GROVES, "data") for kind in ("bad", "good"))
    assert bad == [[200, ""], [200, ""], [500, "SequelizeForeignKeyConstraintError"]]
    assert good == [[200, ""]] * 3
