"""What Python says of calls, held against Python itself."""

from __future__ import annotations

import random

import pytest

from verifier import syntax
from verifier.link.arguments import given_by, refusal, taken_by
from verifier.link.suspects import Brackets, given_at, signature_at
from verifier.model import SourceFile
from verifier.parse import lower

NAMES = "a b c d e".split()


def signature(choose: random.Random) -> str:
    """Some parameters."""
    names = list(NAMES)
    choose.shuffle(names)
    only, plain, named = choose.randint(0, 2), choose.randint(0, 2), choose.randint(0, 2)
    parts: list[str] = []
    defaults = choose.randint(0, only + plain)
    for number in range(only + plain):
        parts.append(
            names.pop()
            + (f"={choose.choice(['1', '(2, 3)', 'dict(x=1)'])}" if number >= only + plain - defaults else "")
        )
        if number == only - 1:
            parts.append("/")
    rest = choose.random() < 0.2
    named = min(named, len(names))
    if rest or named:
        parts.append("*rest" if rest else "*")
    parts += [names.pop() + ("=None" if choose.random() < 0.5 else "") for _ in range(named)]
    if choose.random() < 0.2:
        parts.append("**others")
    return ", ".join(parts)


def call(choose: random.Random) -> str:
    """Some arguments."""
    given = [str(choose.randint(0, 9)) for _ in range(choose.randint(0, 3))]
    given += [f"{name}=0" for name in choose.sample(NAMES, choose.randint(0, 2))]
    return ", ".join(given)


def lowered(text: str) -> tuple[syntax.Function, syntax.Call]:
    """The function and the call of a small file."""
    function, statement = lower(SourceFile("a.py", text.encode(), "python")).body[:2]
    assert isinstance(function, syntax.Function)
    assert isinstance(statement, syntax.Evaluate)
    assert isinstance(statement.value, syntax.Call)
    return function, statement.value


@pytest.mark.parametrize("seed", range(40))
def test_python_says_the_same(seed: int) -> None:
    choose = random.Random(seed)
    for _ in range(40):
        parameters, arguments = signature(choose), call(choose)
        text = f"def f({parameters}): pass\nf({arguments})\n"
        function, node = lowered(text)
        taken, given = taken_by(function, 0), given_by(node)
        told = refusal(taken, given)
        try:
            exec(text, {})
        except TypeError as error:
            assert told == str(error), text
        else:
            assert told is None, text
        data = text.encode()
        by_text = signature_at(Brackets(data), len("def f("))
        assert by_text is not None
        assert by_text[0]._replace(label="f()") == taken, text
        start = text.index("\nf(") + 3
        assert given_at(Brackets(data), start) == (given, len(text) - 1), text


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ("*rows", None),
        ("1, 2, 3, *rows", "f() takes 2 positional arguments but 3 were given"),
        ("**options", None),
        ("1, a=2, **options", "f() got multiple values for argument 'a'"),
        ("c=1, **options", "f() got an unexpected keyword argument 'c'"),
        ("*rows, b=2", None),
    ],
)
def test_what_stars_bring_is_open(arguments: str, refused: str | None) -> None:
    function, node = lowered(f"def f(a, b): pass\nf({arguments})\n")
    assert refusal(taken_by(function, 0), given_by(node)) == refused


def test_arguments_are_parted_where_python_parts_them() -> None:
    text = b"""f(a, "x, y)", # a comment, too
      lambda x, y: (x, y), {1: 2, 3: 4}, [i for i, j in z], key=lambda x=1: x, *rest) + 1"""
    read = given_at(Brackets(text), 2)
    assert read is not None
    assert read[0] == (5, ("key",), True, False)
    assert text[read[1] :] == b" + 1"
