"""What the Express rules claim, shown on the real framework."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture
from verifier.testing import reported

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "express"

# Asks the application of a fixture, and prints which handler answered each request.
ASK = """
import http from 'node:http'
import { createRequire } from 'node:module'
const app = createRequire(import.meta.url)('./src/app.js')
app.set('env', 'test')
const server = http.createServer(app).listen(0)
for (const [method, path] of REQUESTS) {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method })
  const body = await answer.text()
  console.log(JSON.stringify(body.startsWith('{') ? JSON.parse(body).handler : String(answer.status)))
}
process.exit(0)
"""


def answers(kind: str, requests: list[tuple[str, str]], packages: str) -> list[str]:
    """The handlers that answer some requests."""
    return run_fixture(FIXTURES / "shadowed_route" / kind, ASK.replace("REQUESTS", json.dumps(requests)), packages)


@pytest.mark.parametrize("packages", ["current", "previous"])
def test_shadowed_routes_are_never_reached(packages: str) -> None:
    """Express 5 and 4 answer each reported route with the earlier one; what is not reported is reached."""
    requests = {
        ("GET", "/api/articles/feed"): "show",
        ("GET", "/api/articles/drafts/comments"): "comments",
        ("PUT", "/api/authors/me"): "change",
        ("GET", "/sitemap"): "page",
        ("POST", "/api/articles/feed"): "refresh",
        ("DELETE", "/api/authors/me"): "leave",
    }
    assert answers("bad", list(requests), packages) == list(requests.values())
    shadowed = [row for row in reported(FIXTURES / "shadowed_route" / "bad") if row[2] == "express/shadowed-route"]
    assert len(shadowed) == 4


def test_near_misses_are_reached() -> None:
    """Each route of the good fixture has requests of its own."""
    requests = {
        ("GET", "/sitemap"): "sitemap",
        ("GET", "/api/articles/"): "list",
        ("GET", "/api/articles/feed"): "feed",
        ("GET", "/api/articles/17"): "byNumber",
        ("GET", "/api/articles/issue-4"): "issue",
        ("GET", "/api/articles/latest"): "latest",
        ("GET", "/api/articles/latest?featured=1"): "featured",
        ("GET", "/api/articles/some-words"): "show",
        ("POST", "/api/articles/feed"): "change",
        ("GET", "/api/articles/a/comments"): "comments",
        ("GET", "/api/articles/a/comments/1"): "comment",
        ("GET", "/api/authors/me"): "me",
        ("GET", "/api/authors/ME"): "shouting",
        ("GET", "/api/authors/me/"): "folder",
        ("GET", "/api/authors/ann"): "author",
        ("PUT", "/api/authors/me"): "changeMe",
        ("PUT", "/api/authors/ann"): "change",
        ("GET", "/about"): "page",
        ("GET", "/archive/1999"): "archive",
        ("POST", "/letters"): "letter",
    }
    assert answers("good", list(requests), "current") == list(requests.values())


FORMS = """
import http from 'node:http'
import { createRequire } from 'node:module'
const express = createRequire(import.meta.url)('express')
const app = express()
app.use(express.urlencoded({ extended: true }))
app.post('/', (req, res) => res.json({ body: req.body === undefined ? 'undefined' : req.body }))
const server = http.createServer(app).listen(0)
const headers = { 'content-type': 'application/json' }
const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: 'POST', headers, body: '{"a": 1}' })
console.log(JSON.stringify((await answer.json()).body))
process.exit(0)
"""
CONTRACT = """
openapi: 3.0.0
info: {title: cups, version: '1'}
paths:
  /cups:
    post:
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'201': {description: made}}
"""
CUPS = """
const express = require('express')
const app = express()
app.use(express.PARSER())
app.post('/cups', (req, res) => res.status(201).json({ made: req.body.name }))
app.listen(3000)
"""


@pytest.mark.parametrize(("packages", "body"), [("current", "undefined"), ("previous", {})])
def test_the_parser_of_forms_reads_no_json(packages: str, body: object) -> None:
    assert run_fixture(FIXTURES / "body_not_parsed" / "good", FORMS, packages) == [body]


@pytest.mark.parametrize(("parser", "count"), [("urlencoded", 1), ("json", 0)])
def test_the_parser_of_forms_is_reported(tmp_path: Path, parser: str, count: int) -> None:
    (tmp_path / "openapi.yml").write_text(CONTRACT)
    (tmp_path / "buttress.toml").write_text('contract = "openapi.yml"\n')
    (tmp_path / "package.json").write_text('{"main": "app.js", "dependencies": {"express": "^4.21.0"}}')
    (tmp_path / "app.js").write_text(CUPS.replace("PARSER", parser))
    assert [name for _, _, name in reported(tmp_path)].count("express/body-not-parsed") == count
