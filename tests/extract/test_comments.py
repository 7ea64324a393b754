"""Where suppressions may stand, which line they speak of, and what is no suppression."""

from __future__ import annotations

import pytest

from tests.extract.reading import facts
from verifier.extract.comments import sql_suppressions
from verifier.model import SourceFile, Suppression

MARK = "buttress: ignore[a/b]"


def found(path: str, text: str) -> list[tuple[tuple[str, ...], int]]:
    return [(each.rules, each.target) for each in facts(path, text).suppressions]


@pytest.mark.parametrize(
    ("path", "text", "target"),
    [
        ("a.py", f"x = 1  # {MARK}", 1),
        ("a.py", f"# {MARK}\nx = 1", 2),
        ("a.py", f"#{MARK}\nx = 1", 2),
        ("a.py", f"def f():\n    # {MARK}\n    return 1", 3),
        ("a.py", f"# {MARK}\n\n\nx = 1", 4),
        ("a.py", f"# {MARK}\n# why\n\nx = 1", 4),
        ("a.py", f"# why\n# {MARK}\nx = 1", 3),
        ("a.py", f"x = 1  # noqa: E501  # {MARK}", 1),
        ("a.py", f"x = [\n    1,  # {MARK}\n]", 2),
        ("a.py", f"x = 1\n# {MARK}\n", 2),
        ("a.py", f"# {MARK}\r\nx = 1\r\n", 2),
        ("a.py", f"é = 'ü'  # {MARK}", 1),
        ("a.js", f"x = 1 // {MARK}", 1),
        ("a.js", f"// {MARK}\nx = 1", 2),
        ("a.js", f"/* {MARK} */\nx = 1", 2),
        ("a.js", f"/* {MARK} */ x = 1", 1),
        ("a.js", f"x = 1 /* {MARK} */", 1),
        ("a.js", f"/**\n * why\n * {MARK}\n */\nx = 1", 5),
        ("a.js", f"/*\n{MARK}\n*/\nx = 1", 4),
        ("a.ts", f"// {MARK}\n// why\nx = 1", 3),
        ("a.tsx", f"x = <a>\n  {{/* {MARK} */}}\n  <b />\n</a>", 3),
        ("a.tsx", f"x = <a>\n  <b /> {{/* {MARK} */}}\n</a>", 2),
        ("a.py", f'x = """\nSELECT 1 -- {MARK}\nFROM y"""', 2),
        ("a.py", f'x = """\n-- {MARK}\nSELECT 1\n"""', 3),
        ("a.py", f'x = """\n-- {MARK}\n-- why\n\nSELECT 1\n"""', 5),
        ("a.py", f'x = "SELECT 1 -- {MARK}"', 1),
        ("a.py", f'x = f"SELECT {{y}} -- {MARK}\\n"', 1),
        ("a.js", f"x = `\nSELECT ${{y}} -- {MARK}\n`", 2),
        ("a.js", f"x = `\n  -- {MARK}\n  SELECT 1`", 3),
        ("a.js", f"x = 'SELECT 1 -- {MARK}'", 1),
        ("a.js", f"x = `SELECT /* {MARK} */ 1`", 1),
    ],
)
def test_targets(path: str, text: str, target: int) -> None:
    assert found(path, text) == [(("a/b",), target)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", f"x = '# {MARK}'"),
        ("a.py", f"x = '{MARK}'"),
        ("a.py", f'"""How to use it: -- {MARK}"""'),
        ("a.py", f"# write {MARK} to accept it"),
        ("a.py", f"x = y.{MARK.partition(' ')[0]} int"),
        ("a.js", f"x = '// {MARK}'"),
        ("a.js", f"x = `# {MARK}`"),
        ("a.js", f"/* write {MARK} */"),
        ("a.js", f"/*\n * write {MARK}\n */"),
        ("a.js", f"x = /-- {MARK}/"),
    ],
)
def test_what_is_no_suppression(path: str, text: str) -> None:
    assert found(path, text) == []


@pytest.mark.parametrize(
    ("text", "rules", "reason"),
    [
        ("ignore[a/b]", ("a/b",), ""),
        ("ignore[a/b] -- it is an old client", ("a/b",), "it is an old client"),
        ("ignore[a/b]-- why", ("a/b",), "why"),
        ("ignore[a/b, c-d/e-f_2] -- why -- indeed", ("a/b", "c-d/e-f_2"), "why -- indeed"),
        ("ignore[a/b,a/b]", ("a/b",), ""),
        ("  ignore [ a/b ]", ("a/b",), ""),
        ("ignore[a/b]  # noqa", ("a/b",), ""),
        ("ignore", (), "it names no rule"),
        ("ignore -- why", (), "it names no rule"),
        ("ignore[]", (), "it names no rule"),
        ("ignore[ , ]", (), "it names no rule"),
        ("ignore[a]", (), "`a` is not the name of a rule, which is written `pack/rule`"),
        ("ignore[a/b, C/D]", (), "`C/D` is not the name of a rule, which is written `pack/rule`"),
        ("ignore[a/b", (), "expected `buttress: ignore[pack/rule] -- reason`"),
        ("ignroe[a/b]", (), "expected `buttress: ignore[pack/rule] -- reason`"),
        ("ignore(a/b)", (), "expected `buttress: ignore[pack/rule] -- reason`"),
        ("", (), "expected `buttress: ignore[pack/rule] -- reason`"),
        ("ignore[a/b] why", (), "expected `-- reason` after the rules, not `why`"),
    ],
)
def test_what_it_says(text: str, rules: tuple[str, ...], reason: str) -> None:
    (suppression,) = facts("a.py", f"x = 1  # buttress:{text}").suppressions
    assert (suppression.rules, suppression.reason) == (rules, reason)


def test_span_covers_the_comment() -> None:
    (suppression,) = facts("a.js", f"x = 1 /* {MARK} -- why */ ").suppressions
    span = suppression.span
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 7, 1, 7 + len(f"/* {MARK} -- why"))
    assert suppression.reason == "why"


def test_several() -> None:
    text = f"x = 1  # {MARK}\n# {MARK}\n# buttress: ignore[c/d]\ny = 2\n"
    assert found("a.py", text) == [(("a/b",), 1), (("a/b",), 4), (("c/d",), 4)]


def in_sql(text: str) -> list[tuple[tuple[str, ...], int]]:
    suppressions: tuple[Suppression, ...] = sql_suppressions(SourceFile("a.sql", text.encode()))
    return [(each.rules, each.target) for each in suppressions]


def test_files_of_sql() -> None:
    assert in_sql(f"SELECT 1 -- {MARK}\nFROM x;\n") == [(("a/b",), 1)]
    assert in_sql(f"-- {MARK} -- why\n-- name: it\nSELECT 1;\n") == [(("a/b",), 3)]
    assert in_sql(f"/* {MARK} */\nSELECT 1;\n") == [(("a/b",), 2)]
    assert in_sql(f"SELECT '{MARK}';\n") == []


def test_many_on_lines_of_their_own() -> None:
    text = f"# {MARK}\n" * 1500 + "x = 1\n"
    assert found("a.py", text) == [(("a/b",), 1501)] * 1500
