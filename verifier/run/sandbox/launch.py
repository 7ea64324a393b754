"""From a job and a rung to a command line, and to the order that the supervisor gets."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from msgspec import Struct

from verifier.run.sandbox import bubblewrap, kernel, ladder, layout, watch
from verifier.run.sandbox.job import MEGABYTE, REPOSITORY, Job
from verifier.run.sandbox.ladder import Refusal, Rung

_BOOTSTRAP = "import sys; sys.path.append({folder!r}); import inside; inside.bootstrap({control})"
_ORDINARY = (1000, 1000)
_MORE_PROCESSES = 16  # than the limit, so that who looks can see that it was reached
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
_HOST_SETTINGS = ("/etc/hosts", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/resolv.conf")


class Launch(Struct, frozen=True):
    """What is to be started.

    Attributes:
        command: the command line.
        environment: of the supervisor, which hands none of it on.
        order: what the supervisor is told first.
        files: open files that are inherited.
        made: those of them that were opened for this, and are to be closed here afterwards.
        depth: how many generations below the started process the supervisor is.
    """

    command: list[str]
    environment: dict[str, str]
    order: dict[str, Any]
    files: list[int]
    made: list[int]
    depth: int


class Places(Struct, frozen=True):
    """Where things are for those inside."""

    folder: str
    temporary: str
    home: str


def places(job: Job, rung: Rung, room: Path | None) -> Places:
    """``room`` is a folder of the host, where the sandbox has no file system of its own."""
    if room is None:
        return Places(REPOSITORY, "/tmp", layout.HOME)
    temporary = str(room / "tmp")
    return Places(str(job.workplace or room / "repository"), temporary, f"{temporary}/home")


def prepare(
    job: Job, rung: Rung, where: Places, room: Path | None, *, control: int, log: int, listeners: list[tuple[int, int]]
) -> Launch:
    """Work out what is to be started.

    Args:
        control, log: open files for the supervisor's wire and for what the project writes.
        listeners: open sockets of the host, and the ports inside that they are for.

    Raises:
        Refusal: the job asks for something that this sandbox cannot show.
    """
    namespaces = rung.level == "user namespaces"
    user = None if rung.become else _ORDINARY
    operations = layout.layout(job, rung.become or _ORDINARY) if rung.own_files else []
    order: dict[str, Any] = {
        "parent": os.getpid() if rung.level != "bubblewrap" and kernel.AVAILABLE else None,
        "own_processes": rung.own_files,
        "own_files": rung.own_files,
        "namespaces": _namespaces(job, user) if namespaces else 0,
        "map": [_ORDINARY[0], os.geteuid(), _ORDINARY[1], os.getegid()] if namespaces and user else None,
        "mounts": operations if namespaces else [],
        "log": log,
        "into": listeners,
        "out": list(job.forwards_out),
        "become": rung.become,
        "read_all": rung.read_all,
        "own_user": rung.own_files,
        "confined": rung.level != "none",
        "landlock": _landlock(job, rung, where),
        "datagrams": rung.own_files or job.network,
        "source": _source(job, rung),
        "room": None if room is None else str(room),
        "folder": where.folder,
        "folders": [] if rung.own_files else [where.temporary, where.home],
        "skip": sorted({*job.leave_out, *_shown_below(job)}),
        "links": [] if rung.own_files else _links(job, rung, where),
        "watched": ["/tmp", "/dev/shm", REPOSITORY] if rung.own_files else [str(room)],
        "cwd": _cwd(job, where),
        "command": list(job.command),
        "environment": _environment(job, rung, where),
        "limits": {
            "processes": job.limits.processes + _MORE_PROCESSES + _others(rung),
            "processor": job.limits.processor_seconds,
            "file": job.limits.file_mb * MEGABYTE,
            "disk": job.limits.disk_mb * MEGABYTE,
            "files": job.limits.files,
            "open_files": job.limits.open_files,
        },
    }
    if rung.own_files and rung.become:
        order["folders"] = [where.home]
    if not rung.own_files and job.workplace is not None:
        order["watched"].append(str(job.workplace))
    made: list[int] = []
    files = [control, log, *(file for file, _ in listeners)]
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    code = layout.CODE if rung.level == "bubblewrap" else str(layout.code_folder())
    command = [layout.interpreter(), "-I", "-S", "-X", "utf8", "-c", _BOOTSTRAP.format(folder=code, control=control)]
    if rung.level == "bubblewrap":
        program = ladder.bubblewrap_program() or "bwrap"
        options = ladder.bubblewrap_options()
        line, more = bubblewrap.arguments(
            program, options, operations, network=job.network, user=user, environment=environment
        )
        command = [*line, "--", *command]
        made = more
    return Launch(command, environment, order, [*files, *made], made, 1 if rung.own_files else 0)


def _namespaces(job: Job, user: tuple[int, int] | None) -> int:
    flags = kernel.NEW_MOUNTS | kernel.NEW_PID | kernel.NEW_IPC | kernel.NEW_UTS
    return flags | (0 if job.network else kernel.NEW_NETWORK) | (kernel.NEW_USER if user else 0)


def _source(job: Job, rung: Rung) -> str | None:
    if job.source is None:
        return None
    return layout.SOURCE if rung.own_files else str(job.source.resolve())


def _cwd(job: Job, where: Places) -> str:
    below = re.sub(rf"^{REPOSITORY}(?=/|$)", where.folder, job.cwd)
    return os.path.normpath(Path(where.folder, below))


def _environment(job: Job, rung: Rung, where: Places) -> dict[str, str]:
    usual = {"HOME": where.home, "PATH": layout.search_path()}
    if not rung.own_files:
        usual["TMPDIR"] = where.temporary
    return {**usual, **job.environment}


def _shown_below(job: Job) -> list[str]:
    """What of the project's copy is covered by something that is shown there."""
    prefix = REPOSITORY + "/"
    shown = (*job.read_only.values(), *job.writable.values())
    return [inside.removeprefix(prefix).rstrip("/") for inside in shown if inside.startswith(prefix)]


def _links(job: Job, rung: Rung, where: Places) -> list[tuple[str, str]]:
    """Links in the copy of the project, for what would be shown there."""
    links = []
    for outside, inside in (*job.read_only.items(), *job.writable.items()):
        if inside.startswith(REPOSITORY + "/"):
            links.append((os.path.realpath(outside), where.folder + inside.removeprefix(REPOSITORY).rstrip("/")))
        elif os.path.normpath(inside) != os.path.normpath(outside):
            raise Refusal(
                f"{outside} cannot be shown as {inside} with the sandbox level {rung.level!r}, which has no file "
                "system of its own; install bubblewrap, or allow user namespaces."
            )
    return links


def _landlock(job: Job, rung: Rung, where: Places) -> dict[str, Any] | None:
    version = kernel.landlock_version()
    if rung.own_files:
        # The network of the host brings its abstract sockets with it, such as those of a desktop.
        return {"read": None} if job.network and version >= 6 else None
    if rung.level != "landlock":
        return None
    system = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/proc"]
    ports = sorted({*job.forwards_in.values(), *job.forwards_out})
    return {
        "read": [
            *system, *layout.SETTINGS, *layout.CERTIFICATES, *_HOST_SETTINGS, *layout.tools(), layout.interpreter(),
            *job.read_only,
        ],
        "write": [where.folder, where.temporary, *job.writable],
        "devices": list(_DEVICES),
        "bind": None if job.network else sorted(set(job.forwards_in.values())),
        "connect": None if job.network else ports,
    }  # fmt: skip


def _others(rung: Rung) -> int:
    """How many processes and threads the kernel counts for the same user beside those of the job."""
    release = tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])
    if not kernel.AVAILABLE or (rung.own_files and release >= (5, 14)):
        return 0
    return watch.tasks_of(rung.become[0] if rung.become else os.geteuid())
