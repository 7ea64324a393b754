"""What the rules on who is let in claim, shown by the frameworks: fixtures are served, and asked with any header."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "auth"
PYTHON = {
    "bearer": """
from fastapi.testclient import TestClient
client = TestClient(app, raise_server_exceptions=False)
def ask(method, path, headers):
    return client.request(method, path, headers=headers).status_code
""",
    "users": """
from fastapi.testclient import TestClient
client = TestClient(app, raise_server_exceptions=False)
def ask(method, path, headers):
    return client.request(method, path, headers=headers).status_code
""",
    "views": """
client = app.test_client()
def ask(method, path, headers):
    return client.open(path, method=method, headers=headers).status_code
""",
    "service": """
import asyncio
from aiohttp.test_utils import TestClient, TestServer
loop = asyncio.new_event_loop()
client = TestClient(TestServer(app), loop=loop)
loop.run_until_complete(client.start_server())
def ask(method, path, headers):
    return loop.run_until_complete(client.request(method, path, headers=headers)).status
""",
    "rest": """
def ask(method, path, headers):
    return app.generic(method, path, headers=headers).status_code
""",
}
REST = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
import django
django.setup()
from django.test import Client
app = Client(raise_request_exception=False)
"""
ASK_PYTHON = """
import json, logging, sys, warnings
warnings.simplefilter("ignore")
logging.disable()
APPLICATION
CLIENT
for method, path, header in json.loads(sys.argv[1]):
    print(ask(method, path, {"Authorization": header} if header else {}))
"""
NODE = {
    "express": "const send = listening((await import('./app.js')).default.listen(0))",
    "koa": "const app = (await import('./app.js')).default; app.silent = true; const send = listening(app.listen(0))",
    "hono": "const app = (await import('./app.mjs')).default; const send = (path, given) => app.request(path, given)",
    "fastify": """const app = (await import('./app.js')).default
const send = async (path, given) => ({ status: (await app.inject({ ...given, url: path })).statusCode })""",
}
ASK_NODE = """
const listening = (server) => (path, given) => fetch(`http://127.0.0.1:${server.address().port}${path}`, given)
CLIENT
for (const [method, path, header] of REQUESTS) {
  const answer = await send(path, { method, headers: header ? { authorization: header } : {} })
  console.log(JSON.stringify({ status: answer.status }))
}
process.exit(0)
"""
FRAMEWORKS = [*(name for name in PYTHON if name not in ("rest", "users")), *NODE]
DOCTORS, APPOINTMENTS, PATIENT = ("GET", "/api/doctors"), ("GET", "/api/appointments"), ("GET", "/api/patient")


def ask(rule: str, kind: str, framework: str, *requests: tuple[tuple[str, str], str]) -> list[int]:
    """The statuses that a fixture answers requests with, each with its ``Authorization`` header."""
    folder = FIXTURES / rule / kind / framework
    wanted = json.dumps([[*operation, header] for operation, header in requests])
    if framework in NODE:
        script = ASK_NODE.replace("CLIENT", NODE[framework]).replace("REQUESTS", wanted)
        return [found["status"] for found in run_fixture(folder, script)]
    script = ASK_PYTHON.replace("APPLICATION", REST if framework == "rest" else "from main import app")
    done = subprocess.run(
        [sys.executable, "-c", script.replace("CLIENT", PYTHON[framework]), wanted],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [int(line) for line in done.stdout.split()]


@pytest.mark.parametrize("framework", [*FRAMEWORKS, "rest"])
def test_the_contracts_scheme_is_refused(framework: str) -> None:
    """Only the other word is let in; where both are, or the contract's alone, requests are answered."""
    asked, other = ask("wrong_scheme", "bad", framework, (PATIENT, "Token t7"), (PATIENT, "Bearer t7"))
    assert asked in (400, 401, 403)
    assert other == 200
    assert ask("wrong_scheme", "good", framework, (PATIENT, "Token t7"), (PATIENT, "")) in ([200, 401], [200, 403])


def test_fastapi_users_takes_bearer_alone() -> None:
    """A token is refused behind the contract's word, and let in behind the other."""
    requests = ((PATIENT, "Token t7"), (PATIENT, "Bearer t7"), (PATIENT, ""))
    assert ask("wrong_scheme", "bad", "users", *requests) == [401, 200, 401]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_strangers_are_kept_from_what_is_open(framework: str) -> None:
    """A list that is open by the contract is answered 401 without a token, and 200 with one."""
    rule = "public_operation_refused"
    assert ask(rule, "bad", framework, (DOCTORS, ""), (DOCTORS, "Token t7")) in ([401, 200], [403, 200])
    assert ask(rule, "good", framework, (DOCTORS, ""), (PATIENT, ""), (PATIENT, "Token t7")) == [200, 401, 200]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_strangers_see_what_is_protected(framework: str) -> None:
    """Appointments are answered without a token, where the patient is not."""
    assert ask("open_operation", "bad", framework, (APPOINTMENTS, ""), (PATIENT, "")) == [200, 401]
    assert ask("open_operation", "good", framework, (APPOINTMENTS, ""), (PATIENT, "Token t7")) == [401, 200]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_name_that_is_not_written_finds_nobody(framework: str) -> None:
    """A valid token is answered 401 or 500 where handlers read another name than the guard writes."""
    (status,) = ask("user_under_another_name", "bad", framework, (PATIENT, "Token t7"))
    assert status in (401, 500)
    assert ask("user_under_another_name", "good", framework, (PATIENT, "Token t7")) == [200]
