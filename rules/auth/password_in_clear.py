"""A password is stored as the request brought it.

Whoever reads the table, a backup or a log has the passwords of all users. Where the column is meant for a hash, the
login fails as well: a text that is no hash is held against the password, and the library says `InvalidHashError`,
`Invalid salt` or `hash could not be identified`.

Store what a function for passwords makes of it: argon2-cffi, bcrypt, scrypt (`crypto.scrypt`), Django's
`make_password`.

A column `password` is left alone where the project hashes at all, for a hook or a setter of the model may do it; a
column that is named after a hash (`password_hash`, `hashedPassword`) is not. Both only where the value surely is that
of the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    Facts,
    Origin,
    Problem,
    Record,
    Span,
    Unknown,
    Use,
    Value,
    is_test,
    options,
    rule,
    syntax,
)

from ._passwords import HASHED, PASSWORD, hashes_nothing, is_sent
from ._written import around, behind, entry_at, span_of


@rule(Category.AUTH_MISCONFIGURATION)
def password_in_clear(facts: Facts) -> Iterator[Problem]:
    """Yield each password that is given to a row as it came."""
    seen: set[Span] = set()
    clear: bool | None = None
    for use in facts.uses:
        if is_test(use.span.path) or not writes(facts, use):
            continue
        for key, value, place in entries_of(use):
            if not is_sent(value) and not is_field(facts, value, place):
                continue
            if HASHED.fullmatch(key) is None:
                if PASSWORD.fullmatch(key) is None:
                    continue
                clear = hashes_nothing(facts) if clear is None else clear
                if not clear:
                    continue
            span = place_of(facts, use, place)
            if span in seen:
                continue
            seen.add(span)
            hashed = HASHED.fullmatch(key) is not None
            yield Problem(
                span,
                f"`{key}` is given the password itself" if hashed else "the password is stored in the clear",
                symptom="500 or 401 on login: what is stored is no hash"
                if hashed
                else "passwords can be read in the table",
                remedy="Store a hash of it",
                identity=key,
            )


def writes(facts: Facts, use: Use) -> bool:
    """Whether a call makes a row or changes one."""
    if use.library is None:
        return isinstance(use.callee, Class) and facts.entity_of(use.callee) is not None
    name = use.library.removesuffix("()").rpartition(".")[2]
    return name in WRITING and any(
        pack.data is not None and pack.name != "auth" and use.library.startswith(pack.packages or ("\0",))
        for pack in facts.book.packs
    )


UNSET = "a variable that is set elsewhere"
WRITING = frozenset("create insert values update save upsert bulkCreate add set build findOrCreate createMany".split())


def is_field(facts: Facts, value: Value, place: Origin | None) -> bool:
    """Whether a value is the password of an object whose class only declares it, as that of a body, and is not set."""
    if not isinstance(value, Unknown) or value.reason != UNSET:
        return False
    written = entry_at(facts, place) if place is not None else None
    node = behind(*written) if written is not None else None
    name = node.name if isinstance(node, syntax.Member) else node.id if isinstance(node, syntax.Name) else ""
    return PASSWORD.fullmatch(name) is not None


def entries_of(use: Use) -> Iterator[tuple[str, Value, Origin | None]]:
    """The columns that a call names, with what it gives them."""
    for name, value in use.keywords.items():
        yield name, value, use.places.get(name)
    for argument in use.arguments:
        yield from records(argument, 0)


def records(value: Value, depth: int) -> Iterator[tuple[str, Value, Origin | None]]:
    """The entries of a mapping, and of those inside ``data``, ``values``."""
    for option in options(value):
        if isinstance(option, Record):
            for key, inner in option.entries.items():
                if isinstance(key, str):
                    yield key, inner, option.places.get(key)
                if depth < 1 and key in ("data", "values", "defaults", "create"):
                    yield from records(inner, depth + 1)


def place_of(facts: Facts, use: Use, place: Origin | None) -> Span:
    """Where the password is written that the row is given."""
    written = entry_at(facts, place) if place is not None else None
    if written is None or place is None:
        return facts.program.engine.span(place) if place is not None else use.span
    function, node = written
    for holder in around(facts, place):
        given = behind(holder, node)
        node = given if isinstance(given, syntax.Name | syntax.Member) else node
    return span_of(facts, function, node)
