"""marshmallow: what its schemas demand, and what they make of an object."""

from __future__ import annotations

from verifier.api import Pack

from ._schemas import checks, demands, shows

PACK = Pack(
    language="python",
    packages=("marshmallow", "flask_marshmallow"),
    demands=demands,
    checks=checks,
    shows=shows,
)
