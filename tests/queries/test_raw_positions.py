"""Where the characters of a text are written: held against what Python and Node say of literals."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import textwrap
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.lift.positions import PlacedText, read_literal

PLAIN = ["a", "Z", "_", " ", "%s", ":x", "é", "ß", "漢", "😀", "{x}", "--", "$1", "?"]
PYTHON = [
    *PLAIN,
    r"\n",
    r"\t",
    r"\\",
    r"\x41",
    r"\u00e9",
    r"\U0001F600",
    r"\N{BULLET}",
    r"\101",
    r"\q",
    "\\\n",
    r"\'",
    r"\"",
]
JAVASCRIPT = [
    *PLAIN,
    r"\n",
    r"\v",
    r"\\",
    r"\x41",
    r"\u00e9",
    r"\u{1F600}",
    r"\ud83d\ude00",
    r"\q",
    "\\\n",
    r"\'",
    r"\`",
]
OPENINGS = ['"', "'", '"""', "'''"]


def quiet_value(written: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = ast.literal_eval(written)
        except (SyntaxError, ValueError):
            return None
    return found if isinstance(found, str) else None


def pieces(placed: PlacedText, data: bytes) -> list[str]:
    """What is written for each character; one after the other, none over another."""
    found: list[str] = []
    last = 0
    for index in range(len(placed.text)):
        place = placed.at(index, index + 1)
        assert place is not None
        assert last <= place.start < place.end
        last = place.end
        found.append(data[place.start : place.end].decode())
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PYTHON), max_size=12), st.sampled_from(OPENINGS), st.sampled_from(["", "r", "u"]))
def test_python_literals(parts: list[str], quote: str, prefix: str) -> None:
    written = f"{prefix}{quote}{''.join(parts)}{quote}"
    value = quiet_value(written)
    if value is None:
        return
    before = "# ä\nx = ".encode()
    placed = read_literal("a.py", len(before), written, value)
    assert placed is not None
    assert placed.text == value
    raw = "r" if "r" in prefix else ""
    found = pieces(placed, before + written.encode())
    assert [
        quiet_value(f'{raw}"""{piece}"""') or quiet_value(f"{raw}'''{piece}'''") or piece for piece in found
    ] == list(value)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["a", "b\r\n", "\r\n", "é", "  ", r"\n"]), max_size=10), st.booleans())
def test_line_ends_that_were_read_as_line_feeds_or_left(parts: list[str], unified: bool) -> None:
    inner = "".join(parts)
    value = quiet_value(f'"""{inner}"""') if unified else inner.replace("\\n", "\n")
    assert value is not None
    placed = read_literal("a.py", 0, f'"""{inner}"""', value)
    assert placed is not None
    found = pieces(placed, f'"""{inner}"""'.encode())
    assert [quiet_value(f'"""{piece}"""') if unified else piece.replace("\\n", "\n") for piece in found] == list(value)


def test_javascript_literals() -> None:
    if shutil.which("node") is None:
        pytest.skip("needs node")
    cases: list[tuple[str, str]] = []
    for quote in ('"', "'", "`"):
        for first in JAVASCRIPT:
            for second in JAVASCRIPT:
                inner = f"{first}b{second}"
                if quote in inner.replace(f"\\{quote}", ""):
                    continue
                cases.append((quote, inner))
    script = "const c = %s; console.log(JSON.stringify(c.map(([q, t]) => (0, eval)(q + t + q))))"
    values = json.loads(run(script % json.dumps(cases)))
    singles: list[list[str]] = []
    for (quote, inner), value in zip(cases, values, strict=True):
        written = f"{quote}{inner}{quote}"
        placed = read_literal("a.js", 7, written, value)
        assert placed is not None
        assert placed.text == value, written
        singles.append(pieces(placed, b"const x" + written.encode()))
    said = json.loads(run(script % json.dumps([["`", piece] for row in singles for piece in row])))
    assert said == [letter for value in values for letter in value]


def run(script: str) -> str:
    return subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "made",
    [
        str.strip,
        textwrap.dedent,
        lambda text: textwrap.dedent(text).strip(),
        lambda text: " ".join(text.split()),
        lambda text: text.rstrip() + "\n",
    ],
)
@pytest.mark.parametrize("quote", ['"""', "'''"])
def test_texts_that_the_program_made_of_a_literal(made, quote: str) -> None:  # type: ignore[no-untyped-def]
    inner = "\n      SELECT u.naïve, \\x41\n        FROM users u -- 漢\n       WHERE u.id = :id\n    "
    written = f"{quote}{inner}{quote}"
    value = made(quiet_value(written))
    placed = read_literal("a.py", 3, written, value)
    assert placed is not None
    data = b"x =" + written.encode()
    for word in ("SELECT", "naïve", "FROM", "users", "WHERE", ":id"):
        at = value.index(word)
        place = placed.at(at, at + len(word))
        assert place is not None
        assert data[place.start : place.end].decode() == word


def test_doubled_braces_of_f_strings() -> None:
    placed = read_literal("a.py", 0, "SELECT '{{}}' AS x", "SELECT '{}' AS x")
    assert placed is not None
    place = placed.at(placed.text.index("x"), placed.text.index("x") + 1)
    assert place is not None
    assert place.start == 17


def test_a_text_that_is_written_nowhere() -> None:
    placed = read_literal("a.py", 0, '"SELECT one"', "something else")
    assert placed is not None
    assert placed.at(0, 9) is None
