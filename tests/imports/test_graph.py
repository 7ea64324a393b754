"""The graph as a whole: kinds, counts, circles."""

from __future__ import annotations

import random
import subprocess
import sys

import networkx
import pytest

from tests.imports.projects import graph, project
from verifier.imports.cycles import cycles
from verifier.model import ImportEdge, ImportKind, Span


def test_kinds_and_counts() -> None:
    files = {
        "main.py": (
            "import a\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\n"
            "def f():\n    import c\nimport importlib\nimportlib.import_module('d')\nimport "
            "gone.x\nimport a, e.missing\n"
        ),
        "a.py": "",
        "b.py": "",
        "c.py": "",
        "d.py": "",
        "e/__init__.py": "",
    }
    linked = graph(project(files))
    assert [(edge.target, edge.kind) for edge in linked.edges] == [
        ("a.py", "runtime"),
        ("b.py", "type-only"),
        ("c.py", "lazy"),
        ("d.py", "dynamic"),
        ("a.py", "runtime"),
    ]
    assert linked.internal == 5
    assert linked.outside == 3
    assert [(each.package, each.line, each.kind, each.module) for each in linked.external] == [
        ("typing", 2, "runtime", "typing"),
        ("importlib", 7, "runtime", "importlib"),
        ("gone", 9, "runtime", "gone.x"),
    ]
    assert [(each.module, each.span.line) for each in linked.unresolved] == [("e.missing", 10)]


def test_span() -> None:
    linked = graph(project({"a.py": "é = 1; from b import (\n    c,\n)\n", "b.py": "c = 1\n"}))
    (edge,) = linked.edges
    assert edge.span == Span("a.py", 1, 8, 1, 23)


def test_spans_on_one_line() -> None:
    linked = graph(project({"a.js": "/* é */require('./b');require('./c')\n  require('./b')", "b.js": "", "c.js": ""}))
    assert [(edge.span.line, edge.span.column) for edge in linked.edges] == [(1, 8), (1, 23), (2, 3)]


def test_a_line_as_long_as_a_file() -> None:
    linked = graph(project({"a.js": "require('./b');" * 20_000, "b.js": ""}))
    assert linked.edges[-1].span.column == 15 * 19_999 + 1


def test_failure_that_is_handled() -> None:
    text = "try:\n    from .gone import x\nexcept ImportError:\n    x = None\n"
    (unresolved,) = graph(project({"app/a.py": text, "app/b.py": "from app import a\n"})).unresolved
    assert unresolved.reason == "there is no module `gone` in app (its failure is handled)"


def test_an_import_of_itself_is_no_edge() -> None:
    assert (
        graph(
            project({"pkg/__init__.py": "from . import x\nimport pkg\n", "pkg/x.py": "from pkg.x import y\ny = 1\n"})
        ).edges
        != ()
    )
    assert all(edge.source != edge.target for edge in graph(project({"a/__init__.py": "import a\n"})).edges)


def test_circle_in_a_project() -> None:
    files = {
        "a.py": "import b\n",
        "b.py": "from c import x\n",
        "c.py": "import a\nx = 1\n",
        "d.py": "def f():\n    import e\n",
        "e.py": "import d\n",
    }
    linked = graph(project(files))
    (circle,) = linked.cycles()
    assert [(edge.source, edge.target) for edge in circle] == [("a.py", "b.py"), ("b.py", "c.py"), ("c.py", "a.py")]
    assert len(linked.cycles({"runtime", "lazy"})) == 2
    assert set(linked.graph.nodes) == set(files)
    assert linked.graph.edges["a.py", "b.py"]["imports"][0].name == "*"


def edge(source: int, target: int, kind: ImportKind = "runtime") -> ImportEdge:
    return ImportEdge(f"{source:02}", f"{target:02}", "*", Span(f"{source:02}", 1), kind)


@pytest.mark.parametrize("seed", range(30))
def test_circles_are_circles_and_none_is_left(seed: int) -> None:
    """Held against networkx: the first is as short as its shortest circle, and without them the graph has none."""
    chance = random.Random(seed)
    size = chance.randrange(2, 14)
    pairs = {(chance.randrange(size), chance.randrange(size)) for _ in range(chance.randrange(1, 3 * size))}
    made = tuple(edge(*pair) for pair in sorted(pairs) if pair[0] != pair[1])
    found = cycles(made)
    whole: networkx.DiGraph[str] = networkx.DiGraph((each.source, each.target) for each in made)
    shortest = min(map(len, networkx.simple_cycles(whole)), default=0)
    assert min(map(len, found), default=0) == shortest
    taken = [(each.source, each.target) for circle in found for each in circle]
    assert len(taken) == len(set(taken))
    for circle in found:
        assert all(one.target == two.source for one, two in zip(circle, circle[1:] + circle[:1], strict=True))
        assert len({each.source for each in circle}) == len(circle)
        assert circle[0].source == min(each.source for each in circle)
    whole.remove_edges_from(taken)
    assert networkx.is_directed_acyclic_graph(whole)


def test_many_circles_end() -> None:
    made = tuple(edge(one, two) for one in range(40) for two in range(40) if one != two)
    assert len(cycles(made)) == 100


def test_networkx_is_loaded_for_circles_alone() -> None:
    code = (
        "import sys\nfrom tests.imports.projects import graph, project\n"
        "linked = graph(project({'a.py': 'import b', 'b.py': ''}))\n"
        "assert linked.cycles() == () and 'networkx' not in sys.modules\n"
        "assert graph(project({'a.py': 'import b', 'b.py': 'import a'})).cycles() and 'networkx' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
