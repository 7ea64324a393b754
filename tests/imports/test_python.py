"""Where Python imports lead. Most of it is held against the interpreter's own search in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports.projects import edges, found, graph, modules, project, write
from verifier.model import PythonProject

PROBE = """
import importlib.util, json, os, sys
answers = []
for package, module, level in json.load(sys.stdin):
    name = importlib.util.resolve_name("." * level + module, package) if level else module
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        answers.append(None)
    elif spec.origin is not None:
        answers.append(os.path.relpath(spec.origin))
    else:
        answers.append(os.path.relpath(list(spec.submodule_search_locations)[0]) + "/")
print(json.dumps(answers))
"""

LAYOUT = {
    "main.py": "import app\n",
    "app/__init__.py": "from app.core import config\n",
    "app/core/__init__.py": "",
    "app/core/config.py": "",
    "app/core/db/session.py": "",
    "app/core/db/models/__init__.py": "",
    "app/core/db/models/user.py": "",
    "app/api/routes.py": "from app.core import config\n",
    "app/both.py": "",
    "app/both/__init__.py": "",
    "app/either.py": "",
    "app/either/inner.py": "",
    "names/space/deep/module.py": "from names.space import other\n",
    "names/space/other.py": "from names.space.deep import module\n",
    "flat.py": "",
    "stub.py": "",
    "stub.pyi": "",
    "tests/test_app.py": "import app\n",
}

QUESTIONS = [
    ("main.py", "app", 0),
    ("main.py", "app.core", 0),
    ("main.py", "app.core.config", 0),
    ("main.py", "app.core.config.x", 0),
    ("main.py", "app.core.db", 0),
    ("main.py", "app.core.db.session", 0),
    ("main.py", "app.core.db.models.user", 0),
    ("main.py", "app.missing", 0),
    ("main.py", "app.core.missing.x", 0),
    ("main.py", "app.both", 0),
    ("main.py", "app.either", 0),
    ("main.py", "app.either.inner", 0),
    ("main.py", "names.space", 0),
    ("main.py", "names.space.deep.module", 0),
    ("main.py", "names.space.missing", 0),
    ("main.py", "flat", 0),
    ("main.py", "stub", 0),
    ("app/__init__.py", "core", 1),
    ("app/__init__.py", "both", 1),
    ("app/core/config.py", "db", 1),
    ("app/core/config.py", "db.session", 1),
    ("app/core/config.py", "api", 2),
    ("app/core/config.py", "api.routes", 2),
    ("app/core/config.py", "config", 1),
    ("app/core/db/models/user.py", "session", 2),
    ("app/core/db/models/user.py", "config", 3),
    ("app/core/db/models/user.py", "", 1),
    ("app/core/db/models/user.py", "", 2),
    ("app/core/db/models/user.py", "", 3),
    ("app/core/db/models/user.py", "user", 1),
    ("app/core/db/models/user.py", "missing", 1),
    ("app/core/db/session.py", "models", 1),
    ("app/core/__init__.py", "", 1),
    ("names/space/deep/module.py", "other", 2),
    ("names/space/deep/module.py", "flat", 3),
]


def package_of(path: str) -> str:
    folder = path.rpartition("/")[0]
    return folder.replace("/", ".")


def test_the_interpreter_agrees(tmp_path: Path) -> None:
    write(tmp_path, LAYOUT)
    (tmp_path / "stub.pyi").unlink()  # the interpreter does not read it; a module's code comes first here as well
    requests = [[package_of(path), module, level] for path, module, level in QUESTIONS]
    ran = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=tmp_path,
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=True,
    )
    made = project(LAYOUT)
    for (path, module, level), answer in zip(QUESTIONS, json.loads(ran.stdout), strict=True):
        ours = found(made, path, module, level)
        if answer is None:
            assert ours.startswith("! ") or (path, module) == ("names/space/deep/module.py", "flat"), (
                path,
                module,
                ours,
            )
        else:
            assert ours == answer, (path, module, level)


def test_relative_imports_above_the_root() -> None:
    made = project({"app/a.py": "from ... import b\n", "b.py": ""})
    assert found(made, "app/a.py", "b", 2) == "b.py"
    assert found(made, "app/a.py", "b", 3) == "! 3 dots lead above the project's root"


def test_a_stub_alone() -> None:
    assert found(project({"a.py": "", "native.pyi": "", "pkg/__init__.pyi": ""}), "a.py", "native") == "native.pyi"
    assert found(project({"a.py": "", "pkg/__init__.pyi": ""}), "a.py", "pkg") == "pkg/__init__.pyi"


@pytest.mark.parametrize(
    ("folder", "command", "root"),
    [
        ("src", "python main.py", "src"),
        ("", "python src/main.py", "src"),
        ("", "python -u -W ignore src/main.py --port 80", "src"),
        ("", "python3.12 -m flask run", ""),
        ("src", "uvicorn main:app", "src"),
        ("", "uvicorn --app-dir src main:app", "src"),
        ("", "uvicorn main:app --app-dir=src", "src"),
        ("", "gunicorn --chdir src main:app", "src"),
        ("", "gunicorn main:app --pythonpath src", "src"),
        ("src", "poetry run gunicorn -w 4 main:app", "src"),
        ("src", "exec uv run -- python -m uvicorn main:app", "src"),
        ("", "PYTHONPATH=src python -m pytest", "src"),
        ("", "env PYTHONPATH=./src:lib celery -A main worker", "src"),
        ("", "fastapi run src/plain/main.py", "src/plain"),
        ("src", "flask --app main run", "src"),
    ],
)
def test_launch_folders(folder: str, command: str, root: str) -> None:
    files = {
        "src/main.py": "from services.users import find\n",
        "src/__init__.py": "",
        "src/services/__init__.py": "",
        "src/services/users.py": "def find(): pass\n",
        "src/other.py": "from src.services import users\n",
        "src/plain/main.py": "",
    }
    made = project(files, commands=[(folder, command)])
    assert root in modules(made).python.strong
    assert found(made, "src/main.py", "src.services.users") == "src/services/users.py"
    if root == "src":
        assert found(made, "src/other.py", "services.users") == "src/services/users.py"


def test_launch_folder_from_the_environment() -> None:
    files = {
        "a/main.py": "",
        "a/lib/__init__.py": "from a.lib import x\n",
        "a/lib/x.py": "import y\n",
        "a/lib/y.py": "",
    }
    assert found(project(files), "a/lib/x.py", "y") == "<y>"
    made = project(files, commands=[("a", "gunicorn main:app")], environment={"PYTHONPATH": "lib:/elsewhere"})
    assert found(made, "a/lib/x.py", "y") == "a/lib/y.py"


def test_a_package_that_is_started_from_inside() -> None:
    """`src` is imported as a package by its tests, but the program says `from services...`: there is nothing else."""
    files = {
        "src/__init__.py": "",
        "src/main.py": (
            "from services.users import find, closing\nimport services.users\nfrom redis import Redis\n"
            "from json5 import loads\n"
        ),
        "src/services/__init__.py": "",
        "src/services/users.py": "from contextlib import closing\n\ndef find(): pass\n",
        "src/redis.py": "from redis import Redis\n",
        "src/json5.py": "def loads(): pass\n",
        "tests/test_main.py": "from src.services import users\n",
    }
    made = project(files, requirements=["json5"])
    assert edges(made)[0] == ("src/main.py", "src/services/users.py", "find")
    outside = [each.module for each in graph(made).external if each.path != "src/services/users.py"]
    assert outside == ["services.users", "redis", "json5", "redis"]


def test_a_package_is_no_search_folder() -> None:
    """`import stripe` inside of a package means the library, though a module of that name lies beside the file."""
    files = {
        "shop/__init__.py": "",
        "shop/main.py": "from shop.payment import stripe\n",
        "shop/payment/__init__.py": "",
        "shop/payment/stripe.py": "import stripe\nfrom stripe import Charge\n",
        "shop/payment/card.py": "import stripe\nfrom . import stripe as own\n",
    }
    made = project(files)
    assert found(made, "shop/payment/card.py", "stripe") == "<stripe>"
    assert found(made, "shop/payment/stripe.py", "stripe") == "<stripe>"
    assert ("shop/payment/card.py", "shop/payment/stripe.py", "stripe") in edges(made)


def test_modules_beside_a_script() -> None:
    made = project({"tools/run.py": "import helpers\n", "tools/helpers.py": "", "app/__init__.py": ""})
    assert edges(made) == [("tools/run.py", "tools/helpers.py", "*")]


def test_a_folder_without_code_loses_to_a_declared_distribution() -> None:
    files = {
        "alembic/env.py": "from alembic import context, op\nimport alembic.config\n",
        "alembic/versions/one.py": "from alembic import op\n",
        "app/main.py": "import alembic\n",
    }
    for made in (project(files, requirements=["alembic"]), project(files)):
        assert {each.package for each in graph(made).external} == {"alembic"}
        assert graph(made).unresolved == ()


def test_a_package_of_a_distributions_name_wins_with_what_it_has() -> None:
    files = {
        "alembic/__init__.py": "",
        "alembic/helpers.py": "def own(): pass\n",
        "alembic/env.py": "from alembic import op\nfrom alembic.helpers import own\n",
    }
    made = project(files, requirements=["alembic"])
    assert edges(made) == [("alembic/env.py", "alembic/helpers.py", "own")]
    assert [each.module for each in graph(made).external] == ["alembic"]


def test_the_standard_library_wins_except_for_what_it_has_not() -> None:
    files = {
        "main.py": "import logging\nimport types\nfrom types import User\nfrom platform.users import find\n",
        "types.py": "class User: pass\n",
        "platform/__init__.py": "",
        "platform/users.py": "def find(): pass\n",
    }
    made = project(files)
    assert edges(made) == [("main.py", "types.py", "User"), ("main.py", "platform/users.py", "find")]
    assert [each.package for each in graph(made).external] == ["logging", "types"]


def test_several_roots() -> None:
    """Two services with a package of one name: each sees its own."""
    files: dict[str, str] = {}
    for service in ("orders", "users"):
        files |= {
            f"{service}/app/__init__.py": "",
            f"{service}/app/main.py": "from app.db import session\n",
            f"{service}/app/db.py": "session = 1\n",
        }
    assert edges(project(files)) == [
        ("orders/app/main.py", "orders/app/db.py", "session"),
        ("users/app/main.py", "users/app/db.py", "session"),
    ]


def test_tests_beside_src() -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/cart.py": "from shop.prices import price\n",
        "src/shop/prices.py": "def price(): pass\n",
        "tests/test_cart.py": "from shop import cart\nfrom shop.prices import price\n",
    }
    expected = [
        ("src/shop/cart.py", "src/shop/prices.py", "price"),
        ("tests/test_cart.py", "src/shop/cart.py", "cart"),
        ("tests/test_cart.py", "src/shop/prices.py", "price"),
    ]
    assert edges(project(files)) == expected
    assert edges(project(files, python=[PythonProject("pyproject.toml", "shop", ("src",))])) == expected
    assert edges(project(files, python=[PythonProject("pyproject.toml", "shop", ())])) == expected


def test_tests_of_a_module_that_is_started() -> None:
    files = {
        "src/main.py": "import models\napp = 1\n",
        "src/models.py": "class User: pass\n",
        "tests/test_main.py": (
            "from main import app\nfrom models import User\nimport stripe\nfrom celery import Celery\n"
        ),
        "src/stripe.py": "",
        "src/celery.py": "from celery import Celery\n",
    }
    made = project(files)
    assert edges(made) == [
        ("src/main.py", "src/models.py", "*"),
        ("tests/test_main.py", "src/main.py", "app"),
        ("tests/test_main.py", "src/models.py", "User"),
    ]


def test_a_namespace_package_under_src() -> None:
    files = {
        "src/corp/shop/__init__.py": "",
        "src/corp/shop/cart.py": "from corp.base import core\n",
        "src/corp/base/core.py": "",
        "tests/test_cart.py": "from corp.shop import cart\nfrom corp.shop import missing\n",
    }
    made = project(files, python=[PythonProject("pyproject.toml", "corp", ("src",))])
    assert edges(made)[:2] == [
        ("src/corp/shop/cart.py", "src/corp/base/core.py", "core"),
        ("tests/test_cart.py", "src/corp/shop/cart.py", "cart"),
    ]
    assert found(made, "tests/test_cart.py", "corp") == "src/corp/"
    assert [each.module for each in graph(made).unresolved] == ["corp.shop"]


def test_one_namespace_in_two_folders() -> None:
    files = {
        "one/corp/a/x.py": "from corp.b import y\n",
        "two/corp/b/y.py": "from corp.a import x\n",
    }
    python = [PythonProject("one/pyproject.toml", "a", ("one",)), PythonProject("two/pyproject.toml", "b", ("two",))]
    assert edges(project(files, python=python)) == [
        ("one/corp/a/x.py", "two/corp/b/y.py", "y"),
        ("two/corp/b/y.py", "one/corp/a/x.py", "x"),
    ]


def test_a_library_of_the_same_repository() -> None:
    files = {
        "libs/common/common/__init__.py": "",
        "libs/common/common/log.py": "",
        "service/app/__init__.py": "",
        "service/app/main.py": "from common import log\n",
    }
    python = [PythonProject("libs/common/pyproject.toml", "common", ("libs/common",))]
    assert edges(project(files, python=python)) == [("service/app/main.py", "libs/common/common/log.py", "log")]


def test_what_may_be_two_things_is_not_guessed() -> None:
    files = {"tests/test_app.py": "from app import main\n"}
    for service in ("a", "b"):
        files |= {f"{service}/app/__init__.py": "", f"{service}/app/main.py": "from app import main\n"}
    (unresolved,) = graph(project(files)).unresolved
    assert unresolved.reason == "`app` may be any of a/app, b/app"


def test_the_folder_of_manage() -> None:
    files = {
        "backend/manage.py": "",
        "backend/shop/__init__.py": "",
        "backend/shop/views.py": "from users.models import User\n",
        "backend/users/__init__.py": "",
        "backend/users/models.py": "class User: pass\n",
        "users/models.py": "class Wrong: pass\n",
    }
    assert edges(project(files)) == [("backend/shop/views.py", "backend/users/models.py", "User")]


@pytest.mark.parametrize(
    "line",
    [
        "sys.path.insert(0, 'lib')",
        'sys.path.append("./lib")',
        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))",
        "sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'lib'))",
        "sys.path.insert(0, str(Path(__file__).parent.parent / 'lib'))",
        "sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))",
        "ROOT = Path(__file__).parent.parent\nsys.path.insert(0, str(ROOT / 'lib'))",
        "BASE = os.path.dirname(os.path.dirname(__file__))\nLIB = os.path.join(BASE, 'lib')\nsys.path.append(LIB)",
        "sys.path.extend(['lib'])",
        "sys.path = ['lib'] + sys.path",
        "sys.path += ['lib']",
    ],
)
def test_search_path_in_code(line: str) -> None:
    files = {
        "app/conftest.py": f"import sys\n{line}\n",
        "app/main.py": "import found\n",
        "lib/found.py": "",
        "lib/__init__.py": "",
        "other.py": "from lib import found\n",
    }
    made = project(files)
    assert "lib" in modules(made).python.strong
    assert ("app/main.py", "lib/found.py", "*") in edges(made)


def test_search_path_that_is_not_written_out() -> None:
    files = {
        "a.py": "import sys\nsys.path.insert(0, '/opt/x')\nsys.path.append(x())\nsys.path.append(f'{y}/lib')\n",
        "lib/b.py": "",
    }
    assert modules(project(files)).python.strong == {""}


def test_a_package_that_others_add_to() -> None:
    files = {
        "shop/__init__.py": "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n",
        "shop/main.py": "from shop import cart\nfrom shop.v2 import models\n",
        "shop/cart.py": "",
    }
    made = project(files)
    assert edges(made) == [("shop/main.py", "shop/cart.py", "cart")]
    assert graph(made).unresolved == ()
    assert [(each.package, each.module) for each in graph(made).external if each.path == "shop/main.py"] == [
        ("shop", "shop.v2")
    ]


UNRESOLVED = {
    "app/__init__.py": "",
    "app/main.py": (
        "from app import missing\n"
        "from app.models import Missing\n"
        "import app.nothing\n"
        "from .models.deeper import x\n"
        "from ..other import y\n"
        "from app.models import User, Gone\n"
    ),
    "app/models.py": "class User: pass\n",
}


def test_reasons() -> None:
    linked = graph(project(UNRESOLVED))
    assert [(each.span.line, each.module, each.reason) for each in linked.unresolved] == [
        (1, "app", "`missing` is not defined in app/__init__.py, nor is it a module of its package"),
        (2, "app.models", "`Missing` is not defined in app/models.py, which has no such name"),
        (3, "app.nothing", "there is no module `nothing` in app"),
        (4, ".models.deeper", "app/models.py is a module, so there is no `deeper` in it"),
        (5, "..other", "there is no module `other` in the root folder"),
        (6, "app.models", "`Gone` is not defined in app/models.py, which has no such name"),
    ]
    assert linked.internal == 0
    assert ("app/main.py", "app/models.py", "User") in [(each.source, each.target, each.name) for each in linked.edges]


@pytest.mark.parametrize(
    "text",
    [
        "def __getattr__(name): ...",
        "globals()['x'] = 1",
        "setattr(sys.modules[__name__], 'x', 1)",
        "from flask import *",
        "def f():\n    global x\n    x = 1",
        "if (x := 1): pass",
        "for x in y: pass",
        "def (",
    ],
)
def test_names_that_a_module_may_still_have(text: str) -> None:
    made = project({"app/__init__.py": "from app.a import x\n", "app/a.py": text})
    assert graph(made).unresolved == ()


def test_the_command_that_runs_a_module() -> None:
    made = project(
        {"srv/pkg/__init__.py": "", "srv/pkg/mod.py": "from pkg.other import x\n", "srv/pkg/other.py": "x = 1\n"},
        commands=[("srv", "python -m pkg.mod")],
    )
    assert edges(made) == [("srv/pkg/mod.py", "srv/pkg/other.py", "x")]


def test_folders_of_unknown_commands() -> None:
    made = project(
        {"a.py": "import b\n", "b.py": ""},
        commands=[("?", "python a.py"), ("", ""), ("", "uvicorn"), ("", "python"), ("..", "python x.py")],
    )
    assert edges(made) == [("a.py", "b.py", "*")]


def test_a_script_in_a_package_whose_neighbour_is_called_like_another() -> None:
    made = project(
        {
            "api/__init__.py": "",
            "service/captions/__init__.py": "",
            "service/captions/main.py": "from api.images.sample import draw\nimport api.absent\n",
            "service/captions/api/images/sample.py": "def draw(): ...\n",
        }
    )
    assert edges(made) == [("service/captions/main.py", "service/captions/api/images/sample.py", "draw")]
    assert [found.module for found in graph(made).unresolved] == ["api.absent"]
