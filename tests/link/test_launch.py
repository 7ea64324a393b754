"""What the launch names and loads, and how bad it is that a file cannot be parsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.check import check
from verifier.config import Config
from verifier.link import Facts
from verifier.model import Finding
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read


def linked(folder: Path, files: dict[str, str], config: Config | None = None) -> Facts:
    """A project that is written into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return link_project(read(folder), config or Config(), load_book())


def findings(facts: Facts, rule: str) -> list[Finding]:
    """What a rule reports."""
    return [one for one in check(facts).findings if one.rule == rule]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("python app.py", [("file", "app.py")]),
        ("exec python -X dev -W ignore src/app.py --port 80", [("file", "src/app.py")]),
        ("python -m shop.main", [("module", "shop.main")]),
        ("python -m uvicorn shop.main:app", [("serve", "shop.main")]),
        ("gunicorn -b 0.0.0.0:80 'shop:create_app()'", [("serve", "shop")]),
        ("uv run --no-dev gunicorn --bind unix:/tmp/x.sock shop.wsgi:application", [("serve", "shop.wsgi")]),
        ("node --import tsx src/main.ts", [("file", "src/main.ts")]),
        ("node --enable-source-maps dist/main.js", [("file", "dist/main.js")]),
        ("node -e 'console.log(1)'", []),
        ("python -c 'print(1)'", []),
        ('python "$ENTRY"', []),
        ("npm start", []),
    ],
)
def test_what_a_command_names(script: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    facts = linked(tmp_path, {"run.sh": f"#!/bin/sh\n{script}\n"})
    assert [(name.kind, name.text) for name in facts.launch.named] == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("python src/app.py", ("src",)),
        ("python -m src.app", ("",)),
        ("cd src && python app.py", ("src",)),
        ("PYTHONPATH=lib python src/app.py", ("src", "lib")),
        ("PYTHONPATH=/opt/lib python src/app.py", None),
        ("uvicorn src.app:app", ("",)),
        ("uvicorn app:app --app-dir src", ("", "src")),
        ("gunicorn --chdir src app:app", ("", "src")),
    ],
)
def test_where_python_looks(script: str, expected: tuple[str, ...] | None, tmp_path: Path) -> None:
    facts = linked(tmp_path, {"run.sh": f"#!/bin/sh\n{script}\n", "src/app.py": "", "lib/x.py": ""})
    assert facts.search_path(facts.launch.named[0].command) == expected


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ("nc a 1", "ignored"),
        ("set -eu\nnc a 1", "ends"),
        ("nc a 1 || exit 1", "ends"),
        ("nc a 1 || { echo no; exit 1; }", "ends"),
        ("set -e\nnc a 1 || echo no", "ignored"),
        ("nc a 1 && exec gunicorn x", "ends"),
        ("nc a 1 && echo up", "ignored"),
        ("until nc a 1; do sleep 1; done", "repeats"),
        ("while ! nc a 1; do sleep 1; done", "repeats"),
        ("while ! nc a 1; do [ $n -gt 9 ] && break; done", "ignored"),
        ("set -e\nif nc a 1; then echo; fi", "ignored"),
        ("set -e\nfor n in 1 2; do nc a 1 && break; done", "ignored"),
    ],
)
def test_what_a_failure_does(script: str, failure: str, tmp_path: Path) -> None:
    facts = linked(tmp_path, {"run.sh": f"#!/bin/sh\n{script}\n"})
    assert {one.failure for one in facts.project.manifests.commands if one.argv[0] == "nc"} == {failure}


@pytest.mark.parametrize(
    ("main", "severity"),
    [
        ("import broken\n", "error"),
        ("def later():\n    import broken\n", "error"),
        ("import importlib\nimportlib.import_module('bro' + 'ken')\n", "error"),
        ("PLUGINS = ['broken']\n", "error"),
        ("print(1)\n", "warning"),
    ],
)
def test_a_file_that_nothing_loads_does_not_keep_the_server_from_starting(
    main: str, severity: str, tmp_path: Path
) -> None:
    facts = linked(tmp_path, {"run.sh": "python main.py\n", "main.py": main, "broken.py": "def f(:\n"})
    assert [one.severity.value for one in findings(facts, "startup/syntax-error")] == [severity]


def test_a_task_needs_its_run_script(tmp_path: Path) -> None:
    files = {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n", "Procfile": "web: flask run -h 0.0.0.0\n"}
    assert not findings(linked(tmp_path, files), "startup/missing-start")
    with_task = linked(tmp_path, files, Config(task="uv-flask-openapi"))
    assert [one.severity.value for one in findings(with_task, "startup/missing-start")] == ["error"]


def test_the_home_directory_is_not_the_project(tmp_path: Path) -> None:
    for script in ("cd\npython app.py\n", "set -e\ncd\npython app.py\n"):
        facts = linked(tmp_path, {"run.sh": script, "app.py": ""})
        assert len(findings(facts, "startup/missing-folder")) == 1
