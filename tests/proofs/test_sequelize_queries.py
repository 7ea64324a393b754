"""What the rules on queries of Sequelize claim, shown on the real library and SQLite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.node import run_fixture
from verifier.testing import expected

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sequelize"
# Calls each function of the repository on a database with two members, and prints what it gives or throws.
ASK = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { sequelize, Member, Story } = require('./src/models')
const store = require('./src/repositories/store.js')
for (const [name, query] of Object.entries(store)) {
  await sequelize.sync({ force: true })
  await Member.bulkCreate([{ nick: 'zoe', points: 3, active: false }, { nick: 'moe', points: 7, active: true }])
  await Story.bulkCreate([{ title: 'a', memberId: 1 }, { title: 'b', memberId: 1 }])
  let error = null
  let result = null
  const sent = []
  sequelize.options.logging = (sql) => sent.push(sql)
  try {
    const found = await query('zoe')
    result = Array.isArray(found) ? found.length : found?.rows ? [found.count, found.rows.length] : found?.nick ?? found
  } catch (thrown) {
    error = `${thrown.name}: ${thrown.message}`
  }
  sequelize.options.logging = false
  console.log(JSON.stringify({ name, error, result, sent }))
}
process.exit(0)
"""
# What the functions of the bad fixture of each rule throw.
REFUSED = {
    "missing_where": "Missing where",
    "wrong_finder_argument": "rgument passed to",
    "option_as_text": ("Order must be", "attributes option must be", "Support for"),
    "undefined_condition": 'has invalid "undefined" value',
    "nested_column_in_page": "no such column",
    "nested_column_not_joined": "no such column",
    "include_option_refused": ("Only HasMany associations", "getTableName"),
    "expression_without_name": "without specifying an alias",
    "unknown_scope": "Invalid scope",
    "operator_not_in_dialect": "SQLITE_ERROR",
}


def asked(rule: str, kind: str) -> dict[str, dict[str, Any]]:
    """What each function of the repository gives or throws."""
    lines = run_fixture(FIXTURES / rule / kind, ASK, "data")
    return {line["name"]: line for line in lines}


@pytest.mark.parametrize("rule", sorted(REFUSED))
def test_bad_queries_are_refused(rule: str) -> None:
    """Each function of the bad fixture throws what the rule says, and none of the good one throws."""
    wanted = REFUSED[rule]
    texts = (wanted,) if isinstance(wanted, str) else wanted
    found = asked(rule, "bad")
    assert len(found) <= len(expected(FIXTURES / rule / "bad"))
    for name, line in found.items():
        assert line["error"] is not None, name
        assert any(text in line["error"] for text in texts), line
    assert {name: line["error"] for name, line in asked(rule, "good").items() if line["error"]} == {}


def test_texts_are_no_operators() -> None:
    """An operator as a text is refused, or compared with as an object."""
    for name, line in asked("string_operator", "bad").items():
        refused = line["error"] is not None and "Invalid value" in line["error"]
        assert refused or "[object Object]" in json.dumps(line["sent"]), name
    assert all(line["error"] is None for line in asked("string_operator", "good").values())


def test_conditions_beside_options_are_not_looked_at() -> None:
    """Rows are found whatever the condition says."""
    bad = asked("condition_outside_where", "bad")
    assert (bad["named"]["result"], bad["active"]["result"], bad["counted"]["result"]) == ("zoe", 2, 2)
    assert "WHERE" not in json.dumps([line["sent"] for line in bad.values()])
    good = asked("condition_outside_where", "good")
    assert (good["active"]["result"], good["counted"]["result"]) == (1, 0)


def test_objects_are_no_values() -> None:
    """A row or an object is compared as a text, or breaks the foreign key."""
    bad = asked("object_as_value", "bad")
    assert "[object SequelizeInstance:Member]" in json.dumps(bad["storiesOf"]["sent"])
    assert "SequelizeForeignKeyConstraintError" in bad["write"]["error"]
    assert "[object Object]" in json.dumps(bad["byObject"]["sent"])
    assert all(line["error"] is None for line in asked("object_as_value", "good").values())


def test_joined_rows_are_counted() -> None:
    """One member with two stories counts twice."""
    assert asked("count_of_joined_rows", "bad")["page"]["result"] == [3, 2]
    assert asked("count_of_joined_rows", "good")["page"]["result"] == [2, 2]


def test_limits_count_joined_rows() -> None:
    """A page of two members has one, whose two stories take both rows."""
    assert asked("limit_over_joined_rows", "bad")["page"]["result"] == 1
    good = asked("limit_over_joined_rows", "good")
    assert (good["page"]["result"], good["apart"]["result"]) == (2, 2)


def test_operators_want_lists() -> None:
    """A text is refused, a number finds nothing."""
    bad = asked("operator_without_list", "bad")
    assert "value.map is not a function" in bad["named"]["error"]
    assert bad["between"]["result"] == 0
    assert "NOT IN" not in json.dumps(bad["five"]["sent"])
    assert all(line["error"] is None for line in asked("operator_without_list", "good").values())


ASK_FOR_TRANSACTIONS = """
import { createRequire } from 'node:module';
const { app, sequelize } = createRequire(import.meta.url)('./app.js');
app.use((error, req, res, next) => res.status(500).json(error.message));
await sequelize.query('PRAGMA busy_timeout = 100');
await sequelize.sync({ force: true });
const server = app.listen(0);
const found = [];
for (const path of ['/crates', '/cellar', '/shelf']) {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method: 'POST' });
  found.push([answer.status, answer.status === 500 ? await answer.json() : '']);
}
console.log(JSON.stringify(found));
server.close();
"""


def test_a_write_beside_a_transaction_finds_the_database_locked() -> None:
    folder = FIXTURES / "transaction_not_passed"
    (bad,) = run_fixture(folder / "bad", ASK_FOR_TRANSACTIONS, "data")
    (good,) = run_fixture(folder / "good", ASK_FOR_TRANSACTIONS, "data")
    assert bad == [[500, "SQLITE_BUSY: database is locked"]] * 3
    assert good == [[200, ""]] * 3


ASK_FOR_VOTES = """
import { createRequire } from 'node:module';
const { app, sequelize } = createRequire(import.meta.url)('./app.js');
app.use((error, req, res, next) => res.status(500).json(`${error.name}: ${error.message}`));
await sequelize.sync();
await sequelize.query("INSERT INTO Votes (choiceId, voter) VALUES (1, 'ann'), (1, 'bob'), (2, 'cid')");
const server = app.listen(0);
const answer = await fetch(`http://127.0.0.1:${server.address().port}/votes`);
console.log(JSON.stringify([answer.status, await answer.json()]));
server.close();
"""


def test_a_count_without_groups_is_a_number() -> None:
    folder = FIXTURES / "count_is_number"
    (bad,) = run_fixture(folder / "bad", ASK_FOR_VOTES, "data")
    (good,) = run_fixture(folder / "good", ASK_FOR_VOTES, "data")
    assert bad == [500, "TypeError: counts.map is not a function"]
    assert good == [200, [[1, 2], [2, 1]]]


# What the functions of a repository give, and whether the hooks of their writes are told of a transaction.
TOLD = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { sequelize, Member, Story } = require('./src/models')
const store = require('./src/repositories/store.js')
const joined = []
Member.addHook('beforeCreate', (row, options) => joined.push(Boolean(options.transaction)))
Member.addHook('beforeUpdate', (row, options) => joined.push(Boolean(options.transaction)))
Member.addHook('beforeBulkUpdate', (options) => joined.push(Boolean(options.transaction)))
for (const [name, query] of Object.entries(store)) {
  await sequelize.sync({ force: true })
  await Member.bulkCreate([{ nick: 'zoe', points: 3, active: false }, { nick: 'moe', points: 7, active: true }])
  await Story.bulkCreate([{ title: 'a', memberId: 1 }])
  joined.length = 0
  const found = await query()
  const rows = (Array.isArray(found) ? found : [found]).filter((row) => row?.toJSON).map((row) => row.toJSON())
  console.log(JSON.stringify({ name, rows, joined }))
}
process.exit(0)
"""


def test_options_of_other_names_and_in_other_places_are_ignored() -> None:
    """Each option has an effect in the good fixture, and none in the bad one."""
    kinds = [run_fixture(FIXTURES / "ignored_option" / kind, TOLD, "data") for kind in ("bad", "good")]
    bad, good = ({line["name"]: line for line in lines} for lines in kinds)
    for lines, works in ((bad, False), (good, True)):
        rows = {name: line["rows"] for name, line in lines.items()}
        assert (rows["ensure"][0].get("points") == 9) is works
        assert ([row["nick"] for row in rows["sorted"]] == ["moe", "zoe"]) is works
        assert ("stories" in rows["withStories"][0]) is works
        assert (list(rows["names"][0]) == ["nick"]) is works
        assert ([row["nick"] for row in rows["some"]] == ["moe"]) is works
        assert ([row["nick"] for row in rows["page"]] == ["zoe"]) is works
        assert (list(rows["titles"][0]["stories"][0]) == ["title"]) is works
        for name in ("created", "named", "changed", "saved"):
            assert lines[name]["joined"] == [works], name
    assert [row["nick"] for row in good["hooked"]["rows"]] == ["moe", "zoe"]
