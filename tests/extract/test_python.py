"""Imports and names of Python files. The truth is what ``ast`` and ``symtable`` say of the same text."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.extract.reading import facts, only
from verifier.model import FileFacts

HERE = Path(__file__).resolve()

STATEMENTS = [
    "import a",
    "import a.b.c",
    "import a.b.c as d",
    "import a as a",
    "import a, b.c, d as e",
    "import a ; import b",
    "from a import b",
    "from a.b import c as d, e",
    "from . import a",
    "from .import a",
    "from.import a",
    "from .. import a as b",
    "from ...a.b import c",
    "from . . . import a",
    "from .a import *",
    "from a import (b, c,)",
    "from a import (  # why\n    b,  # this, too\n    c as d,\n)",
    "from a import b, \\\n    c",
    "import a, \\\n    b",
    "from \\\n    a import b",
    "from a import (\n\n    b\n\n)",
    "from a . b import c",
    "from importlib import import_module",
    "from import_ import x",
    "from __future__ import annotations",
    "x = 1; from a import b",
    "if x: import a",
    "if x:\n    import a\nelif y:\n    import b\nelse:\n    from c import d",
    "for x in y: import a",
    "while x:\n    import a\nelse:\n    import b",
    "with a as b, c as (d, e):\n    import f",
    "try:\n    import a\nexcept X as e:\n    import b\nelse:\n    import c\nfinally:\n    import d",
    "match x:\n    case 1:\n        import a",
    "class A:\n    import b\n    from c import d\n    def f(self):\n        import e",
    "def f():\n    import a\n    def g():\n        from b import c",
    "async def f():\n    import a",
    "lambda: __import__('a')",
    "def f(): import a; from b import c",
    "if x:\n\tif y:\n\t\timport a",
    'x = """\nimport a\nfrom b import c\n"""',
    "# import a",
    "important = 1",
    "x = {'import': 1}",
    "import ä.ö as ü",
]

NAMES = [
    *STATEMENTS,
    "a = b = c = 1",
    "a, (b, *c), [d, e] = f",
    "a: int",
    "a: int = 1",
    "(a) = 1",
    "(a, b) = c",
    "x.y = 1",
    "x[0] = 1",
    "a = 1\na += 1",
    "def f(): pass\nasync def g(): pass\nclass C: x = 1",
    "@decorated\ndef f(): pass\n@decorated\nclass C: pass",
    "if x:\n    a = 1\n    def f(): pass\nelse:\n    b = 1",
    "for a, b in c:\n    d = 1\nelse:\n    e = 1",
    "with open(x) as a, open(y) as (b, c): pass",
    "with (open(x) as a, open(y) as b): pass",
    "try:\n    a = 1\nexcept E:\n    b = 1\nfinally:\n    c = 1",
    "while x:\n    a = 1",
    "if (a := 1): pass",
    "print(b := 1)",
    "def f():\n    global a, \\\n        b\n    a = b = 1",
    "match x:\n    case 1:\n        a = 1",
    "if a:\n    if b:\n        if c:\n            d = 1",
]


def truth(text: str) -> Iterator[tuple[str, int, tuple[tuple[str, str], ...], int, bool]]:
    """Module, level, names, line and whether it stands in a function, by ``ast``."""

    def visit(node: ast.AST, lazy: bool) -> Iterator[tuple[str, int, tuple[tuple[str, str], ...], int, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for each in child.names:
                    names = (("*", each.asname),) if each.asname and each.asname != each.name else ()
                    yield each.name, 0, names, child.lineno, lazy
            elif isinstance(child, ast.ImportFrom):
                pairs = tuple((each.name, each.asname or each.name) for each in child.names)
                yield child.module or "", child.level, pairs, child.lineno, lazy
            else:
                yield from visit(child, lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    yield from visit(ast.parse(text), False)


def read(found: FileFacts) -> list[tuple[str, int, tuple[tuple[str, str], ...], int, bool]]:
    return [
        (each.module, each.level, each.names, each.line, each.kind == "lazy")
        for each in found.imports
        if each.kind != "dynamic"
    ]


@pytest.mark.parametrize("text", STATEMENTS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_imports_are_those_of_ast(text: str, ending: str) -> None:
    found = facts("a.py", text.replace("\n", ending) + ending)
    assert sorted(read(found)) == sorted(truth(text + "\n"))


def bound(text: str) -> set[str]:
    """The names that a module binds, by ``symtable``."""
    table = symtable.symtable(text, "a.py", "exec")
    found = {
        each.get_name()
        for each in table.get_symbols()
        if each.is_assigned() or each.is_imported() or each.is_namespace()
    }

    def globals_of(inner: symtable.SymbolTable) -> None:
        for child in inner.get_children():
            found.update(
                each.get_name() for each in child.get_symbols() if each.is_declared_global() and each.is_assigned()
            )
            globals_of(child)

    globals_of(table)
    # Interpreters that inline comprehensions count the variables of those among the module's names.
    loops = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.comprehension)]
    return found - {name.id for loop in loops for name in ast.walk(loop.target) if isinstance(name, ast.Name)}


@pytest.mark.parametrize("text", NAMES)
def test_names_are_those_of_symtable(text: str) -> None:
    handled = {"e"} if "as e" in text and "except" in text else set()  # taken away again after the handler
    assert set(facts("a.py", text).definitions) - handled == bound(text) - handled


def test_own_sources() -> None:
    """Files of this very project: nothing of theirs is missed, and nothing invented."""
    for path in [*HERE.parents[2].glob("verifier/**/*.py"), *HERE.parent.glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        found = facts(path.name, text)
        assert sorted(read(found)) == sorted(truth(text)), path
        assert bound(text) <= set(found.definitions), path
        assert found.faults == ()


@pytest.mark.parametrize(
    ("condition", "kinds"),
    [
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", ["type-only", "runtime"]),
        ("if typing.TYPE_CHECKING:\n    import a", ["type-only"]),
        ("if not TYPE_CHECKING:\n    import a\nelse:\n    import b", ["runtime", "type-only"]),
        ("if not (TYPE_CHECKING):\n    import a", ["runtime"]),
        ("if TYPE_CHECKING and x:\n    import a", ["type-only"]),
        ("if TYPE_CHECKING or x:\n    import a", ["runtime"]),
        (
            "if x:\n    import a\nelif TYPE_CHECKING:\n    import b\nelse:\n    import c",
            ["runtime", "type-only", "runtime"],
        ),
        ("if TYPE_CHECKING:\n    if x:\n        import a", ["type-only"]),
        ("if TYPE_CHECKING: import a", ["type-only"]),
        ("if TYPE_CHECKING:\n    def f():\n        import a", ["type-only"]),
        ("def f():\n    if TYPE_CHECKING:\n        import a", ["type-only"]),
        ("from typing import TYPE_CHECKING as CHECKED\nif CHECKED:\n    import a", ["runtime", "type-only"]),
        ("import typing as t\nif t.TYPE_CHECKING:\n    import a", ["runtime", "type-only"]),
        ("if TYPE_CHECKING is True:\n    import a\nelse:\n    import b", ["type-only", "runtime"]),
        ("if True == t.TYPE_CHECKING:\n    import a", ["type-only"]),
        ("if TYPE_CHECKING is not False:\n    import a", ["type-only"]),
        ("if TYPE_CHECKING is False:\n    import a\nelse:\n    import b", ["runtime", "type-only"]),
        ("if not TYPE_CHECKING is True:\n    import a\nelse:\n    import b", ["runtime", "type-only"]),
        ("if TYPE_CHECKING is x:\n    import a\nelse:\n    import b", ["runtime", "runtime"]),
        ("if (  # why\n    x\n    and TYPE_CHECKING\n):\n    import a", ["type-only"]),
        ("if TYPE_CHECKING or x:\n    import a\nelse:\n    import b", ["runtime", "runtime"]),
        ("if TYPE_CHECKING or typing.TYPE_CHECKING:\n    import a\nelse:\n    import b", ["type-only", "runtime"]),
        ("if not TYPE_CHECKING or x:\n    import a\nelse:\n    import b", ["runtime", "type-only"]),
        ("if not (TYPE_CHECKING and x):\n    import a\nelse:\n    import b", ["runtime", "type-only"]),
        ("if f(TYPE_CHECKING):\n    import a", ["runtime"]),
        ("if TYPE_CHECKING_NOT:\n    import a", ["runtime"]),
        ("if x == 'TYPE_CHECKING':\n    import a", ["runtime"]),
    ],
)
def test_type_checking(condition: str, kinds: list[str]) -> None:
    assert [each.kind for each in facts("a.py", condition).imports] == kinds


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("try:\n    import a\nexcept ImportError:\n    import b", [True, True]),
        ("try:\n    import a\nexcept (KeyError, ModuleNotFoundError) as e:\n    pass", [True]),
        ("try:\n    import a\nexcept:\n    pass", [True]),
        ("try:\n    import a\nexcept Exception:\n    pass", [True]),
        ("try:\n    import a\nexcept KeyError:\n    pass", [False]),
        ("try:\n    x\nexcept ImportError:\n    pass\nelse:\n    import a", [False]),
        ("try:\n    x\nexcept ImportError:\n    pass\nfinally:\n    import a", [False]),
        ("try:\n    import a\nfinally:\n    pass", [False]),
        ("with suppress(ImportError):\n    import a", [True]),
        ("with contextlib.suppress(ImportError):\n    import a", [True]),
        ("with open(x):\n    import a", [False]),
        ("if Path('local.py').exists():\n    import local", [True]),
        ("if find_spec('a'):\n    import a", [True]),
        ("if DEBUG:\n    import a", [False]),
        ("import a", [False]),
        ("def f():\n    try:\n        import a\n    except ImportError:\n        pass", [True]),
    ],
)
def test_guarded(text: str, guarded: list[bool]) -> None:
    assert [each.guarded for each in facts("a.py", text).imports] == guarded


@pytest.mark.parametrize(
    ("call", "module", "level"),
    [
        ("importlib.import_module('a.b')", "a.b", 0),
        ("import_module('a')", "a", 0),
        ("__import__('a.b')", "a.b", 0),
        ("importlib.import_module(name='a')", "a", 0),
        ("importlib.import_module('.b', __package__)", "b", 1),
        ("importlib.import_module('..b', package=__name__)", "b", 2),
        ("importlib.import_module('.b', 'a.c')", "a.c.b", 0),
        ("importlib.import_module('..b', package='a.c')", "a.b", 0),
        ("importlib.import_module(\n    'a',  # the first\n)", "a", 0),
        ('importlib.import_module(r"a")', "a", 0),
    ],
)
def test_import_calls(call: str, module: str, level: int) -> None:
    found = only("a.py", f"x = {call}")
    assert (found.module, found.level, found.kind) == (module, level, "dynamic")


@pytest.mark.parametrize(
    "call", ["import_module(x)", "import_module(f'a.{x}')", "__import__('a' + b)", "import_module('a' 'b')"]
)
def test_import_calls_that_are_not_written_out(call: str) -> None:
    found = facts("a.py", f"\n{call}")
    assert found.imports == ()
    assert found.dynamic_imports == ((2, "the module's name is not written out"),)


@pytest.mark.parametrize(
    "text", ["x = 'import_module(1)'", "# import_module('a')", "import_module", "def import_module(x): pass"]
)
def test_what_is_no_import_call(text: str) -> None:
    found = facts("a.py", text)
    assert (found.imports, found.dynamic_imports) == ((), ())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__ = ('a',)", ("a",)),
        ("__all__: list[str] = ['a']", ("a",)),
        ("__all__ = ['a'] + ['b']", ("a", "b")),
        ("__all__ = ['a']\n__all__ += ['b']\n__all__.extend(['c'])\n__all__.append('d')", ("a", "b", "c", "d")),
        ("__all__ = []", ()),
        ("__all__ = ['a', *other]", None),
        ("__all__ = ['a'] + other.__all__", None),
        ("__all__ = [  # offered\n    'a',\n]", ("a",)),
        ("x = 1", None),
    ],
)
def test_all(text: str, names: tuple[str, ...] | None) -> None:
    assert facts("a.py", text).all_names == names


def test_a_name_bound_in_a_comprehension() -> None:
    assert set(facts("a.py", "[c := x for x in y]\n{d: (e := d) for d in y}\n").definitions) == {"c", "e"}


def test_a_fallback_does_not_hide_the_import() -> None:
    text = "try:\n    from a import f\nexcept ImportError:\n    def f(): pass\n"
    assert facts("a.py", text).definitions["f"].kind == "import"


def test_a_later_definition_hides_the_import() -> None:
    assert facts("a.py", "from a import f\ndef f(): pass\n").definitions["f"].kind == "function"
    assert facts("a.py", "if x:\n    from a import f\ndef f(): pass\n").definitions["f"].kind == "function"


def test_statements_in_what_cannot_be_read() -> None:
    found = facts("a.py", "import a\n$ %^ &\nfrom b import c\ndef (\nimport d\n")
    assert {each.module for each in found.imports} >= {"a", "b"}
    assert found.faults


def test_facts_survive_the_cache() -> None:
    found = facts("a.py", "from a import b\n__all__ = ['b']\nx = 1  # buttress: ignore[a/b] -- why\ndef (\n")
    packed = msgspec.msgpack.encode(found)
    assert msgspec.msgpack.decode(packed, type=FileFacts) == found
