"""Says what SQLAlchemy makes of the statements of a project. Runs with nothing of ours.

    python oracle.py ROOT MODULE

calls each function of the module and prints the SQL of what it gives as JSON: by function, by dialect.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Query, Session, configure_mappers


def plain(statement: Any) -> Any:
    """The statement without what its options bring along."""
    if isinstance(statement, Query):
        statement = statement.statement
    if getattr(statement, "_with_options", None):
        statement = statement._generate()
        statement._with_options = ()
    return statement


def compiled(statement: Any, dialect: Any) -> str:
    """The statement as SQL, with its values in it where these can be written."""
    try:
        return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    except Exception as error:
        if "literal" not in str(error).lower():
            raise
        return str(statement.compile(dialect=dialect))


def main() -> None:
    root, name = sys.argv[1:3]
    sys.path.insert(0, root)
    module = importlib.import_module(name)
    configure_mappers()
    app = getattr(module, "app", None)
    if app is not None:
        app.app_context().push()
    found: dict[str, dict[str, str]] = {}
    for function_name, function in list(vars(module).items()):
        if not inspect.isfunction(function) or function.__module__ != name or function_name.startswith("_"):
            continue
        arguments = [Session()] if inspect.signature(function).parameters else []
        statement = plain(function(*arguments))
        found[function_name] = {}
        dialects = getattr(module, "DIALECTS", ("postgresql", "sqlite"))
        kinds: list[Any] = [postgresql.dialect, sqlite.dialect]
        for dialect in (kind(paramstyle="named") for kind in kinds):
            if dialect.name in dialects:
                found[function_name][dialect.name] = compiled(statement, dialect)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
