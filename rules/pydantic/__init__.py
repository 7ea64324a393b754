"""pydantic: what becomes JSON of its models."""

from __future__ import annotations

from verifier.api import Pack

from ._demands import checks, demands
from ._dumps import shows
from ._made import FUNCTIONS
from ._models import cased

PACK = Pack(
    packages=("pydantic", "sqlmodel"),
    functions={
        **FUNCTIONS,
        "pydantic.alias_generators.to_camel": cased,
        "pydantic.alias_generators.to_pascal": cased,
    },
    watches=(r"pydantic(?:\.main)?\.BaseModel\.(?:model_validate|parse_obj|from_orm)",),
    shows=shows,
    demands=demands,
    checks=checks,
)
