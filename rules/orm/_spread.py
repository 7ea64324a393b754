"""Models that are unpacked into keywords: which names they surely bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import BARE_BASES, Class, External, Facts, Instance, Origin, Value, is_test, syntax

DUMPS = frozenset({"model_dump", "dict"})
LEAVING = frozenset({"exclude_unset", "exclude_none", "exclude_defaults"})
BASES = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel", "ninja.Schema", "ninja.schema.Schema", *BARE_BASES})


class Spread(NamedTuple):
    """A call of some things that a dumped model is unpacked into: ``names`` are keywords that it surely brings.

    ``word`` is the first word of what is called.
    """

    place: Origin
    word: str
    targets: tuple[Value, ...]
    model: Class
    names: tuple[str, ...]


def spreads(facts: Facts) -> Iterator[Spread]:
    """All such calls in functions that were run."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if function.module.javascript or is_test(path):
            continue
        held = {}
        for node, context, _ in body.calls:
            binding = context.binding
            if context.kind != "bound" or binding is None or binding.count != 1 or not is_dump(node):
                continue
            if all(read.kind == "unpacked" for read in binding.reads):
                held.update({read.place: node for read in binding.reads})
        for node, _, _ in body.calls:
            for argument in node.arguments:
                if not isinstance(argument, syntax.Keyword) or argument.name is not None:
                    continue
                value = argument.value
                dump = value if isinstance(value, syntax.Call) else held.get((value.start, value.end))
                found = brought(facts, path, dump) if dump is not None else None
                targets = facts.seen.targets.get(Origin(path, node.start, node.end), ())
                if found is not None and targets:
                    yield Spread(Origin(path, value.start, value.end), first_word(node.callee), targets, *found)


def first_word(callee: syntax.Expression) -> str:
    """``User`` of ``User(...)`` and ``User.objects.create(...)``."""
    while isinstance(callee, syntax.Member):
        callee = callee.object
    return callee.id if isinstance(callee, syntax.Name) else ""


def is_dump(node: syntax.Call) -> bool:
    """Whether a call is ``x.model_dump()``, as it is written."""
    return isinstance(node.callee, syntax.Member) and node.callee.name in DUMPS


def brought(facts: Facts, path: str, dump: syntax.Call) -> tuple[Class, tuple[str, ...]] | None:
    """The model that a call dumps, and the names that are surely in what it gives."""
    callee = dump.callee
    if not isinstance(callee, syntax.Member) or not is_dump(dump):
        return None
    model = facts.seen.members.get(Origin(path, callee.start, callee.end))
    if model is None or not is_plain(model):
        return None
    leaving, without = False, set[str]()
    for argument in dump.arguments:
        if not isinstance(argument, syntax.Keyword) or argument.name not in LEAVING | {"exclude"}:
            return None
        if argument.name in LEAVING:
            leaving = True
            continue
        items = argument.value.items if isinstance(argument.value, syntax.Display) else None
        if items is None or not all(isinstance(item, syntax.Const) for item in items):
            return None
        without |= {str(item.value) for item in items if isinstance(item, syntax.Const)}
    fields = facts.program.engine.fields(model)
    names = [
        name
        for name, (annotation, default) in fields.items()
        if annotation is not None and name not in without and not name.startswith("_") and name != "model_config"
        if not leaving or default is None
    ]
    return model, tuple(names)


def is_plain(model: Class) -> bool:
    """Whether what a model dumps are its fields under their names."""
    for one in model.lineage():
        if not isinstance(one, Class):
            path = one.path or "" if isinstance(one, External | Instance) else ""
            if path not in BASES:
                return False
            continue
        text = one.module.source.data[one.code.start : one.code.end]
        if DUMPS & one.members.keys() or b"exclude" in text or b"serialize" in text or b"ClassVar" in text:
            return False
    return True
