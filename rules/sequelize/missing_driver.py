"""The database's driver is not installed.

Sequelize loads the driver of its dialect itself: `pg` for PostgreSQL, `sqlite3`, `mysql2`, `mariadb`, `tedious`.
Without it, `new Sequelize(...)` throws `Please install pg package manually`, and the server does not start.

Declare the package in package.json.

The rule is silent where `dialectModule` hands the driver over, and where run time decides on the dialect.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

PACKAGES = {
    "postgresql": ("pg", "pg"),
    "sqlite": ("sqlite3", "sqlite3"),
    "mysql": ("mysql2", "mysql2"),
    "mssql": ("tedious", "tedious"),
    "oracle": ("oracledb", "oracledb"),
}


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_driver(facts: Facts) -> Iterator[Problem]:
    """Yield each connection whose driver package.json does not have."""
    if "sequelize" not in facts.orms:
        return
    installed = facts.installed("javascript")
    if not installed.has("sequelize"):
        return
    if any(b"dialectModule" in source.data for source in facts.project.files.values()):
        return
    told: set[str] = set()
    for connection in facts.connections:
        dialect = connection.dialect or ""
        if connection.library != "sequelize" or dialect not in PACKAGES or not connection.certain:
            continue
        name, package = PACKAGES[dialect]
        if connection.alternatives or name in told or not installed.governs(connection.span.path):
            continue
        other = "mariadb" if dialect == "mysql" else package
        if installed.has(package, other):
            continue
        told.add(name)
        yield Problem(
            connection.span,
            f"This connection needs `{package}`, and package.json does not have it",
            related=tuple(
                Related(one, "what is installed is declared here") for one in installed.manifest(connection.span.path)
            ),
            symptom=f"Error: Please install {package} package manually",
            remedy=f"Add `{package}` to the dependencies",
            identity=package,
            routes=(),
        )
