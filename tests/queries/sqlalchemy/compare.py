"""Holds a statement that we lifted against the SQL that the library makes: what is written in two ways is made one."""

from __future__ import annotations

from typing import Any

from sqlglot import exp, parse_one

DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite"}


def canonical(tree: exp.Expr, defaults: frozenset[str] = frozenset()) -> str:
    """A statement as text in which the order of conditions, the names of aliases and the like do not matter.

    ``defaults``: columns that the library fills in by itself.
    """
    tree = tree.copy()
    if isinstance(tree, exp.Insert | exp.Update):
        tree = without(tree, defaults)
    for column in tree.find_all(exp.Column):
        column.set("db", None)
    tree = tree.transform(simpler)
    rename(tree)
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("quoted", False)
    tree = tree.transform(sorted_equal)
    tree = tree.transform(sorted_sides)
    for select in tree.find_all(exp.Select):
        select.set("expressions", sorted((unlabelled(one) for one in select.expressions), key=lambda one: one.sql()))
        head = select.args.get("from_")
        joins = select.args.get("joins") or []
        commas = [one for one in joins if not one.args.get("on") and not one.side and not one.kind]
        if head is not None and commas:
            tables = sorted([head.this, *(one.this for one in commas)], key=lambda one: one.sql())
            select.set("from_", exp.From(this=tables[0]))
            rest = [exp.Join(this=one) for one in tables[1:]]
            select.set("joins", [*rest, *(one for one in joins if not any(one is other for other in commas))])
    text: str = tree.sql(dialect="postgres", normalize=True)
    return text


def unlabelled(node: exp.Expr) -> exp.Expr:
    inner: exp.Expr = node.this if isinstance(node, exp.Alias) else node
    return inner


def simpler(node: exp.Expr) -> Any:
    """One of several ways to write a thing."""
    if isinstance(node, exp.Identifier):
        return exp.Identifier(this=node.name.lower(), quoted=False)
    if isinstance(node, exp.Paren):
        return node.this
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return exp.Placeholder(this="p")
    if isinstance(node, exp.Boolean):
        return exp.Literal.number(1 if node.this else 0)
    if isinstance(node, exp.Ordered):
        return exp.Ordered(this=node.this, desc=bool(node.args.get("desc")), nulls_first=node.args.get("nulls_first"))
    if isinstance(node, exp.Like) and isinstance(node.this, exp.Lower) and isinstance(node.expression, exp.Lower):
        return exp.ILike(this=node.this.this, expression=node.expression.this)
    if isinstance(node, exp.Like | exp.ILike) and node.args.get("negate"):
        return exp.Not(this=type(node)(this=node.this, expression=node.expression))
    if isinstance(node, exp.Is | exp.NullSafeEQ) and isinstance(node.expression, exp.Literal | exp.Boolean):
        found: exp.Expr = exp.EQ(this=node.this, expression=node.expression)
        if isinstance(node.expression, exp.Boolean):
            found.set("expression", exp.Literal.number(int(node.expression.this)))
        return exp.Not(this=found) if node.args.get("negate") else found
    if isinstance(node, exp.Values) and isinstance(node.parent, exp.In | exp.Tuple):
        return exp.Tuple(expressions=node.expressions)
    if isinstance(node, exp.Is) and node.args.get("negate"):
        return exp.Not(this=exp.Is(this=node.this, expression=node.expression))
    if isinstance(node, exp.Offset) and isinstance(node.expression, exp.Literal) and node.expression.this == "0":
        return None
    if isinstance(node, exp.DataType) and node.is_type("text", "varchar", "nvarchar") and not node.expressions:
        return exp.DataType.build("text")
    if isinstance(node, exp.Join):
        if node.side and node.kind == "OUTER":
            node.set("kind", None)
        if node.kind == "INNER":
            node.set("kind", None)
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select | exp.SetOperation) and not node.alias:
        parent = node.parent
        if isinstance(parent, exp.SetOperation):
            return node.this
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        return node.this  # what a value is cast to for a driver
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return exp.Literal.number(f"-{node.this.this}")
    if isinstance(node, exp.Distinct) and not node.expressions and node.args.get("on") is None:
        return exp.Distinct()
    return node


def sorted_equal(node: exp.Expr) -> exp.Expr:
    """Sides of a comparison in one order; truth values by themselves."""
    if isinstance(node, exp.EQ | exp.NEQ):
        for one, other in ((node.this, node.expression), (node.expression, node.this)):
            number = isinstance(other, exp.Literal) and not other.is_string and other.this in ("0", "1")
            if number and isinstance(one, exp.Column | exp.In | exp.Exists):
                positive = (other.this == "1") is isinstance(node, exp.EQ)
                return one if positive else exp.Not(this=one)
        left, right = sorted((node.this, node.expression), key=lambda one: one.sql())
        return type(node)(this=left, expression=right)
    return node


def sorted_sides(node: exp.Expr) -> exp.Expr:
    """Conditions in one order."""
    if isinstance(node, exp.And | exp.Or) and not isinstance(node.parent, type(node)):
        parts = sorted((part.copy() for part in node.flatten()), key=lambda one: one.sql())
        made = parts[0]
        for part in parts[1:]:
            made = type(node)(this=made, expression=part)
        return made
    if isinstance(node, exp.In) and len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Tuple):
        inner = node.expressions[0].expressions
        if inner and all(isinstance(one, exp.Tuple) for one in inner):
            node.set("expressions", inner)
    if isinstance(node, exp.In) and node.expressions:
        node.set("expressions", sorted(node.expressions, key=lambda one: one.sql()))
    return node


def rename(tree: exp.Expr) -> None:
    """Give aliases that the library numbers names by what they stand for."""
    names: dict[str, str] = {}
    for node in tree.find_all(exp.Table, exp.Subquery, exp.CTE, exp.Lateral):
        alias = node.alias
        if alias and alias[-1:].isdigit() and alias not in names:
            base = node.name if isinstance(node, exp.Table) else "anon"
            names[alias] = f"{base}__{sum(1 for one in names.values() if one.startswith(f'{base}__')) + 1}"
    for identifier in tree.find_all(exp.Identifier):
        if identifier.name in names and (
            isinstance(identifier.parent, exp.TableAlias) or identifier.arg_key == "table" or is_cte(identifier)
        ):
            identifier.set("this", names[identifier.name])


def is_cte(identifier: exp.Expr) -> bool:
    return isinstance(identifier.parent, exp.Table) and identifier.arg_key == "this"


def without(tree: exp.Expr, defaults: frozenset[str]) -> exp.Expr:
    """A statement that writes, without the columns that the library adds, and without what it asks back by itself."""
    returning = tree.args.get("returning")
    if returning is not None:
        names = sorted(one.name for one in returning.expressions)
        tree.set("returning", exp.Returning(expressions=[exp.column(name) for name in names]))
    if isinstance(tree, exp.Update):
        kept = [one for one in tree.expressions if one.this.name not in defaults]
        named = sorted(kept, key=lambda one: one.this.name)
        tree.set("expressions", [exp.PropertyEQ(this=one.this, expression=one.expression) for one in named])
        return tree
    into = tree.this
    if isinstance(into, exp.Schema):
        places = [number for number, one in enumerate(into.expressions) if one.name not in defaults]
        places.sort(key=lambda number: into.expressions[number].name)
        into.set("expressions", [into.expressions[number] for number in places])
        rows = tree.expression
        if isinstance(rows, exp.Values):
            for row in rows.expressions:
                row.set("expressions", [row.expressions[number] for number in places])
        if isinstance(rows, exp.Select):
            rows.set("expressions", [rows.expressions[number] for number in places])
    return tree


def parsed(text: str, dialect: str) -> exp.Expr:
    return parse_one(text, dialect=DIALECTS[dialect])


def ours(tree: exp.Expr, dialect: str) -> exp.Expr:
    """Our tree, written and read again as any other SQL."""
    tree = tree.copy()
    for node in tree.find_all(exp.Ordered):
        if "nulls" not in node.meta:
            node.set("nulls_first", bool(node.args.get("desc")) is (dialect == "postgresql"))
    return parse_one(tree.sql(dialect=DIALECTS[dialect]), dialect=DIALECTS[dialect])
