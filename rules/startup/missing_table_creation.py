"""Starting the application creates no tables.

Models are mapped and an engine is made, but nothing that the start command runs creates the tables: `create_all` or
`sync()` stands in a function that nothing calls, or under `if __name__ == "__main__":` in a file that gunicorn, uvicorn
or `flask run` imports and does not run as a script. On a fresh database every request that reaches a model fails.

Create the tables where every start comes by: at the top level of the module that is served, in the factory, in the
lifespan or a start-up hook, before `listen()`, or by a command of the start script (`alembic upgrade head`).

The rule is silent where the project has migrations, SQL files, other scripts or a route that create tables, for
somebody may run them beforehand, where the code names another machine that the database is on, and where something on
the way of the start is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Connection, Entity, Facts, Problem, Related, Span, is_test, regex, rule, unreached

from ._by_hand import created_by_hand

# Mappers whose tables come from the program itself; Django's come from a command.
CREATED_BY = {"sqlalchemy": "sqlalchemy", "sequelize": "sequelize"}
LOCAL = regex(r"127\.|0\.0\.0\.0|192\.168\.|10\.|.*\.(?:internal|local|localhost)$")
CREATING_NAMES = regex(r"(?i)creat|sync|init|migrat|upgrade|setup|schema|boot|start|prepare|load|run|main")


@rule(Category.DATABASE_RUNTIME_ERROR)
def missing_table_creation(facts: Facts) -> Iterator[Problem]:
    """Yield each mapper whose tables nothing creates, at the code that would, or where the database is opened."""
    started = facts.started
    if not facts.startup.entries or not started.complete or not started.whole or started.notes:
        return
    if any(CREATING_NAMES.search(name) for name in started.blind) or created_by_hand(facts):
        return
    places = list(unreached(facts))
    if any(place.state in ("unclear", "elsewhere") or by_request(facts, place.span) for place in places):
        return
    for orm in sorted({entity.orm for entity in mapped(facts)} & set(CREATED_BY)):
        connections = [found for found in facts.connections if found.dialect in ("sqlite", "postgresql", "mysql")]
        own = [found for found in connections if orm in (found.library, CREATED_BY[orm]) or orm in found.library]
        if all(is_remote(found) for found in own) or any(
            found.by == CREATED_BY[orm] for found in facts.schema_creations
        ):
            continue
        entities = [entity for entity in mapped(facts) if entity.orm == orm]
        ending = ".py" if orm == "sqlalchemy" else (".js", ".ts", ".mjs", ".cjs")
        starting = [entry for entry in facts.startup.entries if entry.path.endswith(ending)]
        command = " ".join((starting or list(facts.startup.entries))[0].command.argv)
        written = [place for place in places if place.span.path.endswith(ending)]
        tables = sorted({entity.table for entity in entities if entity.table is not None})
        if written:
            reason = (
                "runs only where this file is started as a script"
                if written[0].state == "as a script"
                else "stands in a function that the start does not call"
            )
            span, what = written[0].span, f"What creates the tables {reason}"
        else:
            span, what = own[0].span, "Nothing creates the tables of this database"
        yield Problem(
            span,
            f"{what}: `{command}` leaves {naming(tables)} out",
            related=tuple(Related(entity.span, f"`{entity.name}` needs its table") for entity in entities[:3]),
            symptom=f"500: no such table: {tables[0]}",
            remedy="Create the tables where every start comes by: in the served module, its factory or a start-up hook",
            identity=f"no tables of {orm}",
        )


def is_remote(connection: Connection) -> bool:
    """Whether a database is said to be on another machine, which somebody keeps."""
    host = connection.host or ""
    return "." in host and LOCAL.match(host) is None and not connection.alternatives


def by_request(facts: Facts, span: Span) -> bool:
    """Whether a place is in the handler of a route: tables are made for who asks for it."""
    return any(
        route.function is not None
        and route.function.path == span.path
        and route.function.span.line <= span.line <= route.function.span.end_line
        for route in facts.routes
    )


def mapped(facts: Facts) -> list[Entity]:
    """The mapped classes of the application that have a table, where the start imports them."""
    files = set(facts.started.files)
    return [
        entity
        for entity in facts.models.entities
        if entity.table is not None and entity.managed and entity.span.path in files and not is_test(entity.span.path)
    ]


def naming(tables: list[str]) -> str:
    """Some tables by name."""
    shown = ", ".join(f"`{name}`" for name in tables[:3])
    return shown if len(tables) <= 3 else f"{shown} and {len(tables) - 3} more"
