"""The arms of branches in which calls are made, where run time decides between them."""

from __future__ import annotations

import pytest

from tests.evaluate.test_builtins_javascript import engine_of
from verifier.evaluate.values import Choice, Const, Instance, options


def ways_of(text: str) -> list[list[tuple[str, int]]]:
    """Of each form of ``result``, the tests and arms around the call that made it."""
    source = f'import {{ make }} from "library"; const asked = process.argv;\n{text}'
    engine = engine_of(source)
    found = engine.force(engine.table.state("file.js").scope.names["result"])
    return [
        [(source.encode()[way.test.start : way.test.end].decode(), way.arm) for way in option.made_by.ways]
        for option in options(found)
        if isinstance(option, Instance) and option.made_by is not None
    ]


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("let result = make()", [[]]),
        ("let result = make.a(); if (asked[2]) result = make.b()", [[("asked[2]", 0)], []]),
        (
            "let result; if (asked[2]) { result = make.a() } else { result = make.b() }",
            [[("asked[2]", 0)], [("asked[2]", 1)]],
        ),
        ("let result; if (true) result = make()", [[]]),
        ("const result = asked[2] ? make.a() : make.b()", [[("asked[2]", 0)], [("asked[2]", 1)]]),
        ("const result = asked[2] && make()", [[("asked[2]", 0)]]),
        ("const result = asked[2] || make()", [[("asked[2]", 1)]]),
        ("let result; if (asked[2]) { if (asked[3]) result = make() }", [[("asked[2]", 0), ("asked[3]", 0)]]),
        ("let result; if (asked[2]) { make.a() } result = make.b()", [[]]),
    ],
)
def test_ways(text: str, ways: list[list[tuple[str, int]]]) -> None:
    assert ways_of(text) == ways


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("const [first, result] = asked[2] ? ['a', 'b'] : ['c', 'd']", {"b", "d"}),
        ("const [first, result] = asked[2] ? ['a', 'b'] : ['c', null]", {"b", None}),
        ("const [result, second] = asked[2] ? ['a', 'b'] : ['a', 'd']", {"a"}),
    ],
)
def test_lists_of_one_length_are_taken_apart_place_by_place(text: str, given: set[str | None]) -> None:
    engine = engine_of(f"const asked = process.argv;\n{text}")
    found = engine.force(engine.table.state("file.js").scope.names["result"])
    assert {option.value for option in options(found) if isinstance(option, Const)} == given


def test_names_know_which_arm_left_them() -> None:
    source = "const asked = process.argv; let result; if (asked[2]) { result = 1 } else { result = 2 }"
    engine = engine_of(source)
    found = engine.force(engine.table.state("file.js").scope.names["result"])
    assert isinstance(found, Choice)
    assert [[way.arm for way in found.ways_of(option)] for option in found.options] == [[0], [1]]
