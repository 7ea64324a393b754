"""The reference backends: clean as they are, and not after a change that breaks something."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Buttress
from verifier.report.style import painter
from verifier.report.tracing import trace_text
from verifier.session import Options, open_session

APPS = Path(__file__).parent.parent / "fixtures" / "apps"
CONTRACT = APPS / "openapi.yml"


class App(NamedTuple):
    """A reference backend and the constraints that it keeps."""

    name: str
    options: tuple[str, ...]


PYTHON = ("flask", "fastapi", "aiohttp", "django")
NODE = ("express", "fastify", "hono", "koa")
# The benchmark has no task with Django's own mapper.
DJANGO = "--framework django --architecture clean --database sqlite --orm django"
ALL = [
    *(App(name, ("--task", f"uv-{name}-openapi-clean_architecture-sqlite-sqlalchemy")) for name in PYTHON),
    *(App(name, ("--task", f"node-{name}-openapi-clean_architecture-sqlite-sequelize")) for name in NODE),
    App("django-orm", tuple(DJANGO.split())),
]
# Which database they use, the environment says, and without it the default of the code: SQLite.
POSTGRES = ("--env", "DATABASE_URL=postgresql://user:password@postgres:5432/conduit")
ON_POSTGRES = [App(app.name, tuple(word.replace("sqlite", "postgres") for word in app.options)) for app in ALL]
FASTAPI, HONO = (next(app for app in ALL if app.name == name) for name in ("fastapi", "hono"))
Checked = Callable[..., dict[str, Any]]


@pytest.fixture
def checked(buttress: Buttress, tmp_path: Path) -> Checked:
    """What a check of an application says, after texts in some of its files were replaced."""

    def run(app: App, changes: dict[str, tuple[str, str]] | None = None) -> dict[str, Any]:
        folder = APPS / app.name
        if changes:
            folder = tmp_path / app.name
            shutil.copytree(APPS / app.name, folder, ignore=shutil.ignore_patterns("node_modules"))
        for path, (old, new) in (changes or {}).items():
            text = (folder / path).read_text("utf-8")
            assert old in text, f"{path} does not hold {old!r}"
            (folder / path).write_text(text.replace(old, new), "utf-8")
        ran = buttress("check", folder, *app.options, "--contract", CONTRACT, "--format", "json")
        found = json.loads(ran.out)
        assert isinstance(found, dict)
        return found

    return run


def broken(report: dict[str, Any]) -> set[str]:
    """The clauses that are broken."""
    return {verdict["clause"] for verdict in report["constraints"] if verdict["compliant"] is False}


@pytest.mark.parametrize("app", ALL, ids=lambda app: app.name)
def test_clean(checked: Checked, app: App) -> None:
    report = checked(app)
    assert report["findings"] == []
    assert {verdict["clause"] for verdict in report["constraints"] if verdict["compliant"] is not True} == set()
    assert report["project"]["databases"] == ["sqlite"]
    assert report["coverage"]["routes"] == {"found": 20, "dynamic": [], "unread": []}
    assert report["coverage"]["imports"]["unresolved"] == []


@pytest.mark.parametrize("app", ON_POSTGRES, ids=lambda app: app.name)
def test_on_postgres_where_the_environment_says_so(checked: Checked, app: App) -> None:
    report = checked(App(app.name, (*app.options, *POSTGRES)))
    assert {verdict["clause"] for verdict in report["constraints"] if verdict["compliant"] is not True} == set()
    assert report["project"]["databases"] == ["postgresql"]


@pytest.mark.parametrize("app", ON_POSTGRES, ids=lambda app: app.name)
def test_not_on_postgres_where_nothing_says_so(checked: Checked, app: App) -> None:
    verdicts = [verdict for verdict in checked(app)["constraints"] if verdict["constraint"] == "database"]
    assert {verdict["clause"]: verdict["compliant"] for verdict in verdicts} == {
        "the running application uses PostgreSQL": False,
        "the schema is created at startup": True,
        **({"the connection has the prescribed settings": False} if app.name != "django-orm" else {}),
    }
    assert any("`--env DATABASE_URL=...`" in one["message"] for one in verdicts[0]["evidence"])


@pytest.mark.parametrize("app", ALL, ids=lambda app: app.name)
def test_every_route_but_the_health_check_reaches_the_database(buttress: Buttress, app: App) -> None:
    facts = open_session(Options(path=APPS / app.name, cache=False, quiet=True)).facts
    for route in facts.routes:
        out = trace_text(facts, route, painter("never"))
        assert ("  database" in out) == ("health" not in route.path), out
        assert ("  services" in out) == ("health" not in route.path), out
    last = facts.routes[-1]
    shown = trace_text(facts, last, painter("never"))
    assert buttress("trace", f"{last.method} {last.path}", APPS / app.name).out == shown


class Change(NamedTuple):
    """Texts to replace, and the rule and clause that it breaks."""

    app: App
    path: str
    old: str
    new: str
    rule: str
    clause: str


CHANGES = [
    Change(
        FASTAPI,
        "conduit/routes/tags.py",
        "router = ",
        "from conduit.repositories.tags import TagRepository\n\nrouter = ",
        "layers/repository-in-route",
        "routes import services only",
    ),
    Change(
        FASTAPI,
        "conduit/services/tags.py",
        "\n\nclass",
        "from fastapi import HTTPException\n\n\nclass",
        "layers/framework-in-service",
        "services are framework-agnostic",
    ),
    Change(
        FASTAPI,
        "conduit/repositories/tags.py",
        "\n\nclass",
        "from conduit.services import slugs\n\n\nclass",
        "layers/upward-import",
        "dependencies point down only",
    ),
    Change(
        FASTAPI,
        "conduit/routes/tags.py",
        'prefix="/tags"',
        'prefix="/labels"',
        "contract/missing-operation",
        "every operation has a route",
    ),
    Change(
        HONO,
        "src/routes/tags.ts",
        'import type { TagService } from "../services/tags.ts";\n\nexport function tagRoutes(tags: TagService) {\n'
        '  return new Hono().get("/", async (c) => c.json({ tags: await tags.all() }));',
        'import { Tag } from "../models/tag.ts";\n\nexport function tagRoutes(_: unknown) {\n'
        '  return new Hono().get("/", async (c) => c.json({ tags: await Tag.findAll() }));',
        "layers/data-access-in-route",
        "routes hold no data access",
    ),
    Change(
        HONO,
        "src/routes/tags.ts",
        'get("/"',
        'post("/"',
        "contract/wrong-method",
        "every operation has a route",
    ),
    Change(
        HONO,
        "src/services/tags.ts",
        "export class",
        'import type { Context } from "hono";\n\nexport class',
        "layers/framework-in-service",
        "services are framework-agnostic",
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.app.name} {change.rule}")
def test_a_change_that_breaks_something(checked: Checked, change: Change) -> None:
    changes = {change.path: (change.old, change.new)}
    report = checked(change.app, changes)
    assert change.rule in {finding["rule"] for finding in report["findings"]}
    assert change.clause in broken(report)


def test_what_is_served_decides_the_framework(checked: Checked) -> None:
    decoy = {"run.sh": ("src/main.ts", "src/settings.ts")}
    served = next(verdict for verdict in checked(HONO, decoy)["constraints"] if verdict["constraint"] == "framework")
    assert served["compliant"] is not True
