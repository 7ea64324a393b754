"""The start of the application, run: each process that the start command makes, in the environment that it is given.

Where ``verifier.link.program`` runs everything that may register a route, this runs what the start command runs, in
its order and nothing else: the files that an entry imports, what they call, the hooks that the framework runs before it
serves. Variables of the environment are those that the command sets, that environment files set which the program
loads, and those that the user gives; where none sets a variable, the default of the code applies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from verifier import syntax
from verifier.connections import Connection, SchemaCreation
from verifier.evaluate import standard
from verifier.evaluate.addresses import HOLE, written
from verifier.evaluate.frames import BudgetError, Frame
from verifier.evaluate.interpreter import Engine
from verifier.evaluate.library import Library
from verifier.evaluate.routing import Router
from verifier.evaluate.surroundings import Surroundings
from verifier.evaluate.values import (
    NOTHING,
    Class,
    Const,
    External,
    Function,
    Origin,
    Scope,
    Sequence,
    Unknown,
    Value,
    options,
)
from verifier.imports.resolution import joined
from verifier.link.compose import interpolated, of_services
from verifier.link.recording import Call, Recorder
from verifier.link.routes import collect
from verifier.link.shortages import Shortage, shortage_of
from verifier.link.startup import PYTHON, SERVERS, SERVING, SHELL_ENDINGS, SHELLS, Entry, Startup, strip
from verifier.link.uses import Use
from verifier.model import Command, FunctionRef, Note, Project, Span
from verifier.regex import Paths, regex

if TYPE_CHECKING:
    from verifier.link.program import Program
    from verifier.packs import Pack

MOST_STEPS_OF_A_START = 1_500_000
STEPS_OF_A_READER = 100_000
MOST_ASSUMED = 2  # applications of a large project of which all may be started
SMALL = 3_000_000  # bytes of a project of which every file is run that the start imports
DEEPEST_SCRIPT = 8
NEAR = 2  # lines between a variable that is asked for and its default
ENVIRONMENT_FILE = regex(r"--env-file(?:-if-exists)?(?:=(.+))?")
DEFINITION = regex(r"(?:^|;|\n)\s*CREATE\s+(?:UNLOGGED\s+)?TABLE\b", re.IGNORECASE)
PROGRAMS = ("subprocess.", "os.system", "os.popen", "os.exec", "child_process.", "execa", "asyncio.create_subprocess")
PRELOADING = frozenset({"-r", "--require", "--import", "--preload"})
FACTORIES = ("create_app", "make_app", "build_app", "get_app")


class Step(NamedTuple):
    """A call on the way of the start that a pack asks for; so many ``classes`` and ``files`` had been run by then."""

    use: Use
    library: str
    classes: int
    files: int
    engine: Engine


class Started(NamedTuple):
    """What starting the application did.

    Attributes:
        calls: all calls, in order; those of functions of the project, and of libraries.
        steps: those that open a connection or create tables.
        files: whose top level was run, in the order in which that began.
        engines: one for each process.
        origins: the commands that made these processes.
        commands: what the start script runs that creates tables.
        complete: whether all of it was followed to the end.
        whole: whether each file was run that the start imports; of a large project, only some are.
        functions: those of the project that were run.
        blind: names of what was called and is not known, and of programs that were started: they may do anything.
        shortages: calls of functions and classes of the project that surely leave arguments out.
    """

    calls: tuple[Call, ...] = ()
    steps: tuple[Step, ...] = ()
    files: tuple[str, ...] = ()
    engines: tuple[Engine, ...] = ()
    origins: tuple[Command, ...] = ()
    commands: tuple[SchemaCreation, ...] = ()
    notes: tuple[Note, ...] = ()
    complete: bool = True
    whole: bool = True
    functions: frozenset[FunctionRef] = frozenset()
    blind: frozenset[str] = frozenset()
    shortages: tuple[Shortage, ...] = ()


class StartRecorder(Recorder):
    """Writes down the calls of a start, and of those that packs ask for what they were given."""

    def __init__(self, engine: Engine, wanted: Paths) -> None:
        super().__init__(engine)
        self.asked = wanted
        self.steps: list[Step] = []
        self.blind: set[str] = set()
        self.shortages: dict[Shortage, None] = {}

    def called(
        self,
        frame: Frame,
        node: syntax.Place,
        callee: Value,
        arguments: list[Value],
        keywords: Mapping[str, Value],
        open_: bool,
    ) -> None:
        super().called(frame, node, callee, arguments, keywords, open_)
        if isinstance(callee, Unknown) and isinstance(node, syntax.Call):
            self.blind.add(getattr(node.callee, "name", "") or getattr(node.callee, "id", ""))
        elif isinstance(callee, External) and callee.path.startswith(PROGRAMS):
            self.blind.add(callee.path)
        elif isinstance(callee, Function | Class) and not open_ and not self.engine.conditional:
            shortage = shortage_of(self.engine, frame, node, callee, arguments, keywords)
            if shortage is not None:
                self.shortages[shortage] = None
        if not self.asked:
            return
        for value in (callee, *arguments):
            if not isinstance(value, External) or self.asked.fullmatch(value.path) is None:
                continue
            span = self.engine.span(Origin(frame.module.path, node.start, node.end))
            caller = self.reference(frame.function) if frame.function is not None else None
            given = (tuple(arguments), dict(keywords)) if value is callee else ((), {})
            use = Use(span, caller, value, value.path, *given, open_, not self.engine.conditional)
            self.steps.append(
                Step(use, value.path, len(self.engine.classes), len(self.engine.table.states), self.engine)
            )


def start(program: Program, startup: Startup, packs: tuple[Pack, ...], given: Mapping[str, str]) -> Started:
    """Run the start of the application.

    Args:
        given: variables of the environment that the user says are set.
    """
    asked = [pattern for pack in packs for pattern in (*pack.connects, *pack.creates)]
    asked += [p for pack in packs if pack.data is not None for p in (*pack.data.calls, *pack.data.raw)]
    wanted = Paths(asked)
    commands = tuple(schema_commands(program.project, startup, packs))
    creating = {(command.span, command.what) for command in commands}
    library = library_of(packs)
    calls: dict[Call, None] = {}
    steps: list[Step] = []
    engines: list[Engine] = []
    origins: list[Command] = []
    notes: list[Note] = []
    complete = True
    blind: set[str] = set()
    shortages: dict[Shortage, None] = {}
    functions: set[FunctionRef] = set()
    for command, entries in groupby(entries_of(program, startup), key=lambda entry: entry.command):
        if (command.span, " ".join(strip(command.argv))) in creating:
            continue
        engine = engine_of(program, library)
        around = surroundings_of(program.project, command, given)
        engine.surroundings = around
        recorder = StartRecorder(engine, wanted)
        engine.watcher = recorder
        try:
            complete = run(program, engine, command, tuple(entries), notes) and complete
        finally:
            engine.watcher = None
        calls.update(dict.fromkeys(recorder.calls.values()))
        steps.extend(recorder.steps)
        blind |= recorder.blind
        shortages.update(recorder.shortages)
        functions |= {call.callee for call in recorder.calls.values() if call.callee is not None}
        functions |= set(recorder.before)
        engines.append(engine)
        origins.append(command)
    files = tuple(dict.fromkeys(path for engine in engines for path in engine.table.states))
    whole = all(engine.table.eager for engine in engines)
    return Started(
        calls=tuple(calls),
        steps=tuple(steps),
        files=files,
        engines=tuple(engines),
        origins=tuple(origins),
        commands=commands,
        notes=tuple(notes),
        complete=complete,
        whole=whole,
        functions=frozenset(functions),
        blind=frozenset(blind),
        shortages=tuple(shortages),
    )


def entries_of(program: Program, startup: Startup) -> list[Entry]:
    """What is started; of several npm scripts that start a server, the one that is called so."""
    own = [one for one in startup.entries if one.command.where == "package.json" and one.command.name in SERVING]
    if all(one.command.name != "start" for one in own):
        return list(startup.entries) or assumed_entries(program, startup)
    return [one for one in startup.entries if one not in own or one.command.name == "start"]


def assumed_entries(program: Program, startup: Startup) -> list[Entry]:
    """What would be started where no start command was found: the files that make the applications.

    Of a large project with several, nothing: which of them is started is not for us to say.
    """
    places = dict.fromkeys((found.span.path, found.name) for found in startup.served)
    if not places or (size_of(program) >= SMALL and len(places) > MOST_ASSUMED):
        return []
    command = Command((), "", Span(next(iter(places))[0], 1), "")
    return [Entry(path, name or None, command) for path, name in places]


def size_of(program: Program) -> int:
    """Bytes of source."""
    return sum(len(source.data) for source in program.project.files.values())


def library_of(packs: tuple[Pack, ...]) -> Library:
    """What is told of libraries, with what only a start needs."""
    library = Library()
    library.add(iter(standard.OBJECTS), standard.FUNCTIONS)
    for pack in packs:
        library.add(iter(pack.objects), pack.functions)
    for pack in packs:
        library.add(iter(pack.starting_objects), pack.starting_functions)
    known = {name: library.function_for(name) for name in SETTERS}
    library.functions.update({name: partial(set_variable, known[name]) for name in SETTERS})
    library.functions["process.argv[]"] = script_name
    return library


SETTERS = ("os.environ.setdefault", "os.environ[]=", "os.putenv")


def set_variable(known: Callable[..., Value] | None, call: object) -> Value:
    """``os.environ["X"] = "y"``, and what packs make of it."""
    from verifier.evaluate.library import Call as LibraryCall

    assert isinstance(call, LibraryCall)
    name, around = call.text(0), call.engine.surroundings
    value = call.argument(1)
    if around is not None and name is not None and value is not None:
        default = call.name == "setdefault"
        if not default or name not in around.variables:
            around.set(name, value, call.span)
    if known is not None:
        return known(call)
    return value if value is not None else NOTHING


def script_name(call: object) -> Value:
    """``process.argv[1]``: the file that Node was started with."""
    from verifier.evaluate import paths
    from verifier.evaluate.library import Call as LibraryCall

    assert isinstance(call, LibraryCall)
    place = call.argument(0)
    scripts = list(call.engine.table.scripts or ())
    if isinstance(place, Const) and place.value == 1 and len(scripts) == 1:
        return Const(paths.absolute(scripts[0]))
    return Unknown("an argument of the command line")


def engine_of(program: Program, library: Library) -> Engine:
    """An engine for one process."""
    before = program.engine.table
    engine = Engine(program.project, program.facts, program.modules, library, program.starting_files)
    engine.table.hints = before.hints
    engine.table.trees = before.trees
    engine.table.bodies = before.bodies
    engine.table.tests = before.tests
    engine.table.eager = size_of(program) < SMALL
    return engine


def surroundings_of(project: Project, command: Command, given: Mapping[str, str]) -> Surroundings:
    """The environment of a command."""
    same = (other for other in project.manifests.commands if other.argv == command.argv and other is not command)
    variables: dict[str, str] = {}
    places: dict[str, Span] = {}
    for name, (value, span) in of_services(project, command).items():
        variables[name], places[name] = value, span
    for source in (*(other for other in same if other.where == "docker-compose"), command):
        variables.update({name: told_by(value, given) for name, value in source.environment.items()})
        places.update({name: place_of(project, source, name) for name in source.environment})
    variables.update(given)
    for name in given:
        places.pop(name, None)
    around = Surroundings(variables, places, command.argv)
    for path in environment_files(project, command):
        around.load(project.others[path])
    return around


def told_by(text: str, given: Mapping[str, str]) -> str:
    """A variable as the shell sets it: ``${X:-default}`` is the default, unless X is given; of commands, who knows."""
    return HOLE if "$(" in text or "`" in text else interpolated(text, given)


def place_of(project: Project, command: Command, name: str) -> Span:
    """Where a command's script sets a variable, or one that runs it with the same."""
    value = command.environment[name]
    others = (other.span.path for other in project.manifests.commands if other.environment.get(name) == value)
    written = re.compile(rf"(?<![\w$]){re.escape(name)}\s*[=:]".encode())
    for path in dict.fromkeys((command.span.path, *others)):
        source = project.others.get(path)
        match = written.search(source.data) if source is not None else None
        if source is not None and match is not None:
            return source.span(match.start(), match.end())
    return command.span


def environment_files(project: Project, command: Command) -> Iterator[str]:
    """Environment files that the program which a command starts reads by itself."""
    words = command.argv
    names = {basename(word) for word in words}
    wanted: list[str] = []
    for place, word in enumerate(words):
        match = ENVIRONMENT_FILE.fullmatch(word)
        if match is not None:
            wanted.append(match[1] or (words[place + 1] if place + 1 < len(words) else ""))
        if word in PRELOADING and place + 1 < len(words) and words[place + 1].startswith(("dotenv/", "dotenv-flow/")):
            wanted.append(".env")
    installed = {one.name for one in project.manifests.requirements}
    if names & {"bun", "pipenv", "dotenv"}:
        wanted.append(".env")
    if "flask" in names and "python-dotenv" in installed:
        wanted += [".env", ".flaskenv"]
    for name in wanted:
        path = joined(command.directory, name) if name else None
        if path is not None and path in project.others:
            yield path


def run(program: Program, engine: Engine, command: Command, entries: tuple[Entry, ...], notes: list[Note]) -> bool:
    """Run one process; whether it was followed to its end."""
    told = strip(command.argv) or ["?"]
    module = told[told.index("-m") + 1] if "-m" in told[:-1] else ""
    names = {basename(word) for word in told[:1]} | {module}
    served = bool(names & (SERVERS | {"flask", "fastapi", "?"}))
    engine.table.scripts = {entry.path for entry in entries if entry.variable is None and not served}
    engine.limit = MOST_STEPS_OF_A_START
    complete = True

    def attempt(path: str, work: Callable[[], object]) -> None:
        nonlocal complete
        try:
            work()
        except BudgetError:
            complete = False
            engine.limit = engine.steps + MOST_STEPS_OF_A_START // 10
            notes.append(Note(path, "running the start was stopped: it takes too many steps"))
        except RecursionError:
            complete = False
            notes.append(Note(path, "running the start was stopped: the code nests too deeply"))
        finally:
            engine.stack.clear()
            engine.conditional = 0

    for pack in program.packs:
        if pack.prepare is not None:
            attempt("", partial(pack.prepare, engine, program.project))
    for path in preloaded(program.project, command):
        attempt(path, partial(engine.table.state, path))
    for entry in entries:
        if entry.path not in program.project.files:  # it is there, and was not read
            complete = False
            continue
        attempt(entry.path, partial(engine.table.state, entry.path))
        attempt(entry.path, partial(run_served, engine, entry, served=served))
    for pack in program.packs:
        if pack.start is not None:
            attempt("", partial(pack.start, engine, program.project))
    routers = [found for found in engine.objects if isinstance(found, Router)]
    for found in routers:
        attempt("", partial(found.finish, engine))
    attempt("", partial(collect, engine, routers))  # lays the applications out, which start when they are
    return complete


def preloaded(project: Project, command: Command) -> Iterator[str]:
    """Files of the project that Node is told to run first: ``node --import ./setup.js server.js``."""
    for place, word in enumerate(command.argv[:-1]):
        path = joined(command.directory, command.argv[place + 1]) if word in PRELOADING else None
        if path is not None and path in project.files:
            yield path


def run_served(engine: Engine, entry: Entry, *, served: bool) -> None:
    """Call the factory that a server was told to serve."""
    state = engine.table.state(entry.path)
    names = [entry.variable] if entry.variable is not None else list(FACTORIES) if served else []
    if entry.variable is None and {"app", "application"} & set(state.scope.names):
        return
    for name in names:
        value = engine.force(state.scope.names[name]) if name in state.scope.names else None
        for option in options(value) if value is not None else ():
            if isinstance(option, Function):
                given = arguments_of(entry.command, name)
                engine.call(option, given, option.code, Frame(option.module, Scope(option.scope)))
                return


def arguments_of(command: Command, factory: str) -> list[Value]:
    """What a start command hands to a factory: ``gunicorn "app:create_app('production')"``."""
    import ast

    for word in command.argv:
        match = re.search(rf":{re.escape(factory)}(\(.*\))$", word)
        if match is not None:
            try:
                given = ast.literal_eval(match[1].replace(")", ",)") if match[1] != "()" else "()")
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                return []
            return [Const(value) for value in given if value is None or isinstance(value, str | int | float | bool)]
    return []


def schema_commands(project: Project, startup: Startup, packs: tuple[Pack, ...]) -> Iterator[SchemaCreation]:
    """Commands of the start script that create tables, as far as the application is started after them."""
    patterns = [f"(?:{pattern})" for pack in packs for pattern in pack.migrates]
    if not patterns or not startup.entries:
        return
    wanted = re.compile("|".join(patterns))
    found = ((command.span, " ".join(strip(command.argv))) for command in started_commands(project, startup))
    for span, text in dict.fromkeys(found):
        if wanted.search(text):
            yield SchemaCreation(span, text)


def started_commands(project: Project, startup: Startup) -> list[Command]:
    """All commands that starting the application runs: of the start script, and of scripts and npm scripts below it."""
    first = startup.entries[0].command
    every = project.manifests.commands
    starting = {entry.command.span.path for entry in startup.entries}
    wanted: list[Command] = []
    for command in every:
        own = command.where == first.where and (command.where != "package.json" or command is first)
        if own or (command.span.path in starting and command.where != "package.json"):
            wanted.append(command)
    if first.where == "package.json":
        wanted += scripts_of(project, first.directory, first.name)
    return commands_below(project, wanted)


def commands_below(project: Project, commands: Iterable[Command]) -> list[Command]:
    """Commands, with those of the scripts and npm scripts that they run."""
    every = project.manifests.commands
    found: dict[int, Command] = {}

    def take(command: Command, depth: int) -> None:
        if id(command) in found or depth > DEEPEST_SCRIPT:
            return
        found[id(command)] = command
        words = strip(command.argv)
        if not words:
            return
        program = basename(words[0])
        if program in SHELLS or words[0].endswith(SHELL_ENDINGS):
            written = next((word for word in words[program in SHELLS :] if not word.startswith("-")), "")
            path = joined(command.directory, written)
            for inner in every:
                if inner.span.path == path:
                    take(inner, depth + 1)
        name = npm_script(command, words)
        if name is not None:
            for inner in scripts_of(project, command.directory, name):
                take(inner, depth + 1)

    for command in commands:
        take(command, 0)
    return list(found.values())


def scripts_of(project: Project, directory: str, name: str) -> list[Command]:
    """The commands of an npm script, those of the one that runs before it first."""
    own = [one for one in project.manifests.commands if one.where == "package.json" and one.directory == directory]
    return [one for wanted in (f"pre{name}", name) for one in own if one.name == wanted]


def npm_script(command: Command, words: list[str]) -> str | None:
    """The script of package.json that a command runs; None where it runs none."""
    told = [word for word in command.argv if basename(word) in ("npm", "yarn", "pnpm", "bun")]
    if not told:
        return None
    rest = command.argv[command.argv.index(told[0]) + 1 :]
    names = [word for word in rest if word not in ("run", "run-script") and not word.startswith("-")]
    return names[0] if names else None


def connections_in(started: Started, packs: Iterable[Pack]) -> tuple[Connection, ...]:
    """The connections that a start made or set up, in order, each place once."""
    readers = [(Paths([pattern]), reader) for pack in packs for pattern, reader in pack.connects.items()]
    found: dict[tuple[object, ...], Connection] = {}
    for step in started.steps:
        for pattern, reader in readers:
            if pattern.fullmatch(step.library) is not None:
                for one in read_safely(step.engine, partial(reader, step.engine, step.use)):
                    connection = replace(one, certain=step.use.certain)
                    found.setdefault((connection.span, connection.url, connection.dialect), connection)
    for engine in started.engines:
        for pack in packs:
            if pack.settles is not None:
                for connection in read_safely(engine, partial(pack.settles, engine)):
                    found.setdefault((connection.span, connection.url, connection.dialect), connection)
    return tuple(found.values())


def read_safely(engine: Engine, read: Callable[[], Iterable[Connection]]) -> list[Connection]:
    """What a reader gives; nothing where it has to stop, for it may run code of the project."""
    engine.limit = max(engine.limit, engine.steps + STEPS_OF_A_READER)
    try:
        return list(read())
    except (BudgetError, RecursionError):
        return []
    finally:
        engine.stack.clear()
        engine.conditional = 0


def creations_in(started: Started, packs: Iterable[Pack]) -> tuple[SchemaCreation, ...]:
    """What creates tables on the way of a start."""
    makers = [(pack, Paths(pack.creates)) for pack in packs if pack.creates]
    found: list[SchemaCreation] = list(started.commands)
    for step in started.steps:
        maker = next((one for one, pattern in makers if pattern is not None and pattern.fullmatch(step.library)), None)
        if maker is not None and maker.creating is not None and not maker.creating(step.use):
            continue
        by = maker.name if maker is not None else None
        if by is not None or defines_tables(step.use):
            known = frozenset(place_of_class(step.engine, number) for number in range(step.classes))
            files = frozenset(list(step.engine.table.states)[: step.files])
            found.append(SchemaCreation(step.use.span, step.library, step.use.certain, known, files, by or ""))
    return tuple(found)


def defines_tables(use: Use) -> bool:
    """Whether a call is given SQL that creates tables."""
    for value in (*use.arguments, *use.keywords.values()):
        for option in options(value):
            for item in option.items if isinstance(option, Sequence) else (option,):
                text = written(item)
                if text is not None and DEFINITION.search(text) is not None:
                    return True
    return False


def place_of_class(engine: Engine, number: int) -> tuple[str, int]:
    """File and line of a class, by the order of declaration: its own line, behind decorators."""
    cls = engine.classes[number]
    source = engine.project.files[cls.module.path]
    head = re.compile(rb"\bclass\s+" + re.escape(cls.name.encode()) + rb"\b").search(source.data, cls.code.start)
    return source.path, source.position(head.start() if head is not None else cls.code.start)[0]


__all__ = ["PYTHON", "Started", "Step", "connections_in", "creations_in", "start"]
