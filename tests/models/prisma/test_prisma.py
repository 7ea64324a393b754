"""Models of Prisma, beside the tables of a migration in the form in which Prisma writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verifier.datamodel import DataModel, Entity, Table
from verifier.session import Options, open_session

HERE = Path(__file__).parent


def model(folder: Path, schema: str, migration: str | None = None) -> DataModel:
    """What we read of a project with a schema."""
    (folder / "prisma/migrations/1_init").mkdir(parents=True)
    (folder / "prisma/schema.prisma").write_text(schema)
    if migration is not None:
        (folder / "prisma/migrations/1_init/migration.sql").write_text(migration)
        (folder / "prisma/migrations/migration_lock.toml").write_text('provider = "postgresql"\n')
    (folder / "index.js").write_text("const { PrismaClient } = require('@prisma/client');\n")
    return open_session(Options(path=folder, cache=False, quiet=True)).facts.models


def columns_of(table: Entity | Table) -> dict[str, Any]:
    """What matters of the columns; what the client makes is no default of the table."""
    return {
        column.name: (
            column.type.kind,
            column.type.length,
            column.type.precision,
            column.type.values,
            column.nullable or column.type.kind == "array",
            column.primary_key,
            column.default if column.default != "function" else None,
            [(at.table, at.column, at.on_delete, at.on_update) for at in column.references],
        )
        for column in table.columns
    }


def keys_of(table: Entity | Table) -> set[tuple[str, ...]]:
    """Columns that hold a combination once."""
    found = {found.columns for found in table.constraints if found.unique}
    return found | {(column.name,) for column in table.columns if column.unique}


def test_models_are_the_tables_that_prisma_makes(tmp_path: Path) -> None:
    found = model(tmp_path, (HERE / "schema.prisma").read_text(), (HERE / "migration.sql").read_text())
    assert not found.unread
    made = {table.name: table for table in found.tables if table.source == "migration"}
    ours: dict[str | None, Entity | Table] = {entity.table: entity for entity in found.entities}
    ours |= {table.name: table for table in found.tables if table.source == "implied"}
    assert set(ours) == set(made)
    for name, table in made.items():
        declared = ours[name]
        key = [found.columns for found in declared.constraints if found.kind == "foreign"]
        assert key == [
            found.columns for found in table.constraints if found.kind == "foreign" and len(found.columns) > 1
        ]
        if not key:
            assert columns_of(declared) == columns_of(table), name
        assert keys_of(declared) == keys_of(table), name


def test_relations(tmp_path: Path) -> None:
    entities = {entity.name: entity for entity in model(tmp_path, (HERE / "schema.prisma").read_text()).entities}
    user = entities["User"]
    profile, likes, followers = user.relationship("profile"), user.relationship("likes"), user.relationship("followers")
    assert profile is not None and likes is not None and followers is not None
    assert (profile.direction, profile.reverse, profile.local, profile.remote) == (
        "one-to-one",
        "user",
        ("id",),
        ("user_id",),
    )
    assert (likes.direction, likes.through, likes.reverse) == ("many-to-many", "_CategoryToUser", "users")
    assert (followers.through, followers.reverse) == ("_Follows", "following")
    author, posts = entities["Post"].relationship("author"), user.relationship("written")
    assert author is not None and posts is not None
    assert (author.direction, author.local, author.remote, author.reverse) == (
        "many-to-one",
        ("authorId",),
        ("id",),
        "written",
    )
    assert (posts.direction, posts.remote) == ("one-to-many", ("authorId",))
    assert (user.span.path, user.span.line) == ("prisma/schema.prisma", 18)
    created = user.mapped("createdAt")
    assert created is not None
    assert created.span.line == 26


def test_what_is_no_schema_is_passed_over(tmp_path: Path) -> None:
    text = 'model A {\n  id Int @id @default("unclosed\n  b B? @relation(fields: [x\n}\n}\nmodel\nenum {}\n'
    text += "model B {\n  id Int @id"
    entities = model(tmp_path, text).entities
    assert [entity.name for entity in entities] == ["A", "B"]
