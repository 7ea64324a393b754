"""Signatures, read from what the real programs write."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from verifier.run import postgres
from verifier.run.evidence import in_answers, key_of, signatures
from verifier.run.record import Check, Range, Request, Signature
from verifier.run.traces import Error

QUERY = """
import sqlalchemy as sa

engine = sa.create_engine("sqlite://")


def rows(name):
    with engine.connect() as connection:
        return connection.execute(sa.text("SELECT nope FROM (SELECT 1 AS x) WHERE :name = 1"), {"name": name}).all()
"""


def logged(folder: Path, files: dict[str, str], command: list[str]) -> bytes:
    """What a program of a project writes to its log."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text))
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    return done.stdout + done.stderr


def python(folder: Path, files: dict[str, str]) -> tuple[Signature, ...]:
    """The signatures of a Python program, ``main.py``."""
    data = logged(folder, files, [sys.executable, str(folder / "main.py")])
    return signatures({"server": data}, (), str(folder))


def node(folder: Path, text: str) -> tuple[Signature, ...]:
    """The signatures of a Node program."""
    data = logged(folder, {"main.mjs": text}, ["node", str(folder / "main.mjs")])
    return signatures({"server": data}, (), str(folder))


def request(number: int, **more: object) -> Request:
    """A request of no interest."""
    given = {"status": 500, "milliseconds": 1.0, "outcome": "failed", "checks": (Check("status", False),)} | more
    return Request(number, None, "x", "x", "GET", "/x", **given)  # type: ignore[arg-type]


def test_the_last_of_chained_errors_with_the_frames_of_the_project(tmp_path: Path) -> None:
    main = "from app.queries import rows\n\n\ndef handler():\n    return rows('secret')\n\n\nhandler()\n"
    [found] = python(tmp_path, {"app/queries.py": QUERY, "main.py": main})
    assert found.exception == "sqlalchemy.exc.OperationalError"
    assert found.key == "OperationalError: (sqlite3.OperationalError) no such column: nope"
    assert [(frame.path, frame.function) for frame in found.frames] == [
        ("main.py", "<module>"),
        ("main.py", "handler"),
        ("app/queries.py", "rows"),
    ]


def test_an_error_in_a_group(tmp_path: Path) -> None:
    main = """
        import asyncio

        async def fail():
            raise LookupError("user 4711")

        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())

        asyncio.run(main())
    """
    found = python(tmp_path, {"main.py": main})
    assert [each.key for each in found] == ["LookupError: user ?"]
    assert "fail" in {frame.function for each in found for frame in each.frames}


def test_a_coroutine_that_nobody_awaited(tmp_path: Path) -> None:
    main = "async def save():\n    return 1\n\n\ndef handler():\n    save()\n\n\nhandler()\n"
    [found] = python(tmp_path, {"main.py": main})
    assert found.key == "RuntimeWarning: coroutine 'save' was never awaited"
    assert [(frame.path, frame.line) for frame in found.frames] == [("main.py", 6)]


def test_a_cartesian_product(tmp_path: Path) -> None:
    main = """
        import sqlalchemy as sa

        a, b = (sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer)) for name in "ab")
        engine = sa.create_engine("sqlite://")
        with engine.connect() as connection:
            for table in (a, b):
                table.create(connection)
            connection.execute(sa.select(a.c.id, b.c.id))
    """
    [found] = python(tmp_path, {"main.py": main})
    assert found.exception is not None
    assert found.exception.endswith("SAWarning")
    assert "cartesian product" in found.message


def test_a_stack_of_node(tmp_path: Path) -> None:
    text = """
        function present(article) { return article.author.name; }
        function handler() { return present({}); }
        try { handler(); } catch (error) { console.error(error); }
    """
    [found] = node(tmp_path, text)
    assert found.key == "TypeError: Cannot read properties of undefined (reading 'name')"
    assert [(frame.path, frame.line, frame.function) for frame in found.frames][-2:] == [
        ("main.mjs", 3, "handler"),
        ("main.mjs", 2, "present"),
    ]


def test_an_error_that_ends_the_process(tmp_path: Path) -> None:
    [found] = node(tmp_path, "async function go() { throw new RangeError('too far: 12'); }\ngo();\n")
    assert found.key == "RangeError: too far: ?"


def test_an_error_inside_a_line_of_json(tmp_path: Path) -> None:
    text = """
        const error = new Error("no such column: u.nope");
        const { message, stack } = error;
        console.log(JSON.stringify({ level: 50, time: 1, err: { type: "Error", message, stack } }));
    """
    [found] = node(tmp_path, text)
    assert found.key == "Error: no such column: u.nope"
    assert found.frames[-1].line == 2


def test_frames_of_libraries_are_left_out(tmp_path: Path) -> None:
    main = "import json\n\n\njson.loads('{')\n"
    [found] = python(tmp_path, {"main.py": main})
    assert found.exception == "json.decoder.JSONDecodeError"
    assert [frame.path for frame in found.frames] == ["main.py"]


def test_errors_of_postgresql() -> None:
    server = postgres.start()
    try:
        started = server.position()
        client = [str(server.binaries / "psql"), "-h", str(server.socket.parent), "-U", "user", "-d", "conduit"]
        for _ in range(2):
            subprocess.run([*client, "-c", "SELECT nope FROM pg_class"], capture_output=True, check=False)
        data = server.log.read_bytes()
    finally:
        server.stop()
    asked = request(3, database_log=Range("database", started, len(data)))
    [found] = signatures({"database": data}, [asked], "/repository")
    assert (found.sqlstate, found.count, found.request) == ("42703", 2, 3)
    assert found.key.startswith('42703: column "nope" does not exist')
    assert not server.folder.exists()


def test_an_error_belongs_to_the_request_that_it_stands_in(tmp_path: Path) -> None:
    error = logged(tmp_path, {"main.py": "raise KeyError('x')\n"}, [sys.executable, str(tmp_path / "main.py")])
    first, second = b"GET /a 200\n", b"GET /b 500\n"
    data = first + error + second
    asked = [
        request(1, log=Range("server", 0, len(first))),
        request(2, log=Range("server", len(first), len(data))),
    ]
    [found] = signatures({"server": data}, asked, str(tmp_path))
    assert found.request == 2
    assert found.at is not None
    assert data[found.at.start : found.at.end].endswith(b"KeyError: 'x'")


def test_what_comes_late_belongs_to_the_request_before(tmp_path: Path) -> None:
    error = logged(tmp_path, {"main.py": "raise KeyError('x')\n"}, [sys.executable, str(tmp_path / "main.py")])
    data = b"first\n" + error + b"second\n" + error
    second = len(b"first\n" + error)
    asked = [request(1, log=Range("server", 0, 6)), request(2, log=Range("server", second, second + 7))]
    [found] = signatures({"server": data}, asked, str(tmp_path))
    assert (found.request, found.count) == (1, 2)
    [late] = signatures({"server": b"-" * second + b"second\n" + error}, asked, str(tmp_path))
    assert late.request is None  # after the last request: the server is being stopped


def test_a_traceback_in_an_answer() -> None:
    text = 'Traceback (most recent call last):\n  File "/repository/app/x.py", line 3, in f\nValueError: nope\n'
    [found] = signatures({}, [request(4, response=text)], "/repository")
    assert (found.source, found.key, found.request) == ("response body", "ValueError: nope", 4)
    assert [frame.path for frame in found.frames] == ["app/x.py"]


@pytest.mark.parametrize(
    ("status", "response", "keys"),
    [
        (500, '{"errors": {"server": ["Internal Server Error"]}}', []),
        (500, '{"message": "table articles has no column named bio"}', ["table articles has no column named bio"]),
        (500, '{"error": {"detail": "SequelizeEagerLoadingError: tag is not associated to article!"}}',
         ["SequelizeEagerLoadingError: SequelizeEagerLoadingError: tag is not associated to article!"]),
        (500, "<!doctype html><title>OperationalError: no such table: x // Werkzeug</title>",
         ["OperationalError: OperationalError: no such table: x // Werkzeug"]),
        (400, '{"message": "SQLITE_ERROR: no such column: a.b"}', ["SQLITE_ERROR: no such column: a.b"]),
        (422, '{"errors": {"email": ["is not valid"]}}', []),
        (200, '{"message": "no such column: a.b"}', []),
        (500, "[" * 100_000, []),
    ],
)  # fmt: skip
def test_what_an_answer_tells(status: int, response: str, keys: list[str]) -> None:
    found = in_answers((request(1, status=status, response=response),))
    assert [key_of(error) for error in found] == keys


@pytest.mark.parametrize(
    "pair",
    [
        ("duplicate key a3f9c2d1 at 0x7f00", "duplicate key b7719fe0 at 0x8a11"),
        ("user 12 of 2026-01-01T10:00:00Z", "user 9 of 2026-02-03T11:11:11.5Z"),
        ("mail anna@mail.test is taken", "mail ben.x@mail.example is taken"),
        ("x [SQL: SELECT 1]\n[parameters: ('a',)]", "x [SQL: SELECT 2]"),
    ],
)
def test_what_changes_from_run_to_run_is_not_in_the_key(pair: tuple[str, str]) -> None:
    one, other = (key_of(Error("server log", "ValueError", text)) for text in pair)
    assert one == other
