"""Where things stand in TOML and JSON texts, which their parsers do not tell, and YAML with its lines.

The scanners here only find places. Values come from ``tomllib`` and ``msgspec``, which also judge whether the text is
well-formed, so what a scanner makes of a broken text does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct, field

from verifier.model import SourceFile, Span
from verifier.regex import regex

Key: TypeAlias = tuple[str, ...]
Place: TypeAlias = tuple[int, int]
"""Byte offsets of the beginning and the end."""


class Places(Struct):
    """Where the keys of a text stand, and the strings among their values by how deep they are nested in brackets."""

    keys: dict[Key, Place] = field(default_factory=dict)
    strings: dict[Key, list[tuple[int, Place]]] = field(default_factory=dict)

    def string(self, key: Key, number: int, depth: int = 1) -> Place | None:
        """Where the n-th string (from 0) of an array stands, or its key, if it is not found."""
        found = [place for deep, place in self.strings.get(key, ()) if deep == depth]
        return found[number] if number < len(found) else self.keys.get(key)


_TOML = regex(
    rb"""
      (?P<skip>[ \t\r]+|\#[^\n]*)
    | (?P<string>\"\"\"(?:[^\"\\]|\\.|\"{1,2}(?!\"))*\"{3,5} | '''(?:[^']|'{1,2}(?!'))*'{3,5}
        | \"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\" | '[^'\n]*')
    | (?P<line>\n)
    | (?P<sign>[\[\]{}=,.])
    | (?P<bare>[^\s\[\]{}=,.\#\"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


_LONGEST_KEY = 64


def toml_places(data: bytes) -> Places:
    """Keys with their tables in front, and the strings in their values.

    Raises:
        ValueError: a key has more parts than a person writes; ``tomllib`` would take quadratic time for it.
    """
    places = Places()
    table: Key = ()
    tokens = _toml_tokens(data)
    for kind, start, end in tokens:
        if kind == "line":
            continue
        parts: list[str] = []
        header = data[start:end] == b"["
        stop = end
        if not header:
            parts.append(_plain(data[start:end]))
        for _, at, stop in tokens:
            text = data[at:stop]
            if text in (b"=", b"\n") or (header and text == b"]"):
                break
            if text not in (b".", b"["):
                parts.append(_plain(text))
            if len(parts) > _LONGEST_KEY:
                raise ValueError("a key has too many parts")
        key = (*(() if header else table), *parts)
        places.keys.setdefault(key, (start, stop if header else start + len(data[start : stop - 1].rstrip())))
        if header:
            table = key
            for kind, _, _ in tokens:
                if kind == "line":
                    break
        else:
            _toml_value(data, tokens, places.strings.setdefault(key, []))
    return places


def _toml_tokens(data: bytes) -> Iterator[tuple[str, int, int]]:
    at = 0
    while at < len(data):
        found = _TOML.match(data, at)
        if found is None:
            at += 1
            continue
        at = found.end()
        if found.lastgroup != "skip":
            yield found.lastgroup or "", found.start(), at


def _toml_value(data: bytes, tokens: Iterator[tuple[str, int, int]], strings: list[tuple[int, Place]]) -> None:
    depth = dots = 0
    for kind, start, end in tokens:
        text = data[start:end]
        if kind == "line" and depth <= 0:
            return
        dots = dots + 1 if text == b"." else 0 if kind == "sign" else dots
        if dots > _LONGEST_KEY:
            raise ValueError("a key has too many parts")
        if kind == "string":
            strings.append((depth, (start, end)))
        elif text in (b"[", b"{"):
            depth += 1
        elif text in (b"]", b"}"):
            depth -= 1


def _plain(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip("\"'")


_JSON = regex(rb'"(?:[^"\\]*(?:\\.[^"\\]*)*)"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def json_places(data: bytes, depth: int = 2) -> Places:
    """Where the members of the outer objects stand, from their key to the end of their value."""
    places = Places()
    path: list[str | None] = []
    key: tuple[int, int] | None = None
    last: tuple[int, int] = (0, 0)
    for token in _JSON.finditer(data):
        text = token[0]
        if text == b":":
            key = last
        elif text in (b"{", b"["):
            name = None if key is None else _plain(data[key[0] : key[1]])
            path.append(name)
            _remember(places, path, key, token.end(), depth)
            key = None
        elif text in (b"}", b"]"):
            if path:
                path.pop()
        elif text != b"," and key is not None:
            _remember(places, [*path, _plain(data[key[0] : key[1]])], key, token.end(), depth)
            key = None
        last = token.span()
    return places


def _remember(places: Places, path: list[str | None], key: tuple[int, int] | None, end: int, depth: int) -> None:
    names = [name for name in path[1:] if name is not None]
    if key is not None and len(names) == len(path) - 1 <= depth:
        places.keys[tuple(names)] = (key[0], end)


def span_of(source: SourceFile, place: Place | None) -> Span:
    """The span of a place; the first line of the file where there is none."""
    return source.span(*place) if place is not None else Span(source.path, 1, 1, 1, 1)


# YAML

_YAML_EVENTS = 200_000
_YAML_DEPTH = 64


class Yaml(Struct, frozen=True):
    """A YAML value with its place: text, None, a list of values, or a mapping from text."""

    value: str | list[Yaml] | dict[str, Yaml] | None
    span: Span

    def get(self, *keys: str) -> Yaml | None:
        """What stands under some keys, one below the other; merged mappings (``<<``) are looked into."""
        found: Yaml | None = self
        for key in keys:
            found = None if found is None else found._member(key, 8)
        return found

    def _member(self, key: str, depth: int) -> Yaml | None:
        if not isinstance(self.value, dict):
            return None
        if key in self.value:
            return self.value[key]
        merged = self.value.get("<<")
        if merged is None or depth == 0:
            return None
        parts = merged.value if isinstance(merged.value, list) else [merged]
        for part in parts[:20]:
            if (found := part._member(key, depth - 1)) is not None:
                return found
        return None

    @property
    def text(self) -> str | None:
        """The text of a scalar."""
        return self.value if isinstance(self.value, str) else None

    @property
    def items(self) -> list[Yaml]:
        """The values of a sequence."""
        return self.value if isinstance(self.value, list) else []

    @property
    def members(self) -> dict[str, Yaml]:
        """The members of a mapping that it holds itself."""
        return self.value if isinstance(self.value, dict) else {}


def yaml_value(source: SourceFile) -> Yaml:
    """The first document of a YAML text.

    The values are built here from PyYAML's events, because its own constructor takes exponential time for merges of
    merges, and libyaml's composer overruns the stack for a deeply nested text.

    Raises:
        ValueError: it is not YAML, or beyond what a person writes.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    anchors: dict[str, Yaml] = {}
    stack: list[tuple[Yaml, str | None]] = []
    root: Yaml | None = None
    try:
        for count, event in enumerate(yaml.parse(source.data.decode("utf-8", "replace"), Loader=loader)):
            if count > _YAML_EVENTS or len(stack) > _YAML_DEPTH:
                raise ValueError("it is nested or repeats beyond what a person writes")
            node: Yaml | None = None
            anchor: str | None = getattr(event, "anchor", None)
            if isinstance(event, yaml.AliasEvent):
                node = anchors.get(anchor or "")
                if node is None:
                    raise ValueError(f"the alias `{anchor}` is not defined")
            elif isinstance(event, yaml.ScalarEvent):
                empty = not event.style and event.value in ("", "~", "null", "Null", "NULL")
                node = Yaml(None if empty else event.value, _yaml_span(source.path, event))
            elif isinstance(event, yaml.SequenceStartEvent):
                node = Yaml([], _yaml_span(source.path, event))
            elif isinstance(event, yaml.MappingStartEvent):
                node = Yaml({}, _yaml_span(source.path, event))
            elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                stack.pop()
            elif isinstance(event, yaml.DocumentEndEvent):
                break
            if node is None:
                continue
            if anchor and not isinstance(event, yaml.AliasEvent):
                anchors[anchor] = node
            root = root or node
            _yaml_put(stack, node)
            if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
                stack.append((node, None))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise ValueError(f"{problem} (line {line + 1})" if line is not None else str(problem)) from None
    return root if root is not None else Yaml(None, Span(source.path, 1, 1, 1, 1))


def _yaml_put(stack: list[tuple[Yaml, str | None]], node: Yaml) -> None:
    """Put a value into the collection that is open, where it may be a key."""
    if not stack:
        return
    parent, key = stack[-1]
    if isinstance(parent.value, list):
        parent.value.append(node)
    elif isinstance(parent.value, dict):
        if key is None:
            stack[-1] = (parent, node.value if isinstance(node.value, str) else "")
        else:
            parent.value[key] = node
            stack[-1] = (parent, None)


def _yaml_span(path: str, event: object) -> Span:
    start, end = event.start_mark, event.end_mark  # type: ignore[attr-defined]
    return Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
