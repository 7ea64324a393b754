"""The calls by ctypes do what they are named for. Each runs in a process of its own, which they change for good."""

from __future__ import annotations

import errno
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.run.sandbox.conftest import wait_for
from verifier.run.sandbox import kernel

pytestmark = [
    pytest.mark.skipif(not kernel.AVAILABLE, reason="these are calls of Linux on x86_64 and aarch64"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]
needs_landlock = pytest.mark.skipif(kernel.landlock_version() < 1, reason="this kernel has no Landlock")


def alone(act: Callable[[], object]) -> str:
    """What a function gives in a process of its own: its result, or the name of the error."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(write, str(act()).encode())
        except OSError as error:
            os.write(write, errno.errorcode[error.errno or 0].encode())
        except BaseException as error:
            os.write(write, repr(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


def status(name: str) -> str:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(line.split(":")[1].strip() for line in lines if line.startswith(name + ":"))


def error_of(act: Callable[[], object]) -> str:
    try:
        act()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def test_capabilities_are_given_up() -> None:
    def act() -> str:
        kernel.keep_capabilities()
        return f"{int(status('CapEff'), 16)} {int(status('CapPrm'), 16)} {int(status('CapAmb'), 16)}"

    assert alone(act) == "0 0 0"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_for_good() -> None:
    def act() -> str:
        kernel.become(61000, 61000)
        return f"{os.getresuid()} {os.getresgid()} {os.getgroups()} {error_of(lambda: os.setuid(0))}"

    assert alone(act) == f"{(61000,) * 3} {(61000,) * 3} [] EPERM"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_one_right_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("read", encoding="ascii")
    (tmp_path / "file").chmod(0)

    def act() -> str:
        kernel.become(61000, 61000, keep=kernel.CAP_DAC_READ_SEARCH)
        kernel.keep_capabilities(kernel.CAP_DAC_READ_SEARCH)
        kernel.no_new_privileges()
        file = str(tmp_path / "file")
        os.execvp("sh", ["sh", "-c", 'test -r "$1" && cat "$1"', "sh", file])

    read, write = os.pipe()

    def redirected() -> None:
        os.dup2(write, 1)
        act()

    alone(redirected)
    os.close(write)
    assert os.read(read, 100) == b"read"


def test_it_dies_with_its_parent() -> None:
    read, write = os.pipe()
    middle = os.fork()
    if not middle:
        child = os.fork()
        if not child:
            kernel.die_with_parent(signal.SIGKILL)
            os.write(write, str(os.getpid()).encode())
            time.sleep(60)
            os._exit(0)
        time.sleep(60)
        os._exit(0)
    child = int(os.read(read, 20))
    os.kill(middle, signal.SIGKILL)
    os.waitpid(middle, 0)
    wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text())


def test_orphans_are_adopted() -> None:
    def act() -> bool:
        kernel.adopt_orphans()
        read, write = os.pipe()
        waiting, go = os.pipe()
        child = os.fork()
        if not child:
            if not os.fork():
                os.read(waiting, 1)
                os.write(write, str(os.getppid()).encode())
            os._exit(0)
        os.waitpid(child, 0)
        os.write(go, b"x")
        return int(os.read(read, 20)) == os.getpid()

    assert alone(act) == "True"


def test_calls_are_filtered() -> None:
    this = os.getpid()

    def act() -> str:
        kernel.no_new_privileges()
        kernel.filter_calls(apart=False, datagrams=False)
        found = [
            error_of(lambda: kernel.unshare(kernel.NEW_USER)),
            error_of(lambda: kernel.mount(None, "/", None, kernel.PRIVATE)),
            error_of(lambda: socket.socket(socket.AF_UNIX)),
            error_of(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
            error_of(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)),
            error_of(lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)),
            error_of(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK, 6)),
            error_of(lambda: socket.socket(socket.AF_INET6)),
            error_of(socket.socketpair),
            error_of(lambda: os.memfd_create("memory")),
            error_of(lambda: resource.prlimit(this, resource.RLIMIT_NOFILE)),
            error_of(lambda: resource.prlimit(0, resource.RLIMIT_NOFILE)),
            error_of(lambda: os.waitpid(os.spawnlp(os.P_NOWAIT, "true", "true"), 0)),
        ]
        return " ".join(found)

    assert alone(act) == "EPERM EPERM EACCES EACCES EACCES EAFNOSUPPORT done done done ENOSYS EPERM done done"


def test_a_filter_leaves_more_to_who_is_apart() -> None:
    def act() -> str:
        kernel.no_new_privileges()
        kernel.filter_calls(apart=True, datagrams=True)
        kinds = [(socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_INET, socket.SOCK_DGRAM)]
        return " ".join(error_of(partial(socket.socket, *kind)) for kind in kinds)

    assert alone(act) == "done done"


@needs_landlock
@pytest.mark.parametrize("version", range(1, 8))
def test_landlock_keeps_to_folders_in_each_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    if version > kernel.landlock_version():
        pytest.skip(f"this kernel's Landlock has version {kernel.landlock_version()}")
    monkeypatch.setattr(kernel, "landlock_version", lambda: version)
    for name in ("read", "write", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("content", encoding="ascii")
    file = tmp_path / "closed" / "only"
    file.write_text("content", encoding="ascii")

    def act() -> str:
        kernel.no_new_privileges()
        paths = [str(tmp_path / "read"), str(file), str(tmp_path / "absent")]
        kernel.landlock(paths, [str(tmp_path / "write")], ["/dev/null"], [], [])
        found = [error_of((tmp_path / name / "file").read_bytes) for name in ("read", "write", "closed")]
        found += [error_of((tmp_path / name / "made").touch) for name in ("read", "write", "closed")]
        found += [error_of(file.read_bytes), error_of(lambda: Path("/dev/null").write_bytes(b"x"))]
        found += [error_of((tmp_path / "write" / "made").unlink)]
        return " ".join(found)

    assert alone(act) == "done done EACCES EACCES done EACCES done done done"


@pytest.mark.skipif(kernel.landlock_version() < 4, reason="this kernel's Landlock knows no ports")
def test_landlock_keeps_to_ports() -> None:
    with socket.socket() as one, socket.socket() as other:
        for listener in (one, other):
            listener.bind(("127.0.0.1", 0))
            listener.listen()
        open_port, closed_port = one.getsockname()[1], other.getsockname()[1]

        def act() -> str:
            kernel.no_new_privileges()
            kernel.landlock(["/"], bind=[], connect=[open_port])
            found = [
                error_of(partial(socket.create_connection, ("127.0.0.1", port))) for port in (open_port, closed_port)
            ]
            found.append(error_of(lambda: socket.socket().bind(("127.0.0.1", 0))))
            return " ".join(found)

        assert alone(act) == "done EACCES EACCES"


@pytest.mark.skipif(kernel.landlock_version() < 6, reason="this kernel's Landlock knows no signals")
def test_landlock_may_restrict_signals_alone(tmp_path: Path) -> None:
    this = os.getpid()

    def act() -> str:
        kernel.no_new_privileges()
        kernel.landlock(None)
        (tmp_path / "made").touch()
        return error_of(lambda: os.kill(this, 0))

    assert alone(act) == "EPERM"
