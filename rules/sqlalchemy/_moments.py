"""Whether what gives a column its moment keeps the zone: ``datetime.now(timezone.utc)`` does, ``utcnow`` does not."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Call, Class, Const, Engine, External, Function, Instance, Partial, Value, Zone, options

from ._order import ancestors, member_of, own_member

NOW = "datetime.datetime.now"
NAIVE = frozenset({NOW, "datetime.datetime.utcnow", "datetime.datetime.today"})


def zone_of_default(engine: Engine, default: Value) -> Zone | None:
    """The zone of what a default gives; None where it is no moment, or that is not known."""
    if isinstance(default, External):
        return "naive" if default.path in NAIVE else None
    if isinstance(default, Partial):
        function = default.function
        if isinstance(function, External) and function.path == NOW:
            return given(next(iter([*default.arguments, *default.keywords.values()]), None))
        return None
    if isinstance(default, Function):
        if b"now" not in engine.project.files[default.module.path].data[default.code.start : default.code.end]:
            return None
        default = engine.trial(default, [], {}, certain=True).result
    zones = {zone_of(option) for option in options(default)}
    return zones.pop() if len(zones) == 1 else None


def zone_of(value: Value | None) -> Zone | None:
    """The zone of a moment that a call gave."""
    call = value.made_by if isinstance(value, Instance) else None
    path = value.path if isinstance(value, Instance) else None
    if call is None or path is None:
        return None
    if path == f"{NOW}()":
        return given(call.argument(0, "tz"))
    if path.removesuffix("()") in NAIVE:
        return "naive"
    name = path.removesuffix("()").rpartition(".")[2]
    if name == "astimezone":
        return "aware"
    if name == "replace":
        return given(call.keywords["tzinfo"]) if "tzinfo" in call.keywords else zone_of(receiver_of(call))
    return None


def receiver_of(call: Call) -> Value | None:
    """The object whose method was called."""
    return call.callee.receiver if isinstance(call.callee, External) else None


def given(zone: Value | None) -> Zone | None:
    """What a moment is that was given a zone: none at all, ``None``, or some zone of a library."""
    if zone is None or (isinstance(zone, Const) and zone.value is None):
        return "naive"
    return "aware" if isinstance(zone, External | Instance) else None


def zone_bound(engine: Engine, cls: Class) -> Zone | None:
    """The zone of the moments that a `TypeDecorator` of the project hands to the driver; None where that is not known.

    The type itself must know none: it is `DateTime` without a zone, whatever the database.
    """
    behind, binds = member_of(cls, "impl"), member_of(cls, "process_bind_param")
    if member_of(cls, "load_dialect_impl") is not None or not isinstance(binds, Function):
        return None
    moment = Instance(None, "datetime.datetime")
    result = engine.trial(binds, [Instance(cls, None), moment, Instance(None, "sqlalchemy.Dialect")], {}).result
    given_out = [option for option in options(result) if not (isinstance(option, Const) and option.value is None)]
    zones = {zone_of(option) for option in given_out}
    return zones.pop() if len(zones) == 1 and behind is not None else None


def decorators(engine: Engine) -> Iterator[tuple[Class, Value]]:
    """The types of the project that decorate a plain `DateTime`, each with the value that says so."""
    for cls in engine.classes:
        if not any(getattr(base, "path", None) in DECORATORS for base in ancestors(cls)[1:]):
            continue
        behind = own_member(cls, "impl")
        made = behind.made_by if isinstance(behind, Instance) else None
        path = getattr(made.callee, "path", "") if made is not None else getattr(behind, "path", "") or ""
        zone = made.argument(0, "timezone") if made is not None else None
        if path in PLAIN and (zone is None or (isinstance(zone, Const) and not zone.value)):
            assert behind is not None
            yield cls, behind


DECORATORS = frozenset({"sqlalchemy.TypeDecorator", "sqlalchemy.types.TypeDecorator"})
PLAIN = frozenset(
    f"{module}.{name}"
    for module in ("sqlalchemy", "sqlalchemy.types")
    for name in ("DateTime", "DATETIME", "TIMESTAMP")
)
