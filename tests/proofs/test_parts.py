"""What the rules on parts, packages, manifests and patches claim, shown by Python, Node, npm and git."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.proofs.launching import FIXTURES, needs_node, node_packages
from tests.proofs.test_packages import without

ROOT = FIXTURES.parent


def imported(folder: Path, module: str) -> subprocess.CompletedProcess[str]:
    """Import a module of a folder with everything installed."""
    return without(folder, "[]", f"import {module}")


def test_a_constructor_without_its_arguments_keeps_the_server_from_starting(tmp_path: Path) -> None:
    bad = FIXTURES / "missing_argument" / "bad"
    assert "missing 1 required positional argument: 'fines'" in imported(bad, "library.main").stderr
    copy = tmp_path / "copy"
    shutil.copytree(bad, copy)
    main = copy / "library" / "main.py"
    main.write_text(main.read_text().replace("Desk(loans, clock=None)", "None"))
    assert "missing 1 required positional argument: 'desk'" in imported(copy, "library.main").stderr
    assert imported(FIXTURES / "missing_argument" / "good", "library.main").stdout == "loaded\n"


@pytest.mark.parametrize(("kind", "expected"), [("bad", "Cannot read properties of undefined"), ("good", '"fine":6')])
def test_a_part_that_is_left_out_is_undefined_when_it_is_used(kind: str, expected: str, tmp_path: Path) -> None:
    folder = tmp_path / "app"
    shutil.copytree(FIXTURES / "undefined_part" / kind, folder)
    (folder / "node_modules").symlink_to(node_packages() / "node_modules")
    ask = "process.env.NODE_ENV='test'; const http = require('http'); const listen = http.Server.prototype.listen;"
    ask += "http.Server.prototype.listen = function () { return listen.call(this, 0, () => fetch("
    ask += "`http://127.0.0.1:${this.address().port}/fines/3`).then((a) => a.text()).then((t) => {"
    ask += "console.log(t); process.exit(0) })) }; require('./server.js')"
    done = subprocess.run(["node", "-e", ask], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert expected in done.stdout


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_django_needs_the_name_of_its_settings(kind: str) -> None:
    folder = ROOT / "django" / "settings_not_named" / kind
    plain = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", "import zoo.wsgi"],
        cwd=folder,
        env=plain,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (kind == "good")
    assert kind == "good" or "but settings are not configured" in done.stderr


@pytest.mark.parametrize(
    ("rule", "hidden", "symptom"),
    [
        ("pydantic/missing_email_validator", "email_validator", "email-validator is not installed"),
        ("fastapi/missing_multipart", "multipart", 'Form data requires "python-multipart" to be installed'),
    ],
)
def test_packages_that_pydantic_and_fastapi_do_not_bring(rule: str, hidden: str, symptom: str) -> None:
    modules = json.dumps([hidden, f"python_{hidden}"])
    done = without(ROOT / rule / "bad", modules, "import hotel.main")
    assert symptom in done.stderr
    assert without(ROOT / rule / "good", "[]", "import hotel.main").stdout == "loaded\n"


def test_a_form_alone_needs_multipart_too(tmp_path: Path) -> None:
    heads = {"Form()": "str", "File()": "bytes"}
    for call, kind in heads.items():
        code = "from typing import Annotated\nfrom fastapi import FastAPI, File, Form\napp = FastAPI()\n"
        code += f"@app.post('/x')\ndef x(one: Annotated[{kind}, {call}]): ...\n"
        assert "Form data requires" in without(tmp_path, '["multipart", "python_multipart"]', code).stderr
    code = "from fastapi import FastAPI, UploadFile\napp = FastAPI()\n@app.post('/x')\ndef x(one: UploadFile): ...\n"
    assert "Form data requires" in without(tmp_path, '["multipart", "python_multipart"]', code).stderr


class Registry(http.server.BaseHTTPRequestHandler):
    """A registry that has koa and koa-compose, each in one version."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        version = {"koa": "3.3.0", "koa-compose": "4.2.0"}.get(name)
        body = b"{}"
        if version is not None:
            entry = {"name": name, "version": version, "dist": {"tarball": f"http://{self.headers['Host']}/none.tgz"}}
            content = {"name": name, "dist-tags": {"latest": version}, "versions": {version: entry}}
            body = json.dumps(content).encode()
        self.send_response(200 if version is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name that the base class has
        """Nothing."""


@pytest.mark.parametrize("command", ["ci", "install"])
def test_npm_installs_nothing_where_the_version_does_not_exist(command: str, tmp_path: Path) -> None:
    needs_node()
    for kind in ("bad", "good"):
        shutil.copytree(FIXTURES / "stale_lock" / kind, tmp_path / kind)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        options = [f"--registry=http://127.0.0.1:{server.server_port}", f"--cache={tmp_path}/cache", "--no-audit"]
        options += ["--dry-run", "--no-update-notifier", "--fetch-retries=0"]
        told = {}
        for kind in ("bad", "good"):
            done = subprocess.run(
                ["npm", command, *options],
                cwd=tmp_path / kind,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            told[kind] = done.returncode, done.stderr
    finally:
        server.shutdown()
        server.server_close()
    assert told["bad"][0] != 0
    assert "ETARGET" in told["bad"][1] or "not in sync" in told["bad"][1]
    assert told["good"][0] == 0, told["good"][1]


def test_npm_does_not_read_a_manifest_that_is_no_json(tmp_path: Path) -> None:
    needs_node()
    for kind, code in (("bad", "EJSONPARSE"), ("good", "")):
        shutil.copytree(FIXTURES / "invalid_manifest" / kind, tmp_path / kind)
        done = subprocess.run(
            ["npm", "pkg", "get", "name"], cwd=tmp_path / kind, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode == 0) == (kind == "good")
        assert code in done.stderr


def test_git_refuses_a_patch_that_only_mentions_a_binary_file(tmp_path: Path) -> None:
    for kind in ("bad", "good"):
        home = tmp_path / kind
        shutil.copytree(FIXTURES / "binary_in_patch" / kind, home)
        subprocess.run(["git", "init", "-q"], cwd=home, check=True)
        patch = FIXTURES / "binary_in_patch" / kind / "change.patch"
        done = subprocess.run(["git", "apply", patch], cwd=home, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (kind == "good"), done.stderr
        assert (home / "shop" / "app.py").exists() == (kind == "good")
        assert kind == "good" or "cannot apply binary patch to 'shop.db-wal' without full index line" in done.stderr


@pytest.mark.parametrize(("kind", "status"), [("bad", 500), ("good", 200)])
def test_tables_are_missing_where_nothing_migrates(kind: str, status: int, tmp_path: Path) -> None:
    folder = tmp_path / kind
    shutil.copytree(ROOT / "django_orm" / "never_migrated" / kind, folder)
    for line in (folder / "run.sh").read_text().splitlines():
        if line.startswith("python "):
            subprocess.run([sys.executable, *line.split()[1:]], cwd=folder, check=True, capture_output=True)
    ask = "import zoo.wsgi; from django.test import Client; c = Client(raise_request_exception=False);"
    ask += "print(c.get('/animals', headers={'host': 'testserver'}).status_code);"
    ask += "Client().get('/animals', headers={'host': 'testserver'})"
    done = subprocess.run([sys.executable, "-c", ask], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(status), done.stderr
    assert kind == "good" or "no such table: animals_animal" in done.stderr
