"""Hurl's report. No Hurl was at hand: produce/make_hurl.py says where its form is from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from verifier.link.contract import Contract
from verifier.run.foreign import ResultsError, read_results
from verifier.run.foreign.hurl import command, reason
from verifier.run.record import Request

from .conftest import REPORTS, Read


@pytest.fixture
def requests(contract: Contract) -> tuple[Request, ...]:
    return read_results(REPORTS / "hurl", contract)[0]


def test_the_folder_and_its_file_are_the_same_report() -> None:
    assert read_results(REPORTS / "hurl") == read_results(REPORTS / "hurl" / "report.json")


def test_of_a_file_that_was_appended_only_the_last_run_counts(requests: tuple[Request, ...]) -> None:
    _, suite = read_results(REPORTS / "hurl")

    assert suite.source == "hurl json"
    assert suite.name == "others.hurl, notes.hurl (the last run of each)"
    assert [request.section for request in requests] == ["others.hurl"] * 3 + ["notes.hurl"] * 7


def test_of_redirects_the_last_call_counts(requests: tuple[Request, ...]) -> None:
    assert (requests[0].path, requests[0].status, requests[0].milliseconds) == ("/notes", 200, 4)


def test_of_retries_the_last_one_counts(requests: tuple[Request, ...]) -> None:
    assert (requests[1].attempts, requests[1].status, requests[1].outcome) == (3, 200, "passed")


def test_a_repeated_entry_that_passed_is_not_a_retry(read: Read) -> None:
    entry = {"index": 1, "line": 1, "calls": [call()], "asserts": [{"success": True, "line": 2}]}

    requests, _ = read(json.dumps([{"filename": "a.hurl", "success": True, "entries": [entry, entry]}]))

    assert [request.attempts for request in requests] == [1, 1]


def test_an_error_that_is_no_assert_belongs_to_the_last_entry(requests: tuple[Request, ...]) -> None:
    assert [request.outcome for request in requests[:3]] == ["passed", "passed", "failed"]
    assert requests[2].checks[-1].name == "the entry runs"


def test_asserts_are_named_by_their_lines_and_say_what_was_wrong(requests: tuple[Request, ...]) -> None:
    create = requests[4]

    assert (create.operation, create.status, create.outcome) == ("POST /notes", 500, "failed")
    assert create.response == '{"error": "OperationalError: no such column: notes.label"}'
    assert [(check.name, check.passed, check.message) for check in create.checks] == [
        ("assert 1 (line 8)", True, ""),
        ("assert 2 (line 8)", False, "Assert status code: HTTP 201; actual value is <500>"),
        (
            "assert 3 (line 10)",
            False,
            'Assert failure: jsonpath "$.note.id" isInteger; actual:   none; expected: integer',
        ),
    ]


def test_an_entry_without_calls_got_no_answer_or_was_not_sent(requests: tuple[Request, ...]) -> None:
    found = [(request.method, request.path, request.outcome, request.follows) for request in requests[6:]]

    assert found == [
        ("", "", "not sent", None),
        ("DELETE", "/notes/1", "unreachable", None),
        ("POST", "/notes", "unreachable", 8),
        ("HEAD", "/notes", "unreachable", 8),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl 'http://localhost/a'", ("GET", "http://localhost/a")),
        ("curl --request PUT --data $'{\"a\": \"--head\\'\"}' --globoff 'http://h/a[]'", ("PUT", "http://h/a[]")),
        ("curl --request GET --data 'a' 'http://h/'", ("GET", "http://h/")),
        ("curl --form 'a=b' 'http://h/'", ("POST", "http://h/")),
        ("curl", ("", None)),
        ("", ("", None)),
        ("curl --head", ("", None)),
    ],
)
def test_the_curl_command_tells_method_and_url(text: str, expected: tuple[str, str | None]) -> None:
    assert command(text) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("", ""),
        ("Assert status code", "Assert status code"),
        (
            "Assert body\n  --> a.hurl:2:1\n   |\n 2 | HTTP 200\n   |      ^^^ actual <1>\n   |",
            "Assert body: HTTP 200; actual <1>",
        ),
        ("T\n  --> a:2:1\n   |\n   | GET http://h\n 2 | HTTP 200\n   |      ^^^ <1>\n   |", "T: HTTP 200; <1>"),
    ],
)
def test_a_message_is_told_without_its_drawing(message: str, expected: str) -> None:
    assert reason(message) == expected


def call(body: str | None = None) -> dict[str, Any]:
    request = {"method": "GET", "url": "http://localhost/a", "headers": []}
    return {"request": request, "response": {"status": 200, "body": body}}


def with_body(folder: Path, body: str) -> Path:
    entry = {"index": 1, "line": 1, "calls": [call(body)], "asserts": []}
    path = folder / "report.json"
    path.write_text(json.dumps([{"filename": "a.hurl", "success": True, "entries": [entry]}]), encoding="utf-8")
    return path


@pytest.mark.parametrize("body", ["../outside.txt", "store/../../outside.txt", "{absolute}", "store/link"])
def test_a_body_outside_the_folder_is_not_read(tmp_path: Path, body: str) -> None:
    folder = tmp_path / "report"
    (folder / "store").mkdir(parents=True)
    outside = tmp_path / "outside.txt"
    outside.write_text("private", encoding="utf-8")
    (folder / "store" / "link").symlink_to(outside)

    with pytest.raises(ResultsError, match="names a body outside its folder"):
        read_results(with_body(folder, body.format(absolute=outside)))


@pytest.mark.parametrize("body", ["store/gone.json", "store", "a\0b", "store/" + "x" * 5000])
def test_a_body_that_cannot_be_read_is_left_out(tmp_path: Path, body: str) -> None:
    (tmp_path / "store").mkdir()

    ((request,), _) = read_results(with_body(tmp_path, body))

    assert (request.status, request.response) == (200, None)


def test_a_report_without_its_bodies_is_read(tmp_path: Path, requests: tuple[Request, ...]) -> None:
    shutil.copy(REPORTS / "hurl" / "report.json", tmp_path)

    alone, _ = read_results(tmp_path)

    assert [request.status for request in alone] == [request.status for request in requests]
    assert {request.response for request in alone} == {None}


def test_a_token_is_redacted(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "a").write_text("your abcdef.0123456789.secret is wrong", encoding="utf-8")
    path = with_body(tmp_path, "store/a")
    document = json.loads(path.read_text(encoding="utf-8"))
    headers = document[0]["entries"][0]["calls"][0]["request"]["headers"]
    headers.append({"name": "authorization", "value": "Bearer abcdef.0123456789.secret"})
    path.write_text(json.dumps(document), encoding="utf-8")

    ((request,), _) = read_results(path)

    assert request.response == "your [redacted] is wrong"


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="holds no results"):
        read_results(tmp_path)
