"""A column holds numbers, and the contract says text.

What a request brings under this name is text by the contract, and the column of that name takes none: PostgreSQL says
`invalid input syntax for type integer: "..."` and the request is answered with 500. SQLite keeps the text all the same,
so that tests on it do not show it.

Declare the column as text (`DataTypes.TEXT`, `Text`, `TextField()`), or let the contract say `integer`.

Keys are left alone, since many programs show numbers of rows as text, and so is text of which the contract names the
values (`enum`) or the form (`format`). The rule looks at projects that are made for PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Column, Confidence, Facts, Problem, Severity, bare, is_test, rule

NUMBERS = frozenset({"smallint", "integer", "bigint", "float", "numeric"})


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING, confidence=Confidence.MEDIUM, constraint="contract")
def number_for_text(facts: Facts) -> Iterator[Problem]:
    """Yield each column of numbers that has the name of what the contract says is text."""
    assert facts.contract is not None
    if "postgresql" not in facts.dialects and "postgres" not in facts.further_dialects:
        return
    types: dict[str, set[str]] = {}
    for name, kinds in facts.contract.types.items():
        types.setdefault(bare(name), set()).update(kinds)
    for entity in facts.models.entities:
        if is_test(entity.span.path):
            continue
        for column in entity.columns:
            if types.get(bare(column.attribute)) != {"string"} or not holds_numbers(column):
                continue
            yield Problem(
                column.span,
                f"`{entity.name}.{column.attribute}` holds numbers, and the contract says that it is text",
                symptom='500: invalid input syntax for type integer: "..." where a request brings text',
                remedy="Declare the column as text",
                identity=f"{entity.name} {column.attribute}",
            )


def holds_numbers(column: Column) -> bool:
    """Whether a column surely takes numbers only, and is no key."""
    return (
        column.known
        and column.type.kind in NUMBERS
        and not column.type.varies
        and not column.primary_key
        and not column.references
        and not column.autoincrement
    )
