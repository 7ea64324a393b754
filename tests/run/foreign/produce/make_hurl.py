"""Writes reports/hurl: a report as `hurl --report-json` writes one.

Hurl was not at hand when this was made. The report follows the program's source (packages/hurl/src/json/result.rs and
report/json) and its integration test (integration/hurl/tests_ok/report_json): keys are sorted, a second run is
appended, bodies lie in store/, an error that is no assert leaves no trace but `success` and an entry without calls.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

REPORT = Path(__file__).parent.parent / "reports" / "hurl"
BASE = "http://localhost:18431/api"
bodies = 0


def call(method: str, path: str, status: int, body: str, token: str = "") -> dict[str, Any]:
    """A request and its answer."""
    global bodies
    bodies += 1
    name = f"store/00000000-0000-4000-8000-{bodies:012}_response.json"
    (REPORT / name).write_text(body, encoding="utf-8")
    headers = [{"name": "Host", "value": "localhost:18431"}, {"name": "Accept", "value": "*/*"}]
    if token:
        headers.append({"name": "Authorization", "value": f"Token {token}"})
    return {
        "request": {"cookies": [], "headers": headers, "method": method, "query_string": [], "url": BASE + path},
        "response": {"body": name, "cookies": [], "headers": [], "http_version": "HTTP/1.1", "status": status},
        "timings": {
            "begin_call": "2026-11-21T13:46:08.000000Z",
            "end_call": "2026-11-21T13:46:08.002000Z",
            "total": 2000,
        },
    }


def check(line: int, message: str | None = None) -> dict[str, Any]:
    """An assert; with a message, it failed."""
    return {"line": line, "success": message is None} | ({} if message is None else {"message": message})


def entry(index: int, line: int, curl: str, calls: list[Any], asserts: list[Any]) -> dict[str, Any]:
    """A request of a file."""
    return {
        "asserts": asserts,
        "calls": calls,
        "captures": [],
        "curl_cmd": curl,
        "index": index,
        "line": line,
        "time": 2 * len(calls),
    }


def file(name: str, success: bool, entries: list[Any]) -> dict[str, Any]:
    """The run of a file."""
    return {"cookies": [], "entries": entries, "filename": name, "success": success, "time": 12}


STATUS = """Assert status code
  --> notes.hurl:8:6
   |
   | POST {{base}}/notes
   | ...
 8 | HTTP 201
   |      ^^^ actual value is <500>
   |"""
VALUE = """Assert failure
  --> notes.hurl:10:0
   |
   | POST {{base}}/notes
   | ...
10 | jsonpath "$.note.id" isInteger
   |   actual:   none
   |   expected: integer
   |"""
ERROR = '{"error": "OperationalError: no such column: notes.label"}'


def report() -> list[Any]:
    """Two runs of notes.hurl, with one of others.hurl between them."""
    listing = entry(1, 1, f"curl '{BASE}/notes'", [call("GET", "/notes", 200, '{"notes": []}')], [check(2), check(2)])
    before = file("notes.hurl", True, [listing])
    others = file(
        "others.hurl",
        False,
        [
            entry(
                1,
                1,
                f"curl --location '{BASE}/old'",
                [call("GET", "/old", 302, "{}"), call("GET", "/notes", 200, '{"notes": []}')],
                [check(2), check(3)],
            ),
            # Tried three times until it was there.
            entry(2, 5, f"curl '{BASE}/notes/1'", [call("GET", "/notes/1", 404, "{}")], [check(6, STATUS)]),
            entry(2, 5, f"curl '{BASE}/notes/1'", [], []),
            entry(2, 5, f"curl '{BASE}/notes/1'", [call("GET", "/notes/1", 200, "{}")], [check(6), check(6)]),
            # A capture found nothing: no assert says so.
            entry(3, 9, f"curl '{BASE}/notes'", [call("GET", "/notes", 200, '{"notes": []}')], [check(10), check(10)]),
        ],
    )
    posting = call("POST", "/notes", 500, ERROR, "abcdef.0123456789.secret")
    data = "--header 'Content-Type: application/json' --data $'{\"title\": \"O\\'Brien --head\"}'"
    after = file(
        "notes.hurl",
        False,
        [
            entry(1, 1, f"curl '{BASE}/notes'", [call("GET", "/notes", 200, '{"notes": []}')], [check(2), check(2)]),
            entry(2, 6, f"curl {data} '{BASE}/notes'", [posting], [check(8), check(8, STATUS), check(10, VALUE)]),
            entry(3, 12, f"curl '{BASE}/notes/null'", [call("GET", "/notes/null", 404, "{}")], [check(13, STATUS)]),
            # A variable had no value, so that there was no request.
            entry(4, 15, "curl", [], []),
            # Nobody was there any more.
            entry(5, 20, f"curl --request DELETE '{BASE}/notes/1'", [], []),
            entry(6, 24, f"curl {data} '{BASE}/notes'", [], []),
            entry(7, 28, f"curl --head '{BASE}/notes'", [], []),
        ],
    )
    return [before, others, after]


if __name__ == "__main__":
    (REPORT / "store").mkdir(parents=True, exist_ok=True)
    text = json.dumps(report(), sort_keys=True, separators=(",", ":"))
    (REPORT / "report.json").write_text(f"{text}\n", encoding="utf-8")
