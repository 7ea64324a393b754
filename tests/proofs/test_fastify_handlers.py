"""What the rules on Fastify's handlers, bodies and members claim, shown on the real framework."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.proofs.node import Request, serve_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "fastify"
FASTIFY = pytest.mark.parametrize("packages", ["current", "previous"])  # 5 and 4
BODYLESS: list[Request] = [("POST", "/wines/1/stars", ""), ("DELETE", "/wines/1/stars", ""), ("POST", "/wines", "{}")]


def of(
    rule: str, kind: str, *requests: Request, packages: str = "current", **variables: str
) -> tuple[list[object], list[str], str]:
    """The status and text of the answer to each request to a fixture, and what its program wrote."""
    return serve_fixture(FIXTURES / rule / kind, list(requests), packages, variables)


def test_empty_bodies_are_refused() -> None:
    statuses, texts, _ = of("empty_json_body", "bad", *BODYLESS)
    assert statuses == [400, 500, 201]
    assert "Body cannot be empty when content-type is set to 'application/json'" in texts[0]
    assert "Unexpected end of JSON input" in texts[1]
    assert of("empty_json_body", "good", *BODYLESS)[0] == [200, 200, 201]


@pytest.mark.parametrize(("packages", "deleted"), [("current", 400), ("previous", 200), ("older", 200)])
def test_earlier_versions_leave_deletions_alone(tmp_path: Path, packages: str, deleted: int) -> None:
    """Fastify 3 and 4 refuse a POST alone, unless the DELETE says how long its body is."""
    folder = tmp_path / "empty" / "bad"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.js").write_text(
        "const app = require('fastify')()\nconst answer = async () => ({ starred: true })\n"
        "app.post('/stars', answer)\napp.delete('/stars', answer)\n"
        "app.listen({ port: Number(process.env.PORT), host: '0.0.0.0' }, () => {})\n"
    )
    assert serve_fixture(folder, [("POST", "/stars", ""), ("DELETE", "/stars", "")], packages)[0] == [400, deleted]


def test_a_blind_parser_ends_the_process_of_fastify_four(tmp_path: Path) -> None:
    for mode, expected in (("async (request, body) => JSON.parse(body)", 500), (CALLBACK, "gone")):
        folder = tmp_path / f"blind{expected}" / "bad"
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "app.js").write_text(
            "const app = require('fastify')()\n"
            f"app.addContentTypeParser('application/json', {{ parseAs: 'string' }}, {mode})\n"
            "app.post('/stars', async () => ({ starred: true }))\n"
            "app.listen({ port: Number(process.env.PORT), host: '0.0.0.0' })\n"
        )
        assert serve_fixture(folder, [("POST", "/stars", "")], "previous")[0] == [expected]


CALLBACK = "(request, body, done) => { done(null, JSON.parse(body)) }"


@FASTIFY
def test_nobody_answers(packages: str) -> None:
    asked: list[Request] = [("GET", "/letters/2"), ("DELETE", "/letters/1"), ("GET", "/letters/1")]
    assert of("never_answers", "bad", *asked[:2], packages=packages)[0] == ["hangs", "hangs"]
    good = of("never_answers", "good", *asked, ("GET", "/stamps"), ("GET", "/offices"), packages=packages)
    assert good[0] == [404, 204, 404, 200, 200]


def test_fastify_three_hangs_on_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "nothing" / "bad"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.js").write_text(
        "const app = require('fastify')()\napp.get('/', async (request, reply) => { reply.code(404) })\n"
        "app.listen({ port: Number(process.env.PORT), host: '0.0.0.0' }, () => {})\n"
    )
    assert serve_fixture(folder, [("GET", "/")], "older")[0] == ["hangs"]
    assert serve_fixture(folder, [("GET", "/")], "current")[0] == [404]


@FASTIFY
def test_the_second_answer_is_thrown_away(packages: str) -> None:
    statuses, texts, written = of("answered_twice", "bad", ("GET", "/seats/2"), ("GET", "/games"), packages=packages)
    assert statuses == [404, 200]
    assert texts[1] == '{"games":[]}'
    assert written.count("FST_ERR_REP_ALREADY_SENT") >= 2
    good = of("answered_twice", "good", ("GET", "/seats/2"), ("GET", "/games"), ("GET", "/teams"), packages=packages)
    assert good[0] == [404, 200, 200]
    assert "FST_ERR_REP_ALREADY_SENT" not in good[2]


@FASTIFY
def test_fastify_does_not_wait_for_callbacks(packages: str) -> None:
    statuses, texts, _ = of("answer_too_late", "bad", ("GET", "/stones"), ("GET", "/plan"), packages=packages)
    assert (statuses, texts) == ([200, 200], ["", ""])
    good = of("answer_too_late", "good", ("GET", "/stones"), ("GET", "/plan"), ("GET", "/tools"), packages=packages)
    assert good[0] == [200, 200, 200] and all(good[1])


@FASTIFY
def test_members_are_not_there(packages: str) -> None:
    statuses, texts, _ = of("unknown_member", "bad", ("GET", "/towers"), ("DELETE", "/towers/1"), packages=packages)
    assert statuses == [500, 500]
    assert "json is not a function" in texts[0] and "sendStatus is not a function" in texts[1]
    good = of("unknown_member", "good", ("GET", "/towers"), ("DELETE", "/towers/1"), packages=packages)
    assert good[0] == [200, 204]


def test_the_fixtures_are_those_of_fastify_five(tmp_path: Path) -> None:
    """A start without a parser of JSON, as in the bad fixture, is what the good one changes."""
    folder = tmp_path / "without" / "bad"
    shutil.copytree(FIXTURES / "empty_json_body" / "good", folder)
    app = folder / "src" / "app.js"
    app.write_text(app.read_text().replace("if (body === '') return done(null, undefined)", ""))
    assert serve_fixture(folder, [("POST", "/wines/1/stars", "")])[0] == [400]


@FASTIFY
def test_objects_without_properties_are_sent_empty(packages: str) -> None:
    asked: list[Request] = [("GET", "/shelves/a"), ("GET", "/books/1"), ("GET", "/authors")]
    assert of("stripping_schema", "bad", *asked, packages=packages)[1] == [
        '{"name":"a","books":[{}]}',
        "{}",
        '{"authors":[{"name":"Ada"}]}',
    ]
    good: list[Request] = [*asked, ("GET", "/tags")]
    assert of("stripping_schema", "good", *good, packages=packages)[1] == [
        '{"name":"a","books":[{"title":"Tides"}]}',
        '{"title":"Tides"}',
        '{"authors":[{"name":"Ada","born":1815}]}',
        '[{"name":"sea"}]',
    ]
