"""What a start command of Python serves, and that only this counts against a contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of
from tests.layers.projects import found, report_of

FLASK = """
from flask import Flask

application = Flask(__name__)
application.add_url_rule("/readers", view_func=lambda: [])
"""
DECOY = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/shelves")
def shelves():
    return []
"""
CONTRACT = """
openapi: 3.1.0
info: { title: Library, version: "1" }
servers: [{ url: / }]
paths:
  /readers: { get: { responses: { "200": { description: ok } } } }
  /shelves: { get: { responses: { "200": { description: ok } } } }
"""


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn library.wsgi",
        "gunicorn -w 4 --bind 0.0.0.0:80 library.wsgi",
        "gunicorn --name library library.wsgi -k gevent",
        "gunicorn library.wsgi:application",
        "gunicorn --bind 0.0.0.0:80 --workers 2 'library.wsgi:application'",
        "gunicorn -b unix:library.sock library.wsgi:application",
    ],
)
def test_gunicorn_serves_the_application_of_a_module(command: str, write: Write) -> None:
    root = write({"run.sh": f"{command}\n", "library/__init__.py": "", "library/wsgi.py": FLASK, "decoy.py": DECOY})
    startup = facts_of(root).startup
    assert [(entry.path, entry.variable) for entry in startup.entries] == [("library/wsgi.py", "application")]
    assert [found.framework for found in startup.served] == ["flask"]


def test_django_is_served_from_the_module_that_gunicorn_is_given(write: Write) -> None:
    named = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n'
    root = write(
        {
            "run.sh": "gunicorn site_wsgi.main\n",
            "manage.py": named,
            "site_wsgi/main.py": f"from django.core.wsgi import get_wsgi_application\n{named}"
            "application = get_wsgi_application()\n",
            "site_settings.py": 'ROOT_URLCONF = "urls"\n',
            "urls.py": "urlpatterns = []\n",
        }
    )
    assert [found.span.path for found in facts_of(root).startup.served] == ["site_wsgi/main.py"]


@pytest.mark.parametrize(("start", "missing"), [("gunicorn web", True), ("uvicorn decoy:app", True), ("", False)])
def test_an_application_that_nothing_serves_answers_no_operation(start: str, missing: bool, tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yml"
    contract.write_text(CONTRACT, "utf-8")
    files = {"run.sh": f"{start}\n", "web.py": FLASK, "decoy.py": DECOY}
    report = report_of(tmp_path / "project", files, contract=contract)  # type: ignore[arg-type]
    assert bool(found(report, "contract/missing-operation")) is missing
    verdict = next(verdict for verdict in report.verdicts if verdict.clause == "every operation has a route")
    assert verdict.compliant is not missing


FAST = DECOY.replace("/shelves", "/books")
FACTORY = """
from fastapi import FastAPI


def create_app():
    return FastAPI()
"""


@pytest.mark.parametrize(
    ("start", "files"),
    [
        ("python run.py", {"run.py": 'import uvicorn\n\nuvicorn.run("shop.web:app", port=80)\n'}),
        ("python run.py", {"run.py": 'from uvicorn import run\n\nrun(\n    app="shop.web:app",\n)\n'}),
        ("python run.py", {"run.py": "import uvicorn\n\nuvicorn.Server(uvicorn.Config('shop.web:app')).run()\n"}),
        (
            "python run.py",
            {
                "run.py": 'import uvicorn\n\n# uvicorn.run("decoy:app")\nuvicorn.run("shop.made:make", factory=True)\n',
                "shop/made.py": FACTORY.replace("create_app", "make"),
            },
        ),
        ("bash start.sh", {"start.sh": "uvicorn shop.web:app\n"}),
        ("exec ./scripts/serve.sh", {"scripts/serve.sh": "#!/bin/sh\nexec uvicorn shop.web:app\n"}),
        ("export PYTHONPATH=source\nuvicorn inner.web:app", {"source/inner/web.py": FAST}),
        ("gunicorn -b 0.0.0.0:80 -k uvicorn.workers.UvicornWorker shop.web:app", {}),
    ],
)
def test_one_of_two_applications_is_served(start: str, files: dict[str, str], write: Write) -> None:
    base = {"shop/__init__.py": "", "shop/web.py": FAST, "decoy.py": DECOY}
    startup = facts_of(write({**base, "run.sh": f"{start}\n", **files})).startup
    assert startup.entries
    (application,) = startup.served
    assert application.span.path != "decoy.py"


def test_a_path_that_is_written_twice_for_two_methods_leaves_one_unreached(tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yml"
    contract.write_text(
        CONTRACT.replace("} } } }\n  /shelves: {", "} } }, put: { responses: {} } }\n  /shelves: {"), "utf-8"
    )
    files = {
        "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
        "settings.py": 'ROOT_URLCONF = "urls"\n',
        "urls.py": """
            from django.urls import path
            from django.views.decorators.http import require_http_methods

            @require_http_methods(["GET"])
            def readers(request): ...

            @require_http_methods(["PUT"])
            def replace_readers(request): ...

            @require_http_methods(["GET"])
            def shelves(request): ...

            urlpatterns = [path("readers", readers), path("readers", replace_readers), path("shelves", shelves)]
            """,
    }
    report = report_of(tmp_path / "project", files, contract=contract)  # type: ignore[arg-type]
    decided = {verdict.clause: verdict.compliant for verdict in report.verdicts if verdict.constraint == "contract"}
    assert decided["every operation has a route"] is True
    assert decided["no operation is shadowed"] is False
