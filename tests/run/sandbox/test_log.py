"""The log keeps its beginning and its end, and knows where things are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.run.sandbox import Log


def pattern(size: int) -> bytes:
    """Bytes of which every four in a row tell where they stand."""
    return b"".join(number.to_bytes(4, "big") for number in range(size // 4 + 1))[:size]


def logged(path: Path, head: int, tail: int, pieces: list[bytes]) -> Log:
    log = Log(path, head, tail)
    writer = os.dup(log.writer)
    log.begin()
    for piece in pieces:
        os.write(writer, piece)
    os.close(writer)
    log.close()
    return log


@settings(max_examples=60, deadline=None)
@given(
    head=st.integers(0, 300),
    tail=st.integers(0, 200),
    sizes=st.lists(st.integers(0, 400), max_size=4),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_positions_lead_to_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, head: int, tail: int, sizes: list[int], ends: tuple[float, float]
) -> None:
    whole = pattern(sum(sizes))
    pieces = [whole[sum(sizes[:number]) :][:size] for number, size in enumerate(sizes)]
    path = tmp_path_factory.mktemp("log") / "log"
    log = logged(path, head, tail, pieces)
    kept = path.read_bytes()
    assert log.total == log.position() == len(whole)
    assert log.dropped == max(0, len(whole) - head - tail)
    assert kept.startswith(whole[:head])
    if log.dropped:
        assert kept.endswith(whole[len(whole) - tail :] if tail else b"not kept]\n")
        assert f"[{log.dropped} bytes were not kept]".encode() in kept
    else:
        assert kept == whole
    start, end = sorted(int(end * len(whole)) for end in ends)
    cut = len(whole) - tail if log.dropped else head
    expected = whole[start : min(end, head)] + whole[max(start, cut, head) : end] if log.dropped else whole[start:end]
    assert log.read(start, end) == expected
    where = log.kept(start, end)
    if expected:
        assert where is not None
        marker = f"\n[{log.dropped} bytes were not kept]\n".encode()
        assert kept[slice(*where)].replace(marker, b"") == expected
    elif start < end:
        assert where is None


@pytest.mark.parametrize(("head", "tail"), [(0, 0), (4, 0), (4, 3)])
def test_what_was_dropped_has_no_place(tmp_path: Path, head: int, tail: int) -> None:
    log = logged(tmp_path / "log", head, tail, [pattern(20)])
    assert log.kept(head, 20 - tail) is None
    assert log.kept(head, head + 1) is None
    assert (log.kept(19, 20) is None) == (tail == 0)


def test_what_waits_in_the_pipe_counts(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", 100, 100)
    os.write(log.writer, b"twelve bytes")
    assert log.position() == 12
    assert log.read(0, 12) == b"twelve bytes"
    log.begin()
    log.close()
    assert (tmp_path / "log").read_bytes() == b"twelve bytes"


def test_it_closes_though_somebody_holds_the_other_end(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", 100, 100)
    writer = os.dup(log.writer)
    os.write(writer, b"said")
    log.begin()
    log.close()
    assert (tmp_path / "log").read_bytes() == b"said"
    os.close(writer)
