"""What routes demand of the JSON of requests: schemas that the framework or the handler holds it against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.evaluate.demands import Demand, Demanded, Step, inside
from verifier.evaluate.replies import Answering, made_by
from verifier.evaluate.values import Const, External, Instance, Parametrized, Record, Value, options, text_of

if TYPE_CHECKING:
    from verifier.link.program import Program
    from verifier.packs import Pack

DEEPEST = 20
READERS = ("json.loads", "orjson.loads", "simplejson.loads", "ujson.loads", "JSON.parse")


def demanded(program: Program, pack: Pack, answering: Answering) -> tuple[Demanded, ...]:
    """What a handler that has been run, and its framework before it, demand of the JSON."""
    schemas = [one.demands for one in program.packs if one.demands is not None]

    def demand_of(value: Value) -> Demand | None:
        found = (demands(answering.engine, value) for demands in schemas)
        return next((demand for demand in found if demand is not None), None)

    return tuple(each(program, pack, answering, demand_of)) if schemas else ()


def each(program: Program, pack: Pack, answering: Answering, demand_of: object) -> Iterator[Demanded]:
    """The same, one after the other."""
    assert callable(demand_of)
    if pack.takes is not None:
        yield from pack.takes(answering, demand_of)
    if not pack.contents:
        return
    content = re.compile("(?:" + "|".join(f"(?:{pattern})" for pattern in pack.contents) + r")((?:\.\w+)*)")
    checks = [one.checks for one in program.packs if one.checks is not None]
    for sent in answering.sent:
        for check in checks:
            checked = check(sent)
            if checked is None:
                continue
            path = path_in(checked.value, content)
            demand = demand_of(checked.schema) if path is not None else None
            if path is not None and demand is not None:
                origin = checked.value.origin or checked.origin
                yield Demanded(inside(demand, path, origin), origin)


def path_in(value: Value, content: re.Pattern[str], depth: int = 0) -> tuple[Step, ...] | None:
    """Where in the JSON of the request a value stands; None where it is something else.

    What stands in for nothing (`body or {}`) does not count.
    """
    found = [option for option in options(value) if not is_nothing(option)]
    if len(found) != 1 or depth > DEEPEST:
        return None
    value = found[0]
    if isinstance(value, Parametrized):  # body["name"]
        name = text_of(value.arguments[0]) if len(value.arguments) == 1 else None
        within = path_in(value.base, content, depth + 1) if name is not None else None
        return (*within, Step(name)) if name is not None and within is not None else None
    call = value.made_by if isinstance(value, Instance) else None
    if call is not None and isinstance(call.callee, External) and call.callee.receiver is not None:
        name = text_of(call.arguments[0]) if call.callee.name == "get" and call.arguments else None
        within = path_in(call.callee.receiver, content, depth + 1) if name is not None else None
        if name is not None and within is not None:
            return (*within, Step(name, needed=False))
    loaded = made_by(value, *READERS)
    if loaded is not None and loaded.made_by is not None and loaded.made_by.arguments:
        return path_in(loaded.made_by.arguments[0], content, depth + 1)
    path = value.path if isinstance(value, External | Instance) else None
    fits = content.fullmatch(path) if path is not None else None
    if fits is None:
        return None
    return tuple(Step(part) for part in fits.group(fits.lastindex or 1).split(".") if part)


def is_nothing(value: Value) -> bool:
    """Whether a value is nothing, or an object without anything in it."""
    empty = isinstance(value, Record) and value.complete and not value.entries
    return empty or (isinstance(value, Const) and value.value is None)
