"""Runs what registers routes and what nothing that was followed has called.

That are methods of an object that holds a router, and functions beside one. They are run on unknown arguments where
the program names them elsewhere: what nothing names is not called, as far as anybody can tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, TypeGuard

from verifier import syntax
from verifier.evaluate import calling
from verifier.evaluate.frames import Frame
from verifier.evaluate.routing import Router
from verifier.evaluate.values import Class, Function, Instance, Scope, options
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link.program import Program

WORD = regex(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
# Statements that bring names from one file to another. Their parts are bounded, so that no file makes this slow: what
# is longer counts as naming what it brings.
PASSING = regex(
    rb"^[ \t]*(?:import\b[^;\"']{0,1000}?\bfrom\s*[\"'][^\"'\n]*[\"']"
    rb"|export\s*(?:\{[^}]{0,1000}\}|\*)(?:\s*from\s*[\"'][^\"'\n]*[\"'])?"
    rb"|(?:const|let|var)\s+(?:\{[^}]{0,1000}\}|[\w$]+)\s*=\s*require\([^)\n]*\)[ \t]*;?[ \t\r]*$"
    rb"|export\s+default\s+[\w$]+[ \t]*;?[ \t\r]*$|module\.exports\s*=\s*(?:\{[^}]{0,1000}\}|[\w$]+[ \t]*;?[ \t\r]*$)"
    rb"|(?:module\.)?exports\.[\w$]+\s*=\s*[\w$]+[ \t]*;?[ \t\r]*$"
    rb"|from\s+[\w.]+\s+import\s*(?:\([^)]{0,1000}\)|[^\n(]*)|import\s+[\w., \t]+$"
    rb"|__all__\s*=\s*[\[(][^\])]{0,1000}[\])])",
    re.MULTILINE,
)
# The one name that a statement binds to what another file exports.
BOUND = regex(
    rb"\b(?:import\s+|(?:const|let|var)\s+(?=[\w$]+\s*=))([A-Za-z_$][\w$]*)[^\"'\n;]{0,200}[\"']([^\"'\n]{0,300})[\"']"
)
# What a file exports without its name.
DEFAULT = regex(rb"\b(?:export\s+default|module\.exports\s*=)\s*([\w$]+)")
OWN = regex(rb"\b(?:self|this)\s*\.\s*([A-Za-z_$#][\w$]*)")


def run_uncalled(program: Program) -> None:
    """Run methods and functions that register routes and that nothing has called."""
    if program.registering is None:
        return
    mentions = Mentions(program)
    for holder in list(program.engine.made.values()):
        if holds_router(holder):
            for method in roots(mentions, methods_of(program, holder)):
                run(program, method.bind(holder))
    for path in program.wiring_paths:
        found = [value for value in functions_of(program, path) if value.code not in program.engine.ran]
        for function in roots(mentions, [value for value in found if beside_router(program, value)]):
            run(program, function)


def run(program: Program, function: Function) -> None:
    """Run a function on unknown arguments, unless it has been run by now."""
    engine = program.engine
    if function.code in engine.ran:
        return

    def work() -> None:
        with engine.impatient(calling.PATIENCE):
            frame = Frame(function.module, Scope(function.scope))
            calling.call_function(engine, function, [], {}, function.code, frame, open_=True)

    program.guarded(function.module.path, work)


def holds_router(holder: Instance) -> bool:
    """Whether an object is a router, or has one in an attribute."""
    return isinstance(holder, Router) or any(
        isinstance(option, Router) and not option.symbolic
        for value in list(holder.attributes.values())
        for option in options(value)
    )


def methods_of(program: Program, holder: Instance) -> list[Function]:
    """The methods of an object that register something on a router that it holds, or call one that does so for them."""
    if holder.kind is None:
        return []
    held = {name.encode() for name, value in holder.attributes.items() if any(map(is_router, options(value)))}
    known: dict[str, Function] = {}
    for ancestor in holder.kind.lineage():
        if isinstance(ancestor, Class):
            for name, value in ancestor.members.items():
                if isinstance(value, Function):
                    known.setdefault(name, value)
    waiting = {name: value for name, value in known.items() if is_open(program, value)}
    registering = {name for name, value in waiting.items() if registers(program, value)}
    own = {name: set(OWN.findall(text_of(program, value))) for name, value in waiting.items()}
    leading = {name for name in registering if own[name] & held or isinstance(holder, Router)}
    while True:
        further = {name for name in waiting if own[name] & {other.encode() for other in registering | leading}}
        if further <= leading:
            return [waiting[name] for name in waiting if name in leading]
        leading |= further


def is_router(value: object) -> TypeGuard[Router]:
    """Whether a value is a router that the program made."""
    return isinstance(value, Router) and not value.symbolic


def is_open(program: Program, function: Function) -> bool:
    """Whether a function was neither run nor given to a library, which will call it."""
    return function.code not in program.engine.ran and function.code not in program.engine.handed


def text_of(program: Program, function: Function) -> bytes:
    """A function as it is written, from its name on."""
    data = program.project.files[function.module.path].data
    begin = data.find(function.code.name.encode(), function.code.start, function.code.end)
    if begin < 0 or not function.module.javascript:
        begin = max(data.find(b"def ", function.code.start, function.code.end), function.code.start)
    return data[begin : function.code.end]


def registers(program: Program, function: Function) -> bool:
    """Whether a function looks as if it registered something."""
    return program.registering is not None and program.registering.search(text_of(program, function)) is not None


def functions_of(program: Program, path: str) -> list[Function]:
    """The functions of a file, those that are only exported too."""
    assert program.registering is not None
    own = program.engine.table.state(path).scope.names.values()
    exported = program.factories(path, program.registering)
    found = [value for value in (*own, *exported) if isinstance(value, Function) and value.module.path == path]
    return list({value.code: value for value in found}.values())


def beside_router(program: Program, function: Function) -> bool:
    """Whether a function registers something and names a router of its module, or an application that has no route."""
    registering = registers(program, function) and is_open(program, function)
    names = function.module.scope.names
    words = {word.decode() for word in WORD.findall(text_of(program, function))}
    found = [option for word in sorted(words & names.keys()) for option in options(names[word])]
    if not registering:
        return any(is_router(option) and option.application and not option.entries for option in found)
    return any(is_router(option) for value in found for option in options(program.engine.force(value)))


def roots(mentions: Mentions, functions: Collection[Function]) -> Iterator[Function]:
    """Those of some functions that the program names, first those that none of the others names."""
    words = {function.code: set(WORD.findall(text_of(mentions.program, function))) for function in functions}
    naming = Counter(word for found in words.values() for word in found)
    inner: list[Function] = []
    for function in functions:
        name = function.code.name.encode()
        if naming[name] > (name in words[function.code]):
            inner.append(function)
        elif mentions.named_outside(function.module.path, function.code):
            yield function
    if len(inner) == len(functions):  # they name each other
        yield from inner


class Mentions:
    """Where the program names its functions. It remembers what it has read, since many may be asked for."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.texts: dict[str, bytes] = {}
        self.words: dict[str, Counter[bytes]] = {}
        self.defaults: dict[str, frozenset[bytes]] = {}
        self.answers: dict[syntax.Function, bool] = {}

    def named_outside(self, path: str, code: syntax.Function) -> bool:
        """Whether the program names a function of a file somewhere else than in that function itself.

        Statements that only bring a name from one file to another name nothing. What is exported without its name is
        called by the name that it is imported under.
        """
        if code not in self.answers:
            self.answers[code] = not code.name or self.is_named(path, code)
        return self.answers[code]

    def is_named(self, path: str, code: syntax.Function) -> bool:
        """The same for a function that has a name, asked anew."""
        files, tests = self.program.project.files, self.program.engine.table.tests
        data = files[path].data
        name = code.name.encode()
        if self.words_of(path)[name] > WORD.findall(PASSING.sub(b" ", data[code.start : code.end])).count(name):
            return True
        nameless = name in self.nameless(path)
        stem = file_stem(path).encode()
        for other, source in files.items():
            if other == path or other in tests:
                continue
            words = {name}
            if nameless and stem in source.data:
                words.update(match[1] for match in BOUND.finditer(source.data) if stem in match[2])
            if any(word in source.data and self.words_of(other)[word] for word in words):
                return True
            if nameless and stem in source.data and stem in self.text_of(other):
                return True
        return False

    def nameless(self, path: str) -> frozenset[bytes]:
        """The names of what a file exports without its name."""
        if path not in self.defaults:
            self.defaults[path] = frozenset(DEFAULT.findall(self.program.project.files[path].data))
        return self.defaults[path]

    def text_of(self, path: str) -> bytes:
        """A file without the statements that bring names to another."""
        if path not in self.texts:
            self.texts[path] = PASSING.sub(b" ", self.program.project.files[path].data)
        return self.texts[path]

    def words_of(self, path: str) -> Counter[bytes]:
        """How often each name stands in a file, without the statements that bring names to another."""
        if path not in self.words:
            self.words[path] = Counter(WORD.findall(self.text_of(path)))
        return self.words[path]


def file_stem(path: str) -> str:
    """What other files call a file: its name, or that of its folder where the name says nothing."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] or stem if stem in ("index", "__init__") else stem


__all__ = ["Mentions", "run_uncalled"]
