"""When a clause is kept, broken, or cannot be decided."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Buttress, Write
from verifier.check import check
from verifier.session import Options, open_session

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
CONTRACT = """
openapi: 3.0.0
info: {title: Library, version: "1"}
paths:
  /books:
    get: {operationId: list, responses: {}}
  /books/{id}:
    get: {operationId: read, responses: {}}
"""


def package(start: str = "node app.js") -> str:
    return json.dumps({"dependencies": {"express": "^5.0.0", "knex": "^3.0.0"}, "scripts": {"start": start}})


def verdicts(root: Path, **options: object) -> dict[str, tuple[bool | None, list[str]]]:
    """Clause by clause: the verdict, and the messages of its evidence."""
    session = open_session(Options(path=root, cache=False, quiet=True, **options))  # type: ignore[arg-type]
    return {
        found.clause: (found.compliant, [evidence.message for evidence in found.evidence])
        for found in check(session.facts).verdicts
    }


def test_a_layer_that_does_not_exist_keeps_no_clause(write: Write) -> None:
    app = "const express = require('express')\nconst app = express()\napp.get('/books', (req, res) => res.json([]))\n"
    found = verdicts(write({"package.json": package(), "routes/app.js": app}), architecture="clean")
    assert {clause: compliant for clause, (compliant, _) in found.items()} == {
        "each layer is in its own directory": False,
        "dependencies point down only": None,
        "routes import services only": None,
        "repositories are reached only through services": None,
        "services are framework-agnostic": None,
        "routes hold no data access": None,
        "data access lies in repositories": None,
    }
    assert found["services are framework-agnostic"][1] == ["no file belongs to the layer `services`"]


ROUTES = """
const { Router } = require('express')
const books = require('../repositories/books')
const db = require('../db')

const router = Router()
router.get('/', async (req, res) => res.json(await books.all()))
router.get('/count', async (req, res) => res.json(await db('books').count()))
module.exports = router
"""
LAYERED = {
    "package.json": package(),
    "app.js": "const app = require('express')()\napp.use('/books', require('./routes/books'))\n",
    "db.js": "const knex = require('knex')\nmodule.exports = knex({ client: 'pg' })\n",
    "routes/books.js": ROUTES,
    "services/books.js": "const books = require('../repositories/books')\nexports.all = () => books.all()\n",
    "repositories/books.js": "const db = require('../db')\nexports.all = () => db('books').select()\n",
    "models/book.js": "exports.Book = class {}\n",
}


def test_a_route_that_goes_around_the_services_breaks_each_clause_on_that(write: Write) -> None:
    found = verdicts(write(LAYERED), architecture="clean")
    assert {clause: compliant for clause, (compliant, _) in found.items()} == {
        "each layer is in its own directory": True,
        "dependencies point down only": True,
        "routes import services only": False,
        "repositories are reached only through services": False,
        "services are framework-agnostic": True,
        "routes hold no data access": False,
        "data access lies in repositories": False,
    }


def test_a_rule_that_was_not_run_decides_nothing(write: Write) -> None:
    found = verdicts(write(LAYERED), architecture="clean", ignore=("layers/repository-in-route",))
    assert found["routes import services only"] == (None, ["`layers/repository-in-route` was not run"])
    assert found["routes hold no data access"][0] is False


def test_all_that_breaks_a_clause_is_listed(write: Write) -> None:
    repositories = {f"repositories/r{place}.js": "exports.all = () => []\n" for place in range(30)}
    requires = "".join(f"const r{place} = require('../repositories/r{place}')\n" for place in range(30))
    route = f"const {{ Router }} = require('express')\n{requires}\nmodule.exports = Router().get('/', () => r0.all())\n"
    root = write({**LAYERED, **repositories, "routes/books.js": route})
    assert len(verdicts(root, architecture="clean")["routes import services only"][1]) == 30


def contract_of(write: Write, app: str) -> dict[str, tuple[bool | None, list[str]]]:
    root = write({"package.json": package(), "app.js": app, "openapi.yml": CONTRACT})
    return verdicts(root, contract=root / "openapi.yml", framework="express")


def test_routes_that_only_run_time_knows_leave_the_contract_undecided(write: Write) -> None:
    app = "const app = require('express')()\napp.get(process.env.PREFIX + '/books', (req, res) => res.json([]))\n"
    found = contract_of(write, app)
    compliant, reasons = found["every operation has a route"]
    assert compliant is None
    assert reasons == ["the path depends on the environment variable `PREFIX`"]
    assert found["path parameters agree"][0] is None
    assert found["no operation is shadowed"][0] is None


def test_a_contract_is_kept_whatever_else_only_run_time_knows(write: Write) -> None:
    app = (
        "const app = require('express')()\n"
        "app.get(process.env.EXTRA, (req, res) => res.end())\n"
        "app.get('/books', (req, res) => res.json([]))\n"
        "app.get('/books/:id', (req, res) => res.json({}))\n"
    )
    assert [compliant for compliant, _ in contract_of(write, app).values()] == [True, True, True, True]


def test_no_application_decides_nothing_about_the_contract(write: Write) -> None:
    found = contract_of(write, "module.exports = (app) => app.get('/books', (req, res) => res.json([]))\n")
    assert found["every operation has a route"][0] is None


def test_the_framework_is_undecided_where_its_application_is_not_seen_to_be_served(write: Write) -> None:
    app = "const express = require('express')\nconst app = express()\napp.get('/', (req, res) => res.end())\n"
    root = write({"package.json": package("node start.js"), "start.js": "console.log('up')\n", "app.js": app})
    clause = "the served application is an express application"
    assert verdicts(root, framework="express")[clause][0] is None
    assert verdicts(root, framework="koa")["the served application is a koa application"][0] is False


def test_the_framework_is_undecided_where_it_is_imported_and_no_application_is_seen(write: Write) -> None:
    app = "const express = require('express')\nmodule.exports = build(express)\n"
    root = write({"package.json": package(), "app.js": app})
    compliant, reasons = verdicts(root, framework="express")["the served application is an express application"]
    assert compliant is None
    assert "express is imported here" in reasons
    assert verdicts(root, framework="koa")["the served application is a koa application"][0] is False


def test_data_access_that_lies_in_models_does_not_lie_in_repositories(write: Write) -> None:
    app = (
        "const app = require('express')()\n"
        "const books = require('./models/books')\n"
        "app.get('/books', async (req, res) => res.json(await books.all()))\n"
    )
    model = "const db = require('../db')\nexports.all = () => db('books').select()\n"
    found = verdicts(
        write({**LAYERED, "app.js": app, "models/books.js": model, "routes/books.js": ""}), architecture="clean"
    )
    assert found["routes hold no data access"][0] is True
    assert found["data access lies in repositories"] == (None, ["data access in a file of `models`"])


DYNAMIC = """
const express = require('express')
const app = express()
app.get('/books', (req, res) => res.json([]))
app[process.env.METHOD](process.env.PATHS, (req, res) => res.json({}))
app.listen(3000)
"""


def test_routes_that_were_not_read_leave_the_contract_open(write: Write, tmp_path: Path) -> None:
    contract = tmp_path / "contract.yml"
    contract.write_text(CONTRACT)
    root = write({"package.json": package(), "app.js": DYNAMIC})
    found = verdicts(root, contract=contract)
    assert {clause: compliant for clause, (compliant, _) in found.items()} == {
        "every operation has a route": None,
        "path parameters agree": None,
        "no operation is shadowed": None,
    }


def test_repositories_that_nothing_was_seen_to_call(write: Write) -> None:
    files = {
        "package.json": package(),
        "app.js": "const express = require('express')\nconst app = express()\n"
        "app.use('/books', require('./routes/books'))\napp.listen(3000)\n",
        "routes/books.js": "const router = require('express').Router()\nconst made = require('../made')\n"
        "router.get('/', (req, res) => res.json(made[process.env.KIND].all()))\nmodule.exports = router\n",
        "made.js": "module.exports = {}\n",
        "repositories/books.js": "exports.all = () => []\n",
    }
    clause = "repositories are reached only through services"
    assert verdicts(write(files), architecture="clean")[clause] == (None, ["no call of a repository was seen"])


def test_only_rules_of_the_frameworks_in_use_are_missed(buttress: Buttress) -> None:
    contract = FIXTURES / "apps" / "openapi.yml"
    ran = buttress("check", FIXTURES / "layers" / "upward_import" / "bad", "--contract", contract, "--select", "layers")
    assert "`fastapi/shadowed-route` was not run" in ran.out
    assert "`django/shadowed-route` was not run" not in ran.out
