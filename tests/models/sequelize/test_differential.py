"""Our reading of small Sequelize projects is the library's own: columns, keys, associations, indexes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.sequelize.comparing import PROJECTS, compare, read_models

ROOT = Path(__file__).parent.parent.parent.parent
# How the reference backends make their models, without the database that they would wait for.
CONNECT = "const sequelize = new Sequelize('sqlite::memory:', { logging: false, define: { DEFINE } });\n"
APPS = {
    "express": (
        "index.js",
        "const { Sequelize } = require('sequelize');\nconst { defineModels } = require('./src/models');\n"
        + CONNECT.replace("DEFINE", "underscored: true, timestamps: false")
        + "defineModels(sequelize);\nmodule.exports = { sequelize };\n",
    ),
    "fastify": (
        "index.ts",
        "import { Sequelize } from 'sequelize';\nimport { defineModels } from './src/models/index.ts';\n"
        + CONNECT.replace("DEFINE", "underscored: true")
        + "defineModels(sequelize);\nexport { sequelize };\n",
    ),
    "hono": (
        "index.ts",
        "import { Sequelize } from 'sequelize';\nimport { initModels } from './src/models/index.ts';\n"
        + CONNECT.replace("DEFINE", "underscored: true")
        + "initModels(sequelize);\nexport { sequelize };\n",
    ),
    "koa": (
        "index.js",
        "import { Sequelize } from 'sequelize';\nimport { defineModels } from './src/models/index.js';\n"
        + CONNECT.replace("DEFINE", "underscored: true")
        + "defineModels(sequelize);\nexport { sequelize };\n",
    ),
}


@pytest.mark.parametrize("project", sorted(path.name for path in PROJECTS.iterdir() if path.is_dir()))
def test_models_are_those_of_sequelize(project: str) -> None:
    """Every model, column and association is equal, and nothing was left unread."""
    assert compare(PROJECTS / project) == []
    model, _ = read_models(PROJECTS / project)
    assert model.unread == ()


@pytest.mark.parametrize("app", sorted(APPS))
def test_models_of_reference_backends(app: str) -> None:
    """Those on Sequelize are read as the library has them."""
    assert compare(ROOT / "fixtures" / "apps" / app, APPS[app]) == []
