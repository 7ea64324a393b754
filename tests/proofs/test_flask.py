"""What is no defect on Flask, shown by Flask itself: the order of its routes decides nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.harness import facts_of
from tests.frameworks.older import available, with_packages
from verifier.packs import load_book

APP = """
from flask import Blueprint, Flask

app = Flask(__name__, static_folder=None)
recipes = Blueprint("recipes", __name__, url_prefix="/recipes")


@recipes.route("/<path:rest>")
def rest(rest):
    return "rest"


@recipes.route("/<slug>")
def recipe(slug):
    return "recipe"


@recipes.route("/popular")
def popular():
    return "popular"


@recipes.route("/<int:number>")
def numbered(number):
    return "numbered"


@recipes.route("/<slug>/photos")
def photos(slug):
    return "photos"


app.register_blueprint(recipes)


@app.route("/recipes/popular/photos")
def popular_photos():
    return "popular photos"
"""
ASK = """
import json, sys
from app import app
client = app.test_client()
for path in json.loads(sys.argv[1]):
    print(json.dumps(client.get(path).get_data(as_text=True)))
"""
VERSIONS: dict[str, tuple[str, ...]] = {
    "current": (),
    "2.0": ("flask==2.0.3", "werkzeug<2.1"),
    "1.1": ("flask==1.1.4", "werkzeug<2", "jinja2<3", "markupsafe<2.1", "itsdangerous<2", "setuptools<70"),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_narrowest_route_answers_wherever_it_stands(version: str, tmp_path: Path) -> None:
    packages = VERSIONS[version]
    if packages and (reason := available(packages)) is not None:
        pytest.skip(reason)
    (tmp_path / "app.py").write_text(APP)
    asked = [
        "/recipes/popular",
        "/recipes/soup",
        "/recipes/7",
        "/recipes/soup/photos",
        "/recipes/popular/photos",
        "/recipes/a/b",
    ]
    command = [*with_packages(packages), "python"] if packages else [sys.executable]
    done = subprocess.run(
        [*command, "-c", ASK, json.dumps(asked)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers == ["popular", "recipe", "numbered", "photos", "popular photos", "rest"]


def test_no_rule_calls_the_order_of_flasks_routes_a_defect(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    facts = facts_of(tmp_path)
    assert len(facts.routes) == 6
    rules = [rule for name, rule in load_book().rules.items() if name.endswith("/shadowed-route")]
    assert rules
    assert not [problem for rule in rules for problem in rule.check(facts)]


SLASH = """
import json
from app import app
client = app.test_client()
for method, path in (("GET", "/plain/"), ("POST", "/slashed"), ("POST", "/both/")):
    print(json.dumps([client.open(path, method=method).status_code, path]))
"""


def test_a_redirect_only_ever_adds_a_slash(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from flask import Flask\n"
        "app = Flask(__name__, static_folder=None)\n"
        "app.add_url_rule('/plain', 'plain', lambda: 'plain')\n"
        "app.add_url_rule('/slashed/', 'slashed', lambda: 'slashed', methods=['POST'])\n"
        "app.add_url_rule('/both', 'both', lambda: 'both', methods=['POST'], strict_slashes=False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", SLASH], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)[0] for line in done.stdout.splitlines()] == [404, 308, 200]
    assert [route.trailing for route in facts_of(tmp_path).routes] == ["exact", "redirect", "lenient"]
