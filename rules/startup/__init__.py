"""What keeps a server from starting."""

from __future__ import annotations

from verifier.api import Call, Instance, Pack, Unknown, Value, binds, listens, run_callbacks


def serve(call: Call) -> Value:
    """``uvicorn.run(app, host=..., port=...)``, ``uvicorn.Config(...)``."""
    elsewhere = call.argument(None, "uds") or call.argument(None, "fd")
    port = call.argument(2, "port") if elsewhere is None else Unknown("a socket")
    binds(call, call.argument(1, "host"), "uvicorn", "127.0.0.1", port=port, usual=8000)
    return Unknown("what a server gives when it ends")


def listen(call: Call) -> Value:
    """``http.createServer(...).listen(...)``."""
    listens(call, "Node's server")
    run_callbacks(call.engine, call)
    return Instance(path="http.Server", origin=call.origin)


MAKERS = ("createServer()", "Server()")
LISTEN = {f"{module}.{maker}.listen": listen for module in ("http", "https") for maker in MAKERS}
PACK = Pack(
    starting_functions={
        "uvicorn.run": serve,
        "uvicorn.Config": serve,
        "http.Server.listen": listen,
        **LISTEN,
    }
)
