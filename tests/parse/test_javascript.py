"""How JavaScript and TypeScript are lowered, construct by construct, in all the grammars that know it.

The files of ``lowering/`` hold the constructs: a source, and indented below it the statements that it becomes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parse.dump import dump, lowered
from verifier import parse, syntax
from verifier.model import Language, SourceFile
from verifier.parse import javascript, typescript_gaps

LANGUAGES: tuple[Language, ...] = ("javascript", "typescript", "tsx")
HERE = Path(__file__).parent


def cases(name: str) -> dict[str, str]:
    """Sources, and what they become."""
    found: dict[str, str] = {}
    for block in (HERE / "lowering" / f"{name}.txt").read_text(encoding="utf-8").split("\n\n"):
        lines = [
            line for line in block.split("\n") if line and not line.startswith("# ") and not line.startswith("## ")
        ]
        if lines:
            expected = [line.strip() for line in lines if line.startswith("    ")]
            found["\n".join(line for line in lines if not line.startswith("    "))] = " ".join(filter(None, expected))
    return found


JAVASCRIPT = cases("javascript")
TYPESCRIPT = cases("typescript")
GAPS = cases("gaps")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", JAVASCRIPT)
def test_javascript(source: str, language: Language) -> None:
    assert dump(lowered(source, language)) == JAVASCRIPT[source]


@pytest.mark.parametrize("language", ["typescript", "tsx"])
@pytest.mark.parametrize("source", [*TYPESCRIPT, *GAPS])
def test_typescript(source: str, language: Language) -> None:
    assert dump(lowered(source, language)) == (TYPESCRIPT | GAPS)[source]


def test_only_the_grammar_without_jsx_knows_assertions_in_angle_brackets() -> None:
    assert dump(lowered("x = <any>y.z", "typescript")) == "(assign [x] (member y z))"


@pytest.mark.parametrize("language", ["javascript", "tsx"])
def test_jsx_is_opaque(language: Language) -> None:
    assert dump(lowered("x = <a b={() => c}>d</a>; y = <e />", language)) == (
        "(assign [x] (opaque jsx_element)) (assign [y] (opaque jsx_self_closing_element))"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_line_ends_and_byte_order_mark(language: Language) -> None:
    assert dump(lowered("\ufeffx = `a\r\nb\rc`\r\ny = 'd\\\r\ne'\r\n", language)) == (
        '(assign [x] "a\\nb\\nc") (assign [y] "de")'
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_await_in_parentheses(language: Language) -> None:
    """One grammar reads ``await (a)`` as a call of something named ``await`` where more follows."""
    assert dump(lowered("async () => { f(await (await a).b()); (await (c).d()).e }", language)) == (
        '(function "" arrow [] [(call f [(await (call (member (await a) b) []))])'
        " (member (await (call (member c d) [])) e)] is_async=true)"
    )


def functions(node: object) -> Iterator[syntax.Function | syntax.Class]:
    """All functions and classes below a node, outer ones first."""
    for inner in everything(node):
        if isinstance(inner, syntax.Function | syntax.Class):
            yield inner


def everything(node: object) -> Iterator[object]:
    """All nodes below a node, itself included, in order. Bodies are lowered for it."""
    pending = [node]
    while pending:
        found = pending.pop()
        inner: list[object] = []
        if isinstance(found, tuple):
            inner = list(found)
        elif isinstance(found, syntax.Module):
            inner = [found.body]
        elif isinstance(found, syntax.Function):
            inner = [found.decorators, found.parameters, found.returns, found.body]
        elif isinstance(found, syntax.Class):
            inner = [found.decorators, found.bases, found.implements, found.body]
        elif isinstance(found, syntax.Node):
            inner = [getattr(found, name) for name in found.__struct_fields__]
        if not isinstance(found, tuple):
            yield found
        pending.extend(reversed(inner))


@pytest.mark.parametrize("language", LANGUAGES)
def test_names(language: Language) -> None:
    source = """
        function outer() { const inner = () => { function deep() {} } }
        const arrow = async () => {}, named = function own() {}
        exports.shared = function () {}
        module.exports = { main() {} }
        const repository = { find: () => {}, "by-id": function () {}, nested: { get() {} }, [computed]: () => {} }
        class Service { field = () => {}; #hidden() {} static create() { return class { method() {} } } [a.b]() {} }
        run(() => { later(() => { const there = () => {} }) })
        const { a = () => {} } = b, c = (d = () => {}) => {}
        const Made = class extends Base {}
        cond ? () => {} : 0
    """
    assert [found.qualified for found in functions(lowered(source, language))] == [
        *("outer", "outer.inner", "outer.inner.deep", "arrow", "own", "shared", "main"),
        *("repository.find", "repository.by-id", "repository.nested.get", "repository.<anonymous>"),
        *("Service", "Service.field", "Service.#hidden", "Service.create", "Service.create.<anonymous>"),
        *("Service.create.<anonymous>.method", "Service.[a.b]"),
        *("<anonymous>", "<anonymous>", "<anonymous>.there", "a", "c", "d", "Made", "<anonymous>"),
    ]


def test_positions_are_those_of_the_construct_itself() -> None:
    source = '/* é */ @dec()\nexport class A { @col x = f("é", `b${c}`); async m(p?: T) { return (g(1)) } }'
    data = source.encode()
    texts = {
        f"{type(node).__name__} {data[node.start : node.end].decode()}"
        for node in everything(lowered(source))
        if isinstance(node, syntax.Node | syntax.Function | syntax.Class)
    }
    assert texts >= {
        'Class @dec()\nexport class A { @col x = f("é", `b${c}`); async m(p?: T) { return (g(1)) } }',
        'Export @dec()\nexport class A { @col x = f("é", `b${c}`); async m(p?: T) { return (g(1)) } }',
        "Call dec()",
        'Assign @col x = f("é", `b${c}`)',
        'Call f("é", `b${c}`)',
        'Const "é"',
        "Const b",
        "Name c",
        "Function async m(p?: T) { return (g(1)) }",
        "Parameter p?: T",
        "Return return (g(1))",
        "Call g(1)",
    }


def test_a_body_is_lowered_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    statement = javascript.Lowering.statement

    def watched(self: javascript.Lowering, node: object, found: list[syntax.Statement]) -> None:
        seen.append(self.scope)
        statement(self, node, found)  # type: ignore[arg-type]

    monkeypatch.setattr(javascript.Lowering, "statement", watched)
    module = lowered("class A { m() { one() } } const f = () => { two() }")
    assert seen == ["", ""]
    (class_, _) = module.body
    assert isinstance(class_, syntax.Class)
    (method,) = class_.body
    assert isinstance(method, syntax.Function)
    assert method.body is method.body
    assert seen == ["", "", "A.m"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "source",
    [
        "first(); @@ ; last()",
        "first(); x = ) ; lost(); last()",
        "first(); a + b @@ c; last()",
        "first(); f(a, @@, b); last()",
        "first(); x = { a: 1, b @@ c, d: e }; last()",
        "first(); class A { m() { x( } n() {} } last()",
        "first(); if (a) { ) } last()",
    ],
)
def test_what_cannot_be_read_is_opaque_and_the_rest_is_there(source: str, language: Language) -> None:
    found = dump(lowered(source, language))
    assert found.startswith("(call first [])")
    assert found.endswith("(call last [])")
    assert "(opaque ERROR)" in found


def test_a_value_behind_something_unreadable_is_not_guessed() -> None:
    assert dump(lowered("x = ) ; f()", "javascript")) == "(opaque ERROR)"
    assert dump(lowered("x = { a: b @@ c }", "javascript")) == '(assign [x] {(entry "a" (opaque ERROR))})'


DEEP = 10_000
NESTED = {
    "parentheses": "x = " + "(" * DEEP + "1" + ")" * DEEP,
    "arrays": "x = " + "[" * DEEP + "1" + "]" * DEEP,
    "objects": "x = " + "{a:" * DEEP + "1" + "}" * DEEP,
    "calls": "f(" * DEEP + ")" * DEEP,
    "blocks": "{" * DEEP + "}" * DEEP,
    "arrows": "x = " + "()=>" * 1000 + "1",
    "defaults": "x = " + "(a=" * 1000 + "1" + ")=>1" * 1000,
    "operators": "x = " + "!" * DEEP + "y",
    "awaits": "x = " + "await (" * DEEP + "y" + ").z()" * DEEP,
    "templates": "x = " + "`${" * 1000 + "1" + "}`" * 1000,
    "subscripts": "a" + "[b" * DEEP + "]" * DEEP,
    "sum": "x = " + " + ".join(["a"] * 5000),
    "links": "x" + ".then(y)" * 5000,
    "else-ifs": "if (a) b();" + " else if (c) d();" * 3000,
    "ifs": "if (a) " * DEEP + "b()",
    "choices": "x = " + "a ? b : " * DEEP + "c",
    "assignments": "a = " * DEEP + "1",
    "sequence": "a, " * DEEP + "b",
    "labels": "a: " * DEEP + "b()",
    "classes": "class A extends " * 1000 + "B" + " {}" * 1000,
}
NESTED_TYPES = {
    "generics": "let x: " + "A<" * DEEP + "B" + ">" * DEEP,
    "arrays of": "let x: A" + "[]" * DEEP,
    "union": "let x: " + " | ".join(["A"] * DEEP),
    "intersection": "type X = " + " & ".join(["{ a: b }"] * 1000),
    "object types": "type X = " + "{ a: " * 1000 + "b" + " }" * 1000,
    "namespaces": "namespace A { " * 1000 + "}" * 1000,
    "modules": 'declare module "a" { ' * 1000 + "}" * 1000,
    "assertions": "x = y" + " as any" * DEEP,
    "enum": "enum A { B = " + "1 + " * DEEP + "1, C }",
    "tags": "sql" + "<a" * 1000 + ">" * 1000 + "`x`",
}


@pytest.mark.parametrize(
    ("language", "name"),
    [(language, name) for language in LANGUAGES for name in NESTED]
    + [(language, name) for language in ("typescript", "tsx") for name in NESTED_TYPES],
)
def test_no_nesting_is_too_deep(language: Language, name: str) -> None:
    module = lowered((NESTED | NESTED_TYPES)[name] + ";\nfoo();", language)
    assert sum(1 for _ in everything(module))
    assert dump(module.body[-1]) == "(call foo [])"


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_chains_are_kept_whole(language: Language) -> None:
    source = "a" + ".b(1)" * 400 + "\n" + " + ".join(["c"] * 800) + "\nif (d) e()" + "\nelse if (d) e()" * 799
    counted = [type(node).__name__ for node in everything(lowered(source, language))]
    assert [counted.count(kind) for kind in ("Member", "Binary", "If", "Opaque")] == [400, 799, 800, 0]


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\xff\xfe\x00", b"(" * 5000, b"`" * 5000, b"sql<`" * 5000, b"x = '\\u{99999999999}\\ud800'"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_bytes_are_too_odd(data: bytes, language: Language) -> None:
    for node in everything(parse.lower(SourceFile("source", data, language))):
        if isinstance(node, syntax.Const) and isinstance(node.value, str):
            node.value.encode()


def test_text_that_looks_like_a_gap_is_left_alone() -> None:
    source = SourceFile(
        "source.ts",
        b"""
        const a = "sql<T>`x` (unknown) => a!.b", b = `x as A.B.C <T>`  // sql<T>`x` ${a + b!.c}
        if (a > (b) || c < d) { e = f<G>(h)!.i as J.K; k(l => `m`) }
        """,
        "typescript",
    )
    tree = parse.parser("typescript").parse(source.data)
    assert typescript_gaps.mend(source.data, tree) is tree
