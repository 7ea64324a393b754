"""What keeps a server from starting."""

from __future__ import annotations

from verifier.api import Call, Pack, Unknown, Value, binds


def serve(call: Call) -> Value:
    """``uvicorn.run(app, host=...)``, ``uvicorn.Config(...)``."""
    binds(call, call.argument(1, "host"), "uvicorn", "127.0.0.1")
    return Unknown("what a server gives when it ends")


PACK = Pack(starting_functions={"uvicorn.run": serve, "uvicorn.Config": serve})
