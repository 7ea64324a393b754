"""Input that nobody would write on purpose: the rest of the project is still read, and nothing ends in a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Buttress, Write

ROUTE = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/up")\ndef up() -> str:\n    return "up"\n'
DEEP = 10_000

NESTED = {
    "parentheses.py": f"value = {'(' * DEEP}1{')' * DEEP}\n",
    "lists.py": f"value = {'[' * DEEP}{']' * DEEP}\n",
    "calls.py": f"value = f{'.a()' * DEEP}\n",
    "signs.py": f"value = {'-' * DEEP}1\n",
    "blocks.py": "\n".join("    " * depth + "if value:" for depth in range(90)) + "\n" + "    " * 90 + "pass\n",
    "open.py": "(" * DEEP,
    "parentheses.ts": f"const value = {'(' * DEEP}1{')' * DEEP};\n",
    "lists.js": f"const value = {'[' * DEEP}1{']' * DEEP};\n",
    "chain.js": f"value{chr(10)}" + ".then(next)\n" * DEEP,
    "blocks.js": "{\n" * DEEP + "}\n" * DEEP,
    "types.ts": f"type Deep = {'Array<' * DEEP}string{'>' * DEEP};\n",
    "open.ts": "{(" * DEEP,
}


def routes(buttress: Buttress, *arguments: str | Path) -> list[str]:
    """The paths of the routes that are found."""
    ran = buttress("facts", "routes", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return [route["path"] for route in json.loads(ran.out)["routes"]]


@pytest.mark.parametrize("name", NESTED)
def test_deep_nesting(buttress: Buttress, write: Write, name: str) -> None:
    module = name.partition(".")[0]
    root = write({name: NESTED[name], "main.py": f"import {module}\n{ROUTE}", "main.js": f"import './{name}'\n"})
    assert buttress("check", root, "--architecture", "clean").code in (0, 1)
    assert routes(buttress, root) == ["/up"]


def test_a_route_behind_deep_nesting_is_still_found(buttress: Buttress, write: Write) -> None:
    assert routes(buttress, write({"main.py": f"value = {'(' * DEEP}1{')' * DEEP}\n{ROUTE}"})) == ["/up"]


def test_a_file_too_large(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": ROUTE})
    with (root / "large.py").open("wb") as file:
        file.truncate(50_000_000)
    ran = buttress("check", root, "-v")
    assert ran.code == 0
    assert "large.py" in ran.out
    assert routes(buttress, root) == ["/up"]


def test_bytes_that_are_no_text(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": ROUTE})
    (root / "binary.py").write_bytes(bytes(range(256)) * 100)
    (root / "latin.py").write_bytes('name = "\xe9"\n'.encode("latin-1"))
    ran = buttress("check", root, "-v")
    assert ran.code == 0
    assert "latin.py: not valid UTF-8" in ran.out
    assert "binary" in ran.out


def test_a_file_to_start_that_was_not_read(buttress: Buttress, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUTTRESS_DEBUG", "1")
    root = write({"package.json": '{"scripts": {"start": "node app.js"}}', "up.js": "exports.a = 1"})
    (root / "app.js").write_bytes(b"const a = 1;\0")
    assert buttress("check", root).code == 0


def test_a_declaration_without_anything_in_it(
    buttress: Buttress, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUTTRESS_DEBUG", "1")
    text = "class A {\n  b() {\n    this.b = b=\n  free(b,{{ c }) {\n  b() {\nfunction d(e, f) {\n"
    assert buttress("check", write({"a.js": text})).code == 1


def test_links_that_lead_round(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": ROUTE})
    (root / "up").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "file.py").symlink_to("file.py")
    assert routes(buttress, root) == ["/up"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"pyproject.toml": "[tool.buttress\n"}, "is no valid TOML"),
        ({"pyproject.toml": '[tool.buttress]\nframewrk = "flask"\n'}, "did you mean `framework`?"),
        ({"buttress.toml": 'select = ["layers/upward"]\n'}, "There is no rule or pack `layers/upward`"),
        ({"buttress.toml": 'framework = ["flask"]\n'}, "buttress.toml"),
    ],
)
def test_broken_settings(buttress: Buttress, write: Write, files: dict[str, str], message: str) -> None:
    ran = buttress("check", write({"main.py": ROUTE, **files}))
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-nothing\n+something\n", "does not apply: main.py, hunk 1"),
        ("--- a/main.py\n+++ b/main.py\n@@ -1,9 +1,9 @@\n-nothing\n", "hunk"),
        (
            "diff --git a/../x.py b/../x.py\nnew file mode 100644\n--- /dev/null\n+++ b/../x.py\n@@ -0,0 +1 @@\n+x\n",
            "..",
        ),
        ("--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+x\n", ".git"),
        ("not a patch\n", "not a unified diff"),
        ("", "empty"),
    ],
)
def test_patches_that_are_refused(buttress: Buttress, write: Write, tmp_path: Path, text: str, message: str) -> None:
    patch = tmp_path / "change.patch"
    patch.write_text(text)
    ran = buttress("check", write({"main.py": ROUTE}), "--patch", patch)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_names_that_speak_to_the_terminal(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": ROUTE, "a\x1b[31m\n.py": "def broken(:\n"})
    ran = buttress("check", root)
    assert ran.code == 1
    assert "\x1b" not in ran.out


WIDE = "CREATE TABLE wide (" + ", ".join(f"c{n} INT REFERENCES wide (c{n})" for n in range(6000)) + ");"
ENDLESS = "model Wide {\n" * 20_000
KEYLESS = """
const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:');
class User extends Model {}
User.init({ name: DataTypes.STRING }, { sequelize, modelName: 'User' });
User.belongsToMany(User, { through: User, as: 'friends' });
User.belongsToMany(User, { through: User, as: 'others' });
"""


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "print(1)", "schema.sql": WIDE},
        {"index.js": "require('@prisma/client')", "prisma/schema.prisma": ENDLESS, "package.json": "{}"},
        {"index.js": KEYLESS, "package.json": "{}"},
    ],
    ids=["wide table", "endless model", "model without a key"],
)
def test_declarations_without_sense(buttress: Buttress, write: Write, files: dict[str, str]) -> None:
    ran = buttress("facts", "models", write(files))
    assert (ran.code, ran.err) == (0, "")
