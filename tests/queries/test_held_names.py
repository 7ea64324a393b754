"""Names that several queries share, and names of queries that have several forms."""

from __future__ import annotations

from pathlib import Path

import pytest

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


MODEL = """
const { DataTypes, Model, Sequelize } = require('sequelize')
const sequelize = new Sequelize('postgres://localhost/lamps')
class Lamp extends Model {
  async taller() {
    return Lamp.findAll({ where: sequelize.literal('"Lamp"."COLUMN" > 10') })
  }
  static all() { return sequelize.query('SELECT lamp."COLUMN" FROM "Lamps" lamp') }
}
Lamp.init({ height: DataTypes.INTEGER }, { sequelize, modelName: 'Lamp', tableName: 'Lamps' })
module.exports = Lamp
"""
ADDED = """
module.exports = {
  up: async (queryInterface) => {
    await queryInterface.addColumn('Lamps', 'wattage', { type: 'INTEGER' })
    await queryInterface.removeColumn('Lamps', 'colour')
  }
}
"""


def told_of_lamps(folder: Path, column: str) -> list[int]:
    """The lines of unknown columns in a program that names one in its SQL."""
    (folder / "migrations").mkdir()
    (folder / "migrations" / "1-watt.js").write_text(ADDED)
    (folder / "package.json").write_text('{"name": "lamps", "dependencies": {"sequelize": "6.37.0", "pg": "8.11.0"}}')
    (folder / "lamp.js").write_text(MODEL.strip().replace("COLUMN", column))
    return sorted(found.span.line for found in facts_of(folder).faults.get("sql/unknown-column", ()))


def test_a_column_that_neither_the_model_nor_a_migration_names_is_unknown(tmp_path: Path) -> None:
    assert told_of_lamps(tmp_path, "heihgt") == [5, 7]


def test_a_column_that_a_migration_names_may_exist(tmp_path: Path) -> None:
    assert told_of_lamps(tmp_path, "wattage") == []


def test_a_column_of_the_model_exists(tmp_path: Path) -> None:
    assert told_of_lamps(tmp_path, "height") == []


HIDDEN = """
exports.up = (knex) => knex.raw(process.env.MORE)
"""


def told_where_not_all_is_read(folder: Path, sql: str, elsewhere: str = "") -> list[tuple[str, str]]:
    """The rule and the message of each unknown name in a statement, where a migration may declare more."""
    (folder / "migrations").mkdir()
    (folder / "migrations" / "1_init.js").write_text(MIGRATION)
    (folder / "migrations" / "2_more.js").write_text(HIDDEN)
    (folder / "package.json").write_text(PACKAGE)
    (folder / "notes.js").write_text(f"// {elsewhere}\n")
    (folder / "lamps.js").write_text(
        f"const knex = require('knex')({{ client: 'pg' }})\nexports.lamps = () => knex.raw(`{sql}`)\n"
    )
    faults = facts_of(folder).faults
    return [
        (rule, found.message) for rule in ("unknown-table", "unknown-column") for found in faults.get(f"sql/{rule}", ())
    ]


SLIPS = {
    "a table": ("SELECT id FROM keepres", ("unknown-table", "nothing in the project declares a table `keepres`")),
    "a query of the statement": (
        "WITH tallest AS (SELECT id FROM lamps) SELECT id FROM talest",
        ("unknown-table", "nothing in the project declares a table `talest`"),
    ),
    "a column behind an unknown query": (
        "SELECT found.heigt FROM (SELECT *, height FROM harbours) AS found",
        ("unknown-column", "nothing in the project declares a column `heigt`"),
    ),
}
PERHAPS = {
    "a table that stands elsewhere": ("SELECT id FROM keepres", "The table keepres is kept by another team."),
    "a table with a name of its own": ("SELECT id FROM harbours", ""),
    "a column with a name of its own": ("SELECT width FROM lamps, harbours", ""),
    "a column that stands elsewhere": ("SELECT heigt FROM lamps, harbours", "heigt is how it is spelled there"),
    "a column beside a table that nobody declares": ("SELECT heigt FROM lamps, harbours", ""),
    "a number behind a name": ("SELECT id FROM lamps2", ""),
    "a plural": ("SELECT id FROM keeper", ""),
    "a column in the plural": ("SELECT found.heights FROM (SELECT *, height FROM harbours) AS found", ""),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_of_the_hand_is_told_of_where_not_all_is_read(tmp_path: Path, slip: str) -> None:
    sql, told = SLIPS[slip]
    assert told_where_not_all_is_read(tmp_path, sql) == [told]


@pytest.mark.parametrize("case", PERHAPS)
def test_what_may_be_declared_is_not_told_of(tmp_path: Path, case: str) -> None:
    assert told_where_not_all_is_read(tmp_path, *PERHAPS[case]) == []
