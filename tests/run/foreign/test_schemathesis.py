"""Schemathesis: its events as it wrote them, and running it where it is installed."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from verifier.link.contract import Contract
from verifier.run.foreign import ResultsError, read_results, schemathesis
from verifier.run.foreign.schemathesis import ROBUSTNESS, run_schemathesis
from verifier.run.record import Request

from .conftest import PRODUCE, REPORTS, Read, passed, report
from .produce.server import make

SPECIFICATION = PRODUCE / "openapi.yml"
installed = pytest.mark.skipif(importlib.util.find_spec("schemathesis") is None, reason="Schemathesis is not installed")


def test_the_events_have_every_request_with_its_checks(contract: Contract) -> None:
    requests, suite = read_results(REPORTS / "schemathesis.ndjson", contract)
    long = next(request for request in requests if request.name == "title: String larger than maxLength")
    text = report("schemathesis.ndjson")

    assert suite.source == "schemathesis"
    assert len(requests) == len(re.findall(r'"uri"', text))
    assert passed(requests) == (
        len(re.findall(r'"status":"(?:success|failure)"\}|"failure_info"', text.partition('"recorder"')[2])),
        len(re.findall(r'"status":"success"\}[,\]]', text)),
    )
    assert (long.operation, long.method, long.path, long.status) == ("POST /notes", "POST", "/notes", 500)
    assert long.response == '{"error": "DataError: value too long for type character varying(50)"}'
    assert [(check.name, check.passed) for check in long.checks] == [
        ("not_a_server_error", False),
        ("status_code_conformance", False),
        ("response_schema_conformance", True),
    ]
    assert long.checks[1].message == "Undocumented status code: Received: 500\nDocumented: 201, 422"


def test_a_method_that_is_not_in_the_contract_is_no_operation(contract: Contract) -> None:
    for given in (contract, None):
        requests, _ = read_results(REPORTS / "schemathesis.ndjson", given)
        assert {request.operation for request in requests if request.method == "TRACE"} == {None}
        assert "GET /notes/{id}" in {request.operation for request in requests}


def test_a_request_without_an_answer_is_unreachable() -> None:
    requests, _ = read_results(REPORTS / "schemathesis.ndjson")

    (lost,) = (request for request in requests if request.outcome == "unreachable")

    assert lost.operation == "POST /sessions"
    assert lost.error == (
        "ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))"
    )


def test_tokens_in_answers_are_redacted() -> None:
    requests, _ = read_results(REPORTS / "schemathesis.ndjson")

    assert any("[redacted]" in (request.response or "") for request in requests)
    assert "0123456789.secret" not in repr(requests)


def events(*added: object) -> str:
    return "\n".join(['{"Initialize": {}}', *(json.dumps(event) for event in added)])


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"EngineFinished": {"stop_reason": "max_time"}}, "The time was over."),
        ({"FatalError": {"exception": {"type": "MemoryError", "message": ""}}}, "MemoryError"),
        ({"PhaseStarted": {}}, "It was ended before it had finished."),
    ],
)
def test_a_run_that_did_not_reach_its_end_says_so(read: Read, event: object, error: str) -> None:
    ((request,), _) = read(events(event))

    assert (request.name, request.outcome, request.error) == ("the rest of the run", "not sent", error)


def test_an_operation_that_could_not_be_tried_is_not_lost(read: Read) -> None:
    trouble = {"NonFatalError": {"label": "GET /x", "value": {"type": "InvalidSchema", "message": "no type"}}}

    ((request,), _) = read(events(trouble, {"EngineFinished": {"stop_reason": "completed"}}))

    assert (request.operation, request.outcome, request.error) == ("GET /x", "not sent", "InvalidSchema: no type")


def scenario(label: str, *paths: str) -> object:
    """The requests to an operation, all of which were answered with 500."""
    interactions = {
        path: {"request": {"method": "POST", "uri": f"http://localhost{path}"}, "response": {"status_code": 500}}
        for path in paths
    }
    checks = {path: [{"name": "not_a_server_error", "status": "failure"}] for path in paths}
    return {"ScenarioFinished": {"recorder": {"label": label, "checks": checks, "interactions": interactions}}}


def test_an_error_beside_requests_that_were_answered_is_not_lost(read: Read) -> None:
    trouble = {"NonFatalError": {"label": "POST /x", "value": {"type": "HookError", "message": "no"}}}

    requests, _ = read(events(trouble, scenario("POST /x", "/x"), {"EngineFinished": {}}))

    assert [(request.outcome, request.error) for request in requests] == [
        ("failed", None),
        ("not sent", "HookError: no"),
    ]


def test_values_that_it_made_up_are_meant(read: Read) -> None:
    requests, _ = read(events(scenario("POST /x", "/x", "/x/null"), {"EngineFinished": {}}))

    assert [request.follows for request in requests] == [None, None]


def test_events_that_break_off_are_refused(read: Read) -> None:
    with pytest.raises(ResultsError, match="are cut off or no JSON"):
        read(report("schemathesis.ndjson")[:20_000])


# Running


def test_where_it_is_not_installed_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ResultsError, match=r"^Schemathesis is not installed: `pip install schemathesis`"):
        run_schemathesis(SPECIFICATION, "http://localhost:1", None, tmp_path)


PROGRAM = """#!{python}
import os, pathlib, sys, time
print(" ".join(sys.argv[1:]), flush=True)
print(os.environ.get("BUTTRESS_AUTHORIZATION"), os.environ.get("SECRET"), flush=True)
text = pathlib.Path({report!r}).read_text()
pathlib.Path("events.ndjson").write_text(text[:{length}])
time.sleep({seconds})
"""


Pretend = Callable[..., None]


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretend:
    """Puts a program in the place of Schemathesis, which writes the report that the real one wrote."""

    def put(length: int = 10_000_000, seconds: int = 0) -> None:
        program = tmp_path / "bin" / "schemathesis"
        program.parent.mkdir(exist_ok=True)
        values = {"python": sys.executable, "report": str(REPORTS / "schemathesis.ndjson")}
        program.write_text(PROGRAM.format(**values, length=length, seconds=seconds), encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        monkeypatch.setenv("PATH", str(program.parent))
        monkeypatch.setenv("SECRET", "of the user")

    return put


def test_the_token_is_no_argument_and_the_environment_is_not_the_users(pretend: Pretend, tmp_path: Path) -> None:
    pretend()
    lines: list[str] = []

    requests = run_schemathesis(
        SPECIFICATION, "http://localhost:18431/api", "Token abc", tmp_path / "work", lines.append, checks=ROBUSTNESS
    )

    assert "abc" not in lines[0]
    assert "--checks not_a_server_error --" in lines[0]
    assert lines[1] == "Token abc None"
    assert {request.operation for request in requests} >= {"POST /notes", "GET /notes/{id}"}
    assert (requests[0].method, requests[0].path) == ("POST", "/notes")
    assert [file.name for file in (tmp_path / "work").iterdir()] == ["schemathesis.toml"]
    assert "abc" not in (tmp_path / "work" / "schemathesis.toml").read_text(encoding="utf-8")


def test_what_was_done_within_the_time_comes_back(
    pretend: Pretend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(length=60_000, seconds=600)
    monkeypatch.setattr(schemathesis, "GRACE", 0.5)

    requests = run_schemathesis(SPECIFICATION, "http://localhost:18431/api", None, tmp_path / "work", seconds=1)

    assert requests[0].operation == "POST /notes"
    assert (requests[-1].outcome, requests[-1].error) == ("not sent", "It was ended before it had finished.")


@contextmanager
def notes() -> Iterator[str]:
    """The address of a fresh server of notes."""
    server = make(0)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@installed
def test_the_same_server_gives_the_same_requests(tmp_path: Path) -> None:
    def run() -> tuple[Request, ...]:
        with notes() as base:
            return run_schemathesis(SPECIFICATION, base, "Token abc", tmp_path)

    def facts(requests: tuple[Request, ...]) -> list[object]:
        return [(request.method, request.path, request.status, request.name, request.outcome) for request in requests]

    first = run()

    assert facts(first) == facts(run())
    assert {"GET", "POST", "DELETE"} == {request.method for request in first}
    long = next(request for request in first if request.name == "title: String larger than maxLength")
    assert (long.operation, long.path, long.status, long.outcome) == ("POST /notes", "/notes", 500, "failed")


@installed
@pytest.mark.parametrize("text", ["hello: 1", "::: [", ""])
def test_a_document_that_is_no_openapi_gives_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "openapi.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ResultsError, match=r"^Schemathesis sent no request: .*\.$"):
        run_schemathesis(path, "http://localhost:1", None, tmp_path / "work")


@installed
def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    requests = run_schemathesis(SPECIFICATION, "http://127.0.0.1:1/api", None, tmp_path)

    assert {request.outcome for request in requests} == {"unreachable"}
    assert [request.follows for request in requests] == [None] + [1] * (len(requests) - 1)
    assert requests[0].error == "ConnectionError: [Errno 111] Connection refused"
