"""PostgreSQL cannot tell the type of a parameter.

`could not determine data type of parameter $1`, 500 on each call: the server reads a statement before it knows the
values, and takes the type of a parameter from where it stands first. `$1 IS NULL` says nothing of a type, nor do
arguments of `concat`, `jsonb_build_object` and `count`. So does `WHERE ($1 IS NULL OR author = $1)`, which is meant to
leave a filter out. psycopg 3 sends each `%s` as a parameter of its own, a None or text without a type.

Cast it where it stands first: `$1::text IS NULL`, `concat($1::text, ...)`; or leave the condition out in the program.

asyncpg, pg and psycopg 3 send parameters; psycopg2 puts values into the text, and has no such errors.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Const, Facts, Problem, rule

from ._parameters import Use, parameters
from ._wordings import Written, place


@rule(Category.INCORRECT_QUERY_LOGIC)
def untyped_parameter(facts: Facts) -> Iterator[Problem]:
    """Yield each parameter whose type the server cannot tell."""
    for found, uses in parameters(facts):
        for name, own in uses.items():
            first = own[0]
            if first.how != "untyped" or has_type(found, first) or not is_sure(own):
                continue
            sign = f"${name}" if found.wording.driver != "psycopg" else "%s" if name.isdecimal() else f"%({name})s"
            yield Problem(
                place(facts, first.at, found.query.span),
                f"PostgreSQL cannot tell the type of `{sign}` here.",
                symptom="500: could not determine data type of parameter"
                + (f" ${name}" if found.wording.driver != "psycopg" else ""),
                remedy=f"Cast it: `{sign}::text`, or whatever its type is.",
            )


def is_sure(own: list[Use]) -> bool:
    """Whether nothing that the server reads before gives the parameter a type."""
    if all(use.how == "untyped" for use in own):
        return True
    clauses = {id(use.node.find_ancestor(exp.Where, exp.Having, exp.Join)) for use in own}
    return len(clauses) == 1 and own[0].node.find_ancestor(exp.Where) is not None


def has_type(found: Written, use: Use) -> bool:
    """Whether psycopg sends the value's type along."""
    if found.wording.driver != "psycopg":
        return False
    value = use.node.meta.get("value")
    given = found.statement.values[value] if isinstance(value, int) else None
    return given is None or (isinstance(given, Const) and given.value is not None and not isinstance(given.value, str))
