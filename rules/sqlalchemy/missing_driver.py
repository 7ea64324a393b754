"""The database's driver is not installed.

SQLAlchemy brings no drivers but that of SQLite. `postgresql+asyncpg://` needs asyncpg, `sqlite+aiosqlite://` aiosqlite,
and `postgresql://` alone psycopg2 (psycopg from SQLAlchemy 2.1 on): without it, making the engine fails with
`ModuleNotFoundError`, and the server does not start.

Declare the driver that the address names, or name the one that is declared.

The rule only warns about drivers that the code names and that are not those of its default address. It is silent where
no manifest says what is installed.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Installed,
    Problem,
    Related,
    Severity,
    Span,
    is_test,
    regex,
    rule,
    version_range,
)

# Driver to the module that it is, and the distributions that bring it.
DRIVERS = {
    "psycopg2": ("psycopg2", ("psycopg2", "psycopg2-binary")),
    "psycopg": ("psycopg", ("psycopg", "psycopg-binary")),
    "psycopg_async": ("psycopg", ("psycopg", "psycopg-binary")),
    "asyncpg": ("asyncpg", ("asyncpg",)),
    "pg8000": ("pg8000", ("pg8000",)),
    "aiosqlite": ("aiosqlite", ("aiosqlite",)),
    "mysqldb": ("MySQLdb", ("mysqlclient",)),
    "pymysql": ("pymysql", ("pymysql",)),
    "aiomysql": ("aiomysql", ("aiomysql",)),
    "asyncmy": ("asyncmy", ("asyncmy",)),
    "mysqlconnector": ("mysql", ("mysql-connector-python", "mysql-connector")),
    "pyodbc": ("pyodbc", ("pyodbc",)),
    "aioodbc": ("aioodbc", ("aioodbc",)),
    "oracledb": ("oracledb", ("oracledb",)),
}
DEFAULTS = {"mysql": "mysqldb", "mariadb": "mysqldb", "mssql": "pyodbc"}
LITERAL = regex(
    rb"[\"'](?:[^\"'\n]*[\"'\s])?((?:postgresql|postgres|mysql|mariadb|sqlite|mssql|oracle)\+(\w+))(?=[:\"'])"
)


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_driver(facts: Facts) -> Iterator[Problem]:
    """Yield each driver that the start's connections need, and that code on its way names, and nothing brings."""
    if "sqlalchemy" not in facts.orms:
        return
    installed = facts.installed("python")
    if not installed.known or not installed.has("sqlalchemy"):
        return
    told: set[str] = set()
    for connection in facts.connections:
        if "sqlalchemy" not in connection.library and connection.library != "sqlmodel":
            continue
        drivers = [connection.driver] if connection.driver else defaults(facts, connection.dialect)
        known = [driver for driver in drivers if driver in DRIVERS]
        if not known or not connection.certain or connection.alternatives or known[0] in told:
            continue
        driver = known[0]
        module, names = DRIVERS[driver]
        brought = any(installed.has(*DRIVERS[one][1]) for one in known)
        if brought or not installed.governs(connection.span.path):
            continue
        told.add(driver)
        span = next((span for name, span in literals(facts) if name == driver), connection.span)
        yield problem(installed, span, driver, module, names, None if installed.sure else Severity.WARNING)
    for driver, span in literals(facts):
        if driver in DRIVERS and driver not in told and installed.governs(span.path):
            module, names = DRIVERS[driver]
            if not installed.has(*names):
                told.add(driver)
                yield problem(installed, span, driver, module, names, Severity.WARNING)


def problem(
    installed: Installed, span: Span, driver: str, module: str, names: tuple[str, ...], severity: Severity | None
) -> Problem:
    """What is said of a driver."""
    return Problem(
        span,
        f"This address is reached by `{module}`, and no manifest declares {names[-1]}",
        related=tuple(Related(one, "what is installed is declared here") for one in installed.manifest(span.path)),
        symptom=f"ModuleNotFoundError: No module named '{module}'",
        remedy=f"Declare `{names[-1]}`",
        routes=(),
        severity=severity,
        identity=driver,
    )


def defaults(facts: Facts, dialect: str | None) -> list[str]:
    """The drivers that an address which names none may mean, by the version; that of the newest first."""
    if dialect != "postgresql":
        return [DEFAULTS[dialect]] if dialect in DEFAULTS else []
    versions = version_range(facts.project, "sqlalchemy")
    if versions is None or versions.surely(">=2.1"):
        return ["psycopg"]
    return ["psycopg2"] if versions.surely("<2.1") else ["psycopg", "psycopg2"]


def literals(facts: Facts) -> Iterator[tuple[str, Span]]:
    """Drivers that texts of the code name, in the files that the start loads."""
    loaded = facts.launch.loaded | set(facts.started.files)
    for path in sorted(loaded):
        source = facts.project.files.get(path)
        if source is None or not path.endswith(".py") or is_test(path):
            continue
        for match in LITERAL.finditer(source.data):
            yield match[2].decode(), source.span(match.start(1), match.end(1))
