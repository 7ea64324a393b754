"""What goes wrong over several statements, shown by the libraries that run them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.node import run_fixture
from verifier.run import postgres

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


def ask(folder: Path, script: str) -> list[Any]:
    """What a script prints as JSON, line by line, in a process of its own in a folder."""
    ran = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith(("[", "{", '"'))]


BOATS = """
import json
from fastapi.testclient import TestClient
from main import app
from models import Boat, Harbour, engine
from sqlalchemy.orm import Session
with Session(engine) as session:
    for place, (name, length) in enumerate([("Tern", 10), ("Gull", 30), ("Skua", 25)]):
        session.add(Boat(name=name, length=length, harbour=Harbour(name=f"h{place}")))
    session.commit()
client = TestClient(app)
for path in ("/boats?longest=15", "/boats?offset=2", "/boats/long?harbour=h1"):
    print(json.dumps(client.get(path).json()))
"""


def test_a_parameter_that_nothing_looks_at_filters_nothing() -> None:
    folder = FIXTURES / "orm" / "ignored_parameter"
    everything = ["Tern", "Gull", "Skua"]
    assert ask(folder / "bad" / "python", BOATS) == [everything, everything, ["Gull", "Skua"]]
    assert ask(folder / "good" / "python", BOATS) == [["Tern"], ["Skua"], ["Gull"]]


SHIPS = """
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { sequelize, Boat } = require("./models");
const boats = require("./boats");
await sequelize.sync();
for (const [name, length] of [["Tern", 10], ["Gull", 30], ["Skua", 25]]) {
  await Boat.create({ name, length, harbour: "h" });
}
const shown = (found) => console.log(JSON.stringify(found.map((boat) => boat.name).sort()));
shown(await boats.page({ longest: "15" }, { limit: 20, offset: 0 }));
shown(await boats.newest({ limit: 1, offset: 1 }));
"""


def test_an_option_that_nothing_looks_at_filters_nothing() -> None:
    folder = FIXTURES / "orm" / "ignored_parameter"
    assert run_fixture(folder / "bad" / "node", SHIPS, "data") == [["Gull", "Skua", "Tern"], ["Skua"]]
    assert run_fixture(folder / "good" / "node", SHIPS, "data") == [["Tern"], ["Gull"]]


BOOKS = """
import json, os, tempfile, sys
sys.path.insert(0, os.getcwd())
os.chdir(tempfile.mkdtemp())
import main
with main.connect() as connection:
    connection.execute("INSERT INTO books (title, writer) VALUES ('Emma', 'Austen'), ('Ulysses', 'Joyce')")
    connection.execute("INSERT INTO readers (name, town) VALUES ('Ann', 'Cork'), ('Ben', 'Bath')")
client = main.app.test_client()
for path in ("/api/books?writer=Joyce", "/api/readers?city=Cork"):
    print(json.dumps([sorted(row.get("title", row.get("name")) for row in client.get(path).json)]))
"""


def test_a_parameter_of_the_contract_that_nothing_reads_filters_nothing() -> None:
    folder = FIXTURES / "contract" / "unread_parameter"
    assert ask(folder / "bad", BOOKS) == [[["Emma", "Ulysses"]], [["Ann", "Ben"]]]
    assert ask(folder / "good", BOOKS) == [[["Ulysses"]], [["Ann"]]]


UNIT = """
import json
from fastapi.testclient import TestClient
from main import app
client = TestClient(app)
print(json.dumps([client.post(f"/boats?name={name}").status_code for name in ("Tern", "Gull")]))
print(json.dumps(client.get("/boats").json()))
print(json.dumps([client.delete("/boats/Tern").status_code]))
print(json.dumps(client.get("/boats").json()))
"""


def test_what_no_session_commits_is_lost() -> None:
    folder = FIXTURES / "orm" / "write_without_commit"
    assert ask(folder / "bad" / "unit", UNIT) == [[201, 201], [], [204], []]
    assert ask(folder / "good" / "unit", UNIT) == [[201, 201], ["Tern", "Gull"], [204], ["Gull"]]


PLAIN = """
import asyncio, json, os, sys, tempfile
sys.path.insert(0, os.getcwd())
os.chdir(tempfile.mkdtemp())
from aiohttp.test_utils import TestClient, TestServer
import app
async def go():
    async with TestClient(TestServer(app.create_app())) as client:
        for name in ("Cork", "Bath"):
            print(json.dumps([(await client.post("/harbours", params={"name": name})).status]))
        print(json.dumps(await (await client.get("/harbours")).json()))
        with app.connect() as connection:
            connection.execute("INSERT INTO harbours (name) VALUES ('Kiel')")
        print(json.dumps([(await client.delete("/harbours/Kiel")).status]))
        print(json.dumps(await (await client.get("/harbours")).json()))
asyncio.run(go())
"""


def test_what_no_connection_commits_is_lost() -> None:
    folder = FIXTURES / "orm" / "write_without_commit"
    assert ask(folder / "bad" / "plain", PLAIN) == [[201], [201], [], [204], ["Kiel"]]
    assert ask(folder / "good" / "plain", PLAIN) == [[201], [201], ["Cork", "Bath"], [204], ["Cork", "Bath"]]


BEGUN = """
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { rmSync } = await import("node:fs");
process.env.FILE = `/tmp/buttress-proof-${process.pid}.db`;
const { Sequelize } = require("sequelize");
const { sequelize, launch } = require("./models");
await sequelize.sync();
await launch("Tern");
const other = new Sequelize({ dialect: "sqlite", storage: process.env.FILE, logging: false });
const [rows] = await other.query('SELECT name FROM "Boats"');
console.log(JSON.stringify(rows.map((row) => row.name)));
rmSync(process.env.FILE);
process.exit(0);
"""


def test_a_transaction_that_is_never_ended_is_lost() -> None:
    folder = FIXTURES / "orm" / "write_without_commit"
    assert run_fixture(folder / "bad" / "node", BEGUN, "data") == [[]]
    assert run_fixture(folder / "good" / "node", BEGUN, "data") == [["Tern"]]


COUNTED = """
import json
from fastapi.testclient import TestClient
from main import Boat, Harbour, app, engine
from sqlalchemy import event
from sqlalchemy.orm import Session
with Session(engine) as session:
    for place in range(5):
        session.add(Harbour(name=f"h{place}", boats=[Boat(name=f"b{place}")]))
    session.commit()
sent = []
event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
client = TestClient(app)
for path in ("/harbours", "/legacy", "/counts"):
    sent.clear()
    assert client.get(path).status_code == 200
    print(json.dumps([len(sent)]))
"""


def test_a_relationship_is_loaded_once_for_each_row() -> None:
    folder = FIXTURES / "orm" / "n_plus_one"
    assert ask(folder / "bad" / "mapped", COUNTED) == [[6], [6], [6]]
    assert ask(folder / "good" / "mapped", COUNTED) == [[2], [1], [3]]


TRACED = """
import json
from fastapi.testclient import TestClient
import main
for place in range(5):
    main.connection.execute("INSERT INTO harbours (name) VALUES (?)", (f"h{place}",))
    main.connection.execute("INSERT INTO boats (name, harbour_id) VALUES (?, ?)", (f"b{place}", place + 1))
main.connection.commit()
sent = []
main.connection.set_trace_callback(sent.append)
client = TestClient(main.app)
for path in ("/harbours", "/counts"):
    sent.clear()
    assert client.get(path).status_code == 200
    print(json.dumps([len(sent)]))
"""


def test_a_statement_is_sent_once_for_each_row() -> None:
    folder = FIXTURES / "orm" / "n_plus_one"
    assert ask(folder / "bad" / "plain", TRACED) == [[6], [6]]
    assert ask(folder / "good" / "plain", TRACED) == [[2], [1]]


LOGGED = """
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { sequelize, Boat, Harbour } = require("./models");
const app = require("./server");
await sequelize.sync();
for (let place = 0; place < 5; place++) {
  const harbour = await Harbour.create({ name: `h${place}` });
  await Boat.create({ name: `b${place}`, harbourId: harbour.id });
}
let sent = 0;
sequelize.options.logging = () => sent++;
const server = app.listen(0);
for (const path of ["/harbours", "/counts"]) {
  sent = 0;
  const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
  console.log(JSON.stringify([answer.status, sent]));
}
server.close();
"""


def test_rows_of_sequelize_ask_once_for_each() -> None:
    folder = FIXTURES / "orm" / "n_plus_one"
    assert run_fixture(folder / "bad" / "node", LOGGED, "data") == [[200, 6], [200, 6]]
    assert run_fixture(folder / "good" / "node", LOGGED, "data") == [[200, 1], [200, 2]]


COUNTS = """
import json
from fastapi.testclient import TestClient
from main import Book, Tag, app, engine, plain
from sqlalchemy.orm import Session
with Session(engine) as session:
    session.add(Book(title="Emma", tags=[Tag(name=name) for name in ("new", "long", "sad")]))
    session.add(Book(title="Ulysses"))
    session.commit()
plain.executescript("INSERT INTO songs (title) VALUES ('a'), ('b'); INSERT INTO likes VALUES (1, 'x'), (1, 'y')")
client = TestClient(app)
paths = ("/books/count", "/books/total", "/songs/count")
print(json.dumps([client.get(path).json() for path in paths]))
"""


def test_a_join_inflates_a_count() -> None:
    folder = FIXTURES / "orm" / "count_inflated"
    assert ask(folder / "bad", COUNTS) == [[4, 4, 3]]
    assert ask(folder / "good", COUNTS) == [[2, 2, 2]]


OBJECTS = """
import json
from fastapi.testclient import TestClient
from main import app
for path in ("/first/books", "/second/books"):
    try:
        print(json.dumps(TestClient(app).get(path).json()))
    except Exception as error:
        print(json.dumps([str(error).splitlines()[0]]))
"""


def test_a_driver_takes_no_object_for_a_key() -> None:
    folder = FIXTURES / "orm" / "instance_as_id"
    ((built,), (sent,)) = ask(folder / "bad", OBJECTS)
    assert built.startswith("SQL expression element or literal value expected, got <main.Author object")
    assert sent == "(sqlite3.ProgrammingError) Error binding parameter 1: type 'Author' is not supported"
    assert ask(folder / "good", OBJECTS) == [[], []]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    yield started
    started.stop()


VALUES = """
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
process.env.DATABASE_URL = ADDRESS;
const { app, database, pool, prepare } = require("./server");
database.exec("INSERT INTO boats (name, wooden) VALUES ('Tern', 1); INSERT INTO trips (boat_id) VALUES (1)");
await pool.query("DROP TABLE IF EXISTS ships; DROP TABLE IF EXISTS harbours");
await prepare();
await pool.query("INSERT INTO harbours (name) VALUES ('Cork')");
await pool.query("INSERT INTO ships (harbour_id) VALUES (1), (1)");
const listening = app.listen(0);
for (const path of ["/boats", "/harbours"]) {
  const answer = await fetch(`http://127.0.0.1:${listening.address().port}${path}`);
  console.log(JSON.stringify(await answer.json()));
}
listening.close();
await pool.end();
"""


def test_drivers_give_numbers_for_truths_and_texts_for_counts(server: postgres.Server) -> None:
    folder = FIXTURES / "contract" / "unconverted_value"
    address = f"postgres://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    script = VALUES.replace("ADDRESS", json.dumps(address))
    boats, harbours = run_fixture(folder / "bad", script, "data")
    assert boats == [{"name": "Tern", "wooden": 1, "rented": 1, "tripsCount": 1}]
    assert harbours == [{"name": "Cork", "boatsCount": "2"}]
    boats, harbours = run_fixture(folder / "good", script, "data")
    assert boats == [{"name": "Tern", "wooden": True, "rented": True, "tripsCount": 1}]
    assert harbours == [{"name": "Cork", "boatsCount": 2}]


NOTES = """
import json
from fastapi.testclient import TestClient
from main import app
client = TestClient(app)
print(json.dumps(client.get("/boats/1/notes").json()))
client.delete("/boats/2/notes/1")
print(json.dumps(client.get("/boats/1/notes").json()))
"""


def test_an_argument_that_no_statement_uses_limits_nothing() -> None:
    folder = FIXTURES / "orm" / "unused_argument"
    assert ask(folder / "bad", NOTES) == [["leaks", "sails well"], ["sails well"]]
    assert ask(folder / "good", NOTES) == [["leaks"], ["leaks"]]
