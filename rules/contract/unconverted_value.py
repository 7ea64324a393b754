"""A value goes from the database into JSON with another type than the contract's.

SQLite has no truth values: `EXISTS (...)`, a comparison and a BOOLEAN column give 0 and 1, and its drivers hand them
on. PostgreSQL counts in 64 bits, which JavaScript's numbers do not hold, so `pg` gives `COUNT(*)` as a text. The
answer says `"favorited": 1` or `"commentsCount": "2"` where the contract says boolean and integer, and clients that
compare with `true` or add to it are wrong.

Convert it where the row is shown (`Boolean(row.favorited)`, `bool(row["favorited"])`, `Number(row.commentsCount)`), or
in the statement (`COUNT(*)::int`).

Where a value of that name is converted, compared or checked anywhere, or the framework serializes by a schema, this
rule is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Confidence, Facts, Problem, Query, Severity, bare, is_test, regex, rule

SQLITE = regex(r"(?:sqlite3|sqlite|better-sqlite3|aiosqlite|node:sqlite)\b.*")
POSTGRES = regex(r"(?:pg|pg-pool|postgres)\b.*")
TRUTHS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Exists, exp.In, exp.And, exp.Or, exp.Not, exp.Is)
# What makes JSON of rows as they are.
WHOLE = regex(rb"\.\.\.\s*\w*row\w*|dict\(\s*\w*row\w*|\bjson\(|jsonify\(|json_response\(|JsonResponse\(|\.body\s*=")
SERIALIZING = regex(rb"\bresponse\s*:\s*\{|setTypeParser|fast-json-stringify|response_model|pydantic|marshmallow")


@rule(Category.SCHEMA_FORMAT_ERROR, Severity.ERROR, confidence=Confidence.MEDIUM, constraint="contract")
def unconverted_value(facts: Facts) -> Iterator[Problem]:
    """Yield each value of a statement that reaches JSON with another type than that of the contract."""
    assert facts.contract is not None
    sources = [source for path, source in facts.project.files.items() if not is_test(path)]
    if any(SERIALIZING.search(source.data) for source in sources):
        return
    whole = any(WHOLE.search(source.data) for source in sources)
    seen: set[tuple[object, str]] = set()
    for query in facts.queries.queries:
        for name, node, wanted in values_of(facts, query):
            span = query.site.span if query.site is not None else query.span
            at = node.meta.get("at")
            if at is not None and at.path in facts.project.files:
                span = facts.program.engine.span(at)
            if (span, name) in seen or not whole:
                continue
            seen.add((span, name))
            if any(converted(source.data, name, wanted) for source in sources):
                continue
            shown, example = ("0 or 1", "1") if wanted == "boolean" else ("a text", '"2"')
            yield Problem(
                span,
                f"`{name}` is {shown} in the answer, and the contract says {wanted}",
                symptom=f'"{name}": {example} where clients expect {wanted}',
                remedy=f"Convert it where the row is shown (`{'Boolean' if wanted == 'boolean' else 'Number'}(...)`)",
                identity=name,
            )


def values_of(facts: Facts, query: Query) -> Iterator[tuple[str, exp.Expression, str]]:
    """What a statement selects that the driver gives in another type than the contract's: name, place, wanted type."""
    assert facts.contract is not None
    library = query.site.library if query.site is not None else ""
    sqlite, postgres = SQLITE.fullmatch(library), POSTGRES.fullmatch(library)
    if query.origin != "sql" or not (sqlite or postgres):
        return
    named = {bare(name): types for name, types in facts.contract.types.items()}
    for statement in query.statements:
        tree = statement.tree
        if not isinstance(tree, exp.Select):
            continue
        for part in tree.expressions:
            name, value = part.alias_or_name, part.unalias()
            types = facts.contract.types.get(name) or named.get(bare(name), frozenset())
            if sqlite and types == {"boolean"} and is_truth(facts, tree, value):
                yield name, alias_node(part), "boolean"
            elif postgres and types and types <= {"integer", "number"} and is_count(value):
                yield name, alias_node(part), "integer"


def alias_node(part: exp.Expression) -> exp.Expression:
    """The name that a part of a select list has."""
    alias = part.args.get("alias")
    return alias if isinstance(alias, exp.Expression) else part.this if isinstance(part, exp.Column) else part


def is_truth(facts: Facts, select: exp.Select, value: exp.Expression) -> bool:
    """Whether SQLite gives 0 or 1 for an expression."""
    while isinstance(value, exp.Paren):
        value = value.this
    if isinstance(value, TRUTHS):
        return True
    if isinstance(value, exp.Case):
        given = [one.args["true"] for one in value.args["ifs"]] + [value.args.get("default")]
        return all(isinstance(one, exp.Literal) and one.name in ("0", "1") for one in given)
    if not isinstance(value, exp.Column):
        return False
    tables = {table.alias_or_name: table.name for table in select.find_all(exp.Table)}
    own = [tables.get(value.table)] if value.table else list(tables.values())
    columns = [
        column
        for table in facts.models.tables
        if table.name in own
        for column in table.columns
        if column.name == value.name
    ]
    return bool(columns) and all(column.type.kind == "boolean" for column in columns)


def is_count(value: exp.Expression) -> bool:
    """Whether an expression counts in 64 bits."""
    while isinstance(value, exp.Paren | exp.Subquery | exp.Coalesce):
        value = value.this
    if isinstance(value, exp.Select):
        return len(value.expressions) == 1 and is_count(value.expressions[0].unalias())
    return isinstance(value, exp.Count)


def converted(data: bytes, name: str, wanted: str) -> bool:
    """Whether some code converts, compares or checks a value of a name."""
    word = re.escape(name.encode())
    if name.encode() not in data:
        return False
    makers = rb"!!|Boolean\(|bool\(" if wanted == "boolean" else rb"Number\(|parseInt\(|int\(|BigInt\(|\+\s*\w+\."
    found = re.search(
        rb"(?:%s)[^;\n]{0,40}\b%s\b|[.\"'\]]%s[\"'\]]*\s*(?:===?|!==?|>|\?(?!\.)|is not|==)"
        rb"|\b%s\b\s*:\s*(?:z|Type|Joi|S)\b"
        rb"|\b(?:map|for)\b[^;]{0,80}!!|\b%s[\"']?\s*:\s*(?:!|[\w.]+\s*(?:===?|>))" % (makers, *(word,) * 4),
        data,
    )
    return found is not None
