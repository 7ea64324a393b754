"""Values of different types are compared or stored, which PostgreSQL does not do.

`operator does not exist: integer = character varying`, `operator does not exist: boolean = integer` for `active = 1`,
`invalid input syntax for type integer: "abc"`, `column "active" is of type boolean but expression is of type integer`.
SQLite takes all of it, finds no row where a text is compared with a number, and keeps what it is given.

Compare what belongs together (an id with an id, a slug with a slug), write `true` and `false`, or cast one side.

The rule is silent about columns that run time names (`getattr(model, name)`): code that does so asks for their type, or
is given names of columns that fit.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, regex, rule

NAMED_LATER = regex(r"\bgetattr\(\s*[\w.]+\s*,\s*(?![\"'\s])")
BOUND_LATER = regex(r"\b(\w+)\s*(?::[^=\n]+)?=\s*getattr\(\s*[\w.]+\s*,\s*(?![\"'\s])")
WORD = regex(r"(?<![\w.])([A-Za-z_]\w*)")


@rule(Category.INCORRECT_QUERY_LOGIC)
def type_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each value of another type."""
    for problem in facts.faults.get("sql/type-mismatch", ()):
        if not is_of_any_column(facts, problem):
            yield problem


def is_of_any_column(facts: Facts, problem: Problem) -> bool:
    """Whether Python takes the column from a class by a name that only run time knows."""
    source = facts.project.files.get(problem.span.path)
    if source is None or source.language != "python" or b"getattr(" not in source.data:
        return False
    place = problem.span
    lines = [source.line(number) for number in range(place.line, (place.end_line or place.line) + 1)]
    lines[-1] = lines[-1][: place.end_column - 1] if place.end_column else lines[-1]
    text = "\n".join(lines)[place.column - 1 :]
    chosen = set(BOUND_LATER.findall(source.text))
    return NAMED_LATER.search(text) is not None or not chosen.isdisjoint(WORD.findall(text))
