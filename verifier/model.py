"""The nouns. Every stage takes some of them and gives others; none of them does work.

    read     Project, SourceFile, Manifest, LeftOut
    parse    ParsedFile (and the tree of verifier.syntax)
    extract  FileFacts: Import, Export, Definition, Suppression, SyntaxFault
    link     ImportEdge, Route, Layer, Operation ..., gathered in verifier.link.Facts
    check    Problem, Finding, Verdict

Paths are POSIX, below the project's root. Lines and columns count from 1; a column counts characters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from verifier import syntax

Language: TypeAlias = Literal["python", "javascript", "typescript", "tsx"]


class Span(Struct, frozen=True, order=True):
    """A place in a file, the end exclusive."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class SourceFile(Struct, frozen=True, dict=True):
    """A file of the project. ``data`` is UTF-8 whatever the file's own encoding was."""

    path: str
    data: bytes
    language: Language | None = None
    executable: bool = False

    @cached_property
    def text(self) -> str:
        """The text; bytes that are not UTF-8 become U+FFFD."""
        return self.data.decode("utf-8", "replace")

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find, at = self.data.find, -1
        while (at := find(b"\n", at + 1)) != -1:
            starts.append(at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset."""
        line = bisect_right(self._line_starts, offset)
        start = self._line_starts[line - 1]
        return line, len(self.data[start:offset].decode("utf-8", "replace")) + 1

    def span(self, start: int, end: int) -> Span:
        """The span between two byte offsets."""
        line, column = self.position(start)
        end_line, end_column = self.position(end)
        return Span(self.path, line, column, end_line, end_column)

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        starts = self._line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.data)
        return self.data[starts[number - 1] : end].decode("utf-8", "replace").rstrip("\r\n")


class Requirement(Struct, frozen=True):
    """A dependency that a manifest declares.

    ``specifier`` is as written (``>=2,<3``, ``^4.18.0``); ``locked`` the exact version, where a lock file or a
    ``==`` pin gives one.
    """

    name: str
    specifier: str
    span: Span
    extras: tuple[str, ...] = ()
    locked: str | None = None
    development: bool = False


class Command(Struct, frozen=True):
    """A command that starts, builds or prepares the project, with the directory it runs in.

    ``argv`` is split as a shell would; ``where`` says who runs it: ``run.sh``, ``Procfile``, ``Dockerfile``,
    ``docker-compose``, ``package.json``. ``failure`` says what its failure does to the script: nothing, it ends it (or
    what follows with ``&&``), or a loop waits for its success for ever.
    """

    argv: tuple[str, ...]
    directory: str
    span: Span
    where: str
    name: str = ""
    environment: Mapping[str, str] = {}
    failure: Literal["ignored", "ends", "repeats"] = "ignored"


class FolderChange(Struct, frozen=True):
    """A ``cd`` of a script: to which folder, as it is written, from which folder, and where that leads.

    ``after`` is ``?`` where it leads out of the project, or is not known. ``failure`` is as in a ``Command``.
    """

    target: str
    before: str
    after: str
    span: Span
    where: str
    failure: Literal["ignored", "ends", "repeats"] = "ignored"


class TypeScriptConfig(Struct, frozen=True):
    """What a tsconfig or jsconfig says of module resolution, its ``extends`` chain applied."""

    path: str
    base_url: str | None
    paths: Mapping[str, tuple[str, ...]]
    paths_base: str
    root_dirs: tuple[str, ...] = ()
    out_dir: str | None = None
    root_dir: str | None = None


class NodePackage(Struct, frozen=True):
    """A package.json. ``exports``, ``imports`` and ``scripts`` are as written."""

    path: str
    name: str | None
    type: Literal["module", "commonjs"]
    main: str | None
    exports: object
    imports: Mapping[str, object]
    scripts: Mapping[str, str]
    workspaces: tuple[str, ...]
    types: str | None = None

    @property
    def directory(self) -> str:
        """The folder that holds the file; nothing for the root."""
        return self.path.rpartition("/")[0]


class PythonProject(Struct, frozen=True):
    """What a pyproject.toml, setup.cfg or setup.py says of where packages lie."""

    path: str
    name: str | None
    package_roots: tuple[str, ...]


class Manifests(Struct, frozen=True):
    """What the project says of itself outside its code.

    ``locked`` are the names of all packages that lock files hold, by language (``python``, ``javascript``); a language
    without a lock file that can be read has no entry.
    """

    requirements: tuple[Requirement, ...] = ()
    commands: tuple[Command, ...] = ()
    python: tuple[PythonProject, ...] = ()
    node: tuple[NodePackage, ...] = ()
    typescript: tuple[TypeScriptConfig, ...] = ()
    moves: tuple[FolderChange, ...] = ()
    locked: Mapping[str, frozenset[str]] = {}


class Note(Struct, frozen=True):
    """Something the reader should know that is no finding: what was left out or could not be read."""

    path: str
    reason: str


class LeftOut(Struct, frozen=True):
    """What was not read, and why: reason to how many files (or folders, for what was not even entered)."""

    counts: Mapping[str, int] = {}
    notes: tuple[Note, ...] = ()


class Project(Struct, frozen=True, dict=True):
    """A project as read. ``files`` holds source files, ``others`` further texts by path (manifests, SQL, shell).

    ``paths`` are all regular files seen, those that were not read too; ``root`` is None for a patch alone.
    ``ignoring`` has the texts of .gitignore files, by their folder.
    """

    root: Path | None
    files: Mapping[str, SourceFile]
    others: Mapping[str, SourceFile]
    paths: frozenset[str]
    manifests: Manifests
    left_out: LeftOut
    ignoring: Mapping[str, bytes] = {}

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every folder that holds a file, at any depth; the root is the empty name."""
        found = {""}
        for path in self.paths:
            parent = path.rpartition("/")[0]
            while parent not in found:
                found.add(parent)
                parent = parent.rpartition("/")[0]
        return frozenset(found)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the source files, sorted; ``tsx`` counts as typescript."""
        return tuple(sorted({"typescript" if f.language == "tsx" else str(f.language) for f in self.files.values()}))


class SyntaxFault(Struct, frozen=True):
    """A place that the grammar cannot read. ``certain`` where the language surely cannot read it either."""

    span: Span
    message: str
    certain: bool


ImportKind: TypeAlias = Literal["runtime", "type-only", "lazy", "dynamic"]


class Import(Struct, frozen=True):
    """An import of one module: ``names`` are (name there, name here).

    A name ``*`` takes the whole module. Without names (``import a.b``, ``require("x")``, ``import "x"``) the module
    itself is bound or only run. ``lazy`` stands inside a function; ``dynamic`` is a call with a literal
    (``import("x")``, ``importlib.import_module("x")``). ``guarded`` stands in a ``try`` that handles its failure, or
    under a question for the version or the system that it runs on.
    """

    module: str
    names: tuple[tuple[str, str], ...]
    start: int
    line: int
    kind: ImportKind
    level: int = 0
    guarded: bool = False
    exported: bool = False


class Definition(Struct, frozen=True):
    """A name bound at the top level of a file."""

    name: str
    kind: Literal["function", "class", "variable", "import", "type"]
    line: int


class Export(Struct, frozen=True):
    """A name that a JavaScript file offers: a local name, or a name of another module (``*`` for all of them).

    ``name`` is None for ``export * from module``.
    """

    name: str | None
    local: str | None
    module: str | None
    line: int


class Suppression(Struct, frozen=True):
    """A ``buttress: ignore[rules] -- reason`` comment; ``target`` is the line that it speaks of."""

    rules: tuple[str, ...]
    reason: str
    span: Span
    target: int


class LooseName(Struct, frozen=True):
    """A name that Python or JavaScript will refuse where it is read, or bound, as far as its file tells.

    Attributes:
        kind: ``undefined``: nothing in the file binds it there. ``early``: it is bound in the same run of code, but
            later on. ``ended``: its block is over (``except ... as``). ``typing``: only type checkers import it.
            ``constant``: it is assigned to, and declared ``const`` or imported. ``created``: it is assigned to and
            nowhere declared.
        deferred: stands in a function, so that it is read when that is called.
        binding: byte offset of what binds it after all.
        annotates: stands in an annotation.
    """

    name: str
    start: int
    end: int
    kind: Literal["undefined", "early", "ended", "typing", "constant", "created"]
    deferred: bool = False
    binding: int | None = None
    annotates: bool = False


class FileFacts(Struct, frozen=True, dict=True):
    """What one file says by itself. Nothing here depends on another file."""

    path: str
    language: Language
    imports: tuple[Import, ...] = ()
    definitions: Mapping[str, Definition] = {}
    exports: tuple[Export, ...] = ()
    faults: tuple[SyntaxFault, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    all_names: tuple[str, ...] | None = None
    commonjs: bool = False
    dynamic_imports: tuple[tuple[int, str], ...] = ()
    loose: tuple[LooseName, ...] = ()


class ImportEdge(Struct, frozen=True):
    """``source`` imports ``name`` from the file ``target`` that defines it; ``via`` are the files passed on the way."""

    source: str
    target: str
    name: str
    span: Span
    kind: ImportKind
    via: tuple[str, ...] = ()


class UnresolvedImport(Struct, frozen=True):
    """An import that points inside the project and does not arrive; ``place`` is where it should have, if known."""

    module: str
    span: Span
    reason: str
    kind: ImportKind
    place: str | None = None


class FunctionRef(Struct, frozen=True):
    """A function of the project."""

    path: str
    name: str
    span: Span
    is_async: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.name}"


class Segment(Struct, frozen=True):
    """One part of a route's path between slashes.

    ``text`` is written as in Buttress (``articles``, ``{slug}``, ``{name}.json``); ``pattern`` is the regular
    expression that the segment must match, None where any text without a slash does. ``rest`` takes all that is left
    of the path.
    """

    text: str
    pattern: str | None = None
    parameters: tuple[str, ...] = ()
    rest: bool = False

    @property
    def literal(self) -> bool:
        """Whether the segment matches its own text only."""
        return not self.parameters and not self.rest and self.pattern is None


Slash: TypeAlias = Literal["exact", "lenient", "redirect", "append"]


class PathPattern(Struct, frozen=True):
    """A route's path. ``slash`` says whether it ends with one."""

    segments: tuple[Segment, ...]
    slash: bool = False

    def __str__(self) -> str:
        return "/" + "/".join(segment.text for segment in self.segments) + ("/" if self.slash and self.segments else "")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, in order."""
        return tuple(name for segment in self.segments for name in segment.parameters)


class Route(Struct, frozen=True):
    """A method and path that an application answers.

    Attributes:
        method: upper case; ``*`` for any.
        path: full path, parameters as ``{name}``.
        handler: qualified name of the function in its file; a library's name where none of the project's answers.
        function: that function; None where it was not found.
        order: place among the routes of its application, in the order the framework tries them.
        guards: dependencies, middleware and decorators in scope, outermost first, by name.
        application: ``file:name`` of the application object.
        trailing: what the framework does with a request that differs by a trailing slash: ``exact`` 404,
            ``lenient`` answers, ``redirect`` keeps the method (307, 308), ``append`` Django's redirect, which loses it.
        falls_through: the handler may pass the request on to a later route.
        conditional: declared under a condition that run time decides.
    """

    framework: str
    method: str
    path: str
    pattern: PathPattern
    handler: str
    function: FunctionRef | None
    span: Span
    order: int
    application: str
    guards: tuple[str, ...] = ()
    trailing: Slash = "exact"
    falls_through: bool = False
    conditional: bool = False
    case_sensitive: bool = True


class DynamicRoute(Struct, frozen=True):
    """A route, mount or router that is decided at run time, or that no application was seen to serve."""

    span: Span
    reason: str


class UnreadRoute(Struct, frozen=True):
    """A place that looks as if it registered routes, and of which none was read.

    ``doubtful``: a route may come of it for all that is known; not so where nothing calls the code around it.
    """

    span: Span
    reason: str
    doubtful: bool = True


class Application(Struct, frozen=True):
    """An application object. ``name`` is the variable that holds it, where one does."""

    framework: str
    span: Span
    name: str = ""

    @property
    def identity(self) -> str:
        """``file:name``, unique in a project."""
        return f"{self.span.path}:{self.name or self.span.line}"


class JsonSchema(Struct, frozen=True):
    """What JSON may be. ``types`` are JSON's; none allows any. ``closed``: an object has no other properties.

    ``variants`` are those of ``anyOf`` and ``oneOf``.
    """

    types: frozenset[str] = frozenset()
    properties: Mapping[str, JsonSchema] = {}
    required: frozenset[str] = frozenset()
    items: JsonSchema | None = None
    closed: bool = False
    variants: tuple[JsonSchema, ...] = ()


class Operation(Struct, frozen=True):
    """An operation of an OpenAPI contract; the path has the server's base path in front.

    ``own`` is its path in the document, ``types`` the JSON types of its path parameters by name, ``query`` the names of
    those of its query string, ``needed`` those of them that it must have. ``body`` is what the JSON of its requests
    must be, and ``answers`` that of its answers, by status as the document writes it (``200``, ``2XX``, ``default``);
    None where there is none.
    """

    method: str
    path: str
    own: str
    pattern: PathPattern
    types: Mapping[str, str]
    operation_id: str
    security: bool
    has_body: bool
    line: int
    query: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()
    body: JsonSchema | None = None
    answers: Mapping[str, JsonSchema | None] = {}

    @property
    def successes(self) -> Mapping[str, JsonSchema | None]:
        """The answers with a status of success."""
        return {status: schema for status, schema in self.answers.items() if status[:1] == "2"}


class Category(StrEnum):
    """The causes of failure that the paper names, and those that only a run can show."""

    SERVER_STARTUP_FAILURE = "server_startup_failure"
    INCOMPLETE_IMPLEMENTATION = "incomplete_implementation"
    CONSTRAINT_VIOLATION = "constraint_violation"
    SCHEMA_FORMAT_ERROR = "schema_format_error"
    AUTH_MISCONFIGURATION = "auth_misconfiguration"
    INCORRECT_QUERY_LOGIC = "incorrect_query_logic"
    STATE_PROPAGATION_FAILURE = "state_propagation_failure"
    DATABASE_RUNTIME_ERROR = "database_runtime_error"
    FRAMEWORK_IDIOSYNCRASY = "framework_idiosyncrasy"
    BUSINESS_LOGIC_DEFECT = "business_logic_defect"
    STUCK_IN_LOOP = "stuck_in_loop"
    PREMATURE_TERMINATION = "premature_termination"
    OTHER = "other"


class Severity(StrEnum):
    """How bad: an ``error`` fails or breaks a constraint, a ``warning`` may, ``info`` is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure: ``high`` was proved from what was read, ``medium`` rests on a convention that may not hold here."""

    HIGH = "high"
    MEDIUM = "medium"


class Related(Struct, frozen=True):
    """A further place that a finding speaks of."""

    span: Span
    message: str


class Replacement(Struct, frozen=True, tag=True):
    """New text in place of what stands at a span; nothing but the text is touched."""

    span: Span
    text: str


class Wrapping(Struct, frozen=True, tag=True):
    """Text around the expression at a span.

    Where ``before`` ends with a space it is an operator (``await ``): the whole is put into parentheses where what
    stands around the expression needs them.
    """

    span: Span
    before: str = ""
    after: str = ""


class Move(Struct, frozen=True, tag=True):
    """The statement, or the item of a list, around a span is put before the one around another span."""

    span: Span
    before: Span


class NewOption(Struct, frozen=True, tag=True):
    """A call is given one more option: a keyword in Python, a property of its object of options in JavaScript.

    Attributes:
        span: the call, or its name.
        place: which argument the object of options is; JavaScript only.
    """

    span: Span
    name: str
    value: str
    place: int = 0


class NewStatement(Struct, frozen=True, tag=True):
    """A statement behind the one around a span, in lines of its own; ``text`` is written as at the left margin."""

    span: Span
    text: str


class NewImport(Struct, frozen=True, tag=True):
    """A name of a module is imported where it is not yet: ``Op`` of ``sequelize``."""

    path: str
    module: str
    name: str


class NewLine(Struct, frozen=True, tag=True):
    """A line at the end of a text file: a requirement."""

    path: str
    text: str


Change: TypeAlias = Replacement | Wrapping | Move | NewOption | NewStatement | NewImport | NewLine


class Fix(Struct, frozen=True):
    """Changes of the source that mend a problem, all of them or none.

    Attributes:
        title: what is done, in a few words: ``await the call``.
        safe: whether nothing else can change by it. What is not safe is done only where the user asks for it.
    """

    title: str
    changes: tuple[Change, ...]
    safe: bool = True


class Problem(Struct, frozen=True):
    """What a rule yields.

    Attributes:
        message: one sentence, names quoted with back-ticks.
        symptom: what a client or the log will show.
        remedy: what to write instead, in one sentence.
        routes: routes that are affected, where the rule knows better than the call graph.
        identity: what tells this problem from others of its rule in its file, if not the message.
        fix: what mends it, where that is known.
        category: where it is another one than the rule's.
    """

    span: Span
    message: str
    related: tuple[Related, ...] = ()
    symptom: str = ""
    remedy: str = ""
    routes: tuple[Route, ...] | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None
    identity: str = ""
    fix: Fix | None = None
    category: Category | None = None


class Finding(Struct, frozen=True):
    """What the engine makes of a problem. ``endpoints`` are ``METHOD /path`` of the routes that reach it."""

    rule: str
    category: Category
    severity: Severity
    confidence: Confidence
    message: str
    span: Span
    related: tuple[Related, ...]
    endpoints: tuple[str, ...]
    symptom: str
    remedy: str
    fingerprint: str
    fix: Fix | None = None


class Evidence(Struct, frozen=True):
    """A line that a verdict rests on."""

    span: Span
    message: str


class Verdict(Struct, frozen=True):
    """Whether a clause of a constraint is kept. ``compliant`` is None where what was read does not decide it.

    ``before``: it was broken before the change, or is in the baseline, and nothing new breaks it.
    """

    constraint: Literal["framework", "architecture", "database", "orm", "contract"]
    clause: str
    compliant: bool | None
    evidence: tuple[Evidence, ...]
    before: bool = False


class ParsedFile(Struct, frozen=True):
    """A source file and what its tree says, in the form of ``verifier.syntax``."""

    source: SourceFile
    module: syntax.Module
    faults: tuple[SyntaxFault, ...]
