"""Errors in logs that the real programs wrote, and what they are taken for."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.frameworks.harness import NODE
from verifier.classify.exceptions import meaning, meaning_at_start
from verifier.run.evidence import signatures
from verifier.run.record import LogName, Signature


def needs_node(packages: str) -> Path:
    """A folder of tests/node with its packages installed."""
    if shutil.which("node") is None or not (NODE / packages / "node_modules").is_dir():
        pytest.skip(f"needs node, and `npm ci` in tests/node/{packages}")
    return Path(NODE / packages)


def logged(folder: Path, files: dict[str, str], command: list[str], seconds: float = 60) -> bytes:
    """What a program writes to its log; one that goes on is ended after some seconds."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text))
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"") + (late.stderr or b"")
    return done.stdout + done.stderr


def found(data: bytes, folder: Path, log: LogName = "server") -> tuple[Signature, ...]:
    """The errors of a log, of a project in a known folder and of one in an unknown one: both have to be the same."""
    known = signatures({log: data}, (), str(folder))
    unknown = signatures({log: data}, (), "")
    assert [one.key for one in known] == [one.key for one in unknown]
    return known


def python(folder: Path, text: str, *more: str, **files: str) -> tuple[Signature, ...]:
    """The errors of a Python program."""
    held = {"main.py": text, **{name.replace("__", "/") + ".py": one for name, one in files.items()}}
    return found(logged(folder, held, [sys.executable, *(more or ("main.py",))]), folder)


def node(folder: Path, text: str, name: str = "main.mjs", packages: str | None = None) -> tuple[Signature, ...]:
    """The errors of a Node program."""
    if packages is not None:
        (folder / "node_modules").symlink_to(needs_node(packages) / "node_modules")
    return found(logged(folder, {name: text}, ["node", name]), folder)


# Python


def test_uvicorn_writes_the_traceback_of_a_failed_start_behind_a_level(tmp_path: Path) -> None:
    main = """
        from contextlib import asynccontextmanager
        from fastapi import FastAPI

        @asynccontextmanager
        async def lifespan(app):
            raise ValueError("password cannot be longer than 72 bytes")
            yield

        app = FastAPI(lifespan=lifespan)
    """
    data = logged(tmp_path, {"main.py": main}, [sys.executable, "-m", "uvicorn", "main:app", "--port", "0"])
    [error] = found(data, tmp_path)
    assert (error.exception, error.frames[-1].path, error.frames[-1].function) == ("ValueError", "main.py", "lifespan")


def test_the_cause_of_a_chain_is_kept_with_the_statement_and_the_library(tmp_path: Path) -> None:
    main = """
        import sqlalchemy as sa
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

        class Base(DeclarativeBase): pass

        class Article(Base):
            __tablename__ = "articles"
            id: Mapped[int] = mapped_column(primary_key=True)

        with Session(sa.create_engine("sqlite://")) as session:
            session.scalars(sa.select(Article).where(Article.id == 1)).all()
    """
    [error] = python(tmp_path, main)
    assert error.cause == "sqlite3.OperationalError: no such table: articles"
    assert error.library is not None
    assert error.library.path == "sqlalchemy/engine/default.py"
    assert error.sql is not None
    assert error.sql.startswith("SELECT articles.id")
    assert meaning(error) == "table-missing"


def test_an_error_while_another_is_handled_keeps_the_first(tmp_path: Path) -> None:
    main = """
        try:
            {}["slug"]
        except KeyError:
            raise RuntimeError("cannot answer")
    """
    [error] = python(tmp_path, main)
    assert (error.exception, error.cause) == ("RuntimeError", "KeyError: 'slug'")


def test_what_an_exception_group_holds_is_told(tmp_path: Path) -> None:
    main = """
        import asyncio

        async def fail():
            return coroutine()["id"]

        async def coroutine(): ...

        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())

        asyncio.run(main())
    """
    assert "promise-as-value" in {meaning(one) for one in python(tmp_path, main)}


def test_a_file_that_cannot_be_parsed_has_no_traceback_and_is_found(tmp_path: Path) -> None:
    [error] = python(tmp_path, "def handler(:\n    pass\n")
    assert (error.exception, error.frames[-1].path, error.frames[-1].line) == ("SyntaxError", "main.py", 1)
    assert meaning_at_start(error) == "syntax-error"


def test_a_module_that_cannot_be_parsed_is_found_once(tmp_path: Path) -> None:
    [error] = python(tmp_path, "import broken\n", broken="x = (\n")
    assert (error.exception, error.frames[-1].path) == ("SyntaxError", "broken.py")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("import psycopg2_is_not_here\n", "import-unresolved"),
        ("from os import nothing_like_it\n", "import-unresolved"),
        ("import sqlite3; sqlite3.connect('/nowhere/at/all.db')\n", "database-unreachable"),
        ("from socket import *; a = create_server(('127.0.0.1', 0)); create_server(a.getsockname())\n", "port-taken"),
        ("from django.conf import settings; settings.DATABASES\n", "settings-wrong"),
        ("import pydantic\nclass New(pydantic.BaseModel):\n    email: pydantic.EmailStr\n", "package-missing"),
    ],
)  # fmt: skip
def test_what_keeps_python_from_starting(tmp_path: Path, text: str, word: str) -> None:
    if word == "package-missing":
        text = "import sys; sys.modules['email_validator'] = None\n" + text
    errors = python(tmp_path, text)
    assert [meaning_at_start(one) for one in errors] == [word]


REQUESTS = [
    ("None.id", "nothing-dereferenced"),
    ("undefined_name", "name-undefined"),
    ("{'a': 1}['b']", "record-misread"),
    ("object().missing", "member-unknown"),
    ("__import__('json').dumps(object())", "answer-not-serializable"),
    ("(lambda slug: 1)(slug='x', id=1)", "framework-misused"),
    ("__import__('sqlite3').connect(':memory:').execute('SELECT 1 WHERE ? = ?', (1,))", "query-invalid"),
    ("__import__('sqlite3').connect(':memory:').execute('SELECT nope FROM (SELECT 1)')", "column-unknown"),
    ("__import__('sqlite3').connect(':memory:').execute('SELECT 1 ILIKE 2')", "query-invalid"),
    ("__import__('sqlite3').connect(':memory:').execute('SELECT ?', (object(),))", "value-mistyped"),
    ("__import__('jwt').encode({'sub': 1}, 'k' * 40) and __import__('jwt').decode(__import__('jwt').encode({'sub': 1}, "
     "'k' * 40), 'k' * 40, algorithms=['HS256'])", "token-library-error"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "word"), REQUESTS)
def test_what_python_errors_mean_at_a_request(tmp_path: Path, expression: str, word: str) -> None:
    if "jwt" in expression:
        pytest.importorskip("jwt")
    [error] = python(tmp_path, f"def handler():\n    return {expression}\n\n\nhandler()\n")
    assert meaning(error) == word


def test_an_error_of_flask_is_told_with_its_request(tmp_path: Path) -> None:
    main = """
        from flask import Flask

        app = Flask(__name__)

        @app.get("/articles/<slug>")
        def show(article): return {}

        app.test_client().get("/articles/x")
    """
    errors = python(tmp_path, main)
    assert [meaning(one) for one in errors] == ["framework-misused"]
    assert errors[0].library is not None
    assert errors[0].library.path == "flask/app.py"


# Node


def test_an_error_class_of_the_projects_own_ends_the_process(tmp_path: Path) -> None:
    needs_node("current")
    text = "class NotFound extends Error {}\nasync function find() { throw new NotFound('article'); }\nfind();\n"
    [error] = node(tmp_path, text)
    assert (error.exception, error.message) == ("NotFound", "article")
    assert [frame.line for frame in error.frames] == [3, 2]


def test_a_file_that_node_cannot_parse_names_the_line(tmp_path: Path) -> None:
    needs_node("current")
    [error] = node(tmp_path, "const a = 1;\nconst text = \\`x\\`;\n")
    assert (error.exception, error.frames[-1].path, error.frames[-1].line) == ("SyntaxError", "main.mjs", 2)
    assert meaning_at_start(error) == "syntax-error"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("import './nothing.js';\n", "import-unresolved"),
        ("import 'no-such-package-at-all';\n", "package-missing"),
        ("import { nothing } from 'node:fs';\n", "syntax-error"),
        ("import net from 'node:net';\nconst a = net.createServer().listen(0, () => net.createServer()"
         ".listen(a.address().port));\n", "port-taken"),
        ("import { DatabaseSync } from 'node:sqlite';\n", None),
    ],
)  # fmt: skip
def test_what_keeps_node_from_starting(tmp_path: Path, text: str, word: str | None) -> None:
    needs_node("current")
    data = logged(tmp_path, {"main.mjs": text}, ["node", "main.mjs"], seconds=5)
    errors = found(data, tmp_path)
    if word is not None:
        assert [meaning_at_start(one) for one in errors] == [word]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("null.slug", "nothing-dereferenced"),
        ("({}).user.id", "part-undefined"),
        ("missing", "name-undefined"),
        ("(5).map((x) => x)", "value-of-other-kind"),
        ("({}).service.find()", "part-undefined"),
        ("[...Promise.resolve([])]", "value-of-other-kind"),
        ("JSON.stringify((() => { const a = {}; a.a = a; return a; })())", "answer-not-serializable"),
        ("JSON.parse('')", "empty-body-refused"),
    ],
)
def test_what_node_errors_mean_at_a_request(tmp_path: Path, expression: str, word: str) -> None:
    needs_node("current")
    text = f"try {{ console.log({expression}); }} catch (error) {{ console.error(error); }}\n"
    [error] = node(tmp_path, text)
    assert meaning(error) == word


def test_a_file_of_typescript_that_cannot_be_compiled(tmp_path: Path) -> None:
    program = needs_node("current") / "node_modules" / ".bin" / "tsx"
    text = "function make() {\n  if (true) {\n    const app = call(1, 2\n  }\n  return 1;\n}\n"
    data = logged(tmp_path, {"app.ts": text}, [str(program), "app.ts"])
    [error] = found(data, tmp_path)
    assert (error.frames[-1].path, error.frames[-1].line) == ("app.ts", 4)
    assert meaning_at_start(error) == "syntax-error"


def test_what_sequelize_holds_below_its_stack(tmp_path: Path) -> None:
    text = """
        const { Sequelize, DataTypes } = require('sequelize');
        const db = new Sequelize('sqlite::memory:', { logging: false });
        const Article = db.define('Article', { slug: DataTypes.STRING }, { timestamps: false });
        (async () => {
          await db.query('CREATE TABLE Articles (id INTEGER)');
          try { await Article.findAll(); } catch (error) { console.error(error); }
          try { await db.query('SELECT nope FROM Articles'); } catch (error) { console.error(error); }
        })();
    """
    mapped, written = node(tmp_path, text, "main.js", "data")
    assert mapped.exception == "SequelizeDatabaseError"
    assert mapped.message == "SQLITE_ERROR: no such column: slug"
    assert mapped.sql is not None
    assert mapped.sql.startswith("SELECT `id`, `slug` FROM")
    assert mapped.frames[-1].path == "main.js"
    assert meaning(mapped) == "mapped-column-missing"
    assert written.message == "SQLITE_ERROR: no such column: nope"


def test_what_pino_writes_of_an_error_of_sequelize(tmp_path: Path) -> None:
    text = """
        const pino = require('pino');
        const { Sequelize } = require('sequelize');
        const log = pino(pino.destination({ sync: true }));
        const db = new Sequelize('sqlite::memory:', { logging: false });
        db.query('SELECT * FROM nowhere').catch((err) => log.error({ err, req: { url: '/x' } }, 'request failed'));
    """
    folders = [str(needs_node(packages) / "node_modules") for packages in ("data", "current")]
    data = logged(tmp_path, {"main.js": text}, ["env", f"NODE_PATH={os.pathsep.join(folders)}", "node", "main.js"])
    [error] = [one for one in found(data, tmp_path) if one.source == "server log"]
    assert [json.loads(line)["level"] for line in data.splitlines() if line.startswith(b"{")] == [50]
    assert (error.message, error.sql) == ("SQLITE_ERROR: no such table: nowhere", "SELECT * FROM nowhere")
    assert meaning(error) == "table-missing"


def test_what_fastify_says_of_an_empty_body(tmp_path: Path) -> None:
    text = """
        import Fastify from 'fastify';
        const app = Fastify({ logger: true });
        app.post('/favorite', async () => ({}));
        await app.inject({ method: 'POST', url: '/favorite', headers: { 'content-type': 'application/json' } })
          .then((came) => console.log(came.body));
    """
    errors = node(tmp_path, text, packages="current")
    assert any("FST_ERR_CTP_EMPTY_JSON_BODY" in one.message or "Body cannot be empty" in one.message for one in errors)
    assert {meaning(one) for one in errors} <= {"empty-body-refused", "framework-misused"}


# Shells and installers


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (["sh", "-c", "./run.sh"], "entry-missing"),
        (["sh", "-c", "cd /testbed-that-is-not-here && node x"], "wrong-folder"),
        (["bash", "-c", "cd /testbed-that-is-not-here && node x"], "wrong-folder"),
        (["sh", "-c", "wait-for-it postgres:5432"], "command-missing"),
        (["bash", "-c", "wait-for-it postgres:5432"], "command-missing"),
        ([sys.executable, "nowhere/manage.py", "migrate"], "wrong-folder"),
        ([sys.executable, "-m", "uvicorn", "nowhere:app"], "import-unresolved"),
        ([sys.executable, "-m", "flask", "--app", "nowhere", "run"], "import-unresolved"),
    ],
)
def test_what_a_script_that_does_not_start_says(tmp_path: Path, command: list[str], word: str) -> None:
    errors = found(logged(tmp_path, {}, command), tmp_path)
    assert word in [meaning_at_start(one) for one in errors]


def test_what_npm_says_of_a_manifest_that_is_no_json(tmp_path: Path) -> None:
    needs_node("current")
    data = logged(tmp_path, {"package.json": "{ not json"}, ["npm", "install", "--offline"])
    [error] = found(data, tmp_path, "install")
    assert (error.exception, meaning_at_start(error)) == ("npm", "install-failed")


def test_gunicorn_says_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "gunicorn", "-b", address, "main:app"]
        data = logged(tmp_path, {"main.py": "app = None\n"}, command, seconds=15)
    assert "port-taken" in [meaning_at_start(one) for one in found(data, tmp_path)]


def test_a_traceback_that_structlog_took_apart() -> None:
    frames = [
        {"filename": "/repository/app/views.py", "lineno": 12, "name": "show"},
        {"filename": "/usr/lib/python3.11/site-packages/sqlalchemy/engine/base.py", "lineno": 3, "name": "execute"},
    ]
    raised = {"exc_type": "ProgrammingError", "exc_value": "no such table: tags\n[SQL: SELECT 1]\n", "frames": frames}
    caused = {"exc_type": "OperationalError", "exc_value": "no such table: tags", "is_cause": True, "frames": []}
    line = json.dumps({"event": "unexpected error", "exception": [raised, caused]}).encode()
    [error] = signatures({"server": line}, (), "")
    assert (error.exception, error.message, error.sql) == ("ProgrammingError", "no such table: tags", "SELECT 1")
    assert error.cause == "OperationalError: no such table: tags"
    assert [(frame.path, frame.line) for frame in error.frames] == [("app/views.py", 12)]
    assert error.library is not None
    assert error.library.path == "sqlalchemy/engine/base.py"


def test_the_log_of_a_postgresql_that_somebody_else_started() -> None:
    log = (
        b"2024-03-01 10:00:00.000 UTC [71] ERROR:  column u.nope does not exist at character 8\n"
        b"2024-03-01 10:00:00.000 UTC [71] STATEMENT:  SELECT u.nope\n\tFROM users u\n"
    )
    [error] = signatures({"database": log}, (), "")
    assert (error.message, error.sql) == ("column u.nope does not exist at character 8", "SELECT u.nope\nFROM users u")
    assert meaning(error) == "column-unknown"
