"""What is read where the library itself cannot be asked: what run time decides, companions, Sequelize 7."""

from __future__ import annotations

from pathlib import Path

from tests.frameworks.harness import facts_of
from verifier.datamodel import DataModel, Entity

HEAD = "const { Sequelize, DataTypes } = require('sequelize');\nconst sequelize = new Sequelize('sqlite::memory:');\n"


def models_of(folder: Path, files: dict[str, str]) -> DataModel:
    """The data model of some files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return facts_of(folder).models


def entity(model: DataModel, name: str) -> Entity:
    """The entity of a name."""
    return next(found for found in model.entities if found.name == name)


def test_what_run_time_decides_is_said(tmp_path: Path) -> None:
    """Unknown attributes, tables, columns and aliases are open or unknown, never guessed."""
    source = HEAD + (
        "const extra = require('./' + process.argv[2]);\n"
        "const A = sequelize.define('A', { ...extra, name: DataTypes.STRING });\n"
        "const size = { type: pick(), allowNull: process.argv[3] };\n"
        "const B = sequelize.define('B', { size }, { tableName: extra.table });\n"
        "A.hasMany(B, { as: extra.alias });\n"
        "B.belongsTo(A, { foreignKey: extra.key, as: 'a' });\n"
        "B.belongsTo(extra.Other, { as: 'other' });\n"
    )
    model = models_of(tmp_path, {"index.js": source})
    first, second = entity(model, "A"), entity(model, "B")
    assert first.open
    assert first.column("name") is not None
    assert second.table is None
    size = second.column("size")
    assert size is not None
    assert not size.known
    assert [found.known for found in first.relationships] == [False]
    assert {found.name: (found.known, found.resolved) for found in second.relationships} == {
        "a": (False, True),
        "other": (False, False),
    }
    assert model.unread


def test_a_factory_that_a_loader_calls_is_run(tmp_path: Path) -> None:
    """Nothing in sight calls the factory; it is given the only connection."""
    files = {
        "db.js": HEAD.replace("memory:'", "memory:', { define: { underscored: true } }")
        + "module.exports = sequelize;\n",
        "models/user.js": "module.exports = (sequelize, DataTypes) =>\n"
        "  sequelize.define('User', { firstName: DataTypes.STRING });\n",
    }
    user = entity(models_of(tmp_path, files), "User")
    assert user.table == "users"
    assert [column.name for column in user.columns] == ["id", "first_name", "created_at", "updated_at"]


def test_the_history_of_a_model(tmp_path: Path) -> None:
    """sequelize-temporal copies the attributes, without their keys, and adds two."""
    source = HEAD + (
        "const Temporal = require('sequelize-temporal');\n"
        "const Tier = sequelize.define('Tier', { slug: { type: DataTypes.STRING, unique: true } });\n"
        "Temporal(Tier, sequelize);\n"
    )
    history = entity(models_of(tmp_path, {"index.js": source}), "TierHistory")
    assert history.table == "TierHistories"
    assert [column.name for column in history.columns] == ["id", "slug", "createdAt", "updatedAt", "hid", "archivedAt"]
    assert [column.name for column in history.primary_key] == ["hid"]
    slug = history.column("slug")
    assert slug is not None
    assert not slug.unique


def test_decorators_of_sequelize_7(tmp_path: Path) -> None:
    """Attributes, keys and associations; a class needs no `@Table`."""
    source = """
import { DataTypes, Model, Sequelize } from '@sequelize/core';
import { Attribute, AutoIncrement, BelongsTo, NotNull, PrimaryKey, Unique } from '@sequelize/core/decorators-legacy';
export class User extends Model {
  @Attribute(DataTypes.INTEGER) @PrimaryKey @AutoIncrement declare id: number;
  @Attribute(DataTypes.STRING) @NotNull @Unique declare name: string;
}
export class Post extends Model {
  @Attribute(DataTypes.INTEGER) @NotNull declare authorId: number;
  @BelongsTo(() => User, 'authorId') declare author?: User;
}
export const sequelize = new Sequelize({ dialect: 'sqlite', models: [User, Post] });
"""
    model = models_of(tmp_path, {"models.ts": source})
    user, post = entity(model, "User"), entity(model, "Post")
    name = user.column("name")
    assert name is not None
    assert (name.nullable, name.unique, str(name.type)) == (False, True, "VARCHAR(255)")
    assert [(found.name, found.target, found.local) for found in post.relationships] == [
        ("author", "User", ("authorId",))
    ]


def test_options_that_hold_themselves(tmp_path: Path) -> None:
    """An object that leads back to itself many times over ends the reading of that object, not of the project."""
    source = HEAD + (
        "const options = { name: DataTypes.STRING };\n"
        "for (const key of 'bcdefghijklm') options[key] = options;\n"
        "const Loop = sequelize.define('Loop[', options, options);\n"
        "Loop.hasMany(Loop, { as: options, foreignKey: options });\n"
        "sequelize.define('Plain', { 'odd(name': DataTypes.STRING });\n"
    )
    model = models_of(tmp_path, {"index.js": source})
    assert entity(model, "Plain").column("odd(name") is not None


def test_the_name_of_a_model_is_no_attribute_of_its_rows(tmp_path: Path) -> None:
    """A class is called as `modelName` says; its rows have a `name` only where the model declares one."""
    source = HEAD.replace("DataTypes }", "DataTypes, Model }") + (
        "class Thread extends Model { shout() { return 1; } }\n"
        "Thread.init({ title: DataTypes.STRING }, { sequelize, modelName: 'thread' });\n"
        "class Person extends Model { get name() { return 'Ann'; } }\n"
        "Person.init({ title: DataTypes.STRING }, { sequelize, modelName: 'person' });\n"
    )
    model = models_of(tmp_path, {"index.js": source})
    assert entity(model, "thread").attributes == ("shout",)
    assert entity(model, "person").attributes == ("name",)
