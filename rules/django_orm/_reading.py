"""Reads the models of a project as Django's registry would have them."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Declaration, Engine, Project

from ._checks import defects
from ._drift import drift
from ._entities import World
from ._migrations import Migrated
from ._more_checks import more_defects
from ._registry import Registry
from ._settings import read_apps
from ._sources import Reader


def read_models(engine: Engine, project: Project) -> Iterator[Declaration]:
    """Entities and junction tables, then what migrations leave behind."""
    apps = read_apps(engine, project)
    reader = Reader(engine, project, apps)
    registry = Registry(apps, reader)
    registry.add(list(reader.models()))
    registry.add(reader.shipped.installed())
    registry.complete()
    world = World(registry, engine)
    yield from world.entities()
    yield from world.tables()
    migrated = Migrated(engine, project, registry)
    made = list(migrated.tables())
    yield from made
    yield from defects(registry, world, engine, project)
    yield from more_defects(registry, world, engine)
    yield from drift(registry, migrated, engine, made)
