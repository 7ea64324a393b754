"""What a lookup found is used, and nothing checks whether it found anything.

A request may name in its path what does not exist: `GET /concerts/none-of-these`. The lookup then gives `None` or
`null`, and the next line that reads an attribute of it fails: `AttributeError: 'NoneType' object has no attribute
'id'`, `TypeError: Cannot read properties of null (reading 'id')`. The client gets 500 where 404 belongs.

Check what was found before it is used, and answer 404: `if concert is None: raise NotFound`.

The rule follows lookups by parameters of the path through the functions that return what they found, helpers with a
flag among them (`query_db(query, args, one=True)`). Any test of the variable, a `?.`, a helper that is handed it
before, and a `try` that deals with the error keep it silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Confidence, Facts, Problem, Related, Severity, Span, regex, rule, unchecked

# Calls of libraries that give nothing where they find nothing.
LOOKUPS = regex(
    r"(?:sqlalchemy|flask_sqlalchemy|sqlmodel)\..*\.(?:scalar|scalar_one_or_none|one_or_none|first|get|fetchone)"
    r"|\(\)\.(?:first|one_or_none|scalar_one_or_none|scalar|fetchone)"
    r"|django\.db\..*\.a?first"
    r"|sequelize(?:-typescript)?\..*\.(?:findOne|findByPk)"
    r"|@prisma/client\..*\.(?:findUnique|findFirst)"
    r"|typeorm\..*\.(?:findOne|findOneBy)"
    r"|mongoose\..*\.(?:findOne|findById)"
    r"|.*\.fetchone"
    r"|(?:better-sqlite3|(?:node:)?sqlite\.DatabaseSync).*\.prepare\(\)\.get|sqlite\.open\(\)\.get"
    r"|asyncpg\..*\.fetchrow|knex\..*\.first"
)


@rule(Category.BUSINESS_LOGIC_DEFECT, Severity.WARNING, confidence=Confidence.MEDIUM)
def unchecked_lookup(facts: Facts) -> Iterator[Problem]:
    """Yield each use of what a lookup by a parameter of the path may not have found."""
    for one in unchecked(facts, LOOKUPS):
        if always_gives(facts, one.lookup):
            continue
        nothing = "None" if one.python else "null"
        error = (
            "AttributeError: 'NoneType' object has no attribute ..."
            if one.python
            else "TypeError: Cannot read properties of null"
        )
        yield Problem(
            one.span,
            f"What was looked up by `{one.key}` is used without a check: it may be `{nothing}`",
            related=(Related(one.lookup, "the lookup is made here"),),
            symptom=f"500 instead of 404: {error}",
            remedy="Answer 404 where nothing was found",
            routes=one.routes,
        )


def always_gives(facts: Facts, lookup: Span) -> bool:
    """Whether a lookup gives a row whatever there is: a count, a sum, or whether something exists."""
    inside = [
        query
        for query in facts.queries.queries
        if query.site is not None
        and query.site.span.path == lookup.path
        and lookup.line <= query.site.span.line <= lookup.end_line
    ]
    return any(is_one_row(form.tree) for query in inside for form in query.statements)


def is_one_row(tree: exp.Expr) -> bool:
    """Whether a statement gives exactly one row."""
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None or tree.args.get("having") is not None:
        return False
    return tree.args.get("from_") is None or any(part.find(exp.AggFunc) is not None for part in tree.expressions)
