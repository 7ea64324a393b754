"""What mysql2 and PyMySQL give for a statement: mysql2 brings a server along that answers it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.frameworks.harness import NODE
from tests.proofs.node import Request, serve_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "drivers" / "misread_row"
SERVER = """
const mysql = require('mysql2')
const columns = ['id', 'name'].map((name, place) => ({
  catalog: 'def', schema: 'lochs', name, orgName: name, table: 'lochs', orgTable: 'lochs', characterSet: 33,
  columnLength: 40, columnType: place ? 253 : 3, flags: 0, decimals: 0,
}))
const greeting = {
  protocolVersion: 10, serverVersion: '8.0.30', connectionId: 1, statusFlags: 2, characterSet: 8,
  capabilityFlags: 0xffffff ^ 2048, authCallback: (given, done) => done(null),
}
const server = mysql.createServer()
server.on('connection', (connection) => {
  connection.serverHandshake(greeting)
  connection.on('query', (sql) => {
    if (sql.startsWith('SELECT')) connection.writeTextResult([{ id: 1, name: 'Ness' }], columns)
    else connection.writeOk({ affectedRows: 1, insertId: 2 })
  })
  connection.on('error', () => {})
})
server.listen(0, () => console.log(server._server.address().port))
"""
REQUESTS: list[Request] = [("GET", "/lochs"), ("GET", "/lochs/1"), ("GET", "/count"), ("POST", "/lochs")]
# A connection that was never made, and has the answer to a statement.
LOCHS = """
from types import SimpleNamespace
import pymysql
class Connection(pymysql.connections.Connection):
    def __init__(self, **settings):
        super().__init__(defer_connect=True, **settings)
        self.server_status = 0
    def query(self, sql, unbuffered=False):
        fields = [SimpleNamespace(name=name, table_name="lochs") for name in ("id", "name")]
        self._result = SimpleNamespace(affected_rows=1, insert_id=0, description=(1,), warning_count=0, has_next=False,
                                       rows=((1, "Ness"),), fields=fields)
        return 1
pymysql.connect = Connection
import main
main.app.testing = True
for path in ("/lochs", "/names"):
    try:
        print(main.app.test_client().get(path).json)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
"""


@contextmanager
def mysql_server() -> Iterator[str]:
    """A server that knows one row; its port."""
    if not (NODE / "data" / "node_modules" / "mysql2").is_dir():
        pytest.skip("needs `npm ci` in tests/node/data")
    command = ["node", "--input-type=commonjs", "-e", SERVER]
    with subprocess.Popen(
        command, cwd=NODE / "data", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def test_mysql2_promises_rows_and_columns() -> None:
    with mysql_server() as port:
        shown = [
            serve_fixture(FIXTURES / kind / "node", REQUESTS, "data", {"MYSQL_PORT": port})[:2]
            for kind in ("bad", "good")
        ]
    assert shown[0] == ([200, 200, 200, 201], ["[null,null]", "{}", '{"count":2}', "{}"])
    assert shown[1] == ([200, 200, 200, 201], ['["Ness"]', '{"name":"Ness"}', '{"count":1}', '{"id":2,"more":2}'])


def test_rows_of_pymysql_are_what_the_cursor_makes() -> None:
    pytest.importorskip("pymysql")
    shown = []
    for kind in ("bad", "good"):
        command = [sys.executable, "-c", LOCHS]
        folder = FIXTURES / kind / "mysql"
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        shown.append(ran.stdout.splitlines())
    assert shown[0] == ["TypeError: tuple indices must be integers or slices, not str", "KeyError: 1"]
    assert shown[1] == ["['Ness']", "['Ness']"]
