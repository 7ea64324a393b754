"""Sequelize and sequelize-typescript: where code queries or saves models, and which classes are models."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

FINDERS = (
    "findAll|findOne|findByPk|findById|findOrCreate|findOrBuild|findCreateFind|findAndCountAll|count|max|min|sum|create|bulkCreate|"
    "update|upsert|destroy|restore|increment|decrement|save|reload|truncate"
)

PACK = Pack(
    language="javascript",
    packages=("sequelize", "sequelize-typescript", "@sequelize/core"),
    orm="sequelize",
    data=DataAccess(
        calls=(
            rf"(?:sequelize|sequelize-typescript|@sequelize/core)\.Model\.(?:{FINDERS})",
            rf"(?:sequelize|sequelize-typescript|@sequelize/core)[\w.()]*\.(?:define|model)\(\)\.(?:{FINDERS})",
            r"(?:sequelize|sequelize-typescript|@sequelize/core)(?:\.Sequelize)?(?:\(\))?\.query",
        ),
        models=(r"(?:sequelize|sequelize-typescript|@sequelize/core)\.Model",),
    ),
)
