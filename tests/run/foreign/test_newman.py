"""Newman's reports, as Newman wrote them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier.link.contract import Contract
from verifier.run.foreign import ResultsError, read_results
from verifier.run.record import Request

from .conftest import REPORTS, Read, passed, report

SCRIPT_ERRORS = 2


def requests_of(name: str, contract: Contract | None = None) -> tuple[Request, ...]:
    return read_results(REPORTS / name, contract)[0]


@pytest.mark.parametrize("kind", ["good", "broken", "twice"])
def test_the_totals_are_those_of_newman(kind: str) -> None:
    stats = json.loads(report(f"newman-{kind}.json"))["run"]["stats"]
    requests = requests_of(f"newman-{kind}.json")
    skipped = 0 if kind == "twice" else 1
    errors = stats["testScripts"]["failed"] + stats["prerequestScripts"]["failed"]

    total, right = passed(requests)

    assert len(requests) == stats["requests"]["total"]
    assert sum(request.outcome == "unreachable" for request in requests) == stats["requests"]["failed"]
    assert total == stats["assertions"]["total"] - skipped + errors
    assert total - right == stats["assertions"]["failed"] + errors


@pytest.mark.parametrize("kind", ["good", "broken"])
def test_csv_has_the_counts_of_json_but_no_script_errors(kind: str) -> None:
    total, right = passed(requests_of(f"newman-{kind}.json"))

    assert passed(requests_of(f"newman-{kind}.csv")) == (total - SCRIPT_ERRORS, right)


@pytest.mark.parametrize("kind", ["good", "broken"])
def test_junit_has_the_counts_of_json_but_takes_a_skipped_assertion_for_passed(kind: str) -> None:
    total, right = passed(requests_of(f"newman-{kind}.json"))

    assert passed(requests_of(f"newman-{kind}.xml")) == (total + 1, right + 1)


@pytest.mark.parametrize("kind", ["good", "broken"])
def test_csv_tells_the_same_requests_as_json(kind: str, contract: Contract) -> None:
    def facts(name: str) -> list[object]:
        return [
            (request.operation, request.method, request.path.replace("%7B", "{").replace("%7D", "}"), request.status)
            for request in requests_of(name, contract)
        ]

    assert facts(f"newman-{kind}.csv") == facts(f"newman-{kind}.json")


def test_json_tells_folders_names_answers_and_times(contract: Contract) -> None:
    requests, suite = read_results(REPORTS / "newman-broken.json", contract)
    create = requests[2]

    assert (suite.name, suite.source) == ("Notes", "newman json")
    assert (create.number, create.section, create.name) == (3, "Notes", "Create")
    assert (create.operation, create.method, create.path, create.status) == ("POST /notes", "POST", "/notes", 500)
    assert create.outcome == "failed"
    assert create.milliseconds is not None
    assert create.response == '{"error": "OperationalError: no such column: notes.label"}'
    assert [(check.name, check.passed) for check in create.checks] == [
        ("status is 201", False),
        ('title, "tags" and id', False),
    ]
    assert create.checks[0].message == "expected response to have status code 201 but got 500"
    assert requests[8].section == "Notes / Tags, and / more"


def test_a_request_without_an_answer_is_unreachable_whatever_its_assertions_say() -> None:
    stop, after, last = requests_of("newman-good.json")[-3:]

    assert (stop.outcome, stop.status, stop.error) == ("unreachable", None, "ECONNRESET")
    assert (after.outcome, after.error) == ("unreachable", "ECONNREFUSED 127.0.0.1:18431")
    assert (last.outcome, last.checks) == ("unreachable", ())


def test_a_request_without_assertions_has_no_checks() -> None:
    delete = next(request for request in requests_of("newman-good.json") if request.name == "Delete")

    assert (delete.outcome, delete.status, delete.path) == ("no checks", 204, "/api/notes/1")


@pytest.mark.parametrize("name", ["newman-good.json", "newman-good.xml"])
def test_a_script_that_throws_is_a_failed_check(name: str) -> None:
    by_name = {request.name: request for request in requests_of(name)}

    late, early = by_name["Script fails"], by_name["Early script fails"]

    assert [check.passed for check in late.checks] == [True, False]
    assert late.checks[1].message.endswith("Cannot read properties of undefined (reading 'here')")
    assert [check.name for check in early.checks if not check.passed] == ["the script before the request runs"]


def test_a_skipped_assertion_is_no_check_in_json_and_csv() -> None:
    for name in ("newman-good.json", "newman-good.csv"):
        skipped = next(request for request in requests_of(name) if request.name == "Skipped")
        assert [check.name for check in skipped.checks] == ["status is 200"]


def test_an_item_that_was_not_sent_is_no_request() -> None:
    for name in ("newman-good.json", "newman-good.csv"):
        assert "Not sent" not in {request.name for request in requests_of(name)}


def test_iterations_are_told_apart() -> None:
    for name in ("newman-twice.json", "newman-twice.csv"):
        requests = requests_of(name)
        assert len(requests) == 10
        assert [request.name for request in requests if request.section.endswith("iteration 2")] == [
            request.name for request in requests[:5]
        ]


def test_requests_of_the_same_name_stay_apart_in_csv() -> None:
    requests = requests_of("newman-good.csv")

    reads = [(request.path, request.status) for request in requests if request.name == "Read"]

    assert reads == [
        ("/api/notes/1", 200),
        ("/api/notes/1", 200),
        ("/api/notes/1/", 200),
        ("/api/notes/1", 200),
        ("/api/notes/{{never}}", 404),
    ]


def test_names_in_csv_are_split_only_where_the_count_allows() -> None:
    by_name = {request.name: request for request in requests_of("newman-good.csv")}

    def names(name: str) -> list[str]:
        return [check.name for check in by_name[name].checks]

    assert names("Comma") == ["1 of 2 that passed: a, b, c", "2 of 2 that passed: a, b, c"]
    assert names("Same name") == ["status is 200", "status is 200", "status is 500", "status is 500"]
    assert names("Create") == [
        '1 of 2 that passed: status is 201, title, "tags" and id',
        '2 of 2 that passed: status is 201, title, "tags" and id',
    ]


def test_a_name_with_commas_that_stands_alone_is_whole(read: Read) -> None:
    lines = report("newman-good.csv").splitlines()
    line = next(line for line in lines if '"Comma"' in line)
    one = line.replace('"a, b, c"', '"a, b"').replace('"2","2","0","0"', '"1","1","0","0"')

    ((request,), _) = read(f"{lines[0]}\n{one}")

    assert [check.name for check in request.checks] == ["a, b"]


def test_csv_with_bodies(read: Read) -> None:
    lines = report("newman-good.csv").splitlines()

    ((request,), _) = read(f'{lines[0]},body\n{lines[2]},"{{""notes"": []}}\nand ""more"""')

    assert request.response == '{"notes": []}\nand "more"'


def test_junit_counts_assertions_of_the_same_name(read: Read) -> None:
    same = next(request for request in requests_of("newman-good.xml") if request.name == "Same name")
    assert [check.passed for check in same.checks] == [False, False, True, True]

    # Newman forgets a failure where a later assertion of that name passed; the suite's attributes still count it.
    text = report("newman-good.xml")
    start = text.index('<testsuite name="Notes / Comma"') if "Notes / Comma" in text else text.index("<testsuite ")
    suite = text[start : text.index("</testsuite>", start)].replace('failures="0"', 'failures="1"')
    suite = suite.replace('tests="1"', 'tests="2"')
    ((request,), _) = read(f'<testsuites name="Notes">{suite}</testsuite></testsuites>')
    assert [check.passed for check in request.checks] == [True, False]


def test_tokens_and_passwords_are_redacted(read: Read) -> None:
    document: dict[str, Any] = json.loads(report("newman-good.json"))
    execution = document["run"]["executions"][0]
    execution["request"]["body"] = {"mode": "raw", "raw": '{"password": "correct horse"}'}
    shown = "value too long: correct horse, for abcdef.0123456789.secret"
    execution["assertions"][0]["error"] = {"name": "AssertionError", "message": shown}
    execution["response"]["stream"]["data"] = list(shown.encode())
    execution["request"]["url"]["query"] = [{"key": "token", "value": "abcdef.0123456789.secret"}]
    document["run"]["executions"] = document["run"]["executions"][:2]

    requests, _ = read(json.dumps(document))

    assert "secret" not in repr(requests)
    assert "correct horse" not in repr(requests)
    assert "value too long" in str(requests[0].response)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://localhost/a/b?c=d", "/a/b?c=d"),
        ("{{base}}/a", "/a"),
        ({"path": ["a", ":id", "c"], "variable": [{"key": "id", "value": 7}]}, "/a/7/c"),
        ({"host": ["localhost"], "path": "/a/b"}, "/a/b"),
        ({"path": ["a"], "query": [{"key": "b", "value": None}, {"key": "c", "value": "", "disabled": True}]}, "/a?b"),
        ({"host": "localhost", "port": "80", "path": ["a", ""], "query": None}, "/a/"),
    ],
)
def test_urls_are_put_together(read: Read, url: object, path: str) -> None:
    execution = {"item": {"name": "x"}, "request": {"method": "get", "url": url}, "response": {"code": 200}}

    ((request,), _) = read(json.dumps({"run": {"executions": [execution]}}))

    assert (request.method, request.path) == ("GET", path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], None),
        (None, None),
        ("text", "text"),
        ([0, 1, 2], None),
        (list("né".encode()), "né"),
        (list(b"\x1f\x8b\x08"), None),
        (list("é".encode() * 40_000), "é" * 1999 + "…"),
    ],
)
def test_bodies_are_lists_of_bytes(read: Read, data: object, expected: str | None) -> None:
    response = {"code": 200, "stream": {"type": "Buffer", "data": data}}

    ((request,), _) = read(json.dumps({"run": {"executions": [{"item": {"name": "x"}, "response": response}]}}))

    assert request.response == expected


@pytest.mark.parametrize("data", [[256], [-1], ["a"], [1.5], {"a": 1}, 7])
def test_a_body_of_something_else_is_refused(read: Read, data: object) -> None:
    response = {"code": 200, "stream": {"type": "Buffer", "data": data}}
    document = {"run": {"executions": [{"item": {"name": "x"}, "response": response}]}}

    with pytest.raises(ResultsError, match="are no report of Newman: "):
        read(json.dumps(document))
