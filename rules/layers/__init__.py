"""The clean architecture, clause by clause, and layers that the user names."""

from __future__ import annotations

from verifier.api import Pack

PACK = Pack(constraint="architecture")
