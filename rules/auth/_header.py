"""What libraries of middleware have in common that look for a token in the `Authorization` header."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from verifier.api import (
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    Probe,
    Record,
    Sequence,
    Unknown,
    Value,
    method,
    options,
    regex,
    regular_expression,
    text_of,
    truth,
)

# What code that reads a request finds: nothing, the token, something else; None where that is not known.
Found = Literal["nothing", "token", "other"] | None
PARAMETER = regex(r"\{[^}]*\}")
SAMPLES = ("7", "some-words", "x")


def found_by(engine: Engine, probe: Probe, function: Value, given: list[Value]) -> Found:
    """What a function of the project finds in a request that is tried."""
    if not isinstance(function, Function):
        return None
    kinds = {kind_of(probe, option) for option in options(engine.invoke(function, given, {}))}
    return kinds.pop() if len(kinds) == 1 else None


def kind_of(probe: Probe, value: Value) -> Found:
    """The same, of one value."""
    if not isinstance(value, Const):
        return None
    return "nothing" if not value.value else "token" if probe.is_token(value) else "other"


def holds(value: Value | None, *, default: bool) -> bool | None:
    """Whether an option is set; None where that is not known."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return default
    return truth(value)


class TokenGuard(LibraryObject):
    """Middleware that looks for a token, and may refuse requests without one.

    ``settings`` are its options, ``exceptions`` what `.unless(...)` was given: it leaves such requests alone.
    """

    settings: Record | None = None
    exceptions: tuple[Value, ...] = ()
    error = ""

    @method("unless")
    def unless(self, call: Call) -> Value:
        given = call.argument(0)
        found = type(self)(None, self.path, origin=self.origin)
        found.settings = self.settings
        found.exceptions = (*self.exceptions, given if given is not None else Unknown("exceptions"))
        return found

    def setting(self, *names: str) -> Value | None:
        """An option, by the first of its names that is given; unknown where the options are."""
        if self.settings is None:
            return Unknown("the options")
        for name in names:
            if name in self.settings.entries:
                return self.settings.entries[name]
        return None if self.settings.complete else Unknown("the options")

    def exempts(self, verb: str, path: str) -> bool | None:
        answers = [excepted(given, verb, path) for given in self.exceptions]
        return True if True in answers else None if None in answers else False

    def called(self, call: Call) -> Value | None:
        """The middleware is run by middleware of the project."""
        if call.engine.probe is not None:
            self.tried(call.engine, call.arguments)
        return Unknown("what middleware gives")

    def tried(self, engine: Engine, given: list[Value]) -> bool:
        probe = engine.probe
        if probe is None or not given or self.settings is None:
            return False
        left_alone = self.exempts(*probe.asked)
        return left_alone is True or self.judge(engine, probe, given, sure=left_alone is False)

    def judge(self, engine: Engine, probe: Probe, given: list[Value], *, sure: bool) -> bool:
        """Take a request in, or turn it away. Whether all that was needed for that is known."""
        return False

    def refuse(self, engine: Engine, probe: Probe, *, sure: bool) -> None:
        """Turn a request away."""
        probe.turn_away(External(self.error), sure=sure and not engine.conditional, denies=True, place=self.origin)


def excepted(given: Value, verb: str, path: str) -> bool | None:
    """Whether `.unless(given)` leaves requests of a route alone; None where that is not known."""
    if not isinstance(given, Record):
        return None
    told = given.entries
    unknown = not given.complete or "custom" in told or holds(told.get("useOriginalUrl"), default=True) is not True
    answers: list[bool | None] = [None] if unknown else []
    for name in ("method", "ext"):
        for item in items_of(told.get(name)):
            text = text_of(item)
            if name == "method":
                answers.append(None if text is None or verb == "*" else text == verb)
            else:
                answers.append(None if text is None or path.endswith("}") else path.endswith(text))
    answers += [of_path(item, verb, path) for item in items_of(told.get("path"))]
    return True if True in answers else None if None in answers else False


def of_path(item: Value, verb: str, path: str) -> bool | None:
    """Whether an entry of `path` takes the requests of a route."""
    if isinstance(item, Record):
        if not item.complete or "url" not in item.entries:
            return None
        verbs = [text_of(one) for one in items_of(item.entries.get("methods") or item.entries.get("method"))]
        if verbs and (None in verbs or verb == "*"):
            return None
        within = of_path(item.entries["url"], verb, path)
        return within if not verbs or verb in verbs else False
    text = text_of(item)
    if text is not None:
        return None if PARAMETER.search(path) and of_template(text, path) else text == path
    read = regular_expression(item) if isinstance(item, Instance) else None
    if read is None:
        return None
    found = {read[0].search(PARAMETER.sub(sample, path)) is not None for sample in SAMPLES}
    return found.pop() if len(found) == 1 else None


def of_template(text: str, path: str) -> bool:
    """Whether a text is one of the paths that a template with parameters stands for."""
    parts, own = text.split("/"), path.split("/")
    return len(parts) == len(own) and all(
        PARAMETER.search(one) or one == part for one, part in zip(own, parts, strict=True)
    )


def items_of(value: Value | None) -> Iterable[Value]:
    """A list, or what stands for a list of one; one that is not known to the end has an unknown item."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return ()
    if not isinstance(value, Sequence):
        return (value,)
    return (*value.items, *(() if value.complete else (Unknown("an item"),)))
