"""Calls of the Linux kernel that Python 3.11 has no function for, by ctypes.

This file is loaded by the supervisor too, which runs with nothing but the standard library. Every function raises
``OSError`` with the name of the call where the kernel refuses; on another system the module can be imported, and
``AVAILABLE`` is false.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AVAILABLE = sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64")

NEW_MOUNTS, NEW_CGROUP, NEW_UTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NETWORK = (
    0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
READ_ONLY, NO_SUID, NO_DEVICES, NO_PROGRAMS, REMOUNT = 1, 2, 4, 8, 32
BIND, RECURSIVE, PRIVATE = 4096, 16384, 1 << 18

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_KILL, CAP_SETUID = 1, 2, 3, 5, 7

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 1, 4, 8, 22, 24
_PR_SET_SECUREBITS, _NO_SETUID_FIXUP = 28, 1 << 2
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT, _MOUNT_SETATTR = 444, 445, 446, 442

_ARM = AVAILABLE and os.uname().machine == "aarch64"
_PIVOT_ROOT = 41 if _ARM else 155

_libc: Any = ctypes.CDLL(None, use_errno=True) if AVAILABLE else None


def _done(result: Any, name: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return int(result)


def _prctl(name: str, option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    _done(_libc.prctl(option, *padded), name)


def _syscall(name: str, number: int, *arguments: object) -> int:
    return _done(_libc.syscall(ctypes.c_long(number), *arguments), name)


# Processes


def die_with_parent(signal: int) -> None:
    """Have this process get ``signal`` when the thread that started it ends. Changing its user undoes that."""
    _prctl("prctl(PR_SET_PDEATHSIG)", _PR_SET_PDEATHSIG, signal)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent ends."""
    _prctl("prctl(PR_SET_CHILD_SUBREAPER)", _PR_SET_CHILD_SUBREAPER, 1)


def hide_memory() -> None:
    """Let no other process of this user trace this one or read its memory."""
    _prctl("prctl(PR_SET_DUMPABLE)", _PR_SET_DUMPABLE, 0)


def show_memory() -> None:
    """Undo ``hide_memory``, or what a change of user did: /proc/self belongs to this user again."""
    _prctl("prctl(PR_SET_DUMPABLE)", _PR_SET_DUMPABLE, 1)


def no_new_privileges() -> None:
    """Let no program that is started from here gain rights, whatever bits its file carries."""
    _prctl("prctl(PR_SET_NO_NEW_PRIVS)", _PR_SET_NO_NEW_PRIVS, 1)


# Users and capabilities


def become(uid: int, gid: int, *, keep: int | None = None) -> None:
    """Be another user for good, without groups. ``keep`` is a capability that survives, also in started programs."""
    os.setgroups([])
    if keep is not None:
        _prctl("prctl(PR_SET_KEEPCAPS)", _PR_SET_KEEPCAPS, 1)
        with contextlib.suppress(OSError):  # without, access() takes no account of what is kept, though open() does
            _prctl("prctl(PR_SET_SECUREBITS)", _PR_SET_SECUREBITS, _NO_SETUID_FIXUP | _NO_SETUID_FIXUP << 1)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if keep is not None:
        _set_capabilities(1 << keep)
        _prctl("prctl(PR_CAP_AMBIENT)", _PR_CAP_AMBIENT, 2, keep)


def keep_capabilities(*capabilities: int) -> None:
    """Give up every capability but these, as far as they are held; in the bounding set too, for good."""
    wanted = sum(1 << capability for capability in capabilities) & held_capabilities("CapPrm")
    try:
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    except (OSError, ValueError):
        last = 63
    for capability in range(last + 1):
        if not wanted >> capability & 1:
            try:
                _prctl("prctl(PR_CAPBSET_DROP)", _PR_CAPBSET_DROP, capability)
            except OSError as error:
                if error.errno == errno.EPERM:
                    break  # without CAP_SETPCAP the bounding set stays; ``no_new_privileges`` makes it worthless
                if error.errno != errno.EINVAL:
                    raise
    if not wanted:
        _prctl("prctl(PR_CAP_AMBIENT)", _PR_CAP_AMBIENT, 4)
    _set_capabilities(wanted)


def held_capabilities(kind: str = "CapEff") -> int:
    """The capabilities of this process, as bits."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1], 16)
    return 0


def _set_capabilities(mask: int) -> None:
    header = struct.pack("=Ii", 0x20080522, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    data = struct.pack("=6I", low, low, low, high, high, high)
    _done(_libc.capset(header, data), "capset")


def map_ids(inside: int, outside: int, inside_group: int, outside_group: int) -> None:
    """Give this process's new user namespace its one user and its one group."""
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{inside} {outside} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{inside_group} {outside_group} 1", encoding="ascii")


# Namespaces and mounts


def unshare(flags: int) -> None:
    _done(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    result = _libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    _done(result, f"mount({target})")


def make_read_only(target: str) -> None:
    """Make what is mounted there read-only, with everything below it, and without devices and set-user-id bits."""
    attributes = struct.pack("=4Q", 1 | 2 | 4, 0, 0, 0)
    at_recursive, here = 0x8000, -100
    _syscall(
        f"mount_setattr({target})", _MOUNT_SETATTR, ctypes.c_int(here), os.fsencode(target),
        ctypes.c_uint(at_recursive), attributes, ctypes.c_size_t(len(attributes)),
    )  # fmt: skip


def pivot_root(new: str, old: str) -> None:
    _syscall("pivot_root", _PIVOT_ROOT, os.fsencode(new), os.fsencode(old))


def detach(target: str) -> None:
    _done(_libc.umount2(os.fsencode(target), ctypes.c_int(2)), f"umount2({target})")


def loopback_up() -> None:
    """Bring up the loopback device of this process's network namespace."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, 0x8914, struct.pack("16sh14x", b"lo", 1 | 64))  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING


# Landlock

_FILE_RIGHTS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # execute, write, read, truncate, ioctl on a device
_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, read a folder
_DEVICE = 1 << 1 | 1 << 2 | 1 << 15


def landlock_version() -> int:
    """What this kernel's Landlock can do; 0 where there is none. 4 knows TCP ports, 6 knows signals."""
    if not AVAILABLE:
        return 0
    try:
        return _syscall("landlock_create_ruleset", _LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    except OSError:
        return 0


def landlock(
    read: Sequence[str] | None,
    write: Sequence[str] = (),
    devices: Sequence[str] = (),
    bind: Sequence[int] | None = None,
    connect: Sequence[int] | None = None,
) -> None:
    """Restrict this process and its descendants for good. ``no_new_privileges`` must have been called.

    From version 6 on, signals and abstract sockets of processes outside are out of reach whatever the arguments.

    Args:
        read: files and folders that may be read and executed, with everything below; None to restrict no files.
        write: folders in which everything may be done.
        devices: files that may be read and written.
        bind: TCP ports that may be listened on; None for all.
        connect: TCP ports of any address that may be connected to; None for all.
    """
    version = landlock_version()
    known = 13 if version < 2 else 14 if version < 3 else 15 if version < 5 else 16
    files = (1 << known) - 1 if read is not None else 0
    network = 0
    if version >= 4:
        network = (1 if bind is not None else 0) | (2 if connect is not None else 0)
    scopes = 3 if version >= 6 else 0  # abstract sockets, signals
    attributes = struct.pack("=3Q", files, network, scopes)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    rules = _syscall(
        "landlock_create_ruleset", _LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0)
    )
    try:
        for paths, rights in ((read or (), _READ), (write, files), (devices, _DEVICE)):
            for path in paths:
                _allow_path(rules, path, rights & files)
        for ports, right in ((bind, 1), (connect, 2)):
            for port in ports or () if network & right else ():
                rule = struct.pack("=2Q", right, port)
                _syscall(
                    "landlock_add_rule", _LANDLOCK_ADD, ctypes.c_int(rules), ctypes.c_int(2), rule, ctypes.c_uint(0)
                )
        _syscall("landlock_restrict_self", _LANDLOCK_RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    finally:
        os.close(rules)


def _allow_path(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no permission
    try:
        if not os.path.isdir(path):  # noqa: PTH112
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, place)
        _syscall("landlock_add_rule", _LANDLOCK_ADD, ctypes.c_int(rules), ctypes.c_int(1), rule, ctypes.c_uint(0))
    finally:
        os.close(place)


# seccomp

_AUDIT_ARCHITECTURE = 0xC00000B7 if _ARM else 0xC000003E
_NUMBERS = {  # x86_64, aarch64
    "socket": (41, 198), "clone": (56, 220), "clone3": (435, 435), "prlimit64": (302, 261),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "memfd_create": (319, 279), "shmget": (29, 194),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "bpf": (321, 280), "userfaultfd": (323, 282), "perf_event_open": (298, 241), "open_by_handle_at": (304, 265),
}  # fmt: skip
_CALLS = {name: numbers[_ARM] for name, numbers in _NUMBERS.items()}

# No filter sees what io_uring does, none can read the flags of clone3, and nothing counts the memory that the other
# two fill without mapping it. Libraries do without what a kernel does not have.
_ABSENT = ("io_uring_setup", "io_uring_enter", "io_uring_register", "clone3", "memfd_create", "shmget")
_REFUSED = (
    "unshare", "setns", "mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
    "fspick", "mount_setattr", "keyctl", "add_key", "request_key", "bpf", "userfaultfd", "perf_event_open",
    "open_by_handle_at",
)  # fmt: skip
_REFUSED_AMONG_OTHERS = ("semget", "msgget", "mq_open")


def filter_calls(*, apart: bool, datagrams: bool) -> None:
    """Refuse the system calls that open ways around namespaces, Landlock and limits, for good.

    Sockets are local, TCP and netlink only, besides what the arguments allow: the virtual machine's own family
    (AF_VSOCK) is in no namespace, and Landlock knows neither UDP nor MPTCP. ``no_new_privileges`` must have been
    called.

    Args:
        apart: this process has its own file system and processes. Else it gets no local sockets, which reach every
            socket file that can be seen; no System V and POSIX queues; and other processes' limits stay as they are.
        datagrams: allow UDP.
    """
    load, equal, above, bits, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, fail = 0x7FFF0000, 0x00050000

    def argument(index: int) -> tuple[int, int, int, int]:
        return (load, 0, 0, 16 + 8 * index)  # the low half: both machines are little-endian

    def refuse(number: int, error: int) -> list[tuple[int, int, int, int]]:
        return [(equal, 0, 1, number), (answer, 0, 0, fail | error)]

    program = [(load, 0, 0, 4), (equal, 1, 0, _AUDIT_ARCHITECTURE), (answer, 0, 0, fail | errno.EPERM), (load, 0, 0, 0)]
    if not _ARM:
        program += [(above, 0, 1, 0x40000000), (answer, 0, 0, fail | errno.ENOSYS)]
    for name in _ABSENT:
        program += refuse(_CALLS[name], errno.ENOSYS)
    for name in (*_REFUSED, *(() if apart else _REFUSED_AMONG_OTHERS)):
        program += refuse(_CALLS[name], errno.EPERM)
    if not apart:
        of_another = [argument(0), (equal, 1, 0, 0), (answer, 0, 0, fail | errno.EPERM), (answer, 0, 0, allow)]
        program += [(equal, 0, len(of_another), _CALLS["prlimit64"]), *of_another]
    program += [
        (equal, 0, 4, _CALLS["clone"]), argument(0), (bits, 0, 1, NEW_USER), (answer, 0, 0, fail | errno.EPERM),
        (answer, 0, 0, allow),
    ]  # fmt: skip

    internet: list[tuple[int, int, int, int]] = [argument(1), (0x54, 0, 0, 0xF)]  # the type, without its flags
    stream = [
        argument(2),
        (equal, 1, 0, 0),
        (equal, 0, 1, 6),
        (answer, 0, 0, allow),
        (answer, 0, 0, fail | errno.EACCES),
    ]
    internet += [(equal, 0, len(stream), int(socket.SOCK_STREAM)), *stream]
    if datagrams:
        internet += [(equal, 0, 1, int(socket.SOCK_DGRAM)), (answer, 0, 0, allow)]
    internet += [(answer, 0, 0, fail | errno.EACCES)]
    families = [argument(0), (equal, 0, 1, 16), (answer, 0, 0, allow)]
    families += [(equal, 0, 1, 1), (answer, 0, 0, allow if apart else fail | errno.EACCES)]
    families += [(equal, 2, 0, 2), (equal, 1, 0, 10), (answer, 0, 0, fail | errno.EAFNOSUPPORT), *internet]
    program += [(equal, 0, len(families), _CALLS["socket"]), *families, (answer, 0, 0, allow)]

    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    text = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(program), ctypes.addressof(text))
    buffer = ctypes.create_string_buffer(header, len(header))
    _prctl("prctl(PR_SET_SECCOMP)", _PR_SET_SECCOMP, 2, ctypes.addressof(buffer))
