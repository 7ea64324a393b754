"""Makes the file system of a sandbox by system calls, as bubblewrap makes it from its arguments.

Loaded by the supervisor: standard library only. The operations are those of ``layout``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.run.sandbox import kernel
else:
    import kernel

_NODES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"}
_PLAIN = kernel.NO_SUID | kernel.NO_DEVICES
_HOST, _NEW = "/host", "/new"


def build(operations: list[list[str]]) -> None:
    """Carry the operations out in a new root, and move into it. The host's root is out of reach afterwards.

    Raises:
        OSError: the kernel refuses a mount; the text names it.
    """
    kernel.mount(None, "/", None, kernel.PRIVATE | kernel.RECURSIVE)
    # A bare root between the two: from it, links of the host cannot lead anywhere but into it.
    between = Path("/tmp")
    kernel.mount("tmpfs", str(between), "tmpfs", _PLAIN, "mode=0755,size=1m")
    for name in (_HOST, _NEW):
        (between / name[1:]).mkdir()
    os.chdir(between)
    kernel.pivot_root(".", _HOST[1:])
    os.chdir("/")
    kernel.mount("tmpfs", _NEW, "tmpfs", _PLAIN, "mode=0755,size=16m")
    for kind, *arguments in operations:
        if kind == "seal":
            kernel.mount(None, _NEW + arguments[0], None, kernel.REMOUNT | kernel.BIND | kernel.READ_ONLY | _PLAIN)
        else:
            _one(kind, arguments, Path(_NEW + arguments[-1]))
    os.chdir(_NEW)
    kernel.pivot_root(".", ".")  # what was the root lies on top of the new one now
    kernel.detach(".")
    os.chdir("/")


def _one(kind: str, arguments: list[str], place: Path) -> None:
    """Carry one operation out. The last argument is the place inside."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if kind in ("read", "write"):
        source = _HOST + arguments[0]
        if Path(source).is_dir():
            place.mkdir(exist_ok=True)
        elif not place.exists():  # it may be there, in a folder that is read-only already
            place.touch()
        kernel.mount(source, str(place), None, kernel.BIND | kernel.RECURSIVE)
        if kind == "read":
            kernel.make_read_only(str(place))
    elif kind == "tmpfs":
        size, files, mode = arguments[:3]
        place.mkdir(exist_ok=True)
        kernel.mount("tmpfs", str(place), "tmpfs", _PLAIN, f"mode={mode},size={size},nr_inodes={files}")
    elif kind == "link":
        place.symlink_to(arguments[0])
    elif kind == "text":
        place.write_text(arguments[0], encoding="utf-8")
        place.chmod(0o644)
    elif kind == "folder":
        place.mkdir(exist_ok=True)
        place.chmod(int(arguments[0], 8))
    elif kind == "proc":
        place.mkdir(exist_ok=True)
        kernel.mount("proc", str(place), "proc", _PLAIN | kernel.NO_PROGRAMS)
    elif kind == "dev":
        _devices(place)


def _devices(place: Path) -> None:
    place.mkdir(exist_ok=True)
    kernel.mount("tmpfs", str(place), "tmpfs", _PLAIN, "mode=0755,size=64k")
    for name in _NODES:
        (place / name).touch()
        kernel.mount(f"{_HOST}/dev/{name}", str(place / name), None, kernel.BIND)
    for name, target in _LINKS.items():
        (place / name).symlink_to(target)
    for name in ("pts", "shm"):
        (place / name).mkdir()
    options = "newinstance,ptmxmode=0666,mode=620"
    kernel.mount("devpts", str(place / "pts"), "devpts", kernel.NO_SUID | kernel.NO_PROGRAMS, options)
    (place / "ptmx").symlink_to("pts/ptmx")
