"""A change is never committed.

The way of the request writes to the database (`session.add(...)`, an `INSERT`), and nothing on it commits: the
transaction that the library opened ends with the session or connection, and is rolled back. The answer says 200 or
201, and the next request does not find what was written. (SQLite shows it to the same connection, if that lives on.)

The same goes for a transaction that is begun by hand (`sequelize.transaction()` without a function, `BEGIN`) and never
ended.

Commit where the work is done (`session.commit()`), or open the session or connection so that it commits by itself
(`with Session.begin() as session:`, `with connection:` of sqlite3 and psycopg).

A way counts only where all of it was followed. Where something with a name like `commit`, `begin` or `transaction` is
used and not known to be the project's own, the rule is silent; and so it is where something that commits may be run by
the framework (a hook, a middleware, a teardown).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    FunctionRef,
    Memo,
    Native,
    Problem,
    Route,
    Span,
    Unknown,
    Use,
    Value,
    is_test,
    regex,
    rule,
    texts_of,
)

from ._ways import way_of

SESSION = (
    r"(?:sqlalchemy|sqlmodel|flask_sqlalchemy)(?:\.\w+|\(\))*\.?\w*(?:[Ss]ession|[Ee]ngine|[Cc]onnection|connect)\w*"
    r"(?:\(\)|\.\w+)*"
)
WRITING = regex(rf"{SESSION}\.(?:add|add_all|delete|merge|bulk_save_objects|bulk_insert_mappings)")
SENDING = regex(
    rf"(?:{SESSION}|(?:sqlite3|aiosqlite|psycopg|psycopg2|psycopg_pool)[\w.()]*)\."
    r"(?:execute|executemany|exec|scalar|scalars|execute_insert)"
)
BUILT = regex(r"(?:sqlalchemy|sqlmodel)[\w.]*\.(?:insert|update|delete)\(\)[\w.()]*")
CHANGE = regex(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
# Drivers whose connections commit at the end of a ``with``.
COMMITS_AT_END = regex(r"(?:sqlite3|psycopg|psycopg2|psycopg_pool)\..*(?<!cursor\(\))(?<!execute\(\))")
COMMITTING = regex(r"commit|begin|atomic|transact|autoflush_commit|isolation_level|unit_?of_?work", re.IGNORECASE)
UNKNOWN_WORK = regex(r"(?:a?exit|finish|complete|save|close_with|finali[sz]e)\w*", re.IGNORECASE)
# What commits by itself, wherever it is said.
BY_ITSELF = regex(rb"AUTOCOMMIT|autocommit|COMMIT_ON_TEARDOWN|isolation_level|enroll_transaction")
HOOK = regex(
    rb"teardown|after_request|middleware|listens_for|event|yield|__a?exit__|dispatch|process_response|on_response|"
    rb"hook|signal|def __call__",
    re.IGNORECASE,
)
COMMIT = regex(rb"\bcommit\b|\.begin\(")
MAKING = regex(rb"create_all|run_sync|CREATE TABLE")  # what begins to make tables commits nothing of a request
OPENING = regex(r"(?:sequelize|sequelize-typescript)(?:\.\w+|\(\))*\.transaction")
TELLING = regex(r"(?:pg|pg-pool|better-sqlite3|sqlite3|sqlite)[\w.()]*\.(?:query|exec|run|execute)")
ENDING = regex(r"commit|\bEND\b", re.IGNORECASE)
ENDED = regex(rb"\bcommit\b", re.IGNORECASE)
HELD: Memo[Facts, bool] = Memo()


@rule(Category.STATE_PROPAGATION_FAILURE)
def write_without_commit(facts: Facts) -> Iterator[Problem]:
    """Yield each write on the way of a route that nothing on it commits."""
    sending: dict[tuple[FunctionRef | None, Span], list[Use]] = {}
    for use in facts.uses:
        if use.library is not None and SENDING.fullmatch(use.library):
            sending.setdefault((use.caller, use.span), []).append(use)
    handed = {site.sent for site in facts.calls.sites if site.asked is not None}
    asking: dict[FunctionRef, list[Span]] = {}
    for site in facts.calls.sites:
        if site.asked is None or site.caller is None or SENDING.fullmatch(site.library) is None:
            continue
        if changes(site.call.argument(0)):
            asking.setdefault(site.caller, []).append(site.span)
    opening = {(use.caller, use.span) for use in facts.uses if opens(use)}
    found: dict[tuple[Span, str], list[Route]] = {}
    writing: dict[FunctionRef, list[Span]] = {}
    for route in facts.routes:
        way = way_of(facts, route)
        for function in way:
            if function not in writing:
                own = writes_of(facts, function, sending)
                writing[function] = [*(span for span in own if span not in handed), *asking.get(function, ())]
        writes = [span for function in way for span in writing[function]]
        if writes and not is_cut(facts, route) and not commits(facts, way) and not may_commit(facts):
            for span in writes:
                found.setdefault((span, "what this writes is never committed"), []).append(route)
        begun = begun_on(facts, way, opening)
        if begun and not is_cut(facts, route) and not ends(facts, way):
            for span in begun:
                found.setdefault((span, "the transaction that this begins is never committed"), []).append(route)
    for (span, message), routes in found.items():
        first = routes[0]
        yield Problem(
            span,
            f"{message} on the way of {first.method} {first.path}",
            symptom=f"{first.method} {first.path} answers as if it was done, and the next request does not find it",
            remedy="Commit after the last write (`session.commit()`), or open the session with `begin()`",
            routes=tuple(routes),
            identity=message,
        )


def writes_of(
    facts: Facts, function: FunctionRef, sending: dict[tuple[FunctionRef | None, Span], list[Use]]
) -> list[Span]:
    """The calls of a function that surely write."""
    found: list[Span] = []
    for call in facts.calls.from_(function):
        if call.library is None:
            continue
        uses = sending.get((function, call.span), ())
        if WRITING.fullmatch(call.library) or any(is_change(use) for use in uses):
            found.append(call.span)
    return list(dict.fromkeys(found))


def is_change(use: Use) -> bool:
    """Whether a statement that is sent surely changes rows."""
    return changes(use.argument(0))


def changes(given: Value | None) -> bool:
    """The same of what is sent."""
    if given is None:
        return False
    path = getattr(given, "path", None)
    if isinstance(path, str) and BUILT.fullmatch(path):
        return True
    texts = texts_of(written(given))
    return bool(texts) and all(CHANGE.match(text) for text in texts or ())


def written(given: Value) -> Value:
    """The text of a statement: of ``text("...")``, its argument."""
    made = getattr(given, "made_by", None)
    if made is not None and made.name == "text" and made.arguments:
        inner: Value = made.arguments[0]
        return inner
    return given


def opens(use: Use) -> bool:
    """Whether a call opens a transaction that only a call of its own ends: it is given no function to run in it."""
    if use.library is None or use.open:
        return False
    if OPENING.fullmatch(use.library):
        return not any(isinstance(given, Function | Unknown | Native) for given in use.arguments)
    texts = texts_of(use.argument(0)) if TELLING.fullmatch(use.library) else None
    return bool(texts) and all(text.strip().upper() == "BEGIN" for text in texts or ())


def begun_on(facts: Facts, way: tuple[FunctionRef, ...], opening: set[tuple[FunctionRef | None, Span]]) -> list[Span]:
    """The transactions that functions on a way open by hand."""
    return [span for function in way for caller, span in opening if caller == function]


def ends(facts: Facts, way: tuple[FunctionRef, ...]) -> bool:
    """Whether something commits what was begun by hand: on the way, or in code that was not seen to run."""
    names = [facts.loose_names(function) for function in (*way, *facts.calls.before)]
    if any(found is None or any(ENDING.search(name) for name in found) for found in names):
        return True
    reached = {(function.path, number) for function in facts.calls.reaching for number in lines_of(function.span)}
    return any(
        (path, number) not in reached
        for path, source in facts.project.files.items()
        if source.language != "python" and ENDED.search(source.data) and not is_test(path)
        for number, line in enumerate(source.data.split(b"\n"), 1)
        if ENDED.search(line)
    )


def lines_of(span: Span) -> range:
    """The lines of a span."""
    return range(span.line, span.end_line + 1)


def is_cut(facts: Facts, route: Route) -> bool:
    """Whether the way of a route was not followed to its end."""
    return any(note.startswith(f"{route.method} {route.path}:") for note in facts.calls.notes)


def commits(facts: Facts, way: tuple[FunctionRef, ...]) -> bool:
    """Whether something on a way commits, or may."""
    for function in (*way, *facts.calls.before):
        names = facts.loose_names(function)
        if names is None or any(COMMITTING.search(name) for name in names):
            return True
        if any(UNKNOWN_WORK.fullmatch(name) for name in names):
            return True
        if any(COMMITS_AT_END.fullmatch(path) for path in facts.calls.left.get(function, ())):
            return True
    return False


def may_commit(facts: Facts) -> bool:
    """Whether code that no route was seen to run may commit for all of them."""
    if facts not in HELD:
        HELD[facts] = any(
            BY_ITSELF.search(source.data) is not None or hooks(facts, path, source.data)
            for path, source in facts.project.files.items()
            if source.language == "python" and not is_test(path)
        )
    return HELD[facts]


def hooks(facts: Facts, path: str, data: bytes) -> bool:
    """Whether a file has something that commits, is not on the way of any route, and may be run around one."""
    if COMMIT.search(data) is None:
        return False
    lines = data.split(b"\n")
    reached = [function.span for function in facts.calls.reaching if function.path == path]
    for number, line in enumerate(lines, 1):
        if COMMIT.search(line) is None or line.lstrip().startswith(b"#"):
            continue
        if any(span.line <= number <= span.end_line for span in reached):
            continue
        around = b"\n".join(lines[max(0, number - 25) : number + 3])
        if HOOK.search(around) and MAKING.search(around) is None:
            return True
    return False
