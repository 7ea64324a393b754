"""Runs a project's wiring: every module that may register something, and the factories that nothing else calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from verifier.evaluate import calling, objects, regular, standard
from verifier.evaluate.frames import BudgetError, Frame
from verifier.evaluate.interpreter import MOST_STEPS, Engine
from verifier.evaluate.library import Library
from verifier.evaluate.routing import Router
from verifier.evaluate.values import Class, Deferred, Function, Record, Scope
from verifier.link.registering import run_uncalled
from verifier.link.sites import statements_of
from verifier.model import FileFacts, Import, Note, Project
from verifier.packs import belongs
from verifier.regex import regex
from verifier.trouble import OURS, told

if TYPE_CHECKING:
    from tree_sitter import Tree

    from verifier.imports import Modules
    from verifier.packs import Pack

TESTS = regex(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|spec|specs|e2e|cypress|testing|fixtures|examples?|docs?|benchmarks?)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$|[._](?:test|spec|e2e-spec|stories|bench)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$"
)

FARTHEST_IMPORTER = 3


MOST_STEPS_OF_ONE = 500_000  # of one module or factory: what is no wiring can be without end on unknown arguments
CALLED = regex(rb"(?<!def )(?<!class )(?<!function )\b([A-Za-z_]\w*)\(")


@cache
def is_test(path: str) -> bool:
    """Whether a file belongs to tests, examples or documents rather than to the program."""
    return TESTS.search(path) is not None


class Program:
    """A project whose wiring has been run. ``notes`` say where the run had to stop."""

    def __init__(
        self,
        project: Project,
        facts: Mapping[str, FileFacts],
        modules: Modules,
        packs: tuple[Pack, ...],
        trees: dict[str, Tree] | None = None,
    ) -> None:
        self.project = project
        self.facts = facts
        names = {path: {found.module for found in own.imports if found.level == 0} for path, own in facts.items()}
        program = set[str]().union(*(names[path] for path in names if not is_test(path)))
        self.every = packs
        self.packs = [pack for pack in packs if any(belongs(module, pack.packages) for module in program)]
        self.declaring = [
            pack for pack in packs if pack.models is not None and (not pack.packages or pack in self.packs)
        ]
        self.querying = [pack for pack in packs if statements_of(pack) and self.uses(pack, program)]
        self.modules = modules
        library = Library()
        library.add(iter(standard.OBJECTS), {**standard.FUNCTIONS, **regular.FUNCTIONS})
        for pack in packs:
            library.add(iter(pack.objects), pack.functions)
        wiring = [pack for pack in self.packs if pack.framework is not None or pack.wires]
        known = {module for module in program if any(belongs(module, pack.packages) for pack in wiring)}
        self.importing = {path for path in names if not known.isdisjoint(names[path])}
        hints = "|".join(hint for pack in self.packs for hint in pack.hints)
        self.registering = re.compile(hints.encode(), re.MULTILINE) if hints else None
        self.engine = Engine(project, facts, modules, library, self.importing, hints.encode(), trees)
        self.engine.expressive = tuple(prefix for pack in packs for prefix in pack.expressions)
        self.engine.hollow = frozenset(path for pack in packs for path in pack.hollow)
        self.engine.declaring = frozenset(name for pack in packs for name in pack.declaring)
        self.engine.offering = frozenset(path for pack in self.packs for path in pack.offers)
        self.engine.table.tests = {path for path in names if is_test(path)}
        self.notes: list[Note] = []
        self.wiring_paths: list[str] = []  # the files of the program that import what wires
        self.run()

    def uses(self, pack: Pack, modules: Iterable[str]) -> bool:
        """Whether the program, which imports some modules, uses a pack's library; drivers are named by their paths."""
        if pack.packages:
            return pack in self.packs
        return any(module.startswith(pack.expressions) for module in modules)

    @cached_property
    def starting_files(self) -> set[str]:
        """Files that are worth running while the application is started: those that wire, or use a data library."""
        packages = tuple({name for pack in self.packs for name in pack.packages})
        return self.importing | {path for path, own in self.facts.items() if imports(own, packages)}

    def run(self) -> None:
        """Run all that may register routes, in an order that does not depend on the machine."""
        constructs = [pattern for pack in self.packs for pattern in pack.constructs]
        wanted = re.compile("|".join(constructs).encode()) if constructs else None
        data = {path: self.project.files[path].data for path in self.importing if not is_test(path)}
        making = [path for path in sorted(data) if wanted is not None and wanted.search(data[path])]
        # Of modules that import each other the one that makes the application comes first, as when it is started.
        first = [path for path in making if not path.endswith(".py")]
        paths = [*first, *sorted(data.keys() - set(first))]
        self.wiring_paths = sorted(data)
        for pack in self.packs:
            if pack.prepare is not None:
                self.guarded("", partial(pack.prepare, self.engine, self.project))
        for path in (*paths, *self.registering_elsewhere(data)):
            self.guarded(path, partial(self.engine.table.state, path))
        for pack in self.packs:
            if pack.start is not None:
                self.guarded("", partial(pack.start, self.engine, self.project))
        if wanted is not None:
            for path in making:
                self.run_importers(path, wanted)
            called = self.called_names(making)
            for names in (called, frozenset[str]()):  # callers first: a factory that they ran is no start
                for path in making:
                    self.guarded(path, partial(self.run_factories, path, wanted, names))
        run_uncalled(self)
        for found in list(self.engine.objects):
            if isinstance(found, Router):
                self.guarded("", partial(found.finish, self.engine))

    def registering_elsewhere(self, known: Mapping[str, bytes]) -> list[str]:
        """Python files that look as if they registered something, name no framework, and that nothing imports.

        Such as the file that is started, which takes the application from another one.
        """
        wanted = self.registering
        found = [
            path
            for path, source in sorted(self.project.files.items())
            if source.language == "python" and path not in known and not is_test(path)
            if wanted is not None and wanted.search(source.data)
        ]
        return [path for path in found if not self.importers(path)]

    def run_declaring(self) -> None:
        """Run all files that may declare something of the data model, and what of them was left until asked for."""
        self.engine.limit = self.engine.steps + MOST_STEPS
        packages = tuple(package for pack in self.declaring for package in pack.packages)
        hints = [hint for pack in self.declaring for hint in pack.declares]
        wanted = re.compile("|".join(hints).encode(), re.MULTILINE) if hints else None
        for path in sorted(self.facts):
            if is_test(path):
                continue
            if imports(self.facts[path], packages) or (wanted and wanted.search(self.project.files[path].data)):
                self.guarded(path, partial(self.run_whole, path))

    def run_whole(self, path: str) -> None:
        """Run a module with the constants that waited for somebody to ask for them."""
        names = self.engine.table.state(path).scope.names
        for name, value in list(names.items()):
            if isinstance(value, Deferred):
                names[name] = self.engine.force(value)

    def guarded(self, path: str, work: Callable[[], object]) -> None:
        """Do a piece of work; what it cannot finish is noted."""
        whole = self.engine.limit
        self.engine.limit = min(whole, self.engine.steps + MOST_STEPS_OF_ONE)
        try:
            work()
        except BudgetError:
            self.notes.append(Note(path, f"running the wiring was stopped after {self.engine.limit:,} steps"))
            whole = whole if self.engine.steps < whole else whole + 200_000
        except RecursionError:
            self.notes.append(Note(path, "running the wiring was stopped: the code nests too deeply"))
        except OURS as error:
            self.notes.append(Note(path, told(error, "running the wiring was stopped")))
        finally:
            self.engine.limit = whole
            self.engine.stack.clear()
            self.engine.conditional = 0

    def run_importers(self, path: str, wanted: re.Pattern[bytes]) -> None:
        """Run files that lead to a factory which nothing has called yet: a start-up file may not name the framework."""
        seen, waiting = {path}, [path]
        registering = self.registering if not path.endswith(".py") else None
        for _ in range(FARTHEST_IMPORTER):
            found = [*self.factories(path, wanted), *(self.factories(path, registering) if registering else ())]
            if all(self.has_run(value) for value in found):
                return
            waiting = [importer for inner in waiting for importer in self.importers(inner) if importer not in seen]
            seen.update(waiting)
            for importer in waiting:
                self.guarded(importer, partial(self.engine.table.state, importer))

    def finished(self, function: Function) -> bool:
        """Whether a function was run to its end; one that was given up is not."""
        engine = self.engine
        return function.code in engine.ran and function.code not in engine.unfinished

    def has_run(self, factory: Function | Class) -> bool:
        """Whether a factory was called, or an object of a class made."""
        if isinstance(factory, Function):
            return self.finished(factory)
        methods = [value for value in factory.members.values() if isinstance(value, Function)]
        return any(method.code in self.engine.ran for method in methods)

    @cached_property
    def naming(self) -> dict[str, list[tuple[str, Import]]]:
        """The program's imports, under each word that the name of the file that they lead to may be."""
        found: dict[str, list[tuple[str, Import]]] = {}
        tests = self.engine.table.tests
        for importer, facts in self.facts.items():
            if importer in tests:
                continue
            for imported in facts.imports:
                last = imported.module.removesuffix(".js").removesuffix(".ts").rpartition("/")[2].rpartition(".")[2]
                for word in {last, *(name for name, _ in imported.names)} if last else ("",):
                    found.setdefault(word, []).append((importer, imported))
        return found

    def importers(self, path: str) -> list[str]:
        """Files of the program that import a file."""
        directory, _, file = path.rpartition("/")
        stem = file.partition(".")[0]
        words = {stem, directory.rpartition("/")[2]} if stem in ("index", "__init__") else {stem}
        found: list[str] = []
        for importer, imported in (near for word in ("", *sorted(words)) for near in self.naming.get(word, ())):
            if importer == path or importer in found:
                continue
            if self.modules.find(importer, imported.module, imported.level).file == path:
                found.append(importer)
        return found

    def factories(self, path: str, wanted: re.Pattern[bytes]) -> list[Function | Class]:
        """Functions and classes of a file that make an application, those that are only exported too."""
        state = self.engine.table.state(path)
        data = self.project.files[path].data
        held = list(state.scope.names.values())
        whole = self.engine.table.whole(state) if state.javascript else None
        held.extend(whole.entries.values() if isinstance(whole, Record) else [whole] if whole is not None else [])
        found: dict[object, Function | Class] = {}
        for value in held:
            if not isinstance(value, Function | Class) or value.module is not state:
                continue
            if wanted.search(data, value.code.start, value.code.end) is not None:
                found[value.code] = value
        return list(found.values())

    def called_names(self, paths: Iterable[str]) -> frozenset[str]:
        """Names that some files call."""
        return frozenset(name.decode() for path in paths for name in CALLED.findall(self.project.files[path].data))

    def run_factories(self, path: str, wanted: re.Pattern[bytes], later: frozenset[str]) -> None:
        """Run functions that make an application and that nothing has called: a server names them from outside.

        Those named in ``later`` are left for another time.
        """
        state = self.engine.table.state(path)
        data = self.project.files[path].data
        for value in self.factories(path, wanted):
            if value.name in later:
                continue
            frame = Frame(state, Scope(state.scope))
            if isinstance(value, Function) and not self.finished(value):
                calling.call_function(self.engine, value, [], {}, value.code, frame, open_=True)
            elif isinstance(value, Class):
                self.run_class(value, wanted, data, frame)

    def run_class(self, cls: Class, wanted: re.Pattern[bytes], data: bytes, frame: Frame) -> None:
        """Make an object of a class whose methods make an application, and run those methods."""
        methods = [value for value in cls.members.values() if isinstance(value, Function)]
        making = [method for method in methods if wanted.search(data, method.code.start, method.code.end)]
        if any(method.code in self.engine.ran for method in making):
            return
        made = objects.instantiate(self.engine, cls, [], {}, cls.code, frame, open_=True)
        for method in making:
            if method.code not in self.engine.ran:
                calling.call_function(self.engine, method.bind(made), [], {}, method.code, frame, open_=True)


def imports(facts: FileFacts, packages: tuple[str, ...]) -> bool:
    """Whether a file imports one of the packages."""
    return any(found.level == 0 and belongs(found.module, packages) for found in facts.imports)
