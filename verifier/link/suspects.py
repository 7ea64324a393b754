"""Calls whose text alone looks as if a function of the project refused them: few enough to be run for it.

Nothing here is sure, and nothing is reported: what is found is run afterwards, and judged by what is called then.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from verifier.evaluate.routing import registering_nothing
from verifier.evaluate.values import Class, Function, Pending
from verifier.link.arguments import Given, Taken, refusal
from verifier.link.calls import CallGraph, walk_functions
from verifier.link.program import is_test
from verifier.link.queries import Places, functions_of
from verifier.link.recording import Runs
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link import Facts

MOST_SUSPECTS = 300  # of one project
LONGEST = 20_000  # bytes of the arguments of one call
LONGEST_PIECE = 2_000  # of one argument, that are looked at
MOST_MEANINGS = 60  # functions and classes that a name may stand for
MOST_BASES = 3  # classes that the name of a base may stand for
DEPTHS = (2, 1)
CALL = regex(rb"\b([A-Za-z_]\w*)\(")
DEFINITION = regex(rb"^([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(", re.MULTILINE)
CLASS = regex(rb"^([ \t]*)class[ \t]+(\w+)[ \t]*(?:\(([^()]*)\)[ \t]*)?:", re.MULTILINE)
FIELD = regex(rb"^[ \t]+(\w+)[ \t]*:[^\n=]*(=)?", re.MULTILINE)
# What a method is read from: the first word is an object of any class.
HOLDER = regex(rb"(?:\b(?:self|cls)|\bsuper\(\)|\b(\w{3,})(?:\(\))?)$")
KEEPING = regex(rb"@(?:staticmethod|classmethod|\w*\.?(?:lru_cache|cache|contextmanager|asynccontextmanager)\b)")
WORD = regex(rb"\w+")
# What parts the arguments of a call, or the parameters of a function.
TOKEN = regex(
    rb"(?P<text>\b[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\n]|\\.)*\"|"
    rb"'(?:[^'\\\n]|\\.)*')|(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\n]|\\.)*\"|"
    rb"'(?:[^'\\\n]|\\.)*'))|(?P<comment>#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|(?P<lambda>\blambda\b)"
    rb"|(?P<colon>:)|(?P<for>\bfor\b)",
    re.DOTALL,
)
NAMED = regex(rb"\s*([A-Za-z_]\w*)\s*=(?!=)")
PARAMETER = regex(rb"\s*(/|\*{0,2})\s*([A-Za-z_]\w*)?\s*")
# Names that objects of the language have: nearly all calls of them are of these.
OF_LANGUAGE = frozenset(
    name.encode()
    for kind in (dict, list, str, bytes, set, tuple, int, float, type, re.Pattern, re.Match)
    for name in dir(kind)
) | frozenset(b"filter all first read write close send run execute put post delete patch start stop".split())


class Definition(NamedTuple):
    """A function of Python as its text says it.

    Attributes:
        path: its file; ``start`` its line, ``place`` the bracket of its parameters.
        indent: how far it is indented.
    """

    path: str
    start: int
    place: int
    indent: int


class ClassOfText(NamedTuple):
    """What the text of a class says of what it takes.

    Attributes:
        bases: those of the names of its bases that classes of the project have.
        fields: the fields of what has its constructor made, in order; those that have to be given are ``required``.
    """

    constructor: Definition | None
    bases: list[bytes]
    fields: dict[str, None] | None
    required: tuple[str, ...]


ClassText: TypeAlias = "tuple[str, re.Match[bytes]]"


class Text:
    """What the Python files of a project define, by their text."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.sources = {
            path: source
            for path, source in facts.project.files.items()
            if source.language == "python" and path in facts.files and not is_test(path)
        }
        self.functions: dict[bytes, list[Definition]] = {}
        self.here: dict[tuple[bytes, str], list[Definition]] = {}
        self.classes: dict[bytes, list[ClassText]] = {}
        self.within: dict[str, list[re.Match[bytes]]] = {}
        self.brackets = {path: Brackets(source.data) for path, source in self.sources.items()}
        self.known: dict[Definition, tuple[Taken, Taken] | None] = {}
        self.known_homes: dict[bytes, list[bytes]] = {}
        self.held: dict[tuple[bytes, bytes], list[Definition]] = {}
        self.known_classes: dict[tuple[str, int], ClassOfText] = {}
        for path, source in self.sources.items():
            for match in DEFINITION.finditer(source.data):
                found = Definition(path, match.start(), match.end(), len(match[1]))
                self.functions.setdefault(match[2], []).append(found)
                self.here.setdefault((match[2], path), []).append(found)
            for match in CLASS.finditer(source.data):
                self.classes.setdefault(match[2], []).append((path, match))
                self.within.setdefault(path, []).append(match)

    def suspects(self, known: set[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        """Where calls stand that look wrong: file and byte. ``known`` are the ends of those that were run."""
        names = self.functions.keys() | self.classes.keys()
        for path, source in self.sources.items():
            definitions = self.facts.files[path].definitions
            data = source.data
            for match in CALL.finditer(data):
                name = match[1]
                if name not in names:
                    continue
                start = match.start()
                before = data[start - 1 : start]
                classes: list[ClassText] = []
                if before == b".":
                    functions = self.of_holder(path, name, data, start - 1)
                elif before == b"@" or name.decode() not in definitions or is_definition(data, start):
                    continue
                else:
                    functions, classes = self.of_name(path, name)
                if not (functions or classes) or len(functions) > MOST_MEANINGS:
                    continue
                read = given_at(self.brackets[path], match.end())
                if read is None or (path, read[1]) in known:
                    continue
                if self.looks_wrong(functions, classes, read[0], dotted=before == b"."):
                    yield path, start

    def of_holder(self, path: str, name: bytes, data: bytes, place: int) -> list[Definition]:
        """What a name that is read of something may stand for; ``place`` is the dot."""
        holder = HOLDER.search(data, max(0, place - 40), place)
        functions = self.functions.get(name, [])
        if holder is None or not functions:
            return []
        if holder[1] is None:
            return self.here.get((name, path)) or functions
        if name in OF_LANGUAGE:
            return []
        word = holder[1].replace(b"_", b"").lower()
        if (name, word) not in self.held:
            homes = zip(functions, self.homes(name), strict=True)
            self.held[name, word] = [one for one, home in homes if word in home or home in word]
        return self.held[name, word]

    def of_name(self, path: str, name: bytes) -> tuple[list[Definition], list[ClassText]]:
        """The functions and classes that a name of a file may stand for."""
        found = self.facts.modules.definer(path, name.decode())
        home = found[0] if found is not None else path
        return self.here.get((name, home), []), [one for one in self.classes.get(name, ()) if one[0] == home]

    def homes(self, name: bytes) -> list[bytes]:
        """The classes and files that define the functions of a name, in small letters."""
        found = self.known_homes.get(name)
        if found is None:
            found = self.known_homes[name] = []
            for one in self.functions.get(name, ()):
                classes = self.within.get(one.path, ())
                above = bisect_left(classes, one.start, key=re.Match.start)
                if one.indent and above:
                    found.append(classes[above - 1][2].replace(b"_", b"").lower())
                else:
                    found.append(one.path.rpartition("/")[2].removesuffix(".py").replace("_", "").lower().encode())
        return found

    def looks_wrong(
        self,
        functions: list[Definition],
        classes: list[ClassText],
        given: Given,
        *,
        dotted: bool,
    ) -> bool:
        """Whether nothing of what a name may stand for takes what a call gives."""
        return all(self.refuses(one, given, dotted=dotted) for one in functions) and all(
            self.class_refuses(found, match, given, 0) for found, match in classes
        )

    def refuses(self, one: Definition, given: Given, *, dotted: bool) -> bool:
        """Whether a function refuses a call, as a method and as it is."""
        if one not in self.known:
            self.known[one] = self.signature(one)
        taken = self.known[one]
        if taken is None:
            return False
        plain, method = taken
        if one.indent and dotted:
            return refusal(method, given) is not None
        return refusal(plain, given) is not None

    def signature(self, one: Definition) -> tuple[Taken, Taken] | None:
        """What a function takes, as it is and as a method; None behind decorators that may change it."""
        data = self.sources[one.path].data
        above = data[max(0, one.start - 200) : max(0, one.start - 1)].rpartition(b"\n")[2].strip()
        if above.startswith((b"@", b")")) and KEEPING.match(above) is None:
            return None
        found = signature_at(self.brackets[one.path], one.place)
        return (found[0], found[0]) if found is not None and above == b"@staticmethod" else found

    def class_refuses(self, path: str, match: re.Match[bytes], given: Given, depth: int) -> bool:
        """Whether the constructor of a class looks as if it refused a call."""
        if (path, match.start()) not in self.known_classes:
            self.known_classes[path, match.start()] = self.class_of_text(path, match)
        read = self.known_classes[path, match.start()]
        if read.constructor is not None:
            return self.refuses(read.constructor, given, dotted=True)
        bases = read.bases
        if read.fields is not None:
            placed = dict.fromkeys(list(read.fields)[: given.positional])
            lacking = any(name not in placed and name not in given.names for name in read.required)
            few = given.positional > len(read.fields)
            return lacking or bool(bases) or few or any(name not in read.fields for name in given.names)
        if any(len(self.classes[base]) > MOST_BASES for base in bases[:2]):
            return False
        if bases and depth < 4:
            return all(
                self.class_refuses(found, inner, given, depth + 1)
                for base in bases[:2]
                for found, inner in self.classes[base]
            )
        if match[3] and match[3].strip() not in (b"object", b""):
            return bool(given.names) and match[3].strip().endswith((b"Error", b"Exception"))
        return bool(given.positional or given.names)

    def class_of_text(self, path: str, match: re.Match[bytes]) -> ClassOfText:
        """What decides on what a class takes."""
        data = self.sources[path].data
        end = end_of_block(data, match)
        constructors = self.here.get((b"__init__", path), [])
        first = bisect_right(constructors, match.end(), key=lambda one: one.place)
        bases = [word for word in WORD.findall(match[3] or b"") if word in self.classes]
        if first < len(constructors) and constructors[first].place < end:
            return ClassOfText(constructors[first], bases, None, ())
        above = data[max(0, match.start() - 200) : match.start()].rpartition(b"\n\n")[2]
        if b"dataclass" not in above and b"NamedTuple" not in (match[3] or b""):
            return ClassOfText(None, bases, None, ())
        fields = FIELD.findall(data, match.end(), end)
        names = dict.fromkeys(name.decode() for name, _ in fields)
        return ClassOfText(None, bases, names, tuple(name.decode() for name, default in fields if not default))


def is_definition(data: bytes, place: int) -> bool:
    """Whether a name is that of a function or class, which is defined there."""
    return data[max(0, place - 6) : place].endswith((b"def ", b"class "))


def end_of_block(data: bytes, match: re.Match[bytes]) -> int:
    """Where the body of a class ends, by its indentation."""
    found = re.compile(rb"^[ \t]{0,%d}[^\s#)\]}]" % len(match[1]), re.MULTILINE).search(data, match.end() + 1)
    return found.start() if found is not None else len(data)


class Open:
    """A bracket that is not closed yet: where its last piece begins, and how many lambdas are open in that."""

    def __init__(self, start: int) -> None:
        self.start = self.begin = start
        self.lambdas = 0
        self.pieces: list[tuple[int, int]] = []


class Brackets:
    """What stands in the brackets of a text: those that stand in others are read with these."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.known: dict[int, tuple[list[tuple[int, int]], int] | None] = {}

    def pieces_at(self, start: int) -> tuple[list[bytes], int] | None:
        """What stands between the commas behind a bracket, and where the bracket is closed."""
        if start not in self.known:
            self.read(start)
        found = self.known[start]
        if found is None:
            return None
        return [self.data[begin : min(end, begin + LONGEST_PIECE)] for begin, end in found[0]], found[1]

    def read(self, start: int) -> None:
        """Read a bracket, and those in it."""
        waiting = [Open(start)]
        for match in TOKEN.finditer(self.data, start, min(len(self.data), start + LONGEST)):
            kind, one = match.lastgroup, waiting[-1]
            if kind == "open":
                waiting.append(Open(match.end()))
            elif kind == "close":
                one.pieces.append((one.begin, match.start()))
                self.known[one.start] = one.pieces, match.end()
                waiting.pop()
                if not waiting:
                    return
            elif kind == "comma" and not one.lambdas:
                one.pieces.append((one.begin, match.start()))
                one.begin = match.end()
            elif kind == "lambda":
                one.lambdas += 1
            elif kind == "colon" and one.lambdas:
                one.lambdas -= 1
        for one in waiting:
            self.known[one.start] = None


COMMENT = regex(rb"#[^\n]*")


def cleaned(piece: bytes) -> bytes:
    """A piece without comments around it."""
    return COMMENT.sub(b"", piece).strip() if b"#" in piece else piece.strip()


def given_at(brackets: Brackets, start: int) -> tuple[Given, int] | None:
    """What a call gives, whose bracket ends before ``start``, and where the call ends."""
    read = brackets.pieces_at(start)
    if read is None:
        return None
    positional, names, more, others = 0, list[str](), False, False
    for piece in map(cleaned, read[0]):
        if not piece:
            continue
        if piece.startswith(b"**"):
            others = True
        elif piece.startswith(b"*"):
            more = True
        else:
            named = NAMED.match(piece)
            if named is not None:
                names.append(named[1].decode())
            else:
                positional += 1
    return Given(positional, tuple(names), more, others), read[1]


def signature_at(brackets: Brackets, start: int) -> tuple[Taken, Taken] | None:
    """What a function takes, as it is and as a method of an object; None where its text is not clear."""
    read = brackets.pieces_at(start)
    if read is None:
        return None
    placed: list[str] = []
    named: list[str] = []
    required: set[str] = set()
    only, rest, keywords, after = 0, False, False, False
    for piece in map(cleaned, read[0]):
        if not piece:
            continue
        match = PARAMETER.match(piece)
        if match is None:
            return None
        name = (match[2] or b"").decode()
        if match[1] == b"**":
            keywords = True
        elif match[1] == b"*":
            rest, after = rest or bool(name), True
        elif match[1] == b"/":
            only = len(placed)
        elif not name:
            return None
        else:
            (named if after else placed).append(name)
            if not has_default(piece):
                required.add(name)
    plain = Taken("", tuple(placed), only, tuple(named), frozenset(required), rest, keywords, 0)
    return plain, plain._replace(bound=1)


def has_default(piece: bytes) -> bool:
    """Whether a parameter has a default: an equals sign outside of all brackets."""
    depth = 0
    for match in DEFAULT.finditer(piece):
        if match[0] in (b"(", b"[", b"{"):
            depth += 1
        elif match[0] in (b")", b"]", b"}"):
            depth -= 1
        elif match[0] == b"=" and depth == 0:
            return True
    return False


DEFAULT = regex(rb"\"[^\"\n]*\"|'[^'\n]*'|[()\[\]{}]|=")


def walk_suspects(facts: Facts) -> CallGraph:
    """Run the functions that hold calls which look wrong and were not run yet."""
    program = facts.program
    seen = [facts.calls_elsewhere, facts.calls]
    known = {(place.path, place.end) for graph in seen for place in graph.targets}
    places: dict[str, list[int]] = {}
    for number, (path, start) in enumerate(Text(facts).suspects(known)):
        if number >= MOST_SUSPECTS:
            break
        places.setdefault(path, []).append(start)
    functions = list(holding(facts, places)) if places else []
    if not functions:
        return CallGraph((), (), Runs((), (), {}))
    with registering_nothing(program.engine):
        return walk_functions(program, functions, facts.calls, lambda _: True, DEPTHS)


def holding(facts: Facts, places: dict[str, list[int]]) -> Iterable[Function]:
    """The functions that some places stand in; methods on an object of their class."""
    program = facts.program
    for path in places:
        program.guarded(path, partial(program.run_whole, path))
    for path, starts in places.items():
        state = program.engine.table.states.get(path)
        if state is None:
            continue
        found = Places.at(starts)
        held = [*state.scope.names.values(), *(cls for cls in program.engine.classes if cls.module is state)]
        seen: set[object] = set()
        for value in held:
            if isinstance(value, Pending) or not isinstance(value, Function | Class):
                continue
            for function in functions_of(value, found, {}, program):
                if function.module is state and function.code not in seen:
                    seen.add(function.code)
                    yield function
