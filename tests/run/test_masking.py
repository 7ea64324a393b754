"""Secrets in logs."""

from __future__ import annotations

from verifier.run.masking import masked


def test_what_looks_like_a_secret_is_written_over_at_the_same_length() -> None:
    log = b"password='correct horse' and Authorization: Token abcdefghijklmnop, eyJhbGciOiJI.eyJzdWIi.c2lnbmF0dXJl"
    found = masked(log)
    assert len(found) == len(log)
    for secret in (b"correct", b"abcdefghijklmnop", b"eyJzdWIi"):
        assert secret in log
        assert secret not in found
