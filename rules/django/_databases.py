"""``DATABASES``: which database Django's own mapper talks to."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Connection,
    Engine,
    Evidence,
    Record,
    Unknown,
    dialect_of,
    entry,
    from_url,
    options,
    parts_in,
    replace,
    text_of,
)

from ._settings import setting


def databases(engine: Engine) -> Iterator[Connection]:
    """The connection of ``DATABASES["default"]``."""
    for option in options(setting(engine, "DATABASES")):
        default = option.entries.get("default") if isinstance(option, Record) else None
        for found in options(engine.force(default)) if default is not None else ():
            name = entry(engine, found, "ENGINE")
            text = text_of(name)
            place = name.origin if name is not None and name.origin is not None else found.origin or option.origin
            if place is None or place.path not in engine.project.files:
                continue
            span = engine.span(place)
            if text is None:
                if isinstance(found, Record) and not found.entries and found.complete:
                    continue
                yield Connection("django", None, span, reason=name.reason if isinstance(name, Unknown) else "settings")
                continue
            if text.endswith(".dummy"):
                continue
            dialect = dialect_of(text.rpartition(".")[2])
            made = from_url(engine, span, "django", None, dialect=dialect, driver=text, parts=parts_in(engine, found))
            yield replace(made, evidence=(Evidence(span, f"`DATABASES` names `{text}` here"), *made.evidence[1:]))
