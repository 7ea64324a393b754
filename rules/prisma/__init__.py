"""Prisma: models of schema files, which generate the client."""

from __future__ import annotations

from verifier.api import Pack

PACK = Pack(language="javascript", orm="prisma", models="_models:read")
