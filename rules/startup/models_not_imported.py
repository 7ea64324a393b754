"""Tables are created before their models are declared.

`create_all` and `sync()` create the tables of the models that have been declared by then. A model whose module is
imported later, or only inside a function, is not among them: its table is missing, and each request that uses it fails.

Import the modules of all models before the tables are created; most often, in the package of the models.

The rule is silent where the project has migrations, SQL files or other scripts that create tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Entity, Facts, Problem, Related, SchemaCreation, is_test, reachable, rule

from ._by_hand import created_by_hand

PACKS = {"sqlalchemy": "sqlalchemy", "sequelize": "sequelize"}


@rule(Category.DATABASE_RUNTIME_ERROR)
def models_not_imported(facts: Facts) -> Iterator[Problem]:
    """Yield each model that is declared only after all tables have been created."""
    started, creations = facts.started, facts.schema_creations
    if not facts.startup.entries or not started.complete or not started.whole:
        return
    if not creations or created_by_hand(facts):
        return
    files = set(started.files)
    if any(facts.files[path].dynamic_imports for path in files if path in facts.files):
        return
    imported = reachable([entry.path for entry in facts.startup.entries], facts.imports)
    for entity in facts.models.entities:
        made = [found for found in creations if found.by == PACKS.get(entity.orm)]
        own = entity.table is not None and entity.managed and not is_test(entity.span.path)
        if not made or not own or entity.span.path not in files | imported:
            continue
        if any(includes(found, entity) for found in made):
            continue
        where = "is imported only later" if entity.span.path in files else "is imported only inside functions"
        yield Problem(
            entity.span,
            f"`{entity.name}` is declared after the tables have been created: `{entity.span.path}` {where}"
            if not any(entity.span.path in (found.files or ()) for found in made)
            else f"`{entity.name}` is declared after the tables have been created",
            related=tuple(Related(found.span, "the tables are created here") for found in made[:1]),
            symptom=f"500: no such table: {entity.table}",
            remedy="Import the module of the model before the tables are created",
            identity=entity.name,
        )


def includes(creation: SchemaCreation, entity: Entity) -> bool:
    """Whether an entity had been declared when tables were created."""
    if entity.orm == "sqlalchemy":
        return entity.identity in (creation.known or ())
    return entity.span.path in (creation.files or ())
