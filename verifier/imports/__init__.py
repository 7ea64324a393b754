"""The import graph: which file imports which, down to the file that defines what is imported."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from verifier.imports.definers import Definer, Definers
from verifier.imports.node_modules import NodeModules
from verifier.imports.python_modules import PythonModules, is_initial
from verifier.imports.resolution import Resolution
from verifier.model import FileFacts, Import, ImportEdge, ImportKind, Project, Span, UnresolvedImport
from verifier.regex import regex

if TYPE_CHECKING:
    from networkx import DiGraph

__all__ = ["ExternalImport", "ImportGraph", "Modules", "Resolution", "link_imports"]

# What changes a Python module's names without binding them.
NAMESPACE = (b"globals(", b"sys.modules", b"setattr(", b"exec(", b"vars(", b"__dict__")
# Bytes of a statement that its span covers at most.
SHOWN = 400
COMMENT = regex(r"\s(?:#|//|/\*).*")
RUNTIME: frozenset[ImportKind] = frozenset({"runtime"})


class ExternalImport(NamedTuple):
    """An import from outside of the project; ``package`` is its top name, ``module`` as written."""

    path: str
    package: str
    line: int
    kind: ImportKind
    module: str


class Modules:
    """Where modules and names of a project lie."""

    def __init__(
        self, project: Project, facts: Mapping[str, FileFacts], generated: Mapping[str, str] | None = None
    ) -> None:
        self.facts = facts
        self.python = PythonModules(project, facts)
        self.node = NodeModules(project, generated)
        self.definers = Definers(facts, self.find, self.resolve, self.inside)

    def resolve(self, path: str, imported: Import) -> Resolution:
        """Where the module of an import in a file lies."""
        if is_python(path):
            return self.python.find(path, imported.module, imported.level, imported)
        return self.node.find(path, imported.module)

    def find(self, path: str, module: str, level: int = 0) -> Resolution:
        """Where a dotted name or module specifier leads, seen from a file."""
        if is_python(path):
            return self.python.find(path, module, level)
        return self.node.find(path, module)

    def inside(self, directory: str, name: str) -> Resolution | None:
        """The Python module of that name in a package's folder."""
        return self.python.inside(directory, name)

    def definer(self, path: str, name: str) -> Definer | None:
        """The file that defines a name that a file offers, its name there, and the files passed on the way.

        ``path`` may be the folder of a namespace package. The name ``*`` is a module itself. A name that comes from
        outside of the project is defined by the last file that has it. None where there is no such name.
        """
        return self.definers.of(path, name)


class ImportGraph(Struct, frozen=True, dict=True):
    """Who imports whom.

    ``edges`` lead to the file that defines what is imported; a file that is not source, such as JSON, may be one.
    ``internal`` and ``outside`` count import statements that arrive inside the project or lead outside of it.
    """

    edges: tuple[ImportEdge, ...]
    unresolved: tuple[UnresolvedImport, ...]
    external: tuple[ExternalImport, ...]
    internal: int
    outside: int

    def imports_of(self, path: str) -> tuple[ImportEdge, ...]:
        """What a file imports."""
        return self._by_source.get(path, ())

    def imported_by(self, path: str) -> tuple[ImportEdge, ...]:
        """Who imports a file."""
        return self._by_target.get(path, ())

    @cached_property
    def _by_source(self) -> Mapping[str, tuple[ImportEdge, ...]]:
        return grouped(self.edges, "source")

    @cached_property
    def _by_target(self) -> Mapping[str, tuple[ImportEdge, ...]]:
        return grouped(self.edges, "target")

    @cached_property
    def graph(self) -> DiGraph[str]:
        """The files as a graph; an edge carries its ``ImportEdge`` objects as ``imports``."""
        from networkx import DiGraph

        graph: DiGraph[str] = DiGraph()
        for edge in self.edges:
            if graph.has_edge(edge.source, edge.target):
                graph.edges[edge.source, edge.target]["imports"].append(edge)
            else:
                graph.add_edge(edge.source, edge.target, imports=[edge])
        return graph

    def cycles(self, kinds: Collection[ImportKind] = RUNTIME) -> tuple[tuple[ImportEdge, ...], ...]:
        """Circles of imports of some kinds, the shortest first in each tangle of files; no two share an import.

        The edges of a circle follow each other; the first starts at the file whose name sorts first. At most 100.
        """
        from verifier.imports.cycles import cycles

        return cycles(tuple(edge for edge in self.edges if edge.kind in kinds))


def grouped(edges: tuple[ImportEdge, ...], side: str) -> Mapping[str, tuple[ImportEdge, ...]]:
    """Edges by one of their ends."""
    found: dict[str, list[ImportEdge]] = {}
    for edge in edges:
        found.setdefault(getattr(edge, side), []).append(edge)
    return {path: tuple(inner) for path, inner in found.items()}


def link_imports(project: Project, facts: Mapping[str, FileFacts], modules: Modules | None = None) -> ImportGraph:
    """The import graph of a project. ``modules`` spares making the search anew."""
    linking = Linking(project, facts, modules or Modules(project, facts))
    for path in sorted(facts):
        for imported in facts[path].imports:
            linking.add(path, imported)
    return ImportGraph(
        tuple(linking.edges),
        tuple(linking.unresolved),
        tuple(linking.external),
        len(linking.arrived - linking.failed),
        len(linking.left - linking.arrived - linking.failed),
    )


class Linking:
    """The graph while it is made; statements are known by file, place and module."""

    def __init__(self, project: Project, facts: Mapping[str, FileFacts], modules: Modules) -> None:
        self.project = project
        self.facts = facts
        self.modules = modules
        self.edges: list[ImportEdge] = []
        self.unresolved: list[UnresolvedImport] = []
        self.external: list[ExternalImport] = []
        self.arrived: set[tuple[str, int, str]] = set()
        self.left: set[tuple[str, int, str]] = set()
        self.failed: set[tuple[str, int, str]] = set()
        self.last = ("", 0, 1)

    def add(self, path: str, imported: Import) -> None:
        """One import."""
        found = self.modules.resolve(path, imported)
        statement = (path, imported.start, imported.module)
        written = "." * imported.level + imported.module
        if found.package is not None:
            self.left.add(statement)
            self.external.append(ExternalImport(path, found.package, imported.line, imported.kind, written))
            return
        span = self.span(path, imported)
        if found.reason is not None:
            self.fail(path, imported, span, found.reason, found.place)
            return
        self.arrived.add(statement)
        for there in [there for there, _ in imported.names] or ["*"]:
            if there != "*":
                self.name(path, imported, found, there, span)
            elif found.file is not None:
                self.edge(path, self.whole(found.file), "*", span, imported.kind)

    def whole(self, file: str) -> Definer:
        """A module taken as a whole; a CommonJS file may pass on another's."""
        facts = self.facts.get(file)
        definer = self.modules.definer(file, "*") if facts is not None and facts.commonjs else None
        return definer or (file, "*", ())

    def name(self, path: str, imported: Import, found: Resolution, there: str, span: Span) -> None:
        """One name of a module that was found."""
        if found.file is None:
            inside = [self.modules.inside(portion, there) for portion in found.portions]
            inner = next((each for each in inside if each is not None), None)
            if inner is None:
                self.fail(path, imported, span, f"there is no module `{there}` in {found.directory}")
            elif inner.file is not None:
                self.edge(path, (inner.file, "*", ()), there, span, imported.kind)
            return
        definer = self.modules.definer(found.file, there)
        if definer is None or definer[0] not in self.project.directories:
            self.edge(path, definer or (found.file, there, ()), there, span, imported.kind)
        if definer is None and self.modules.definers.lacks(found.file, there) and not self.mentions(found.file):
            what = "nor is it a module of its package" if is_initial(found.file) else "which has no such name"
            self.fail(path, imported, span, f"`{there}` is not defined in {found.file}, {what}")

    def mentions(self, path: str) -> bool:
        """Whether a file may make names in a way that is not read: it changes its own namespace."""
        data = self.project.files[path].data
        return is_python(path) and any(word in data for word in NAMESPACE)

    def fail(self, path: str, imported: Import, span: Span, reason: str, place: str | None = None) -> None:
        """One import that does not arrive."""
        self.failed.add((path, imported.start, imported.module))
        reason = f"{reason} (its failure is handled)" if imported.guarded else reason
        module = "." * imported.level + imported.module
        self.unresolved.append(UnresolvedImport(module, span, reason, imported.kind, place))

    def edge(self, path: str, definer: Definer, name: str, span: Span, kind: ImportKind) -> None:
        """One edge; a TypeScript interface or type is imported for its type alone."""
        target, there, via = definer
        facts = self.facts.get(target)
        if facts is not None and facts.language in ("typescript", "tsx"):
            definition = facts.definitions.get(there)
            if definition is not None and definition.kind == "type":
                kind = "type-only"
        if target != path:
            self.edges.append(ImportEdge(path, target, name, span, kind, via))

    def span(self, path: str, imported: Import) -> Span:
        """The import's statement, as far as its first line goes, without the comment behind it.

        Imports come in their order, so that each place is counted from the last: a line may be as long as a file.
        """
        data, start = self.project.files[path].data, imported.start
        last_path, last_start, column = self.last
        if last_path != path or last_start > start:
            last_start, column = 0, 1
        line_start = data.rfind(b"\n", last_start, start) + 1
        if line_start:
            last_start, column = line_start, 1
        column += len(data[last_start:start].decode("utf-8", "replace"))
        self.last = (path, start, column)
        line = data[start : start + SHOWN].partition(b"\n")[0].decode("utf-8", "ignore")
        text = COMMENT.sub("", line).rstrip()
        return Span(path, imported.line, column, imported.line, column + len(text))


def is_python(path: str) -> bool:
    """Whether a path is of Python code."""
    return path.endswith((".py", ".pyi", ".pyw"))
