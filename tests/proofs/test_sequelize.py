"""What the Sequelize rules claim, shown on the real library: with SQLite, and PostgreSQL where it is PostgreSQL's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.node import run_fixture
from verifier.run import postgres
from verifier.testing import expected

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sequelize"

# Loads each file of models on a connection of its own, makes the tables, and prints what went wrong.
DEFINE = """
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { Sequelize } = require('sequelize')
for (const file of readdirSync('src/models').sort().filter((name) => name !== 'index.js')) {
  const sequelize = new Sequelize(CONNECTION)
  let error = null
  try {
    const model = require(`./src/models/${file}`)(sequelize)
    await sequelize.sync({ force: true })
    AFTER
  } catch (thrown) {
    error = `${thrown.name}: ${thrown.message}`
  }
  console.log(JSON.stringify({ file, error }))
}
process.exit(0)
"""
# Calls each function of the repository, and prints what went wrong.
QUERY = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { sequelize } = require('./src/models')
const store = require('./src/repositories/store.js')
await sequelize.sync()
for (const [name, query] of Object.entries(store)) {
  let error = null
  try {
    await query(1)
  } catch (thrown) {
    error = `${thrown.name}: ${thrown.message}`
  }
  console.log(JSON.stringify({ name, error }))
}
process.exit(0)
"""
SQLITE = "'sqlite::memory:', { logging: false }"


def defining(rule: str, kind: str, *, connection: str = SQLITE, after: str = "") -> dict[str, str | None]:
    """The error that each file of models ends with."""
    script = DEFINE.replace("CONNECTION", connection).replace("AFTER", after)
    lines: list[Any] = run_fixture(FIXTURES / rule / kind, script, "data")
    return {line["file"]: line["error"] for line in lines}


def querying(rule: str, kind: str) -> dict[str, str | None]:
    """The error that each function of the repository ends with."""
    lines: list[Any] = run_fixture(FIXTURES / rule / kind, QUERY, "data")
    return {line["name"]: line["error"] for line in lines}


def marked(rule: str) -> set[str]:
    """The files of the bad fixture in which something is reported."""
    return {Path(path).name for path, _, _ in expected(FIXTURES / rule / "bad")}


def marked_functions(rule: str) -> set[str]:
    """The functions of the bad fixture in which something is reported."""
    found: set[str] = set()
    for path, line, _ in expected(FIXTURES / rule / "bad"):
        text = (FIXTURES / rule / "bad" / path).read_text().split("\n")[:line]
        found.add([row for row in text if row.startswith("async function")][-1].split()[2].partition("(")[0])
    return found


REFUSED = {
    "duplicate_alias": "in two separate associations. Aliased associations must have unique aliases.",
    "alias_clashes_attribute": "Error: Naming collision between attribute ",
    "id_not_primary": "but not marked with 'primaryKey: true'",
    "missing_through": "requires through option, pass either a string or a model",
}


@pytest.mark.parametrize("rule", sorted(REFUSED))
def test_definitions_are_refused(rule: str) -> None:
    """Each file with a reported line throws where it is loaded; those of the good fixture make their tables."""
    errors = defining(rule, "bad")
    assert set(errors) == marked(rule)
    assert all(error is not None and REFUSED[rule] in error for error in errors.values()), errors
    assert set(defining(rule, "good").values()) == {None}


def test_an_instance_has_no_data_types() -> None:
    """What is read from the connection is undefined; the class behind it has the types."""
    errors = defining("data_types_on_instance", "bad")
    assert errors == {
        "tags.js": 'Error: Unrecognized datatype for attribute "Tag.label"',
        "users.js": "TypeError: Cannot read properties of undefined (reading 'STRING')",
    }
    assert set(defining("data_types_on_instance", "good").values()) == {None}


def test_types_that_do_not_exist() -> None:
    """They are undefined, and no functions."""
    assert defining("unknown_data_type", "bad") == {
        "codes.js": "TypeError: DataTypes.VARCHAR is not a function",
        "events.js": 'Error: Unrecognized datatype for attribute "Event.at"',
        "users.js": 'Error: Unrecognized datatype for attribute "User.name"',
    }
    assert set(defining("unknown_data_type", "good").values()) == {None}


# Saves a row with each attribute, and reads it back.
SAVE = """
    const values = { tagList: ['a'], at: { type: 'Point', coordinates: [1, 2] }, valid: [1, 2], extra: { a: '1' },
      meta: { a: 1 }, state: 'live', address: '::1' }
    await model.create(values)
    const row = (await model.findOne()).toJSON()
    for (const name of Object.keys(values)) {
      const same = JSON.stringify(row[name]) === JSON.stringify(values[name])
      if (name in row && !same) throw new Error(`${name} is ${row[name]}`)
    }
"""


def test_sqlite_lacks_types() -> None:
    """The table is not made, the row is not saved, or another value is read back."""
    errors = defining("type_not_in_dialect", "bad", after=SAVE)
    assert errors == {
        "articles.js": 'SequelizeDatabaseError: SQLITE_ERROR: near "[]": syntax error',
        "offers.js": "Error: valid is [object Object]",
        "places.js": "SequelizeDatabaseError: SQLITE_ERROR: no such function: ST_GeomFromText",
    }
    assert set(defining("type_not_in_dialect", "good", after=SAVE).values()) == {None}


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL server."""
    started = postgres.start()
    yield started
    started.stop()


def test_postgresql_refuses_keys_of_another_type(server: postgres.Server) -> None:
    """A foreign key cannot be made between columns that cannot be compared; SQLite makes it."""
    place = json.dumps(str(server.socket.parent))
    connection = (
        f"'postgres', {json.dumps(postgres.USER)}, '', {{ dialect: 'postgres', host: {place}, logging: false }}"
    )
    errors = defining("foreign_key_type_mismatch", "bad", connection=connection)
    assert set(errors) == marked("foreign_key_type_mismatch")
    assert all(error is not None and "cannot be implemented" in error for error in errors.values()), errors
    assert set(defining("foreign_key_type_mismatch", "good", connection=connection).values()) == {None}
    assert set(defining("foreign_key_type_mismatch", "bad").values()) == {None}


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_associations_need_a_model(kind: str) -> None:
    """Each reported call throws; the good ones do not."""
    script = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { models } = require('./src/models')
for (const model of Object.values(models)) {
  let error = null
  try { model.associate?.(models) } catch (thrown) { error = thrown.message }
  console.log(JSON.stringify({ model: model.name, error }))
}
process.exit(0)
"""
    lines: list[Any] = run_fixture(FIXTURES / "association_with_undefined" / kind, script, "data")
    errors = {line["model"]: line["error"] for line in lines}
    ending = "called with something that's not a subclass of Sequelize.Model"
    if kind == "bad":
        assert errors == {"Post": f"Post.belongsTo {ending}", "User": None, "Tag": f"Tag.belongsToMany {ending}"}
    else:
        assert set(errors.values()) == {None}


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_a_later_model_replaces_one_of_its_name(kind: str) -> None:
    """The earlier model's table is not made, so that its queries fail."""
    script = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { sequelize, archive, ...models } = require('./src/models')
await sequelize.sync()
await archive?.sync()
for (const [name, model] of Object.entries(models)) {
  let error = null
  try { await model.findAll() } catch (thrown) { error = thrown.message }
  console.log(JSON.stringify({ name, error }))
}
process.exit(0)
"""
    lines: list[Any] = run_fixture(FIXTURES / "model_name_clash" / kind, script, "data")
    errors = {line["name"]: line["error"] for line in lines if line["error"] is not None}
    missing = {"User": "SQLITE_ERROR: no such table: users", "Page": "SQLITE_ERROR: no such table: pages"}
    assert errors == (missing if kind == "bad" else {})


FAILING = {
    "unassociated_include": {
        "usersWithComments": "SequelizeEagerLoadingError: Comment is not associated to User!",
        "tagged": "SequelizeEagerLoadingError: Article is not associated to Tag!",
        "byAlias": 'Error: Association with alias "writer" does not exist on Article',
        "nested": "SequelizeEagerLoadingError: Picture is not associated to User!",
    },
    "wrong_alias": {
        "withoutAlias": "SequelizeEagerLoadingError: User is associated to Comment using an alias.",
        "otherAlias": "SequelizeEagerLoadingError: User is associated to Comment using an alias.",
        "severalWithoutAlias": "SequelizeEagerLoadingError: User is associated to Article multiple times.",
        "inside": "SequelizeEagerLoadingError: Tag is associated to Article using an alias.",
        "plural": "SequelizeEagerLoadingError: Comment is associated to Article using an alias.",
    },
    "undefined_model_use": {
        "included": "Error: Include unexpected. Element has to be either a Model, an Association or an object.",
        "inObject": "Error: Include unexpected. Element has to be either a Model, an Association or an object.",
        "onConnection": "TypeError: Cannot read properties of undefined (reading 'findAll')",
    },
    "unknown_method": {
        "boat": "TypeError: Boat.findById is not a function",
        "remove": "TypeError: Trip.delete is not a function",
        "rename": "TypeError: Trip.findByIdAndUpdate is not a function",
    },
    "unknown_mixin": {
        "follow": "TypeError: user.addFollowing is not a function",
        "articles": "TypeError: user.countArticles is not a function",
        "tags": "TypeError: article.getTags is not a function",
    },
    "hook_after_validation": {
        "register": "SequelizeValidationError: notNull Violation: User.passwordHash cannot be null",
        "publish": "SequelizeValidationError: notNull Violation: Article.slug cannot be null",
        "note": "SequelizeValidationError: notNull Violation: Note.words cannot be null",
    },
}


@pytest.mark.parametrize("rule", sorted(FAILING))
def test_queries_fail(rule: str) -> None:
    """Each function with a reported line throws; those of the good fixture do not."""
    errors = querying(rule, "bad")
    assert set(errors) == marked_functions(rule) == set(FAILING[rule])
    for name, beginning in FAILING[rule].items():
        assert (errors[name] or "").startswith(beginning)
    assert {name: error for name, error in querying(rule, "good").items() if error is not None} == {}


def test_associations_that_nobody_makes_are_missed() -> None:
    """Nothing calls `associate`, so that both includes fail; where it is called, they do not."""
    errors = querying("association_never_made", "bad")
    assert errors == {
        "posts": "SequelizeEagerLoadingError: User is not associated to Post!",
        "users": 'Error: Association with alias "posts" does not exist on User',
    }
    assert set(querying("association_never_made", "good").values()) == {None}
