"""What is to run in a sandbox, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

REPOSITORY = "/repository"
MEGABYTE = 1 << 20


class Limits(Struct, frozen=True):
    """How much a job may take.

    Attributes:
        memory_mb: of all its processes together. They are all killed beyond it.
        processes: processes and threads at one time. They are all killed when there are as many; the kernel makes no
            more, so that the machine does not suffer meanwhile.
        processor_seconds: of each process.
        file_mb: the size of each file.
        disk_mb: for the copy of the project, and as much again for /tmp. With its own file system, the disk is full
            beyond it; without, everything is killed.
        files: how many files and folders there may be in either.
        open_files: of each process.
        log_head_mb, log_tail_mb: how much of the beginning and of the end of the log is kept.
    """

    memory_mb: int = 1024
    processes: int = 512
    processor_seconds: int = 600
    file_mb: int = 256
    disk_mb: int = 512
    files: int = 200_000
    open_files: int = 4096
    log_head_mb: float = 4
    log_tail_mb: float = 1


class Job(Struct, frozen=True, kw_only=True):
    """A command of the project, and what it gets to see.

    Inside, paths are those of the sandbox: the system's programs, /tmp, /proc, the copy of the project, and the
    folders named here. Where the sandbox has no file system of its own (``Rung.own_files``), inside and outside are
    the same, and only the copy of the project lies elsewhere: ask ``Process.folder``, or name a ``workplace``.

    Attributes:
        command: the program, looked up in the PATH of ``environment``, and its arguments.
        log: the file that gets what the command writes to its standard output and error.
        environment: the whole of it. Only HOME, PATH and, where /tmp is the host's, TMPDIR are added where missing.
        source: the folder to copy to /repository; None for an empty one.
        leave_out: paths below the source, with ``/``, that are not copied. Nor is what something is shown in place of.
        cwd: where the command starts, from the copy of the project, or absolute.
        read_only: files and folders of the host that are shown inside: the host's path and the path inside.
        writable: likewise, and may be written. As root, the folder itself is given to the unprivileged user.
        network: whether it gets the host's network. Only what installs needs it.
        forwards_in: sockets to be made on the host, and the port inside (on 127.0.0.1) that a connection goes to. One
            that is refused inside is accepted and closed at once.
        forwards_out: ports inside (on 127.0.0.1), and where a connection goes on the host: the path of a socket, or
            ``host:port``.
        hosts: more names for 127.0.0.1.
        workplace: an empty folder for the copy of the project where the sandbox has no file system of its own, kept
            afterwards; None for a temporary one.
    """

    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = {}
    source: Path | None = None
    leave_out: frozenset[str] = frozenset()
    cwd: str = "."
    read_only: Mapping[str, str] = {}
    writable: Mapping[str, str] = {}
    network: bool = False
    forwards_in: Mapping[str, int] = {}
    forwards_out: Mapping[int, str] = {}
    hosts: tuple[str, ...] = ()
    limits: Limits = Limits()
    workplace: Path | None = None


class Exit(Struct, frozen=True):
    """How a command ended: with an exit status, or by a signal."""

    code: int | None
    signal: int | None = None
