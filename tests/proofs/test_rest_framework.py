"""What the rules on REST framework and related objects claim, shown by Django: the fixtures are served, and asked."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.harness import facts_of
from tests.proofs.python import FIXTURES, Asked, ask, get
from verifier.packs import load_book

SETUP = "from django.core.management import call_command\ncall_command('migrate', verbosity=0)\n"


@pytest.mark.parametrize(
    ("rule", "paths", "errors"),
    [
        ("redundant-source", ["/short"], ["AssertionError: It is redundant to specify `source='name'`"]),
        (
            "missing-serializer-method",
            ["/short", "/long"],
            ["'Short' object has no attribute 'get_cheap'", "'Long' object has no attribute 'is_cheap'"],
        ),
        (
            "serializer-fields",
            ["/unknown", "/left", "/text"],
            [
                "Field name `weight` is not valid for model `Cake`",
                "The field 'double' was declared on serializer Left, but has not been included",
                'TypeError: The `fields` option must be a list or tuple or "__all__". Got str.',
            ],
        ),
        ("view-called-by-view", ["/dear"], ["not `rest_framework.request.Request`"]),
    ],
)
def test_what_is_reported_fails(rule: str, paths: list[str], errors: list[str]) -> None:
    bad = ask(f"django/{rule}", "bad", "shop.settings", *map(get, paths), before=SETUP)
    assert bad.statuses == [500] * len(paths)
    assert [error for error in errors if error not in bad.log] == []


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        ("redundant-source", ["/short"]),
        ("missing-serializer-method", ["/short", "/long"]),
        ("serializer-fields", ["/known", "/everything", "/inherited"]),
        ("view-called-by-view", ["/dear", "/cakes", "/plain", "/inner"]),
    ],
)
def test_what_is_not_reported_works(rule: str, paths: list[str]) -> None:
    good = ask(f"django/{rule}", "good", "shop.settings", *map(get, paths), before=SETUP)
    assert good.statuses == [200] * len(paths)


def test_a_decorator_above_api_view_stops_the_start() -> None:
    folder = FIXTURES / "django" / "misplaced_decorator" / "bad"
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); import shop.urls"],
        cwd=folder,
        env={"PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": "shop.settings", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "@permission_classes must come after (below) the @api_view decorator" in done.stderr
    assert ask("django/misplaced-decorator", "good", "shop.settings", get("/cakes")).statuses == [403]


def test_a_decorator_above_api_view_did_nothing_in_older_versions() -> None:
    packages = ("djangorestframework==3.16.1", "django<6")
    older = ask("django/misplaced-decorator", "bad", "shop.settings", get("/cakes"), packages=packages)
    assert older.statuses == [200]


def test_a_view_that_was_left_behind_the_protection_is_named(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "django" / "forgery_protection" / "good", tmp_path / "left")
    views = tmp_path / "left" / "lending" / "views.py"
    views.write_text(views.read_text().replace("@csrf_exempt\ndef lend", "def lend"))
    found = list(load_book().rules["django/forgery-protection"].check(facts_of(tmp_path / "left")))
    assert [(problem.span.path, "lend" in problem.message) for problem in found] == [("lending/views.py", True)]
    asked = tuple(Asked("POST", path, "{}") for path in ("/books", "/loans", "/returns", "/rest"))
    answers = ask("django/forgery-protection", "good", "lending.settings", *asked, folder=tmp_path / "left")
    assert answers.statuses == [201, 403, 200, 200]


def test_what_nothing_created_cannot_be_read() -> None:
    asked = (get("/join/ann"), get("/coins/ann"))
    bad = ask("django/related-never-created", "bad", "shop.settings", *asked, before=SETUP)
    assert bad.statuses == [200, 500]
    assert "RelatedObjectDoesNotExist: Customer has no wallet." in bad.log
    good = ask("django/related-never-created", "good", "shop.settings", *asked, before=SETUP)
    assert good.statuses == [200, 200]


SETTINGS = {"PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": "shop.settings", "PYTHONDONTWRITEBYTECODE": "1"}
NEEDING_VIEWS = (
    "from rest_framework.views import exception_handler, APIView",
    "from rest_framework.generics import GenericAPIView",
    "from rest_framework.viewsets import ViewSet",
    "from rest_framework.decorators import api_view",
    "from rest_framework import generics",
    "from rest_framework.routers import SimpleRouter",
)
KINDS = {
    "DEFAULT_AUTHENTICATION_CLASSES": "rest_framework.authentication.BaseAuthentication",
    "DEFAULT_PERMISSION_CLASSES": "rest_framework.permissions.BasePermission",
    "DEFAULT_THROTTLE_CLASSES": "rest_framework.throttling.AnonRateThrottle",
    "DEFAULT_RENDERER_CLASSES": "rest_framework.renderers.JSONRenderer",
    "DEFAULT_PARSER_CLASSES": "rest_framework.parsers.JSONParser",
}


def test_what_the_settings_name_cannot_need_the_views() -> None:
    path = "cakes"
    bad = ask("django/setting-imports-views", "bad", "shop.settings", get(f"/{path}"))
    assert bad.statuses != [200]
    assert "ImportError: Could not import 'shop.access.Tokens' for API setting" in bad.log
    assert ask("django/setting-imports-views", "good", "shop.settings", get(f"/{path}")).statuses == [200]


@pytest.mark.parametrize(
    ("setting", "line"),
    [*((name, NEEDING_VIEWS[0]) for name in KINDS), *((next(iter(KINDS)), line) for line in NEEDING_VIEWS[1:])],
)
@pytest.mark.parametrize("first", ["shop.urls", "shop.access"])
def test_each_way_to_the_views(setting: str, line: str, first: str, tmp_path: Path) -> None:
    folder = tmp_path / "circle"
    shutil.copytree(FIXTURES / "django" / "setting_imports_views" / "bad", folder)
    module, _, base = KINDS[setting].rpartition(".")
    (folder / "shop" / "access.py").write_text(
        f"{line}\nfrom {module} import {base}\n\n\nclass Own({base}):\n    pass\n"
    )
    settings = folder / "shop" / "settings.py"
    settings.write_text(settings.read_text() + f"\nREST_FRAMEWORK = {{'{setting}': ['shop.access.Own']}}\n")
    command = [sys.executable, "-c", f"import django; django.setup(); import {first}"]
    done = subprocess.run(command, cwd=folder, env=SETTINGS, capture_output=True, text=True, check=False)
    assert f"ImportError: Could not import 'shop.access.Own' for API setting '{setting}'" in done.stderr


def test_a_model_takes_no_field_that_it_has_not() -> None:
    bodies = [("/cakes", '{"name": "Sacher", "topping": "cream"}'), ("/bakers", '{"fullName": "Ann", "again": "Ann"}')]
    asked = [Asked("POST", path, body, {"Content-Type": "application/json"}) for path, body in bodies]
    bad = ask("django/validated-field-unknown", "bad", "shop.settings", *asked, before=SETUP)
    assert bad.statuses == [500, 500]
    assert "TypeError: Cake() got unexpected keyword arguments: 'topping'" in bad.log
    good = ask("django/validated-field-unknown", "good", "shop.settings", *asked, before=SETUP)
    assert good.statuses == [201, 201]
