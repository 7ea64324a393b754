"""Writes notes.postman_collection.json: a small collection with everything that a report can hold.

python make_collection.py > notes.postman_collection.json
"""

from __future__ import annotations

import json
from typing import Any


def item(name: str, method: str, url: str, *tests: str, body: object = None, before: str = "") -> dict[str, Any]:
    """A request with its scripts."""
    event = []
    if before:
        event.append({"listen": "prerequest", "script": {"exec": [before]}})
    if tests:
        event.append({"listen": "test", "script": {"exec": list(tests)}})
    request: dict[str, Any] = {
        "method": method,
        "url": url,
        "header": [
            {"key": "Content-Type", "value": "application/json"},
            {"key": "Authorization", "value": "Token {{token}}"},
        ],
    }
    if body is not None:
        request["body"] = {"mode": "raw", "raw": json.dumps(body)}
    return {"name": name, "event": event, "request": request}


def status(code: int) -> str:
    """A test of the status."""
    return f'pm.test("status is {code}", () => pm.response.to.have.status({code}));'


KEEP = """
let id;
try { id = pm.response.json().note.id; } catch (e) {}
pm.environment.set('as_text', String(id));
pm.environment.set('or_null', id || null);
pm.environment.set('or_empty', id || '');
pm.environment.set('as_is', id);
"""

LOG_IN = item(
    "Log in",
    "POST",
    "{{base}}/sessions",
    status(201),
    "pm.environment.set('token', pm.response.json().session.token);",
    body={"name": "ann", "password": "correct horse"},
)
NOTES = [
    item("List", "GET", "{{base}}/notes", status(200), 'pm.test("count is a number", () => pm.response.json().count);'),
    item(
        "Create",
        "POST",
        "{{base}}/notes",
        status(201),
        'pm.test("title, \\"tags\\" and id", () =>',
        '  pm.expect(pm.response.json().note).to.have.keys("id", "title", "tags"));',
        KEEP,
        body={"title": "First", "tags": ["red"]},
    ),
    item("Read", "GET", "{{base}}/notes/{{as_text}}", status(200)),
    item("Read", "GET", "{{base}}/notes/{{or_null}}", status(200)),
    item("Read", "GET", "{{base}}/notes/{{or_empty}}/", status(404)),
    item("Read", "GET", "{{base}}/notes/{{as_is}}", status(200)),
    item("Read", "GET", "{{base}}/notes/{{never}}", status(404)),
]
TAGS = [
    item(
        "List",
        "GET",
        "{{base}}/notes?tag=red&unused=",
        status(200),
        "tests['one note'] = JSON.parse(responseBody).count === 1;",
    ),
    item("Skipped", "GET", "{{base}}/notes", "pm.test.skip('of another day', () => {});", status(200)),
    item("Redirected", "GET", "{{base}}/old", status(200)),
    item("Same name", "GET", "{{base}}/notes", status(500), status(500), status(200), status(200)),
    item("Comma", "GET", "{{base}}/notes", 'pm.test("a, b", () => {});', 'pm.test("c", () => {});'),
    item("Script fails", "GET", "{{base}}/notes", status(200), "pm.response.json().nothing.here;", status(500)),
    item("Early script fails", "GET", "{{base}}/notes", status(200), before="missing.thing();"),
    item("Not sent", "GET", "{{base}}/notes", status(200), before="pm.execution.skipRequest();"),
    item("Delete", "DELETE", "{{base}}/notes/{{as_text}}"),
]
TAGS[-1]["request"]["url"] = {
    "raw": "{{base}}/notes/:id?unused=1",
    "host": ["{{base}}"],
    "path": ["notes", ":id"],
    "query": [{"key": "unused", "value": "1", "disabled": True}],
    "variable": [{"key": "id", "value": "{{as_text}}"}],
}
END = [
    item("Nobody there", "GET", "http://localhost:1/nothing", status(200)),
    item("Stop", "POST", "{{base}}/stop", status(200)),
    item("After", "GET", "{{base}}/notes", status(200)),
    item("After", "DELETE", "{{base}}/notes/1"),
]
COLLECTION = {
    "info": {
        "name": "Notes",
        "_postman_id": "00000000-0000-4000-8000-000000000001",
        "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    "item": [
        LOG_IN,
        {"name": "Notes", "item": [*NOTES, {"name": "Tags, and / more", "item": TAGS}]},
        {"name": "End", "item": END},
    ],
}

if __name__ == "__main__":
    print(json.dumps(COLLECTION, indent=1))
