"""The arguments of bubblewrap (``bwrap``) that make a sandbox."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from verifier.run.sandbox.layout import Operation

NEEDED = ("--as-pid-1", "--clearenv", "--perms", "--remount-ro")  # all of them since 0.5
_SIMPLE = {
    "read": "--ro-bind", "write": "--bind", "link": "--symlink", "proc": "--proc", "dev": "--dev",
    "seal": "--remount-ro",
}  # fmt: skip


def arguments(
    program: str,
    options: str,
    operations: Sequence[Operation],
    *,
    network: bool,
    user: tuple[int, int] | None,
    environment: dict[str, str],
) -> tuple[list[str], list[int]]:
    """The command line up to what is to run inside, and the open files that it reads from.

    Args:
        program: where ``bwrap`` is.
        options: what ``bwrap --help`` says: older versions cannot limit a file system in memory, nor forbid further
            user namespaces.
        network: leave the host's network.
        user: who it is inside; None to stay root, which needs no user namespace.
        environment: of what runs inside.
    """
    line = [program, "--die-with-parent", "--as-pid-1", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    line += ["--unshare-cgroup-try", "--hostname", "buttress", "--clearenv"]
    if not network:
        line.append("--unshare-net")
    if user is not None:
        line += ["--unshare-user", "--uid", str(user[0]), "--gid", str(user[1])]
        if "--disable-userns" in options:
            line.append("--disable-userns")
    for name, value in environment.items():
        line += ["--setenv", name, value]
    files: list[int] = []
    for kind, *rest in operations:
        if kind == "tmpfs":
            size, _, mode, place = rest
            line += ["--perms", mode, *(["--size", size] if "--size" in options else []), "--tmpfs", place]
        elif kind == "text":
            files.append(_file(rest[0]))
            line += ["--perms", "0644", "--file", str(files[-1]), rest[1]]
        elif kind == "folder":
            line += ["--perms", rest[0], "--dir", rest[1]]
        else:
            line += [_SIMPLE[kind], *rest]
    return [*line, "--chdir", "/"], files


def _file(text: str) -> int:
    """An open file with a short text to read."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        file.seek(0)
        return os.dup(file.fileno())
