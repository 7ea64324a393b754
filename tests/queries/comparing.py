"""Statements as we lift them beside those of a library, without what does not matter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from tests.frameworks.harness import NODE
from verifier.lift.nouns import Query
from verifier.session import Options, open_session

FLAGS = ("nulls_first", "quoted", "big_int", "zone")


def normal(tree: exp.Expr) -> str:
    """A statement without quotes, values, and parentheses that change nothing."""
    tree = tree.copy()
    for node in list(tree.walk()):
        if "value" in node.meta or isinstance(node, exp.Parameter | exp.Literal):
            replaced(node, exp.Placeholder())
        elif isinstance(node, exp.Placeholder):
            node.set("this", None)
        elif isinstance(node, exp.Identifier):
            node.set("quoted", True)
        elif isinstance(node, exp.Paren):
            replaced(node, node.this)
    for node in list(tree.walk()):
        for flag in FLAGS[2:] + FLAGS[:1]:
            node.args.pop(flag, None)
        if isinstance(node, exp.Ordered) and not node.args.get("desc"):
            node.args.pop("desc", None)
        if isinstance(node, exp.OnConflict):
            keys = node.args.get("conflict_keys") or []
            node.set("conflict_keys", [key.this if isinstance(key, exp.Ordered) else key for key in keys])
        if isinstance(node, exp.Join) and node.args.get("kind") in ("INNER", "OUTER"):
            node.args.pop("kind")
    tree = flattened(tree)
    for node in list(tree.find_all(exp.Or)):
        if isinstance(node.parent, exp.And | exp.Not):
            replaced(node, exp.Paren(this=node.copy()))
    for node in list(tree.find_all(exp.And)):
        if isinstance(node.parent, exp.Not):
            replaced(node, exp.Paren(this=node.copy()))
    return tree.sql(dialect="postgres")


def replaced(node: exp.Expr, other: exp.Expr) -> None:
    """Put another node in the place of one."""
    node.replace(other)


def flattened(tree: exp.Expr) -> exp.Expr:
    """Chains of AND and OR, each from the left."""

    def flat(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.And | exp.Or) and not isinstance(node.parent, type(node)):
            parts = [part.copy() for part in node.flatten(unnest=True)]
            whole = parts[0]
            for part in parts[1:]:
                whole = type(node)(this=whole, expression=part)
            return whole
        return node

    return tree.transform(flat)


def all_of(folder: Path, library: str) -> list[Query]:
    """The queries of a project, in the order of their places."""
    queries = open_session(Options(path=folder, cache=False, quiet=True)).facts.queries.queries
    return [query for query in queries if query.library == library]


def ours(folder: Path, library: str) -> dict[int, Query]:
    """The queries of a project with one file that speaks to a database, by the line where each begins."""
    return {query.span.line: query for query in all_of(folder, library)}


def printed(files: Mapping[str, str], command: list[str], packages: str, name: str) -> list[str]:
    """What node prints in a folder with some files, which sees a set of packages: a JSON list."""
    home = NODE / packages
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip(f"needs node, and `npm ci` in tests/node/{packages}")
    target = home / ".apps" / f"queries-{name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    try:
        for path, text in files.items():
            (target / path).write_text(text)
        done = subprocess.run(command, cwd=target, capture_output=True, text=True, timeout=120, check=False)
    finally:
        shutil.rmtree(target, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def parsed(text: str) -> exp.Expr:
    """A statement as a library wrote it."""
    return parse_one(text, dialect="postgres")


def expressions(name: str) -> list[str]:
    """The expressions that are compared, one a line."""
    text = (Path(__file__).parent / "expressions" / f"{name}.txt").read_text()
    return [line for line in text.splitlines() if line]
