"""The rows that drivers give: of which statement they are, and whether they are tuples, dictionaries or objects."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Call,
    Const,
    Cursor,
    Engine,
    External,
    Fetched,
    FetchedAnswer,
    Form,
    Frame,
    Function,
    Instance,
    Memo,
    Record,
    Row,
    Rows,
    Unknown,
    Value,
    regex,
)

PYTHON = r"(?:sqlite3|aiosqlite|psycopg2?|psycopg_pool)\.[\w.()]*"
ASYNCPG = r"asyncpg\.[\w.()]*"
PREPARED = r"(?:better-sqlite3|(?:node:)?sqlite\.DatabaseSync)[\w.()]*\.prepare\(\)[\w.()]*"
PG = r"(?:pg|pg-pool|@neondatabase/serverless|@vercel/postgres)[\w.()]*"
EXECUTE = regex(rf"{PYTHON}\.execute")
FETCH = regex(rf"{PYTHON}\.(?:fetchone|fetchall|fetchmany|execute_fetchall)")
RECORDS = regex(rf"{ASYNCPG}\.(?:fetch|fetchrow)")
OBJECTS = regex(rf"{PREPARED}\.(?:get|all|iterate)|sqlite\.open\(\)\.(?:get|all)")
ANSWER = regex(rf"{PG}\.query")
FETCHES = (FETCH.pattern, RECORDS.pattern, OBJECTS.pattern, ANSWER.pattern, EXECUTE.pattern)
# What makes other rows of a prepared statement.
RESHAPING = frozenset({"pluck", "raw", "expand", "setReturnArrays"})

SENT = "(sent)"  # under which a cursor keeps the calls that sent its statements
FARTHEST = 12
CONNECTS = regex(
    r"(?:sqlite3|aiosqlite|psycopg2)\.connect|psycopg(?:\.(?:Async)?Connection)?\.connect"
    r"|psycopg2\.pool\.\w*ConnectionPool|psycopg_pool\.(?:Async)?(?:Null)?ConnectionPool"
)
ARRANGED = {
    "sqlite3": rb"row_factory|detect_types",
    "psycopg2": rb"cursor_factory\s*=(?!\s*(?:psycopg2\.extras\.)?\w*Cursor\s*[,)])|\.cursor_factory\b",
    "psycopg": rb"\.row_factory\b|configure\s*=|\bdict_row\b.*\*\*|cursor_factory",
}
FORMS: dict[str, Form] = {
    "Row": "row",
    "RealDictCursor": "dict",
    "RealDictConnection": "dict",
    "dict_row": "dict",
    "tuple_row": "tuple",
    "namedtuple_row": "named",
    "NamedTupleCursor": "named",
    "DictCursor": "both",
}
TEXT: Memo[Engine, dict[str, bool]] = Memo()


def gives(made: Call) -> Value | None:
    """What a call of a driver gives, where it gives rows."""
    callee = made.callee
    if not isinstance(callee, External) or any(isinstance(one, Function) for one in made.arguments):
        return None
    path = f"{callee.path}()"
    if ANSWER.fullmatch(callee.path):
        settings = made.argument(0)
        arrays = isinstance(settings, Record) and "rowMode" in settings.entries
        return FetchedAnswer.of(made, path, (made,), "object") if not arrays else None
    if RECORDS.fullmatch(callee.path):
        if "record_class" in made.keywords or arranged(made.engine, "asyncpg", rb"record_class"):
            return None
        return rows_of(made, path, (made,), "record", one=callee.name == "fetchrow")
    if OBJECTS.fullmatch(callee.path):
        if any(word in callee.path for word in RESHAPING):
            return None
        return rows_of(made, path, (made,), "object", one=callee.name == "get")
    receiver = callee.receiver
    if EXECUTE.fullmatch(callee.path):
        text = made.argument(0, "query") or made.argument(0, "sql")
        if not isinstance(receiver, Instance) or text is None:
            return None
        note(made, receiver)
        if callee.path.startswith("psycopg2"):
            return None
        return Cursor.of(made, path, (made,), form_of(made, receiver))
    if not FETCH.fullmatch(callee.path) or not isinstance(receiver, Instance):
        return None
    if callee.name == "execute_fetchall":
        return rows_of(made, path, (made,), form_of(made, receiver), one=False)
    sources = tuple(sources_of(made, receiver))
    if not sources:
        return None
    return rows_of(made, path, sources, form_of(made, receiver), one=callee.name == "fetchone")


def rows_of(made: Call, path: str, sources: tuple[Call, ...], form: Form, *, one: bool) -> Fetched:
    """One row, or a list of them."""
    return (Row if one else Rows).of(made, path, sources, form)


class Noted(Fetched):
    """The calls that sent the statements of a cursor, in order."""


def note(made: Call, cursor: Instance) -> None:
    """Remember on a cursor that a call has sent a statement."""
    if not (cursor.path or "").endswith(("cursor()", "execute()", "Cursor")):
        return
    made.content  # noqa: B018 -- what was called on, before it changes
    made.shape  # noqa: B018
    known = cursor.attributes.get(SENT)
    earlier = known.sources if isinstance(known, Noted) else ()
    cursor.attributes[SENT] = Noted.of(made, "", (*earlier[-7:], made), "")


def sources_of(made: Call, cursor: Instance) -> Iterator[Call]:
    """The calls that may have sent the statement whose rows are fetched; none where that is not known."""
    known = cursor.attributes.get(SENT)
    found: list[Call] = []
    for call in reversed(known.sources if isinstance(known, Noted) else ()):
        if not is_around(call.frame, made.frame):
            return
        other = any(way.test == one.test and way.arm != one.arm for way in call.ways for one in made.ways)
        if not other:
            found.append(call)
        if made.ways[: len(call.ways)] == call.ways:
            yield from found
            return
    if known is None and isinstance(cursor, Cursor):
        yield from cursor.sources


def is_around(one: Frame, other: Frame) -> bool:
    """Whether one of two runs of functions was called, whatever lies between, from the other."""
    for inner, outer in ((one, other), (other, one)):
        frame: Frame | None = inner
        for _ in range(FARTHEST):
            if frame is outer:
                return True
            frame = frame.site[1] if frame is not None and frame.site is not None else None
    return False


def form_of(made: Call, cursor: Instance) -> Form:
    """What rows of a cursor are; empty where that is not known."""
    callee = made.callee
    path = callee.path if isinstance(callee, External) else ""
    library = "sqlite3" if path.startswith(("sqlite3", "aiosqlite")) else path.partition(".")[0].removesuffix("_pool")
    current: Value | None = cursor
    for _ in range(FARTHEST):
        if isinstance(current, External):
            current = current.receiver
            continue
        if not isinstance(current, Instance):
            return ""
        told = current.attributes.get("row_factory") or current.attributes.get("cursor_factory")
        if told is not None:
            return form_named(told)
        call = current.made_by
        if call is None:
            return ""
        told = factory_in(call)
        if told is not None:
            return form_named(told)
        if isinstance(call.callee, External) and CONNECTS.fullmatch(call.callee.path):
            if call.open or arranged(made.engine, library, ARRANGED[library]):
                return ""
            return "tuple"
        current = call.callee.receiver if isinstance(call.callee, External) else call.callee
    return ""


def factory_in(call: Call) -> Value | None:
    """What a call is given that says what rows are."""
    for name in ("row_factory", "cursor_factory", "factory"):
        if name in call.keywords:
            return call.keywords[name]
    inner = call.keywords.get("kwargs")
    if isinstance(inner, Record):
        found = inner.entries.get("row_factory") or inner.entries.get("cursor_factory")
        return found if found is not None or inner.complete else Unknown("settings of the pool")
    if inner is not None:
        return inner
    first = call.argument(0)
    is_cursor = isinstance(call.callee, External) and call.callee.name == "cursor"
    return first if is_cursor and isinstance(first, External) else None


def form_named(factory: Value) -> Form:
    """What rows are by the name of what makes them."""
    if isinstance(factory, Const) and factory.value is None:
        return ""
    return FORMS.get(factory.name, "") if isinstance(factory, External) else ""


def arranged(engine: Engine, name: str, pattern: bytes) -> bool:
    """Whether some text of the project may arrange for other rows."""
    known = TEXT.get(engine)
    if known is None:
        known = TEXT[engine] = {}
    if name not in known:
        wanted = regex(pattern)
        known[name] = any(wanted.search(source.data) is not None for source in engine.project.files.values())
    return known[name]
