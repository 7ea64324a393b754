"""SARIF: valid by the schema, within GitHub's limits, and with all that code scanning shows."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from tests.conftest import Buttress, Write
from tests.gate.shop import SHOP, Repository
from verifier.check import Report
from verifier.link import Facts
from verifier.report.sarif import sarif_text

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BAD = sorted(path for path in (ROOT / "fixtures").glob("*/*/bad"))[::7]


@cache
def validators() -> list[Any]:
    """The schema that lies beside this file, and OASIS' own where a variable names it."""
    found: list[Any] = [
        jsonschema.Draft202012Validator(
            json.loads((HERE / "sarif-2.1.0.json").read_text("utf-8")), format_checker=jsonschema.FormatChecker()
        )
    ]
    if own := os.environ.get("BUTTRESS_SARIF_SCHEMA"):
        found.append(jsonschema.Draft4Validator(json.loads(Path(own).read_text("utf-8"))))
    return found


def run_of(text: str) -> Any:
    """The only run of a valid file."""
    data = json.loads(text)
    for validator in validators():
        validator.validate(data)
    assert data["version"] == "2.1.0"
    (run,) = data["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert len(result["locations"]) == 1
    return run


def test_the_schema_refuses_something(upward: tuple[Report, Facts]) -> None:
    data = json.loads(sarif_text(*upward))
    data["runs"][0]["results"][0]["level"] = "fatal"
    for validator in validators():
        assert not validator.is_valid(data)


@pytest.mark.parametrize("folder", BAD, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_fixtures(buttress: Buttress, folder: Path) -> None:
    patch = folder / "change.patch"
    given = ("--patch", patch) if patch.is_file() else ()
    assert run_of(buttress("check", folder, *given, "--format", "sarif").out)["results"]


def test_a_result_says_all_that_a_finding_does(buttress: Buttress) -> None:
    folder = ROOT / "fixtures" / "sql" / "unknown_column" / "bad"
    run = run_of(buttress("check", folder, "--format", "sarif").out)
    data = json.loads(buttress("check", folder, "--format", "json").out)
    result = next(one for one in run["results"] if one["level"] == "error")
    found = next(one for one in data["findings"] if one["severity"] == "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {
        "uri": f"fixtures/sql/unknown_column/bad/{found['path']}", "uriBaseId": "SRCROOT"
    }  # fmt: skip
    region = {key: place["region"][key] for key in ("startLine", "startColumn", "endLine", "endColumn")}
    assert list(region.values()) == [found["line"], found["column"], found["end_line"], found["end_column"]]
    assert result["partialFingerprints"] == {"buttress/v1": found["fingerprint"]}
    assert result["properties"]["category"] == "incorrect_query_logic"
    assert result["properties"]["symptom"] == found["symptom"]
    assert [one["message"]["text"] for one in result["relatedLocations"]] == [
        one["message"] for one in found["related"]
    ]
    root = run["originalUriBaseIds"]["SRCROOT"]["uri"]
    assert unquote(root.removeprefix("file://")) == f"{ROOT.resolve()}/"
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]


def test_rules_have_their_pages(buttress: Buttress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUTTRESS_DOCUMENTATION", "https://buttress.example/docs/")
    run = run_of(buttress("check", ROOT / "fixtures" / "sql" / "unknown_column" / "bad", "--format", "sarif").out)
    (rule,) = [one for one in run["tool"]["driver"]["rules"] if one["id"] == "sql/unknown-column"]
    assert rule["helpUri"] == "https://buttress.example/docs/rules/sql/unknown-column/"
    monkeypatch.delenv("BUTTRESS_DOCUMENTATION")
    silent = run_of(buttress("check", ROOT / "fixtures" / "sql" / "unknown_column" / "bad", "--format", "sarif").out)
    assert all("helpUri" not in one for one in silent["tool"]["driver"]["rules"])
    assert (ROOT / "docs" / "rules" / "sql" / "unknown-column.md").is_file()
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["help"]["markdown"].startswith("**")
    assert len(rule["fullDescription"]["text"]) <= 1000
    assert len(rule["properties"]["tags"]) <= 10
    assert rule["properties"]["problem.severity"] == "error"


def test_broken_clauses_are_results(upward: tuple[Report, Facts]) -> None:
    run = run_of(sarif_text(*upward))
    (clause,) = [one for one in run["results"] if one["ruleId"] == "constraint/architecture"]
    assert clause["message"]["text"].startswith("The constraint `architecture` is broken: dependencies point down only")
    assert len(clause["relatedLocations"]) == 1
    assert {one["compliant"] for one in run["properties"]["constraints"]} == {True, False}


def test_what_a_comment_accepts_is_suppressed(buttress: Buttress, write: Write) -> None:
    root = write({"main.py": "def f():\n    return x  # buttress: ignore[names/undefined-name] -- set by the shell\n"})
    (result,) = run_of(buttress("check", root, "--format", "sarif").out)["results"]
    assert result["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "set by the shell"}]
    assert run_of(buttress("check", root, "--format", "sarif", "--no-accepted").out)["results"] == []


def test_what_was_there_before_is_suppressed(buttress: Buttress, tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop")
    shop.write(SHOP)
    shop.commit()
    shop.change("app/prices.py", "+ surcharge", "+ surcharge + more")
    run = run_of(buttress("check", shop.root, "--diff-base", "HEAD", "--format", "sarif").out)
    kinds = [[one["kind"] for one in result.get("suppressions", [])] for result in run["results"]]
    assert kinds == [[], ["external"], ["external"]]


def test_safe_fixes_are_edits(buttress: Buttress, write: Write) -> None:
    text = (ROOT / "fixtures" / "fastapi" / "shadowed_route" / "bad").rglob("*.py")
    root = write({path.name: path.read_text() for path in text})
    run = run_of(buttress("check", root, "--select", "fastapi/shadowed-route", "--format", "sarif").out)
    fixed = [one for one in run["results"] if "fixes" in one]
    assert fixed
    (change,) = fixed[0]["fixes"][0]["artifactChanges"]
    lines = (root / change["artifactLocation"]["uri"]).read_text().split("\n")
    for one in sorted(change["replacements"], key=lambda one: -one["deletedRegion"]["startLine"]):
        region = one["deletedRegion"]
        start, end = region["startLine"] - 1, region["endLine"] - 1
        head, tail = lines[start][: region["startColumn"] - 1], lines[end][region["endColumn"] - 1 :]
        lines[start : end + 1] = (head + one["insertedContent"]["text"] + tail).split("\n")
    (root / change["artifactLocation"]["uri"]).write_text("\n".join(lines))
    before = len(run["results"])
    again = run_of(buttress("check", root, "--select", "fastapi/shadowed-route", "--format", "sarif").out)
    assert len(again["results"]) == before - 1


def test_hostile_texts(hostile: Report, facts: Facts) -> None:
    text = sarif_text(hostile, facts)
    run = run_of(text)
    assert len(run["results"]) == 2 * len(hostile.findings) + 2
    assert not [character for character in text if not character.isprintable() and character != "\n"]
    paths = {unquote(one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], errors="surrogateescape")
             for one in run["results"]}  # fmt: skip
    assert paths == {*facts.project.files}


def test_more_than_code_scanning_takes(many: Report, facts: Facts) -> None:
    data = json.loads(sarif_text(many, facts))
    run = data["runs"][0]
    assert len(run["results"]) == 25_000
    assert [one["level"] for one in run["results"][:1001]] == ["error"] * 1000 + ["warning"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "25000 of 50000 results are left out: code scanning takes 25000 in one file."


def test_nothing(empty: Report, facts: Facts) -> None:
    assert run_of(sarif_text(empty, facts))["results"] == []
