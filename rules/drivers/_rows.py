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
    Listed,
    Memo,
    Paired,
    Record,
    Row,
    Rows,
    Unknown,
    Value,
    regex,
)

PYTHON = r"(?:sqlite3|aiosqlite|psycopg2?|psycopg_pool|pymysql|MySQLdb|aiomysql|asyncmy|mysql\.connector)\.[\w.()]*"
ASYNCPG = r"asyncpg\.[\w.()]*"
PREPARED = r"(?:better-sqlite3|(?:node:)?sqlite\.DatabaseSync)[\w.()]*\.prepare\(\)[\w.()]*"
PG = r"(?:pg|pg-pool|@neondatabase/serverless|@vercel/postgres)[\w.()]*"
MYSQL_PROMISES = r"(?:mysql2/promise[\w.()]*|mysql2[\w.()]*\.promise\(\)[\w.()]*)"
MYSQL = r"mysql2?(?!/)(?!\.connector)[\w.()]*"
EXECUTE = regex(rf"{PYTHON}\.execute")
FETCH = regex(rf"{PYTHON}\.(?:fetchone|fetchall|fetchmany|execute_fetchall)")
RECORDS = regex(rf"{ASYNCPG}\.(?:fetch|fetchrow)")
OBJECTS = regex(rf"{PREPARED}\.(?:get|all|iterate)|sqlite\.open\(\)\.(?:get|all)")
ANSWER = regex(rf"{PG}\.query")
PAIR = regex(rf"{MYSQL_PROMISES}\.(?:query|execute)")
CALLED_BACK = regex(rf"{MYSQL}\.(?:query|execute)|{PG}\.query")
FETCHES = (FETCH.pattern, RECORDS.pattern, OBJECTS.pattern, ANSWER.pattern, EXECUTE.pattern, PAIR.pattern)
# What makes other rows of a prepared statement.
RESHAPING = frozenset({"pluck", "raw", "expand", "setReturnArrays"})

# Their ``execute`` gives no cursor.
COUNTING = ("psycopg2", "pymysql", "MySQLdb", "aiomysql", "asyncmy", "mysql.")
SENT = "(sent)"  # under which a cursor keeps the calls that sent its statements
FARTHEST = 12
CONNECTS = regex(
    r"(?:sqlite3|aiosqlite|psycopg2|pymysql|MySQLdb|aiomysql|asyncmy|mysql\.connector)\.[cC]onnect|psycopg(?:\.(?:Async)?Connection)?\.connect"
    r"|(?:aiomysql|asyncmy)\.create_pool|pymysql(?:\.connections)?\.Connection|mysql\.connector\.pooling\.MySQLConnectionPool"
    r"|psycopg2\.pool\.\w*ConnectionPool|psycopg_pool\.(?:Async)?(?:Null)?ConnectionPool"
)
ARRANGED = {
    "sqlite3": rb"row_factory|detect_types",
    "psycopg2": rb"cursor_factory\s*=(?!\s*(?:psycopg2\.extras\.)?\w*Cursor\s*[,)])|\.cursor_factory\b",
    **dict.fromkeys(("pymysql", "MySQLdb", "aiomysql", "asyncmy"), rb"\.cursorclass\b"),
    "mysql": rb"converter_class|cursor_class|option_files|raw\s*=\s*True",
    "mysql2": rb"rowsAsArray|nestTables|multipleStatements|\bRowDataPacket\[\]\[\]",
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
    "SSDictCursor": "dict",
    "MySQLCursorDict": "dict",
    "MySQLCursorBufferedDict": "dict",
}
OF_MYSQL: dict[str, Form] = {"DictCursor": "dict", "Cursor": "tuple", "SSCursor": "tuple"}
SETTING = ("row_factory", "cursor_factory", "cursorclass", "cursor_class")
# Settings of mysql.connector's ``cursor()``, and the class of cursors that each stands for.
FLAGS = {
    "dictionary": "mysql.connector.cursor.MySQLCursorDict",
    "named_tuple": "mysql.connector.cursor.MySQLCursorNamedTuple",
    "raw": "mysql.connector.cursor.MySQLCursorRaw",
}
PATIENCE = 2_000  # steps for a function that a driver calls
TEXT: Memo[Engine, dict[str, bool]] = Memo()


def gives(made: Call) -> Value | None:
    """What a call of a driver gives, where it gives rows."""
    callee = made.callee
    if not isinstance(callee, External):
        return None
    path = f"{callee.path}()"
    if any(isinstance(one, Function) for one in made.arguments):
        if made.engine.watcher is not None and CALLED_BACK.fullmatch(callee.path):
            call_back(made, path, callee.path.startswith("mysql"))
        return None
    if PAIR.fullmatch(callee.path):
        plain = not made.open and not arranged(made.engine, "mysql2", ARRANGED["mysql2"])
        return Paired.of(made, path, (made,), "object") if plain else None
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
        if callee.path.startswith(COUNTING):
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


def call_back(made: Call, path: str, listed: bool) -> None:
    """Run the function that is handed to a driver of JavaScript on the rows."""
    last = made.arguments[-1]
    if not isinstance(last, Function) or last.code in made.engine.stack or len(made.arguments) < 2:
        return
    if listed and arranged(made.engine, "mysql2", ARRANGED["mysql2"]):
        return
    rows = (Listed if listed else FetchedAnswer).of(made, path, (made,), "object")
    with made.engine.undecided(), made.engine.impatient(PATIENCE):
        made.engine.call(last, [Unknown("an error"), rows], made.node, made.frame)


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
        told = next((current.attributes[name] for name in SETTING if name in current.attributes), None)
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
    for name in (*SETTING, "factory", "cursor"):
        if name in call.keywords:
            return call.keywords[name]
    for name, factory in FLAGS.items():
        flag = call.keywords.get(name)
        if flag is not None and not (isinstance(flag, Const) and flag.value is False):
            return External(factory) if isinstance(flag, Const) and flag.value is True else Unknown("a setting")
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
    if not isinstance(factory, External):
        return ""
    if not factory.path.startswith("psycopg"):
        return OF_MYSQL.get(factory.name) or FORMS.get(factory.name, "")
    return FORMS.get(factory.name, "")


def arranged(engine: Engine, name: str, pattern: bytes) -> bool:
    """Whether some text of the project may arrange for other rows."""
    known = TEXT.get(engine)
    if known is None:
        known = TEXT[engine] = {}
    if name not in known:
        wanted = regex(pattern)
        known[name] = any(wanted.search(source.data) is not None for source in engine.project.files.values())
    return known[name]
