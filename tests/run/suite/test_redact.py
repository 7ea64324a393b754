"""Redaction: no secret stays, and what is no secret does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.run.suite.redact import HIDDEN, Secrets, redact

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLTMyLWJ5dGVz"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"token": "abc"}', '{"token": [redacted]}'),
        ('{"token":"a\\"b","x":1}', '{"token":[redacted],"x":1}'),
        ('{"token": 12345, "x": 1}', '{"token": [redacted], "x": 1}'),
        ('{"token": "cut off', '{"token": [redacted]'),
        ("{'password': 'hunter2'}", "{'password': [redacted]}"),
        ("{ password: 'hunter2', name: 'x' }", "{ password: [redacted], name: 'x' }"),
        ('"{\\"password\\": \\"hunter2\\", \\"a\\": 1}"', '"{\\"password\\": [redacted], \\"a\\": 1}"'),
        ('{"hashed_password": "$2b$12$abc"}', '{"hashed_password": [redacted]}'),
        ('{"passwordHash": "x", "accessToken": "y"}', '{"passwordHash": [redacted], "accessToken": [redacted]}'),
        ("GET /login?token=abc&x=1", "GET /login?token=[redacted]&x=1"),
        ("JWT_SECRET=abc PORT=1", "JWT_SECRET=[redacted] PORT=1"),
        ("Authorization: Token abc def", "Authorization: [redacted]"),
        ('{"authorization": "Token abc"}', '{"authorization": [redacted]}'),
        ("authorization: Basic YTpi\nHost: x", "authorization: [redacted]\nHost: x"),
        ("invalid header: Token a1b2c3d4e5f6g7h8", "invalid header: Token [redacted]"),
        (f"bad token {JWT} here", "bad token [redacted] here"),
        (f"cut {JWT[:45]}", "cut [redacted]"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"errors": {"token": ["is missing"], "password": ["can\'t be blank"]}}',
        '{"token": null, "password": true}',
        "Token is invalid or expired",
        "password: must be at least 8 characters",
        "TokenError: jwt malformed",
        "tokens are kept for seven days",
        '{"user": {"username": "anna", "bio": null}}',
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_known_secrets_are_taken_out_however_they_are_spelled() -> None:
    secret = 'a/b+c=="d" é'
    for spelled in (secret, json.dumps(secret), "a%2Fb%2Bc%3D%3D%22d%22%20%C3%A9", "a%2Fb%2Bc%3D%3D%22d%22+%C3%A9"):
        hidden = redact(f"x {spelled} y", [secret])
        assert hidden in (f"x {HIDDEN} y", f'x "{HIDDEN}" y')


def test_a_secret_that_holds_another_goes_first() -> None:
    assert redact("secret-and-more", ["secret", "secret-and-more"]) == HIDDEN


def test_what_is_too_short_to_be_found_stays() -> None:
    assert redact("a b c", ["a"]) == "a b c"


@pytest.mark.parametrize(
    "text",
    [
        "\\" * 300_000 + '"token',
        "a." * 300_000,
        '"token":' * 100_000,
        '"token": "' + "\\" * 300_000,
        "Token " * 100_000,
        "eyJ" + "a" * 300_000,
        "Token " + "a" * 300_000,
        '"' * 300_000,
        "token" + " " * 300_000,
    ],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    assert len(redact(text)) <= 2 * len(text)


def test_a_beginning_keeps_no_part_of_a_secret() -> None:
    secrets = Secrets(["known-secret"])
    assert secrets.redact("x" * 95 + "known-secret", 100) == "x" * 95 + "[reda"
    assert secrets.redact('{"token": "' + "s" * 100_000, 100) == '{"token": [redacted]'
    assert secrets.redact('{"password": "' + "s" * 50_000 + '", "a": 1}', 100) == '{"password": [redacted]'


@given(st.text(alphabet="tokenpasswd\"'\\:={}[], \n&;aeyJ.", max_size=60), st.text(min_size=6, max_size=20))
def test_no_text_keeps_a_known_secret(text: str, secret: str) -> None:
    hidden = redact(f"{text}{secret}{text}", [secret])
    assert secret not in hidden or secret in f"{text}{HIDDEN}{text}" or secret in HIDDEN
