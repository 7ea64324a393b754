"""What Django itself makes of the functions of a project, printed by a process of its own, and both in one form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from tests.frameworks.harness import facts_of

Node = Any  # of sqlglot

SCRIPT = """
import contextlib, importlib, inspect, json, sys
import django
django.setup()
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.query import RawQuerySet
from django.test.utils import CaptureQueriesContext

def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


if "--sqlite" in sys.argv:
    call_command("migrate", run_syncdb=True, verbosity=0)
else:  # no server is asked: what is built is compiled alone
    transaction.atomic = contextlib.nullcontext
    transaction.set_rollback = lambda _: None
    connection.ensure_connection = connection.connect = lambda: None
found = {}
for name in sys.argv[2:]:
    module = importlib.import_module(name)
    for key, function in list(vars(module).items()):
        if not inspect.isfunction(function) or function.__module__ != name or key.startswith("_"):
            continue
        with transaction.atomic():
            seed = getattr(module, "_seed", None)
            arguments = [seed(parameter) for parameter in inspect.signature(function).parameters] if seed else []
            with CaptureQueriesContext(connection) if "--sqlite" in sys.argv else contextlib.nullcontext() as captured:
                try:
                    result = function(*arguments)
                except Exception as error:
                    result = None
                    failed = f"{type(error).__name__}: {error}"
                else:
                    failed = ""
            sent = [query["sql"] for query in captured.captured_queries] if captured else []
            sent = [sql for sql in sent if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN"))]
            if isinstance(result, models.QuerySet):
                try:
                    sql, params = result.query.sql_with_params()
                    sent = [sql % tuple(literal(value) for value in params)]
                except EmptyResultSet:
                    sent = ["<nothing>"]
                except Exception as error:
                    failed = f"{type(error).__name__}: {error}"
            found[key] = {"sent": sent, "failed": failed}
            transaction.set_rollback(True)
print(json.dumps(found))
"""


def django_says(folder: Path, *modules: str, database: str = "sqlite") -> dict[str, Any]:
    """The statements of each function, by name."""
    base = {**os.environ, "PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": "settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, f"--{database}", *modules],
        cwd=folder,
        env=base,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def we_say(folder: Path) -> dict[str, list[Any]]:
    """The same as Buttress lifts it: the queries of each function."""
    found: dict[str, list[Any]] = {}
    for query in facts_of(folder).queries.queries:
        if query.function is not None:
            found.setdefault(query.function.name, []).append(query)
    return found


# One form for both


def form(tree: Node) -> str:
    """A statement in a form in which only what it asks counts."""
    tree = tree.copy()
    for name in ("schema", "db"):
        for table in tree.find_all(exp.Table):
            table.set(name, None)
    return json.dumps(shape(tree, []), sort_keys=True)


def parsed(sql: str, dialect: str) -> Node:
    """SQL of Django as a tree."""
    return sqlglot.parse_one(sql, dialect=dialect)


Scope = dict[str, str]


def shape(tree: Node, scopes: list[Scope]) -> Any:
    """A SELECT or another statement as plain data."""
    if tree is None:
        return None
    if isinstance(tree, exp.Subquery | exp.Paren):
        return shape(tree.this, scopes)
    if isinstance(tree, exp.SetOperation):
        parts = [shape(tree.left, scopes), shape(tree.right, scopes)]
        kind = type(tree).__name__
        return {"op": kind, "all": tree.args.get("distinct") is False, "parts": parts, **tail(tree, scopes, [])}
    if isinstance(tree, exp.Select):
        return select(tree, scopes)
    if isinstance(tree, exp.Update):
        scope = {tree.this.alias_or_name: "t0"}
        sets = sorted(text(item, [scope, *scopes]) for item in tree.expressions)
        where = tree.args.get("where")
        return {"update": tree.this.name, "set": sets, "where": terms(where and where.this, [scope, *scopes])}
    if isinstance(tree, exp.Delete):
        scope = {tree.this.alias_or_name: "t0"}
        where = tree.args.get("where")
        return {"delete": tree.this.name, "where": terms(where and where.this, [scope, *scopes])}
    if isinstance(tree, exp.Insert):
        table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        columns = [column.name for column in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
        return {"insert": table.name, "columns": sorted(columns)}
    return text(tree, scopes)


def select(tree: exp.Select, scopes: list[Scope]) -> Any:
    scope: Scope = {}
    inner = [scope, *scopes]
    depth = len(scopes)
    sources: list[Any] = []
    joins: list[Any] = []
    source = tree.args.get("from_")
    places = [source.this] if source is not None else []
    places += [join.this for join in tree.args.get("joins") or ()]
    for place, found in enumerate(places):
        scope[found.alias_or_name] = f"t{depth}_{place}"
        if isinstance(found, exp.Subquery):
            sources.append(shape(found, scopes))
        else:
            sources.append(found.name)
    for join in tree.args.get("joins") or ():
        on = join.args.get("on")
        joins.append([join.this.name, join.side or "INNER", terms(on, inner)])
    columns = [column(item, inner) for item in tree.expressions]
    group = tree.args.get("group")
    grouped = []
    for item in group.expressions if group is not None else ():
        if isinstance(item, exp.Literal) and item.is_int and int(item.name) <= len(tree.expressions):
            item = tree.expressions[int(item.name) - 1].unalias()
        grouped.append(text(item, inner))
    where, having = tree.args.get("where"), tree.args.get("having")
    distinct = tree.args.get("distinct")
    on = distinct.args.get("on") if distinct is not None else None
    return {
        "columns": sorted(columns),
        "from": sources,
        "joins": joins,
        "where": terms(where and where.this, inner),
        "group": sorted(set(grouped)),
        "having": terms(having and having.this, inner),
        "distinct": distinct is not None,
        "on": [text(item, inner) for item in (on.expressions if on is not None else ())],
        **tail(tree, inner, tree.expressions),
    }  # fmt: skip


def tail(tree: Node, scopes: list[Scope], columns: list[Node]) -> dict[str, Any]:
    """Order and limits."""
    order, limit, offset = (tree.args.get(name) for name in ("order", "limit", "offset"))
    number = limit.expression if limit is not None else None
    items = []
    for item in order.expressions if order is not None else ():
        inner = item.this
        if isinstance(inner, exp.Literal) and inner.is_int and columns and int(inner.name) <= len(columns):
            inner = columns[int(inner.name) - 1].unalias()
        elif isinstance(inner, exp.Literal | exp.Column) and not columns and not inner.text("table"):
            inner = exp.column("?")
        items.append([text(inner, scopes), bool(item.args.get("desc"))])
    return {
        "order": items,
        "limit": number.sql() if isinstance(number, exp.Literal) else str(limit is not None),
        "offset": offset is not None,
    }  # fmt: skip


def column(item: Node, scopes: list[Scope]) -> str:
    return text(item.unalias(), scopes)


def terms(node: Node, scopes: list[Scope]) -> Any:
    """A condition: what stands beside each other under one connector has no order."""
    if node is None:
        return None
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.And | exp.Or):
        kind = type(node)
        found = []
        waiting: list[Node] = [node]
        while waiting:
            one = waiting.pop()
            while isinstance(one, exp.Paren):
                one = one.this
            if isinstance(one, kind):
                waiting += [one.right, one.left]
            else:
                found.append(terms(one, scopes))
        return [kind.__name__, sorted(found, key=json.dumps)]
    if isinstance(node, exp.Is) and node.args.get("negate"):
        return ["Not", terms(exp.Is(this=node.this.copy(), expression=exp.Null()), scopes)]
    if isinstance(node, exp.Not):
        inner = node.this
        while isinstance(inner, exp.Paren):
            inner = inner.this
        return ["Not", terms(inner, scopes)]
    return text(node, scopes)


EXTRACTS = {"django_date_extract", "django_datetime_extract", "django_time_extract"}
TRUNCATIONS = {"django_date_trunc", "django_datetime_trunc", "django_time_trunc", "date_trunc"}


def text(node: Node, scopes: list[Scope]) -> str:
    """An expression as text."""
    if node is None:
        return ""
    if isinstance(node, exp.Paren):
        return text(node.this, scopes)
    if isinstance(node, exp.And | exp.Or | exp.Not) or (isinstance(node, exp.Is) and node.args.get("negate")):
        return json.dumps(terms(node, scopes))
    if isinstance(node, exp.Subquery | exp.Select | exp.SetOperation):
        return json.dumps(shape(node, scopes), sort_keys=True)
    if isinstance(node, exp.Exists):
        return "exists " + json.dumps(shape(node.this, scopes), sort_keys=True)
    if isinstance(node, exp.Column):
        for scope in scopes:
            if node.table in scope:
                return f"{scope[node.table]}.{node.name}"
        return f".{node.name}"
    if isinstance(node, exp.Literal | exp.Placeholder | exp.Parameter | exp.Neg | exp.Boolean):
        return "?"
    if isinstance(node, exp.Null):
        return "null"
    if isinstance(node, exp.Escape):
        return text(node.this, scopes)
    if isinstance(node, exp.In):
        query = node.args.get("query")
        if query is not None:
            return f"{text(node.this, scopes)} in {json.dumps(shape(query, scopes), sort_keys=True)}"
        return (
            f"{text(node.this, scopes)} in ("
            + ",".join(sorted({text(item, scopes) for item in node.expressions}))
            + ")"
        )
    if isinstance(node, exp.Alias):
        return text(node.this, scopes)
    if isinstance(node, exp.Cast):
        kind = node.to.this.name if isinstance(node.to.this, exp.DataType.Type) else str(node.to.this)
        if kind in ("DECIMAL", "NUMERIC"):
            return text(node.this, scopes)  # SQLite keeps such numbers so; the lift does not say it
        same = {
            "TIMESTAMP": "DATETIME",
            "TIMESTAMPTZ": "DATETIME",
            "REAL": "DOUBLE",
            "FLOAT": "DOUBLE",
            "BIGINT": "INT",
        }
        return f"cast({text(node.this, scopes)},{same.get(kind, kind)})"
    if isinstance(node, exp.Extract):
        return f"extract({node.name.upper()},{text(node.expression, scopes)})"
    if isinstance(node, exp.Case) and node.args["ifs"] and "JSON_TYPE" in node.args["ifs"][0].this.sql():
        inner = node.args["ifs"][0].this.this  # how Django reads a key of a document on SQLite
        return f"json_key({text(inner.find(exp.Column), scopes)},?)"
    if isinstance(node, exp.JSONExtractScalar | exp.JSONExtract) and isinstance(node.this, exp.Literal):
        return "?"
    if isinstance(node, exp.JSONExtractScalar | exp.JSONExtract):
        return f"json_key({text(node.this, scopes)},?)"
    return function(node, scopes)


def function(node: Node, scopes: list[Scope]) -> str:
    """A call, or any other node by its parts."""
    if isinstance(node, exp.Anonymous):
        name, given = node.name.lower(), node.expressions
        if name in EXTRACTS:
            return f"extract({given[0].name.upper()},{text(given[1], scopes)})"
        if name in TRUNCATIONS:
            return f"trunc({given[0].name.lower()},{text(given[1], scopes)})"
        if name in ("django_datetime_cast_date", "django_datetime_cast_time"):
            return f"cast({text(given[0], scopes)},{name.rpartition('_')[2].upper()})"
        return f"{name}(" + ",".join(text(item, scopes) for item in given) + ")"
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return f"trunc({node.args['unit'].name.lower()},{text(node.this, scopes)})"
    if isinstance(node, exp.Func) and not isinstance(node, exp.Case | exp.If):
        name = node.sql_name().lower()
        given = [item for item in flat(node.args.values()) if isinstance(item, exp.Expression)]
        name = {
            "len": "length",
            "str_position": "strpos",
            "ceil": "ceiling",
            "pow": "power",
            "substring": "substr",
        }.get(name, name)
        return f"{name}(" + ",".join(text(item, scopes) for item in given) + ")"
    parts = [text(item, scopes) for item in flat(node.args.values()) if isinstance(item, exp.Expression)]
    return f"{type(node).__name__}[" + ",".join(parts) + "]"


def flat(values: Iterable[Any]) -> Iterable[Any]:
    """Nodes out of lists."""
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value
