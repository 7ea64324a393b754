"""Names that loops leave behind."""

from __future__ import annotations

import pytest

from tests.evaluate.test_builtins_javascript import engine_of
from verifier.evaluate.values import Const, options


@pytest.mark.parametrize(
    ("loop", "given"),
    [
        ("while (true) { if (asked[2]) { result = 1; break } result = 2 }", {0, 1, 2}),
        ("while (true) { try { result = 1; break } catch (error) { result = 2 } }", {0, 1, 2}),
        ("for (const one of [1, 2]) { if (asked[one]) { result = one; break } }", {0, 1, 2}),
        ("for (const one of [1, 2]) { result = one; break }", {1}),
        ("while (true) { switch (asked[2]) { case 'a': result = 1; break; default: result = 2 } break }", {0, 1, 2}),
        ("for (const one of [1, 2]) { for (const two of asked) { if (two) { result = 3; break } } }", {0, 3}),
    ],
)
def test_what_an_arm_sets_that_leaves_the_loop(loop: str, given: set[int]) -> None:
    engine = engine_of(f"const asked = process.argv; let result = 0;\n{loop}")
    found = engine.force(engine.table.state("file.js").scope.names["result"])
    assert {option.value for option in options(found) if isinstance(option, Const)} == given
