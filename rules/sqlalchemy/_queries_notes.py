"""What is wrong with names and operators that statements are made of."""

from __future__ import annotations

from verifier.api import (
    Call,
    Defect,
    External,
    Field,
    Origin,
    Relationship,
    Term,
)

from ._queries_sources import Source
from ._queries_state import Lift


def python_operator(lift: Lift, value: Term, at: Origin) -> Defect:
    """What is wrong with it."""
    operator = value.operator
    wanted = {
        "is": "`.is_(...)` or `==`",
        "is not": "`.is_not(...)` or `!=`",
        "not": "`~` or `not_(...)`",
        "and": "`and_(...)` or `&`",
        "or": "`or_(...)` or `|`",
        "in": "`.in_(...)`",
        "not in": "`.not_in(...)`",
    }[operator]
    return Defect(
        "sqlalchemy/python-operator",
        lift.span(at),
        f"Python answers `{operator}` itself: the SQL does not get it",
        symptom=consequence(value),
        remedy=f"Write {wanted}",
    )


def consequence(value: Term) -> str:
    """What comes of it."""
    operator, first = value.operator, value.operands[0]
    plain = isinstance(first, Field | External)  # a column is true, `==` of two different things is not
    true = plain or (isinstance(first, Term) and first.operator == "!=")
    decided = plain or (isinstance(first, Term) and first.operator in ("==", "!="))
    if operator in ("is", "is not", "not in") or (operator == "in" and plain):
        return f"The condition is always {'true' if operator in ('is not', 'not in') else 'false'}"
    if operator in ("and", "or") and decided:
        return f"Only the {'first' if true is (operator == 'or') else 'second'} condition is in the SQL"
    if operator == "not" and decided:
        return f"The condition is always {'false' if true else 'true'}"
    return "NotImplementedError" if operator == "in" else "TypeError: Boolean value of this clause is not defined"


# Attributes that a relationship has itself.
OF_RELATIONSHIP = frozenset(
    "key parent info property prop expression type comparator class_ entity mapper adapter dispatch impl "
    "remote_side local_remote_pairs".split()
)


def column_of_relationship(lift: Lift, source: Source, found: Relationship, name: str, at: Origin) -> None:
    """Note an attribute that is read from a relationship as if that were the class which it leads to."""
    known = lift.schema.target(source.known, found) if source.known is not None else None
    if name in OF_RELATIONSHIP or known is None or source.known is None:
        return
    target = known.entity
    if target.column(name) is None and target.relationship(name) is None:
        return
    held = f"{source.known.entity.name}.{found.name}"
    lift.defects.append(
        Defect(
            "sqlalchemy/relationship-misused",
            lift.span(at),
            f"`{held}` is a relationship, and has no `{name}`: the column is that of `{target.name}`",
            symptom="AttributeError: Neither 'InstrumentedAttribute' object nor 'Comparator' object associated with "
            f"{held} has an attribute '{name}'",
            remedy=f"Write `{held}.{'any' if found.many else 'has'}({target.name}.{name} == ...)`, or join it",
            related=((found.span, "The relationship is declared here"),),
        )
    )


def sqlite_prefix(lift: Lift, word: str, call: Call) -> None:
    """Note ``OR IGNORE`` in an INSERT of PostgreSQL."""
    lift.defects.append(
        Defect(
            "sqlalchemy/prefix-not-in-dialect",
            call.span,
            f"PostgreSQL has no INSERT OR {word}, and the statement is PostgreSQL's",
            symptom='syntax error at or near "OR"',
            remedy="Write `.on_conflict_do_nothing()`" if word == "IGNORE" else "Write `.on_conflict_do_update(...)`",
        )
    )


def missing_column(lift: Lift, source: Source, name: str, at: Origin | None) -> None:
    """Note a column that a table, an alias or a subquery does not have."""
    if at is None:
        return
    noun = source.table or (source.known.entity if source.known is not None else None)
    related = ((noun.span, f"`{source.title}` is declared here"),) if noun is not None else ()
    lift.defects.append(
        Defect(
            "sqlalchemy/unknown-column",
            lift.span(at),
            f"`{source.title}` has no column `{name}`",
            symptom=f"AttributeError: {name}",
            remedy=nearest(name, columns_of(source)),
            related=related,
        )
    )


def missing_attribute(lift: Lift, source: Source, name: str, at: Origin | None) -> None:
    """Note an attribute that an alias does not have, because its class does not."""
    known = source.known
    if at is None or known is None or name.startswith("_"):
        return
    lift.defects.append(
        Defect(
            "sqlalchemy/unknown-column",
            lift.span(at),
            f"`{known.entity.name}` has no attribute `{name}`",
            symptom=f"AttributeError: '{known.entity.name}' has no attribute '{name}'",
            remedy=nearest(name, [column.attribute for column in known.entity.columns]),
            related=((known.entity.span, f"`{known.entity.name}` is declared here"),),
        )
    )


def columns_of(source: Source) -> list[str]:
    """The columns of a source, as code knows them."""
    if source.known is not None:
        return [column.name for column in source.known.entity.columns]
    if source.table is not None:
        return [column.attribute for column in source.table.columns]
    return list(source.names or ())


def nearest(name: str, known: list[str]) -> str:
    """What may be meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1, 0.6)
    return f"Did you mean `{close[0]}`?" if close else ""
