"""Knex: migrations that build tables by functions, run in the order of their names."""

from __future__ import annotations

from verifier.api import Pack

PACK = Pack(
    language="javascript", packages=("knex", "objection", "@fastify/knex", "fastify-knexjs"), models="_migrations:read"
)
