"""Runs a fixture on Prisma's own client over a SQLite that works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE
from tests.queries.prisma_client import run_prisma

SQLITE = """
const { Database } = require('SQLITE3');
const database = new Database(':memory:');
const sent = (method, sql, args) => new Promise((give, fail) => {
  database[method](sql, ...args, function (error, rows) { return error ? fail(error) : give({ rows, of: this }) });
});
const types = { number: 0, string: 7 };
const connection = {
  provider: 'sqlite', adapterName: 'plain', dispose: async () => {},
  executeScript: async (text) => { await sent('exec', text, []) },
  executeRaw: async ({ sql, args }) => (await sent('run', sql, args)).of.changes,
  queryRaw: async ({ sql, args }) => {
    const { rows } = await sent('all', sql, args);
    const columnNames = Object.keys(rows[0] ?? {});
    const columnTypes = columnNames.map((name) => types[typeof rows[0][name]]);
    return { columnNames, columnTypes, rows: rows.map((row) => columnNames.map((name) => row[name])) };
  },
  getConnectionInfo: () => ({ supportsRelationJoins: false, maxBindValues: 999 }),
  startTransaction: async () => {
    await sent('exec', 'BEGIN', []);
    // The client sends the end as a statement of its own.
    return { ...connection, options: { usePhantomQuery: false }, commit: async () => {}, rollback: async () => {} };
  },
};
module.exports = { connection, adapter: { provider: 'sqlite', adapterName: 'plain', connect: async () => connection } };
"""
EXPRESS = """
const routes = [];
const app = { use: () => {}, listen: () => {} };
for (const method of ['get', 'post']) app[method] = (path, handler) => routes.push(handler);
module.exports = Object.assign(() => app, { routes });
"""
CALLED = """
const { adapter, connection } = require('./adapter.cjs');
globalThis.adapter = adapter;
require('./app.js');
const request = { params: { id: '1', line: '7' }, query: {}, body: {} };
(async () => {
  await connection.executeScript(TABLES);
  for (const handler of require('express').routes) {
    let told = 'nothing';
    const answer = { json: (data) => { told = data }, sendStatus: (status) => { told = `${status}` } };
    try { await handler(request, answer) } catch (error) { told = error.constructor.name }
    console.log(JSON.stringify(told));
  }
})();
"""


def prisma_on_sqlite(folder: Path, tables: str) -> list[Any]:
    """What each route of a fixture answers, or the class of the error that it throws.

    Args:
        folder: the fixture, with ``app.js`` and ``prisma/schema.prisma``.
        tables: the statements that make its tables, and rows in them.
    """
    driver = NODE / "data" / "node_modules" / "sqlite3"
    if not driver.is_dir():
        pytest.skip("needs `npm ci` in tests/node/data")
    files = {
        "app.js": (folder / "app.js").read_text().replace("'@prisma/client'", "'./client'"),
        "adapter.cjs": SQLITE.replace("SQLITE3", driver.as_posix()),
        "node_modules/express/index.js": EXPRESS,
    }
    schema = (folder / "prisma" / "schema.prisma").read_text()
    script = CALLED.replace("TABLES", repr(tables))
    return run_prisma(schema, files, script, f"{folder.parts[-3]}-{folder.parts[-2]}")
