"""Imports, exports and names of JavaScript and TypeScript files."""

from __future__ import annotations

import pytest

from tests.extract.reading import facts, only
from verifier.model import ImportKind

Names = tuple[tuple[str, str], ...]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a from 'x'", (("default", "a"),)),
        ("import {a} from 'x'", (("a", "a"),)),
        ("import { a, b as c, default as d, } from 'x'", (("a", "a"), ("b", "c"), ("default", "d"))),
        ("import a, { b } from 'x'", (("default", "a"), ("b", "b"))),
        ("import * as a from 'x'", (("*", "a"),)),
        ("import a, * as b from 'x'", (("default", "a"), ("*", "b"))),
        ("import 'x'", ()),
        ("import{a}from'x'", (("a", "a"),)),
        ("import {} from 'x'", ()),
        ("import {\n  a, // the first }\n  /* from 'y' */ b as\n    c\n} from 'x'", (("a", "a"), ("b", "c"))),
        ("import {'a b' as c} from 'x'", (("a b", "c"),)),
        ("import $ from 'x'", (("default", "$"),)),
        ("import {a$b as $} from 'x'", (("a$b", "$"),)),
        ("import a from 'x' with { type: 'json' }", (("default", "a"),)),
        ("import a from 'x' assert { type: 'json' }", (("default", "a"),)),
        ("import type from 'x'", (("default", "type"),)),
        ("import type, {a} from 'x'", (("default", "type"), ("a", "a"))),
        ("import {type} from 'x'", (("type", "type"),)),
        ("import {type as a} from 'x'", (("type", "a"),)),
        ("import from_ from 'x'", (("default", "from_"),)),
        ("import ä from 'x'", (("default", "ä"),)),
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx"])
def test_imports(path: str, text: str, names: Names) -> None:
    found = only(path, text.replace("'x'", '"x"') + ";\n")
    assert (found.module, found.names, found.kind, found.exported) == ("x", names, "runtime", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import type a from 'x'", [("type-only", (("default", "a"),))]),
        ("import type { a, b as c } from 'x'", [("type-only", (("a", "a"), ("b", "c")))]),
        ("import type * as a from 'x'", [("type-only", (("*", "a"),))]),
        ("import { type a, b } from 'x'", [("runtime", (("b", "b"),)), ("type-only", (("a", "a"),))]),
        ("import { type a, type b as c } from 'x'", [("type-only", (("a", "a"), ("b", "c")))]),
        ("import a, { type b } from 'x'", [("runtime", (("default", "a"),)), ("type-only", (("b", "b"),))]),
        ("import { type as as b } from 'x'", [("type-only", (("as", "b"),))]),
        ("import type from from 'x'", [("type-only", (("default", "from"),))]),
        ("import a = require('x')", [("runtime", (("*", "a"),))]),
        ("import type a = require('x')", [("type-only", (("*", "a"),))]),
        ("export import a = require('x')", [("runtime", (("*", "a"),))]),
        ("type A = import('x').B", [("type-only", (("B", "B"),))]),
        ("let a: typeof import('x')", [("type-only", ())]),
        ("function f(a: import('x').B<string>) {}", [("type-only", (("B", "B"),))]),
        ("const a = b as import('x').C", [("type-only", (("C", "C"),))]),
        ("f<typeof import('x')>(1)", [("type-only", ())]),
        ("f<A, typeof import('x')>(1)", [("type-only", ())]),
        ("declare module 'y' { import { a } from 'x' }", [("type-only", (("a", "a"),))]),
    ],
)
def test_typescript_imports(text: str, expected: list[tuple[ImportKind, Names]]) -> None:
    found = facts("a.ts", text).imports
    assert [(each.kind, each.names) for each in found] == expected
    assert {each.module for each in found} == {"x"}


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("const a = require('x')", "runtime", (("*", "a"),)),
        ("var a = require( 'x' ), b = 1", "runtime", (("*", "a"),)),
        (
            "const { a, b: c, d = 1, e: { f }, ...g } = require('x')",
            "runtime",
            (("a", "a"), ("b", "c"), ("d", "d"), ("e", "f"), ("*", "g")),
        ),
        ("const a = require('x').b", "runtime", (("b", "a"),)),
        ("const a = require('x')['b']", "runtime", (("b", "a"),)),
        ("const a = require('x').default", "runtime", (("default", "a"),)),
        ("const a = require('x').b.c", "runtime", (("b", "b"),)),
        ("const a = require('x')(b)", "runtime", ()),
        ("const a = require('x').b(c)", "runtime", (("b", "b"),)),
        ("require('x')", "runtime", ()),
        ("require('x')(app)", "runtime", ()),
        ("app.use(require('x'))", "runtime", ()),
        ("require(`x`)", "runtime", ()),
        ("const a = __importDefault(require('x'))", "runtime", (("*", "a"),)),
        ("let a; a = require('x')", "runtime", (("*", "a"),)),
        ("if (b) { require('x') }", "runtime", ()),
        ("(function () { require('x') })()", "runtime", ()),
        ("(() => { require('x') })()", "runtime", ()),
        ("function f() { const a = require('x') }", "lazy", (("*", "a"),)),
        ("const f = () => require('x')", "lazy", ()),
        ("class A { m() { require('x') } }", "lazy", ()),
        ("setTimeout(function () { require('x') })", "lazy", ()),
        ("import('x')", "dynamic", ()),
        ("const a = await import('x')", "dynamic", (("*", "a"),)),
        ("const { a } = await import('x')", "dynamic", (("a", "a"),)),
        ("const a = (await import('x')).default", "dynamic", (("default", "a"),)),
        ("const a = () => import('x')", "dynamic", ()),
        ("import('x').then(a => a.b)", "dynamic", ()),
        ("import(/* webpackChunkName: 'a' */ 'x')", "dynamic", ()),
        ("import('x', { with: { type: 'json' } })", "dynamic", ()),
        ("const a = [...require('x')]", "runtime", ()),
        ("const a = { ...require('x') }", "runtime", ()),
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.cts"])
def test_calls(path: str, text: str, kind: ImportKind, names: Names) -> None:
    found = only(path, text)
    assert (found.module, found.kind, found.names) == ("x", kind, names)


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("try { require('x') } catch {}", True),
        ("try { a() } catch { require('x') }", True),
        ("try { a() } finally { require('x') }", False),
        ("try { require('x') } finally { a() }", False),
        ("import('x').catch(() => null)", True),
        ("import('x').then(a).catch(b)", True),
        ("import('x').then(a)", False),
        ("require('x')", False),
    ],
)
def test_guarded(text: str, guarded: bool) -> None:
    assert only("a.js", text).guarded is guarded


@pytest.mark.parametrize("text", ["require(a)", "require(`./${a}`)", "import('./' + a)", "require(path.join(a, 'b'))"])
def test_calls_that_are_not_written_out(text: str) -> None:
    found = facts("a.js", f"\n{text}")
    assert found.imports == ()
    assert found.dynamic_imports == ((2, "the module's name is not written out"),)


@pytest.mark.parametrize(
    "text",
    [
        "// require('x')",
        "const a = \"require('x')\"",
        "a.require('x')",
        "function require_(x) {}",
        "import.meta.url",
        "require.resolve('x')",
        "const a = { require: 1 }",
        "`import('x')`",
        "/require('x')/.test(a)",
    ],
)
def test_what_is_no_import(text: str) -> None:
    found = facts("a.js", text)
    assert (found.imports, found.dynamic_imports) == ((), ())


@pytest.mark.parametrize(
    ("text", "exports"),
    [
        ("export { a }", [("a", "a", None)]),
        ("export { a as b, c as default }", [("b", "a", None), ("default", "c", None)]),
        ("export { a as b } from 'x'", [("b", "a", "x")]),
        ("export { default } from 'x'", [("default", "default", "x")]),
        ("export { default as a } from 'x'", [("a", "default", "x")]),
        ("export * from 'x'", [(None, "*", "x")]),
        ("export * as a from 'x'", [("a", "*", "x")]),
        ("export * as 'a b' from 'x'", [("a b", "*", "x")]),
        ("export {\n  a, // }\n  b\n} from 'x'", [("a", "a", "x"), ("b", "b", "x")]),
        ("export default a", [("default", "a", None)]),
        ("export default function f() {}", [("default", "f", None)]),
        ("export default class A {}", [("default", "A", None)]),
        ("export default function () {}", [("default", None, None)]),
        ("export default async () => {}", [("default", None, None)]),
        ("export default { a }", [("default", None, None)]),
        ("export const a = 1, { b, c: [d] } = e", [("a", "a", None), ("b", "b", None), ("d", "d", None)]),
        ("export function f() {}", [("f", "f", None)]),
        ("export async function* f() {}", [("f", "f", None)]),
        ("export class A {}", [("A", "A", None)]),
        ("export {}", []),
    ],
)
@pytest.mark.parametrize("path", ["a.mjs", "a.ts"])
def test_exports(path: str, text: str, exports: list[tuple[str | None, str | None, str | None]]) -> None:
    found = facts(path, text)
    assert sorted(map(str, [(each.name, each.local, each.module) for each in found.exports])) == sorted(
        map(str, exports)
    )
    assert not found.commonjs


@pytest.mark.parametrize(
    ("text", "exports"),
    [
        ("export interface A {}", [("A", "A", None)]),
        ("export type A = 1", [("A", "A", None)]),
        ("export enum A {}", [("A", "A", None)]),
        ("export const enum A {}", [("A", "A", None)]),
        ("export abstract class A {}", [("A", "A", None)]),
        ("export namespace A.B {}", [("A", "A", None)]),
        ("export declare const a: 1", [("a", "a", None)]),
        ("export declare function f(): void", [("f", "f", None)]),
        ("export default interface A {}", [("default", "A", None)]),
        ("@d() export class A {}", [("A", "A", None)]),
        ("export @d class A {}", [("A", "A", None)]),
        ("export type { A } from 'x'", [("A", "A", "x")]),
        ("export type * from 'x'", [(None, "*", "x")]),
        ("export type * as A from 'x'", [("A", "*", "x")]),
        ("export { type A, b } from 'x'", [("A", "A", "x"), ("b", "b", "x")]),
        ("export = a", [("default", "a", None)]),
        ("export import a = b.c", [("a", "a", None)]),
    ],
)
def test_typescript_exports(text: str, exports: list[tuple[str | None, str | None, str | None]]) -> None:
    assert [(each.name, each.local, each.module) for each in facts("a.ts", text).exports] == exports


def test_an_exported_require() -> None:
    found = facts("a.ts", "export import a = require('x')\nimport b = require('y')\n")
    assert [(each.module, each.exported) for each in found.imports] == [("x", True), ("y", False)]
    assert [(each.name, each.local, each.module) for each in found.exports] == [("a", "a", None)]
    assert set(found.definitions) == {"a", "b"}


def test_a_re_export_is_an_import_too() -> None:
    found = facts("a.ts", "export { a, type B } from 'x'\nexport * from 'y'\nexport type { C } from 'z'\n").imports
    assert [(each.module, each.names, each.kind) for each in found] == [
        ("x", (("a", "a"),), "runtime"),
        ("x", (("B", "B"),), "type-only"),
        ("y", (("*", "*"),), "runtime"),
        ("z", (("C", "C"),), "type-only"),
    ]
    assert all(each.exported for each in found)


@pytest.mark.parametrize(
    ("text", "exports"),
    [
        ("module.exports = a", [("default", "a", None)]),
        ("module.exports = class A {}", [("default", None, None)]),
        (
            "module.exports = { a, b: c, d: 1, e() {}, 'f': g }",
            [
                ("default", None, None),
                ("a", "a", None),
                ("b", "c", None),
                ("d", None, None),
                ("e", None, None),
                ("f", "g", None),
            ],
        ),
        ("module.exports = require('x')", [("default", "*", "x"), (None, "*", "x")]),
        (
            "module.exports = { a: require('x'), b: require('y').c }",
            [("default", None, None), ("a", "*", "x"), ("b", "c", "y")],
        ),
        ("module.exports = { ...require('x'), ...a }", [("default", None, None), (None, "*", "x"), (None, "a", None)]),
        ("const a = { b }; module.exports = a", [("default", "a", None), ("b", "b", None)]),
        ("exports.a = 1", [("a", None, None)]),
        ("exports.a = b", [("a", "b", None)]),
        ("module.exports.a = b", [("a", "b", None)]),
        ("module.exports['a'] = b", [("a", "b", None)]),
        ("exports = module.exports = a", [("default", "a", None)]),
        ("module.exports = exports = { a }", [("default", None, None), ("a", "a", None)]),
        ("exports.a = exports.b = c", [("a", "c", None), ("b", "c", None)]),
        ("Object.assign(module.exports, { a }, require('x'))", [("a", "a", None), (None, "*", "x")]),
        ("__exportStar(require('x'), exports)", [(None, "*", "x")]),
        ("Object.defineProperty(exports, 'a', { get })", [("a", None, None)]),
        ("Object.defineProperty(exports, '__esModule', { value: true })", []),
        ("if (a) { module.exports = b }", [("default", "b", None)]),
    ],
)
def test_commonjs(text: str, exports: list[tuple[str | None, str | None, str | None]]) -> None:
    found = facts("a.js", text)
    assert sorted(map(str, [(each.name, each.local, each.module) for each in found.exports])) == sorted(
        map(str, exports)
    )
    assert found.commonjs


@pytest.mark.parametrize(
    "text", ["exports = a", "a.exports = b", "exports[a] = b", "const exports_ = 1", "f(module.exports)"]
)
def test_what_exports_nothing(text: str) -> None:
    found = facts("a.js", text)
    assert found.exports == ()


def test_names() -> None:
    text = """
        import a, { b as c } from 'x'
        const d = 1, { e, f: [g, ...h], i = 2 } = j
        let k
        function l() {}
        class M {}
        interface N {}
        type O = 1
        enum P {}
        namespace Q {}
        declare const r: 1
        declare function s(): void
        abstract class T {}
        const u = require('y')
        const [v] = w
        export default class X {}
    """
    found = facts("a.ts", text)
    assert {name: each.kind for name, each in found.definitions.items()} == {
        **dict.fromkeys(["a", "c", "u"], "import"),
        **dict.fromkeys(["d", "e", "g", "h", "i", "k", "Q", "r", "v"], "variable"),
        **dict.fromkeys(["l", "s"], "function"),
        **dict.fromkeys(["M", "P", "T", "X"], "class"),
        **dict.fromkeys(["N", "O"], "type"),
    }


def test_a_type_beside_a_value_of_its_name() -> None:
    assert facts("a.ts", "const A = 1\ntype A = 2").definitions["A"].kind == "variable"
    assert facts("a.ts", "type A = 2\nconst A = 1").definitions["A"].kind == "variable"


def test_an_object_that_spreads_itself() -> None:
    found = facts("a.js", "const a = { ...b, x }; const b = { ...a, y }; module.exports = { ...a }")
    assert {each.name for each in found.exports} == {"default", "x", "y"}


def test_statements_in_what_cannot_be_read() -> None:
    text = "import a from 'x'\nconst b = sql<string[]>`select` \nconst = 1\nimport c from 'y'\nexport { d } from 'z'\n"
    found = facts("a.ts", text)
    assert {each.module for each in found.imports} >= {"x", "y"}
    assert found.faults
