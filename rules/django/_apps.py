"""``django.apps``: the configuration of an installed application, started as Django does."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Call,
    Class,
    Engine,
    External,
    Function,
    Sequence,
    Unknown,
    Value,
    options,
    text_of,
)

from ._settings import imported, module_of, setting, store

STARTED = "<app configurations>"


def start_applications(engine: Engine) -> None:
    """Make the configuration of each application and call its ``ready()``, as Django does before it serves anything."""
    known = store(engine, STARTED)
    for cls in configurations(engine):
        label = label_of(engine, cls)
        if label is None or label in known:
            continue
        made = known[label] = engine.invoke(cls, [], {})
        ready = engine.member(made, "ready")
        if isinstance(ready, Function):
            engine.invoke(ready, [], {})


def get_app_config(call: Call) -> Value:
    """``apps.get_app_config("shop")``."""
    label = call.text(0, "app_label")
    found = store(call.engine, STARTED).get(label) if label is not None else None
    return found or Unknown("the configuration of an application")


def configurations(engine: Engine) -> Iterator[Class]:
    """The project's own classes of configuration that ``INSTALLED_APPS`` leads to."""
    for option in options(setting(engine, "INSTALLED_APPS")):
        for item in option.items if isinstance(option, Sequence) else ():
            entry = text_of(item)
            if entry is None:
                continue
            named = imported(engine, entry)
            if isinstance(named, Class):
                yield named
                continue
            module = module_of(engine, f"{entry}.apps")
            if module is not None and module.state is not None:
                values = map(engine.force, list(module.state.scope.names.values()))
                yield from (value for value in values if isinstance(value, Class) and is_configuration(value))


def is_configuration(cls: Class) -> bool:
    """Whether a class derives from Django's ``AppConfig``."""
    return any(isinstance(base, External) and base.name == "AppConfig" for base in cls.lineage())


def label_of(engine: Engine, cls: Class) -> str | None:
    """The label of an application: its own, else the last word of its name."""
    label = text_of(engine.member(cls, "label"))
    return label or (text_of(engine.member(cls, "name")) or "").rpartition(".")[2] or None
