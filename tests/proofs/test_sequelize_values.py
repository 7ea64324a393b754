"""What Sequelize does with values that a model has no place for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sequelize"
ASK = """
import { createRequire } from 'node:module';
const { app, sequelize } = createRequire(import.meta.url)('./app.js');
await sequelize.sync();
const server = app.listen(0);
const base = `http://127.0.0.1:${server.address().port}`;
const post = (path, body) => fetch(base + path, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
});
await post('/boats', { name: 'Tern', harbour: 7 });
await post('/notes', { text: 'ahoy', author: 'Ann' });
const [boats] = await sequelize.query('SELECT name, harbourId, length FROM boats');
const [notes] = await sequelize.query("SELECT text, author FROM notes WHERE text IS NULL OR text = 'ahoy'");
console.log(JSON.stringify({ boats, notes }));
server.close();
"""


ASK_FOR_COLUMNS = """
import { createRequire } from 'node:module';
const { app, sequelize } = createRequire(import.meta.url)('./app.js');
app.use((error, req, res, next) => res.status(500).json(error.message));
await sequelize.sync();
const server = app.listen(0);
const base = `http://127.0.0.1:${server.address().port}`;
const found = [];
for (const path of ['/kept?by=Ann', '/labels', '/keepers', '/known', '/old']) {
  const answer = await fetch(base + path, { method: path === '/old' ? 'DELETE' : 'GET' });
  found.push([answer.status, answer.status === 500 ? await answer.json() : '']);
}
console.log(JSON.stringify(found));
server.close();
"""


def stored(kind: str) -> Any:
    (found,) = run_fixture(FIXTURES / "unknown_attribute" / kind, ASK, "data")
    return found


def test_keys_that_a_model_lacks_are_dropped_without_a_word() -> None:
    assert stored("bad") == {
        "boats": [{"name": "Tern", "harbourId": None, "length": 3}],
        "notes": [{"text": None, "author": None}],
    }


def test_attributes_setters_and_associations_are_stored() -> None:
    found = stored("good")
    assert found["boats"][0]["harbourId"] == 7
    assert round(found["boats"][0]["length"], 1) == 0.9
    assert found["notes"] == [{"text": "ahoy", "author": "Ann"}] * 2


def test_queries_that_name_no_column_are_refused() -> None:
    (found,) = run_fixture(FIXTURES / "unknown_column" / "bad", ASK_FOR_COLUMNS, "data")
    refused = "SQLITE_ERROR: no such column: "
    assert found == [
        [500, f"{refused}{name}"] for name in ("animal.keeper", "label", "keeper.createdAt", "keeper.nick", "year")
    ]


def test_queries_that_name_columns_are_answered() -> None:
    (found,) = run_fixture(FIXTURES / "unknown_column" / "good", ASK_FOR_COLUMNS, "data")
    assert [status for status, _ in found] == [200] * 5
