"""Where servers listen by themselves, asked of the servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.launching import FIXTURES, node_packages

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


SERVERS = """
import gunicorn.config, uvicorn
from django.core.management.commands.runserver import Command
from flask.cli import run_command
print(uvicorn.Config("x:app").host)
print(next(one.default for one in run_command.params if one.name == "host"))
print(Command.default_addr)
print(gunicorn.config.Config().address[0][0])
"""


def test_servers_of_python_listen_on_loopback_by_themselves() -> None:
    plain = {name: value for name, value in os.environ.items() if name != "PORT"}
    done = subprocess.run([sys.executable, "-c", SERVERS], env=plain, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["127.0.0.1"] * 4


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
