"""Knex: migrations that build tables by functions, run in the order of their names."""

from __future__ import annotations

from verifier.api import Pack

from ._migrations import read

PACK = Pack(language="javascript", packages=("knex", "objection", "@fastify/knex", "fastify-knexjs"), models=read)
