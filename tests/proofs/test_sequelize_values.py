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


def loaded(folder: Path, files: list[str], after: str = "") -> Any:
    """What loading each file, and doing something after, ends with: an error, or nothing."""
    script = f"""
    import {{ register }} from 'tsx/esm/api';
    register();
    for (const file of {files}) {{
      try {{
        const found = await import(`./src/${{file}}`);
        {after}
        console.log(JSON.stringify(''));
      }} catch (error) {{
        console.log(JSON.stringify(`${{error.name}}: ${{error.message}}`));
      }}
    }}
    process.exit(0);
    """
    return run_fixture(folder, script, "data")


def test_an_association_needs_a_foreign_key_that_is_declared() -> None:
    folder, files = FIXTURES / "foreign_key_not_declared", ["plain.ts", "joined.ts"]
    bad, good = (loaded(folder / kind, files, "await found.sequelize.sync();") for kind in ("bad", "good"))
    assert [error.partition("\n")[0] for error in bad] == [
        'Error: Foreign key for "Harbour" is missing on "Boat".',
        'Error: Foreign key for "Sailor" is missing on "Turn".',
    ]
    assert good == ["", ""]


def test_a_model_needs_to_be_added() -> None:
    folder, files = FIXTURES / "model_not_added", ["database.ts", "models.ts"]
    after = "if (found.sequelize) await found.sequelize.sync(); else await found.Toll.findAll();"
    bad, good = (loaded(folder / kind, files, after) for kind in ("bad", "good"))
    assert bad[0] == "Error: Ferry has not been defined"
    assert bad[1].startswith('Error: Model not initialized: Member "findAll" cannot be called.')
    assert good == ["", ""]
