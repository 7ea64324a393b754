"""Sequelize and sequelize-typescript: where code queries or saves models, and which classes are models."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

from . import _connections as connections
from ._history import temporal
from ._models import FUNCTIONS, PACKAGES, Connection, Mixin
from ._symbols import enter_symbols

METHODS = (
    "findAll|findOne|findByPk|findById|findOrCreate|findOrBuild|findCreateFind|findAndCountAll|find|count|max|min|sum|"
    "aggregate|create|bulkCreate|update|upsert|destroy|restore|increment|decrement|save|reload|truncate"
)
# What a model is given by its associations: `getPosts`, `addPost`; and methods of the library that are named alike.
OWN = (
    "getAssociation(?:s|ForAlias)?|getAttributes|getDataValue|getIndexes|getTableName|getTableNameWithSchema|"
    "setDataValue|setAttributes|addHook|addScope|removeHook|removeAttribute|hasHooks?|hasAlias|hasAssociations?|"
    "hasMany|hasOne|createSchema"
)
MIXIN = rf"(?!(?:{OWN})\b)(?:get|set|add|create|remove|count|has)[A-Z]\w*|\$(?:get|set|add|create|remove|count|has)"
# What an association gave, as far as it is then saved or deleted.
RELATED = r"(?:\.(?:\$?get|\$?create)\w*\(\))+"
ROW = "update|destroy|restore|increment|decrement|save|reload"
PACKAGE = rf"(?:{'|'.join(PACKAGES)})"
MODEL = rf"{PACKAGE}\.(?:Model|ModelStatic|ModelCtor|ModelDefined)"

# What gives a promise: of the methods of models and their rows, those that speak to the database.
PROMISES = (
    "findAll|findOne|findByPk|findOrCreate|findOrBuild|findCreateFind|findAndCountAll|count|max|min|sum|aggregate|create|"
    "bulkCreate|update|upsert|destroy|restore|increment|decrement|save|reload|truncate|sync|drop|describe"
)

PACK = Pack(
    language="javascript",
    packages=PACKAGES,
    orm="sequelize",
    models="_reader:read_models",
    queries="_queries:read_queries",
    prepare=enter_symbols,
    declares=(
        r"\.define\(\s*[\"'`]",
        r"\bextends\s+(?:\w+\.)?Model\b",
        r"\bqueryInterface\b",
        r"\.(?:hasMany|hasOne|belongsTo|belongsToMany)\(",
    ),
    connects=connections.CONNECTS,
    drivers=connections.DRIVERS,
    creates=connections.CREATES,
    migrates=connections.MIGRATES,
    objects=(Connection, Mixin),
    functions={**FUNCTIONS, "sequelize-temporal": temporal},
    asks=(
        r"\.(?:findAll|findOne|findByPk|findById|findOrCreate|findCreateFind|findAndCountAll|bulkCreate|upsert)\(",
        r"\.(?:create|update|destroy|count|sum|min|max|increment|decrement|restore|truncate|save|reload|scope)\(",
        r"\.query(?:<[^()]*>)?\(|\.\$(?:get|set|add|create|count|has|remove)\(",
        r"\.(?:get|set|add|create|count|has|remove)[A-Z]\w*\(",
    ),
    marks=(r"\b[A-Z]\w*\.(?:findAll|findOne|findByPk|findOrCreate|findAndCountAll|bulkCreate)\(",),
    promises=(
        rf"{MODEL}\.(?:{PROMISES})",
        rf"{PACKAGE}(?:\.Sequelize)?(?:\(\))?\.(?:query|sync|authenticate|drop|truncate|close|transaction)",
        rf"{PACKAGE}(?:\.Sequelize)?(?:\(\))?\.transaction\(\)\.(?:commit|rollback)",
        rf"{PACKAGE}\.Transaction\.(?:commit|rollback)",
    ),
    watches=(rf"{MODEL}\.(?:all|count|create|delete|find|insert|remove|save|update)\w*",),
    expressions=("sequelize", "@sequelize/"),
    data=DataAccess(
        calls=(
            rf"{MODEL}\.(?:{METHODS}|{MIXIN})",
            rf"{MODEL}{RELATED}\.(?:{ROW})",
            rf"{PACKAGE}\.(?:HasMany|HasOne|BelongsTo)\w*Mixin\(\)",
            rf"{PACKAGE}(?:\.Sequelize)?(?:\(\))?\.query",
        ),
        raw=(rf"{PACKAGE}(?:\.Sequelize)?(?:\(\))?\.query",),
        transactions=(rf"{PACKAGE}(?:\.Sequelize)?\.transaction",),
        models=(rf"{PACKAGE}\.Model",),
    ),
)
