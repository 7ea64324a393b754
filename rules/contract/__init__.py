"""The API's surface against its OpenAPI contract."""

from __future__ import annotations

from verifier.api import Pack

PACK = Pack(constraint="contract")
