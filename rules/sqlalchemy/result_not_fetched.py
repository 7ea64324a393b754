"""What `execute` or `query` gives is used as if it were what it fetches.

`session.execute(...)` gives a result, `session.scalars(...)` one of single values, `session.query(User).filter(...)` a
query. None of them is a row, a list or a number, whatever it finds: `result.name` raises `AttributeError:
'ChunkedIteratorResult' object has no attribute 'name'`, `users[0]` and `len(users)` are TypeErrors, and so is `count >
0` where `count` is the result of `select(func.count())`. Each request that runs the line is answered with 500.

Fetch what it stands for: `.scalar_one()` for a number, `.scalar_one_or_none()` or `.first()` for one object, `.all()`
for a list.

Left alone are places where the value may be something else, query classes of the project's own, and what a `try` is
around.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import (
    ITERATOR,
    Category,
    Context,
    External,
    Facts,
    Native,
    Origin,
    Problem,
    Span,
    Value,
    is_test,
    regex,
    rule,
    syntax,
    taken_contexts,
)

from ._rows import RESULT, Result, is_holder

# What they have in any version of SQLAlchemy; a test holds them against the installed one.
OF_SCALARS = frozenset(
    """all close closed fetchall fetchmany first memoized_attribute memoized_instancemethod one one_or_none partitions
    raw unique yield_per""".split()
)
OF_RESULTS = OF_SCALARS | frozenset(
    """columns connection context cursor cursor_strategy dialect fetchone freeze inserted_primary_key
    inserted_primary_key_rows is_insert keys last_inserted_params last_updated_params lastrow_has_defaults lastrowid
    mappings merge postfetch_cols prefetch_cols returned_defaults returned_defaults_rows returns_rows rowcount scalar
    scalar_one scalar_one_or_none scalars splice_horizontally splice_vertically supports_sane_multi_rowcount
    supports_sane_rowcount t tuples""".split()
)
OF_QUERIES = frozenset(
    """add_column add_columns add_entity all allows_lambda apply_labels as_scalar autoflush column_descriptions
    correlate count cte delete dispatch distinct enable_assertions enable_eagerloads except_ except_all
    execution_options exists ext filter filter_by first first_or_404 from_self from_statement get get_children
    get_execution_options get_label_style get_or_404 group_by having instances intersect intersect_all is_delete is_dml
    is_from_statement is_insert is_select is_single_entity is_text is_update join label lazy_loaded_from limit
    load_options logger logging_name memoized_attribute memoized_instancemethod merge_result offset one one_or_404
    one_or_none only_return_tuples options order_by outerjoin paginate params populate_existing prefix_with
    reset_joinpoint scalar scalar_subquery select_entity_from select_from selectable session set_label_style slice
    statement subquery suffix_with supports_execution tuples union union_all update uses_inspection value values where
    whereclause with_entities with_for_update with_hint with_labels with_lockmode with_parent with_polymorphic
    with_session with_statement_hint with_transformation yield_per""".split()
)
QUERY = regex(
    r"sqlalchemy\.[\w.()]*[sS]ession[\w.()]*\.query"
    r"(?:\(\)\.(?:filter|filter_by|order_by|group_by|join|outerjoin|limit|offset|distinct|options|query))*"
)
OWN_QUERIES = regex(rb"query_c(?:ls|lass)\b|class \w+\([\w.]*\bQuery\b")
COUNTED = frozenset({"<", ">", "<=", ">="})
COMPUTING = frozenset({"+", "-", "*", "/", "//"})
SIZES = frozenset({"len", "int", "float", "round", "abs"})
ATTRIBUTE = "AttributeError: '{}' object has no attribute '{}'"


@rule(Category.DATABASE_RUNTIME_ERROR)
def result_not_fetched(facts: Facts) -> Iterator[Problem]:
    """Yield each use of a result or a query that only what it fetches takes."""
    seen: set[Span] = set()
    for found in (*read(facts), *used(facts)):
        if found.span not in seen:
            seen.add(found.span)
            yield found


def read(facts: Facts) -> Iterator[Problem]:
    """Attributes and items that are read of results."""
    for take in (*facts.calls.taken, *facts.calls_elsewhere.taken):
        holder = take.holder
        if not isinstance(holder, Result) or not take.alone or take.caught or is_test(take.span.path):
            continue
        by_exec = holder.made_by is not None and holder.made_by.name == "exec"
        if holder.single and by_exec and facts.entity_of(holder.value) is None:
            continue  # SQLModel gives rows where a list of columns, which run time knows, is of more than one
        name = "ScalarResult" if holder.single else "Result"
        key = take.key
        if take.item:
            if key != ITERATOR:
                yield problem(facts, take.span, name, f"TypeError: '{name}' object is not subscriptable")
        elif str(key) not in (OF_SCALARS if holder.single else OF_RESULTS) and not str(key).startswith("_"):
            yield problem(facts, take.span, name, ATTRIBUTE.format(name, key))


def used(facts: Facts) -> Iterator[Problem]:
    """Results and queries that are compared, computed with, or measured; attributes that are read of queries."""
    own = any(OWN_QUERIES.search(file.data) is not None for file in facts.project.files.values())
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if function.module.javascript or is_test(path):
            continue
        for node, context, _ in body.calls:
            kind = kind_of(facts.seen.targets.get(Origin(path, node.start, node.end), ()))
            if kind is None or (kind == "Query" and own):
                continue
            for use in taken_contexts(context):
                told = refused(kind, use)
                if told is not None:
                    yield problem(facts, facts.program.engine.span(Origin(path, *use.place)), kind, told)


def kind_of(targets: Iterable[Value]) -> str | None:
    """What a call surely gives: a result, one of single values, a query."""
    found = {kind_of_one(target) for target in targets}
    return found.pop() if len(found) == 1 else None


def kind_of_one(target: Value) -> str | None:
    """The same of one thing that is called."""
    if isinstance(target, Native) and getattr(target.holder, "path", None) == RESULT and target.name == "scalars":
        return "ScalarResult"
    if not isinstance(target, External):
        return None
    if is_holder(target.receiver):
        found = {"execute": "Result", "scalars": "ScalarResult"}.get(target.name)
        if found is not None:
            return found
    return "Query" if QUERY.fullmatch(target.path) else None


def refused(kind: str, use: Context) -> str | None:
    """What Python says of a use; None where it takes it."""
    if use.kind == "compared" and use.name in COUNTED:
        return f"TypeError: '{use.name}' not supported between instances of '{kind}' and 'int'"
    if use.kind == "tested" and isinstance(use.other, syntax.Const) and type(use.other.value) is int:
        return f"TypeError: Object of type {kind} is not JSON serializable"  # `result or 0` is the result
    if use.kind == "joined" and use.name in COMPUTING:
        return f"TypeError: unsupported operand type(s) for {use.name}: '{kind}' and 'int'"
    if use.kind == "given" and use.call is not None and isinstance(use.call.callee, syntax.Name):
        name = use.call.callee.id
        if name == "len":
            return f"TypeError: object of type '{kind}' has no len()"
        if name in SIZES and use.position == 0:
            return f"TypeError: {name}() argument must be a number, not '{kind}'"
    if kind == "Query" and use.kind == "read" and use.name and not use.called and not use.name.startswith("_"):
        return None if use.name in OF_QUERIES else ATTRIBUTE.format(kind, use.name)
    return None


def problem(facts: Facts, span: Span, kind: str, told: str) -> Problem:
    """The finding on a place."""
    what = {"Query": "a query", "ScalarResult": "a result of single values"}.get(kind, "a result")
    return Problem(
        span,
        f"This is {what}, which is not fetched, and is used as if it were",
        symptom=f"500: {told}",
        remedy="Fetch it: `.scalar_one()` gives a number, `.first()` one of what it finds, `.all()` a list",
        routes=facts.routes_at(span),
        identity=told,
    )
