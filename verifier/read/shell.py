"""Shell text -> the commands that it runs, each with the directory it runs in and the environment set for it.

The script is walked as a shell would run it, without running anything: ``cd`` moves, ``&&``, ``;`` and lines follow
each other, a subshell or a job in the background forgets what it did, an ``if`` goes both ways. Commands are taken to
succeed; what follows a test may or may not have happened. Where two ways disagree on the directory it is ``?``.
Wrappers that only hand over (``exec``, ``env``, ``cross-env``, ``nohup``, ``command``, ``time``) are taken off.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct, field

from verifier.model import Command, FolderChange, Note, SourceFile, Span
from verifier.read.words import (
    UNKNOWN,
    Function,
    State,
    Word,
    assignment,
    declare,
    evaluate,
    expand,
    inline,
    join,
    shown,
    source_of,
    unwrapped,
)

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_DEPTH_LIMIT = 80
_STEP_LIMIT = 20_000
_TEXT_LIMIT = 262_144

_SILENT = frozenset(
    {
        *(":", "alias", "bg", "bind", "break", "continue", "declare", "disown", "echo", "false", "fg", "getopts"),
        *("hash", "jobs", "let", "local", "printf", "read", "readonly", "return", "set", "shopt", "sleep", "test"),
        *("times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "wait", "[", "[["),
    }
)
"""Commands that neither start, build nor prepare anything."""
_TESTS = frozenset({"test", "[", "[[", "grep", "command", "which", "type", "hash", "pgrep", "false"})
_TELLING = frozenset({"echo", "printf", "break", "continue", "true", ":"})
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ash"})


class Shell(Struct):
    """What all scripts of a project share while their commands are collected."""

    script: Callable[[str], SourceFile | None]
    """A shell script of the project by path."""
    commands: list[Command] = field(default_factory=list)
    moves: list[FolderChange] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    started: set[tuple[str, str]] = field(default_factory=set)
    """Scripts that some command was seen to start, and the directory it did so in."""


Locate: TypeAlias = Callable[[int, int], Span]
Failure: TypeAlias = Literal["ignored", "ends", "repeats"]


def fixed(span: Span) -> Locate:
    """Everything stands at one span: the text is not as it is in the file."""
    return lambda _start, _end: span


class _Run(Struct):
    """One text being walked."""

    shell: Shell
    locate: Locate
    where: str
    name: str
    environment: Mapping[str, str]
    absolute: Callable[[str], str | None]
    active: tuple[object, ...] = ()
    """Scripts and functions that are being walked."""
    steps: list[int] = field(default_factory=lambda: [0])
    emits: bool = True
    inside: bool = False
    """Whether these lines belong to a function or to a sourced script, which ``return`` ends."""
    returned: list[State] = field(default_factory=list)
    """What was known at each ``return`` of the function or sourced script."""
    strict: bool = False
    """Whether a command that fails ends the script (``set -e``)."""
    failure: Failure | None = None
    """What a failure does where a list, a condition or a loop decides it."""


class _TooMuch(Exception):  # noqa: N818
    """The text is nested or repeats beyond what a person writes."""


def run(
    shell: Shell,
    text: bytes,
    locate: Locate,
    *,
    directory: str,
    where: str,
    name: str = "",
    environment: Mapping[str, str] | None = None,
    absolute: Callable[[str], str | None] = lambda _: None,
    positional: tuple[str, ...] | None = None,
    script: str | None = None,
) -> None:
    """Collect the commands of a shell text.

    Args:
        shell: where they are collected.
        text: UTF-8.
        locate: the span of two byte offsets of the text.
        directory: where it starts, below the root; ``?`` if that is not known.
        where: who runs it.
        name: of the script or service.
        environment: variables that are set before.
        absolute: where in the project an absolute path of the machine lies.
        positional: the arguments, if they are known.
        script: the path of the file that the text is.
    """
    walk = _Run(shell, locate, where, name, environment or {}, absolute, (script,) if script else ())
    state = _first(directory, walk.environment)
    state.positional, state.script, state.source = positional, script, script
    _text(walk, text, state)


def run_argv(
    shell: Shell,
    argv: Iterable[str],
    span: Span,
    *,
    directory: str,
    where: str,
    name: str = "",
    environment: Mapping[str, str] | None = None,
    absolute: Callable[[str], str | None] = lambda _: None,
) -> None:
    """Collect a command that comes as a list of words, and those of the script that it starts."""
    walk = _Run(shell, fixed(span), where, name, environment or {}, absolute)
    try:
        _command(walk, [Word(word) for word in argv], _first(directory, walk.environment), {}, span, 0)
    except _TooMuch:
        shell.notes.append(Note(span.path, "its commands are nested too deeply to be followed"))


def _first(directory: str, environment: Mapping[str, str]) -> State:
    """What a shell knows when it starts."""
    state = State(directory, exported=frozenset(environment))
    state.variables = {name: Word(value) for name, value in environment.items() if "$" not in value}
    return state


@cache
def _parser() -> Parser:
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


def _text(walk: _Run, text: bytes, state: State, depth: int = 0) -> bool:
    """Walk a whole text; whether it surely ends the shell."""
    path = walk.locate(0, 0).path
    if len(text) > _TEXT_LIMIT:
        walk.shell.notes.append(Note(path, "its commands were not read: too long for a script"))
        return False
    tree = _parser().parse(text)
    if tree.root_node.has_error and walk.emits:
        line = next(iter(_faults(tree.root_node, walk.locate)), 1)
        walk.shell.notes.append(Note(path, f"line {line} cannot be read as shell; commands there are not known"))
    first = text.partition(b"\n")[0]
    walk.strict = walk.strict or (first.startswith(b"#!") and re.search(rb"\s-[a-z]*e[a-z]*\s*$", first) is not None)
    try:
        return _sequence(walk, tree.root_node.children, state, depth)
    except _TooMuch:
        walk.shell.notes.append(Note(path, "its commands are nested too deeply to be followed"))
        return True


def _faults(node: Node, locate: Locate) -> Iterable[int]:
    pending = [node]
    while pending:
        found = pending.pop()
        if found.type == "ERROR" or found.is_missing:
            yield locate(found.start_byte, found.end_byte).line
        pending.extend(child for child in reversed(found.children) if child.has_error or child.is_missing)


# Statements


def _sequence(walk: _Run, nodes: list[Node], state: State, depth: int) -> bool:
    """Walk statements one after the other; whether they surely end the shell."""
    for at, node in enumerate(nodes):
        if not node.is_named:
            continue
        if nodes[at + 1 : at + 2] and nodes[at + 1].type == "&":
            _aside(walk, [node], state, depth)
        elif _statement(walk, node, state, depth):
            return True
    return False


def _aside(walk: _Run, nodes: list[Node], state: State, depth: int) -> None:
    """Walk statements whose effects are lost: those of a subshell, a job, or a way that is not gone."""
    returned, walk.returned = walk.returned, []
    _sequence(walk, nodes, state.copy(), depth)
    walk.returned = returned


def _statement(walk: _Run, node: Node, state: State, depth: int) -> bool:
    """Walk one statement; whether it surely ends the shell (or the function)."""
    walk.steps[0] += 1
    if depth > _DEPTH_LIMIT or walk.steps[0] > _STEP_LIMIT:
        raise _TooMuch
    depth += 1
    match node.type:
        case "command":
            return _simple(walk, node, state, depth)
        case "list":
            return _list(walk, node, state, depth)
        case "redirected_statement":
            body = node.child_by_field_name("body")
            return body is not None and _statement(walk, body, state, depth)
        case "compound_statement" | "do_group":
            return _sequence(walk, node.children, state, depth)
        case "subshell":
            _aside(walk, node.children, state, depth)
            return False
        case "pipeline":
            for child in node.children:
                _aside(walk, [child], state, depth)
            return False
        case "negated_command":
            return _sequence(walk, node.children, state, depth)
        case "if_statement":
            return _if(walk, node, state, depth)
        case "case_statement":
            return _case(walk, node, state, depth)
        case "while_statement" | "for_statement" | "c_style_for_statement":
            return _loop(walk, node, state, depth)
        case "function_definition":
            name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
            if name is not None and body is not None:
                state.functions[source_of(name)] = Function(body, walk.locate, state.source)
            return False
        case "variable_assignment" | "variable_assignments" | "declaration_command":
            declare(node, state)
            return False
        case "unset_command":
            for child in node.children:
                if child.type == "variable_name":
                    state.variables.pop(source_of(child), None)
            return False
        case "ERROR":
            _error(node, state)
            return False
        case _:
            return False


def _list(walk: _Run, node: Node, state: State, depth: int) -> bool:
    """``a && b || c``: behind a test there are two ways; behind anything else ``&&`` is gone and ``||`` is not."""
    parts: list[tuple[str, Node]] = []
    while node.type == "list" and len(node.children) == 3:
        parts.append((node.children[1].type, node.children[2]))
        node = node.children[0]
    parts.reverse()
    ended = _with_failure(walk, node, state, depth, _failure_before(walk, parts))
    open_question = _is_test(node)
    for place, (operator, part) in enumerate(parts):
        failure = _failure_before(walk, parts[place + 1 :])
        if ended:
            break
        if open_question:
            other = state.copy()
            if not _with_failure(walk, part, other, depth, failure):
                state.merge(other)
            open_question = operator == "&&"
        elif operator == "||":
            _aside(walk, [part], state, depth)
        else:
            ended = _with_failure(walk, part, state, depth, failure)
            open_question = _is_test(part)
    return ended


def _failure_before(walk: _Run, rest: list[tuple[str, Node]]) -> Failure | None:
    """What the failure of a part of a list does, by what follows it; None where nothing of the list does."""
    if not rest or walk.failure == "repeats":
        return walk.failure
    alternative = next((part for operator, part in rest if operator == "||"), None)
    if alternative is None:
        telling = all(part.type == "command" and source_of(part).split()[0] in _TELLING for _, part in rest)
        return walk.failure or ("ignored" if telling else "ends")
    name = alternative.child_by_field_name("name") if alternative.type == "command" else None
    ends = name is not None and source_of(name) in ("exit", "return")
    if alternative.type == "compound_statement":
        ends = any(re.match(r"exit\b", source_of(child)) for child in alternative.children)
    return "ends" if ends and walk.failure is None else "ignored"


def _with_failure(walk: _Run, node: Node, state: State, depth: int, failure: Failure | None) -> bool:
    """Walk a statement whose failure does something else than that of the statements around it."""
    outer, walk.failure = walk.failure, failure
    try:
        return _statement(walk, node, state, depth)
    finally:
        walk.failure = outer


def _conditions(walk: _Run, nodes: list[Node], state: State, depth: int, failure: Failure = "ignored") -> None:
    """Walk what decides a branch or a loop."""
    outer, walk.failure = walk.failure, failure
    try:
        _sequence(walk, nodes, state, depth)
    finally:
        walk.failure = outer


def _is_test(node: Node) -> bool:
    if node.type in ("test_command", "negated_command"):
        return True
    if node.type == "redirected_statement":
        body = node.child_by_field_name("body")
        return body is not None and _is_test(body)
    name = node.child_by_field_name("name") if node.type == "command" else None
    return name is not None and source_of(name) in _TESTS


def _branches(walk: _Run, branches: list[list[Node]], state: State, depth: int, *, exhaustive: bool) -> bool:
    """Go every way from here; whether all of them end the shell."""
    ends: list[State] = [] if exhaustive else [state.copy()]
    for branch in branches:
        way = state.copy()
        if not _sequence(walk, branch, way, depth):
            ends.append(way)
    if not ends:
        return True
    state.become(ends)
    return False


def _if(walk: _Run, node: Node, state: State, depth: int) -> bool:
    branches: list[list[Node]] = []
    conditions, body = _split(node.children, "then")
    _conditions(walk, conditions, state, depth)
    branches.append([child for child in body if child.type not in ("elif_clause", "else_clause")])
    exhaustive = False
    for child in body:
        if child.type == "elif_clause":
            conditions, inside = _split(child.children, "then")
            _conditions(walk, conditions, state.copy(), depth)
            branches.append(inside)
        elif child.type == "else_clause":
            branches.append(child.children)
            exhaustive = True
    return _branches(walk, branches, state, depth, exhaustive=exhaustive)


def _split(nodes: list[Node], keyword: str) -> tuple[list[Node], list[Node]]:
    """The nodes before and behind a keyword."""
    at = next((i for i, node in enumerate(nodes) if node.type == keyword), len(nodes))
    return nodes[:at], nodes[at + 1 :]


def _case(walk: _Run, node: Node, state: State, depth: int) -> bool:
    """The branches of ``case``; where the value and the patterns are known, the one that is taken."""
    subject = node.child_by_field_name("value")
    value = evaluate(subject, state) if subject is not None else Word("", False)
    branches: list[list[Node]] = []
    for item in node.children:
        if item.type != "case_item":
            continue
        body = _split(item.children, ")")[1]
        patterns = [evaluate(pattern, state) for pattern in item.children_by_field_name("value")]
        if value.known and all(pattern.known for pattern in patterns):
            if any(fnmatchcase(value.text, pattern.text) for pattern in patterns):
                return _branches(walk, [*branches, body], state, depth, exhaustive=True)
        else:
            branches.append(body)
    return _branches(walk, branches, state, depth, exhaustive=False)


def _loop(walk: _Run, node: Node, state: State, depth: int) -> bool:
    """A body that runs any number of times; what it changes is not known in it, nor behind it."""
    variable = node.child_by_field_name("variable")
    if variable is not None:
        state.variables[source_of(variable)] = Word("", False)
    parts = [child for child in node.children if child.type not in ("variable_name", "for", "in", "select")]
    if walk.emits:
        walk.emits = False
        after, returned = state.copy(), list(walk.returned)
        _sequence(walk, parts, after, depth)
        state.merge(after)
        walk.emits, walk.returned = True, returned
    deciding = [child for child in parts if child.type != "do_group"] if node.type == "while_statement" else []
    way = state.copy()
    _conditions(walk, deciding, way, depth, _waits(node))
    if walk.emits and deciding:
        state.merge(way)
    outer, walk.failure = walk.failure, walk.failure or "ignored"
    _branches(walk, [[child for child in parts if child not in deciding]], state, depth, exhaustive=False)
    walk.failure = outer
    return False


def _waits(node: Node) -> Failure:
    """What a failure of the condition of ``while`` or ``until`` does: the loop goes on, or ends."""
    text = source_of(node)
    gives_up = re.search(r"\b(?:break|exit|return|timeout)\b|-(?:gt|ge|lt|le|eq)\b|\(\(", text)
    waits = re.match(r"until\b|while\s+!", text)
    return "repeats" if waits and not gives_up else "ignored"


def _error(node: Node, state: State) -> None:
    """What stands in a place that cannot be read may have moved."""
    if re.search(r"\b(?:cd|pushd|popd)\b", source_of(node)):
        state.directory = UNKNOWN


# Simple commands


def _simple(walk: _Run, node: Node, state: State, depth: int) -> bool:
    if node.has_error:
        _error(node, state)
        return False
    words: list[Word] = []
    assigned: dict[str, Word] = {}
    for child in node.children:
        if child.type == "variable_assignment":
            key, value = assignment(child, state)
            assigned[key] = value
        elif child.type == "command_name" and child.children:
            words.extend(expand(child.children[0], state))
        elif child.is_named and not child.type.endswith("redirect"):
            words.extend(expand(child, state))
    return _command(walk, words, state, assigned, walk.locate(node.start_byte, node.end_byte), depth)


def _command(walk: _Run, words: list[Word], state: State, assigned: dict[str, Word], span: Span, depth: int) -> bool:
    """One command with its words expanded; whether it ends the shell."""
    if depth > _DEPTH_LIMIT:
        raise _TooMuch
    words, more, replaces = unwrapped(words)
    assigned = {**assigned, **more}
    if not words or not (words[0].known or words[0].text.strip("\"'{}$@*")):
        return replaces and bool(words)
    name, texts = words[0].text, [word.text for word in words]
    if name in ("exit", "logout"):
        return True
    if name == "return":
        walk.returned.append(state.copy())
        return walk.inside
    if name in ("cd", "chdir", "pushd", "popd"):
        _move(walk, words, state, span)
    elif name == "shift":
        state.positional = state.positional[1:] if state.positional is not None and len(words) == 1 else None
    elif name == "set":
        options = [text for text in texts[1:] if re.fullmatch(r"-[a-z]*e[a-z]*", text)]
        walk.strict = walk.strict or bool(options) or ("-o" in texts and "errexit" in texts)
    elif name in (".", "source"):
        if len(words) > 1:
            return _script(walk, words[1], words[2:], state, assigned, depth, inside=True)
    elif name == "eval":
        if all(word.known for word in words):
            inner = _inside(walk, span)
            inner.inside, inner.returned = walk.inside, walk.returned
            return _text(inner, " ".join(texts[1:]).encode(), state, depth + 1)
    elif name in state.functions:
        return _function(walk, name, tuple(texts[1:]) if all(w.known for w in words) else None, state, depth)
    elif name in _SHELLS and (nested := inline(words)) is not None:
        if nested[0].known:
            _text(_inside(walk, span), nested[0].text.encode(), state.child(assigned, nested[2:], None), depth + 1)
        else:
            _emit(walk, words, state, assigned, span)
    elif name not in _SILENT:
        _emit(walk, words, state, assigned, span)
        at = 0 if name not in _SHELLS else next((n for n, w in enumerate(words) if n and w.text[:1] not in "-+"), 0)
        if at or "/" in name:
            _script(walk, words[at], words[at + 1 :], state, assigned, depth, inside=False)
    return replaces


def _inside(walk: _Run, span: Span) -> _Run:
    """The walk of a text that a command carries; all of it stands where the command does."""
    return _Run(
        walk.shell,
        fixed(span),
        walk.where,
        walk.name,
        walk.environment,
        walk.absolute,
        walk.active,
        walk.steps,
        walk.emits,
    )


def _failure(walk: _Run) -> Failure:
    """What it does to the script when a command of it fails here."""
    return walk.failure or ("ends" if walk.strict else "ignored")


def _move(walk: _Run, words: list[Word], state: State, span: Span) -> None:
    name = words[0].text
    targets = [word for word in words[1:] if word.text == "-" or not word.text.startswith(("-", "+"))]
    before = state.directory
    if name == "popd":
        state.directory, state.stack = (state.stack[0], state.stack[1:]) if state.stack else (UNKNOWN, ())
    else:
        if name == "pushd":
            state.stack = (before, *state.stack)
        target = targets[0] if len(targets) == 1 else Word("", False)
        if target.text == "-":
            state.directory = state.previous
        else:
            state.directory = join(before, target.text, walk.absolute) if target.known else UNKNOWN
        surely = len(targets) == 0 or (len(targets) == 1 and targets[0].known and targets[0].text != "-")
        if walk.emits and surely and walk.inside is False and before != UNKNOWN:
            told = shown(targets[0].text, before) if targets else ""
            walk.shell.moves.append(FolderChange(told, before, state.directory, span, walk.where, _failure(walk)))
    state.previous = before


def _function(walk: _Run, name: str, arguments: tuple[str, ...] | None, state: State, depth: int) -> bool:
    """Walk the body of a function where it is called; ``return`` ends the function alone."""
    function = state.functions[name]
    if function in walk.active:
        return False
    outer = (walk.locate, walk.active, walk.returned, walk.inside, state.positional, state.source)
    walk.locate, walk.active, walk.returned, walk.inside = function.locate, (*walk.active, function), [], True
    state.positional, state.source = arguments, function.source
    try:
        ended = _statement(walk, function.body, state, depth)
        ways = walk.returned if ended else [*walk.returned, state.copy()]
    finally:
        walk.locate, walk.active, walk.returned, walk.inside = outer[:4]
    if ways:
        state.become(ways)
        state.positional, state.source = outer[4:]
    return not ways


def _script(
    walk: _Run,
    script: Word,
    arguments: list[Word],
    state: State,
    assigned: dict[str, Word],
    depth: int,
    *,
    inside: bool,
) -> bool:
    """Walk a script of the project that a command starts, or reads into itself."""
    path = join(state.directory, script.text, walk.absolute) if script.known else UNKNOWN
    source = walk.shell.script(path) if path not in (UNKNOWN, "") and path not in walk.active else None
    if source is None:
        return False
    active = (*walk.active, path)
    where, name = (walk.where, walk.name) if inside else (posixpath.basename(path), walk.name)
    inner = _Run(walk.shell, source.span, where, name, walk.environment, walk.absolute, active, walk.steps, walk.emits)
    if inside:
        outer, state.source, inner.inside = state.source, path, True
        ended = _text(inner, source.data, state, depth + 1)
        ways = inner.returned if ended else [*inner.returned, state.copy()]
        if ways:
            state.become(ways)
            state.source = outer
        return not ways
    walk.shell.started.add((path, state.directory))
    _text(inner, source.data, state.child(assigned, arguments, path), depth + 1)
    return False


def _emit(walk: _Run, words: list[Word], state: State, assigned: Mapping[str, Word], span: Span) -> None:
    if not walk.emits:
        return
    exported = {name: state.variables[name] for name in sorted(state.exported) if name in state.variables}
    values = {**exported, **assigned}
    environment = dict(walk.environment)
    for name, value in values.items():
        if value.text or value.known:
            environment[name] = shown(value.text, state.directory)
        else:
            environment.pop(name, None)
    argv = tuple(shown(word.text, state.directory) for word in words)
    command = Command(argv, state.directory, span, walk.where, walk.name, environment, _failure(walk))
    walk.shell.commands.append(command)
