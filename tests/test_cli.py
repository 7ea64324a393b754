"""The command line: what each command prints, how it exits, and how it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Buttress, Write
from verifier import VERSION

FIXTURES = Path(__file__).parent.parent / "fixtures"
UPWARD = FIXTURES / "layers" / "upward_import" / "bad"

APP = {
    "main.py": (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        '@app.get("/health")\ndef health() -> str:\n    return "up"\n'
    ),
    "run.sh": "#!/bin/sh\nexec uvicorn main:app --host 0.0.0.0 --port 8080\n",
    "requirements.txt": "fastapi\nuvicorn\n",
}


def test_version(buttress: Buttress) -> None:
    assert buttress("--version").out == f"buttress {VERSION}\n"


def test_text_shows_place_line_caret_and_reason(buttress: Buttress) -> None:
    ran = buttress("check", UPWARD)
    assert ran.code == 1
    assert "--> app/repositories/books.py:4:1" in ran.out
    assert "4 | from app.services.formatting import tidy_title" in ran.out
    assert f"\n  | {'^' * len('from app.services.formatting import tidy_title')}\n" in ran.out
    assert "= instead: " in ran.out
    assert "broken    dependencies point down only" in ran.out
    assert "\x1b[" not in ran.out


def test_color(buttress: Buttress) -> None:
    assert "\x1b[1;31merror" in buttress("check", UPWARD, "--color", "always").out


def test_concise_is_a_line_a_finding(buttress: Buttress) -> None:
    lines = buttress("check", UPWARD, "--format", "concise").out.splitlines()
    assert lines[0].startswith("app/models/book.py:5:5: error layers/upward-import: ")


def test_json_says_where(buttress: Buttress) -> None:
    data = json.loads(buttress("check", UPWARD, "--format", "json").out)
    assert [(found["path"], found["line"], found["rule"]) for found in data["findings"]] == [
        ("app/models/book.py", 5, "layers/upward-import"),
        ("app/repositories/books.py", 4, "layers/upward-import"),
    ]
    assert data["summary"]["by_rule"] == {"layers/upward-import": 2}
    assert data["project"]["frameworks"] == ["fastapi"]
    broken = [verdict["clause"] for verdict in data["constraints"] if verdict["compliant"] is False]
    assert broken == ["dependencies point down only"]


def test_jsonl_is_an_object_a_finding(buttress: Buttress) -> None:
    lines = buttress("check", UPWARD, "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["rule"] for line in lines] == ["layers/upward-import"] * 2


def test_endpoints_are_those_that_reach_the_line(buttress: Buttress) -> None:
    data = json.loads(buttress("check", FIXTURES / "layers" / "data_access_in_service" / "bad", "--format", "json").out)
    assert [found["endpoints"] for found in data["findings"]] == [["GET /api/books"]]


def test_output_file(buttress: Buttress, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    assert buttress("check", UPWARD, "--format", "json", "-o", target).out == ""
    assert json.loads(target.read_text())["schema_version"] == 1


def test_exit_zero(buttress: Buttress) -> None:
    assert buttress("check", UPWARD, "--exit-zero").code == 0


def test_fail_on(buttress: Buttress) -> None:
    cycle = FIXTURES / "layers" / "import_cycle" / "bad"
    assert buttress("check", cycle).code == 0
    assert buttress("check", cycle, "--fail-on", "warning").code == 1


def test_select_and_ignore(buttress: Buttress) -> None:
    assert "upward-import]" not in buttress("check", UPWARD, "--ignore", "layers/upward-import").out
    assert "upward-import]" in buttress("check", UPWARD, "--select", "layers").out
    assert "upward-import]" not in buttress("check", UPWARD, "--select", "contract,startup").out


def test_statistics(buttress: Buttress) -> None:
    assert buttress("check", UPWARD, "--statistics").out == "    2 layers/upward-import\n"


def test_timings_go_to_standard_error(buttress: Buttress) -> None:
    ran = buttress("check", UPWARD, "--timings")
    assert "parse and extract" in ran.err
    assert "parse and extract" not in ran.out


def test_quiet_prints_nothing_for_a_clean_project(buttress: Buttress, write: Write) -> None:
    assert buttress("check", write(APP), "-q").out == ""


def test_patch_alone_is_a_project(buttress: Buttress, tmp_path: Path) -> None:
    lines = APP["main.py"].splitlines()
    patch = tmp_path / "new.patch"
    patch.write_text(
        "diff --git a/main.py b/main.py\nnew file mode 100644\n--- /dev/null\n+++ b/main.py\n"
        f"@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)
    )
    data = json.loads(buttress("facts", "routes", "--patch", patch, "--format", "json").out)
    assert [(route["method"], route["path"]) for route in data["routes"]] == [("GET", "/health")]


def test_patch_on_top_of_a_folder(buttress: Buttress, write: Write, tmp_path: Path) -> None:
    root = write(APP)
    patch = tmp_path / "change.patch"
    patch.write_text(
        "--- a/main.py\n+++ b/main.py\n@@ -5,3 +5,3 @@\n \n"
        '-@app.get("/health")\n+@app.get("/api/health-check")\n def health() -> str:\n'
    )
    out = buttress("facts", "routes", root, "--patch", patch).out
    assert "/api/health-check" in out
    assert '"/health"' in (root / "main.py").read_text()


def test_facts_routes(buttress: Buttress, write: Write) -> None:
    data = json.loads(buttress("facts", "routes", write(APP), "--format", "json").out)
    assert data["routes"] == [
        {
            "method": "GET",
            "path": "/health",
            "handler": "health",
            "file": "main.py",
            "line": 6,
            "order": 0,
            "framework": "fastapi",
            "guards": [],
            "application": "main.py:app",
            "handler_file": "main.py",
            "handler_line": 6,
            "conditional": False,
        }
    ]


def test_facts_layers_says_why(buttress: Buttress) -> None:
    out = buttress("facts", "layers", UPWARD).out
    assert "app/services/books.py" in out
    assert "the folder `app/services/`" in out


def test_facts_imports(buttress: Buttress) -> None:
    data = json.loads(buttress("facts", "imports", UPWARD, "--format", "json").out)
    edge = next(found for found in data["imports"] if found["from"] == "app/models/book.py")
    assert edge["to"] == "app/services/books.py"
    assert edge["kind"] == "type-only"
    assert edge["via"] == ["app/services/__init__.py"]


def test_facts_startup(buttress: Buttress, write: Write) -> None:
    data = json.loads(buttress("facts", "startup", write(APP), "--format", "json").out)
    assert data["entries"] == [
        {"path": "main.py", "variable": "app", "command": "uvicorn main:app --host 0.0.0.0 --port 8080"}
    ]
    assert [found["served"] for found in data["applications"]] == [True]


def test_trace(buttress: Buttress) -> None:
    out = buttress("trace", "GET /api/books/7", FIXTURES / "layers" / "upward_import" / "good").out
    assert [re.sub(r"^[ │└├─]*", "", line).split()[0] for line in out.splitlines()[1:]] == [
        "get_book",
        "BookService.one",
        "BookRepository.find",
        "sqlite3.connect().execute",
        "SELECT",
        "Book.as_dict",
    ]


def test_trace_json(buttress: Buttress) -> None:
    good = FIXTURES / "layers" / "upward_import" / "good"
    data = json.loads(buttress("trace", "/api/books", good, "--format", "json").out)
    assert data["route"]["path"] == "/api/books"
    assert data["trace"]["name"] == "list_books"
    assert data["trace"]["layer"] == "routes"


def test_trace_by_other_names_of_parameters(buttress: Buttress, write: Write) -> None:
    main = """
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/books/{number:int}")
        def book(number: int): ...
    """
    project = write({"main.py": main})
    assert buttress("trace", "GET /books/{id}", project).out.startswith("GET /books/{number}")


def test_trace_of_no_route(buttress: Buttress, write: Write) -> None:
    ran = buttress("trace", "GET /healthz", write(APP))
    assert ran.code == 2
    assert ran.err == "buttress: No route answers `GET /healthz`; did you mean `GET /health`?\n"


def test_trace_names_what_may_answer_at_run_time(buttress: Buttress, write: Write) -> None:
    dynamic = 'import os\n\n@app.get(os.environ["PREFIX"] + "/books")\ndef books() -> str:\n    return ""\n'
    ran = buttress("trace", "GET /v1/books", write({**APP, "main.py": APP["main.py"] + "\n\n" + dynamic}))
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "buttress: No route answers `GET /v1/books`. One that is decided at run time may:",
        "  main.py:13  the path depends on the environment variable `PREFIX`",
    ]


def test_rules_and_explain(buttress: Buttress) -> None:
    assert "layers/upward-import" in buttress("rules").out
    rules = json.loads(buttress("rules", "--format", "json").out)["rules"]
    assert {"id", "title", "category", "severity", "page", "versions"} <= set(rules[0])
    by_id = {rule["id"]: rule for rule in rules}
    assert by_id["fastapi/shadowed-route"]["fix"] == "safe"
    assert by_id["fastapi/shadowed-route"]["endpoints"]
    assert all(rule["symptoms"] for rule in rules if rule["category"] not in ("constraint_violation", "other"))
    assert "A lower layer imports a higher one" in buttress("explain", "layers/upward-import").out
    assert "buttress: ignore[layers/upward-import]" in buttress("explain", "layers/upward-import").out


def test_new_rule_fails_until_it_is_written(buttress: Buttress, tmp_path: Path) -> None:
    from verifier.testing import expected, reported

    (tmp_path / "rules").mkdir()
    assert buttress("new", "house/loud-handler", "--root", tmp_path).code == 0
    assert buttress("new", "house/loud-handler", "--root", tmp_path).code == 2
    bad = tmp_path / "fixtures" / "house" / "loud_handler" / "bad"
    assert expected(bad) == {("app.py", 2, "house/loud-handler")}
    assert reported(bad, (tmp_path / "rules" / "house",)) == set()


def test_own_pack(buttress: Buttress, write: Write, tmp_path: Path) -> None:
    pack = tmp_path / "house"
    pack.mkdir()
    (pack / "__init__.py").write_text("")
    (pack / "long_path.py").write_text(
        '"""A path is long.\n\nText.\n"""\nfrom verifier.api import Category, Facts, Problem, rule\n\n\n'
        "@rule(Category.OTHER)\ndef long_path(facts: Facts):\n"
        "    for route in facts.routes:\n        if len(route.path) > 3:\n"
        '            yield Problem(route.span, "long")\n'
    )
    assert "house/long-path" in buttress("check", write(APP), "--pack", pack).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere"], "There is no nowhere."),
        (["check", "--patch", "nowhere.patch"], "cannot be read"),
        (["check", "{app}", "--select", "layer"], "There is no rule or pack `layer`; did you mean `layers`?"),
        (["check", "{app}", "--framework", "fastpi"], "none is `fastpi`; did you mean `fastapi`?"),
        (["check", "{app}", "--task", "uv-flsk-openapi"], "`flsk` is no framework; did you mean `flask`?"),
        (
            ["check", "{app}", "--task", "uv-fastapi-openapi-sqlit"],
            "unknown constraint `sqlit`; did you mean `sqlite`?",
        ),
        (["check", "{app}", "--task", "nowhere.json"], "cannot be read"),
        (["check", "{app}", "--contract", "nowhere.yml"], "cannot be read"),
        (["check", "{app}", "--contract", "{app}/run.sh"], "is no OpenAPI document"),
        (["check", "{app}", "--config", "nowhere.toml"], "There is no configuration file nowhere.toml."),
        (["check", "{app}", "--pack", "nowhere"], "nowhere is no folder"),
        (["explain", "layers/upward"], "There is no rule or pack `layers/upward`"),
        (["new", "Bad Id"], "is no rule id"),
    ],
)
def test_wrong_use_is_one_sentence(buttress: Buttress, write: Write, arguments: list[str], message: str) -> None:
    root = write(APP)
    ran = buttress(*(argument.replace("{app}", str(root)) for argument in arguments))
    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert ran.err.startswith("buttress: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["check", "--frobnicate"], ["facts", "nothing"], ["check", "--format", "xml"]])
def test_unknown_options(buttress: Buttress, arguments: list[str]) -> None:
    assert buttress(*arguments).code == 2
