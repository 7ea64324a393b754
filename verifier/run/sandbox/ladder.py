"""Which sandbox this machine can make, by trying."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

from msgspec import Struct

from verifier.run.record import SandboxLevel
from verifier.run.sandbox import bubblewrap, kernel, layout

ORDER: tuple[SandboxLevel, ...] = ("bubblewrap", "user namespaces", "landlock")

# As root, the project becomes this user. No distribution hands the number out; a cache that one run leaves behind can
# be used by the next.
UNPRIVILEGED = (61000, 61000)

_APPARMOR = "kernel.apparmor_restrict_unprivileged_userns"


class Refusal(Exception):  # noqa: N818
    """No sandbox can be made, or not this one. The text is one sentence that names the cause and the way out."""


class Rung(Struct, frozen=True):
    """A way to keep the project's code in, which was tried on this machine.

    Attributes:
        level: its name.
        degraded: sentences: what this level does not keep in, and why no better one was taken.
        become: as root, the user and group that the project becomes; None to stay who this is.
        read_all: whether the project keeps root's right to read, because root's own folders hold its interpreter.
    """

    level: SandboxLevel
    degraded: tuple[str, ...] = ()
    become: tuple[int, int] | None = None
    read_all: bool = False

    @property
    def own_files(self) -> bool:
        """Whether inside there is a file system, a network and a table of processes apart from the host's."""
        return self.level in ("bubblewrap", "user namespaces")


def choose(wanted: SandboxLevel | None = None, *, unsafe: bool = False) -> Rung:
    """The best sandbox that works here: bubblewrap, user namespaces, Landlock, tried in this order, once a process.

    Args:
        wanted: only this one.
        unsafe: run without any where none can be made; the level "none" needs it.

    Raises:
        Refusal: none works, or not the one that is wanted.
    """
    if sys.platform == "win32":
        raise Refusal("The project's code is not run on Windows; use Linux, or the Windows Subsystem for Linux.")
    if wanted == "none" and not unsafe:
        raise Refusal("To run the project's code without a sandbox, with your own rights, say --unsafe-no-sandbox.")
    reasons: list[str] = []
    for level in () if wanted == "none" else ORDER if wanted is None else (wanted,):
        outcome = attempt(level)
        if isinstance(outcome, Rung):
            return Rung(outcome.level, (*reasons, *outcome.degraded), outcome.become, outcome.read_all)
        reasons.append(outcome)
    if unsafe and wanted in (None, "none"):
        return _without(tuple(reasons))
    causes = " ".join(reasons)
    raise Refusal(
        f"The project's code is not run, because it cannot be kept in: {_joined(causes)}; "
        "--unsafe-no-sandbox runs it with your own rights instead."
    )


def _joined(sentences: str) -> str:
    """Several sentences as parts of one."""
    return sentences.rstrip(".").replace(". ", "; ")


_trying = threading.Lock()


def attempt(level: SandboxLevel) -> Rung | str:
    """The level, if it works here, or a sentence that says why not. It is found out once."""
    with _trying:
        return _attempt(level)


@cache
def _attempt(level: SandboxLevel) -> Rung | str:
    from verifier.run.sandbox import trial

    if sys.platform != "linux":
        return "Only Linux has what keeps it in."
    if not kernel.AVAILABLE:
        return f"This processor ({os.uname().machine}) is not supported."
    made = {"bubblewrap": _bubblewrap, "user namespaces": _namespaces, "landlock": _landlock}[level]()
    if isinstance(made, str):
        return made
    problem = trial.of(made)
    return made if problem is None else f"{_NAMES[level]} does not work here: {_cause(problem)}."


_NAMES: dict[SandboxLevel, str] = {
    "bubblewrap": "Bubblewrap", "user namespaces": "A sandbox of user namespaces", "landlock": "Landlock",
}  # fmt: skip


def _bubblewrap() -> Rung | str:
    if bubblewrap_program() is None:
        return "Bubblewrap (the program bwrap) is not installed."
    missing = [option for option in bubblewrap.NEEDED if option not in bubblewrap_options()]
    if missing:
        return f"Bubblewrap is too old here: it lacks {', '.join(missing)}."
    degraded = []
    if "--size" not in bubblewrap_options():
        degraded.append("This bubblewrap is older than 0.8: a full disk is noticed only by looking, twice a second.")
    return Rung("bubblewrap", tuple(degraded), _other_user())


def _namespaces() -> Rung | str:
    return Rung("user namespaces", (), _other_user())


def _landlock() -> Rung | str:
    version = kernel.landlock_version()
    if version < 1:
        return "This kernel has no Landlock, or does not allow it."
    degraded = [
        "Landlock keeps no processes apart: the project can see the command lines of all processes of this machine.",
        "It has the host's /etc/hosts: other names than localhost, such as postgres, mean there what they mean here.",
        "Its ports are ports of this machine: a server of the project can be reached from the network.",
        "Its disk is the host's: how much it takes is only looked at, twice a second.",
    ]
    if os.geteuid() != 0:
        degraded.append("The project can see which files there are, and change the permissions and times of yours.")
    if version >= 4:
        degraded.append("It can connect to the ports that it is offered at other addresses too.")
    else:
        degraded.append("This kernel's Landlock knows no network: the project can connect to anywhere by TCP.")
    if version < 6:
        degraded.append("This kernel's Landlock knows no signals: the project can end other processes of its user.")
    if version < 3:
        degraded.append("This kernel's Landlock knows no truncation: the project can empty files that are yours.")
    become, read_all, more = _other_user_on_the_host()
    return Rung("landlock", (*degraded, *more), become, read_all)


def _without(reasons: tuple[str, ...]) -> Rung:
    become, read_all, more = _other_user_on_the_host()
    whose = "your rights" if become is None else "the rights of an unprivileged user"
    degraded = f"There is no sandbox: the project's code runs with {whose}, and files and network are open to it."
    return Rung("none", (*reasons, degraded, *more), become, read_all)


# Users


def _mapped(user: int) -> bool:
    """Whether this user exists in the user namespace of this process."""
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    except OSError:
        return True
    spans = [tuple(map(int, line.split())) for line in lines]
    return any(first <= user < first + count for first, _, count in spans)


def _other_user() -> tuple[int, int] | None:
    """Who the project becomes, where this is root and can become somebody else."""
    return UNPRIVILEGED if os.geteuid() == 0 and _mapped(UNPRIVILEGED[0]) and _has(kernel.CAP_SETUID) else None


def _other_user_on_the_host() -> tuple[tuple[int, int] | None, bool, tuple[str, ...]]:
    if os.geteuid() != 0 or not kernel.AVAILABLE:
        return None, False, ()
    user = _other_user()
    if user is None:
        return None, False, ("It stays root, because this root cannot become anybody else.",)
    closed = [path for path in (layout.interpreter(), *layout.tools()) if not _open_to_all(Path(path))]
    if not closed:
        return user, False, ()
    if _has(kernel.CAP_DAC_READ_SEARCH):
        where = Path(closed[0])
        return user, True, (f"It may read whatever root may, as far as it may read at all: {where} is root's alone.",)
    return None, False, (f"It stays root, because no other user can read {closed[0]}.",)


def _open_to_all(path: Path) -> bool:
    try:
        return all(place.stat().st_mode & 0o001 for place in path.resolve().parents)
    except OSError:
        return False


def _has(capability: int) -> bool:
    try:
        return bool(kernel.held_capabilities() >> capability & 1)
    except OSError:
        return False


# Causes


@cache
def bubblewrap_program() -> str | None:
    return shutil.which("bwrap")


@cache
def bubblewrap_options() -> str:
    """What ``bwrap --help`` says."""
    program = bubblewrap_program()
    if program is None:
        return ""
    try:
        said = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout + said.stderr


def _setting(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return None


def _cause(problem: str) -> str:
    """What is likely behind a refusal of the kernel."""
    problem = problem.split(" See <")[0].strip().rstrip(".")
    texts = [os.strerror(number) for number in (errno.EPERM, errno.EACCES, errno.ENOSPC, errno.EINVAL)]
    if not any(text in problem for text in (*texts, "No permissions to create new namespace")):
        return problem
    if _setting(f"/proc/sys/{_APPARMOR.replace('.', '/')}") == "1":
        return (
            f"AppArmor keeps user namespaces from programs without a profile ({_APPARMOR}=1; "
            f"`sudo sysctl -w {_APPARMOR}=0`, or a profile for /usr/bin/bwrap, allows them): {problem}"
        )
    if _setting("/proc/sys/kernel/unprivileged_userns_clone") == "0":
        return f"the system allows user namespaces to root only (kernel.unprivileged_userns_clone=0): {problem}"
    if _setting("/proc/sys/user/max_user_namespaces") == "0":
        return f"the system allows no user namespaces (user.max_user_namespaces=0): {problem}"
    if _in_container():
        return f"the container that this runs in allows no namespaces: {problem}"
    return problem


def _in_container() -> bool:
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))
