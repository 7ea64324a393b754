"""Names that several queries share, and names of queries that have several forms."""

from __future__ import annotations

from pathlib import Path

from tests.frameworks.harness import facts_of

MIGRATION = """
exports.up = function (knex) {
  return knex.schema
    .createTable('lamps', function (table) {
      table.increments('id')
      table.integer('height')
      table.integer('keeper')
    })
    .createTable('keepers', function (table) {
      table.increments('id')
      table.string('name')
    })
}
"""
PACKAGE = '{"name": "lamps", "dependencies": {"knex": "3.1.0", "pg": "8.11.0"}}'


def told(folder: Path, code: str, rule: str) -> list[tuple[int, str]]:
    """The line and the message of each finding of a rule in a program that asks with knex."""
    (folder / "migrations").mkdir()
    (folder / "migrations" / "1_init.js").write_text(MIGRATION)
    (folder / "package.json").write_text(PACKAGE)
    (folder / "lamps.js").write_text(
        "const knex = require('knex')({ client: 'pg' })\n" + code.strip() + "\nmodule.exports = { lamps, all }\n"
    )
    return sorted((found.span.line, found.message) for found in facts_of(folder).faults.get(f"sql/{rule}", ()))


def test_a_table_that_two_queries_misspell_is_reported_in_both(tmp_path: Path) -> None:
    code = """
function lamps() { return knex('lmaps').select('id') }
function all() {
  return knex('keepers')
    .select('keepers.name')
    .leftJoin('lmaps', 'keepers.id', 'lmaps.keeper')
}
"""
    found = told(tmp_path, code, "unknown-table")
    assert found == [(line, "nothing in the project declares a table `lmaps`") for line in (2, 6)]


def test_a_text_that_is_no_name_in_a_query_may_make_the_table(tmp_path: Path) -> None:
    code = """
function lamps() { return knex('lmaps').select('id') }
function all() { return prepare('lmaps') }
"""
    assert told(tmp_path, code, "unknown-table") == []


OPTIONAL = """
async function lamps(name) {
  let query = knex('lamps').select('lamps.id')
  if (name) {
    query = query.where('WHERE.name', name)
  }
  JOIN
  return await query
}
const all = []
"""


def test_what_no_form_of_a_query_reads_is_not_in_scope(tmp_path: Path) -> None:
    code = OPTIONAL.replace("WHERE", "keeprs").replace("JOIN", "")
    found = told(tmp_path, code, "alias-not-in-scope")
    assert found == [(5, "`keeprs.name` is of a table that this statement does not name")]


def test_what_another_form_of_a_query_reads_may_be_in_scope(tmp_path: Path) -> None:
    join = "if (name) { query = query.leftJoin('keepers', 'lamps.keeper', 'keepers.id') }"
    assert told(tmp_path, OPTIONAL.replace("WHERE", "keepers").replace("JOIN", join), "alias-not-in-scope") == []
