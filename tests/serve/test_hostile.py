"""Questions that nobody should ask: each gets one sentence, the server goes on, nothing outside is touched or run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Buttress
from tests.serve.client import ROOT, Asking, serving

HANDLER = 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/up")\ndef up():\n    return missing\n'
# A rule that fails where a file asks for it, and talks to standard output by all ways there are.
LOUD = '''"""A rule that should not be.

It prints.

Do not use it.
"""

import os
import sys
import time

from verifier.api import Category, rule


@rule(Category.OTHER)
def loud(facts):
    """Print, and fail where that is asked for."""
    print("loud")
    sys.__stdout__.write("louder\\n")
    os.write(1, b"loudest\\n")
    if "fail.py" in facts.project.files:
        raise ZeroDivisionError("of the rule")
    if "slow.py" in facts.project.files:
        time.sleep(int(facts.project.files["slow.py"].text))
    if "deep.py" in facts.project.files:
        fall()
    yield from ()


def fall():
    fall()
'''


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the root, and things beside it."""
    found = tmp_path_factory.mktemp("place")
    root = found / "root"
    for name in ("app", "fails", "deep"):
        (root / name).mkdir(parents=True)
        (root / name / "main.py").write_text(HANDLER)
    (root / "fails" / "fail.py").write_text("")
    (root / "deep" / "deep.py").write_text("")
    for name, seconds in (("slow", 5), ("slower", 300)):
        (root / name).mkdir()
        (root / name / "slow.py").write_text(f"{seconds}\n")
    (found / "secret").mkdir()
    (found / "secret" / "main.py").write_text(HANDLER)
    (found / "secret" / "contract.yml").write_text("openapi: 3.0.0\npaths: {}\n")
    (root / "out").symlink_to(found / "secret")
    (root / "app" / "inner").symlink_to(found / "secret")
    (root / "contract.yml").symlink_to(found / "secret" / "contract.yml")
    (found / "loud").mkdir()
    (found / "loud" / "loud.py").write_text(LOUD)
    return found


@pytest.fixture(scope="module")
def asking(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with serving(place / "root", tmp_path_factory.mktemp("cache"), "--pack", place / "loud") as made:
        yield made


def deep(levels: int) -> Any:
    """A list in a list in a list."""
    made: Any = "bottom"
    for _ in range(levels):
        made = [made]
    return made


HUGE = "x" * 1_000_000
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "upwards": ("check", {"folder": "../secret"}, "leads upwards"),
    "upwards inside": ("check", {"folder": "app/../../secret"}, "leads upwards"),
    "absolute": ("check", {"folder": "/etc"}, "is not below the root"),
    "a link": ("check", {"folder": "out"}, "leads through a symbolic link"),
    "below a link": ("check", {"folder": "app/inner"}, "leads through a symbolic link"),
    "a contract behind a link": ("check", {"folder": "app", "contract": "contract.yml"}, "leads through a symbolic"),
    "a contract elsewhere": ("check", {"folder": "app", "contract": "/etc/passwd"}, "is not below the root"),
    "a task elsewhere": ("check", {"folder": "app", "task": "../secret/task.json"}, "leads upwards"),
    "a file behind a link": ("sql", {"folder": "app", "file": "app/inner/main.py", "line": 1}, "symbolic link"),
    "a file of a link": ("sql", {"folder": "app", "file": "inner/main.py", "line": 1}, "has no source file"),
    "a file elsewhere": ("sql", {"folder": "app", "file": "../../secret/main.py", "line": 1}, "leads upwards"),
    "no file": ("sql", {"folder": "app", "file": "main.pi", "line": 1}, "did you mean `main.py`?"),
    "NUL": ("check", {"folder": "app\0"}, "is no name of a file"),
    "empty": ("check", {"folder": ""}, "is no name of a file"),
    "no folder": ("check", {"folder": "nowhere"}, "There is no `nowhere`"),
    "below a file": ("check", {"folder": "app/main.py/x"}, "cannot be read"),
    "a long name": ("check", {"folder": "x" * 4000}, "cannot be read"),
    "a huge name": ("check", {"folder": HUGE}, "`folder`: expected `str` of length <= 4096"),
    "a huge request": ("trace", {"folder": "app", "request": f"GET /{HUGE}"}, "`request`: expected"),
    "a long request": ("trace", {"folder": "app", "request": f"GET /{'{x}/' * 900}"}, "No route answers"),
    "a request of brackets": ("trace", {"folder": "app", "request": "{" * 4000}, "No route answers"),
    "an empty request": ("trace", {"folder": "app", "request": ""}, "No route answers"),
    "no patch": ("check", {"patch": "nothing"}, "not a unified diff"),
    "an empty patch": ("check", {"patch": ""}, "empty"),
    "a huge patch": ("check", {"patch": HUGE}, "not a unified diff"),
    "a patch that does not apply": (
        "check", {"folder": "app", "patch": "--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-no\n+yes\n"}, "does not apply",
    ),
    "a patch with NUL": ("check", {"patch": "\0\0"}, "not a unified diff"),
    "a wrong type": ("check", {"folder": 1}, "`folder`: expected `str | null`, got `int`"),
    "a number as text": ("check", {"most": "ten"}, "`most`: expected `int`, got `str`"),
    "none at all": ("check", {"most": 0}, "`most`: expected `int` >= 1"),
    "too many": ("check", {"most": 10**9}, "`most`: expected `int` <= 200"),
    "less than nothing": ("check", {"skip": -1}, "`skip`: expected `int` >= 0"),
    "nested": ("check", {"select": deep(50)}, "`select[0]`: expected `str`"),
    "an object": ("explain", {"about": {"rule": "sql"}}, "`about`: expected `str`, got `object`"),
    "no argument": ("explain", {}, "Object missing required field `about`"),
    "another argument": ("check", {"foldr": "app"}, "did you mean `folder`?"),
    "no rule": ("check", {"folder": "app", "select": ["sql/nothing"]}, "There is no rule or pack `sql/nothing`"),
    "no such finding": ("explain", {"about": "abcdef0123"}, "No finding of what was checked last"),
    "all rules": ("explain", {"about": "all"}, "too many for one answer"),
    "a rule with NUL": ("explain", {"about": "sql\0"}, "There is no rule or pack"),
    "no framework": ("check", {"folder": "app", "framework": "rails"}, "none is `rails`"),
    "no task": ("check", {"folder": "app", "task": "rails"}, "is no benchmark task"),
    "no database": ("check", {"folder": "app", "database": "oracle"}, "`database`: invalid enum value 'oracle'"),
    "no kind": ("facts", {"folder": "app", "kind": "secrets"}, "`kind`: invalid enum value 'secrets'"),
    "no tool": ("chek", {}, "There is no tool `chek`; did you mean `check`?"),
    "a huge tool": (HUGE, {}, "There is no tool"),
    "a patch to be written": ("fix", {"folder": "app", "patch": "x", "apply": True}, "A patch cannot be fixed"),
    "nothing to classify": ("classify", {}, "There is nothing to classify"),
    "a record elsewhere": ("classify", {"record": "/etc/passwd"}, "is not below the root"),
    "a record behind a link": ("classify", {"record": "out"}, "leads through a symbolic link"),
    "no record": ("classify", {"record": "app/main.py"}, "is cut off or no JSON"),
    "a log elsewhere": ("classify", {"log_file": "../secret/main.py"}, "leads upwards"),
    "no report": ("classify", {"requests": "xyz"}, "The results requests are none of what can be read"),
    "a deep report": ("classify", {"requests": "[" * 100_000}, "The results requests"),
    "two reports": ("classify", {"requests": "x", "requests_file": "app/main.py"}, "not both"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_one_sentence(asking: Asking, name: str) -> None:
    tool, arguments, sentence = REFUSED[name]
    told = asking.ask(tool, **arguments)
    assert told.error
    assert sentence.casefold() in told.text.casefold()
    assert told.text.count("\n") == 0
    assert len(told.text) < 5_000
    assert "Traceback" not in told.text
    assert told.data is None


@pytest.mark.parametrize("folder", ["fails", "deep"])
def test_a_rule_that_fails_is_told_of(asking: Asking, folder: str) -> None:
    """What the other rules find is there."""
    told = asking.ask("check", folder=folder)
    assert not told.error
    assert [found["rule"] for found in told.data["findings"]] == ["names/undefined-name"]
    assert told.data["unread"] == "Not read with certainty: 1 note"


def test_the_server_goes_on(asking: Asking) -> None:
    """After all that, and with a rule that prints: standard output belongs to the protocol."""
    asking.ask("check", folder="fails")
    asking.ask("check", folder="deep")
    (entry,) = asking.ask("check", folder="app").data["findings"]
    assert (entry["rule"], entry["line"]) == ("names/undefined-name", 8)


def test_a_client_that_waits_is_told_so(asking: Asking) -> None:
    told: list[float] = []

    async def hears(progress: float, total: float | None, message: str | None) -> None:
        told.append(progress)

    asking.portal.call(partial(asking.client.call_tool, "check", {"folder": "slow"}, progress_callback=hears))
    assert told[:2] == [2, 4]


def test_links_in_the_project_are_not_read(asking: Asking) -> None:
    told = asking.ask("check", folder=".", select=["names"])
    assert {entry["path"].partition("/")[0] for entry in told.data["findings"]} <= {
        "app",
        "fails",
        "deep",
    } or told.error


def test_absolute_names_inside_are_taken(asking: Asking, place: Path) -> None:
    assert asking.ask("check", folder=str(place / "root" / "app")).data["folder"] == "app"


def test_a_root_behind_a_link(place: Path, tmp_path: Path) -> None:
    """It is the user who names the root; the client calls it by the same name."""
    (tmp_path / "link").symlink_to(place / "root")
    with serving(tmp_path / "link", tmp_path / "cache") as asking:
        assert asking.ask("check", folder=str(tmp_path / "link" / "app")).data["folder"] == "app"
        assert asking.ask("check", folder=str(place / "root" / "app")).data["folder"] == "app"
        assert asking.ask("check", folder=str(tmp_path / "link" / "out")).error


def test_a_name_with_a_lone_surrogate(place: Path, tmp_path: Path) -> None:
    """The client refuses to send it, so it is written to the server by hand."""
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
    }  # fmt: skip
    asked = {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "check", "arguments": {"folder": "app"}}}
    odd = json.dumps(asked | {"id": 2}).replace('"app"', '"\\ud800"')
    nested = json.dumps(asked | {"id": 3}).replace('"app"', f"{'[' * 100_000}{']' * 100_000}")
    lines = [json.dumps(hello), '{"jsonrpc":"2.0","method":"notifications/initialized"}', odd, nested, "}{", "\0"]
    ran = subprocess.Popen(
        [sys.executable, ROOT / "cli.py", "mcp", place / "root", "--cache-dir", tmp_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert ran.stdin is not None
    assert ran.stdout is not None
    ran.stdin.write("\n".join([*lines, json.dumps(asked | {"id": 4})]) + "\n")
    ran.stdin.flush()
    answers: dict[Any, Any] = {}
    while 4 not in answers:
        answer = json.loads(ran.stdout.readline())
        answers[answer.get("id")] = answer
    ran.stdin.close()
    assert ran.wait(60) == 0
    assert [one["line"] for one in answers[4]["result"]["structuredContent"]["findings"]] == [8]


def test_a_client_that_goes_is_not_waited_for(place: Path, tmp_path: Path) -> None:
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
    }  # fmt: skip
    asked = {"method": "tools/call", "params": {"name": "check", "arguments": {"folder": "slower"}}}
    command = [sys.executable, ROOT / "cli.py", "mcp", place / "root", "--cache-dir", tmp_path, "--pack"]
    ran = subprocess.Popen(
        [*map(str, command), str(place / "loud")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert ran.stdin is not None
    assert ran.stdout is not None
    ran.stdin.write(f"{json.dumps(hello)}\n")
    ran.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
    ran.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 2} | asked) + "\n")
    ran.stdin.flush()
    assert json.loads(ran.stdout.readline())["id"] == 1
    ran.stdin.close()
    assert ran.wait(100) == 0


def test_settings_of_the_project_load_no_code(asking: Asking, place: Path) -> None:
    """Who wrote the project may have written its settings, too."""
    root = place / "root" / "trap"
    (root / "pack").mkdir(parents=True)
    (root / "main.py").write_text(f"open({str(place / 'ran')!r}, 'w')\n{HANDLER}")
    (root / "pack" / "rule.py").write_text(f"open({str(place / 'ran')!r}, 'w')\n")
    (root / "buttress.toml").write_text(f'packs = ["{root / "pack"}"]\n')
    told = asking.ask("check", folder="trap")
    assert told.error
    assert told.text == "buttress.toml names packs, which are loaded only when the server is started with --pack."
    (root / "buttress.toml").write_text('contract = "../../secret/contract.yml"\n')
    assert "leads upwards" in asking.ask("check", folder="trap").text
    (root / "buttress.toml").write_text('baseline = "/etc/passwd"\n')
    assert "is not below the root" in asking.ask("check", folder="trap").text
    (root / "buttress.toml").unlink()
    (root / "buttress.toml").symlink_to(place / "secret" / "main.py")
    assert asking.ask("check", folder="trap").error
    (root / "buttress.toml").unlink()
    assert not asking.ask("check", folder="trap").error
    assert not (place / "ran").exists()


def test_fix_follows_no_link(asking: Asking, place: Path) -> None:
    root = place / "root" / "linked"
    root.mkdir()
    text = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
    text += '@app.get("/{a}")\nasync def a(a: str) -> str:\n    return a\n'
    text += '\n\n@app.get("/b")\nasync def b() -> str:\n    return "b"\n'
    (place / "secret" / "main.py").write_text(text)
    (root / "main.py").symlink_to(place / "secret" / "main.py")
    (root / "other.py").write_text("print(1)\n")
    told = asking.ask("fix", folder="linked", apply=True)
    assert told.error or told.data["files"] == []
    assert (place / "secret" / "main.py").read_text() == text


def test_without_the_sdk(buttress: Buttress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    ran = buttress("mcp")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "buttress: this needs the package `mcp`, version 2 or later: install `buttress[mcp]`.\n"


def test_a_root_that_is_none(buttress: Buttress, tmp_path: Path) -> None:
    ran = buttress("mcp", tmp_path / "nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("nowhere is no folder.\n")
