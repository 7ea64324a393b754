"""What Buttress reads of queries beside what Sequelize makes of them, in one form."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from tests.frameworks.harness import NODE, facts_of
from verifier.model import FunctionRef

HERE = Path(__file__).parent
PROJECTS = HERE / "projects"
SQLITE = "'sqlite::memory:'"
POSTGRES = "'postgres://user:secret@localhost:5432/app'"
ANY = "any"  # stands for each value
BIND = re.compile(r"\$\d+\b")
# What PostgreSQL's `findOrCreate` wraps around an INSERT.
FUNCTION = re.compile(r"BEGIN (INSERT .*) RETURNING \* INTO response;")


def project_for(folder: Path, dialect: str, target: Path) -> Path:
    """A copy of a project, on one of the databases."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    if dialect == "postgres":
        for path in target.rglob("*.[jt]s"):
            text = path.read_text()
            path.write_text(text.replace(SQLITE, POSTGRES).replace("dialect: 'sqlite'", "dialect: 'postgres'"))
    return target


def real_statements(folder: Path, dialect: str) -> dict[str, dict[str, Any]]:
    """What the real library sends, by the name of the query."""
    home = NODE / "data"
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/data")
    target = project_for(folder, dialect, home / ".apps" / f"queries-{folder.name}-{dialect}-{os.getpid()}")
    try:
        shutil.copy(HERE / "oracle.mjs", target / "__oracle__.mjs")
        tsx = ["--import", "tsx"] if any(target.rglob("*.ts")) else []
        done = subprocess.run(
            ["node", *tsx, "__oracle__.mjs"], cwd=target, capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        shutil.rmtree(target, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["name"]: line for line in lines}


class Own:
    """What Buttress reads: ``direct`` by the name of the query, ``reached`` in the functions that it calls."""

    def __init__(self, folder: Path, dialect: str, target: Path) -> None:
        facts = facts_of(project_for(folder, dialect, target))
        text = {path: file.data.decode() for path, file in facts.project.files.items()}
        self.direct: dict[str, list[str]] = {}
        self.reached: dict[str, list[str]] = {}
        by_function: dict[FunctionRef | None, list[str]] = {}
        for query in facts.queries.queries:
            forms = [statement.tree.sql(dialect) for statement in query.statements]
            by_function.setdefault(query.function, []).extend(forms)
            if forms and query.span.path.startswith("queries."):
                name = query_name(text[query.span.path], query.span.line)
                self.direct.setdefault(name, []).append(forms[0])
        for graph in (facts.calls, facts.calls_elsewhere):
            for function in graph.runs.functions:
                if function.path.startswith("queries."):
                    name = query_name(text[function.path], function.span.line)
                    below = graph.below(function)
                    own = [sql for inner in below for sql in by_function.get(inner, ())]
                    self.reached.setdefault(name, []).extend(own)

    def wrong(self, line: dict[str, Any], dialect: str) -> tuple[list[str], list[str]] | None:
        """What the library sends and what is read, where that is not the same."""
        theirs = sorted({normal(sql, dialect) for sql in line["sql"]})
        ours = sorted({normal(sql, dialect) for sql in self.direct.get(line["name"], [])})
        if theirs == ours:
            return None
        reached = {normal(sql, dialect) for sql in self.reached.get(line["name"], [])}
        return None if not ours and set(theirs) <= reached else (theirs, ours or sorted(reached))


def query_name(text: str, line: int) -> str:
    """The key of the object of queries under which a line stands."""
    lines = text.splitlines()
    for number in range(line - 1, -1, -1):
        written = lines[number]
        if written.startswith("  ") and not written.startswith("   ") and written.strip()[:1].isalpha():
            return written.strip().split(":")[0].split("(")[0].removeprefix("async ").strip()
    return "?"


def normal(sql: str, dialect: str) -> str:
    """A statement without what does not matter: quotes, values, the order of conditions."""
    inside = FUNCTION.search(sql)
    sql = BIND.sub("'value'", inside[1] if inside is not None else sql)
    tree: Any = sqlglot.parse_one(sqlglot.parse_one(sql, read=dialect).sql(dialect), read=dialect)
    for kinds, change in CHANGES.items():
        for node in reversed(list(tree.find_all(*(kinds if isinstance(kinds, tuple) else (kinds,))))):
            made = change(node)
            if node is tree:
                tree = made
            elif made is not node:
                node.replace(made)
    for select in list(tree.find_all(exp.Select)):
        unqualify(select)
    for insert in list(tree.find_all(exp.Insert)):
        tidy(insert)
    for node in list(tree.find_all(exp.In)):
        values = node.expressions
        if len(values) > 1 and len({value.sql() for value in values}) == 1:
            node.set("expressions", values[:1])
    for node in reversed(list(tree.find_all(exp.And, exp.Or))):
        if not isinstance(node.parent, type(node)):
            parts = sorted({part.sql() for part in node.flatten()})
            node.replace(exp.Anonymous(this=type(node).__name__, expressions=[exp.var(part) for part in parts]))
    for join in tree.find_all(exp.Join):
        if join.args.get("kind") == "OUTER":
            join.set("kind", None)
    tree.set("returning", None)
    return str(tree.sql())


def value(node: Any) -> Any:
    """Any value."""
    return node if isinstance(node.parent, exp.DataTypeParam) else exp.var(ANY)


def unquoted(node: Any) -> Any:
    """A name without quotes."""
    return exp.Identifier(this="excluded" if node.this == "EXCLUDED" else node.this, quoted=False)


def test(node: Any) -> Any:
    """``x IS NOT y`` in one of its two forms."""
    if not node.args.get("negate"):
        return node
    return exp.Not(this=exp.Is(this=node.this, expression=node.expression))


def assigned(node: Any) -> Any:
    """A comparison with a value; one with NULL is an assignment."""
    if isinstance(node.expression, exp.Null):
        node.set("expression", exp.var(ANY))
    return node


def ordered(node: Any) -> Any:
    """An order without the word for what is usual."""
    if not node.args.get("desc"):
        node.set("desc", None)
    return node


CHANGES: dict[Any, Any] = {
    exp.Paren: lambda node: node.this,
    exp.Identifier: unquoted,
    exp.Is: test,
    exp.Neg: lambda node: node.this if isinstance(node.this, exp.Literal) else node,
    (exp.Literal, exp.Placeholder, exp.Parameter, exp.Boolean): value,
    exp.EQ: assigned,
    exp.Ordered: ordered,
    exp.Alias: lambda node: node.this if isinstance(node.this, exp.Column) and node.alias == node.this.name else node,
}


def unqualify(select: exp.Select) -> None:
    """Drop what names the only source of a statement."""
    source = select.args.get("from_")
    if source is None or select.args.get("joins") or not isinstance(source.this, exp.Table):
        return
    alias = source.this.alias_or_name
    for column in select.find_all(exp.Column):
        if column.table == alias:
            column.set("table", None)


def tidy(insert: exp.Insert) -> None:
    """Drop columns that the database fills by itself."""
    rows = insert.expression.expressions if isinstance(insert.expression, exp.Values) else []
    if not isinstance(insert.this, exp.Schema) or not rows:
        return
    keep = [
        place
        for place, column in enumerate(insert.this.expressions)
        if not all(row.expressions[place].sql().upper() in ("NULL", "DEFAULT") for row in rows) or column.name != "id"
    ]
    order = sorted(keep, key=lambda place: insert.this.expressions[place].name)
    insert.this.set("expressions", [insert.this.expressions[place] for place in order])
    for row in rows:
        row.set("expressions", [exp.var(ANY) for _ in order])
