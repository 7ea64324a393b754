"""Values that are known only in a run: texts, and JSON, with ``{names}`` in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from verifier.regex import regex

Value: TypeAlias = str | int
Values: TypeAlias = Mapping[str, Value]

NAME = regex(r"\{([a-z][A-Za-z0-9.]*)\}")

LONGEST_VALUE = 1000


def names_in(template: object) -> frozenset[str]:
    """The names of the values that a template needs."""
    return frozenset(_names_in(template))


def _names_in(template: object) -> Iterator[str]:
    if isinstance(template, str):
        yield from NAME.findall(template)
    elif isinstance(template, Mapping):
        for part in template.values():
            yield from _names_in(part)
    elif isinstance(template, list | tuple):
        for part in template:
            yield from _names_in(part)


def fill(template: object, values: Values) -> object:
    """The template with all its values. A text that is one name becomes that value, with its type.

    Raises:
        KeyError: a value is missing.
    """
    if isinstance(template, str):
        whole = NAME.fullmatch(template)
        return values[whole[1]] if whole else fill_text(template, values)
    if isinstance(template, Mapping):
        return {key: fill(part, values) for key, part in template.items()}
    if isinstance(template, list | tuple):
        return [fill(part, values) for part in template]
    return template


def fill_text(template: str, values: Values) -> str:
    """The text with all its values.

    Raises:
        KeyError: a value is missing.
    """
    return NAME.sub(lambda found: str(values[found[1]]), template)


def usable(value: object) -> Value | None:
    """The value of an answer where later requests can carry it: a short text, or a number."""
    if isinstance(value, str):
        return value if 0 < len(value) <= LONGEST_VALUE and encodable(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 2**63 else None
    return None


def encodable(text: str) -> bool:
    """Whether the text is Unicode: JSON can spell halves of surrogate pairs, which are not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
