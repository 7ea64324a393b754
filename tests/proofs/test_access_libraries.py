"""What the rules on who is let in claim of middleware of libraries: fixtures are served, and asked with real tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "auth"
ASK = """
process.env.NODE_ENV = 'test'
const app = (await import('./app.js')).default
app.silent = true
const token = (await import('jsonwebtoken')).default.sign({ id: 7 }, 'clinic')
const server = app.listen(0)
await new Promise((resolve) => server.once('listening', resolve))
for (const [path, word] of WANTED) {
  const headers = word ? { authorization: `${word} ${token}` } : {}
  const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers })
  console.log(JSON.stringify({ status: answer.status }))
}
process.exit(0)
"""
DOCTORS, APPOINTMENTS, PATIENT = "/api/doctors", "/api/appointments", "/api/patient"


def ask(rule: str, kind: str, library: str, *wanted: tuple[str, str]) -> list[int]:
    """The statuses that a fixture answers, each with a valid token behind a word, or without one."""
    script = ASK.replace("WANTED", str([list(pair) for pair in wanted]))
    return [found["status"] for found in run_fixture(FIXTURES / rule / kind / library, script)]


@pytest.mark.parametrize("library", ["express_jwt", "koa_jwt", "passport"])
def test_libraries_take_bearer_unless_they_are_told_otherwise(library: str) -> None:
    """A valid token is refused behind the contract's word, and let in behind it where the code says so."""
    wanted = ((PATIENT, "Token"), (PATIENT, "Bearer"), (PATIENT, ""))
    assert ask("wrong_scheme", "bad", library, *wanted) == [401, 200, 401]
    found = ask("wrong_scheme", "good", library, *wanted, (DOCTORS, ""), (DOCTORS, "Token"))
    assert (found[0], found[2:]) == (200, [401, 200, 200])


@pytest.mark.parametrize("library", ["express_jwt", "koa_jwt"])
def test_what_unless_does_not_name_is_refused(library: str) -> None:
    """A list that is open by the contract needs a token, until its path is among the exceptions."""
    wanted = ((DOCTORS, ""), (DOCTORS, "Token"), (PATIENT, ""), (PATIENT, "Token"))
    assert ask("public_operation_refused", "bad", library, *wanted) == [401, 200, 401, 200]
    assert ask("public_operation_refused", "good", library, *wanted) == [200, 200, 401, 200]


def test_what_unless_names_is_open() -> None:
    """Strangers see what stands among the exceptions."""
    wanted = ((APPOINTMENTS, ""), (PATIENT, ""), (PATIENT, "Token"))
    assert ask("open_operation", "bad", "express_jwt", *wanted) == [200, 401, 200]
    assert ask("open_operation", "good", "express_jwt", *wanted) == [401, 401, 200]


def test_express_jwt_keeps_the_token_under_auth() -> None:
    """Whoever reads `req.user` fails with a valid token."""
    assert ask("user_under_another_name", "bad", "express_jwt", (PATIENT, "Token")) == [500]
    assert ask("user_under_another_name", "good", "express_jwt", (PATIENT, "Token")) == [200]
