"""The ways through a handler: which end without an answer, which answer twice, and what nobody catches or waits for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frameworks.harness import facts_of
from verifier.evaluate.values import Function, Origin
from verifier.link.waiting import answered_late, discarded, is_guarded, parses_blindly, unawaited, uncaught
from verifier.link.ways import answered_twice, open_ends, variable_at

QUIET = frozenset({"status", "set"})


def handler(folder: Path, code: str) -> tuple[Function, str]:
    """A handler of Express that is written so, and the text of its file."""
    (folder / "package.json").write_text('{"dependencies": {"express": "^5"}}')
    text = f"const express = require('express')\nconst app = express()\napp.get('/', {code})\n"
    (folder / "app.js").write_text(text)
    (found,) = facts_of(folder).table.handlers
    assert isinstance(found, Function)
    return found, text


def shown(text: str, places: tuple[Origin, ...]) -> list[str]:
    """How the places begin."""
    return [text[place.start : place.end].split("\n")[0][:24] for place in places]


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("(req, res) => { res.send('a') }", []),
        ("(req, res) => { res.status(404) }", ["(req, res) => { res.stat"]),
        ("(req, res) => { if (req.a) { res.send(1) } }", ["if (req.a) { res.send(1)"]),
        ("(req, res) => { if (req.a) { res.send(1) } else { keep(res) } }", []),
        ("(req, res) => { if (req.a) { res.send(1) } else if (req.b) { res.send(2) } }", []),
        ("(req, res) => { if (req.a) return res.send(1); if (!req.a) res.send(2) }", []),
        ("(req, res) => { if (!req.a) return; res.send(1) }", ["return;"]),
        ("(req, res) => { try { res.send(load()) } catch (e) { log(e) } }", ["catch (e) { log(e) }"]),
        ("(req, res) => { try { res.send(1) } catch (e) { log(e) } }", []),
        ("(req, res) => { try { load() } finally { res.send(1) } }", []),
        ("(req, res) => { for (const a of req.a) { if (a) return res.send(a) } }", ["(req, res) => { for"]),
        ("(req, res) => { while (true) { if (next()) { res.send(1); return } } }", []),
        ("(req, res) => { switch (req.a) { case 1: res.send(1) } }", []),
        ("(req, res) => { switch (req.a) { case 1: res.send(1); break; default: break } }", ["switch (req.a)"]),
        ("(req, res) => { const send = () => res.send(1); later(send) }", []),
        ("(req, res) => { throw new Error('a') }", []),
    ],
)
def test_open_ends(tmp_path: Path, code: str, ends: list[str]) -> None:
    function, text = handler(tmp_path, code)
    found = shown(text, open_ends(function, {"res"}, lambda members: bool(members) and QUIET.issuperset(members)))
    assert len(found) == len(ends)
    assert all(one.startswith(end) for one, end in zip(found, ends, strict=True))


def test_what_is_returned_may_answer(tmp_path: Path) -> None:
    function, _ = handler(tmp_path, "(req) => { if (req.a) return 1; return }")
    assert len(open_ends(function, set(), values=True)) == 1
    assert len(open_ends(function, set())) == 1


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("(req, res) => { if (req.a) { res.send(1) } res.send(2) }", 1),
        ("(req, res) => { if (req.a) { res.send(1); return } res.send(2) }", 0),
        ("(req, res) => { if (req.a) { res.send(1) } else { res.send(2) } }", 0),
        ("(req, res) => { if (req.a) { res.send(1) } if (!res.headersSent) res.send(2) }", 0),
        ("(req, res) => { if (req.a) { res.send(1) } if (!req.a) { res.send(2) } }", 0),
        ("(req, res) => { try { res.send(1) } catch { res.send(2) } res.send(3) }", 1),
        ("(req, res) => { res.send(1); return { a: 1 } }", 1),
    ],
)
def test_second_answers(tmp_path: Path, code: str, count: int) -> None:
    function, _ = handler(tmp_path, code)
    assert len(answered_twice(function, "res", {"send"}, ("headersSent",), values=True)) == count


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("async (req, res) => { await load() }", 1),
        ("async (req, res) => { try { await load() } catch {} }", 0),
        ("async (req, res) => { try { await load() } finally {} }", 1),
        ("async (req, res) => { await load().catch(log) }", 0),
        ("async (req, res) => { await load().then(a, b) }", 0),
        ("async (req, res) => { await load().then(a) }", 1),
        ("async (req, res) => { throw new Error('a') }", 1),
        ("(req, res) => { throw new Error('a') }", 0),
    ],
)
def test_what_nobody_catches(tmp_path: Path, code: str, count: int) -> None:
    function, _ = handler(tmp_path, code)
    assert len(uncaught(function)) == count


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("(ctx) => { load().then((a) => { ctx.body = a }) }", 1),
        ("async (ctx) => { await load().then((a) => { ctx.body = a }) }", 0),
        ("(ctx) => load().then((a) => { ctx.body = a })", 0),
        ("(ctx) => { read('a', (error, a) => { ctx.body = a }) }", 1),
        ("(ctx) => { list.forEach((a) => { ctx.body = a }) }", 0),
        ("(ctx) => { load().then((a) => { ctx.body = a }); ctx.body = 1 }", 0),
        ("(ctx) => { load().then((a) => { ctx.body = a }); wait(ctx) }", 0),
    ],
)
def test_what_comes_late(tmp_path: Path, code: str, count: int) -> None:
    function, _ = handler(tmp_path, code)
    assert len(answered_late(function, "ctx", ("body",))) == count


def test_what_is_thrown_away_and_not_waited_for(tmp_path: Path) -> None:
    function, _ = handler(tmp_path, "async (c, next) => { c.json({}); next(); await next(); return c.json({}) }")
    assert len(discarded(function, "c", {"json"})) == 1
    assert len(unawaited(function, "next")) == 1
    assert [variable_at(function, place) for place in (0, 1, 2)] == ["c", "next", ""]


def test_places_that_are_guarded(tmp_path: Path) -> None:
    function, text = handler(
        tmp_path, "async (c) => { try { await one() } catch {} await two(); await three().catch(f) }"
    )
    for word, guarded in (("one", True), ("two", False), ("three", True)):
        start = text.index(word)
        assert is_guarded(function, start, start + len(word)) is guarded


def test_texts_that_are_parsed_blindly(tmp_path: Path) -> None:
    function, _ = handler(tmp_path, "(request, body) => JSON.parse(body)")
    assert parses_blindly(function, "body")
    function, _ = handler(tmp_path, "(request, body) => body ? JSON.parse(body) : null")
    assert not parses_blindly(function, "body")
