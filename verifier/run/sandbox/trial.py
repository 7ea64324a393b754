"""Tries a sandbox out: does a command run in it, and is what must not be reached out of reach?"""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from verifier.run.sandbox.job import Job, Limits
from verifier.run.sandbox.ladder import Refusal, Rung

_SECONDS = 20.0

# Runs inside, with the interpreter of the supervisor.
_PROBE = """
import os, socket, sys
secret, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
found = []
try:
    open(secret).close()
    found.append("a file of the host can be read")
except OSError:
    pass
try:
    open(os.path.dirname(secret) + "/made", "w").close()
    found.append("a file can be made on the host")
except OSError:
    pass
try:
    socket.create_connection(("127.0.0.1", port), 2).close()
    found.append("a server on the host can be reached")
except OSError:
    pass
open(folder + "/made", "w").close()
with open("/proc/self/status") as about:
    if "NoNewPrivs:\\t1" not in about.read():
        found.append("programs inside may gain rights")
print("; ".join(found) or "kept in")
"""


def of(rung: Rung) -> str | None:
    """What is wrong with a sandbox; None where it keeps in what it must."""
    from verifier.run.sandbox import kernel, layout
    from verifier.run.sandbox.process import start

    with tempfile.TemporaryDirectory(prefix="buttress-") as made, socket.socket() as listener:
        folder = Path(made)
        folder.chmod(0o755)
        secret = folder / "secret"
        secret.write_text("secret", encoding="ascii")
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        knows_network = rung.own_files or kernel.landlock_version() >= 4
        port = listener.getsockname()[1] if knows_network else 1
        command = (layout.interpreter(), "-I", "-S", "-c", _PROBE, str(secret), str(port), ".")
        job = Job(command=command, log=folder / "log", limits=Limits(processor_seconds=10))
        try:
            with start(job, rung) as process:
                ended = process.wait(_SECONDS)
        except Refusal as refusal:
            return str(refusal).removeprefix("The sandbox cannot be made: ")
        said = (folder / "log").read_text(encoding="utf-8", errors="replace").strip()
    if ended is None:
        return f"a command did not end within {_SECONDS:.0f} seconds"
    if ended.code != 0:
        how = f"exit status {ended.code}" if ended.signal is None else f"signal {ended.signal}"
        return f"a command ended with {how}: {said[-300:]}"
    return None if said == "kept in" else said
