"""Settings files, their errors, and task names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Buttress, Write
from verifier.config import ConfigError, load_config, named_task, read_task

FRAMEWORKS = ["aiohttp", "django", "express", "fastapi", "fastify", "flask", "hono", "koa"]


def test_own_file_before_pyproject(write: Write) -> None:
    root = write(
        {
            "buttress.toml": 'framework = "flask"\n',
            "pyproject.toml": '[tool.buttress]\nframework = "django"\n',
        }
    )
    config, origin = load_config(root)
    assert config.framework == "flask"
    assert origin == root / "buttress.toml"


def test_folder_above_up_to_the_repository(write: Write) -> None:
    root = write(
        {"buttress.toml": 'framework = "koa"\n', "inner/deep/a.py": "", "other/.git/config": "", "other/a.py": ""}
    )
    assert load_config(root / "inner" / "deep")[0].framework == "koa"
    assert load_config(root / "other")[0].framework is None


def test_layers(write: Write) -> None:
    root = write({"buttress.toml": '[[layers]]\nname = "web"\npaths = ["web/**"]\nrole = "routes"\nclosed = true\n'})
    (layer,) = load_config(root)[0].layers
    assert (layer.name, layer.paths, layer.role, layer.closed) == ("web", ("web/**",), "routes", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('framwork = "flask"', "unknown key `framwork`; did you mean `framework`?"),
        ("framework = 3", "`framework`: expected `str | null`, got `int`"),
        ('architecture = "onion"', "`architecture`: invalid enum value 'onion'"),
        ('fail-on = "never"', "`fail-on`: invalid enum value 'never'"),
        ('[[layers]]\nname = "x"\npath = ["y"]', "unknown key `path` in layer 1; did you mean `paths`?"),
        ("[[layers]]\npaths = []", "`layers[0]`: object missing required field `name`"),
        ("framework = ", "is no valid TOML"),
        (
            "[tool.buttress]\nframework = 'flask'",
            "unknown key `tool`: the settings of this file stand at its top level",
        ),
    ],
)
def test_errors(write: Write, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"buttress\.toml") as error:
        load_config(write({"buttress.toml": text}))
    assert message in str(error.value)


def test_command_line_wins(buttress: Buttress, write: Write) -> None:
    root = write({"buttress.toml": 'framework = "flask"\n', "a.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"})
    assert buttress("check", root).code == 1
    assert buttress("check", root, "--framework", "fastapi").code == 0
    assert buttress("check", root, "--isolated").code == 0


def test_per_file_ignores(buttress: Buttress, write: Write) -> None:
    files = {"a.py": "x = (\n", "old/b.py": "x = (\n", "buttress.toml": '[per-file-ignores]\n"old/**" = ["startup"]\n'}
    out = buttress("check", write(files), "--format", "concise").out
    assert "a.py" in out
    assert "old/b.py" not in out


def test_task_names() -> None:
    task = named_task("uv-fastapi-openapi-clean_architecture-postgres-sqlalchemy", FRAMEWORKS)
    assert (task.framework, task.architecture, task.database, task.orm, task.base) == (
        "fastapi",
        "clean",
        "postgres",
        "sqlalchemy",
        "/api",
    )
    task = named_task("node-hono-openapi-sqlite", FRAMEWORKS)
    assert (task.framework, task.architecture, task.database, task.orm) == ("hono", None, "sqlite", None)
    assert named_task("koa-openapi-unconstrained", FRAMEWORKS).framework == "koa"


def test_task_file_brings_its_contract(tmp_path: Path, buttress: Buttress, write: Write) -> None:
    contract = 'openapi: 3.0.1\ninfo: {title: t, version: "1"}\npaths:\n  /tags:\n    get: {responses: {}}\n'
    file = tmp_path / "task.json"
    file.write_text(
        json.dumps(
            {
                "name": "fastapi-openapi-clean_architecture",
                "prompt": f"{contract}\n\nGenerate a complete server.\n",
                "repoMetadata": {"baseUrl": "/api"},
            }
        )
    )
    task = read_task(str(file), FRAMEWORKS)
    assert (task.framework, task.architecture, task.contract) == ("fastapi", "clean", contract.rstrip("\n"))
    root = write(
        {
            "main.py": (
                "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/tags')\ndef tags():\n    return []\n"
            )
        }
    )
    data = json.loads(buttress("check", root, "--task", file, "--select", "contract", "--format", "json").out)
    assert [found["rule"] for found in data["findings"]] == ["contract/wrong-mount"]


def test_focused_task_takes_the_framework_of_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "honojs-hard-focused-task-001.json"
    file.write_text(json.dumps({"name": "hard-focused-task-001", "dockerFolder": "honojs", "prompt": "Complete it"}))
    task = read_task(str(file), FRAMEWORKS)
    assert (task.framework, task.architecture, task.contract) == ("hono", None, None)


def test_a_task_does_not_let_the_code_excuse_itself(buttress: Buttress, write: Write) -> None:
    root = write({"a.py": "x = (  # buttress: ignore[startup/syntax-error] -- the author says so\n"})
    assert buttress("check", root).code == 0
    assert buttress("check", root, "--task", "uv-fastapi-openapi-unconstrained").code == 1
