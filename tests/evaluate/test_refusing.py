"""Whether middleware may refuse a request: read from its text, and asked of Express itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Write
from tests.frameworks import harness

HELPERS = """
const known = async (token) => { if (!token) throw new Error('unknown'); return { name: token }; };
const tried = async (token) => { try { return await known(token); } catch { return null; } };
const picky = async (token) => {
  try { return await known(token); } catch (error) { if (error.message === 'unknown') return null; throw error; }
};
const later = (token, done) => setTimeout(() => done(token ? null : new Error('unknown'), { name: token }));
const wrap = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);
const only = (needed) => (req, res, next) => { if (!req.get('token') && needed) return res.sendStatus(401); next(); };
const deny = (res) => res.sendStatus(403);
"""
# Middleware, and whether it may refuse. For those that do, the request that Express is sent without a token shows it.
MIDDLEWARE = {
    "(req, res, next) => { req.user = req.get('token') ? { name: 'x' } : null; next(); }": False,
    "(req, res, next) => { console.log(req.url); next(); }": False,
    "(req, res, next) => { if (!req.get('token')) return next(); req.user = {}; next(); }": False,
    "(req, res, next) => { if (!req.get('token')) return res.sendStatus(401); next(); }": True,
    "(req, res, next) => { if (!req.get('token')) { res.sendStatus(401); } else { next(); } }": True,
    "(req, res, next) => req.get('token') ? next() : deny(res)": True,
    "(req, res, next) => { if (!req.get('token')) throw new Error('no'); next(); }": True,
    "(req, res, next) => { if (!req.get('token')) return next(new Error('no')); next(); }": True,
    "(req, res, next) => { next(req.get('token') ? null : new Error('no')); }": True,
    "async (req, res, next) => { req.user = await tried(req.get('token')); next(); }": False,
    "async (req, res, next) => { req.user = await picky(req.get('token')); next(); }": False,
    "wrap(async (req, res, next) => { req.user = await known(req.get('token')); next(); })": True,
    "wrap(async (req, res, next) => { req.user = await tried(req.get('token')); next(); })": False,
    "async (req, res, next) => { try { req.user = await known(req.get('token')); } catch { } next(); }": False,
    "async (req, res, next) => { try { req.user = await known(req.get('token')); next(); } catch { next(); } }": False,
    "async (req, res, next) => { try { await known(req.get('token')); next(); } catch (e) { next(e); } }": True,
    "async (req, res, next) => { try { await known(req.get('token')); next(); } catch { res.sendStatus(401); } }": True,
    "(req, res, next) => tried(req.get('token')).then((user) => { req.user = user; next(); }).catch(next)": False,
    "(req, res, next) => { tried(null).then((user) => { req.user = user; }).finally(() => next()); }": False,
    "(req, res, next) => { tried(null).then((user) => { if (!user) throw 1; next(); }).catch(next); }": True,
    "(req, res, next) => { later(req.get('token'), (error, user) => { req.user = user; next(); }); }": False,
    "(req, res, next) => { later(req.get('token'), (error) => { if (error) return deny(res); next(); }); }": True,
    "(req, res, next) => { const done = (user) => { req.user = user; next(); }; tried(null).then(done); }": False,
    "(req, res, next) => { setImmediate(next); }": False,
    "(req, res, next) => { try { next(); } catch (error) { res.sendStatus(500); } }": False,
    "(req, res, next) => { for (const name of ['token']) if (!req.get(name)) return deny(res); next(); }": True,
    "(req, res, next) => { switch (req.get('token')) { case undefined: return deny(res); default: next(); } }": True,
    "only(true)": True,
    "only(false)": False,
    "(req, res, next) => only(false)(req, res, next)": True,  # by what code that is not read may do
    "require('./outside')": True,
}
UNSEEN = {"(req, res, next) => only(false)(req, res, next)", "require('./outside')"}


def write_application(folder: Path) -> None:
    """An application with one route for each of the middleware functions."""
    lines = [HELPERS, "const express = require('express'); const app = express();"]
    for number, text in enumerate(MIDDLEWARE):
        lines.append(f"app.get('/{number}', {text}, (req, res) => res.json('reached'));")
    lines += ["app.use((error, req, res, next) => res.sendStatus(500));", "module.exports = app;"]
    (folder / "app.js").write_text("\n".join(lines))
    (folder / "outside.js").write_text("module.exports = (...given) => given[2]();")
    (folder / "package.json").write_text('{"main": "app.js", "dependencies": {"express": "^5"}}')


def test_what_may_refuse(tmp_path: Path) -> None:
    write_application(tmp_path)
    guarded = {route.path: bool(route.guards) for route in harness.facts_of(tmp_path).routes}
    assert {text: guarded[f"/{number}"] for number, text in enumerate(MIDDLEWARE)} == MIDDLEWARE


ASK = """
const server = require('./app').listen(0, async () => {
  for (let number = 0; number < COUNT; number++) {
    const answer = await fetch(`http://localhost:${server.address().port}/${number}`);
    console.log(JSON.stringify([String(number), (await answer.text()) === '"reached"' ? 'reached' : 'refused']));
  }
  process.exit(0);
});
"""


def test_what_express_does() -> None:
    """Each that may refuse does so for a request without a token; the others let it through."""
    home = harness.NODE / "current"
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/current")
    target = home / ".apps" / "refusing"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    try:
        write_application(target)
        (target / "ask.cjs").write_text(ASK.replace("COUNT", str(len(MIDDLEWARE))))
        done = subprocess.run(
            ["node", "ask.cjs"], cwd=target, capture_output=True, text=True, timeout=60, check=True
        ).stdout
    finally:
        shutil.rmtree(target, ignore_errors=True)
    answers = dict(json.loads(line) for line in done.splitlines() if line.startswith("["))
    refused = {text: answers[str(number)] == "refused" for number, text in enumerate(MIDDLEWARE) if text not in UNSEEN}
    assert refused == {text: wanted for text, wanted in MIDDLEWARE.items() if text not in UNSEEN}


def test_endless_calls_are_given_up(write: Write) -> None:
    """Helpers that call each other many times over are not followed to the end: what they may do is not known."""
    inner = [f"const f{n} = () => {{ {f'f{n + 1}(); ' * 30} }};" for n in range(4)]
    text = "\n".join(
        [
            "const app = require('express')();",
            "function busy(req, res, next) {",
            *inner,
            "const f4 = () => {}; f0(); next();",
            "}",
            "app.get('/', busy, (req, res) => res.end());",
            "app.listen(1);",
        ]
    )
    package = '{"main": "app.js", "dependencies": {"express": "*"}}'
    facts = harness.facts_of(write({"package.json": package, "app.js": text}))
    assert [route.guards for route in facts.routes] == [("busy",)]
