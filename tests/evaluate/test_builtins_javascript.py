"""Built-ins of JavaScript on known values: the evaluator gives what Node gives."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from verifier.evaluate import standard
from verifier.evaluate.interpreter import Engine
from verifier.evaluate.library import Library
from verifier.evaluate.values import Const, Record, Sequence, Value
from verifier.extract import extract
from verifier.imports import Modules
from verifier.model import LeftOut, Manifests, Project, SourceFile

EXPRESSIONS = r"""
["b", "a", "c"].sort()
["b", "a", "c"].reverse().join("-")
[3, 1, 2].sort((a, b) => b - a)
[3, 1, 2].toSorted((a, b) => a - b).at(-1)
[1, 2, 3].some((x) => x > 2)
[1, 2, 3].every((x) => x > 2)
[1, 2, 3].findIndex((x) => x === 2)
[1, 2, 3].findLast((x) => x < 3)
["a", "b"].indexOf("b")
[1, [2, [3]]].flat(2)
[1, [2, [3]]].flat()
[1, 2, 3, 4].splice(1, 2)
(() => { const a = [1, 2, 3, 4]; a.splice(1, 2, "x"); return a })()
[1, 2, 3].reduceRight((total, x) => total + x, "")
[1, 2, 3].at(5)
[...new Set(["a", "b", "a"])]
new Set(["a"]).has("a")
(() => { const s = new Set(["a"]); s.add("b").add("a"); s.delete("a"); return [...s].concat(s.size) })()
[...new Map([["a", 1], ["b", 2]]).keys()]
[...new Map([["a", 1], ["b", 2]])]
[...new Map([["a", 1]]).entries()].map(([k, v]) => k + v)
new Map([["a", 1]]).get("a")
new Map([["a", 1]]).get("b")
new ((class { f() { return "made" } }).bind(null))().f()
new Map([["a", 1]]).has("b")
(() => { const m = new Map(); m.set("x", 1).set("y", 2); let s = ""; for (const [k, v] of m) s += k + v; return s })()
(() => { const m = new Map([["x", 1]]); let s = ""; m.forEach((v, k) => { s += k + v }); return s + m.size })()
"user-routes.js".replace(/\.js$/, "")
"a-b-c".replace(/-(\w)/g, (all, letter) => letter.toUpperCase())
"userRoutes".replace(/([A-Z])/g, "-$1").toLowerCase()
"a.b.a".replaceAll("a", "$&$&")
"a.b.c".split(".").slice(0, -1).join("/")
"abc".split("")
"a1b2".split(/\d/)
/\.js$/.test("x.js")
/\.js$/i.test("x.TS")
/(\d+)-(?<year>\d+)/.exec("1-2024")[2]
new RegExp("^a").test("abc")
"x.route.js".match(/^(\w+)\.route\.js$/)[1]
"a1b2".match(/\d/g)
"abc".match(/z/)
"abc".search(/c/)
"abc".padStart(5, "-") + "abc".padEnd(4)
"ab".repeat(3)
"abc".at(-1) + "abc".charAt(0) + "abc"[1]
" a ".trimEnd() + "|" + " a ".trimStart()
"abc".substr(-2, 1) + "abcdef".substring(4, 1)
Object.keys({ a: 1, b: 2 })
Object.entries({ a: 1 }).flat()
Object.values({ a: "x", b: "y" }).includes("y")
Object.hasOwn({ a: 1 }, "a")
Object.fromEntries([["a", 1]])
Object.fromEntries(new Map([["a", 1]]))
Object.assign({}, { a: 1 }, { b: 2 })
Object.getOwnPropertyNames(class { list() {} read() {} }.prototype)
JSON.parse('{"a": [1, 2]}')
Number("42") + Number("0.5")
`${undefined}-${true}-${null ?? "x"}-${1}`
String(false) + encodeURIComponent("a b/ç")
Array.from({ length: 3 }, (_, i) => i * 2)
Array.from(new Set([1, 1, 2]))
structuredClone({ a: [1] })
({ a: 1 }).b === undefined
({ a: 1 }).b ?? "default"
(({ a, b = 2 }) => b)({ a: 1 })
(({ a, ...rest }) => rest)({ a: 1, b: 2 })
[..."ab"].map((x) => x + x)
"x, y".split(",").map((part) => part.trim()).filter(Boolean)
"a/b".lastIndexOf("/") + "Hello".charCodeAt(0)
[["get", "/a"], ["post", "/b"]].map(([verb, path]) => verb.toUpperCase() + " " + path)
"""
LINES = EXPRESSIONS.strip().split("\n")


def engine_of(text: str) -> Engine:
    """An engine over one JavaScript file, ``file.js``."""
    source = SourceFile("file.js", text.encode(), "javascript")
    project = Project(None, {source.path: source}, {}, frozenset({source.path}), Manifests(), LeftOut())
    facts = {source.path: extract(source)}
    library = Library()
    library.add(iter(standard.OBJECTS), standard.FUNCTIONS)
    return Engine(project, facts, Modules(project, facts), library)


def value_of(text: str) -> Value:
    """What an expression gives."""
    engine = engine_of(f"const result = {text}")
    return engine.force(engine.table.state("file.js").scope.names["result"])


def plain(value: Value) -> object:
    """A known value as data; anything else as its description."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Sequence) and value.complete:
        return [plain(item) for item in value.items]
    if isinstance(value, Record) and value.complete:
        return {key: plain(entry) for key, entry in value.entries.items()}
    return repr(value)


@pytest.fixture(scope="module")
def node() -> list[object]:
    """What Node gives for each expression; ``undefined`` as nothing."""
    if shutil.which("node") is None:
        pytest.skip("needs node")
    script = f"console.log(JSON.stringify([{','.join(LINES)}].map((value) => value === undefined ? null : value)))"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=60, check=True)
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("place", range(len(LINES)), ids=LINES)
def test_as_node(place: int, node: list[object]) -> None:
    assert plain(value_of(LINES[place])) == node[place]


@pytest.mark.parametrize(
    "text",
    [
        "'a'.repeat(1e9)",
        "'a'.padStart(1e9)",
        "/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')",
        "'x'.replace(/(?<=x)y**/, '')",
        "JSON.parse('{')",
        "[1, process.env.A].indexOf(2)",
        "new Map([[process.env.A, 1]]).get('a')",
        "process.env.A.match(/x/)",
    ],
)
def test_unknown_or_bounded(text: str) -> None:
    """What cannot be told, or would take long, is not known; nothing hangs."""
    assert not isinstance(value_of(text), Const | Sequence | Record)


def test_entries_that_are_not_known() -> None:
    engine = engine_of("const asked = process.argv; const result = Object.fromEntries(asked);")
    found = engine.force(engine.table.state("file.js").scope.names["result"])
    assert isinstance(found, Record)
    assert not found.complete
