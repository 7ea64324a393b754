"""Paths in the syntax of find-my-way, Fastify's router: ``:name``, ``:name(regex)``, ``:a-:b``, ``::``, ``*``."""

from __future__ import annotations

from verifier.api import DynamicPathError, Hole, PathPattern, assemble, regex

OPTIONAL = regex(r"(/:[^/()]*?)\?(/?)")
NAME_END = regex(r"[(./-]|$")
WILDCARD = Hole("wild", ".*")


def read_path(path: str) -> list[PathPattern]:
    """A full path; two patterns where its last parameter is optional.

    Raises:
        DynamicPathError: Fastify itself refuses the path.
    """
    if not path.startswith(("/", "*")):
        raise DynamicPathError(f"Fastify refuses the path `{path}`: it must begin with a slash")
    optional = OPTIONAL.search(path)
    if optional is None:
        return [read_plain(path)]
    if optional.end() != len(path):
        raise DynamicPathError(f"Fastify refuses the path `{path}`: only the last parameter may be optional")
    before, (name, slash) = path[: optional.start()], optional.groups()
    return [read_plain(before + name + slash), read_plain(before + slash or "/")]


def read_plain(path: str) -> PathPattern:
    """A path without an optional parameter."""
    pieces: list[str | Hole] = []
    place = 0
    while place < len(path):
        if path.startswith("::", place):
            pieces.append(":")
            place += 2
        elif path[place] == ":":
            place = read_parameters(path, place, pieces)
        elif path[place] == "*":
            if place != len(path) - 1:
                raise DynamicPathError(f"Fastify refuses the path `{path}`: nothing may follow the wildcard")
            pieces.append(WILDCARD)
            place += 1
        else:
            pieces.append(path[place])
            place += 1
    return assemble(pieces)


def read_parameters(path: str, place: int, pieces: list[str | Hole]) -> int:
    """The parameters of a segment, with the text between them; the place behind what was read.

    A name ends at a parenthesis, a dash, a dot or the segment's end. Text runs on to the next parameter, whose colon
    must not be doubled; an asterisk in it is no wildcard.
    """
    while place < len(path) and path[place] == ":":
        end = NAME_END.search(path, place + 1)
        assert end is not None
        name, place = path[place + 1 : end.start()], end.start()
        pattern: str | None = None
        if path.startswith("(", place):
            closing = closing_parenthesis(path, place)
            pattern = path[place + 1 : closing].removeprefix("^").removesuffix("$")
            place = closing + 1
        pieces.append(Hole(name, pattern))
        while place < len(path) and path[place] != "/":
            if path[place] == ":":
                if not path.startswith("::", place):
                    break
                place += 1
            pieces.append(path[place])
            place += 1
    return place


def closing_parenthesis(path: str, place: int) -> int:
    """Where the group that opens at a place is closed.

    Raises:
        DynamicPathError: it is not.
    """
    depth = 0
    start = place
    while place < len(path):
        character = path[place]
        if character == "\\":
            place += 1
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                return place
        place += 1
    raise DynamicPathError(f"the regular expression `{path[start:]}` of a path is not closed")
