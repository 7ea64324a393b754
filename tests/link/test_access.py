"""Requests with a known header: how a contract names its scheme, and what refuses a request."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.config import Config
from verifier.link import ContractText
from verifier.link.access import Access
from verifier.link.contract import read_contract
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

CONTRACT = """
openapi: 3.0.3
info: {{ title: Garden, version: "1", description: "{info}" }}
servers: [{{ url: /api }}]
paths:
  /beds:
    get: {{ responses: {{ "200": {{ description: ok }} }} }}
  /gardener:
    get: {{ security: {security}, responses: {{ "200": {{ description: ok }} }} }}
components:
  securitySchemes:
    key: {scheme}
"""


def contract(scheme: str, info: str = "", security: str = "[{ key: [] }]") -> str:
    """A contract whose operation `/gardener` is protected."""
    return CONTRACT.format(scheme=scheme, info=info, security=security)


IN_HEADER = "{{ type: apiKey, in: header, name: Authorization, description: {} }}"


@pytest.mark.parametrize(
    ("scheme", "info", "word"),
    [
        (IN_HEADER.format('"`Token <token>`"'), "", "Token"),
        (IN_HEADER.format('"The format is\\n\\n    Token xxxxxx.yyyyyyy.zzzzzz\\n"'), "", "Token"),
        (IN_HEADER.format('"Send `Authorization: JWT {jwt}`"'), "", "JWT"),
        (IN_HEADER.format('"A key."'), "Send `Authorization: Garden <key>`.", "Garden"),
        (IN_HEADER.format('"A key that the gardener has."'), "", ""),
        ("{ type: http, scheme: bearer }", "", "Bearer"),
        ("{ type: http, scheme: basic }", "", ""),
        ("{ type: apiKey, in: cookie, name: session }", "", ""),
    ],
)
def test_the_scheme_of_a_contract(scheme: str, info: str, word: str) -> None:
    assert read_contract(contract(scheme, info), "openapi.yml", None, ()).scheme == word


@pytest.mark.parametrize(
    ("security", "required"), [("[{ key: [] }]", True), ("[{ key: [] }, {}]", False), ("[]", False), ("[{}]", False)]
)
def test_an_empty_choice_lets_everybody_in(security: str, required: bool) -> None:
    text = contract("{ type: http, scheme: bearer }", security=security)
    operations = read_contract(text, "openapi.yml", None, ()).operations
    assert [operation.security for operation in operations] == [False, required]


FLASK = """
from contextlib import suppress
from flask import Flask, abort, request

app = Flask(__name__)


class Unknown(Exception):
    code = 401


def token():
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Token":
        raise Unknown
    return token


@app.get("/api/beds")
def beds():
    BODY
    return []


@app.get("/api/gardener")
def gardener():
    return {"token": token()}
"""


def tried(tmp_path: Path, body: str) -> dict[str, Access]:
    """What becomes of requests to an application, by the path of the operation."""
    (tmp_path / "app.py").write_text(FLASK.replace("BODY", body))
    facts = link_project(read(tmp_path), Config(), load_book())
    facts.contract_text = ContractText(contract(IN_HEADER.format('"`Token <token>`"')), "openapi.yml")
    return {access.operation.own: access for access in facts.access}


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("token()", True),
        ("if request.args: token()", False),
        ("try:\n        token()\n    except Unknown:\n        pass", False),
        ("try:\n        token()\n    except ValueError:\n        pass", True),
        ("try:\n        token()\n    except Unknown:\n        abort(401)", True),
        ("with suppress(Unknown):\n        token()", False),
        ("if request.headers.get('Authorization') is None:\n        return {}, 401", True),
        ("request.headers['Authorization']", True),
        ("request.headers.get('Accept')", False),
    ],
)
def test_what_refuses_strangers(tmp_path: Path, body: str, refused: bool) -> None:
    found = tried(tmp_path, body)["/beds"]
    assert found.stranger.refused is refused
    assert found.asked is None or not found.asked.refused


def test_a_scheme_that_is_not_looked_for_is_refused(tmp_path: Path) -> None:
    found = tried(tmp_path, "pass")["/gardener"]
    assert found.stranger.denied
    assert found.asked is not None
    assert not found.asked.refused
    assert found.accepted == ()
