"""Words of a shell script: what a shell would make of them, as far as the script alone decides it.

A word that depends on run time (a variable that nothing sets, the output of a program) stays as it is written.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from verifier.model import Span
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

UNKNOWN = "?"
"""The directory of a command where nothing decides it."""

ROOT = "\0"
"""Stands for the project's root at the beginning of an absolute path."""


class Word(NamedTuple):
    """A word's text, and whether it is surely that."""

    text: str
    known: bool = True


class Function(NamedTuple):
    """The body of a shell function, and where it stands."""

    body: Node
    locate: Callable[[int, int], Span]
    source: str | None


class State(Struct):
    """What a shell knows at one point of a script."""

    directory: str
    previous: str = UNKNOWN
    stack: tuple[str, ...] = ()
    variables: dict[str, Word] = field(default_factory=dict)
    exported: frozenset[str] = frozenset()
    positional: tuple[str, ...] | None = None
    script: str | None = None
    """Path of the script that ``$0`` names."""
    source: str | None = None
    """Path of the script that these lines stand in."""
    functions: dict[str, Function] = field(default_factory=dict)

    def copy(self) -> State:
        """The same, to go another way from here."""
        return State(
            self.directory,
            self.previous,
            self.stack,
            dict(self.variables),
            self.exported,
            self.positional,
            self.script,
            self.source,
            dict(self.functions),
        )

    def child(self, assigned: Mapping[str, Word], arguments: list[Word], script: str | None) -> State:
        """What a shell that is started from here knows: exported variables, its arguments and its own name."""
        exported = self.exported | assigned.keys()
        variables = {name: word for name, word in {**self.variables, **assigned}.items() if name in exported}
        given = tuple(word.text for word in arguments) if all(word.known for word in arguments) else None
        return State(self.directory, UNKNOWN, (), variables, exported, given, script, script)

    def merge(self, other: State) -> None:
        """Know only what both know: one of two ways was gone."""
        self.directory = self.directory if self.directory == other.directory else UNKNOWN
        self.previous = self.previous if self.previous == other.previous else UNKNOWN
        self.stack = self.stack if self.stack == other.stack else ()
        self.positional = self.positional if self.positional == other.positional else None
        names = self.variables.keys() | other.variables.keys()
        same = {name for name in names if self.variables.get(name) == other.variables.get(name)}
        self.variables = {name: self.variables.get(name, Word("", False)) for name in names}
        self.variables.update({name: Word("", False) for name in names - same})
        self.exported &= other.exported
        self.functions = {k: v for k, v in self.functions.items() if other.functions.get(k) == v}

    def become(self, ways: list[State]) -> None:
        """Know what is so after every one of some ways, of which there is at least one."""
        first, *others = ways
        for other in others:
            first.merge(other)
        for name in State.__struct_fields__:
            setattr(self, name, getattr(first, name))


def join(directory: str, path: str, absolute: Callable[[str], str | None] = lambda _: None) -> str:
    """The directory or file that a path names from a directory; ``?`` where that is not known or outside the project.

    Args:
        directory: below the root, or ``?``.
        path: as a shell has it.
        absolute: where in the project an absolute path of the machine lies.
    """
    if path.startswith(ROOT):
        whole = path[1:].lstrip("/")
    elif path.startswith("/"):
        found = absolute(posixpath.normpath(path))
        return UNKNOWN if found is None else found
    elif directory == UNKNOWN or not path or path.startswith("~") or re.search(r"[*?\[{$`]", path):
        return UNKNOWN
    else:
        whole = f"{directory}/{path}" if directory else path
    whole = posixpath.normpath(whole) if whole else "."
    if whole == "." or whole == "":
        return ""
    return UNKNOWN if whole == ".." or whole.startswith(("../", "/")) else whole


def shown(text: str, directory: str) -> str:
    """A word with paths from the root written from the directory of its command."""
    if ROOT not in text:
        return text
    if text.startswith(ROOT) and directory != UNKNOWN:
        return posixpath.relpath(text[1:].lstrip("/") or ".", directory or ".")
    up = "/".join([".."] * (directory.count("/") + 1)) if directory and directory != UNKNOWN else "."
    return text.replace(ROOT, up)


_BRACES = regex(r"([^{}'\"$`\\]*)\{([^{}'\"$`\\]*,[^{}'\"$`\\]*)\}([^{}'\"$`\\]*)")


def expand(node: Node, state: State) -> list[Word]:
    """The words that one word of a script becomes: several where an unquoted variable holds spaces."""
    text = source_of(node)
    if node.type in ("simple_expansion", "expansion") and text in ("$@", "$*", "${@}", "${*}"):
        return _all_positional(state, text)
    if node.type == "string" and text in ('"$@"', '"${@}"'):
        return _all_positional(state, text)
    if node.type == "concatenation" and (braces := _BRACES.fullmatch(text)):
        return [Word(braces[1] + part + braces[3]) for part in braces[2].split(",")]
    word = evaluate(node, state)
    if word.known and node.type in ("simple_expansion", "expansion", "command_substitution"):
        return [Word(part) for part in word.text.split()]
    return [word]


def _all_positional(state: State, written: str) -> list[Word]:
    if state.positional is None:
        return [Word(written, False)]
    return [Word(word) for word in state.positional]


def source_of(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


_LONGEST = 10_000


def evaluate(node: Node, state: State, depth: int = 0) -> Word:
    """The value of a word as one text, quotes taken off."""
    found = _evaluate(node, state, depth)
    return found if len(found.text) <= _LONGEST else Word(found.text[:_LONGEST], False)


def _evaluate(node: Node, state: State, depth: int) -> Word:
    text = source_of(node)
    if depth > 30:
        return Word(text, False)
    match node.type:
        case "word" | "number" | "extglob_pattern" | "regex" | "variable_name":
            return Word(re.sub(r"\\(\n|.)", lambda found: "" if found[1] == "\n" else found[1], text, flags=re.DOTALL))
        case "raw_string":
            return Word(text[1:-1])
        case "string" | "translated_string":
            return _string(node, state, depth)
        case "concatenation":
            parts = [evaluate(child, state, depth + 1) for child in node.children]
            return Word("".join(part.text for part in parts), all(part.known for part in parts))
        case "simple_expansion" | "expansion":
            return _expansion(text, state)
        case "command_substitution":
            output = _output(node, state, depth + 1)
            return Word(text, False) if output is None else Word(output)
        case "command_name":
            return evaluate(node.children[0], state, depth + 1) if node.children else Word(text)
        case _:
            return Word(text, False)


def _string(node: Node, state: State, depth: int) -> Word:
    """A text in double quotes. What stands between its expansions is taken from the source, blanks too."""
    data = node.text or b""
    start = node.start_byte
    at = data.find(b'"') + 1
    parts: list[Word] = []
    for child in node.children:
        if child.type in ('"', "string_content") or not child.is_named:
            continue
        parts.append(_unescaped(data[at : child.start_byte - start]))
        parts.append(evaluate(child, state, depth + 1))
        at = child.end_byte - start
    parts.append(_unescaped(data[at:-1]))
    return Word("".join(part.text for part in parts), all(part.known for part in parts))


def _unescaped(data: bytes) -> Word:
    text = data.decode("utf-8", "replace")
    return Word(re.sub(r"\\([$`\"\\\n])", lambda found: "" if found[1] == "\n" else found[1], text))


_PARAMETER = regex(r"\$\{?(\w+|[#?*@!$-])(?:\[0\])?(?:(:?[-=+?]|%%?|##?)(.*))?\}?", re.DOTALL)


def _expansion(written: str, state: State) -> Word:
    """``$NAME`` and the forms of ``${NAME...}`` that the script decides."""
    found = _PARAMETER.fullmatch(written.removesuffix("}") if written.startswith("${") else written)
    if not found:
        return Word(written, False)
    name, operator, operand = found[1], found[2], found[3]
    value = _variable(name, state)
    if value is None or not value.known:
        return Word(written, False)
    if operator is None:
        return value
    if operator in (":-", ":="):
        return value if value.text else Word(written, False)
    if operator in ("-", "="):
        return value
    if operator == "%" and operand == "/*":
        return Word(value.text.rpartition("/")[0]) if "/" in value.text else value
    if operator == "##" and operand == "*/":
        return Word(value.text.rpartition("/")[2])
    return Word(written, False)


def _variable(name: str, state: State) -> Word | None:
    if name == "0":
        return None if state.script is None else Word(f"{ROOT}/{state.script}")
    if name == "BASH_SOURCE":
        return None if state.source is None else Word(f"{ROOT}/{state.source}")
    if name == "PWD":
        return None if state.directory == UNKNOWN else Word(_rooted(state.directory))
    if name.isdecimal():
        at = int(name[:4]) - 1
        return Word(state.positional[at]) if state.positional is not None and at < len(state.positional) else None
    return state.variables.get(name)


def _rooted(directory: str) -> str:
    return f"{ROOT}/{directory}" if directory else ROOT


def _output(substitution: Node, state: State, depth: int) -> str | None:
    """What ``$(...)`` prints, for the few commands that only speak of paths."""
    statements = [child for child in substitution.children if child.is_named]
    return _printed(statements[0], state, depth) if len(statements) == 1 else None


def _printed(node: Node, state: State, depth: int) -> str | None:
    if depth > 30:
        return None
    if node.type == "redirected_statement":
        return _printed(node.children[0], state, depth + 1)
    if node.type == "list" and len(node.children) == 3 and node.children[1].type in ("&&", ";"):
        words = _words(node.children[0], state, depth)
        if not words or words[0] != "cd":
            return None
        targets = [word for word in words[1:] if word not in ("-P", "-L", "--")]
        inside = state.copy()
        inside.directory = join(state.directory, targets[0]) if len(targets) == 1 else UNKNOWN
        return _printed(node.children[2], inside, depth + 1)
    words = _words(node, state, depth)
    if not words:
        return None
    arguments = [word for word in words[1:] if not (word.startswith("-") and len(word) > 1)]
    match words[0]:
        case "pwd":
            return None if state.directory == UNKNOWN else _rooted(state.directory)
        case "dirname" if len(arguments) == 1:
            path = arguments[0]
            return posixpath.dirname(path) or (path if path == ROOT else ".")
        case "basename" if len(arguments) == 1:
            return posixpath.basename(arguments[0])
        case "realpath" | "readlink" if len(arguments) == 1:
            target = join(state.directory, arguments[0])
            return None if target == UNKNOWN else _rooted(target)
        case "echo" if len(arguments) == len(words) - 1:
            return " ".join(arguments)
        case _:
            return None


def _words(node: Node, state: State, depth: int) -> list[str] | None:
    """The words of a simple command, if all are known."""
    if node.type == "redirected_statement":
        return _words(node.children[0], state, depth + 1) if depth < 30 else None
    if node.type != "command":
        return None
    words = [evaluate(child, state, depth + 1) for child in node.children if child.type != "variable_assignment"]
    return [word.text for word in words] if all(word.known for word in words) else None


# What stands around a command

_ASSIGNMENT = regex(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


def declare(node: Node, state: State) -> None:
    """``X=1``, ``export X=1``, ``export X``; what cannot be decided stays as written."""
    kind = node.children[0].type if node.type == "declaration_command" and node.children else ""
    options = [source_of(child) for child in node.children if child.type == "word"]
    exports = kind == "export" or (kind in ("declare", "typeset") and any("x" in o for o in options if o[:1] == "-"))
    assigned = [node] if node.type == "variable_assignment" else node.children
    for child in assigned:
        if child.type == "variable_assignment":
            name, value = assignment(child, state)
            state.variables[name] = value
        elif child.type == "variable_name":
            name = source_of(child)
        else:
            continue
        if exports:
            state.exported |= {name}


def assignment(node: Node, state: State) -> tuple[str, Word]:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    key = source_of(name) if name is not None else ""
    if any(child.type == "+=" for child in node.children):
        before = state.variables.get(key, Word(f"${key}", False))
        more = evaluate(value, state) if value is not None else Word("")
        return key, Word(before.text + more.text, before.known and more.known)
    return key, evaluate(value, state) if value is not None else Word("")


def unwrapped(words: list[Word]) -> tuple[list[Word], dict[str, Word], bool]:
    """A command without what only hands over to it, the variables set on the way, and whether it replaces the shell."""
    assigned: dict[str, Word] = {}
    replaces = False
    while words and words[0].known:
        name, rest = words[0].text, words[1:]
        if name in ("env", "cross-env", "cross-env-shell", "/usr/bin/env"):
            while rest and (rest[0].text.startswith("-") or _ASSIGNMENT.fullmatch(rest[0].text)):
                option, *rest = rest
                if found := _ASSIGNMENT.fullmatch(option.text):
                    assigned[found[1]] = Word(found[2], option.known)
                elif option.text in ("-u", "--unset"):
                    assigned.update({word.text: Word("", False) for word in rest[:1]})
                    rest = rest[1:]
                elif option.text.startswith(("-C", "-S", "--chdir", "--split")):
                    return words, assigned, replaces
        elif name == "exec":
            while rest and rest[0].text in ("-a", "-c", "-l"):
                rest = rest[2:] if rest[0].text == "-a" else rest[1:]
            replaces = bool(rest)
        elif name == "command" and rest and rest[0].text in ("-v", "-V"):
            return [Word("true")], assigned, replaces
        elif name in ("nohup", "command", "builtin", "time", "coproc"):
            while rest and rest[0].text in ("-p", "--"):
                rest = rest[1:]
        else:
            break
        words = rest
    return words, assigned, replaces


def inline(words: list[Word]) -> list[Word] | None:
    """The script of ``sh -c 'script' name arguments`` with what follows it; None for another form."""
    for at, word in enumerate(words[1:], 1):
        if not word.text.startswith(("-", "+")):
            if words[at - 1].text in ("-o", "+o", "-O", "+O"):
                continue
            return None
        if re.fullmatch(r"-[a-z]*c[a-z]*", word.text):
            return words[at + 1 :] or None
    return None
