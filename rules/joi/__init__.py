"""Joi: what its schemas demand."""

from __future__ import annotations

from verifier.api import Pack

from ._schemas import checks, demands

PACK = Pack(language="javascript", packages=("joi", "@hapi/joi"), demands=demands, checks=checks)
