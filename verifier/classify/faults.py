"""What the failed checks of a request say: which kind of thing is wrong with the answer, and where in it.

Checks of Buttress's own suite say what was expected and what came; assertions of the public collection say the same in
their names. What neither form fits is a fault of kind ``other``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.run.record import Check, Request

Kind: TypeAlias = Literal[
    "status", "empty", "envelope", "missing", "type", "unwanted", "items", "order", "count", "flag", "time", "value",
    "other",
]  # fmt: skip


class Fault(Struct, frozen=True):
    """One thing that is wrong with an answer.

    Attributes:
        place: where in the answer, such as ``article.favorited``.
        expected, got: as the check tells it.
    """

    kind: Kind
    place: str = ""
    expected: str = ""
    got: str = ""


STATUS = regex(r"the status is .+|(?:Response|Status|Response status) (?:code )?is \d{3}.*")
NUMBER = regex(r"\b\d{3}\b")
IS = regex(r"(?:every )?(\S+) is (.*)", flags=re.DOTALL)
TOLD = regex(r"expected (.*?), got (.*?)(?: in item \d+| for the list)?", flags=re.DOTALL)
HAS = regex(r"""(\w+) has ["'](\w+)["'] property""")
CONTAINS = regex(r"""Response contains ["'](\w+)["'] property""")
INTEGER = regex(r"(\w+) is an integer")
OF_KIND = regex(r"""(\w+)(?:'s|\\'s) ["'](\w+)["'] property is (.+)""")
TIME_FORM = regex(r"ISO.?8601|timestamp", flags=re.IGNORECASE)
KINDS = (
    "text",
    "text or null",
    "text that is not blank",
    "an integer",
    "true or false",
    "a list",
    "a time",
    "an object",
)


def expected_statuses(request: Request) -> frozenset[int]:
    """The statuses that would have been right, as far as a check says; empty where none does."""
    for check in request.checks:
        found = STATUS.fullmatch(check.name)
        if found is not None:
            return frozenset(int(number) for number in NUMBER.findall(check.name))
    return frozenset()


def wants_success(request: Request) -> bool:
    """Whether the request should have been answered with success; so it is where no check tells."""
    expected = expected_statuses(request)
    return not expected or any(200 <= status < 300 for status in expected)


def faults(request: Request) -> tuple[Fault, ...]:
    """What is wrong with the answer to a request."""
    failed = [check for check in request.checks if not check.passed]
    return tuple(fault_of(check) for check in failed)


def fault_of(check: Check) -> Fault:
    """What a failed check says."""
    if STATUS.fullmatch(check.name):
        return Fault("status", expected=check.name, got=check.message)
    if check.message == "the answer is empty":
        return Fault("empty", place=check.name.partition(" ")[0])
    return of_suite(check) or of_collection(check) or Fault("other", expected=check.name, got=check.message)


def of_suite(check: Check) -> Fault | None:
    """What a check of Buttress's own suite says."""
    if check.name.endswith(" is absent"):
        place = check.name.removesuffix(" is absent")
        return Fault("unwanted" if check.message.startswith("expected no ") else "items", place, got=check.message)
    told = TOLD.fullmatch(check.message)
    if told is None:
        return None
    expected, got = told.groups()
    place, kind = parts(check.name)
    if "newest first" in expected and got.startswith("["):
        return Fault("order", place, expected, got)
    if got == "nothing":
        return Fault("missing" if "." in place or "[]" in place else "envelope", place, expected, got)
    if kind in KINDS or expected.startswith(("an integer", "true or false", "text", "a list", "a time")):
        if got == "an empty list":
            return Fault("items", place, expected, "[]")
        return Fault("type", place, expected, got)
    return Fault(kind_of(place, expected, got), place, expected, got)


def parts(name: str) -> tuple[str, str]:
    """The place that a check is about, and what it wants there."""
    found = IS.fullmatch(name)
    if found is not None:
        return found.group(1), found.group(2)
    return name.partition(" ")[0], ""


def kind_of(place: str, expected: str, got: str) -> Kind:
    """What is wrong with a value that is there."""
    if got == "an empty list":
        return "items"
    wanted, found = parsed(expected.removesuffix(" in any order")), parsed(got)
    if isinstance(wanted, bool):
        return "flag" if isinstance(found, bool) else "type"
    if isinstance(wanted, list) or expected.startswith(("[", "a list with")):
        if isinstance(wanted, list) and isinstance(found, list) and same_items(wanted, found):
            return "order"
        return "items"
    if "newest first" in expected or "in order" in expected:
        return "order"
    if isinstance(wanted, int):
        return "count" if isinstance(found, int) and not isinstance(found, bool) else "type"
    if " more than " in expected:
        return "count" if isinstance(found, int) else "type"
    if expected.startswith(("the time", "a time")):
        return "time"
    if isinstance(wanted, str) and found is not None and not isinstance(found, str):
        return "type"
    return "value"


def same_items(one: list[object], other: list[object]) -> bool:
    """Whether two lists hold the same, in whatever order."""
    return sorted(map(str, one)) == sorted(map(str, other))


def parsed(text: str) -> object:
    """The JSON value that a text shows; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def of_collection(check: Check) -> Fault | None:
    """What an assertion of the public collection says, by its name."""
    name = check.name
    if found := CONTAINS.fullmatch(name):
        return Fault("envelope", found.group(1))
    if name == "An article was returned":
        return Fault("items", "articles", got="[]")
    if found := HAS.fullmatch(name):
        return Fault("missing", f"{found.group(1).lower()}.{found.group(2)}")
    if found := INTEGER.fullmatch(name):
        return Fault("type", found.group(1), "an integer")
    if found := OF_KIND.fullmatch(name):
        place, wanted = f"{found.group(1).lower()}.{found.group(2)}", found.group(3)
        if TIME_FORM.search(wanted) or wanted.startswith("an "):
            return Fault("type", place, wanted)
        return Fault("flag" if wanted in ("true", "false") else "count", place, wanted)
    if name.startswith(("The first tag", "The second tag")):
        return Fault("items", "tagList")
    return None
