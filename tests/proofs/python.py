"""Asks small applications on the Python frameworks: those of fixtures, as their own test clients serve them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from tests.frameworks.older import available, with_packages

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"

CLIENTS = {
    "flask": """
import importlib, json, sys
module, requests = json.loads(sys.argv[1])
# first
client = importlib.import_module(module).app.test_client()
for method, path, body, headers in requests:
    response = client.open(path, method=method, data=body, headers=headers)
    print(json.dumps([response.status_code, response.get_data(as_text=True)]))
""",
    "fastapi": """
import importlib, json, sys
from fastapi.testclient import TestClient
module, requests = json.loads(sys.argv[1])
# first
with TestClient(importlib.import_module(module).app, raise_server_exceptions=False) as client:
    import traceback
    for method, path, body, headers in requests:
        response = client.request(method, path, content=body, headers=headers)
        print(json.dumps([response.status_code, response.text]))
""",
    "aiohttp": """
import asyncio, importlib, json, logging, sys
from aiohttp.test_utils import TestClient, TestServer
logging.basicConfig()
module, requests = json.loads(sys.argv[1])
# first
async def main():
    async with TestClient(TestServer(importlib.import_module(module).app)) as client:
        for method, path, body, headers in requests:
            response = await client.request(method, path, data=body, headers=headers)
            print(json.dumps([response.status, await response.text()]))
asyncio.run(main())
""",
    "django": """
import json, logging, sys, traceback
import django
django.setup()
from django.test import Client
module, requests = json.loads(sys.argv[1])
# first
logging.getLogger("django.request").addHandler(logging.StreamHandler())
client = Client(raise_request_exception=False, enforce_csrf_checks=True)
for method, path, body, headers in requests:
    kind = headers.pop("Content-Type", "application/json")
    try:
        response = client.generic(method, path, body or "", content_type=kind, headers=headers)
        print(json.dumps([response.status_code, response.content.decode()]))
    except Exception:  # behind the handler, where a server answers 500
        traceback.print_exc()
        print(json.dumps([500, ""]))
""",
}


class Asked(NamedTuple):
    """A request: a body that is empty is none."""

    method: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = MappingProxyType({})


class Answers(NamedTuple):
    """Statuses and bodies, and what was logged."""

    statuses: list[int]
    bodies: list[str]
    log: str


def ask(
    rule: str,
    kind: str,
    module: str,
    *requests: Asked,
    packages: tuple[str, ...] = (),
    folder: Path | None = None,
    before: str = "",
) -> Answers:
    """Send requests to a fixture; ``module`` holds the application, or the settings of Django.

    ``before`` is run first, once Django is set up.
    """
    if packages and (reason := available(packages)) is not None:
        pytest.skip(reason)
    framework, name = rule.split("/")
    command = [*with_packages(packages), "python"] if packages else [sys.executable]
    given = json.dumps([module, [[one.method, one.path, one.body or None, dict(one.headers)] for one in requests]])
    done = subprocess.run(
        [*command, "-W", "ignore", "-c", CLIENTS[framework].replace("# first", before), given],
        cwd=folder or FIXTURES / framework / name.replace("-", "_") / kind,
        env={
            **os.environ,
            "PYTHONPATH": ".",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": module,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return Answers([status for status, _ in answers], [body for _, body in answers], done.stderr)


def get(path: str) -> Asked:
    """A request without a body."""
    return Asked("GET", path)
