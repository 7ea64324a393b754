"""Becomes the project's command: what the supervisor's child does before it is the project's own.

Standard library only, as the supervisor itself.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from verifier.run.sandbox import kernel
else:
    import kernel


class Failed(Exception):  # noqa: N818
    """The command cannot be started. The text says why."""


def text(error: BaseException) -> str:
    """What an error says, without its number."""
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        return error.strerror + place
    return str(error)


def start(order: dict[str, Any]) -> int:
    """Start the command.

    Raises:
        Failed: it could not even be tried.
    """
    told, tell = os.pipe()
    process = os.fork()
    if not process:
        try:
            _become_command(order)
        except BaseException as error:
            os.write(tell, text(error).encode(errors="replace")[:4000])
        finally:
            os._exit(126)
    os.close(tell)
    with os.fdopen(told, "rb") as answer:
        problem = answer.read().decode(errors="replace")
    if problem:
        raise Failed(problem)
    return process


def _become_command(order: dict[str, Any]) -> NoReturn:
    limits = order["limits"]
    if kernel.AVAILABLE:
        kernel.show_memory()
    os.setsid()
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(order["log"], 1)
    os.dup2(order["log"], 2)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, limits["file"])
    _limit(resource.RLIMIT_NOFILE, limits["open_files"])
    _limit(resource.RLIMIT_CPU, limits["processor"], 5)
    if kernel.AVAILABLE:
        _give_up_rights(order)
    else:
        _limit(resource.RLIMIT_NPROC, limits["processes"])
    try:
        os.chdir(order["cwd"])
    except OSError as error:
        raise Failed(f"The command's folder cannot be entered: {text(error)}.") from error
    command: list[str] = order["command"]
    environment: dict[str, str] = order["environment"]
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        # As a shell would say it: to the project's own log, with the exit status that stands for it.
        os.write(2, f"buttress: {command[0]} cannot be started: {error.strerror}\n".encode(errors="replace"))
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def _limit(kind: int, value: int, more: int = 0) -> None:
    """Set a limit, and a hard one that lies ``more`` above it; an older, lower one stays."""
    _, most = resource.getrlimit(kind)
    hard = value + more if most == resource.RLIM_INFINITY else min(value + more, most)
    resource.setrlimit(kind, (min(value, hard), hard))


def _give_up_rights(order: dict[str, Any]) -> None:
    if order["become"]:
        uid, gid = order["become"]
        kernel.become(uid, gid, keep=kernel.CAP_DAC_READ_SEARCH if order["read_all"] else None)
        if order["own_user"]:
            # In a user namespace of its own, its processes are counted apart from all others of that user.
            kernel.show_memory()  # the change of user hid it
            with contextlib.suppress(OSError):
                kernel.unshare(kernel.NEW_USER)
                kernel.map_ids(uid, uid, gid, gid)
    _limit(resource.RLIMIT_NPROC, order["limits"]["processes"])
    if order["confined"]:
        kernel.keep_capabilities(*([kernel.CAP_DAC_READ_SEARCH] if order["read_all"] else []))
        kernel.no_new_privileges()
        wall = order["landlock"]
        if wall is not None:
            kernel.landlock(**wall)
        kernel.filter_calls(apart=order["own_files"], datagrams=order["datagrams"])
