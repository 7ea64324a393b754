"""Two other parsers and ours find the same calls, imports, exports, classes and functions in the same sources."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifier import parse, syntax
from verifier.model import SourceFile
from verifier.read.kinds import language_of

HERE = Path(__file__).parent
NODE = HERE.parent / "node" / "parsers"
SAMPLES = sorted((HERE / "samples").iterdir())
FUNCTION = re.compile(rb"(?:async\s+)?function\b\s*\*?\s*[\w$]")
TYPES = frozenset({"annotation", "start", "end"})


def facts(source: SourceFile) -> Iterator[list[object]]:
    """The facts of a file, as ``estree.mjs`` says them. Types have none."""
    pending: list[object] = [parse.lower(source).body]
    while pending:
        node = pending.pop()
        match node:
            case tuple():
                pending.extend(node)
                continue
            case syntax.Call():
                texts = [text_of(argument, source.data) for argument in node.arguments]
                yield ["call", node.start, path_of(node.callee), texts, node.new]
            case syntax.Tagged():
                yield ["tagged", node.start, path_of(node.tag)]
            case syntax.Await():
                yield ["await", node.start]
            case syntax.Binary():
                yield ["binary", node.start, node.operator]
            case syntax.Import():
                yield ["import", node.start, node.module, [[name.name, name.local] for name in node.names]]
            case syntax.Export():
                yield ["export", node.start, node.module, [[name.name, name.local] for name in node.names]]
            case syntax.Class():
                yield ["class", node.start, len(node.bases), [name for part in node.body for name in member(part)]]
                pending += [node.decorators, *([] if node.kind == "interface" else [node.bases, node.body])]
            case syntax.Function():
                named = node.kind == "method" or FUNCTION.match(source.data, node.start)
                name = None if node.name.startswith("[") else node.name if named else ""
                yield ["function", node.start, name, node.is_async, len(node.parameters)]
                pending += [node.decorators, node.parameters, node.body]
        if isinstance(node, syntax.Node):
            pending.extend(getattr(node, name) for name in node.__struct_fields__ if name not in TYPES)


def member(node: syntax.Statement) -> Iterator[str | None]:
    """The name of a member of a class; None for a computed one."""
    if isinstance(node, syntax.Function):
        yield None if node.name.startswith("[") else node.name
    elif isinstance(node, syntax.Assign):
        yield node.targets[0].id if isinstance(node.targets[0], syntax.Name) else None


def path_of(node: object) -> str:
    """``a.b.c``, as far as a callee is written so."""
    if isinstance(node, syntax.Member):
        return f"{path_of(node.object)}.{node.name}"
    return node.id if isinstance(node, syntax.Name) else "?"


def text_of(node: object, data: bytes) -> str | None:
    """The value of a string in quotes."""
    quoted = isinstance(node, syntax.Const) and data[node.start] in b"\"'"
    return node.value if isinstance(node, syntax.Const) and isinstance(node.value, str) and quoted else None


@pytest.fixture(scope="module")
def theirs() -> dict[str, list[list[object]]]:
    """The facts that the other parsers find, by file."""
    if shutil.which("node") is None or not (NODE / "node_modules" / "acorn").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/parsers")
    paths = "\n".join(map(str, SAMPLES))
    run = ["node", str(HERE / "estree.mjs")]
    output = subprocess.run(run, cwd=NODE, input=paths, capture_output=True, text=True, check=True).stdout
    return {path.name: json.loads(line) for path, line in zip(SAMPLES, output.splitlines(), strict=True)}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_other_parsers_find_the_same(path: Path, theirs: dict[str, list[list[object]]]) -> None:
    ours = list(facts(SourceFile(path.name, path.read_bytes(), language_of(path.name))))
    assert sorted(ours, key=json.dumps) == sorted(theirs[path.name], key=json.dumps)
