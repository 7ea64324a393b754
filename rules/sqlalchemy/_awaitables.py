"""Which methods of SQLAlchemy's asynchronous classes are coroutines, as the library says (tests compare them)."""

from __future__ import annotations

SESSION = frozenset(
    "aclose close commit connection delete execute flush get get_one invalidate merge refresh reset rollback run_sync "
    "scalar scalars stream stream_scalars delete_all merge_all".split()
)
# What an asynchronous session does at once: awaiting it awaits what it gives.
PLAIN = frozenset(
    "add add_all expire expire_all expunge expunge_all get_bind in_nested_transaction in_transaction "
    "is_modified".split()
)
CONNECTION = frozenset(
    "aclose close commit exec_driver_sql execute execution_options get_isolation_level get_raw_connection invalidate "
    "rollback run_sync scalar scalars".split()
)
ENGINE = frozenset({"dispose", "raw_connection"})
SQLMODEL = frozenset({"exec"})

ASYNC_SESSION = (
    r"(?:sqlalchemy\.ext\.asyncio(?:\.(?:session|scoping))?\.(?:AsyncSession|async_scoped_session)"
    r"|sqlmodel\.ext\.asyncio\.session\.AsyncSession)(?:\(\))*"
)
ASYNC_ENGINE = r"sqlalchemy\.ext\.asyncio(?:\.engine)?\.(?:AsyncEngine|create_async_engine)(?:\(\))*"
ASYNC_CONNECTION = (
    rf"(?:sqlalchemy\.ext\.asyncio(?:\.engine)?\.AsyncConnection|{ASYNC_ENGINE}\.(?:connect|begin)\(\))(?:\(\))*"
)


def methods(holder: str, names: frozenset[str]) -> str:
    """The paths of some methods."""
    return rf"{holder}\.(?:{'|'.join(sorted(names))})"


COROUTINES = (
    methods(ASYNC_SESSION, SESSION | SQLMODEL | {"remove"}),
    methods(ASYNC_CONNECTION, CONNECTION),
    methods(ASYNC_ENGINE, ENGINE),
)
