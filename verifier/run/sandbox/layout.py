"""What a sandbox with a file system of its own shows, as operations for bubblewrap or for ``mounts``.

Each operation is a list of texts. The last one is the place inside.

    read, write   the host's path (without links in it), shown read-only or to be written
    tmpfs         bytes, files, mode: an empty file system in memory
    text          the content of a file
    link          what it points to
    folder        its mode
    proc, dev     the processes of this sandbox; the usual devices
    seal          what was made there before becomes read-only, without what is mounted below
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

from verifier.run.sandbox.job import MEGABYTE, REPOSITORY, Job

CODE = "/.buttress/code"
SOURCE = "/.buttress/source"
HOME = "/tmp/home"

Operation = list[str]

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = (
    "/etc/alternatives", "/etc/ca-certificates", "/etc/ca-certificates.conf", "/etc/crypto-policies",
    "/etc/debian_version", "/etc/gai.conf", "/etc/host.conf", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types", "/etc/os-release", "/etc/protocols", "/etc/services",
    "/etc/timezone",
)  # fmt: skip
CERTIFICATES = (
    "/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/pki/ca-trust", "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs", "/etc/pki/tls/openssl.cnf",
)  # fmt: skip


def code_folder() -> Path:
    """Where the supervisor's own files are."""
    return Path(__file__).resolve().parent


def interpreter() -> str:
    """The Python that runs the supervisor: the one that runs this, without its virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def tools() -> list[str]:
    """The files and folders of the host that hold Python and Node, where they are not among the system's own."""
    found = [*_installed(interpreter(), Path(os.__file__).parent), sys.base_prefix, sys.base_exec_prefix]
    for name in ("node", "npm"):
        program = shutil.which(name)
        if program is not None:
            found += _installed(program)
    return [path for path in dict.fromkeys(found) if not _of_the_system(path) and not _broad(Path(path))]


def search_path() -> str:
    """Where programs are looked up inside, unless the job says otherwise."""
    folders = [str(Path(program).parent) for program in (interpreter(), shutil.which("node")) if program is not None]
    usual = ["/usr/local/bin", "/usr/bin", "/bin"]
    return ":".join([*dict.fromkeys(folder for folder in folders if folder not in usual), *usual])


def _installed(program: str, *parts: Path) -> list[str]:
    """The folder that a program was installed into; the program and its parts alone where that holds more."""
    real = Path(program).resolve()
    prefix = real.parent.parent
    if "node_modules" in real.parts:  # such as npm: <prefix>/lib/node_modules/npm/bin/npm-cli.js
        prefix = Path(*real.parts[: real.parts.index("node_modules") + 1])
    if not _broad(prefix):
        return [str(prefix)]
    return [str(path) for path in (real, prefix / "lib" / "node_modules", *parts) if path.exists()]


def _broad(prefix: Path) -> bool:
    """Whether a folder may hold what is nobody's business inside: a home, what is above one, or ~/.local."""
    home = Path.home().resolve()
    return prefix in (home, home / ".local", *home.parents)


def _of_the_system(path: str) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in ("/usr", *_SYSTEM, "/nix/store"))


def layout(job: Job, user: tuple[int, int]) -> list[Operation]:
    """Everything that a job gets to see. ``user`` is who it is inside: a user and a group."""
    disk = str(job.limits.disk_mb * MEGABYTE)
    files = str(job.limits.files)
    operations: list[Operation] = []
    for path in ("/usr", *_SYSTEM, "/nix/store"):
        place = Path(path)
        if place.is_symlink():
            operations.append(["link", str(place.readlink()), path])
        elif place.is_dir():
            operations.append(["read", path, path])
    settings = [path for path in (*SETTINGS, *CERTIFICATES) if Path(path).exists()]
    operations += [["read", os.path.realpath(path), path] for path in settings]
    operations += [["text", text, place] for place, text in _settings(job, user).items()]
    operations += [
        ["proc", "/proc"],
        ["dev", "/dev"],
        ["tmpfs", str(64 * MEGABYTE), files, "1777", "/dev/shm"],
        ["tmpfs", disk, files, "1777", "/tmp"],
        ["folder", "0700", HOME],
        ["folder", "0755", "/run"],
        ["folder", "0755", "/var"],
        ["link", "../tmp", "/var/tmp"],
        ["link", "../run", "/var/run"],
        ["tmpfs", disk, files, "0755", REPOSITORY],
        ["read", str(code_folder()), CODE],
    ]
    for path in tools():
        real = os.path.realpath(path)
        operations += [["read", real, place] for place in dict.fromkeys((real, path))]
    if job.source is not None:
        operations.append(["read", os.path.realpath(job.source), SOURCE])
    operations += [["read", os.path.realpath(outside), inside] for outside, inside in job.read_only.items()]
    operations += [["write", os.path.realpath(outside), inside] for outside, inside in job.writable.items()]
    return [*_with_parents(operations), ["seal", "/dev"], ["seal", "/"]]


def _with_parents(operations: list[Operation]) -> list[Operation]:
    """With the folders above each place, which everybody may pass: bubblewrap would let only their owner."""
    made = {"/"}
    found: list[Operation] = []
    for operation in operations:
        place = Path(operation[-1])
        for parent in reversed(place.parents):
            if str(parent) not in made:
                made.add(str(parent))
                found.append(["folder", "0755", str(parent)])
        if operation[0] != "folder" or str(place) not in made:
            found.append(operation)
        made.add(str(place))
    return found


def _settings(job: Job, user: tuple[int, int]) -> dict[str, str]:
    names = " ".join(("localhost", "buttress", *job.hosts))
    resolver = ""
    if job.network:
        with contextlib.suppress(OSError):
            resolver = Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace")
    uid, gid = user
    return {
        "/etc/passwd": f"root:x:0:0:root:/:/bin/sh\nproject:x:{uid}:{gid}::{HOME}:/bin/sh\n"
        "nobody:x:65534:65534:nobody:/:/bin/sh\n",
        "/etc/group": f"root:x:0:\nproject:x:{gid}:\nnogroup:x:65534:\n",
        "/etc/hosts": f"127.0.0.1 {names}\n::1 ip6-localhost ip6-loopback\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n",
        "/etc/resolv.conf": resolver,
    }
