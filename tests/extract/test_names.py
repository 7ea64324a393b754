"""Names that a file reads and does not bind: as ruff sees them in Python, and the TypeScript compiler in JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.harness import NODE
from verifier.extract import extract
from verifier.model import Language, SourceFile

PYTHON = """
import os, a.b as c
from m import d as e
def f(a, /, b=c, *args, k: int = 2, **kw):
    return a, b, args, k, kw, d
def outer():
    x = 1
    def inner():
        nonlocal x
        x = y
        return x
    y = 2
    return inner, z
class C:
    size = 1
    half = size // 2
    def method(self):
        return __class__, size
print([i for i in range(3) if i], i)
print({k: v for k, v in e.items()}, {w for w in w})
print(lambda p, *q, r=lambda: 1: (p, q, r, s))
print(lambda g: [n for n in g], n)
try:
    pass
except ValueError as error:
    print(error)
print(error)
with open(os.devnull) as handle, (handle) as (one, [two, three]):
    print(one, two, three)
for first, (second, *rest) in c:
    print(first, second, rest)
if (walrus := 3) and [inner_walrus := t for t in range(3)]:
    print(walrus, inner_walrus, t)
match c:
    case {"a": got, **others} if got:
        print(got, others)
    case [str() as text, C(size=held), *more]:
        print(text, held, more)
    case os.sep | Missing():
        pass
print(f"{known!r:>{width}}", known := 1)
global shared
def share():
    global shared
    shared = 1
print(shared, __file__, __name__, WindowsError)
x: Unknown = 1
def g(p: Undefined) -> Nothing:
    local: Never
def late():
    return bound
bound = 1
def unbound():
    print(here)
    here = 1
def counted():
    number += 1
    del number
del bound
async def h():
    async with c as d, e() as f:
        async for u in d:
            yield u, f
def decorated():
    @wrapped(option)
    def inner(q=default): ...
    return inner
"""
JAVASCRIPT = """
import def, { a as b, c } from "x";
import * as ns from "y";
export { b as bb, ns, hidden };
export { q } from "q";
const { k1, k2: { k3 }, ["x" + k4]: k5, k6 = k7, ...k8 } = def, [z1, , z2 = z1, ...z3] = c;
for (const i of k1) { console.log(i); }
for (let j = 0; j < 3; j++) { console.log(j, i); }
for (const key in k3) console.log(key);
try { hoisted(); } catch ({ message, cause: [why] }) { console.log(message, why); }
try { inner(); } catch (error) { console.log(error); }
function hoisted(p, { d, e: f = g, ...h } = p, ...rest) { return [p, d, f, h, rest, arguments, e]; }
const arrow = async (x, y = x) => x + y + z, single = w => w, named = function self() { return self; };
console.log(self1, arrow, single, named);
class Base { static made = Base; #own = outside; method() { return this.#own + Base.made + method; } [computed]() {} }
label: while (true) { break label; }
switch (def) { case 1: let inside = 2; break; default: console.log(inside); }
console.log(inside,  `${template}`, { short, key: value, [dynamic]: 1, get g() { return 1; } });
console.log(early, later());
const early = 1;
function later() { return late; }
const late = 2;
const itself = itself + 1;
const limit = 1;
limit = 2; limit += 1; limit++; ({ limit } = def); [limit] = [1]; for (limit of []) {}
ns.x = 1; def = 2;
{ const block = 1; var hoistedVar = block; }
console.log(block, hoistedVar);
new Missing(def?.prop?.[index]);
"""
CHECK = """
const ts = require('typescript');
const file = process.argv[2];
const program = ts.createProgram([file], { allowJs: true, checkJs: true, noEmit: true, target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext, types: [], lib: ['lib.esnext.d.ts'], moduleDetection: 3 });
const kinds = { 2304: 'undefined', 2552: 'undefined', 18004: 'undefined', 2663: 'undefined',
  2448: 'early', 2449: 'early', 2450: 'early',
  2588: 'constant', 2632: 'constant', 2630: 'constant' };
const source = program.getSourceFile(file);
const found = [...program.getSemanticDiagnostics(source)].filter((one) => kinds[one.code])
  .map((one) => [kinds[one.code], source.text.slice(one.start, one.start + one.length), one.start]);
console.log(JSON.stringify(found));
"""


def loose(text: str, language: Language, path: str) -> set[tuple[str, str, int]]:
    """Kind, name and place of what is found."""
    facts = extract(SourceFile(path, text.encode(), language))
    return {(one.kind, one.name, one.start) for one in facts.loose}


def test_python_as_ruff_sees_it(tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff is None:
        pytest.skip("needs ruff")
    file = tmp_path / "sample.py"
    file.write_text(PYTHON)
    command = [ruff, "check", "--isolated", "--select", "F821,F823", "--output-format", "json", str(file)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    seen = {(one["location"]["row"], one["message"].split("`")[1]) for one in told}
    own = {(PYTHON[:start].count("\n") + 1, name) for _, name, start in loose(PYTHON, "python", "sample.py")}
    # It takes annotations in functions for code that is run, and does not look at the order of some bindings.
    known = {(PYTHON[: PYTHON.index(mark)].count("\n") + 1, name) for mark, name in KNOWN}
    assert own - known == seen - known
    assert {name for _, name in seen} >= {"d", "z", "size", "s", "n", "t", "Missing", "width", "here", "number"}


KNOWN = [
    ("    local: Never", "Never"),
    ("    return bound", "bound"),
    ("print([i for", "i"),
    ("for w in w", "w"),
    ('f"{known', "known"),
    ("print(error)\nwith", "error"),
]


def test_javascript_as_the_typescript_compiler_sees_it(tmp_path: Path) -> None:
    home = NODE / "parsers"
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/parsers")
    file = tmp_path / "sample.mjs"
    text = JAVASCRIPT.replace("console.log", "JSON.stringify")
    file.write_text(text)
    ran = subprocess.run(["node", "-e", CHECK, "-", str(file)], cwd=home, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    seen = {tuple(one) for one in json.loads(ran.stdout)}
    assert loose(text, "javascript", "sample.mjs") == seen
    assert len(seen) > 25


@pytest.mark.parametrize(
    "text",
    [
        "type Call = (request: string) => void;\nconst call: Call = (request) => void request;",
        "function isText(value: unknown): value is string { return typeof value === 'string'; }",
        "declare global { var pool: string }\nexport const size = (names: string[], row: [first: string]) => names;",
        "interface Row { [name: string]: unknown; find(id: number): void; new (given: string): Row }",
        "enum Door { Front = 1, Back = Front + 1 }\nexport const door = Door.Back;",
        "namespace Hall { export const seats = 3; export const rows = seats / 3; }\nexport const rows = Hall.rows;",
        "abstract class Base { abstract open(door: string): void; constructor(readonly door: string) { void door; } }",
        "function open(door: string): void;\nfunction open(door: unknown) { return door; }",
        "const rows = sql<number>`select 1`;\ndeclare const sql: any;",
        "import type { Row } from './row';\nexport const row = {} as Row satisfies Row;\nlet x: typeof row;",
    ],
)
def test_types_are_no_reads(text: str) -> None:
    assert loose(text, "typescript", "sample.ts") == set()


@pytest.mark.parametrize(
    "text",
    [
        "exec('a = 1')\nprint(a)",
        "globals()['b'] = 2\nprint(b)",
        "try:\n    unicode\nexcept NameError:\n    unicode = str",
        "import sys\nif sys.version_info[0] < 3:\n    text = unicode",
        "for place in (1, 2):\n    if place == 2:\n        print(last)\n    last = place",
        "from __future__ import annotations\ndef f(a: Later) -> Later: ...",
        "def f():\n    a: Later = 1\n    return a",
        "class A:\n    def m(self) -> 'A': ...",
        "type Pair[T] = tuple[T, Later]\ndef f[T: int](a: T) -> T: return a",
        "def f(a:\n    return (",
    ],
)
def test_python_that_is_left_alone(text: str) -> None:
    assert loose(text, "python", "sample.py") == set()


@pytest.mark.parametrize(
    "text",
    [
        "with (request) { console.log(body); }",
        "eval('var a = 1'); console.log(a);",
        "/* global fixture */\nconsole.log(fixture);",
        "total = 1; console.log(total);",
        "if (typeof tracer !== 'undefined') tracer.start();",
        "const f = (",
    ],
)
def test_javascript_that_is_left_alone(text: str) -> None:
    assert loose(text, "javascript", "sample.js") == set()
