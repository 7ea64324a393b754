"""Places that a grammar cannot read: which of them are certain, and that no input breaks the search."""

from __future__ import annotations

import sys

import pytest

from verifier.model import SourceFile, SyntaxFault
from verifier.parse import parse
from verifier.parse.faults import faults
from verifier.read.kinds import language_of


def found(path: str, text: str | bytes) -> tuple[SyntaxFault, ...]:
    source = SourceFile(path, text.encode() if isinstance(text, str) else text, language_of(path))
    return faults(source, parse(source))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "x = 1\n"),
        ("a.py", ""),
        ("a.py", "print('a')\nprint(a) if b else c\nprint\n"),
        ("a.py", 'x = """\nprint x\nexec y\n"""\n'),
        ("a.py", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        ("a.py", "\ufeffx = 1\n"),
        ("a.py", "match = 1\ntype = 2\nprint(match, type)\n"),
        ("a.py", "x = 1 if y else\\\n 2\n"),
        ("a.py", "x = '\\d'\n"),
        ("a.js", "const a = /[`'(]/.test(b) ? `${c}` : '`'\n"),
        ("a.ts", "const a = <T,>(b: T): T => b\n"),
        ("a.tsx", "const a = <b>it's {c}</b>\n"),
        ("a.js", ""),
        ("a.js", "const a = `b \\` \\${c} ${d}`\nconst e = /\\`/\n"),
    ],
)
def test_working_code_has_none(path: str, text: str) -> None:
    assert found(path, text) == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x = 1\ndef f(:\n    pass\n", 2, "invalid syntax"),
        ("x = (1,\n", 1, "'(' was never closed"),
        ("print 'a'\n", 1, "Missing parentheses in call to 'print'"),
        ("if x:\n    print a, b\n", 2, "Missing parentheses in call to 'print'"),
        ("exec 'a'\n", 1, "Missing parentheses in call to 'exec'"),
        ("try:\n    x\ny\n", 3, "expected 'except' or 'finally' block"),
        ("x = 1\n  y = 2\n", 2, "unexpected indent"),
        ("if x:\n        y\n    z\n", 3, "unindent does not match"),
        ("@a\n  def f(): pass\n", 2, "unexpected indent"),
        ("def f():\nreturn 1\n", 2, "expected an indented block"),
        ("x = 'a\n", 1, "unterminated string literal"),
        ("from {{ a }} import b\n", 1, "invalid syntax"),
        ("```python\nx = 1\n```\n", 1, "invalid syntax"),
        ("const x = 1;\n", 1, "invalid syntax"),
        ("x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> other\n", 2, "a merge conflict was left in the file"),
    ],
)
def test_python_that_no_python_reads(text: str, line: int, message: str) -> None:
    (fault,) = found("a.py", text)
    assert fault.certain
    assert fault.span.line == line
    assert fault.message.startswith(message)


def test_a_null_byte() -> None:
    (fault,) = found("a.py", b"x = 1\ny\0 = 2\n")
    assert (fault.certain, fault.span.line, fault.span.column) == (True, 2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "def f[T = int](x: T) -> T: return x\n",
        "class A[T = int]: pass\n",
        "type A[T = int] = list[T]\n",
        "x = t'{y}'\n",
        "x = f'{y!r:{'a'}}'\n",
        "try:\n    x\nexcept A, B:\n    pass\n",
        "lazy import a\n",
    ],
)
def test_what_a_newer_python_may_read_is_not_certain(text: str) -> None:
    assert not any(fault.certain for fault in found("a.py", text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", "const a = sql<string[]>`select ${b}`\n"),
        ("a.ts", "const a = sql<{ b: number }>`select 1`\n"),
        ("a.ts", "class A { declare f: (unknown) => void }\n"),
        ("a.ts", "export type * from 'x'\n"),
        ("a.ts", "type A = import('x').B<number>\n"),
        ("a.ts", "f<typeof import('x')>(1)\n"),
        ("a.tsx", "const a = <b>this & that</b>\n"),
        ("a.js", "import defer * as a from 'x'\n"),
        ("a.js", "import defer * as a from 'x'\nconst b = `c \\` d`\n"),
    ],
)
def test_gaps_of_the_grammar_are_not_certain(path: str, text: str) -> None:
    assert not any(fault.certain for fault in found(path, text))


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("function f() {\n  if (a) {\n    b()\n}\n", 1, 14, "`{` is never closed"),
        ("f(a, [b)\n", 1, 8, "`)` closes nothing"),
        ("a()\n}\n", 2, 1, "`}` closes nothing"),
        ("const a = `b ${c\n", 1, 14, "`${` is never closed"),
        ("const a = `b\nc()\n", 1, 11, "``` is never closed"),
        ("<<<<<<< HEAD\na()\n=======\nb()\n>>>>>>> other\n", 1, 1, "a merge conflict was left in the file"),
        ("a()\nf(\\`b ${c}\\`)\n", 2, 3, "a back-slash stands before a back-tick, outside of a template"),
        ("const a = \\`b \\${c}\\`\n", 1, 11, "a back-slash stands before a back-tick, outside of a template"),
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts"])
def test_javascript_that_nothing_reads(path: str, text: str, line: int, column: int, message: str) -> None:
    (fault,) = found(path, text)
    assert (fault.certain, fault.message) == (True, message)
    assert (fault.span.line, fault.span.column) == (line, column)


def test_no_more_than_a_handful() -> None:
    faults_ = found("a.js", "a @ b;\n" * 500)
    assert 1 <= len(faults_) <= 5
    assert [fault.span.line for fault in faults_] == sorted(fault.span.line for fault in faults_)


DEEP = 10_000


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "x = " + "(" * DEEP + "1" + ")" * DEEP),
        ("a.py", "x = " + "(" * DEEP),
        ("a.py", "x = " + "[" * DEEP + "$"),
        ("a.py", "x = " + "not " * DEEP + "$"),
        ("a.py", "x = " + "-" * DEEP + "1 $"),
        ("a.py", "x;" * 500_000),
        ("a.py", "x" + ".y" * DEEP + " $"),
        ("a.js", "x = " + "(" * DEEP + "1" + ")" * DEEP),
        ("a.js", "x = " + "(" * DEEP),
        ("a.ts", "x = " + "[" * DEEP + "@"),
        ("a.tsx", "<a>" * DEEP),
        ("a.js", "`${" * DEEP),
        ("a.js", "x = " + "=/[" * DEEP),
        ("a.js", "/" * DEEP + "@"),
        ("a.js", "x = a\n" + " " * 200_000 + "@"),
    ],
)
def test_hostile_input(path: str, text: str) -> None:
    limit = sys.getrecursionlimit()
    found(path, text)
    assert sys.getrecursionlimit() == limit
