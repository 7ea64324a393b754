"""Whether tables may be created without the application: by migrations, SQL files, commands."""

from __future__ import annotations

import re

from verifier.api import Facts, is_test, regex

BY_HAND = regex(
    r"(?:^|/)(?:alembic|migrations?|alembic\.ini|\.sequelizerc)(?:/|$)|\.(?:sql|db|sqlite3?|prisma)$", re.IGNORECASE
)
DEFINITION = regex(rb"(?i)\bcreate\s+table\b|\bcreateTable\b|\bcreate_table\b|umzug|\.cli\.command\b|click\.command")


def created_by_hand(facts: Facts) -> bool:
    """Whether somebody may create the tables beforehand: by migrations, SQL, or a command of the project."""
    if facts.schema_creations and any(found.known is None or not found.by for found in facts.schema_creations):
        return True
    if any(BY_HAND.search(path) for path in facts.project.paths) or any(
        table.source in ("migration", "ddl") for table in facts.models.tables
    ):
        return True
    texts = (source.data for path, source in facts.project.files.items() if not is_test(path))
    return any(DEFINITION.search(data) for data in texts)
