"""Kysely: migrations that build tables by chains of calls, run in the order of their names."""

from __future__ import annotations

from verifier.api import Pack

from ._builder import FUNCTIONS

PACK = Pack(language="javascript", packages=("kysely",), functions=FUNCTIONS, models="_migrations:read")
