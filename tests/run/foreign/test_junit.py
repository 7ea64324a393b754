"""JUnit XML of pytest, Jest and Schemathesis, as they wrote it. Newman's is with Newman's other reports."""

from __future__ import annotations

import pytest

from verifier.link.contract import Contract
from verifier.run.foreign import read_results

from .conftest import REPORTS, Read


def test_pytest_tells_of_tests_not_of_answers() -> None:
    requests, suite = read_results(REPORTS / "pytest.xml")
    found = {request.name: request for request in requests}

    assert (suite.name, suite.source) == ("pytest tests", "junit xml")
    assert {name: request.outcome for name, request in found.items()} == {
        "test_list": "passed",
        "test_create": "failed",
        "test_place[GET /notes]": "passed",
        "test_place[GET /notes/1]": "passed",
        "test_unreachable": "failed",
        "test_with_broken_fixture": "failed",
        "test_skipped": "not sent",
        "test_expected_to_fail": "not sent",
        "test_delete": "passed",
    }
    assert {request.status for request in requests} == {None}
    assert found["test_delete"].section == "pytest / notes_pytest.TestDeletion"
    assert found["test_create"].checks[0].message.endswith("assert 201 == 500")
    assert found["test_skipped"].checks == ()
    assert "<failed> & said so" in found["test_with_broken_fixture"].checks[0].message


def test_a_path_in_a_name_is_an_operation_where_the_contract_has_it(contract: Contract) -> None:
    requests, _ = read_results(REPORTS / "pytest.xml", contract)
    found = {request.name: (request.method, request.path, request.operation) for request in requests}

    assert found["test_place[GET /notes/1]"] == ("GET", "/notes/1", "GET /notes/{id}")
    assert found["test_list"] == ("", "", None)


def test_jest() -> None:
    requests, suite = read_results(REPORTS / "jest.xml")

    assert suite.name == "jest tests"
    assert [(request.method, request.path, request.outcome) for request in requests] == [
        ("GET", "/notes", "passed"),
        ("POST", "/notes", "failed"),
        ("", "", "failed"),
        ("", "", "not sent"),
        ("DELETE", "/notes/1", "passed"),
    ]
    assert "Expected: 500\nReceived: 201" in requests[1].checks[0].message


def test_schemathesis_names_its_tests_by_operations() -> None:
    requests, _ = read_results(REPORTS / "schemathesis.xml")

    assert {request.operation: request.outcome for request in requests} == {
        "POST /notes": "failed",
        "POST /sessions": "failed",
        "GET /notes": "failed",
        "GET /notes/{id}": "failed",
        "DELETE /notes/{id}": "passed",
    }
    listing = next(request for request in requests if request.operation == "GET /notes")
    assert 'is not of type "string"' in listing.checks[0].message


CASE = '<testcase name="a" classname="b" time="0.5">{}</testcase>'


@pytest.mark.parametrize(
    ("inside", "outcome", "attempts"),
    [
        ("", "passed", 1),
        ("<system-out>error</system-out>", "passed", 1),
        ("<failure/>", "failed", 1),
        ('<error type="E">text</error>', "failed", 1),
        ("<skipped/>", "not sent", 1),
        ("<failure/><skipped/>", "failed", 1),
        ("<flakyFailure/><flakyFailure/>", "passed", 3),
        ("<failure/><rerunFailure/>", "failed", 2),
    ],
)
def test_what_other_tools_put_into_a_test(read: Read, inside: str, outcome: str, attempts: int) -> None:
    ((request,), _) = read(f'<testsuite name="s">{CASE.format(inside)}</testsuite>')

    assert (request.outcome, request.attempts, request.milliseconds) == (outcome, attempts, 500)


def test_suites_in_suites_and_the_errors_of_suites(read: Read) -> None:
    inner = f'<testsuite name="inner">{CASE.format("")}</testsuite>'
    outer = f'<testsuite name="outer">{inner}{CASE.format("")}<error message="no import"/></testsuite>'

    requests, _ = read(f"<testsuites>{outer}</testsuites>")

    assert sorted((request.section, request.name, request.outcome) for request in requests) == [
        ("inner / b", "a", "passed"),
        ("outer", "outer", "failed"),
        ("outer / b", "a", "passed"),
    ]


@pytest.mark.parametrize("time", ["", "-1", "1e400", "nan", "x", "9" * 30])
def test_a_time_that_is_none_is_left_out(read: Read, time: str) -> None:
    ((request,), _) = read(f'<testsuite name="s"><testcase name="a" time="{time}"/></testsuite>')

    assert request.milliseconds is None


def test_a_document_type_inside_a_text_is_text(read: Read) -> None:
    page = "<![CDATA[<!DOCTYPE html><html>]]>"

    ((request,), _) = read(f'<!-- a --><testsuite name="s">{CASE.format(f"<failure>{page}</failure>")}</testsuite>')

    assert request.checks[0].message == "<!DOCTYPE html><html>"
