"""What the rules on names that libraries lack claim, shown by the libraries, in several versions."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.frameworks.harness import facts_of
from tests.frameworks.members import LIBRARIES, RULES, Library, ask
from tests.frameworks.older import available, with_packages
from verifier.link.members import read_offers
from verifier.packs import load_book
from verifier.testing import MARK

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
PACKS = ("flask", "fastapi", "aiohttp", "django")


def run_python(code: str, folder: Path, packages: tuple[str, ...] = (), **variables: str) -> tuple[int, str]:
    """The exit code of some code, run in a folder, and what it wrote of errors."""
    if packages and (reason := available(packages)) is not None:
        pytest.skip(reason)
    command = [*with_packages(packages), "python"] if packages else [sys.executable]
    done = subprocess.run(
        [*command, "-W", "ignore", "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr


def marked(folder: Path) -> list[str]:
    """The marked lines of a fixture."""
    lines = [line for path in sorted(folder.rglob("*.py")) for line in path.read_text().splitlines()]
    return [line for line in lines if MARK.search(line)]


@pytest.mark.parametrize("pack", PACKS)
def test_each_import_that_is_reported_fails(pack: str) -> None:
    folder = FIXTURES / pack / "unknown_import" / "bad"
    for line in marked(folder):
        code, error = run_python(line.strip(), folder)
        assert code == 1, line
        assert re.search(r"(?:Import|ModuleNotFound|PydanticImport)Error: ", error), error


@pytest.mark.parametrize(
    ("pack", "module"),
    [("flask", "concerts"), ("fastapi", "main"), ("aiohttp", "clinic"), ("django", "lending.urls")],
)
def test_the_corrected_imports_work(pack: str, module: str) -> None:
    folder = FIXTURES / pack / "unknown_import" / "good"
    assert run_python(f"import {module}", folder, DJANGO_SETTINGS_MODULE="lending.settings")[0] == 0


@pytest.mark.parametrize("rule", ["unknown_attribute", "unknown_request_attribute"])
@pytest.mark.parametrize("pack", PACKS)
def test_each_attribute_that_is_reported_is_missing(pack: str, rule: str) -> None:
    folder = FIXTURES / pack / rule / "bad"
    if not folder.is_dir():
        pytest.skip("no such rule")
    check = load_book().rules[f"{pack}/{rule.replace('_', '-')}"].check
    found = [problem.identity.rpartition(".")[::2] for problem in check(facts_of(folder))]
    assert found
    for library in LIBRARIES:
        if library.pack == pack:
            asked = ask(library, None)
            known = {**asked["modules"], **asked["classes"]}
            assert not [(holder, name) for holder, name in found if name in (known.get(holder) or ())]


@pytest.mark.parametrize(
    ("pack", "module", "error"),
    [
        ("flask", "app; app.create_app()", "'Blueprint' object has no attribute 'before_app_first_request'"),
        ("fastapi", "main", "'APIRouter' object has no attribute 'exception_handler'"),
        ("aiohttp", "clinic", "'Application' object has no attribute 'add_get'"),
    ],
)
def test_an_application_that_asks_for_what_is_not_there_does_not_start(pack: str, module: str, error: str) -> None:
    code, last = run_python(f"import {module}", FIXTURES / pack / "unknown_attribute" / "bad")
    assert (code, error in last) == (1, True), last
    assert run_python(f"import {module}", FIXTURES / pack / "unknown_attribute" / "good")[0] == 0


OLDER = ("flask==2.2.5", "werkzeug<2.3")


def test_an_older_flask_has_what_a_newer_one_lacks(tmp_path: Path) -> None:
    source = "from flask import Flask\napp = Flask(__name__)\n@app.before_first_request\ndef first():\n    pass\n"
    (tmp_path / "app.py").write_text(source)
    check = load_book().rules["flask/unknown-attribute"].check
    for pinned, expected in (
        ("flask==2.2.5", []),
        ("flask==2.3.3", ["high"]),
        ("flask>=2.0", ["medium"]),
        ("flask", ["high"]),
    ):
        (tmp_path / "requirements.txt").write_text(pinned + "\n")
        assert [problem.confidence for problem in check(facts_of(tmp_path))] == expected
    assert run_python("import app", tmp_path)[0] == 1
    assert run_python("import app", tmp_path, OLDER)[0] == 0


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_the_tables_say_what_the_installed_versions_have(library: Library) -> None:
    offer = read_offers(RULES / library.pack / "_members.json")[library.name]
    installed = version(library.name)
    if installed not in offer.versions:
        pytest.skip(f"{library.name} {installed} is not in the table")
    at = offer.versions.index(installed)
    assert at == len(offer.versions) - 1
    wanted = {name: {*names.always, *names.sometimes} for name, names in {**offer.modules, **offer.classes}.items()}
    asked = ask(library, None, wanted)
    for name, names in (*offer.modules.items(), *offer.classes.items()):
        own = asked["modules"].get(name) if name in offer.modules else asked["classes"].get(name)
        if own is None:
            continue
        newest = names.always | {one for one, having in names.sometimes.items() if not re.search(r"<[\d.]+$", having)}
        assert newest <= set(own), name
        assert not (set(own) & wanted[name]) - newest, name
