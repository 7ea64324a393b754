"""What is expected of an answer: a few matchers, and the expectations that apply them to a place in its JSON.

A place is written ``article.author.username``. ``articles[].slug`` means the slugs of all items, and
``articles[slug={first.slug}].favorited`` that of the item with this slug. Expected texts may hold ``{names}`` of
values. Nothing here raises, whatever the JSON is: it comes from code that nobody has read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, TypeAlias

from msgspec import Struct

from verifier.regex import regex
from verifier.run.suite.show import MISSING, listed, one_line, show, show_at
from verifier.run.suite.templates import Values, fill, fill_text, names_in


class Reply(Struct, frozen=True):
    """An answer as expectations see it. ``problem`` says why there is no JSON."""

    status: int
    json: object = MISSING
    problem: str = ""


class Expectation(Struct, frozen=True):
    """One thing that is expected of an answer.

    Attributes:
        name: what is expected, the same in every run.
        judge: what is wrong with an answer, in one line; nothing where it is as expected.
        needs: the names of the values that it compares with.
        place: where in the JSON it looks.
    """

    name: str
    judge: Callable[[Reply, Values], str]
    needs: frozenset[str] = frozenset()
    place: str = ""


class Matcher(Struct, frozen=True):
    """A condition on a value. ``says`` names what meets it."""

    says: str
    accepts: Callable[[object, Values], bool]
    needs: frozenset[str] = frozenset()


# Matchers of one value.


def _is_text(value: object, _: Values) -> bool:
    return isinstance(value, str)


def _is_filled(value: object, _: Values) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _is_text_or_null(value: object, _: Values) -> bool:
    return value is None or isinstance(value, str)


def _is_integer(value: object, _: Values) -> bool:
    # As in JavaScript and JSON Schema, 1.0 is an integer. Python takes true for one too.
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def _is_boolean(value: object, _: Values) -> bool:
    return isinstance(value, bool)


def _is_list_of_texts(value: object, _: Values) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_time(value: object, _: Values) -> bool:
    return isinstance(value, str) and _DATE_TIME.fullmatch(value) is not None and moment(value) is not None


_DATE_TIME = regex(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)")

TEXT: Final = Matcher("text", _is_text)
FILLED: Final = Matcher("text that is not blank", _is_filled)
TEXT_OR_NULL: Final = Matcher("text or null", _is_text_or_null)
INTEGER: Final = Matcher("an integer", _is_integer)
BOOLEAN: Final = Matcher("true or false", _is_boolean)
TEXTS: Final = Matcher("a list of texts", _is_list_of_texts)
LIST: Final = Matcher("a list", lambda value, _: isinstance(value, list))
TIME: Final = Matcher("a date and time as of RFC 3339", _is_time)


def exactly(expected: object) -> Matcher:
    """This value and no other: 1 is neither true nor "1"."""
    return Matcher(
        show(expected),
        lambda value, values: same(value, fill(expected, values)),
        names_in(expected),
    )


def other_than(unwanted: str) -> Matcher:
    """A text that is not this one."""
    return Matcher(
        f"text other than {show(unwanted)}",
        lambda value, values: isinstance(value, str) and value != fill_text(unwanted, values),
        names_in(unwanted),
    )


def unlike(unwanted: str) -> Matcher:
    """Null, or a text that is not this one."""
    return Matcher(
        f"null, or text other than {show(unwanted)}",
        lambda value, values: value is None or (isinstance(value, str) and value != fill_text(unwanted, values)),
        names_in(unwanted),
    )


def more_than(count: str, by: int) -> Matcher:
    """A number that is larger than a saved one by this much."""

    def accepts(value: object, values: Values) -> bool:
        before = fill(count, values)
        return isinstance(before, int) and same(value, before + by)

    return Matcher(f"{by} more than {count}", accepts, names_in(count))


def moment_of(saved: str) -> Matcher:
    """The same time as a saved one; less than a second is no difference, as databases cut what is finer."""

    def accepts(value: object, values: Values) -> bool:
        then, now = moment(fill(saved, values)), moment(value)
        return then is not None and now is not None and abs(now - then) < timedelta(seconds=1)

    return Matcher(f"the time {saved}", accepts, names_in(saved))


def not_before(saved: str) -> Matcher:
    """A time that is a saved one or later, but for what a database cuts off the seconds."""

    def accepts(value: object, values: Values) -> bool:
        then, now = moment(fill(saved, values)), moment(value)
        return then is not None and now is not None and now - then > timedelta(seconds=-1)

    return Matcher(f"a time not before {saved}", accepts, names_in(saved))


# Matchers of a list.


def in_order(*expected: object) -> Matcher:
    """These items and no others, in this order."""
    return Matcher(
        f"[{listed(expected)}]",
        lambda value, values: same(value, fill(expected, values)),
        names_in(expected),
    )


def in_any_order(*expected: object) -> Matcher:
    """These items and no others, each once."""

    def accepts(value: object, values: Values) -> bool:
        wanted = fill(expected, values)
        assert isinstance(wanted, list)
        return isinstance(value, list) and len(value) == len(wanted) and _holds(value, wanted)

    return Matcher(f"[{listed(expected)}] in any order", accepts, names_in(expected))


def with_each_once(*expected: object) -> Matcher:
    """A list in which each of these stands exactly once, whatever else is in it."""

    def accepts(value: object, values: Values) -> bool:
        wanted = fill(expected, values)
        assert isinstance(wanted, list)
        return isinstance(value, list) and all(sum(same(item, one) for item in value) == 1 for one in wanted)

    return Matcher(f"a list with {listed(expected)} once each", accepts, names_in(expected))


def _without_repeats(value: object, values: Values) -> bool:
    return _is_list_of_texts(value, values) and isinstance(value, list) and len(set(value)) == len(value)


def _newest_first(value: object, _: Values) -> bool:
    if not isinstance(value, list) or not value:
        return False
    moments = [moment(item) for item in value]
    known = [one for one in moments if one is not None]
    return len(known) == len(moments) and all(one >= other for one, other in pairwise(known))


WITHOUT_REPEATS: Final = Matcher("a list of texts, each once", _without_repeats)
NEWEST_FIRST: Final = Matcher("a list of times, the newest first", _newest_first)


# Expectations.

# What keys are called that hold a password or what is left of it, without underscores.
PASSWORDS = frozenset({"password", "passwordhash", "hashedpassword", "encryptedpassword", "hash", "salt"})


def has(place: str, expected: object) -> Expectation:
    """What stands at the place meets a condition; a plain value is met by itself only."""
    matcher = expected if isinstance(expected, Matcher) else exactly(expected)
    path = _path(place)

    def judge(json: object, values: Values) -> str:
        got = _find(json, path, values)
        return "" if matcher.accepts(got, values) else f"{_wanted(matcher, values)}, got {show_at(got, place)}"

    return _of_json(f"{place} is {matcher.says}", judge, matcher.needs | names_in(place), place)


def every(place: str, expected: object) -> Expectation:
    """What stands at the place meets a condition in every item of a list, which is not empty."""
    matcher = expected if isinstance(expected, Matcher) else exactly(expected)
    path = _path(place)

    def judge(json: object, values: Values) -> str:
        got = _find(json, path, values)
        if not isinstance(got, list):
            return f"{_wanted(matcher, values)}, got {show_at(got, place)} for the list"
        if not got:
            return f"{_wanted(matcher, values)}, got an empty list"
        for index, item in enumerate(got):
            if not matcher.accepts(item, values):
                return f"{_wanted(matcher, values)}, got {show_at(item, place)} in item {index}"
        return ""

    return _of_json(f"every {place} is {matcher.says}", judge, matcher.needs | names_in(place), place)


def discreet(place: str) -> Expectation:
    """The object at the place, or each of the objects, tells no password, in whatever form. Other keys are no harm."""

    def problem(found: Mapping[str, object]) -> str:
        told = [key for key in found if key.lower().replace("_", "") in PASSWORDS]
        return f"got {show(told)}" if told else ""

    return _of_objects(f"{place} tells no password", _path(place), problem, place)


def without(place: str) -> Expectation:
    """The object that the place belongs to, or each of the objects, lacks this key."""
    *way, key = _path(place)

    def problem(found: Mapping[str, object]) -> str:
        return f"expected no {key}, got {show_at(found[str(key)], place)}" if key in found else ""

    return _of_objects(f"{place} is absent", way, problem, place)


def _of_objects(name: str, path: _Path, problem: Callable[[Mapping[str, object]], str], place: str) -> Expectation:
    """What is expected of the object at the end of a path, or of all objects of a list, which is not empty."""

    def judge(json: object, values: Values) -> str:
        got = _find(json, path, values)
        if _EACH in path and not (isinstance(got, list) and got):
            return f"expected objects, got {show(got)}"
        for item in got if isinstance(got, list) and _EACH in path else (got,):
            wrong = problem(item) if isinstance(item, dict) else f"expected an object, got {show(item)}"
            if wrong:
                return wrong
        return ""

    return _of_json(name, judge, names_in(place), place)


def _of_json(name: str, judge: Callable[[object, Values], str], needs: frozenset[str], place: str) -> Expectation:
    """What is expected of the JSON of an answer, which fails where there is none."""
    return Expectation(name, lambda reply, values: reply.problem or judge(reply.json, values), needs, place)


def _explained(reply: Reply, _: Values) -> str:
    if reply.status != 422 or isinstance(_find(reply.json, ("errors",), {}), dict):
        return ""
    return f"expected an object of errors beside the status 422, got {show(reply.json)}"


EXPLAINED: Final = Expectation("an answer with 422 has its errors", _explained, place="errors")


# Places.

_EACH: Final = "[]"
_STEP = regex(r"(?P<key>[A-Za-z]+)(?:\[(?:(?P<by>[A-Za-z]+)=(?P<value>[^\]]*))?(?P<list>\]))?(?:\.|$)")

_Pick: TypeAlias = tuple[str, str]
_Path: TypeAlias = Sequence["str | _Pick"]


def _path(place: str) -> _Path:
    """The steps to a place: keys, ``[]`` for each item, and (key, value) for the item that is picked by it."""
    steps: list[str | _Pick] = []
    position = 0
    while position < len(place):
        found = _STEP.match(place, position)
        if found is None:
            raise ValueError(f"not a place: {place}")
        steps.append(found["key"])
        if found["by"]:
            steps.append((found["by"], found["value"]))
        elif found["list"]:
            steps.append(_EACH)
        position = found.end()
    return tuple(steps)


def _find(value: object, path: _Path, values: Values) -> object:
    """What stands at the end of a path; a list of it for each item."""
    for index, step in enumerate(path):
        if step == _EACH:
            if not isinstance(value, list):
                return MISSING
            return [_find(item, path[index + 1 :], values) for item in value]
        if isinstance(step, tuple):
            key, wanted = step
            items = value if isinstance(value, list) else []
            expected = fill(wanted, values)
            value = next((item for item in items if same(_find(item, (key,), values), expected)), MISSING)
        else:
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
    return value


def at(json: object, place: str) -> object:
    """What stands at a place that has no ``{names}``; MISSING where nothing does."""
    return _find(json, _path(place), {})


# Values.


def same(one: object, other: object) -> bool:
    """Whether two JSON values are equal, as JavaScript sees it: true is not 1, but 1.0 is."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def _holds(value: Sequence[object], wanted: Sequence[object]) -> bool:
    """Whether a list of the same length has all that is wanted."""
    left = list(value)
    for one in wanted:
        index = next((index for index, item in enumerate(left) if same(item, one)), None)
        if index is None:
            return False
        del left[index]
    return True


def moment(value: object) -> datetime | None:
    """The time that a text gives; without a zone it is one of UTC."""
    if not isinstance(value, str) or len(value) > 50:
        return None
    try:
        time = datetime.fromisoformat(value.upper())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _wanted(matcher: Matcher, values: Values) -> str:
    return f"expected {one_line(fill_text(matcher.says, values))}"
