"""link: the facts of all files, taken together once.

``Facts`` is all that a rule may know. Its parts are made when they are first asked for: a check that has no
architecture to hold a project against never follows its calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.evaluate.routing import Router
from verifier.evaluate.values import Class, External, Instance, Origin, Value
from verifier.imports import ImportGraph, Modules, link_imports
from verifier.link import calls as call_linking
from verifier.link.connections import dialects_of, link_connections
from verifier.link.generated import generated_folders, under_their_packages
from verifier.link.installed import Installed, link_installed
from verifier.link.launch import Launch, link_launch, search_path
from verifier.link.layers import DataSite, Layers, link_layers, without_pings
from verifier.link.models import link_models
from verifier.link.ports import Published, published
from verifier.link.program import Program
from verifier.link.routes import UNMOUNTED, RouteTable, collect
from verifier.link.starting import Started, commands_below, creations_in, start, surroundings_of
from verifier.link.startup import Startup, link_startup
from verifier.link.uses import MemberRead, Use
from verifier.model import (
    Application,
    Command,
    DynamicRoute,
    FileFacts,
    FunctionRef,
    Note,
    Problem,
    Project,
    Route,
    Span,
    UnreadRoute,
)
from verifier.packs import belongs
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Tree

    from verifier.config import Config
    from verifier.connections import Binding, Connection, SchemaCreation
    from verifier.datamodel import DataModel, Entity
    from verifier.evaluate.fetched import Cell
    from verifier.evaluate.library import Call as LibraryCall
    from verifier.lift.nouns import Columns, Queries
    from verifier.link.access import Access, Outcome
    from verifier.link.answers import Answered
    from verifier.link.awaiting import Promised
    from verifier.link.blocks import AwaitedCall, Block
    from verifier.link.bodies import Seen
    from verifier.link.calls import CallGraph
    from verifier.link.contract import Contract
    from verifier.link.inputs import Read
    from verifier.link.names import NameFault
    from verifier.link.recording import Call
    from verifier.packs import Book


# What is done to an application where it is set up.
SET_UP = regex(rb"\.(?:use|listen|register|middleware|mount|include_router|register_blueprint|add_middleware)\(")
# A method of a class that is named as a service.
OF_A_SERVICE = regex(r"(?:Service|UseCase|Interactor)\.")


class ContractText(Struct, frozen=True):
    """An OpenAPI document, not read yet; ``path`` is how the user names it."""

    text: str
    path: str


class Facts:
    """A project, read and linked.

    Attributes:
        project: files and manifests.
        files: what each file says by itself.
        config: settings, with the constraints.
        trees: trees that were kept from the extraction, for who needs them first.
    """

    def __init__(
        self,
        project: Project,
        files: Mapping[str, FileFacts],
        config: Config,
        book: Book,
        contract: ContractText | None = None,
        trees: dict[str, Tree] | None = None,
    ) -> None:
        self.project = project
        self.contract_text = contract
        self.generated = generated_folders(project, book.packs)
        self.files = under_their_packages(project, files, self.generated) if self.generated else files
        self.config = config
        self.book = book
        self.trees = trees if trees is not None else {}

    @cached_property
    def modules(self) -> Modules:
        """The resolver of imports."""
        return Modules(self.project, self.files, self.generated)

    @cached_property
    def imports(self) -> ImportGraph:
        """Who imports whom."""
        return link_imports(self.project, self.files, self.modules)

    @cached_property
    def program(self) -> Program:
        """The project with its wiring run."""
        return Program(self.project, self.files, self.modules, self.book.packs, self.trees)

    @cached_property
    def table(self) -> RouteTable:
        """Applications, routes and what is dynamic among them."""
        return collect(
            self.program.engine, [found for found in self.program.engine.objects if isinstance(found, Router)]
        )

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes, by application, in the order of matching."""
        return self.table.routes

    @property
    def applications(self) -> tuple[Application, ...]:
        """All application objects."""
        return self.table.applications

    @property
    def dynamic_routes(self) -> tuple[DynamicRoute, ...]:
        """Routes, mounts and routers that only run time knows."""
        return self.table.dynamic

    @cached_property
    def unread_routes(self) -> tuple[UnreadRoute, ...]:
        """Places that look as if they registered routes, and of which none was read."""
        from verifier.link.unread import unread_routes

        return unread_routes(self)

    @cached_property
    def doubtful_routes(self) -> tuple[DynamicRoute, ...]:
        """What keeps anybody from saying that all routes are known: routes of run time, and places that were not read.

        Not so routers that no application mounts, and code that nothing calls.
        """
        unread = (DynamicRoute(found.span, found.reason) for found in self.unread_routes if found.doubtful)
        return (*(found for found in self.dynamic_routes if found.reason != UNMOUNTED), *unread)

    @cached_property
    def startup(self) -> Startup:
        """What the start command runs and serves."""
        return link_startup(self.project, self.modules, self.imports, self.book.packs, self.applications)

    def installed(self, language: str) -> Installed:
        """What is installed of ``python`` or ``javascript``, by the manifests and lock files."""
        known: dict[str, Installed] = self.__dict__.setdefault("installed_packages", {})
        if language not in known:
            known[language] = link_installed(self.project, language)
        return known[language]

    @cached_property
    def launch(self) -> Launch:
        """What the commands of the start name, and the files that are surely loaded then."""
        return link_launch(self.project, self.startup, self.imports)

    def search_path(self, command: Command) -> tuple[str, ...] | None:
        """The folders that Python searches for modules when a command runs; None where that is not known."""
        return search_path(self.project, self.modules, command)

    @cached_property
    def started(self) -> Started:
        """What running the start command does, as far as it can be told: calls, files, connections."""
        return start(self.program, self.startup, self.book.packs, self.config.environment)

    @property
    def startup_calls(self) -> tuple[Call, ...]:
        """The calls on the way of the start, in order."""
        return self.started.calls

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """The databases that the running application talks to, in the order in which it is told of them."""
        return link_connections(self)

    @property
    def dialects(self) -> frozenset[str]:
        """The kinds of database that the running application uses (``sqlite``, ``postgresql``); empty if not known."""
        return dialects_of(self.connections)

    def dialects_through(self, library: str) -> frozenset[str]:
        """Those of the connections that a pack's libraries open, where there are any; else of all."""
        packages = next((pack.packages for pack in self.book.packs if pack.name == library), ())
        own = [
            connection
            for connection in self.connections
            if any(belongs(connection.library, (name,)) or belongs(name, (connection.library,)) for name in packages)
        ]
        return dialects_of(own or self.connections)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The servers that the code of the start makes listen."""
        return tuple(dict.fromkeys(found for engine in self.started.engines for found in engine.bindings))

    @property
    def listening(self) -> tuple[tuple[Command, Binding], ...]:
        """The same, each with the command that started its process."""
        pairs = zip(self.started.origins, self.started.engines, strict=True)
        return tuple((command, found) for command, engine in pairs for found in engine.bindings)

    @cached_property
    def published(self) -> tuple[Published, ...]:
        """The ports that compose files and Dockerfiles say others connect to."""
        return tuple(published(self.project))

    def commands_below(self, commands: Iterable[Command]) -> list[Command]:
        """Commands, with those of the scripts and npm scripts that they run."""
        return commands_below(self.project, commands)

    def variables(self, command: Command) -> Mapping[str, str]:
        """The environment of a command, as far as the project and the user's settings say it."""
        return surroundings_of(self.project, command, self.config.environment).variables

    @cached_property
    def schema_creations(self) -> tuple[SchemaCreation, ...]:
        """What creates tables on the way of the start."""
        return creations_in(self.started, self.book.packs)

    @cached_property
    def served_routes(self) -> tuple[Route, ...]:
        """The routes of what the start command serves; all routes, where that is not known."""
        served = {application.identity for application in self.startup.served}
        if not served or not self.startup.entries:
            return self.routes
        return tuple(route for route in self.routes if route.application in served)

    @cached_property
    def calls(self) -> CallGraph:
        """The calls below the routes."""
        self.models  # noqa: B018 -- what declares models has to be run before
        return call_linking.walk(self.program, zip(self.routes, self.table.handlers, strict=True), self.table.unplaced)

    @cached_property
    def calls_elsewhere(self) -> CallGraph:
        """The calls of functions that may speak to a database and that no route was seen to reach."""
        from verifier.link.queries import walk_rest

        self.models  # noqa: B018 -- what declares models has to be run before
        return walk_rest(self.program, self.calls)

    @cached_property
    def calls_suspected(self) -> CallGraph:
        """The calls of further functions of Python, in which some call looks as if it gave wrong arguments."""
        from verifier.link.suspects import walk_suspects

        return walk_suspects(self)

    @cached_property
    def queries(self) -> Queries:
        """What the project asks of its databases."""
        from verifier.link.queries import link_queries

        return link_queries(self)

    def columns_of(self, sources: Iterable[LibraryCall]) -> tuple[Columns, ...] | None:
        """The columns of each form of the statements that some calls sent; None where not all are known."""
        from verifier.link.row_columns import given_by

        return given_by(self, sources)

    def type_of_cell(self, cell: Cell) -> str | None:
        """The type of a value of a row, as PostgreSQL names it; None where it is not known."""
        from verifier.link.row_columns import cell_type

        return cell_type(self, cell)

    @cached_property
    def faults(self) -> Mapping[str, tuple[Problem, ...]]:
        """What is wrong with the queries, by the id of the rule that reports it."""
        from verifier.link.holding import link_faults

        return link_faults(self)

    @cached_property
    def further_dialects(self) -> frozenset[str]:
        """Kinds of database that the project is made for beside the one that it runs on by default."""
        from verifier.link.holding import supports_postgres

        used = {{"postgresql": "postgres"}.get(dialect, dialect) for dialect in self.dialects}
        return frozenset({"postgres"}) if used == {"sqlite"} and supports_postgres(self) else frozenset()

    @cached_property
    def queries_not_followed(self) -> tuple[Span, ...]:
        """Places that surely are queries, by their text, and that nothing was seen to run."""
        from verifier.link.census import not_followed

        return not_followed(self)

    @cached_property
    def inputs(self) -> tuple[Read, ...]:
        """What the routes read of query strings, and what of it nothing looks at."""
        from verifier.link.inputs import link_inputs

        return link_inputs(self)

    def answered(self, route: Route) -> Answered:
        """What a route answers, as far as running its handler tells; each is run when it is first asked for."""
        from verifier.link.answers import answered

        known: dict[Route, Answered] = self.__dict__.setdefault("known_answers", {})
        if route not in known:
            self.models  # noqa: B018 -- what declares models has to be run before
            handler = self.table.handlers[self.routes.index(route)]
            before = [middleware for middleware, _ in self.table.chain(route)]
            known[route] = answered(self.program, route, handler, before)
        return known[route]

    @cached_property
    def name_faults(self) -> tuple[NameFault, ...]:
        """Names that are not bound where they are read, and constants that are assigned to."""
        from verifier.link.names import link_names

        return link_names(self)

    @cached_property
    def seen(self) -> Seen:
        """All functions that were run, below routes and beside them, with what they do with their values."""
        from verifier.link.bodies import link_seen

        return link_seen(self)

    @cached_property
    def awaited(self) -> tuple[AwaitedCall, ...]:
        """Calls that are awaited where they are written, in functions that were run."""
        from verifier.link.blocks import link_awaited

        return link_awaited(self)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The ``with`` blocks over what calls of libraries give, with what is done behind them."""
        from verifier.link.blocks import link_blocks

        return link_blocks(self)

    @cached_property
    def promised(self) -> tuple[Promised, ...]:
        """Calls that give a coroutine or a promise, in functions that were run, with what is done with it."""
        from verifier.link.awaiting import link_promised

        return link_promised(self)

    @cached_property
    def access(self) -> tuple[Access, ...]:
        """Who is let in by the routes that answer the contract's operations."""
        from verifier.link.access import link_access

        return link_access(self)

    def scheme_words(self, outcome: Outcome, scheme: str) -> list[Span]:
        """Where the functions that a request ran through look for a scheme of the ``Authorization`` header."""
        from verifier.link.access import scheme_words

        return scheme_words(self, outcome.ran, scheme)

    def kept_at(self, outcome: Outcome, name: str) -> Span | None:
        """Where what a request ran through puts something on it under a name."""
        from verifier.link.access import kept_at

        return kept_at(self, outcome, name)

    def loose_names(self, function: FunctionRef) -> frozenset[str] | None:
        """Names in a function on the way of a route that nothing here explains; None where it was not seen to run."""
        from verifier.link.words import loose_names

        known: dict[FunctionRef, frozenset[str]] = self.__dict__.setdefault("loose", {})
        code = self.calls.codes.get(function)
        if code is None:
            return None
        if function not in known:
            known[function] = loose_names(code, self.calls.targets)
        return known[function]

    def unused_parameters(self, function: FunctionRef) -> tuple[tuple[str, Span], ...]:
        """Parameters that a function on the way of a route must be given and never names, with their places."""
        from verifier.link.words import signatures, unused_parameters

        code = self.calls.codes.get(function)
        if code is None:
            return ()
        span = self.program.engine.span
        known = self.__dict__.get("signatures")
        if known is None:
            known = self.__dict__["signatures"] = signatures(self.program.engine.classes)
        return tuple(
            (one.name, span(Origin(function.path, one.start, one.end))) for one in unused_parameters(code, known)
        )

    @property
    def uses(self) -> tuple[Use, ...]:
        """Calls of libraries and of the project's classes below the routes, with what they were given."""
        return self.calls.uses

    @cached_property
    def member_reads(self) -> tuple[MemberRead, ...]:
        """Members of libraries' objects that JavaScript reads while it is wired, and below routes."""
        self.calls  # noqa: B018 -- handlers have to be run before
        span = self.program.engine.span
        return tuple(
            MemberRead(span(place), owner, name, value.symbolic, place)
            for (place, owner, name), value in self.program.engine.member_reads.items()
        )

    def entity_of(self, value: Value | None) -> Entity | None:
        """The mapped class that a value is, or of which it is an object."""
        if isinstance(value, Instance) and value.kind is not None:
            value = value.kind
        if value is None or value.origin is None:
            return None
        span = self.program.engine.span(value.origin)
        found = self.models.at(span.path, span.line)
        if found is None and isinstance(value, Class) and value.code.decorators:  # its own line is behind decorators
            behind = (self.models.at(span.path, line) for line in range(span.line + 1, span.end_line + 1))
            found = next((one for one in behind if one is not None and one.name == value.name), None)
        return found

    def trace(self, route: Route) -> CallGraph:
        """The calls below one route alone, run on the very objects that serve it."""
        place = self.routes.index(route)
        return call_linking.walk(self.program, [(route, self.table.handlers[place])])

    @cached_property
    def data_access(self) -> Mapping[str, tuple[DataSite, ...]]:
        """Where code that routes reach builds or sends statements, by file."""
        patterns = [pattern for pack in self.book.packs if pack.data is not None for pattern in pack.data.calls]
        if not patterns:
            return {}
        wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
        found: dict[str, dict[DataSite, None]] = {}
        for call in self.calls.calls:
            if call.library is not None and call.caller is not None and wanted.fullmatch(call.library):
                site = DataSite(call.span, call.library, call.caller.name, call.caller)
                found.setdefault(call.span.path, {})[site] = None
        reaching = {path: without_pings(sites, self.project) for path, sites in found.items()}
        return {path: tuple(sorted(sites, key=lambda site: site.span)) for path, sites in reaching.items() if sites}

    @cached_property
    def models(self) -> DataModel:
        """What the project declares of its data: mapped classes, tables, DDL, migrations."""
        return link_models(self.program)

    @cached_property
    def mapped_files(self) -> frozenset[str]:
        """Files that define mapped classes, or declare models in a language of their own."""
        endings = tuple(end for pack in self.book.packs if pack.data is not None for end in pack.data.schemas)
        declaring = frozenset(path for path in self.project.others if endings and path.endswith(endings))
        patterns = [pattern for pack in self.book.packs if pack.data is not None for pattern in pack.data.models]
        if not patterns:
            return declaring
        wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))

        def mapped(value: Value) -> bool:
            return isinstance(value, Class) and any(
                isinstance(base, External | Instance) and wanted.fullmatch(base.path or "") is not None
                for base in value.lineage()
            )

        return declaring | frozenset(
            path
            for path, state in self.program.engine.table.states.items()
            if any(
                mapped(value) and isinstance(value, Class) and value.module is state
                for value in state.scope.names.values()
            )
        )

    @cached_property
    def layers(self) -> Layers:
        """The layer of each file."""
        used = {application.framework for application in self.applications}
        languages = frozenset(pack.language for pack in self.book.packs if pack.framework in used)
        files = self.project.files
        making = frozenset(one.span.path for one in self.applications if SET_UP.search(files[one.span.path].data))
        settings = self.config.layers
        return link_layers(self.project, self.routes, settings, self.storing, self.mapped_files, languages, making)

    @property
    def storing(self) -> Mapping[str, tuple[DataSite, ...]]:
        """The data access of files that are there for it.

        That is, of those where at least half of the functions that requests run through have some. A file that is tied
        to the web framework (a serializer, a dependency, a middleware) is there for something else, and so is one that
        mapped classes need, whose class is named as a service, or that uses more of the project's other functions than
        it has data access.
        """
        needed = {edge.target for edge in self.imports.edges if edge.source in self.mapped_files}
        reached: dict[str, set[str]] = {}
        using: dict[str, set[FunctionRef]] = {}
        for call in self.calls.calls:
            if call.callee is None or call.creates:
                continue
            reached.setdefault(call.callee.path, set()).add(call.callee.name)
            if call.caller is not None and call.callee.path not in self.mapped_files | {call.caller.path}:
                using.setdefault(call.caller.path, set()).add(call.callee)
        return {
            path: sites
            for path, sites in self.data_access.items()
            if 2 * len({site.function for site in sites}) >= len(reached.get(path, ()))
            and len(using.get(path, ())) <= len(sites)
            and path not in needed
            and not any(OF_A_SERVICE.search(site.function) for site in sites)
            and not all(site.inside in self.calls.before for site in sites)
            and not self.is_web(path)
        }

    def is_web(self, path: str) -> bool:
        """Whether a file imports a web framework, or what ties it to one."""
        packs = [pack for pack in self.book.packs if pack.web]
        return any(
            pack.is_web([imported.module, *(f"{imported.module}.{name}" for name, _ in imported.names)])
            for imported in self.files[path].imports
            if not imported.level and self.modules.resolve(path, imported).package is not None
            for pack in packs
        )

    @cached_property
    def contract(self) -> Contract | None:
        """The contract, where one was given.

        Raises:
            ContractError: it cannot be read.
        """
        if self.contract_text is None:
            return None
        from verifier.link.contract import read_contract

        return read_contract(
            self.contract_text.text, self.contract_text.path, self.config.contract_base, self.served_routes
        )

    def has_no_body(self, route: Route) -> bool:
        """Whether requests of a route surely carry no body: by the contract, or because they only ask (GET, HEAD)."""
        if self.contract is not None:
            from verifier.link.matching import answers

            asked = [operation for operation in self.contract.operations if answers(route, operation)]
            if asked:
                return not any(operation.has_body for operation in asked)
        return route.method in ("GET", "HEAD")

    @cached_property
    def orms(self) -> tuple[str, ...]:
        """The object-relational mappers that the program imports, by name, sorted."""
        from verifier.link.program import imports, is_test

        packs = [pack for pack in self.book.packs if pack.orm is not None]
        program = [facts for path, facts in self.files.items() if not is_test(path)]
        return tuple(
            sorted({str(pack.orm) for pack in packs if any(imports(facts, pack.packages) for facts in program)})
        )

    @cached_property
    def routes_by_line(self) -> Mapping[tuple[str, int], list[Route]]:
        """The routes that are declared on each line of a file."""
        found: dict[tuple[str, int], list[Route]] = {}
        for route in self.routes:
            found.setdefault((route.span.path, route.span.line), []).append(route)
        return found

    def routes_at(self, span: Span) -> tuple[Route, ...]:
        """The routes that a place affects: those declared there, or those whose handlers run through it."""
        declared = self.routes_by_line.get((span.path, span.line))
        if declared:
            return tuple(declared)
        if span.path not in self.project.files or not self.routes:
            return ()
        return self.calls.routes_at(span)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Where reading or running stopped short."""
        told = (*self.program.engine.troubles, *self.linked_notes)
        return (*self.project.left_out.notes, *self.program.notes, *(Note("", note) for note in told))

    @property
    def linked_notes(self) -> tuple[str, ...]:
        """Notes of the call graph, where it was made."""
        made: CallGraph | None = self.__dict__.get("calls")
        return made.notes if made is not None else ()
