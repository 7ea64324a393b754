"""Paths in Hono's syntax: ``:name``, ``:name{regex}``, ``:name?`` at the end, ``*``."""

from __future__ import annotations

from verifier.api import Hole, PathPattern, Segment, assemble, full_match, regex

PARAMETER = regex(r"^:([^{}]+)(?:\{(.+)\})?$")
WILDCARD = "wild"


def merge(base: str, path: str) -> str:
    """Two paths as Hono puts them together; ``/`` adds nothing to what stands in front of it."""
    lead = "" if base.startswith("/") else "/"
    if path == "/":
        return f"{lead}{base}"
    return f"{lead}{base}{'' if base.endswith('/') else '/'}{path.removeprefix('/')}"


def variants(path: str) -> list[str]:
    """The paths that one with optional parameters stands for; only a path that ends with one has them."""
    if not path.endswith("?") or ":" not in path:
        return [path]
    found: list[str] = []
    base = ""
    for part in path.split("/"):
        if ":" in part and part.endswith("?"):
            found.append(base or "/")
            base += f"/{part[:-1]}"
            found.append(base)
        elif part:
            base += f"/{part}"
    return list(dict.fromkeys(found))


def read_path(path: str) -> PathPattern:
    """A path without optional parameters."""
    pieces: list[str | Hole] = []
    parts = split(path)
    for place, part in enumerate(parts):
        pieces.append("/")
        last = place == len(parts) - 1
        named = PARAMETER.match(part)
        if part == "*":
            pieces.append(Hole(WILDCARD, ".*" if last else None))
        elif named is not None:
            pieces.append(Hole(named.group(1), named.group(2)))
        elif part.endswith("*") and last:
            pieces.extend((part[:-1], Hole(WILDCARD, ".*")))
        else:
            pieces.append(part)
    return assemble(pieces)


def split(path: str) -> list[str]:
    """The parts of a path; a slash inside braces belongs to a regular expression."""
    parts = [""]
    depth = 0
    for character in path.removeprefix("/"):
        if character == "/" and depth == 0:
            parts.append("")
            continue
        depth += (character == "{") - (character == "}")
        parts[-1] += character
    return parts


def guards(scope: PathPattern, path: PathPattern) -> bool:
    """Whether middleware on a path surely sees every request of a route. ``/x/*`` takes ``/x`` too."""
    for place, segment in enumerate(scope.segments):
        if segment.rest and segment.text == f"{{{WILDCARD}}}":
            return True
        if place >= len(path.segments) or not takes_segment(segment, path.segments[place]):
            return False
        if segment.rest:
            return True
    return len(scope.segments) == len(path.segments) and scope.slash == path.slash


def takes_segment(scope: Segment, own: Segment) -> bool:
    """Whether a part of a middleware's path takes all that a part of a route's path takes."""
    if scope.literal or own.rest:
        return scope == own
    if scope.pattern is None:
        return True
    return full_match(scope.pattern, own.text) if own.literal else scope.pattern == own.pattern
