"""What the rules on Koa's handlers, bodies and members claim, shown on the real framework."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.proofs.node import Request, serve_fixture
from verifier.evaluate.path_to_regexp import Dialect, is_refused

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "koa"
KOA = pytest.mark.parametrize("packages", ["current", "previous"])  # 3 and 2
# What a parser of bodies does, without what it would refuse.
PARSER = """
module.exports = () => async (ctx, next) => {
  let text = ''
  for await (const part of ctx.req) text += part
  ctx.request.body = text ? JSON.parse(text) : {}
  await next()
}
"""


def of(
    rule: str, kind: str, *requests: Request, packages: str = "current", **variables: str
) -> tuple[list[object], str]:
    """The status of each request to a fixture, and what its program wrote."""
    statuses, _, written = serve_fixture(FIXTURES / rule / kind, list(requests), packages, variables)
    return statuses, written


def test_the_router_refuses_the_paths() -> None:
    statuses, written = of("refused_path", "bad", ("GET", "/routes/Oslo"))
    assert statuses == ["gone"]
    assert "Unexpected ? at index" in written
    good = of("refused_path", "good", ("GET", "/routes/Oslo"), ("GET", "/routes/Oslo/Kiel"), ("GET", "/cabins/7"))
    assert good[0] == [200, 200, 200]


@pytest.mark.parametrize(
    ("router", "packages", "dialect"),
    [
        ("@koa/router", "current", "8"),
        ("koa-router", "current", "8"),
        ("@koa/router", "previous", "6"),
        ("koa-router", "previous", "6"),
        ("koa-router", "older", "1"),
    ],
)
def test_what_is_refused_is_what_the_router_refuses(
    tmp_path: Path, router: str, packages: str, dialect: Dialect
) -> None:
    paths = ["*", "/a/*", "(.*)", "/(.*)", "/:slug?", "/:id(\\d+)", "/*rest", "/{*rest}", "/a{/:b}?"]
    folder = tmp_path / "path" / "bad"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.js").write_text(
        f"const Router = require({router!r})\nconst refused = {paths}.filter((path) => {{\n"
        "  try { new Router().get(path, (ctx) => {}); return false } catch { return true }\n})\n"
        "require('http').createServer((req, res) => res.end(refused.join(' '))).listen(process.env.PORT)\n"
    )
    _, texts, _ = serve_fixture(folder, [("GET", "/")], packages)
    assert texts == [" ".join(path for path in paths if is_refused(path, dialect))]


@KOA
def test_koa_does_not_wait_for_callbacks(packages: str) -> None:
    asked: list[Request] = [("GET", path) for path in ("/animals", "/map", "/feeding")]
    assert of("answer_too_late", "bad", *asked, packages=packages)[0] == [404, 404, 404]
    assert of("answer_too_late", "good", *asked, ("GET", "/names"), packages=packages)[0] == [200, 200, 200, 200]


@KOA
def test_koa_does_not_wait_for_next(packages: str) -> None:
    assert of("next_not_awaited", "bad", ("GET", "/plays"), packages=packages)[0] == [404]
    assert of("next_not_awaited", "good", ("GET", "/plays"), packages=packages)[0] == [200]


@KOA
def test_members_are_not_there(packages: str) -> None:
    statuses, written = of("unknown_member", "bad", ("GET", "/stalls"), ("GET", "/prices"), packages=packages)
    assert statuses == [500, 500]
    assert "ctx.json is not a function" in written
    assert "ctx.send is not a function" in written
    statuses, written = of("unknown_member", "bad", ("GET", "/stalls"), packages=packages, HEALTH="1")
    assert statuses == ["gone"]
    assert "app.get is not a function" in written
    good: list[Request] = [("GET", path) for path in ("/stalls", "/prices", "/health")]
    assert of("unknown_member", "good", *good, packages=packages)[0] == [200, 200, 200]


@KOA
def test_bodies_are_not_there(tmp_path: Path, packages: str) -> None:
    """The parser is a small one of ours: what counts is when it runs."""
    for kind, expected in (("bad", 500), ("good", 200)):
        folder = tmp_path / "body_not_parsed" / kind
        shutil.copytree(FIXTURES / "body_not_parsed" / kind, folder)
        (folder / "node_modules" / "koa-bodyparser").mkdir(parents=True)
        (folder / "node_modules" / "koa-bodyparser" / "index.js").write_text(PARSER)
        assert serve_fixture(folder, [("POST", "/plants", '{"kind": "fern"}')], packages)[0] == [expected]


@KOA
def test_routers_are_not_used(tmp_path: Path, packages: str) -> None:
    asked: list[Request] = [("GET", "/flights"), ("GET", "/gates")]
    assert of("router_not_used", "bad", *asked, packages=packages)[0] == [200, 404]
    assert of("router_not_used", "good", *asked, packages=packages)[0] == [200, 200]
    folder = tmp_path / "router" / "bad"
    shutil.copytree(FIXTURES / "router_not_used" / "bad", folder)
    app = folder / "src" / "app.js"
    app.write_text(app.read_text().replace("flights.routes()", "flights"))
    statuses, _, written = serve_fixture(folder, [("GET", "/flights")], packages)
    assert statuses == ["gone"]
    assert "middleware must be a function" in written
