"""The mutants of all backends."""

from tests.mutants.catalogue import aiohttp, django, django_orm, express, fastapi, fastify, flask, hono, koa
from tests.mutants.catalogue.mutant import DATABASES, DatabaseKind, Mutant, Symptom

MUTANTS = tuple(
    mutant
    for room in (flask, fastapi, aiohttp, django, django_orm, express, fastify, hono, koa)
    for mutant in room.MUTANTS
)

__all__ = ["DATABASES", "MUTANTS", "DatabaseKind", "Mutant", "Symptom"]
