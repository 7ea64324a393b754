"""Which rows, and how many: limits, pages without an order, writes without a condition, and comparison with NULL."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.hold.faults import Fault, declared_at
from verifier.hold.scopes import Scopes, is_aggregate
from verifier.lift.pieces import holes_in
from verifier.regex import regex

NUMBER = regex(r"\s*[+-]?\d+(?:\.\d*)?\s*")
LISTING = frozenset({"from", "order", "options", "with", "limit", "columns", "group"})


def limit_faults(names: Scopes, tree: exp.Expression, *, sent: bool) -> Iterator[Fault]:
    """What is wrong with limits, pages and unbounded writes."""
    for level in names.levels:
        node = level.node
        for name in ("limit", "offset"):
            value = node.args[name].args.get("expression") if node.args.get(name) is not None else None
            if value is not None and (value.is_string or is_text_cast(value)):
                yield from text_limit(names, value)
        if isinstance(node, exp.Select) and sent:
            yield from unordered_page(names, node, tree)
    if isinstance(tree, exp.Update | exp.Delete) and sent:
        yield from unbounded(names, tree)


def is_text_cast(node: exp.Expression) -> bool:
    """Whether a value is made a text."""
    to = node.args.get("to") if isinstance(node, exp.Cast) else None
    return isinstance(to, exp.DataType) and to.this in exp.DataType.TEXT_TYPES


def text_limit(names: Scopes, value: exp.Expression) -> Iterator[Fault]:
    """A text where a number of rows must stand."""
    if value.is_string and NUMBER.fullmatch(value.name):
        return
    if isinstance(value, exp.Cast) and not names.postgres:
        return
    shown = value.name if value.is_string else ""
    if not names.postgres:
        said = "datatype mismatch"
    elif value.is_string:
        said = f'invalid input syntax for type bigint: "{shown}"'
    else:
        said = "argument of LIMIT must be type bigint, not type text"
    yield Fault("text-limit", value, "a number of rows is given as a text", said, "Give a number")


def unordered_page(names: Scopes, node: exp.Select, tree: exp.Expression) -> Iterator[Fault]:
    """A part of the rows, without an order that says which."""
    args = node.args
    limit, offset = args.get("limit"), args.get("offset")
    if limit is None or offset is None or args.get("order") is not None or names.open & LISTING:
        return
    first = offset.args.get("expression")
    if first is None or (isinstance(first, exp.Literal) and first.name == "0") or args.get("from_") is None:
        return
    if not names.trusted and tree.find(exp.Order) is not None:
        return  # a mapper orders what it wraps in its own way
    whole = isinstance(args["from_"].this, exp.Subquery) and args["from_"].this.find(exp.Order) is not None
    alone = args.get("group") is None and any(is_aggregate(projection) for projection in node.expressions)
    if whole or alone or next(holes_in(node), None) is not None or isinstance(node.parent, exp.Exists):
        return
    if isinstance(args["from_"].this, exp.Table) and args["from_"].this.name.lower() in {
        cte.alias.lower() for cte in tree.find_all(exp.CTE)
    }:
        return
    yield Fault(
        "unordered-page",
        offset,
        "a page of rows is taken without ORDER BY, and the database may give them in another order each time",
        "Rows come twice, or never, from one page to the next",
        "Order by something that no two rows share, such as the time and the id",
    )


def unbounded(names: Scopes, node: exp.Update | exp.Delete) -> Iterator[Fault]:
    """A write of all rows."""
    if node.args.get("where") is not None or names.open & {"where", "from", "options", "with"}:
        return
    if node.args.get("from_") is not None or node.args.get("using") or node.args.get("limit"):
        return
    target = node.this
    if not isinstance(target, exp.Table) or next(holes_in(node), None) is not None or target.args.get("joins"):
        return
    word = "deletes" if isinstance(node, exp.Delete) else "changes"
    relation = names.schema.find(target.name)
    yield Fault(
        "unbounded-write",
        target,
        f"this {word} every row of `{target.name}`: it has no WHERE",
        f"Every row of `{target.name}` is {'gone' if isinstance(node, exp.Delete) else 'changed'}, those of others too",
        "Say in WHERE which rows are meant",
        declared_at(relation),
    )


def null_faults(tree: exp.Expression) -> Iterator[Fault]:
    """Comparisons with NULL, which hold for no row."""
    for node in tree.find_all(exp.EQ, exp.NEQ):
        if any(isinstance(side, exp.Null) and "value" not in side.meta for side in (node.left, node.right)):
            if isinstance(node.parent, exp.Update | exp.OnConflict | exp.When):
                continue
            negated = isinstance(node, exp.NEQ)
            yield Fault(
                "null-comparison",
                node,
                f"a comparison with NULL by `{'<>' if negated else '='}` holds for no row",
                "No row is ever found",
                f"Write `IS {'NOT ' if negated else ''}NULL`",
            )
