"""A name is imported before it has its value, and stays without one.

The module binds `pool = None`, and a function gives it a value when the server starts. `from database import pool`
takes what is there when the file is loaded: None, for ever. The same with CommonJS: `module.exports = { pool }` puts
into the exports what the variable is then, `undefined`. The server starts, and the first request fails:
`AttributeError: 'NoneType' object has no attribute 'acquire'`, `TypeError: Cannot read properties of undefined`.

Import the module and read the name when it is needed (`import database`, `database.pool`), or export a function that
gives it (`def get_pool(): return pool`); in CommonJS a getter: `get pool() { return pool }`.

The rule is silent where a module calls the function while it is loaded, where the importing file is itself loaded by a
function only, or asks whether the name has a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Category, Facts, ImportEdge, Problem, Related, SourceFile, Span, is_test, regex, rule

GLOBAL = regex(rb"^[ \t]+global[ \t]+([\w, \t]+?)[ \t]*(?:#.*)?$", re.MULTILINE)
DECLARED = regex(
    rb"^(?:let|var)[ \t]+(\w+)(?:[ \t]*:[^=;\n]+)?(?:[ \t]*=[ \t]*(?:null|undefined))?[ \t]*;?[ \t]*$", re.MULTILINE
)
IMPORTS = regex(rb"^from[ \t]+[\w.]+[ \t]+import[ \t]+(?:\([^)]*\)|[^\n]*)", re.MULTILINE)
HEAD = regex(rb"([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)")


class Empty(NamedTuple):
    """A name that a module binds to nothing, and a function to its value: the place of that, and the function."""

    name: str
    place: int
    setter: str


@rule(Category.STATE_PROPAGATION_FAILURE)
def captured_too_early(facts: Facts) -> Iterator[Problem]:
    """Yield each import or export of a name that has its value later only."""
    loaded: set[str] | None = None
    for path, source in facts.project.files.items():
        if is_test(path):
            continue
        if source.language == "python":
            found = [one for one in empty_in_python(source.data) if not set_while_loading(facts, one)]
            if found and loaded is None:
                loaded = loaded_at_once(facts)
            for one in found:
                yield from imported(facts, path, source, one, loaded or set())
        elif source.language == "javascript" and b"exports" in source.data:
            for one in empty_in_javascript(source.data):
                yield from exported(facts, path, source, one)


def empty_in_python(data: bytes) -> Iterator[Empty]:
    """The names that a module binds to None alone, and a function of it to something else."""
    seen: set[str] = set()
    for match in GLOBAL.finditer(data):
        for word in match[1].split(b","):
            name = word.strip()
            if not name or name.decode() in seen:
                continue
            seen.add(name.decode())
            bound = [*re.finditer(rb"^%s\b[ \t]*(?::[^=\n]*)?=[ \t]*([^=\n#]+)" % re.escape(name), data, re.MULTILINE)]
            given = re.search(
                rb"^[ \t]+%s[ \t]*(?::[^=\n]*)?=[ \t]*(?!None\b|=)\S" % re.escape(name), data, re.MULTILINE
            )
            head = head_of(data, match.start())
            if len(bound) == 1 and bound[0][1].strip() == b"None" and given is not None and head is not None:
                yield Empty(name.decode(), given.end() - 1, head)


def head_of(data: bytes, place: int) -> str | None:
    """The function around a place, where it stands at the top of its file."""
    for match in reversed([*HEAD.finditer(data, 0, place)]):
        start = data.rfind(b"\n", 0, match.start()) + 1
        if start == match.start():
            return match[2].decode() if not match[1] else None
    return None


def set_while_loading(facts: Facts, one: Empty) -> bool:
    """Whether any file calls the function outside of all functions."""
    call = re.compile(rb"\b%s\s*\(" % re.escape(one.setter.encode()))
    for path, source in facts.project.files.items():
        if source.language != "python" or is_test(path):
            continue
        for match in call.finditer(source.data):
            start = source.data.rfind(b"\n", 0, match.start()) + 1
            line = source.data[start : match.start()]
            if not re.match(rb"[ \t]*(?:async[ \t]+)?def[ \t]", line) and not inside_function(source.data, start, line):
                return True
    return False


def inside_function(data: bytes, start: int, line: bytes) -> bool:
    """Whether a line of Python stands in a function, by the lines above it that are indented less."""
    width = len(line) - len(line.lstrip())
    for above in reversed(data[:start].splitlines()):
        if not above.strip() or len(above) - len(above.lstrip()) >= width:
            continue
        width = len(above) - len(above.lstrip())
        if re.match(rb"[ \t]*(?:async[ \t]+)?def[ \t]", above):
            return True
    return False


def loaded_at_once(facts: Facts) -> set[str]:
    """The files that are loaded by others while these are loaded, or by nobody."""
    runtime = [edge for edge in facts.imports.edges if edge.kind == "runtime"]
    imported = {edge.target for edge in facts.imports.edges if edge.source != edge.target}
    found = {path for path in facts.project.files if path not in imported}
    inner: dict[str, set[str]] = {}
    for edge in runtime:
        inner.setdefault(edge.source, set()).update((*edge.via, edge.target))
    waiting = list(found)
    while waiting:
        for path in inner.get(waiting.pop(), ()):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return found


def imported(facts: Facts, path: str, source: SourceFile, one: Empty, loaded: set[str]) -> Iterator[Problem]:
    """The files that take the name while they are loaded, and use it as if it had its value."""
    for edge in edges_to(facts, path, one.name):
        own = facts.project.files.get(edge.source)
        alias = alias_in(facts, edge) if own is not None else None
        if own is None or alias is None or edge.source not in loaded or is_test(edge.source):
            continue
        member = used_in_python(own.data, alias.encode())
        if member is None:
            continue
        yield Problem(
            edge.span,
            f"`{one.name}` is None when this is loaded, and stays so here",
            related=(Related(Span(path, line_of(source.data, one.place)), f"`{one.setter}` gives it its value later"),),
            symptom=f"500: AttributeError: 'NoneType' object has no attribute '{member}'"
            if member
            else "500: TypeError: 'NoneType' object is not callable",
            remedy=f"Import the module, and read `{one.name}` of it where it is used",
            identity=one.name,
        )


def used_in_python(data: bytes, alias: bytes) -> str | None:
    """The attribute that a file takes of a name, empty where it calls it; None where it knows of None, or binds it."""
    word, data = re.escape(alias), IMPORTS.sub(b"", data)
    asks = (
        rb"\b(?:if|elif|while|assert|not|and|or)[ \t]+%s\b(?![.(\[])|\b%s[ \t]+(?:is|or|and|if|else)\b|"
        rb"\bglobal\b[^\n]*\b%s\b"
    )
    binds = rb"^[ \t]*%s[ \t]*(?::[^=\n]*)?=[^=]|\bdef[ \t]+\w+\([^)]*\b%s\b|\b(?:as|for|def|class|lambda)[ \t]+%s\b"
    if re.search(asks % (word, word, word), data) or re.search(binds % (word, word, word), data, re.MULTILINE):
        return None
    match = re.search(rb"(?<![\w.\"'])%s(?:\.(\w+)|\()" % word, data)
    return (match[1] or b"").decode() if match is not None else None


def edges_to(facts: Facts, path: str, name: str) -> Iterator[ImportEdge]:
    """The imports of a name of a file, by other files as they are loaded."""
    for edge in facts.imports.edges:
        if edge.target == path and edge.name == name and edge.kind == "runtime" and edge.source != path:
            yield edge


def alias_in(facts: Facts, edge: ImportEdge) -> str | None:
    """What a file calls a name that it imports."""
    for one in facts.files[edge.source].imports:
        if one.line == edge.span.line and not one.guarded:
            for there, here in one.names:
                if there == edge.name:
                    return here
    return None


def line_of(data: bytes, place: int) -> int:
    """The line of a byte, from 1."""
    return data.count(b"\n", 0, place) + 1


# CommonJS


def empty_in_javascript(data: bytes) -> Iterator[Empty]:
    """The variables of a file that only functions give a value, and that are exported as they are."""
    for match in DECLARED.finditer(data):
        name = re.escape(match[1])
        given = re.search(rb"^[ \t]+(?:[^/\n]*[^\w.\n])?%s[ \t]*=[^=>]" % name, data, re.MULTILINE)
        at_once = re.search(rb"^%s[ \t]*=[^=]" % name, data, re.MULTILINE)
        later = re.search(
            rb"^[ \t]+[^\n]*\bexports\.%s[ \t]*=|\bget[ \t]+%s[ \t]*\(" % (name, name), data, re.MULTILINE
        )
        whole = re.search(rb"^module\.exports[ \t]*=[ \t]*\{((?:[^{}]|\n)*?)\}", data, re.MULTILINE)
        place = None
        if whole is not None:
            inner = re.search(rb"(?:^|,)\s*%s\s*(?:,|$|:\s*%s\s*(?:,|$))" % (name, name), whole[1])
            place = (
                whole.start(1) + inner.start() + len(inner[0]) - len(inner[0].lstrip()) if inner is not None else None
            )
        single = re.search(
            rb"^(?:module\.)?exports\.%s[ \t]*=[ \t]*%s[ \t]*;?[ \t]*$" % (name, name), data, re.MULTILINE
        )
        if single is not None:
            place = single.start()
        if given is not None and at_once is None and later is None and place is not None:
            yield Empty(match[1].decode(), place, "")


def exported(facts: Facts, path: str, source: SourceFile, one: Empty) -> Iterator[Problem]:
    """The export of a variable that has no value yet, where another file takes members of it."""
    name = re.escape(one.name.encode())
    users = {edge.source for edge in facts.imports.edges if edge.target == path and edge.source != path}
    for user in sorted(users):
        own = facts.project.files.get(user)
        if own is None or is_test(user):
            continue
        taken = re.search(rb"\{[^{}]*\b%s\b[^{}]*\}[ \t]*=[ \t]*require\(" % name, own.data)
        member = rb"(?<![\w.])%s" % name if taken is not None else rb"(?<![\w.])\w+\.%s" % name
        used = re.search(member + rb"\.(\w+)[ \t]*\(", own.data)
        asked = re.search(
            rb"(?:if[ \t]*\(|!|\?\?|&&|\|\|)[ \t]*(?:\w+\.)?%s\b(?!\.)|%s\?\.|%s[ \t]*(?:=|\|\||&&|\?)"
            % (name, name, name),
            own.data,
        )
        edge = any(found.name in (one.name, "*") for found in facts.imports.edges if found.source == user)
        if used is None or asked is not None or not edge:
            continue
        place = line_of(source.data, one.place)
        yield Problem(
            Span(path, place),
            f"`{one.name}` has no value yet when it is exported, and stays `undefined` for who imports it",
            related=(Related(Span(user, line_of(own.data, used.start())), "it is used here"),),
            symptom=f"500: TypeError: Cannot read properties of undefined (reading '{used[1].decode()}')",
            remedy=f"Export a getter or a function that gives `{one.name}`",
            identity=one.name,
        )
        return
