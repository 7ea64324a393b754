"""Which port a server surely listens on, which one others connect to, and when nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.link.test_launch import findings, linked
from verifier.config import Config
from verifier.link import Facts
from verifier.model import Finding, Severity

PYTHON = "uv-fastapi-openapi-unconstrained"
NODE = "node-express-openapi-unconstrained"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
EXPRESS = "const app = require('express')()\n"
KOA = "const app = new (require('koa'))()\n"
HONO = "import { Hono } from 'hono'\nimport { serve } from '@hono/node-server'\nconst app = new Hono()\n"
AIOHTTP = "import os\nfrom aiohttp import web\napp = web.Application()\n"
FLASK = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
UVICORN = "import os\nimport uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def wrong(facts: Facts) -> list[Finding]:
    """What is said of ports."""
    return findings(facts, "startup/wrong-port")


def of_script(folder: Path, command: str, files: dict[str, str], task: str) -> list[Finding]:
    """What is said of a start script of one command, with a task."""
    return wrong(linked(folder, {"run.sh": f"#!/bin/sh\n{command}\n", **files}, Config(task=task)))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("uvicorn app:app --host 0.0.0.0", ERROR),
        ("uvicorn app:app --host 0.0.0.0 --port 8000", ERROR),
        ("uvicorn app:app --host 0.0.0.0 --port=8080", None),
        ("UVICORN_PORT=8080 uvicorn app:app --host 0.0.0.0", None),
        ("UVICORN_PORT=9000 uvicorn app:app --host 0.0.0.0", ERROR),
        ("uvicorn app:app --uds /run/app.sock", None),
        ("uvicorn app:app --fd 3", None),
        ("exec uvicorn app:app --host 0.0.0.0 --port ${PORT:-8000}", WARNING),
        ("exec uvicorn app:app --host 0.0.0.0 --port ${PORT:-8080}", None),
        ("exec uvicorn app:app --host 0.0.0.0 --port $PORT", None),
        ("export PORT=8000\nexec uvicorn app:app --host 0.0.0.0 --port $PORT", ERROR),
        ("export PORT=${PORT:-8000}\nexec uvicorn app:app --host 0.0.0.0 --port $PORT", WARNING),
        ("gunicorn -b 0.0.0.0:8000 app:app", ERROR),
        ("gunicorn -b 0.0.0.0:8080 app:app", None),
        ("gunicorn --bind=:5000 app:app", ERROR),
        ("gunicorn -b unix:/run/app.sock app:app", None),
        ("gunicorn -b 0.0.0.0:8000 -b 0.0.0.0:8080 app:app", None),
        ("gunicorn app:app", WARNING),
        ("PORT=8080 gunicorn app:app", None),
        ("PORT=8000 gunicorn app:app", ERROR),
        ("gunicorn -c elsewhere.py app:app", None),
        ("hypercorn app:app", ERROR),
        ("hypercorn app:app -b 0.0.0.0", ERROR),
        ("hypercorn --bind 0.0.0.0:8080 app:app", None),
        ("hypercorn --bind :5000 app:app", ERROR),
        ("hypercorn --bind $HOST app:app", None),
        ("hypercorn --bind unix:/run/app.sock app:app", None),
        ("hypercorn -b 0.0.0.0:8000 -b 0.0.0.0:8080 app:app", None),
        ("hypercorn -c hypercorn.toml app:app", None),
        ("daphne -b 0.0.0.0 app:app", ERROR),
        ("daphne -b 0.0.0.0 -p 8080 app:app", None),
        ("daphne -b 0.0.0.0 --port 8000 app:app", ERROR),
        ("daphne -e tcp:port=8000 app:app", None),
        ("daphne -u /run/app.sock app:app", None),
        ("flask run -h 0.0.0.0", ERROR),
        ("flask run -h 0.0.0.0 -p 8080", None),
        ("FLASK_RUN_PORT=8080 flask run -h 0.0.0.0", None),
        ("flask routes", None),
        ("python manage.py runserver", ERROR),
        ("python manage.py runserver 8080", None),
        ("python manage.py runserver 0.0.0.0:8000", ERROR),
        ("python manage.py runserver [::]:8080 --noreload", None),
        ("hypercorn app:app --bind 0.0.0.0:8000", ERROR),
        ("uvicorn app:app --port 8000 &\nuvicorn app:app --port 8080", None),
        ("pip install uvicorn==0.30", None),
    ],
)
def test_commands(tmp_path: Path, command: str, expected: Severity | None) -> None:
    found = of_script(tmp_path, command, {"app.py": FASTAPI, "manage.py": ""}, PYTHON)
    assert [one.severity for one in found] == ([expected] if expected is not None else [])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [("bind = '0.0.0.0:8000'\n", 1), ("bind = '0.0.0.0:8080'\n", 0), ("import os\nbind = os.environ['BIND']\n", 0)],
)
def test_configuration_of_gunicorn(tmp_path: Path, settings: str, expected: int) -> None:
    files = {"app.py": FASTAPI, "gunicorn.conf.py": settings}
    assert len(of_script(tmp_path, "gunicorn app:app", files, PYTHON)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (FLASK + "app.run(host='0.0.0.0')", ERROR),
        (FLASK + "app.run(host='0.0.0.0', port=8080)", None),
        (FLASK + "app.config['SERVER_NAME'] = 'x:8080'\napp.run(host='0.0.0.0')", None),
        (FLASK + "app.run('0.0.0.0', int(os.environ.get('PORT', 5000)))", WARNING),
        (FLASK + "app.run('0.0.0.0', int(os.environ.get('PORT', 8080)))", None),
        (FLASK + "PORT = 5000\napp.run('0.0.0.0', PORT)", ERROR),
        (FLASK + "def main():\n    port = 5000\n    app.run('0.0.0.0', port)\nmain()", ERROR),
        (FLASK + "def main(port=5000):\n    app.run('0.0.0.0', port)\nmain()", WARNING),
        (UVICORN + "uvicorn.run(app, host='0.0.0.0')", ERROR),
        (UVICORN + "uvicorn.run(app, host='0.0.0.0', port=8080)", None),
        (UVICORN + "uvicorn.run(app, uds='/run/app.sock')", None),
        (UVICORN + "uvicorn.run(app, **unknown())", None),
        (UVICORN + "uvicorn.run(app, host='0.0.0.0', port=int(os.environ['PORT']))", None),
        (AIOHTTP + "web.run_app(app)", None),
        (AIOHTTP + "web.run_app(app, port=8000)", ERROR),
        (AIOHTTP + "web.run_app(app, path='/run/app.sock')", None),
        (AIOHTTP + "web.run_app(app, port=int(os.getenv('PORT', '8000')))", WARNING),
        (AIOHTTP + "if unknown():\n    web.run_app(app, port=8000)", None),
    ],
)
def test_code_of_python(tmp_path: Path, code: str, expected: Severity | None) -> None:
    found = of_script(tmp_path, "python main.py", {"main.py": code + "\n"}, PYTHON)
    assert [one.severity for one in found] == ([expected] if expected is not None else [])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (EXPRESS + "app.listen(8080)", ERROR),
        (EXPRESS + "app.listen('8080', () => console.log('up'))", ERROR),
        (EXPRESS + "app.listen(3000, '0.0.0.0')", None),
        (EXPRESS + "app.listen('/run/app.sock')", None),
        (EXPRESS + "app.listen()", None),
        (EXPRESS + "app.listen({ port: 4000, host: '0.0.0.0' })", ERROR),
        (EXPRESS + "app.listen(process.env.PORT || 8080)", WARNING),
        (EXPRESS + "app.listen(Number(process.env.PORT ?? 3000))", None),
        (EXPRESS + "const PORT = 5000\napp.listen(PORT)", ERROR),
        (EXPRESS + "app.listen(8080)\nrequire('http').createServer(app).listen(3000)", None),
        (EXPRESS + "require('http').createServer(app).listen(5000)", ERROR),
        (EXPRESS + "const { createServer } = require('node:http')\nconst s = createServer(app)\ns.listen(5000)", ERROR),
        (KOA + "app.listen(4000)", ERROR),
        (KOA + "app.listen(3000)", None),
        ("const app = require('fastify')()\napp.listen({ port: 8080, host: '0.0.0.0' })", ERROR),
        ("const app = require('fastify')()\napp.listen({ port: 3000, host: '0.0.0.0' })", None),
        ("const app = require('fastify')()\napp.listen({ host: '0.0.0.0' })", None),
    ],
)
def test_code_of_node(tmp_path: Path, code: str, expected: Severity | None) -> None:
    found = of_script(tmp_path, "node main.js", {"main.js": code + "\n"}, NODE)
    assert [one.severity for one in found] == ([expected] if expected is not None else [])


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", None), (", port: 8080", ERROR), (", port: Number(process.env.PORT) || 8000", WARNING), (", ...rest()", None)],
)
def test_server_for_hono(tmp_path: Path, given: str, expected: Severity | None) -> None:
    code = HONO + f"serve({{ fetch: app.fetch{given} }})\n"
    found = of_script(tmp_path, "node main.mjs", {"main.mjs": code}, NODE)
    assert [one.severity for one in found] == ([expected] if expected is not None else [])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".env", "PORT=3000\n", 0),
        (".env.example", "PORT=3000\n", 1),
        ("README.md", "Set PORT=3000\n", 1),
        ("compose.yaml", "services:\n  app:\n    environment:\n      PORT: 3000\n", 0),
        ("nginx.conf", "server {}\n", 0),
    ],
)
def test_a_default_of_the_code_counts_where_nothing_sets_the_variable(
    tmp_path: Path, name: str, text: str, expected: int
) -> None:
    code = EXPRESS + "app.listen(process.env.PORT || 8080)\n"
    assert len(of_script(tmp_path, "node main.js", {"main.js": code, name: text}, NODE)) == expected


def test_the_variable_of_the_script_is_what_counts(tmp_path: Path) -> None:
    code = EXPRESS + "app.listen(process.env.PORT || 3000)\n"
    (found,) = of_script(tmp_path, "PORT=4000 node main.js", {"main.js": code}, NODE)
    assert found.severity is ERROR
    assert "4000" in found.message and "3000" in found.message


@pytest.mark.parametrize(
    ("task", "expected"), [(None, 0), ("tasks/one.json", 0), (NODE, 1), ("express-openapi-unconstrained", 1)]
)
def test_without_a_known_client_nothing_is_said(tmp_path: Path, task: str | None, expected: int) -> None:
    files = {"run.sh": "node main.js\n", "main.js": EXPRESS + "app.listen(8080)\n"}
    assert len(wrong(linked(tmp_path, files, Config(task=task)))) == expected


# Containers

IMAGE = "FROM node:22\nWORKDIR /srv\nCOPY . .\n"
START = 'CMD ["node", "main.js"]\n'
LITERAL = EXPRESS + "app.listen(3000)\n"
READING = EXPRESS + "app.listen(process.env.PORT || 3000)\n"


@pytest.mark.parametrize(
    ("lines", "code", "expected"),
    [
        ("EXPOSE 8080\n", LITERAL, 1),
        ("EXPOSE 8080/tcp\n", LITERAL, 1),
        ("EXPOSE 3000\n", LITERAL, 0),
        ("EXPOSE 8080 9229\n", LITERAL, 0),
        ("EXPOSE 8080\nEXPOSE 3000\n", LITERAL, 0),
        ("EXPOSE 8000-8010\n", LITERAL, 0),
        ("EXPOSE 8080/udp\n", LITERAL, 0),
        ("ARG PORT=8080\nEXPOSE $PORT\n", LITERAL, 0),
        ("EXPOSE 9229\n", LITERAL, 0),
        ("EXPOSE 8080\n", READING, 0),
        ("ENV PORT=4000\nEXPOSE 8080\n", READING, 1),
        ("ENV PORT=8080\nEXPOSE 8080\n", READING, 0),
    ],
)
def test_exposed(tmp_path: Path, lines: str, code: str, expected: int) -> None:
    found = wrong(linked(tmp_path, {"Dockerfile": IMAGE + lines + START, "main.js": code}))
    assert [one.severity for one in found] == [WARNING] * expected


def test_exposed_by_an_image_that_starts_a_script(tmp_path: Path) -> None:
    files = {
        "Dockerfile": 'FROM python:3.12\nWORKDIR /srv\nCOPY . .\nEXPOSE 8080\nCMD ["sh", "start.sh"]\n',
        "start.sh": "#!/bin/sh\npython migrate.py\nexec uvicorn app:app --host 0.0.0.0 --port 8000\n",
        "app.py": FASTAPI,
        "migrate.py": "",
    }
    assert len(wrong(linked(tmp_path, files))) == 1
    files["start.sh"] = files["start.sh"].replace("migrate.py", "other.py &")
    assert wrong(linked(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("service", "code", "expected"),
    [
        ("ports: ['80:8080']", LITERAL, 1),
        ("ports: ['80:3000']", LITERAL, 0),
        ("ports: ['8080']", LITERAL, 1),
        ("ports: ['127.0.0.1:80:8080/tcp']", LITERAL, 1),
        ("ports: ['${A:-80}:8080']", LITERAL, 1),
        ("ports: ['80:${A:-8080}']", LITERAL, 0),
        ("ports: ['8000-8001:8000-8001']", LITERAL, 0),
        ("ports: ['80:8080/udp']", LITERAL, 0),
        ("ports: ['80:8080', '81:8081']", LITERAL, 0),
        ("ports: ['9229:9229']", LITERAL, 0),
        ("ports: [{ target: 8080, published: 80 }]", LITERAL, 1),
        ("ports: [{ target: 8080, published: 80, protocol: udp }]", LITERAL, 0),
        ("ports: ['80:8080']", READING, 0),
        ("ports: ['80:8080']\n    environment: { PORT: '4000' }", READING, 1),
        ("ports: ['80:8080']\n    environment: { PORT: '8080' }", READING, 0),
        ("ports: ['80:8080']\n    environment: ['PORT=4000']", READING, 1),
        ("ports: ['80:8080']\n    environment: { PORT: '${PORT:-4000}' }", READING, 0),
        ("ports: ['80:8080']\n    environment: ['PORT']", READING, 0),
        ("ports: ['80:8080']\n    environment: { PORT: '4000' }\n    env_file: absent.env", READING, 0),
        ("ports: ['80:8080']\n    network_mode: host", LITERAL, 0),
        ("ports: ['80:8080']\n    command: sleep 1", LITERAL, 0),
        ("ports: ['80:8080']\n    command: node main.js --x", LITERAL, 0),
        ("ports: ['80:8080']\n  other:\n    environment: { UP: 'http://app:3000' }", LITERAL, 0),
        (
            "ports: ['80:8080']\n    environment: { PORT: '4000' }\n  two: { build: ., environment: { PORT: '8080' } }",
            READING,
            0,
        ),
    ],
)
def test_published(tmp_path: Path, service: str, code: str, expected: int) -> None:
    compose = f"services:\n  app:\n    build: .\n    {service}\n"
    files = {"Dockerfile": IMAGE + START, "compose.yaml": compose, "main.js": code}
    found = wrong(linked(tmp_path, files))
    assert [one.severity for one in found] == [ERROR] * expected


def test_published_beside_a_file_that_overrides(tmp_path: Path) -> None:
    compose = "services:\n  app:\n    build: .\n    ports: ['80:8080']\n"
    files = {"Dockerfile": IMAGE + START, "docker-compose.yml": compose, "main.js": LITERAL}
    files["docker-compose.override.yml"] = "services: {}\n"
    assert wrong(linked(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (EXPRESS + "app.listen(3000)", 0),
        (EXPRESS + "app.listen(3000, 'localhost')", 1),
        (EXPRESS + "app.listen({ port: 3000, host: '127.0.0.1' })", 1),
        (EXPRESS + "app.listen(3000, '0.0.0.0', () => {})", 0),
        (EXPRESS + "app.listen(3000, () => {})", 0),
        (KOA + "app.listen(3000, '127.0.0.1')", 1),
        (EXPRESS + "require('http').createServer(app).listen(3000, 'localhost')", 1),
        (EXPRESS + "app.listen('/run/app.sock')", 0),
    ],
)
def test_a_server_of_node_that_is_told_the_loopback_interface(tmp_path: Path, code: str, expected: int) -> None:
    files = {"run.sh": "node main.js\n", "main.js": code + "\n"}
    assert len(findings(linked(tmp_path, files, Config(task=NODE)), "startup/loopback-binding")) == expected


@pytest.mark.parametrize(
    ("given", "expected"), [("", 0), (", host='localhost'", 1), (", host='0.0.0.0'", 0), (", host=None", 0)]
)
def test_a_server_of_aiohttp_that_is_told_the_loopback_interface(tmp_path: Path, given: str, expected: int) -> None:
    files = {"run.sh": "python main.py\n", "main.py": AIOHTTP + f"web.run_app(app{given})\n"}
    assert len(findings(linked(tmp_path, files, Config(task=PYTHON)), "startup/loopback-binding")) == expected
