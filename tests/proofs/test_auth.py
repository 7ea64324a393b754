"""What the rules on tokens and passwords claim, shown by the libraries: the fixtures are served, and asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.older import available, with_packages
from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "auth"
CLIENTS = {
    "FastAPI": """
from fastapi.testclient import TestClient
client = TestClient(app, raise_server_exceptions=False)
def send(method, path, body, headers):
    answer = client.request(method, path, json=body, headers=headers)
    return answer.status_code, answer.text
""",
    "Flask": """
client = app.test_client()
def send(method, path, body, headers):
    answer = client.open(path, method=method, json=body, headers=headers)
    return answer.status_code, answer.text
""",
    "Application": """
import asyncio
from aiohttp.test_utils import TestClient, TestServer
loop = asyncio.new_event_loop()
client = TestClient(TestServer(app), loop=loop)
loop.run_until_complete(client.start_server())
async def ask(method, path, headers):
    answer = await client.request(method, path, headers=headers)
    return answer.status, await answer.text()
def send(method, path, body, headers):
    return loop.run_until_complete(ask(method, path, headers))
""",
}
ASK = """
import json, logging, sys, warnings
warnings.simplefilter("ignore")
from main import app
logging.disable()
exec(json.loads(sys.argv[1])[type(app).__name__])
token = ""
for method, path, body in json.loads(sys.argv[2]):
    status, text = send(method, path, body, {"Authorization": "Bearer " + token})
    found = json.loads(text) if text.startswith("{") else {}
    token = found.get("token", token)
    print(json.dumps([status, text]))
"""
Request = tuple[str, str, dict[str, str] | None]


def ask(folder: Path, *requests: Request, packages: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    """Serve a fixture and send it requests, each with the token that an earlier one gave: status and body of each."""
    if packages and (reason := available(packages)) is not None:
        pytest.skip(reason)
    command = [*with_packages(packages), "python"] if packages else [sys.executable]
    done = subprocess.run(
        [*command, "-c", ASK, json.dumps(CLIENTS), json.dumps(requests)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(status, body) for status, body in map(json.loads, done.stdout.splitlines())]


def get(path: str) -> Request:
    return "GET", path, None


def post(path: str, **body: str) -> Request:
    return "POST", path, body


NEW_JWT = ("fastapi", "httpx", "pyjwt==2.10.1")
OLD_JWT = ("fastapi", "httpx", "pyjwt==2.9.0")
JOSE = ("aiohttp", "python-jose==3.5.0")


@pytest.mark.parametrize(
    ("app", "packages", "issue", "read", "refused"),
    [
        ("stock", (), "/badges/7", "/clerk", 401),
        ("stock", NEW_JWT, "/badges/7", "/clerk", 401),
        ("stock", OLD_JWT, "/badges/7", "/clerk", 200),
        ("depot", (), "/drivers/B-42", "/driver", 422),
        ("gate", JOSE, "/visitors/7", "/visitor", 401),
    ],
)
def test_a_number_is_no_subject(app: str, packages: tuple[str, ...], issue: str, read: str, refused: int) -> None:
    """PyJWT from 2.10, python-jose and Flask-JWT-Extended refuse it when they read the token, and not before."""
    folder = FIXTURES / "subject_not_text"
    issued, answer = ask(folder / "bad" / app, post(issue), get(read), packages=packages)
    assert issued[0] == 200
    assert answer[0] == refused
    assert refused == 200 or app == "gate" or "Subject must be a string" in answer[1]
    assert ask(folder / "good" / app, post(issue), get(read), packages=packages)[1][0] == 200


@pytest.mark.parametrize("version", ["5.0.0", "4.3.0"])
def test_passlib_does_not_work_with_bcrypt_5(version: str) -> None:
    packages = ("fastapi", "httpx", "passlib==1.7.4", f"bcrypt=={version}")
    member = {"name": "ada", "password": "short"}
    joined, visited = ask(
        FIXTURES / "bcrypt_too_new" / "bad", post("/members", **member), post("/visits", **member), packages=packages
    )
    if version.startswith("5"):
        assert joined[0] == 500
    else:
        assert joined[0] == 201
        assert json.loads(visited[1]) == {"welcome": True}


def test_what_passlib_says() -> None:
    packages = ("passlib==1.7.4", "bcrypt==5.0.0")
    if (reason := available(packages)) is not None:
        pytest.skip(reason)
    code = "from passlib.context import CryptContext; CryptContext(schemes=['bcrypt']).hash('short')"
    done = subprocess.run([*with_packages(packages), "python", "-c", code], capture_output=True, text=True, check=False)
    assert "ValueError: password cannot be longer than 72 bytes" in done.stderr


def test_another_key_verifies_nothing() -> None:
    folder = FIXTURES / "other_key"
    _, answer = ask(folder / "bad", post("/guests/ada"), get("/guest"))
    assert answer[0] == 401
    assert "Signature verification failed" in answer[1]
    assert ask(folder / "good", post("/guests/ada"), get("/guest"))[1] == (200, '{"name":"ada"}')


def test_a_guard_above_the_route_is_not_asked() -> None:
    folder = FIXTURES / "guard_above_route"
    plot = ("POST", "/plots/7", {"crop": "beans"})
    assert ask(folder / "bad" / "allotment", plot)[0][0] == 200
    assert ask(folder / "good" / "allotment", plot)[0][0] == 401
    assert ask(folder / "bad" / "orchard", post("/trees/pear/apples"))[0][0] == 200
    assert ask(folder / "good" / "orchard", post("/trees/pear/apples"))[0][0] == 401


ASK_HONO = """
process.env.GALLERY_KEY = 'the key of the gallery'
const { app } = await import('./app.mjs')
const { token } = await (await app.request('ISSUE', { method: 'POST' })).json()
const answer = await app.request('READ', { headers: { authorization: `Bearer ${TOKEN}` } })
console.log(JSON.stringify({ status: answer.status, body: await answer.json() }))
"""


def test_another_key_verifies_nothing_in_hono() -> None:
    script = ASK_HONO.replace("ISSUE", "/api/artists/ada").replace("READ", "/api/artist").replace("TOKEN", "token")
    (bad,) = run_fixture(FIXTURES / "other_key" / "bad", script)
    assert bad == {"status": 401, "body": {"error": "JwtTokenSignatureMismatched"}}
    (good,) = run_fixture(FIXTURES / "other_key" / "good", script)
    assert good == {"status": 200, "body": {"name": "ada"}}


def test_everybody_is_the_same() -> None:
    requests = post("/gardeners/ada"), get("/plot"), post("/gardeners/bob"), get("/plot")
    bad = ask(FIXTURES / "same_subject" / "bad", *requests)
    assert [json.loads(body) for _, body in bad[1::2]] == [{"gardener": "1"}, {"gardener": "1"}]
    good = ask(FIXTURES / "same_subject" / "good", *requests)
    assert [json.loads(body) for _, body in good[1::2]] == [{"gardener": "ada"}, {"gardener": "bob"}]


def test_text_is_no_number() -> None:
    """One's own seat is somebody else's, where the subject is not made a number again."""
    requests = post("/players/7"), get("/seats/1")
    assert json.loads(ask(FIXTURES / "subject_as_number" / "bad", *requests)[1][1]) == {"mine": False}
    assert json.loads(ask(FIXTURES / "subject_as_number" / "good", *requests)[1][1]) == {"mine": True}


def test_pyjwt_wants_algorithms() -> None:
    folder = FIXTURES / "decode_without_algorithms"
    _, answer = ask(folder / "bad", post("/skippers/ada"), get("/skipper"))
    assert answer[0] == 401
    assert "algorithms" in answer[1]
    assert ask(folder / "good", post("/skippers/ada"), get("/skipper"))[1][0] == 200


FORGED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJldmUiLCJ5ZWFyIjoiMjAyNiJ9.Zm9yZ2Vk"


def test_forged_tokens_are_taken() -> None:
    """A signature that nobody made is not looked at; where tokens are verified, it is refused."""
    script = """
import sys
from main import app
answer = app.test_client().get("/astronomer", headers={"Authorization": "Bearer " + sys.argv[1]})
print(answer.status_code)
"""
    found = []
    for kind in ("bad", "good"):
        done = subprocess.run(
            [sys.executable, "-c", script, FORGED],
            cwd=FIXTURES / "unverified_token" / kind,
            env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        found.append(int(done.stdout))
    assert found == [200, 500]


def test_forged_tokens_are_taken_in_hono() -> None:
    script = ASK_HONO.replace("ISSUE", "/api/visitors/ada").replace("READ", "/api/visitor")
    (forged,) = run_fixture(FIXTURES / "unverified_token" / "bad", script.replace("${TOKEN}", FORGED))
    assert forged == {"status": 200, "body": {"name": "eve"}}


def test_a_password_is_no_hash() -> None:
    """Who is stored with the password itself never gets in; a setter that hashes is as good as a hash."""
    singer = {"name": "ada", "password": "aria"}
    bad = ask(
        FIXTURES / "password_in_clear" / "bad" / "register", post("/singers", **singer), post("/rehearsals", **singer)
    )
    assert [status for status, _ in bad] == [201, 500]
    good = ask(
        FIXTURES / "password_in_clear" / "good" / "register",
        post("/singers", **singer),
        post("/rehearsals", **singer),
        post("/guests", **singer),
    )
    assert [json.loads(body) for _, body in good[1:]] == [{"welcome": True}, {"hashed": True}]


def test_any_password_is_taken() -> None:
    requests = [
        post(f"/keepers/{what}", name="ada", password=word)
        for what in ("login", "unlock")
        for word in ("no", "lighthouse")
    ]
    bad = ask(FIXTURES / "password_check_ignored" / "bad", *requests)
    assert [status for status, _ in bad] == [200, 200, 200, 200]
    good = ask(FIXTURES / "password_check_ignored" / "good", *requests)
    assert [status for status, _ in good] == [401, 200, 401, 200]


def test_a_hash_is_equal_to_no_password() -> None:
    miller = {"name": "ada", "password": "grain", "confirmation": "grain"}
    requests = post("/millers", **miller), post("/millers/login", **miller)
    bad = ask(FIXTURES / "password_compared_in_clear" / "bad", *requests)
    assert [status for status, _ in bad] == [201, 401]
    good = ask(FIXTURES / "password_compared_in_clear" / "good", *requests)
    assert [status for status, _ in good] == [201, 200]
