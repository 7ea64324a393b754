"""The start script does not migrate the database.

Django makes no tables by itself: `python manage.py migrate` does. A script that starts the server on a fresh database
without it leaves every model without its table, and each request that uses one fails.

Write `python manage.py migrate --noinput` before the server is started.

It is an error with a task, which starts the project by this script alone, and a warning otherwise. The rule is silent
where anything in the project migrates (another script, a Procfile, a container, `call_command`), or may do so (a
Makefile), and where a database is delivered.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Severity, is_test, regex, rule

MIGRATES = regex(rb"\bmigrate\b|MigrationExecutor|run_migrations")
MAY = regex(
    r"(?i)(?:^|/)(?:makefile|justfile|taskfile\.ya?ml|fabfile\.py|tasks\.py)$|\.(?:sqlite3?|db)$|\.github/workflows/"
)


@rule(Category.DATABASE_RUNTIME_ERROR)
def never_migrated(facts: Facts) -> Iterator[Problem]:
    """Yield the command that starts the server, where the script has not migrated before."""
    entries = [one for one in facts.startup.entries if one.command.span.path.endswith((".sh", ".bash"))]
    if not entries or "django" not in facts.orms or "/" in entries[0].command.span.path:
        return
    project = facts.project
    if any(MAY.search(path) for path in project.paths):
        return
    sources = [*project.others.values(), *(one for one in project.files.values() if not is_test(one.path))]
    code = (one for one in sources if "/migrations/" not in one.path and not one.path.endswith((".json", ".sql")))
    if any(MIGRATES.search(source.data) for source in code):
        return
    tables = [
        one
        for one in facts.models.entities
        if one.orm == "django" and one.managed and one.table is not None and not is_test(one.span.path)
    ]
    if not tables:
        return
    yield Problem(
        entries[0].command.span,
        "The server is started and nothing has migrated the database",
        related=tuple(Related(one.span, f"`{one.name}` needs its table") for one in tables[:3]),
        symptom=f"500: no such table: {tables[0].table}",
        remedy="Write `python manage.py migrate --noinput` before it",
        severity=None if facts.config.task is not None else Severity.WARNING,
        identity="never migrated",
    )
