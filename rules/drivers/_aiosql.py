"""aiosql: statements in files, each a method by the name in the comment above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Action,
    Call,
    Const,
    External,
    Given,
    Instance,
    Lifting,
    Origin,
    Query,
    Site,
    Value,
    path_text,
    regex,
    replace,
    text_of,
    texts,
)

NAME = regex(r"^[ \t]*--[ \t]*name[ \t]*:[ \t]*([A-Za-z_][\w-]*)(\*!|<!|\^|\$|!|#)?[^\n]*$", re.MULTILINE)
ACTIONS: dict[str, Action] = {"^": "first", "$": "value", "!": "write", "<!": "write", "*!": "write", "#": "write"}
DIALECTS = {
    "asyncpg": "postgres", "psycopg": "postgres", "psycopg2": "postgres", "psycopg3": "postgres", "pg8000": "postgres",
    "pygresql": "postgres", "sqlite3": "sqlite", "aiosqlite": "sqlite", "apsw": "sqlite", "pymysql": "mysql",
    "mysqldb": "mysql", "mysql-connector": "mysql", "aiomysql": "mysql", "asyncmy": "mysql",
}  # fmt: skip


class Written(NamedTuple):
    """A statement of a file: its text with the place, and what its method gives."""

    text: Const
    kind: str


def read(lifting: Lifting, site: Site) -> Iterator[Query]:
    """The statement that a method sends."""
    call = site.call
    names = site.library.partition("()")[2].strip(".").split(".")
    maker = made_by(call)
    base = Query(
        span=site.span, function=site.caller, origin="sql", library="drivers", dialect=lifting.dialect, site=site
    )
    if maker is None or (names and names[0] in ("available_queries", "add_query", "load_from_list")):
        return
    driver = text_of(maker.argument(1, "driver_adapter")) or ""
    dialect = DIALECTS.get(driver, lifting.dialect)
    written = statements_of(lifting, maker).get(names[-1])
    if written is None:
        yield replace(base, reason=f"the statement `{names[-1]}` in files that were not found")
        return
    many = written.kind == "*!"
    positional = tuple(call.arguments[1:])
    given = None if call.open or many or positional else Given(names=dict(call.keywords), complete=True)
    lifted = texts.lift_text(lifting.project, written.text, dialect, {"named"}, given, driver="aiosql", several=None)
    action = ACTIONS.get(written.kind, "rows")
    yield replace(base, dialect=dialect, statements=lifted.statements, reason=lifted.reason, action=action)


def made_by(call: Call) -> Call | None:
    """The call of ``from_path`` that made the object on which a method is called."""
    value: Value | None = call.callee.receiver if isinstance(call.callee, External) else None
    for _ in range(6):
        if isinstance(value, External):
            value = value.receiver
        elif isinstance(value, Instance):
            return value.made_by
        else:
            return None
    return None


def statements_of(lifting: Lifting, maker: Call) -> dict[str, Written]:
    """The statements by the names of their methods."""
    path = maker.argument(0, "sql_path")
    text = text_of(path)
    if isinstance(maker.callee, External) and maker.callee.name == "from_str":
        return dict(cut(path)) if isinstance(path, Const) else {}
    ending = tail(text) if text is not None else tail_of(path)
    found: dict[str, Written] = {}
    for name, source in sorted(lifting.project.others.items()):
        if name.endswith(".sql") and ending is not None and f"/{name}".find(f"/{ending}") >= 0:
            whole = Const(source.text, Origin(name, 0, len(source.data)))
            found.update(cut(whole))
    return found


def tail(path: str) -> str:
    """The end of a path, which stands for it whatever folder the program is started in."""
    return "/".join([part for part in path.split("/") if part not in ("", ".", "..")][-2:])


def tail_of(value: Value | None) -> str | None:
    """The same of a path object."""
    text = path_text(value) if value is not None else None
    return tail(text) if text is not None else None


def cut(whole: Const) -> Iterator[tuple[str, Written]]:
    """The statements of a file by name."""
    text = str(whole.value)
    heads = list(NAME.finditer(text))
    origin = whole.origin
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        end = following.start() if following is not None else len(text)
        own = text[head.end() : end]
        place = None
        if origin is not None:
            start = origin.start + len(text[: head.end()].encode("utf-8", "replace"))
            place = Origin(origin.path, start, start + len(own.encode("utf-8", "replace")))
        yield head[1].replace("-", "_"), Written(Const(own, place), head[2] or "")
