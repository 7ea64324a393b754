"""How projects are installed and started, as their files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Write
from verifier.read import ReadError
from verifier.run.detect import detect

APPS = Path(__file__).parent.parent.parent / "fixtures" / "apps"


@pytest.mark.parametrize("app", sorted(place.name for place in APPS.iterdir() if place.is_dir()))
def test_reference_backends(app: str) -> None:
    plan = detect(APPS / app)
    python = app in ("flask", "fastapi", "django", "django-orm", "aiohttp")
    assert plan.language == ("python" if python else "node")
    assert plan.manifests[0] == ("requirements.txt" if python else "package.json")
    assert plan.started_by == "run.sh"
    assert plan.port == (8080 if python else 3000)
    assert plan.reads_port
    assert "postgres" in plan.drivers


@pytest.mark.parametrize(
    ("files", "language", "started_by", "command"),
    [
        ({"requirements.txt": "", "run.sh": "python main.py"}, "python", "run.sh", "exec ./run.sh"),
        ({"requirements.txt": "", "Procfile": "release: x\nweb: gunicorn a:b\n"}, "python", "Procfile", "gunicorn a:b"),
        ({"package.json": '{"scripts": {"start": "node a.js"}}'}, "node", "package.json", "npm start --silent"),
        ({"requirements.txt": "", "Dockerfile": 'FROM x\nCMD ["uvicorn", "a:b"]\n'}, "python", "Dockerfile", "uvicorn"),
        ({"requirements.txt": "", "manage.py": ""}, "python", "manage.py", "runserver"),
        ({"requirements.txt": "", "package.json": "{}", "run.sh": "exec node a.js"}, "node", "run.sh", "./run.sh"),
        ({"requirements.txt": "", "package.json": "{}", "run.sh": "exec python a.py"}, "python", "run.sh", "./run.sh"),
    ],
)
def test_start(write: Write, files: dict[str, str], language: str, started_by: str, command: str) -> None:
    plan = detect(write(files))
    assert (plan.language, plan.started_by) == (language, started_by)
    assert command in " ".join(plan.start)


def test_what_the_user_says_goes_first(write: Write) -> None:
    plan = detect(write({"requirements.txt": "", "run.sh": "exit 1"}), "python other.py")
    assert plan.start == ("sh", "-c", "python other.py")


@pytest.mark.parametrize(
    ("script", "port"),
    [
        ("uvicorn a:b --host 0.0.0.0 --port 8000", 8000),
        ("gunicorn -b 0.0.0.0:5000 a:b", 5000),
        ("gunicorn --bind=:9000 a:b", 9000),
        ("python manage.py runserver 0.0.0.0:8001", 8001),
        ('uvicorn a:b --port "${PORT:-8080}"', 8080),
        ("uvicorn a:b --port 99999", 8080),
        ("python main.py", 8080),
    ],
)
def test_port(write: Write, script: str, port: int) -> None:
    assert detect(write({"requirements.txt": "", "run.sh": script})).port == port


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ({"main.py": "print()"}, "requirements.txt"),
        ({"requirements.txt": "flask"}, "run.sh"),
        ({"package.json": "{}"}, "run.sh"),
    ],
)
def test_nothing_to_start(write: Write, files: dict[str, str], missing: str) -> None:
    with pytest.raises(ReadError, match=missing):
        detect(write(files))


def test_the_digest_is_that_of_what_says_what_to_install(write: Write) -> None:
    files = {"requirements.txt": "flask==3.1.0\n", "run.sh": "python main.py", "main.py": "1"}
    first = detect(write(files)).digest()
    assert detect(write({**files, "main.py": "2"})).digest() == first
    assert detect(write({**files, "requirements.txt": "flask==3.1.1\n"})).digest() != first


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({".python-version": "3.12.4\n"}, "==3.12.*"),
        ({"pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.12"\n'}, ">=3.12"),
        ({"pyproject.toml": "[project\n"}, None),
        ({}, None),
    ],
)
def test_python(write: Write, files: dict[str, str], wanted: str | None) -> None:
    assert detect(write({"requirements.txt": "", "run.sh": "", **files})).python == wanted
