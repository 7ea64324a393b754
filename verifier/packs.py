"""Packs: folders that teach (how a library's routes, models and queries come about) and judge (rules).

Ours lie in ``rules/`` and are found by path: beside this package in a checkout, inside it when installed. Yours are
folders given with ``--pack``, or entry points of the group ``buttress.packs``. All are loaded by the same code, under
names of their own; ``sys.path`` stays as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from verifier.evaluate.library import LibraryFunction, LibraryObject
from verifier.rule import Rule, RuleMark

if TYPE_CHECKING:
    from verifier.connections import Connection
    from verifier.datamodel import Declaration, Defect
    from verifier.evaluate.demands import Checked, Demand, Demanded
    from verifier.evaluate.inputs import Input
    from verifier.evaluate.interpreter import Engine
    from verifier.evaluate.library import Call
    from verifier.evaluate.replies import Answering, Reply, Sent
    from verifier.evaluate.values import Function, Value
    from verifier.lift.nouns import Query
    from verifier.lift.reading import Lifting
    from verifier.link.uses import Use  # buttress: ignore[layers/upward-import] -- the type of what a reader is given
    from verifier.model import Command, Project, Route

HERE = Path(__file__).parent
GROUP = "buttress.packs"  # of the entry points by which a distribution offers a pack


class PackError(Exception):
    """A pack or rule cannot be loaded; the text is one sentence for the user."""


# What a pack reads models with: the engine that has run the project, and the project.
ModelReader = Callable[["Engine", "Project"], Iterable["Declaration"]]

# What a pack reads queries with.
QueryReader = Callable[["Lifting"], Iterable["Query | Defect"]]

# What a pack reads a connection with: the engine, and the call with what it was given.
ConnectionReader = Callable[["Engine", "Use"], Iterable["Connection"]]


class DataAccess(Struct, frozen=True):
    """How code that reads or writes a database through a library looks.

    Attributes:
        calls: regular expressions for the whole path of what is called (``sqlalchemy.orm.Session.execute``), where the
            call builds or sends a statement. Opening, committing and closing are no data access.
        raw: the same for calls that are given SQL as text, past the library's own way of building statements; their
            first argument tells whether they are.
        transactions: the same for calls that begin or end what others do. Traces show them; rules do not mind them.
        models: regular expressions for the path of a base class that makes a class a mapped one.
        schemas: endings of files that declare models in a language of their own (``.prisma``).
    """

    calls: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    transactions: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()


class Untaught(Struct, frozen=True):
    """A web framework whose routes are not read: what of it is found is told of, and nothing else.

    Attributes:
        name: as a reader knows it.
        packages: import names; a file that imports one of them may register routes.
        marks: regular expressions (bytes, by lines) of text that registers one in such a file.
        wraps: whether its routes are those of an application of another framework, which may be taught.
    """

    name: str
    language: str
    packages: tuple[str, ...]
    marks: tuple[str, ...] = ()
    wraps: bool = False


class Pack(Struct, frozen=True, dict=True):
    """What a pack teaches.

    Attributes:
        framework: the web framework that it teaches, if it is one.
        language: ``python`` or ``javascript`` (TypeScript too).
        packages: import names of the library and its companions. A file that imports one of a web framework's, or of
            a library that ``wires`` objects together, is run when it is reached.
        distribution: the name that manifests give it, where that is not the first of ``packages``.
        hints: regular expressions (bytes) of text by which a file may register something without naming the library.
        registers: regular expressions (bytes, by lines) of text that surely registers a route in a file that imports
            one of ``packages``: where none came of it, it counts as not read.
        untaught: frameworks that nothing is taught of.
        constructs: regular expressions (bytes) of text that makes an application.
        objects, functions: miniatures of the library.
        web: import prefixes that tie code to the web framework; ``neutral``: exceptions among them.
        data: how its data access looks.
        orm: the name of the object-relational mapper that it teaches, if it is one.
        models: reads what the project declares of its data, once every file that may declare some has been run. As
            text, ``"_reader:read_models"``, it is imported from the pack's folder when a project first needs it.
        declares: regular expressions (bytes) of text by which a file may declare something of the data model without
            importing one of ``packages``.
        connects: readers of the calls that open a connection to a database or set one up, by regular expressions for
            the whole path of what is called.
        drivers: packages by which the library talks to a kind of database, all of them, by that kind; only where each
            kind needs one. The one kind whose package is there is what a connection leads to that run time decides.
        settles: reads the connections that settings describe, once an application has been started.
        creates: regular expressions for the whole path of calls that create tables.
        creating: tells of such a call by its arguments whether it does; all do where this is None.
        migrates: regular expressions for commands of a start script that create tables.
        starting_objects, starting_functions: miniatures that only running the start of an application needs: what reads
            settings out of the environment, what addresses of databases are made of.
        watches: regular expressions for the whole path of calls whose arguments its rules look at, beside those of
            ``data``.
        expressions: how the paths begin of what the library makes that statements are put together of: operators on
            it are kept, and what one call of it gave is told from what another did.
        hollow: paths of its classes whose objects are false where their constructor was given nothing.
        declaring: decorators of functions that give what declares an attribute of a class.
        offers: paths of the library's objects and modules whose attributes its rules hold against its versions.
        statements: regular expressions for the whole path of calls that build or send statements; those of ``data``
            where there are none.
        queries: reads what such calls ask of the database. As text it is imported when a project first needs it.
        promises: regular expressions for the whole path of calls that give a coroutine or a promise.
        gives: what such a call gives, while functions are run: rows as objects of their class. None leaves the default.
        fetches: the same for calls that give rows of a statement that another call has sent; ``gives`` tells of them.
        asks: regular expressions of text by which a function may speak to a database.
        marks: regular expressions of text that surely is a query: what of it was never run counts as not read. A group
            ``name`` has to be imported from one of ``packages``.
        prepare: runs before any module of the project does, and tells what all of them may read (Django's settings).
        start: runs what only the framework itself would start (Django's settings, a plugin named in a script).
        parameters: arguments that the framework gives a route's handler, by parameter name, or by place (``"0"``).
        query_strings: where the mapping of all parameters of the query string is found in the request, which is a
            handler's first argument (``req.query``); an entry like ``valid(query)`` is a call with that text.
        inputs: what the query string decides of a handler's arguments, by parameter name, where the framework takes it
            apart itself.
        reads: the paths of libraries under which all parameters of the query string are found.
        answers: what a handler that has been run sends.
        shows: what becomes JSON of a value of the library, as a value of that form: a record for an object of a
            schema. The third argument says whether names for the outside are used; None where whoever asks does not
            decide that. It gives None for what the library knows nothing of.
        contents: regular expressions for the whole path of what is all the JSON of a request, read or not.
        takes: what the framework itself demands of the JSON of a request, before its handler is run, or because the
            handler asks for it; ``takes_query`` the same of the parameters of its query string.
        demands: what a value of the library, a schema, demands of JSON; None for what is no schema of it.
        checks: the schema and the value of a call that holds one against the other; None for any other call.
        constraint: the constraint that all its rules ask for; where it is not set, none of them is imported.
        serves: the module and variable that a start command names, as (module or path, variable); None where the
            command is not one of this framework's.
        generates: the folders below which a tool of the library writes code, with the module that this code stands for
            (``src/generated`` and ``@prisma/client``).
    """

    name: str = ""
    framework: str | None = None
    language: str = "python"
    packages: tuple[str, ...] = ()
    wires: bool = False
    distribution: str | None = None
    hints: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    untaught: tuple[Untaught, ...] = ()
    constructs: tuple[str, ...] = ()
    objects: tuple[type[LibraryObject], ...] = ()
    functions: Mapping[str, LibraryFunction] = {}
    web: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    data: DataAccess | None = None
    orm: str | None = None
    models: ModelReader | str | None = None
    declares: tuple[str, ...] = ()
    connects: Mapping[str, ConnectionReader] = {}
    drivers: Mapping[str, tuple[str, ...]] = {}
    settles: Callable[[Engine], Iterable[Connection]] | None = None
    creates: tuple[str, ...] = ()
    creating: Callable[[Use], bool] | None = None
    migrates: tuple[str, ...] = ()
    starting_objects: tuple[type[LibraryObject], ...] = ()
    starting_functions: Mapping[str, LibraryFunction] = {}
    watches: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    hollow: tuple[str, ...] = ()
    declaring: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    queries: QueryReader | str | None = None
    promises: tuple[str, ...] = ()
    gives: Callable[[Call], Value | None] | None = None
    fetches: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    prepare: Callable[[Engine, Project], None] | None = None
    start: Callable[[Engine, Project], None] | None = None
    parameters: Callable[[Engine, Route, Function], Mapping[str, Any]] | None = None
    query_strings: tuple[tuple[str, ...], ...] = ()
    inputs: Callable[[Engine, Function], Mapping[str, Input]] | None = None
    reads: tuple[str, ...] = ()
    answers: Callable[[Answering], Iterable[Reply]] | None = None
    shows: Callable[[Engine, Value, bool | None], Value | None] | None = None
    contents: tuple[str, ...] = ()
    takes: Callable[[Answering, Callable[[Value], Demand | None]], Iterable[Demanded]] | None = None
    takes_query: Callable[[Answering, Callable[[Value], Demand | None]], Iterable[Demanded]] | None = None
    demands: Callable[[Engine, Value], Demand | None] | None = None
    checks: Callable[[Sent], Checked | None] | None = None
    constraint: str | None = None
    serves: Callable[[Command], tuple[str, str] | None] | None = None
    generates: Callable[[Project], Iterable[tuple[str, str]]] | None = None

    @property
    def reader(self) -> ModelReader | None:
        """What reads models, imported."""
        found: ModelReader | None = self.imported(self.models)
        return found

    @property
    def query_reader(self) -> QueryReader | None:
        """What reads queries, imported."""
        found: QueryReader | None = self.imported(self.queries)
        return found

    def imported(self, reader: Any) -> Any:
        """A reader; one that is given as text is imported from the pack's folder."""
        if not isinstance(reader, str):
            return reader
        module, _, name = reader.partition(":")
        return getattr(import_module(f"{package_of(self.name)}.{module}"), name)

    def is_web(self, modules: Iterable[str]) -> bool:
        """Whether one of some dotted module names ties code to the web framework."""
        return any(belongs(module, self.web) and not belongs(module, self.neutral) for module in modules) and not any(
            belongs(module, self.neutral) for module in modules
        )


def belongs(module: str, prefixes: Iterable[str]) -> bool:
    """Whether a module is one of some packages, or lies in one."""
    for prefix in prefixes:
        if module.startswith(prefix) and module[len(prefix) : len(prefix) + 1] in ("", ".", "/"):
            return True
    return False


class Shelf(Mapping[str, Rule]):
    """Rules by id. Those of our own packs are imported when they are first asked for: each file there holds one."""

    def __init__(self) -> None:
        self.known: dict[str, Rule | Path] = {}

    def __getitem__(self, name: str) -> Rule:
        found = self.known[name]
        if isinstance(found, Path):
            pack = found.parent.name
            module = load_module(found, f"{package_of(pack)}.{found.stem}")
            (found,) = rules_in(module, pack, found)
            self.known[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


class Book(Struct, frozen=True):
    """All packs and rules there are."""

    packs: tuple[Pack, ...]
    rules: Mapping[str, Rule]

    def hint(self, name: str) -> str:
        """The end of a sentence that says that there is no rule of a name: the nearest one, if one is near."""
        from verifier.config import nearest

        return nearest(name, self.rules).removesuffix(".")

    def teaching(self, framework: str) -> Pack | None:
        """The pack of a web framework."""
        return next((pack for pack in self.packs if pack.framework == framework), None)


def shipped(name: str) -> Path:
    """A file kept at the repository's top level, which a wheel carries inside this package."""
    return next(path for path in (HERE / name, HERE.parent / name) if path.exists())


def load_module(path: Path, name: str) -> ModuleType:
    """Import the file or package folder at a path under a name.

    Raises:
        PackError: it cannot be imported.
    """
    known = sys.modules.get(name)
    if known is not None:
        return known
    init = path / "__init__.py" if path.is_dir() else path
    search = [str(path)] if path.is_dir() else None
    spec = spec_from_file_location(name, init, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise PackError(f"{path} is no Python file or package")
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise PackError(f"{init} cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def load_book(folders: Iterable[Path] = ()) -> Book:
    """Load our packs, installed ones, and those of further folders.

    Raises:
        PackError: a pack cannot be loaded, or two have one name.
    """
    packs: list[Pack] = []
    rules = Shelf()
    origins: dict[str, Path] = {}
    ours = pack_folders(shipped("rules"))
    for folder in [*ours, *installed_folders(), *given_folders(folders)]:
        if folder.name in origins:
            if origins[folder.name] == folder:
                continue
            raise PackError(f"two packs are named `{folder.name}`: {origins[folder.name]} and {folder}")
        origins[folder.name] = folder
        pack = load_pack(folder)
        if pack is not None:
            packs.append(pack)
        for path in sorted(folder.glob("[!_]*.py")):
            if folder in ours:
                rules.known[rule_id(path)] = path
            else:
                found = rules_in(load_module(path, f"{package_of(folder.name)}.{path.stem}"), folder.name, path)
                rules.known.update({rule.id: rule for rule in found})
    return Book(tuple(packs), rules)


def pack_folders(root: Path) -> list[Path]:
    """The packs in a folder of packs."""
    return [path for path in sorted(root.iterdir()) if path.is_dir() and not path.name.startswith(("_", "."))]


def given_folders(folders: Iterable[Path]) -> list[Path]:
    """What ``--pack`` names: a pack, or a folder of packs."""
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise PackError(f"{folder} is no folder")
        holds_python = any(path.suffix == ".py" for path in folder.iterdir())
        inner = [folder] if holds_python else pack_folders(folder)
        if not inner:
            raise PackError(f"{folder} holds no pack")
        found.extend(path.resolve() for path in inner)
    return found


def some_are_installed() -> bool:
    """Whether a distribution may offer packs: a cheap look at what ``importlib.metadata`` reads at length."""
    for place in map(Path, sys.path):
        if place.is_file():  # an archive, which may hold distributions
            return True
        for offered in chain(place.glob("*.dist-info/entry_points.txt"), place.glob("*.egg-info/entry_points.txt")):
            with suppress(OSError):
                if GROUP.encode() in offered.read_bytes():
                    return True
    return False


def installed_folders() -> list[Path]:
    """Packs that installed distributions offer."""
    if not some_are_installed():
        return []
    from importlib.metadata import entry_points

    found: list[Path] = []
    for point in entry_points(group=GROUP):
        try:
            module = point.load()
        except Exception as error:
            raise PackError(f"the installed pack `{point.name}` cannot be loaded: {error}") from error
        path = getattr(module, "__file__", None)
        if path is None:
            raise PackError(f"the installed pack `{point.name}` has no folder")
        found.append(Path(path).parent)
    return found


def package_of(pack: str) -> str:
    """The name under which a pack is imported."""
    return f"buttress_pack_{pack}"


def rule_id(path: Path) -> str:
    """The id of the rule that a file of a pack holds."""
    return f"{path.parent.name}/{path.stem.replace('_', '-')}"


def load_pack(folder: Path) -> Pack | None:
    """A pack's teaching, if it has any."""
    import msgspec

    if not (folder / "__init__.py").is_file():
        return None
    pack: Pack | None = getattr(load_module(folder, package_of(folder.name)), "PACK", None)
    return msgspec.structs.replace(pack, name=folder.name) if pack is not None else None


def rules_in(module: ModuleType, pack: str, path: Path) -> list[Rule]:
    """The rule of a file, if it holds one.

    Raises:
        PackError: the file holds two rules, or a rule without a page.
    """
    marked = [value for value in vars(module).values() if isinstance(getattr(value, "rule_mark", None), RuleMark)]
    own = [check for check in marked if check.__module__ == module.__name__]
    if not own:
        return []
    if len(own) > 1:
        raise PackError(f"{path} holds more than one rule")
    title, _, page = (module.__doc__ or "").strip().partition("\n")
    if not title.endswith("."):
        raise PackError(f"{path} has no page: its docstring must begin with one sentence")
    mark: RuleMark = own[0].rule_mark
    return [
        Rule(
            id=rule_id(path),
            title=title.removesuffix("."),
            page=page.strip(),
            category=mark.category,
            severity=mark.severity,
            confidence=mark.confidence,
            constraint=mark.constraint,
            check=own[0],
            path=str(path),
            versions=mark.versions,
            unless=mark.unless,
        )
    ]
