"""Who creates the tables, where projects do it by scripts and SQL of their own."""

from __future__ import annotations

import pytest

from tests.conftest import Buttress, Write
from tests.verdicts.projects import verdicts

CLAUSE = "the schema is created at startup"
TABLE = "CREATE TABLE rows (id INTEGER PRIMARY KEY, name TEXT)"

FLASK_APP = """
import sqlite3
import click
from flask import Flask, current_app, g


def get_db():
    if "db" not in g:
        g.db = sqlite3.connect("rows.db")
    return g.db


def init_db():
    with current_app.open_resource("schema.sql") as file:
        get_db().executescript(file.read().decode("utf8"))


@click.command("init-db")
def init_db_command():
    init_db()


def create_app():
    app = Flask(__name__)
    app.cli.add_command(init_db_command)

    @app.cli.command()
    def make_rows():
        init_db()

    @app.get("/rows")
    def rows():
        return get_db().execute("SELECT name FROM rows").fetchall()

    return app
"""
FLASK = {
    "requirements.txt": "flask\n",
    "schema.sql": f"DROP TABLE IF EXISTS rows;\n{TABLE};\n",
    "app.py": FLASK_APP,
    "run.sh": "flask --app app:create_app init-db\nexec flask --app app:create_app run --host 0.0.0.0\n",
}
SERVER = """
import express from "express";
import { pool } from "./pool.js";

const app = express();
app.get("/rows", async (request, response) => response.json((await pool.query("SELECT name FROM rows")).rows));
app.listen(3000);
"""
MIGRATE = """
import { readFile } from "node:fs/promises";
import { pool } from "./pool.js";

async function migrate() {
  const sql = await readFile(new URL("./schema.sql", import.meta.url), "utf8");
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query(sql);
      return;
    } catch (error) {
      if (attempt >= 10) throw error;
    }
  }
}

migrate().then(() => pool.end());
"""
EXPRESS = {
    "package.json": '{"type": "module", "scripts": {"start": "node server.js", "migrate": "node migrate.js"}, '
    '"dependencies": {"express": "^4", "pg": "^8"}}',
    "pool.js": 'import pg from "pg";\n\nexport const pool = new pg.Pool({ host: "postgres" });\n',
    "schema.sql": f"{TABLE};\n",
    "migrate.js": MIGRATE,
    "server.js": SERVER,
    "run.sh": "npm run migrate && npm start\n",
}
ASKING = """
from flask import Flask
import psycopg2

app = Flask(__name__)


@app.get("/rows")
def rows():
    with psycopg2.connect("dbname=rows") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM rows")
        return cursor.fetchall()
"""
RETRYING = """
import time
from pathlib import Path
import psycopg2

if __name__ == "__main__":
    for attempt in range(15):
        try:
            connection = psycopg2.connect("dbname=rows")
            break
        except psycopg2.OperationalError:
            time.sleep(1)
    else:
        raise SystemExit("no database")
    with connection, connection.cursor() as cursor:
        cursor.execute((Path(__file__).parent / "schema.sql").read_text())
"""
WAITING = """
import psycopg2

while True:
    try:
        connection = psycopg2.connect("dbname=rows")
        break
    except psycopg2.OperationalError:
        continue
with open("schema.sql") as file:
    connection.cursor().execute(file.read())
"""
PSYCOPG = {
    "requirements.txt": "flask\npsycopg2-binary\n",
    "schema.sql": f"{TABLE};\n",
    "app.py": ASKING,
    "init_db.py": RETRYING,
    "run.sh": "python init_db.py\nexec gunicorn -b 0.0.0.0:8080 app:app\n",
}


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        pytest.param(FLASK, True, id="a command of the application"),
        pytest.param(
            FLASK | {"run.sh": FLASK["run.sh"].replace("init-db", "make-rows")},
            True,
            id="a command in the factory",
        ),
        pytest.param(
            FLASK | {"run.sh": "exec flask --app app:create_app run --host 0.0.0.0\n"},
            False,
            id="a command that nobody runs",
        ),
        pytest.param(EXPRESS, True, id="an npm script before the one that starts"),
        pytest.param(EXPRESS | {"run.sh": "npm start\n"}, False, id="an npm script that nobody runs"),
        pytest.param(PSYCOPG, True, id="a loop that tries again and gives up"),
        pytest.param(PSYCOPG | {"init_db.py": WAITING}, True, id="a loop that waits for the database"),
        pytest.param(
            PSYCOPG | {"init_db.py": WAITING.replace('"schema.sql"', "input()")},
            None,
            id="SQL of run time",
        ),
        pytest.param(PSYCOPG | {"run.sh": "exec gunicorn -b 0.0.0.0:8080 app:app\n"}, False, id="a script of its own"),
    ],
)
def test_who_creates_the_tables(write: Write, buttress: Buttress, files: dict[str, str], kept: bool | None) -> None:
    dialect = "sqlite" if "sqlite3" in files.get("app.py", "") else "postgres"
    assert verdicts(buttress, write(files), "--database", dialect)[CLAUSE][0] is kept
