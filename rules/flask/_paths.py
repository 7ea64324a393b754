"""Rules of Werkzeug, such as ``/users/<int:id>``, as path patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from verifier.api import (
    Class,
    Const,
    DynamicPathError,
    Engine,
    Instance,
    PathPattern,
    Segment,
    Unknown,
    Value,
    options,
    regex,
    text_of,
)

CONVERTERS = "werkzeug.routing.Map.converters"
VARIABLE = regex(r"<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<arguments>.*?)\))?:)?(?P<name>[a-zA-Z_][\w-]*)>")
ARGUMENT = regex(r"""\s*(?:(\w+)\s*=\s*)?("[^"]*"|'[^']*'|[^,\s]+)\s*(?:,|$)""")
UUID = "[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"
NUMBERS = {"int": r"\d+", "float": r"\d+\.\d+"}
WHOLE = "[^/].*"  # what the path converter takes: slashes too


Custom = Mapping[str, Callable[[list[str]], str | None]]


def read_rule(rule: str, custom: Custom) -> PathPattern:
    """A rule, read. ``custom`` are the project's own converters: arguments to regular expression, None if unknown.

    Raises:
        DynamicPathError: the rule cannot be read.
    """
    segments: list[Segment] = []
    pieces: list[tuple[str, str | None, str]] = []  # text, regular expression, name of a variable

    def close() -> None:
        if pieces:
            segments.append(made(pieces))
            pieces.clear()

    place = 0
    while place < len(rule):
        if rule[place] == "/":
            close()
            place += 1
            if segments and rule[place : place + 1] == "/":
                pieces.append(("", None, ""))
            continue
        found = VARIABLE.match(rule, place)
        if found is not None:
            pieces.append(("", expression(found["converter"], found["arguments"], custom), found["name"]))
            place = found.end()
            continue
        if rule[place] in "<>":
            raise DynamicPathError(f"the rule `{rule}` is not in Werkzeug's syntax")
        end = min((at for at in (rule.find("/", place), rule.find("<", place)) if at >= 0), default=len(rule))
        pieces.append((rule[place:end], None, ""))
        place = end
    close()
    return PathPattern(tuple(segments), rule.endswith("/"))


def made(pieces: list[tuple[str, str | None, str]]) -> Segment:
    """A segment of texts and variables."""
    text = "".join(f"{{{name}}}" if name else literal for literal, _, name in pieces)
    names = tuple(name for _, _, name in pieces if name)
    if not names:
        return Segment(text)
    rest = any(pattern is not None and crosses(pattern) for _, pattern, _ in pieces)
    if len(pieces) == 1 and pieces[0][1] is None:
        return Segment(text, None, names)
    pattern = "".join((part or "[^/]+") if name else re.escape(literal) for literal, part, name in pieces)
    return Segment(text, ".*" if pattern == WHOLE else pattern, names, rest)


def crosses(pattern: str) -> bool:
    """Whether what a converter takes may contain slashes."""
    if pattern == WHOLE:
        return True
    try:
        return re.fullmatch(pattern, "a/b") is not None
    except re.error:
        return False


def expression(converter: str | None, written: str | None, custom: Custom) -> str | None:
    """The regular expression of a converter with its arguments; None for any text without a slash."""
    places, named = arguments(written or "")
    if converter is not None and converter in custom:
        return custom[converter](places)
    if converter in (None, "default", "string"):
        if not places and not named:
            return None
        if "length" in named:
            return f"[^/]{{{named['length']}}}"
        return f"[^/]{{{named.get('minlength', '1')},{named.get('maxlength', '')}}}"
    if converter == "path":
        return WHOLE
    if converter == "uuid":
        return UUID
    if converter == "any":
        return f"(?:{'|'.join(re.escape(item) for item in places)})"
    if converter in NUMBERS:
        digits = named.get("fixed_digits", places[0] if places else "0")
        pattern = rf"\d{{{digits}}}" if converter == "int" and digits not in ("0", "") else NUMBERS[converter]
        return f"-?{pattern}" if named.get("signed") == "True" else pattern
    raise DynamicPathError(f"the converter `{converter}` is not known")


def arguments(written: str) -> tuple[list[str], dict[str, str]]:
    """What stands in the brackets of a converter."""
    places: list[str] = []
    named: dict[str, str] = {}
    for name, value in ARGUMENT.findall(written):
        plain = value[1:-1] if value[:1] in "\"'" else value
        if name:
            named[name] = plain
        else:
            places.append(plain)
    return places, named


def custom_converters(engine: Engine) -> Custom:
    """The project's own converters, by name."""
    known = engine.library_attributes.get(CONVERTERS, {})
    return {name: partial(regex_of, engine, options(value)[0]) for name, value in known.items()}


def regex_of(engine: Engine, cls: Value, given: list[str]) -> str | None:
    """The ``regex`` of a converter class; one that has a constructor is made with the arguments of the rule."""
    if not isinstance(cls, Class):
        return None
    if any(isinstance(ancestor, Class) and "__init__" in ancestor.members for ancestor in cls.lineage()):
        values: list[Value] = [Unknown("the map"), *(Const(text) for text in given)]
        made = engine.trial(cls, values, {}).result
        if isinstance(made, Instance) and "regex" in made.attributes:
            return text_of(made.attributes["regex"])
    return text_of(engine.member(cls, "regex"))
