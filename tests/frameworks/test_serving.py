"""Which application a start command of FastAPI or Flask serves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from verifier.model import Command, Span
from verifier.packs import load_book


def served(framework: str, line: str, environment: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """What the pack of a framework makes of a command."""
    pack = load_book().teaching(framework)
    assert pack is not None
    assert pack.serves is not None
    return pack.serves(Command(tuple(line.split()), "", Span("run.sh", 1), "run.sh", environment=environment or {}))


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("uvicorn app.main:app --host 0.0.0.0 --port 8080", ("app.main", "app")),
        ("uvicorn --factory app.main:create_app", ("app.main", "create_app")),
        ("exec uv run uvicorn main:app", ("main", "app")),
        ("gunicorn -k uvicorn.workers.UvicornWorker -w 4 src.app:application", ("src.app", "application")),
        ("/usr/local/bin/hypercorn service:api.app", ("service", "api.app")),
        ("fastapi run", None),
        ("fastapi run app/main.py --port 8080", ("app/main.py", "")),
        ("fastapi dev --reload app/main.py --app api", ("app/main.py", "api")),
        ("fastapi run -e package.module:api", ("package.module", "api")),
        ("python main.py", None),
        ("npm start", None),
    ],
)
def test_fastapi(line: str, target: tuple[str, str] | None) -> None:
    assert served("fastapi", line) == target


@pytest.mark.parametrize(
    ("line", "environment", "target"),
    [
        ("flask --app autoapp:create_app() run -h 0.0.0.0", {}, ("autoapp", "create_app")),
        ("flask -A shop.web run", {}, ("shop.web", "")),
        ("flask --app=shop run", {}, ("shop", "")),
        ("flask run --port 8080", {"FLASK_APP": "realworld/app.py"}, ("realworld/app.py", "")),
        ("poetry run flask run", {}, ("app", "")),
        ("flask db upgrade", {}, None),
        ("uwsgi --http :8080 --module wsgi:app", {}, ("wsgi", "app")),
        ("uwsgi --http :8080 --wsgi-file run.py --callable server", {}, ("run.py", "server")),
        ("uwsgi uwsgi.ini", {}, None),
        ("python app.py", {}, None),
    ],
)
def test_flask(line: str, environment: dict[str, str], target: tuple[str, str] | None) -> None:
    assert served("flask", line, environment) == target
