"""Alembic: migrations, run in the order of their revisions on a schema that starts out empty."""

from __future__ import annotations

from verifier.api import Pack

from ._inspecting import INSPECTING
from ._operations import FUNCTIONS, Batch

PACK = Pack(
    language="python",
    packages=("alembic",),
    objects=(Batch,),
    functions={**FUNCTIONS, **INSPECTING},
    models="_revisions:read",
)
