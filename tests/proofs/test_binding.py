"""Where servers listen by themselves, asked of the servers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proofs.launching import FIXTURES, node_packages, stop

ASK = """
import http from 'node:http'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const at = (server) => server.address().address
const started = await START
console.log(JSON.stringify(at(started)))
process.exit(0)
"""
LISTEN = "(async () => { const app = require('fastify')(); await app.listen(WHERE); return app.server })()"
FASTIFY = {
    "current": LISTEN.replace("WHERE", "{ port: 0 }"),
    "previous": LISTEN.replace("WHERE", "{ port: 0 }"),
    "older": LISTEN.replace("WHERE", "0"),
}


def address(packages: str, start: str, tmp_path: Path) -> str:
    """The address that a server of Node listens on."""
    home = node_packages(packages)
    (tmp_path / "node_modules").symlink_to(home / "node_modules")
    (tmp_path / "ask.mjs").write_text(ASK.replace("START", start))
    done = subprocess.run(["node", "ask.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("packages", FASTIFY)
def test_fastify_listens_on_loopback_by_itself(packages: str, tmp_path: Path) -> None:
    assert address(packages, FASTIFY[packages], tmp_path) in ("127.0.0.1", "::1")


def test_fastify_listens_where_it_is_told(tmp_path: Path) -> None:
    start = FASTIFY["current"].replace("port: 0", "port: 0, host: '0.0.0.0'")
    assert address("current", start, tmp_path) == "0.0.0.0"


@pytest.mark.parametrize("framework", ["express()", "new (require('koa'))()"])
def test_express_and_koa_listen_on_all_interfaces(framework: str, tmp_path: Path) -> None:
    made = framework if framework.startswith("new") else "require('express')()"
    start = f"new Promise((done) => {{ const server = {made}.listen(0, () => done(server)) }})"
    assert address("current", start, tmp_path) in ("::", "0.0.0.0")


@pytest.mark.parametrize(
    "made", ["require('express')()", "new (require('koa'))()", "require('node:http').createServer()"]
)
def test_servers_of_node_listen_where_they_are_told(made: str, tmp_path: Path) -> None:
    start = f"new Promise((done) => {{ const server = {made}.listen(0, 'localhost', () => done(server)) }})"
    assert address("current", start, tmp_path) in ("127.0.0.1", "::1")


@pytest.mark.parametrize(("told", "hosts"), [("", ("::", "0.0.0.0")), (", hostname: '127.0.0.1'", ("127.0.0.1",))])
def test_the_server_for_hono_listens_on_all_interfaces_unless_it_is_told(
    told: str, hosts: tuple[str, ...], tmp_path: Path
) -> None:
    options = f"{{ fetch: () => new Response(''), port: 0{told} }}"
    start = f"""new Promise((done) => {{
        const server = require('@hono/node-server').serve({options}, () => done(server)) }})"""
    assert address("current", start, tmp_path) in hosts


SERVERS = """
import daphne.cli, gunicorn.config, hypercorn.config, uvicorn
from django.core.management.commands.runserver import Command
from flask.cli import run_command
print(uvicorn.Config("x:app").host)
print(next(one.default for one in run_command.params if one.name == "host"))
print(Command.default_addr)
print(gunicorn.config.Config().address[0][0])
print(hypercorn.config.Config().bind[0].partition(":")[0])
print(daphne.cli.DEFAULT_HOST)
"""


def test_servers_of_python_listen_on_loopback_by_themselves() -> None:
    plain = {name: value for name, value in os.environ.items() if name != "PORT"}
    done = subprocess.run([sys.executable, "-c", SERVERS], env=plain, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["127.0.0.1"] * 6


@pytest.mark.parametrize(("kind", "host"), [("bad", "127.0.0.1"), ("good", "0.0.0.0")])
def test_flask_listens_where_it_is_told(kind: str, host: str) -> None:
    code = (
        "import runpy, werkzeug.serving as s;"
        "s.run_simple = lambda host, *given, **more: print(host);"
        "runpy.run_path('fares.py', run_name='__main__')"
    )
    folder = FIXTURES / "loopback_binding" / kind
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == host


PORTS = """
import daphne.cli, gunicorn.config, hypercorn.config, uvicorn
from django.core.management.commands.runserver import Command
from flask.cli import run_command
print(uvicorn.Config("x:app").port)
print(next(one.default for one in run_command.params if one.name == "port"))
print(Command.default_port)
print(gunicorn.config.Config().address[0][1])
print(hypercorn.config.Config().bind[0].partition(":")[2])
print(daphne.cli.DEFAULT_PORT)
"""


def test_ports_that_servers_of_python_take_by_themselves() -> None:
    plain = {name: value for name, value in os.environ.items() if name != "PORT"}
    done = subprocess.run([sys.executable, "-c", PORTS], env=plain, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["8000", "5000", "8000", "8000", "8000", "8000"]


@pytest.mark.parametrize(
    ("module", "name"), [("uvicorn", "UVICORN_PORT"), ("flask", "FLASK_RUN_PORT"), ("gunicorn", "PORT")]
)
def test_variables_that_say_the_port(module: str, name: str, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    words = {"flask": ["flask", "run"], "uvicorn": ["uvicorn", "app:app", "--interface", "wsgi"]}
    with started([sys.executable, "-m", *words.get(module, [module, "app:app"])], tmp_path, {name: str(port)}):
        assert comes_up(port)


# Service of the bad fixture to its start, its variables, the port that it listens on, and the one that is published.
SERVICES = {
    "lines": (["python", "-m", "uvicorn", "lines:app", "--host", "0.0.0.0"], {}, 8000, 8080),
    "fares": (["python", "fares.py"], {}, 5000, 8081),
    "tracks": (["python", "tracks.py"], {}, 8080, 8000),
    "depots": (["python", "-m", "gunicorn", "--bind", "0.0.0.0:8083", "depots:app"], {}, 8083, 8000),
    "stops": (["node", "server.js"], {"PORT": "4000"}, 4000, 3000),
    "trains": (["node", "server.mjs"], {}, 3000, 8000),
}


def test_the_servers_of_the_fixture_answer_at_their_port_and_nowhere_else(tmp_path: Path) -> None:
    packages = node_packages()
    for name, (command, variables, port, published) in SERVICES.items():
        if answers(port) or answers(published):
            pytest.skip(f"something listens on {port} or {published} already")
        folder = tmp_path / name
        shutil.copytree(FIXTURES / "wrong_port" / "bad" / name, folder)
        if command[0] == "node":
            (folder / "node_modules").symlink_to(packages / "node_modules")
        with started([sys.executable if command[0] == "python" else command[0], *command[1:]], folder, variables):
            assert comes_up(port), name
            assert not answers(published), name


@contextmanager
def started(command: list[str], folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """A server, run while the block is."""
    known = ("PORT", "UVICORN_PORT", "FLASK_RUN_PORT", "GUNICORN_CMD_ARGS")
    plain = {name: value for name, value in os.environ.items() if name not in known}
    server = subprocess.Popen(
        command,
        cwd=folder,
        env={**plain, "PYTHONDONTWRITEBYTECODE": "1", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield
    finally:
        stop(server)


def answers(port: int) -> bool:
    """Whether something takes connections at a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def comes_up(port: int) -> bool:
    """Whether something does within half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if answers(port):
            return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
