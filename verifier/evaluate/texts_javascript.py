"""Methods of JavaScript's strings and regular expressions, on abstract values."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifier.evaluate.library import Call, LibraryFunction
from verifier.evaluate.values import (
    NOTHING,
    Const,
    External,
    Function,
    Instance,
    Native,
    Sequence,
    Unknown,
    Value,
    join_text,
    reason_of,
    text_of,
)
from verifier.regex import regex

LONGEST_EXPRESSION = 120
LONGEST_TEXT = 500
MOST_REPEATED = 10_000
REPEATED_GROUP = regex(r"\)[*+{]")
REPETITION = regex(r"(?<!\\)[*+]|(?<!\\)\{\d*,\d*\}")
GROUP_NAME = regex(r"\(\?<(?=[A-Za-z_])")


def _text(apply: Callable[..., str | int]) -> Callable[[Const, Call], Value]:
    def run(value: Const, call: Call) -> Value:
        arguments = [argument.value for argument in call.arguments if isinstance(argument, Const)]
        if len(arguments) != len(call.arguments):
            return Unknown(f"the result of `{call.name}`")
        try:
            return Const(apply(str(value.value), *arguments), value.origin)
        except (TypeError, ValueError, IndexError):
            return Unknown(f"the result of `{call.name}`")

    return run


def _check(apply: Callable[[str, str], bool | int]) -> Callable[[Const, Call], Value]:
    def run(value: Const, call: Call) -> Value:
        other = call.text(0)
        return Const(apply(str(value.value), other)) if other is not None else Unknown(f"the result of `{call.name}`")

    return run


def _slice(text: str, start: int = 0, end: int | None = None) -> str:
    return text[start:end]


def _substring(text: str, start: int = 0, end: int | None = None) -> str:
    low, high = max(start, 0), len(text) if end is None else max(end, 0)
    return text[min(low, high) : max(low, high)]


def _substr(text: str, start: int = 0, length: int | None = None) -> str:
    start = max(len(text) + start, 0) if start < 0 else start
    return text[start : None if length is None else start + max(length, 0)]


def _repeat(text: str, count: int) -> str:
    if len(text) * count > MOST_REPEATED:
        raise ValueError
    return text * count


def _padded(text: str, width: int, filler: str, *, start: bool) -> str:
    missing = width - len(text)
    if missing > MOST_REPEATED:
        raise ValueError
    if missing <= 0 or not filler:
        return text
    added = (filler * (missing // len(filler) + 1))[:missing]
    return added + text if start else text + added


def _pad_start(text: str, width: int, filler: str = " ") -> str:
    return _padded(text, width, filler, start=True)


def _pad_end(text: str, width: int, filler: str = " ") -> str:
    return _padded(text, width, filler, start=False)


# Regular expressions


def expression(value: Value | None) -> tuple[re.Pattern[str], str] | None:
    """A regular expression as a value, with its flags; None where it is none, or not ``safe_expression``."""
    if not isinstance(value, Instance) or value.path != "RegExp":
        return None
    source, flags = text_of(value.attributes.get("source")), text_of(value.attributes.get("flags")) or ""
    read = safe_expression(source, flags) if source is not None else None
    return (read, flags) if read is not None else None


def safe_expression(source: str, flags: str = "") -> re.Pattern[str] | None:
    """A regular expression that Python reads alike and that cannot take long on a short text; None for any other."""
    if len(source) > LONGEST_EXPRESSION or REPEATED_GROUP.search(source):
        return None
    if len(REPETITION.findall(source)) > 2 or set(flags) - set("gimsuy"):
        return None
    python = re.ASCII
    for flag, meaning in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL)):
        python |= meaning if flag in flags else re.ASCII
    try:
        return re.compile(GROUP_NAME.sub("(?P<", source), python)
    except re.error:
        return None


def made_expression(call: Call) -> Value:
    """``new RegExp(source, flags)``."""
    given = call.argument(0)
    made = Instance(path="RegExp", origin=call.origin)
    source = text_of(given.attributes.get("source")) if isinstance(given, Instance) else text_of(given)
    flags = call.text(1, default="")
    made.attributes = {
        "source": Const(source) if source is not None else Unknown(reason_of(given)),
        "flags": Const(flags) if flags is not None else Unknown("the flags of a regular expression"),
    }
    return made


def _matched(call: Call, pattern: Value | None, text: str | None) -> re.Match[str] | Unknown | None:
    """Where an expression matches a text; Unknown where that cannot be told."""
    read = expression(pattern)
    if read is None or text is None or len(text) > LONGEST_TEXT:
        return Unknown(f"the result of `{call.name}`")
    return read[0].search(text)


def _groups(match: re.Match[str]) -> Value:
    return Sequence([Const(match.group()), *(Const(group) for group in match.groups())])


def _receiver(call: Call) -> Value | None:
    return call.callee.receiver if isinstance(call.callee, External) else None


def _test(call: Call) -> Value:
    """``/x/.test(text)``."""
    match = _matched(call, _receiver(call), call.text(0))
    return match if isinstance(match, Unknown) else Const(match is not None)


def _execute(call: Call) -> Value:
    """``/x/.exec(text)``."""
    match = _matched(call, _receiver(call), call.text(0))
    return match if isinstance(match, Unknown) else _groups(match) if match is not None else NOTHING


def _match(value: Const, call: Call) -> Value:
    text, read = str(value.value), expression(call.argument(0))
    if read is not None and "g" in read[1] and len(text) <= LONGEST_TEXT:
        found = [Const(match.group()) for match in read[0].finditer(text)]
        return Sequence(found) if found else NOTHING
    match = _matched(call, call.argument(0), text)
    return match if isinstance(match, Unknown) else _groups(match) if match is not None else NOTHING


def _match_all(value: Const, call: Call) -> Value:
    text, read = str(value.value), expression(call.argument(0))
    if read is None or len(text) > LONGEST_TEXT:
        return Sequence((), complete=False, element=Unknown("a match in a text"))
    return Sequence(_groups(match) for match in read[0].finditer(text))


def _search(value: Const, call: Call) -> Value:
    match = _matched(call, call.argument(0), str(value.value))
    return match if isinstance(match, Unknown) else Const(match.start() if match is not None else -1)


def _replace(value: Const, call: Call) -> Value:
    old, new = call.argument(0), call.argument(1)
    text, everywhere = str(value.value), call.name == "replaceAll"
    plain = text_of(old)
    if plain is not None and text_of(new) is not None and "$" not in (text_of(new) or ""):
        return Const(text.replace(plain, text_of(new) or "", -1 if everywhere else 1), value.origin)
    read = expression(old)
    if plain is not None:
        read = re.compile(re.escape(plain)), "g" if everywhere else ""
    if read is None or len(text) > LONGEST_TEXT:
        return Unknown("a text after a replacement")
    parts: list[str | Value] = []
    last = 0
    for match in read[0].finditer(text):
        replaced = _replacement(call, new, match)
        if replaced is None:
            return Unknown("a text after a replacement")
        parts += [text[last : match.start()], replaced]
        last = match.end()
        if "g" not in read[1]:
            break
    return join_text([*parts, text[last:]], value.origin)


def _replacement(call: Call, new: Value | None, match: re.Match[str]) -> str | Value | None:
    """What one match is replaced by; None where that is not known."""
    if isinstance(new, Function | Native):
        given = [Const(match.group()), *(Const(group) for group in match.groups()), Const(match.start())]
        return call.engine.call(new, list[Value](given), call.node, call.frame)
    text = text_of(new)
    if text is None:
        return None

    def group(mark: re.Match[str]) -> str:
        name = mark.group(1)
        if name == "$":
            return "$"
        if name == "&":
            return match.group()
        return match.group(int(name)) or "" if int(name) <= (match.re.groups or 0) else mark.group()

    return re.sub(r"\$(\$|&|\d)", group, text)


def _split(value: Const, call: Call) -> Value:
    text, separator = str(value.value), call.text(0)
    if separator is not None and call.argument(0) is not None:
        parts = text.split(separator) if separator else list(text)
        return Sequence(Const(part, value.origin) for part in parts[: 2 * LONGEST_TEXT])
    read = expression(call.argument(0))
    if read is not None and len(text) <= LONGEST_TEXT and not read[0].match(""):
        return Sequence(Const(part, value.origin) for part in read[0].split(text))
    return Sequence((), complete=False, element=Unknown("a part of a text"))


METHODS: dict[str, Callable[[Const, Call], Value]] = {
    "toLowerCase": _text(str.lower),
    "toLocaleLowerCase": _text(str.lower),
    "toUpperCase": _text(str.upper),
    "toLocaleUpperCase": _text(str.upper),
    "trim": _text(str.strip),
    "trimStart": _text(str.lstrip),
    "trimEnd": _text(str.rstrip),
    "toString": _text(lambda text: text),
    "valueOf": _text(lambda text: text),
    "normalize": _text(lambda text, form="NFC": text),
    "slice": _text(_slice),
    "substring": _text(_substring),
    "substr": _text(_substr),
    "charAt": _text(lambda text, place=0: text[place : place + 1]),
    "at": _text(lambda text, place=0: text[place]),
    "charCodeAt": _text(lambda text, place=0: ord(text[place])),
    "codePointAt": _text(lambda text, place=0: ord(text[place])),
    "padStart": _text(_pad_start),
    "padEnd": _text(_pad_end),
    "repeat": _text(_repeat),
    "concat": lambda value, call: join_text((value, *call.arguments), value.origin),
    "replace": _replace,
    "replaceAll": _replace,
    "split": _split,
    "match": _match,
    "matchAll": _match_all,
    "search": _search,
    "startsWith": _check(str.startswith),
    "endsWith": _check(str.endswith),
    "includes": _check(lambda text, other: other in text),
    "indexOf": _check(str.find),
    "lastIndexOf": _check(str.rfind),
    "localeCompare": _check(lambda text, other: (text > other) - (text < other)),
}
FUNCTIONS: dict[str, LibraryFunction] = {
    "RegExp": made_expression,
    "RegExp.test": _test,
    "RegExp.exec": _execute,
}
