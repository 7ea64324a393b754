"""Each tool answers what the command of its name answers, shorter, and as its schema says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import msgspec
import pytest

from tests.conftest import Buttress
from tests.mutants.catalogue import MUTANTS
from tests.mutants.run import applied
from tests.serve.client import ROOT, Asking, Told, serving
from verifier.report.agent import LONGEST

FIXTURES = ROOT / "fixtures"
SHADOWED = "fastapi-route-order"
HANDLER = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/books/{isbn}")
async def book(isbn: str) -> str:
    return isbn


@app.get("/books/newest")
async def newest() -> str:
    return "newest"
"""
# The same coroutine is left alone at three places, in as many handlers.
REPEATED = """
from fastapi import FastAPI

app = FastAPI()


async def note(text: str) -> None:
    print(text)


@app.get("/one")
async def one() -> None:
    note("one")


@app.get("/two")
async def two() -> None:
    note("two")


@app.get("/three")
async def three() -> None:
    note("three")
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with several projects."""
    place = tmp_path_factory.mktemp("root")
    mutant = next(one for one in MUTANTS if one.name == SHADOWED)
    applied(mutant.app, mutant, place)
    (place / "fastapi").rename(place / "broken")
    applied("fastapi", None, place)
    shutil.copy(FIXTURES / "apps" / "openapi.yml", place)
    shutil.copytree(FIXTURES / "layers" / "upward_import" / "bad", place / "bookshop")
    for name, text in (("small", HANDLER), ("repeated", REPEATED)):
        (place / name).mkdir()
        (place / name / "main.py").write_text(text)
    (place / "many").mkdir()
    for number in range(40):
        text = f'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/{number}")\ndef up():\n    '
        (place / "many" / f"app{number}.py").write_text(f"{text}return missing_{number}\n")
    return place


@pytest.fixture(scope="module")
def asking(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with serving(root, tmp_path_factory.mktemp("cache")) as made:
        yield made


def right(asking: Asking, tool: str, told: Told) -> Told:
    """An answer that is none of an error, is as long as it may be, and is what the tool's schema says."""
    assert not told.error, told.text
    assert len(told.text) <= LONGEST + 1000
    (found,) = [one for one in asking.tools() if one.name == tool]
    assert found.output_schema is not None
    jsonschema.Draft202012Validator.check_schema(found.output_schema)
    jsonschema.validate(told.data, found.output_schema)
    return told


def ask(asking: Asking, tool: str, **arguments: object) -> Told:
    """An answer that is right in form."""
    return right(asking, tool, asking.ask(tool, **arguments))


def test_the_tools_are_listed(asking: Asking) -> None:
    tools = {tool.name: tool for tool in asking.tools()}
    assert set(tools) == {"check", "explain", "fix", "facts", "trace", "sql", "classify"}
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert (tool.input_schema["type"], tool.input_schema["additionalProperties"]) == ("object", False)
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (tool.name != "fix")
    size = sum(len(tool.model_dump_json(by_alias=True, exclude_none=True)) for tool in tools.values())
    assert size < 16_000, "each client holds the list in its context"


def test_check_tells_the_worst_with_its_fix(asking: Asking) -> None:
    told = ask(asking, "check", folder="broken", contract="openapi.yml")
    (entry,) = told.data["findings"]
    assert (entry["rule"], entry["endpoints"]) == ("fastapi/shadowed-route", ["GET /api/articles/feed"])
    assert entry["remedy"] in told.text
    assert entry["symptom"] in told.text
    assert f"```diff\n{entry['fix']['diff']}```" in told.text
    assert not told.data["passed"]
    assert told.data["constraints"][0] == {
        "constraint": "contract", "clause": "no operation is shadowed", "state": "broken",
        "evidence": [{"path": entry["path"], "line": entry["line"], "message": entry["message"]}],
    }  # fmt: skip


def test_check_of_what_is_right(asking: Asking) -> None:
    told = ask(asking, "check", folder="fastapi", contract="openapi.yml", architecture="clean", framework="fastapi")
    assert (told.data["passed"], told.data["findings"], told.data["constraints"]) == (True, [], [])
    assert told.text.startswith("No findings in ")


def test_check_says_what_the_command_says(asking: Asking, buttress: Buttress, root: Path) -> None:
    """But for the names of findings, and for how to ask for more."""
    told = ask(asking, "check", folder="bookshop", architecture="clean")
    ran = buttress("check", root / "bookshop", "--architecture", "clean", "--format", "agent")
    assert ran.code == 1
    text = told.text.replace(" Paths are below `bookshop`.", "")
    for entry in told.data["findings"]:
        text = text.replace(f" (finding {entry['finding']})", "")
    assert text == ran.out


def test_a_cause_is_told_once(asking: Asking) -> None:
    told = ask(asking, "check", folder="repeated")
    (entry,) = told.data["findings"]
    assert entry["line"] == 13
    assert [place["line"] for place in entry["also"]] == [18, 23]
    assert entry["endpoints"] == ["GET /one", "GET /two", "GET /three"]
    assert told.text.count(entry["message"]) == 1
    assert entry["fix"]["diff"].count("+    await note(") == 3


def test_what_is_left_out_can_be_asked_for(asking: Asking) -> None:
    first = ask(asking, "check", folder="many", select=["names"], most=7)
    assert (len(first.data["findings"]), first.data["causes"], first.data["left_out"]) == (7, 40, 33)
    assert "33 more causes left out: ask with skip=7" in first.text
    told, skip = [], 0
    while True:
        answer = ask(asking, "check", folder="many", select=["names"], most=200, skip=skip)
        told += [entry["message"] for entry in answer.data["findings"]]
        if not answer.data["left_out"]:
            break
        assert f"skip={len(told)}" in answer.data["more"]
        skip = len(told)
    assert len(told) == len(set(told)) == 40
    assert skip, "the length of an answer is a limit, too"
    past = asking.ask("check", folder="many", select=["names"], skip=40)
    assert (past.error, past.text) == (True, "There are 40 causes: skip=40 passes over all of them.")


def test_a_patch_alone_and_on_a_folder(asking: Asking) -> None:
    lines = HANDLER.lstrip("\n").splitlines()
    added = "".join(f"+{line}\n" for line in lines)
    head = "diff --git a/main.py b/main.py\nnew file mode 100644\n--- /dev/null\n+++ b/main.py\n"
    alone = f"{head}@@ -0,0 +1,{len(lines)} @@\n"
    told = ask(asking, "check", patch=alone + added)
    (entry,) = told.data["findings"]
    assert (entry["rule"], entry["path"]) == ("fastapi/shadowed-route", "main.py")
    assert "--- a/main.py" in entry["fix"]["diff"]
    change = (
        "--- a/main.py\n+++ b/main.py\n@@ -12,3 +12,3 @@\n \n"
        '-@app.get("/books/newest")\n+@app.get("/newest")\n async def newest() -> str:\n'
    )
    mended = ask(asking, "check", folder="small", patch=change)
    assert mended.data["findings"] == []
    assert [one["rule"] for one in ask(asking, "check", folder="small").data["findings"]] == ["fastapi/shadowed-route"]


def test_explain(asking: Asking, buttress: Buttress) -> None:
    rule = ask(asking, "explain", about="sql/unknown-column")
    assert rule.text == buttress("explain", "sql/unknown-column", "--color", "never").out
    pack = ask(asking, "explain", about="layers")
    assert "layers/upward-import" in pack.text
    (entry,) = ask(asking, "check", folder="small").data["findings"]
    finding = ask(asking, "explain", about=entry["finding"])
    assert "main.py:12" in finding.text
    assert entry["message"] in finding.text
    assert ask(asking, "explain", about="fastapi/shadowed-route").text in finding.text
    assert finding.data["finding"]["fingerprint"].startswith(entry["finding"])
    unknown = asking.ask("explain", about="sql/unknown-colum")
    assert unknown.error
    assert unknown.text.endswith("did you mean `sql/unknown-column`?")
    assert asking.ask("explain", about="0123456789").error


@pytest.mark.parametrize("kind", ["routes", "models", "queries", "imports", "layers", "calls", "startup"])
def test_facts(asking: Asking, buttress: Buttress, root: Path, kind: str) -> None:
    printed = json.loads(buttress("facts", kind, root / "fastapi", "--format", "json").out)
    rows: list[object] = []
    while True:
        told = ask(asking, "facts", folder="fastapi", kind=kind, most=200, skip=len(rows))
        rows += told.data["rows"]
        if not told.data["left_out"]:
            break
    assert len(rows) == told.data["found"]
    if kind == "startup":
        assert rows == [printed]
    else:
        assert [row for row in rows if row in printed[kind]] == [row for row in printed[kind] if row in rows] != []


def test_facts_with_a_text_in_them(asking: Asking) -> None:
    told = ask(asking, "facts", folder="fastapi", kind="routes", contains="FEED")
    assert [row["path"] for row in told.data["rows"]] == ["/api/articles/feed"]
    assert told.text.startswith("routes: 1 with `FEED` in them\nGET /api/articles/feed -> ")
    assert ask(asking, "facts", folder="fastapi", kind="routes", contains="nowhere").data["rows"] == []


def test_trace(asking: Asking, buttress: Buttress, root: Path) -> None:
    told = ask(asking, "trace", folder="fastapi", request="GET /api/tags")
    assert told.text == buttress("trace", "GET /api/tags", root / "fastapi", "--color", "never").out
    assert "SELECT" in told.text
    none = asking.ask("trace", folder="fastapi", request="GET /api/tag")
    assert (none.error, none.text) == (True, "No route answers `GET /api/tag`; did you mean `GET /api/tags`?")


def test_sql_of_a_line(asking: Asking) -> None:
    lines = (
        (ROOT / "fixtures" / "apps" / "fastapi" / "conduit" / "repositories" / "articles.py").read_text().split("\n")
    )
    line = next(number for number, text in enumerate(lines, 1) if "func.count()" in text)
    for name in ("conduit/repositories/articles.py", "fastapi/conduit/repositories/articles.py"):
        told = ask(asking, "sql", folder="fastapi", file=name, line=line)
        (query,) = told.data["queries"]
        assert query["dialect"] == "sqlite"
        assert "COUNT(*)" in query["forms"][0]["sql"]
        assert "GET /api/articles/feed" in query["endpoints"]
        assert "COUNT(*)" in told.text
    elsewhere = ask(asking, "sql", folder="fastapi", file="conduit/repositories/articles.py", line=1)
    assert elsewhere.data["queries"] == []
    assert line in elsewhere.data["near"]


def test_sql_says_why_a_hole_is_one(root: Path, asking: Asking) -> None:
    place = root / "holes"
    place.mkdir()
    (place / "main.py").write_text(
        "import sqlite3\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n\n@app.get('/books')\n"
        "def books():\n    db = sqlite3.connect('books.db')\n"
        "    order = request.args.get('order', 'title')\n"
        "    return db.execute(f'SELECT title FROM books ORDER BY {order}').fetchall()\n"
    )
    told = ask(asking, "sql", folder="holes", file="main.py", line=11)
    (query,) = told.data["queries"]
    (form,) = query["forms"]
    assert "RUNTIME()" in form["sql"]
    assert not form["exact"]
    assert form["holes"]
    assert f"depends on {form['holes'][0]}" in told.text


def test_fix_writes_where_it_is_told_to(asking: Asking, root: Path) -> None:
    place = root / "mended"
    place.mkdir()
    (place / "main.py").write_text(HANDLER)
    proposed = ask(asking, "fix", folder="mended")
    assert not proposed.data["applied"]
    assert (place / "main.py").read_text() == HANDLER
    assert proposed.data["diff"].startswith("--- a/main.py\n+++ b/main.py\n")
    made = ask(asking, "fix", folder="mended", apply=True)
    assert (made.data["applied"], made.data["diff"]) == (True, proposed.data["diff"])
    assert (place / "main.py").read_text().index("newest") < (place / "main.py").read_text().index("isbn")
    assert ask(asking, "check", folder="mended").data["findings"] == []
    again = ask(asking, "fix", folder="mended", apply=True)
    assert (again.data["applied"], again.data["files"]) == (False, [])


def test_a_change_between_two_questions_is_seen(asking: Asking, root: Path) -> None:
    place = root / "changing"
    place.mkdir()
    (place / "main.py").write_text(HANDLER)
    assert len(ask(asking, "check", folder="changing").data["findings"]) == 1
    (place / "main.py").write_text(HANDLER.replace("/books/newest", "/newest"))
    assert ask(asking, "check", folder="changing").data["findings"] == []
    (place / "buttress.toml").write_text('framework = "flask"\n')
    broken = ask(asking, "check", folder="changing")
    assert [clause["constraint"] for clause in broken.data["constraints"]] == ["framework"]
    assert broken.data["passed"] is False


def test_a_baseline_counts_as_it_does_for_the_command(asking: Asking, root: Path, buttress: Buttress) -> None:
    place = root / "accepted"
    place.mkdir()
    (place / "main.py").write_text(HANDLER)
    (place / "buttress.toml").write_text('baseline = "known.json"\n')
    assert buttress("check", place, "--write-baseline").code == 0
    assert ask(asking, "check", folder="accepted").data["findings"] == []
    (place / "main.py").write_text(HANDLER.replace("/books/newest", "/newest"))
    gone = ask(asking, "check", folder="accepted")
    assert (gone.data["passed"], gone.data["gone"]) == (False, 1)
    assert "--prune-baseline" in gone.text


def test_questions_at_the_same_time(asking: Asking) -> None:
    questions = [
        ("check", {"folder": "broken", "contract": "openapi.yml"}),
        ("facts", {"folder": "fastapi", "kind": "routes"}),
        ("check", {"folder": "bookshop", "architecture": "clean"}),
        ("trace", {"folder": "fastapi", "request": "GET /api/tags"}),
        ("nothing", {}),
        ("check", {"folder": "small"}),
    ]
    one_by_one = [asking.ask(tool, **given) for tool, given in questions]
    assert asking.together(*questions, *questions) == [*one_by_one, *one_by_one]


def test_classify(asking: Asking, root: Path) -> None:
    """A record with its logs, a log and a report as text or as files, and the project beside them."""
    from tests.mutants.records import kept_records

    name = "flask-joined-collection"
    kept = next(one for one in kept_records() if one.name == name and one.database == "sqlite")
    place = root / "run"
    place.mkdir()
    (place / "record.json").write_bytes(msgspec.json.encode(kept.record))
    for log in kept.record.logs:
        (place / log.path).write_bytes(kept.logs[log.log])
    mutant = next(one for one in MUTANTS if one.name == name)
    applied(mutant.app, mutant, root)
    record = ask(asking, "classify", record="run")
    assert (record.data["failed"], record.data["paper_label"]) == (True, "database_runtime_error")
    both = ask(asking, "classify", record="run/record.json", folder="flask")
    assert both.data["defect"] == "sqlalchemy/missing-unique"
    assert "sqlalchemy/missing-unique" in both.text
    said = kept.logs["server"].decode()
    text = ask(asking, "classify", log=said, requests="Create Article POST -> 500: 5 failed\n", framework="flask")
    assert text.data["paper_label"] == "database_runtime_error"
    (root / "server.log").write_text(said)
    (root / "newman.txt").write_text("Create Article POST -> 500: 5 failed\n")
    files = ask(asking, "classify", log_file="server.log", requests_file="newman.txt", framework="flask")
    assert files == text
