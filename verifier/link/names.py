"""Names that code reads where nothing has bound them: what files say by themselves, held against their imports.

Quiet where a name may come from elsewhere: a star import that leads out of the project, a global that other code sets
or a declaration file speaks of, a script for browsers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from verifier.imports.node_modules import BUILTINS
from verifier.link.program import is_test
from verifier.link.startup import reachable
from verifier.model import FileFacts, LooseName, SourceFile, Span
from verifier.packs import belongs
from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.link import Facts

# What makes global names of the project's own, in either language.
SHARED = regex(
    rb"\b(?:global|globalThis|window|self|builtins|__builtins__)\b(?:\s+as\s+[\w.]+\s*\))?"
    rb"(?:\.|\[\s*[\"'])([\w$]+)(?:[\"']\s*\])?\s*(?:[|?&]{2})?=[^=]"
)
DEFINED = regex(rb"(?:defineProperty|setattr|assign)\(\s*(?:global|globalThis|builtins)\b[^\"'{]*[\"'{]?\s*([\w$]*)")
AMBIENT = regex(rb"\b(?:const|let|var|function|class|namespace|module|enum)\s+([\w$]+)")
INSTALLED = regex(rb"\bgettext\b[^\n]*\.install\(|\.install\(\s*names\s*=")
TRICKS = regex(rb"\bglobals\s*\(|\bexec\s*\(")
# Frameworks that give all files names of their own.
GIVING_GLOBALS = frozenset({"sails", "meteor-base", "nuxt", "adonis"})
# Names that only browsers have; those that are words as well mean the project's own, where it has one of the name.
BROWSER = regex(
    r"(?:HTML|SVG|XML|XSLT|DOM|CSS|IDB|RTC|WebGL)\w+|(?:Intersection|Resize|Mutation)Observer|FileReader"
    r"|(?:Clipboard|Composition|Drag|Focus|HashChange|Input|Keyboard|Mouse|Pointer|PopState|Progress|Touch|Wheel)Event"
    r"|window|document|alert|confirm|prompt|customElements|indexedDB|matchMedia|screen|visualViewport|scroll(?:To|By|X|Y)"
    r"|(?:request|cancel)(?:AnimationFrame|IdleCallback)|get(?:ComputedStyle|Selection)|(?:inner|outer)(?:Width|Height)"
)
# Names that a runner of tests gives the files that it loads.
TESTING = regex(
    r"expect|describe|it|test|suite|specify|context|before|after|beforeAll|beforeEach|afterAll|afterEach|setup|teardown"
    r"|jest|vi|cy|sinon|chai|assert|should|suiteSetup|suiteTeardown"
)
BROWSER_WORDS = frozenset(
    """Accelerometer Animation Attr Audio Bluetooth Cache Clipboard Comment Credential Document Element External Gamepad
    Geolocation Highlight History Image Keyboard Location Lock Navigation Node Notification Observable Option Origin
    Permissions Plugin Presentation Range Scheduler Screen Selection Sensor Serial Subscriber Text Touch Translator
    Viewport Window Worker""".split()
)
LAZY_ANNOTATIONS = regex(
    r"(?:requires-python|python)\s*[=:]\s*[\"']?\s*(?:>=|\^|~=|==|~)?\s*3\.1[4-9]|python:3\.1[4-9]"
)


# A Python file of names and nothing else, such as those that tell tools what is used; no program runs it.
LIST_OF_NAMES = regex(
    rb"\s*+(?:\"\"\"[^\"]*+\"\"\")?+(?:\s++|#[^\r\n]*+|(?:from|import)[ \t][^\r\n]*+|[A-Za-z_][\w.]*+)*+"
)


# What is handed to these is run when something happens, and not by the start.
LISTENING = regex(
    r"\s*(?:[\w$.]+\.(?:on|once|addListener|addEventListener)\(\s*[\"'`]|(?:signal\.)?signal\(|atexit\.register\()"
)


class NameFault(NamedTuple):
    """A name that is not bound where it is read, or is a constant that is assigned to.

    Attributes:
        kind: as that of ``LooseName``.
        moment: ``start`` where starting the application runs the place, ``load`` where loading a file does that the
            start was not seen to load, ``call`` where a function does that is called later.
        binding: what binds the name after all.
        reached: whether the file belongs to what the start command runs; or nothing tells.
    """

    name: str
    span: Span
    kind: Literal["undefined", "early", "ended", "typing", "constant", "created"]
    moment: Literal["start", "load", "call"]
    binding: Span | None
    reached: bool
    language: str


def link_names(facts: Facts) -> tuple[NameFault, ...]:
    """The faults of all files, without tests."""
    suspects = [file for path, file in facts.files.items() if file.loose and not is_test(path)]
    if not suspects:
        return ()
    return tuple(sorted(found_in(facts, suspects), key=lambda fault: (fault.span, fault.kind)))


def found_in(facts: Facts, suspects: list[FileFacts]) -> Iterator[NameFault]:
    """The faults of some files."""
    entries = [entry.path for entry in facts.startup.entries]
    reached = reachable(entries, facts.imports) if entries else None
    imported = {path for edge in facts.imports.edges for path in (edge.target, *edge.via)}
    own = {name for file in facts.files.values() for name in file.definitions}
    for_browsers = any(BROWSER.fullmatch(loose.name) for file in facts.files.values() for loose in file.loose)
    shared = shared_names(facts) | (BROWSER_WORDS if for_browsers else BROWSER_WORDS - own)
    lazy = annotations_are_lazy(facts)
    for file in suspects:
        source = facts.project.files[file.path]
        belongs = reached is None or file.path in reached
        if file.language != "python" and not runs_in_node(facts, file, reached):
            continue
        if not belongs and file.path.startswith("."):
            continue
        if file.path not in imported and not (reached and belongs) and LIST_OF_NAMES.fullmatch(source.data):
            continue
        of_server = is_of_server(facts, file, reached)
        for loose in file.loose:
            if (loose.annotates and lazy) or (loose.kind in ("undefined", "created") and not of_server):
                continue
            if loose.deferred and loose.name.startswith("__"):
                continue  # what runs a file may give it such names
            if loose.kind in ("undefined", "created") and (loose.name in shared or may_be_given(facts, file, loose)):
                continue
            if loose.kind == "early" and not loose.deferred and may_be_brought(facts, file, loose):
                continue
            span = source.span(loose.start, loose.end)
            if file.language != "python" and (reached is None or not belongs) and TESTING.fullmatch(loose.name):
                continue  # a file that helps tests
            binding = source.span(loose.binding, loose.binding + (loose.end - loose.start)) if loose.binding else None
            moment: Literal["start", "load", "call"] = "call"
            if not loose.deferred:
                moment = "start" if belongs else "load"
            elif belongs and is_started(facts, span):
                moment = "start"
            yield NameFault(loose.name, span, loose.kind, moment, binding, belongs, file.language)


def is_started(facts: Facts, span: Span) -> bool:
    """Whether a place is in a function that starting the application runs, and not in one that is only made there."""
    functions = [
        function
        for function in facts.started.functions
        if function.path == span.path and function.span.line <= span.line <= function.span.end_line
    ]
    around = [function.span.line for function in functions]
    if not around:
        return False
    at = (span.line, span.column)
    holding = [one for one in functions if (one.span.line, one.span.column) <= at]
    innermost = max(holding, key=lambda one: (one.span.line, one.span.column), default=None)
    calls = [call.span for call in facts.started.calls if call.callee == innermost]
    if calls and all(LISTENING.match(facts.project.files[call.path].line(call.line)) for call in calls):
        return False
    inner = [
        function.span.line
        for function in (*facts.calls.codes, *facts.started.functions)
        if function.path == span.path and function.span.line <= span.line <= function.span.end_line
    ]
    return max(around) >= max(inner)


def may_be_given(facts: Facts, file: FileFacts, loose: LooseName) -> bool:
    """Whether a star import may bring a Python file a name."""
    if file.language != "python":
        return False
    stars = [found for found in file.imports if any(there == "*" for there, _ in found.names)]
    if not stars:
        return False
    if not facts.modules.definers.lacks(file.path, loose.name):
        return True
    return any(TRICKS.search(source.data) for source in starred(facts, file, set()))


def may_be_brought(facts: Facts, file: FileFacts, loose: LooseName) -> bool:
    """Whether a star import that stands before a name may bring it, which the file then binds anew."""
    if file.language != "python":
        return False
    for found in file.imports:
        if found.start > loose.start or not any(there == "*" for there, _ in found.names):
            continue
        target = facts.modules.resolve(file.path, found).file
        inner = facts.files.get(target) if target is not None else None
        if inner is None or not facts.modules.definers.lacks(inner.path, loose.name):
            return True
        if TRICKS.search(facts.project.files[inner.path].data):
            return True
    return False


def starred(facts: Facts, file: FileFacts, seen: set[str]) -> Iterator[SourceFile]:
    """The files whose names star imports bring, and those whose names these bring."""
    for found in file.imports:
        if not any(there == "*" for there, _ in found.names):
            continue
        target = facts.modules.resolve(file.path, found).file
        inner = facts.files.get(target) if target is not None else None
        if inner is not None and inner.path not in seen:
            seen.add(inner.path)
            yield facts.project.files[inner.path]
            yield from starred(facts, inner, seen)


def shared_names(facts: Facts) -> set[str]:
    """Names that code of the project makes global, or that a declaration file says are."""
    found: set[bytes] = set()
    for path, source in facts.project.files.items():
        data = source.data
        if source.language == "python":
            if b"builtins" in data:
                found.update(match[1] for match in SHARED.finditer(data))
                found.update(match[1] for match in DEFINED.finditer(data))
            if b"gettext" in data and INSTALLED.search(data):
                found |= {b"_", b"ngettext", b"pgettext"}
            continue
        if b"global" in data:
            found.update(match[1] for match in SHARED.finditer(data))
            found.update(match[1] for match in DEFINED.finditer(data))
        if source.language != "javascript" and (path.endswith(".d.ts") or b"declare global" in data):
            found.update(match[1] for match in AMBIENT.finditer(data))
    return {name.decode("utf-8", "replace") for name in found}


def runs_in_node(facts: Facts, file: FileFacts, reached: set[str] | None) -> bool:
    """Whether a JavaScript file is surely no script for browsers, nor one that a framework gives names."""
    if any(requirement.name in GIVING_GLOBALS for requirement in facts.project.manifests.requirements):
        return False
    if any(found.module.startswith("meteor/") for own in facts.files.values() for found in own.imports):
        return False
    if any(BROWSER.fullmatch(loose.name) for loose in file.loose):
        return False
    if reached is not None and file.path in reached:
        return True
    return not file.path.endswith((".tsx", ".jsx")) and bool(file.imports or file.exports or file.commonjs)


def is_of_server(facts: Facts, file: FileFacts, reached: set[str] | None) -> bool:
    """Whether a file imports what only Node has: its modules, a library that a pack teaches, or the server's files.

    Others may be run by a browser, whose pages and frameworks give them names.
    """
    if file.language == "python" or file.commonjs or (reached is not None and file.path in reached):
        return True
    taught = [package for pack in facts.book.packs for package in pack.packages if pack.language == "javascript"]
    for found in file.imports:
        if found.module.startswith("node:") or found.module in BUILTINS or belongs(found.module, taught):
            return True
        if reached and found.kind != "type-only" and facts.modules.resolve(file.path, found).file in reached:
            return True
    return False


def annotations_are_lazy(facts: Facts) -> bool:
    """Whether the project asks for a Python that evaluates annotations only when somebody wants them."""
    return any(
        LAZY_ANNOTATIONS.search(source.text)
        for path, source in facts.project.others.items()
        if path.endswith((".toml", "Dockerfile", ".cfg", ".dockerfile"))
    )
