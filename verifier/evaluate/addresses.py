"""Addresses of databases: URLs, whole or in parts, as the values that a program makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec.structs import replace

from verifier.connections import DIALECTS, Connection, dialect_of
from verifier.evaluate.values import Const, Record, Text, Value, options, plain, reason_of
from verifier.model import Evidence, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

HIDDEN = "***"
HOLE = "{…}"
MOST_ALTERNATIVES = 4
LONGEST = 2_000  # characters of an address

_SCHEME = regex(r"(?P<scheme>[A-Za-z][\w.-]*)(?:\+(?P<driver>[\w.-]+))?:(?P<rest>.*)", re.DOTALL)
_SERVER = regex(
    r"(?://)?(?:(?P<user>[^:@/]*)(?::(?P<password>[^@]*))?@)?(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>[^/?#]*))?"
    r"(?:/(?P<database>[^?#]*))?.*",
    re.DOTALL,
)
_PASSWORD = regex(r"(?P<before>//[^:@/]*:)[^@]*(?=@)")
_PAIR = regex(r"(\w+)\s*=\s*(?:'([^']*)'|(\S+))")
# What the parts of an address are called in the settings of libraries.
PARTS: Mapping[str, tuple[str, ...]] = {
    "host": ("host", "hostname", "HOST", "server"),
    "port": ("port", "PORT"),
    "user": ("user", "username", "USER"),
    "password": ("password", "passwd", "PASSWORD"),
    "database": ("database", "dbname", "db", "NAME", "storage", "filename", "path"),
}


def written(value: Value | None) -> str | None:
    """A text of which some parts may not be known; None where it is no text at all."""
    if isinstance(value, Const) and value.value is not None:
        return plain(value.value)
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else HOLE for part in value.parts)
    return None


def masked(url: str) -> str:
    """A URL without its password."""
    if len(url) > LONGEST:
        return HOLE
    return _PASSWORD.sub(rf"\g<before>{HIDDEN}", url)


def parts_of(url: str) -> dict[str, str]:
    """The parts of a URL, or of a connection string of PostgreSQL, that are known; ``dialect`` and ``driver`` too."""
    url = url.strip()
    if len(url) > LONGEST:
        return {}
    match = _SCHEME.fullmatch(url)
    found: dict[str, str | None] = {}
    if match is None or (match["scheme"].lower() not in DIALECTS and not match["rest"].startswith("//")):
        if match is not None and match["scheme"] == "file":
            return {"dialect": "sqlite", "database": match["rest"]}
        pairs = {name: quoted or bare for name, quoted, bare in _PAIR.findall(url)}
        return {part: pairs[name] for part, names in PARTS.items() for name in names if name in pairs}
    dialect = dialect_of(match["scheme"])
    found = {"dialect": dialect, "driver": match["driver"]}
    if dialect == "sqlite":
        rest = match["rest"].removeprefix("//").partition("?")[0]
        found["database"] = rest.removeprefix("/") if match["rest"].startswith("///") else rest
        found["database"] = found["database"] or ":memory:"
    else:
        server = _SERVER.fullmatch(match["rest"])
        found |= server.groupdict() if server is not None else {}
    return {name: unquote(text) for name, text in found.items() if text and HOLE not in text}


def from_url(
    engine: Engine,
    span: Span,
    library: str,
    address: Value | None,
    *,
    dialect: str | None = None,
    driver: str | None = None,
    is_async: bool = False,
    parts: Mapping[str, Value | None] | None = None,
    doing: str = "connects",
) -> Connection:
    """The connection to an address.

    Args:
        address: the URL; None where only ``parts`` are given.
        dialect: the kind of database that the library is for, where it is for one alone.
        parts: ``host``, ``port``, ``user``, ``password``, ``database``; they add to what the URL says.
    """
    others = dict(parts or {})
    found: list[Connection] = []
    for option in options(address) if address is not None else (None,):
        text = written(option)
        read = parts_of(text) if text is not None else {}
        known = read | {name: own for name, value in others.items() if (own := written(value)) and HOLE not in own}
        scheme = dialect or known.get("dialect")
        origins = [value for value in (option, *others.values()) if value is not None and value.origin is not None]
        evidence = [Evidence(span, f"`{library}` {doing} here")]
        for value in origins:
            assert value.origin is not None
            place = engine.span(value.origin) if value.origin.path in engine.project.files else None
            shown = masked(written(value) or "")
            if place is not None and shown and place.line and (place.path, place.line) != (span.path, span.line):
                text_shown = shown if value is option else hidden(value, others)
                evidence.append(Evidence(place, f"`{text_shown}` comes from here"))
        whole = masked(text) if text is not None and read else address_text(scheme, known)
        found.append(
            Connection(
                library,
                scheme,
                span,
                driver=driver or known.get("driver"),
                url=whole,
                host=known.get("host"),
                port=known.get("port"),
                user=known.get("user"),
                password=known.get("password"),
                database=known.get("database"),
                is_async=is_async,
                evidence=tuple(dict.fromkeys(evidence)),
                reason="" if scheme is not None else reason_for(option, text),
            )
        )
    told = [one for one in found if one.dialect is not None or one.reason != "a value that is no text"]
    first, *more = sorted(told or found, key=lambda one: one.dialect is None)
    return replace(first, alternatives=tuple(more[:MOST_ALTERNATIVES]))


def reason_for(value: Value | None, text: str | None) -> str:
    """Why an address does not tell the kind of database."""
    if isinstance(value, Const) and text is not None:
        return "a part of the address that is not known" if HOLE in text else f"the address `{masked(text)}`"
    return reason_of(value)


def hidden(value: Value, parts: Mapping[str, Value | None]) -> str:
    """A part of an address as a reader may see it."""
    secret = any(other is value for name, other in parts.items() if name == "password")
    return HIDDEN if secret else written(value) or ""


def address_text(dialect: str | None, parts: Mapping[str, str]) -> str | None:
    """A URL put together from its parts, the password masked."""
    if dialect is None or not parts:
        return None
    if dialect == "sqlite":
        return f"sqlite:///{parts['database']}" if "database" in parts else None
    login = parts.get("user", "") + (f":{HIDDEN}" if "password" in parts else "")
    host = parts.get("host", "") + (f":{parts['port']}" if "port" in parts else "")
    return f"{dialect}://{login}{'@' if login else ''}{host}/{parts.get('database', '')}"


def parts_in(engine: Engine, settings: Value | None) -> dict[str, Value | None]:
    """The parts of an address in an object of settings, whatever the library calls them."""
    found: dict[str, Value | None] = {}
    for part, names in PARTS.items():
        for name in names:
            value = entry(engine, settings, name)
            if value is not None and part not in found:
                found[part] = value
    return found


def entry(engine: Engine, settings: Value | None, name: str) -> Value | None:
    """An entry of an object of settings that is surely there and something."""
    if isinstance(settings, Record):
        found = settings.entries.get(name)
    elif settings is not None and hasattr(settings, "attributes"):
        found = settings.attributes.get(name)
    else:
        return None
    found = engine.force(found) if found is not None else None
    return None if isinstance(found, Const) and found.value is None else found


def each_settings(value: Value | None) -> Iterator[Value]:
    """The objects of settings that a value may be."""
    yield from options(value) if value is not None else ()
