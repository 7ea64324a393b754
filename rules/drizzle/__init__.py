"""Drizzle: tables that are built in TypeScript, and the relations between them."""

from __future__ import annotations

from verifier.api import Pack

from ._tables import OBJECTS, PACKAGES

PACK = Pack(language="javascript", packages=PACKAGES, orm="drizzle", objects=OBJECTS, models="_models:read")
