"""Our reading of small Sequelize projects is the library's own: columns, keys, associations, indexes."""

from __future__ import annotations

import pytest

from tests.models.sequelize.comparing import PROJECTS, compare, read_models


@pytest.mark.parametrize("project", sorted(path.name for path in PROJECTS.iterdir() if path.is_dir()))
def test_models_are_those_of_sequelize(project: str) -> None:
    """Every model, column and association is equal, and nothing was left unread."""
    assert compare(PROJECTS / project) == []
    model, _ = read_models(PROJECTS / project)
    assert model.unread == ()
