"""Knex: migrations that build tables by functions, run in the order of their names."""

from __future__ import annotations

from verifier.api import Pack

from ._building import FUNCTIONS, OBJECTS

PACK = Pack(
    language="javascript",
    packages=("knex", "objection", "@fastify/knex", "fastify-knexjs"),
    objects=OBJECTS,
    functions=FUNCTIONS,
    promises=(r"knex(?:(?:\.knex)?\(\)|\.Knex)\.transaction",),
    models="_migrations:read",
    statements=(
        r"knex(?:(?:\.knex)?\(\)|\.Knex(?:\.Transaction)?)\(\)",
        r"knex(?:(?:\.knex)?\(\)|\.Knex(?:\.Transaction)?)\.\w+",
        r"knex\.(?:QueryBuilder|JoinClause)\.\w+",
    ),
    queries="_queries:read_queries",
    marks=(r"\bknex(?:<[^()]*>)?\(\s*['\"`]\w",),
    asks=(r"\b(?:knex|db|trx|transaction)\w*(?:<[^()]*>)?\(|\.(?:from|into|table|raw|insert|select)\(",),
)
