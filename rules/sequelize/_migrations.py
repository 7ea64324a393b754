"""Sequelize migrations."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Declaration, Engine, Project


def read_migrations(engine: Engine, project: Project) -> Iterator[Declaration]:
    """What the migrations of a project leave behind."""
    yield from ()
