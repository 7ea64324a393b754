"""How a job starts, what it gets, how its end is told, and that nothing of it is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.run.sandbox.conftest import Project, free_port, living, wait_for
from verifier.run.sandbox import REPOSITORY, Exit, Job, Refusal, Rung, choose, layout, start

ROOT = Path(__file__).parent.parent.parent.parent


def test_the_exit_status_is_the_commands(project: Project, any_rung: Rung) -> None:
    process = project.start(any_rung, "print('there'); raise SystemExit(7)")
    assert process.wait(10) == Exit(7)
    assert process.stop() == process.poll() == Exit(7)
    assert (process.exit, process.signal) == (7, None)
    assert project.written() == "there\n"


def test_the_signal_is_the_commands(project: Project, any_rung: Rung) -> None:
    process = project.start(any_rung, "import os; os.kill(os.getpid(), 11)")
    assert process.wait(10) == Exit(None, signal.SIGSEGV)


def test_a_command_that_does_not_exist_ends_as_in_a_shell(project: Project, any_rung: Rung) -> None:
    process = start(Job(command=("no-such-program",), log=project.log), any_rung)
    with process:
        assert process.wait(10) == Exit(127)
    assert project.written() == "buttress: no-such-program cannot be started: No such file or directory\n"


def test_it_starts_in_its_own_copy(project: Project, any_rung: Rung) -> None:
    (project.root / "below").mkdir()
    (project.root / "below" / "script").write_text("#!/bin/sh\necho ran\n", encoding="ascii")
    (project.root / "below" / "script").chmod(0o755)
    (project.root / "left").mkdir()
    (project.root / "left" / "out").touch()
    said = project.run(
        any_rung,
        """
        import os, subprocess, sys
        print(os.getcwd())
        print(sorted(os.listdir("..")))
        print(subprocess.run(["./script"], capture_output=True, text=True).stdout.strip())
        print(sys.stdin.read() == "", os.path.expanduser("~") == os.environ["HOME"], os.access(os.environ["HOME"], 7))
        open("../made", "w").close()
        """,
        cwd="below",
        leave_out=frozenset({"left"}),
        command=(layout.interpreter(), "-I", "-S", "../main.py"),
    ).splitlines()
    assert said[0] == f"{project.started[0].folder}/below"
    assert said[1:] == ["['below', 'main.py']", "ran", "True True True"]
    assert not (project.root / "made").exists()


def test_a_start_that_cannot_be_is_refused(
    project: Project, any_rung: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(rooms))
    with pytest.raises(Refusal, match="folder cannot be entered"):
        project.start(any_rung, "", cwd="nowhere")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if any_rung.own_files:
            assert project.run(any_rung, "print('its own ports')", forwards_out={port: "/nowhere"})
        else:
            with pytest.raises(Refusal, match=f"Port {port} cannot be offered"):
                project.start(any_rung, "", forwards_out={port: "/nowhere"})
    with pytest.raises(Refusal, match="nowhere"):
        project.start(any_rung, "", forwards_in={str(tmp_path / "nowhere" / "socket"): 80})
    for process in project.started:
        process.stop(0)
    assert list(rooms.iterdir()) == []


# Folders


def test_what_is_shown_can_be_read_or_written(project: Project, rung: Rung, tmp_path: Path) -> None:
    modules = tmp_path / "modules"
    (modules / "package").mkdir(parents=True)
    (modules / "package" / "index.js").write_text("module", encoding="ascii")
    cache = tmp_path / "cache"
    cache.mkdir()
    (project.root / "node_modules").mkdir()
    (project.root / "node_modules" / "old").touch()
    said = project.run(
        rung,
        """
        import os, sys
        print(os.listdir("node_modules"), open("node_modules/package/index.js").read())
        for path in ("node_modules/made", "node_modules/package/index.js"):
            try:
                open(path, "w").close()
                print("wrote")
            except OSError:
                print("refused")
        open(sys.argv[1] + "/made", "w").write("kept")
        """,
        cache,
        read_only={str(modules): "/repository/node_modules"},
        writable={str(cache): str(cache)},
    )
    assert said.splitlines() == ["['package'] module", "refused", "refused"]
    assert (cache / "made").read_text(encoding="ascii") == "kept"
    assert (modules / "package" / "index.js").read_text(encoding="ascii") == "module"


def test_a_part_of_a_folder_that_is_shown_can_be_written(project: Project, rung: Rung, tmp_path: Path) -> None:
    if not rung.own_files:
        pytest.skip("paths inside are those outside")
    modules, client = tmp_path / "modules", tmp_path / "client"
    (modules / ".prisma").mkdir(parents=True)
    client.mkdir()
    said = project.run(
        rung,
        """
        open("node_modules/.prisma/made", "w").write("kept")
        try:
            open("node_modules/other", "w")
        except OSError:
            print("refused")
        """,
        read_only={str(modules): "/repository/node_modules"},
        writable={str(client): "/repository/node_modules/.prisma"},
    )
    assert said == "refused\n"
    assert (client / "made").read_text(encoding="ascii") == "kept"
    assert list((modules / ".prisma").iterdir()) == []


def test_a_file_of_a_folder_that_is_shown_can_be_named_too(project: Project, rung: Rung, tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    (folder / "all.pem").write_text("shown", encoding="ascii")
    shown = {str(path): str(path) for path in (folder, folder / "all.pem")}
    program = "import sys; print(open(sys.argv[1] + '/all.pem').read())"
    assert project.run(rung, program, folder, read_only=shown) == "shown\n"


def test_nothing_is_shown_through_a_link_of_the_project(project: Project, rung: Rung, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "modules").mkdir()
    (project.root / "packages").symlink_to(outside)
    with pytest.raises(Refusal):
        project.start(rung, "", read_only={str(tmp_path / "modules"): "/repository/packages/api/node_modules"})
    assert list(outside.iterdir()) == []


def test_another_path_inside_needs_a_file_system(project: Project, rung: Rung, tmp_path: Path) -> None:
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "name").write_text("shown", encoding="ascii")
    shown = {str(tmp_path / "tool"): "/opt/some/tool"}
    program = "print(open('/opt/some/tool/name').read())"
    if rung.own_files:
        assert project.run(rung, program, read_only=shown) == "shown\n"
    else:
        with pytest.raises(Refusal, match="no file system of its own"):
            project.start(rung, program, read_only=shown)


def test_the_workplace_is_kept(project: Project, tmp_path: Path) -> None:
    try:
        rung = choose("landlock")
    except Refusal as refusal:
        pytest.skip(str(refusal))
    workplace = tmp_path / "workplace"
    workplace.mkdir()
    project.run(rung, "open('made', 'w').close()", workplace=workplace)
    assert sorted(path.name for path in workplace.iterdir()) == ["made", "main.py"]


# Names and ports


def test_more_names_are_this_machine(project: Project, rung: Rung) -> None:
    said = project.run(
        rung,
        """
        import socket
        for name in ("localhost", "postgres", "buttress-test-name"):
            try:
                print(name, {address[4][0] for address in socket.getaddrinfo(name, 80)})
            except OSError:
                print(name, "unknown")
        """,
        hosts=("postgres", "buttress-test-name"),
    )
    if rung.own_files:
        assert [line.split(" ", 1)[1] for line in said.splitlines()] == ["{'127.0.0.1'}"] * 3
    else:
        assert "buttress-test-name unknown" in said
        assert any("/etc/hosts" in sentence for sentence in rung.degraded)


SERVER = """
    import socket, sys, threading
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((sys.argv[1], int(sys.argv[2])))
    listener.listen(64)
    print("listening", flush=True)
    def answer(connection):
        got = b""
        while data := connection.recv(65536):
            got += data
        connection.sendall(got[::-1])
        connection.close()
    while True:
        threading.Thread(target=answer, args=(listener.accept()[0],)).start()
"""


def test_the_host_reaches_the_project(project: Project, any_rung: Rung, tmp_path: Path) -> None:
    port = free_port()
    door = tmp_path / "door"
    process = project.start(any_rung, SERVER, "127.0.0.1", port, forwards_in={str(door): port})
    wait_for(lambda: "listening\n" in project.written())
    sent = [os.urandom(3_000_000) for _ in range(4)]
    got: dict[int, bytes] = {}

    def ask(number: int) -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(door))
            client.sendall(sent[number])
            client.shutdown(socket.SHUT_WR)
            got[number] = b"".join(iter(lambda: client.recv(65536), b""))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [got[number][::-1] == sent[number] for number in range(4)] == [True] * 4
    process.stop()
    assert not door.exists()


def test_a_door_to_nothing_closes_at_once(project: Project, any_rung: Rung, tmp_path: Path) -> None:
    door = tmp_path / "door"
    project.start(any_rung, "import time; time.sleep(60)", forwards_in={str(door): free_port()})
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(str(door))
        assert client.recv(1) == b""


def test_an_older_socket_is_replaced(project: Project, any_rung: Rung, tmp_path: Path) -> None:
    door = tmp_path / "door"
    with socket.socket(socket.AF_UNIX) as older:
        older.bind(str(door))
    project.start(any_rung, "import time; time.sleep(60)", forwards_in={str(door): free_port()})
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(door))


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET])
def test_the_project_reaches_a_server_of_the_host(
    project: Project,
    any_rung: Rung,
    tmp_path: Path,
    echo: Callable[[socket.socket], socket.socket],
    family: socket.AddressFamily,
) -> None:
    listener = socket.socket(family)
    listener.bind(str(tmp_path / "server") if family == socket.AF_UNIX else ("127.0.0.1", 0))
    echo(listener)
    address = listener.getsockname()
    port = free_port()
    said = project.run(
        any_rung,
        """
        import socket, sys
        for _ in range(3):
            client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            client.sendall(b"hello" * 20000)
            client.shutdown(socket.SHUT_WR)
            print(b"".join(iter(lambda: client.recv(65536), b"")) == b"hello" * 20000)
        try:
            client = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
            client.settimeout(5)
            print(client.recv(1))
        except ConnectionResetError:
            print(b"")
        """,
        port,
        closed := free_port(),
        forwards_out={
            port: address if isinstance(address, str) else f"127.0.0.1:{address[1]}",
            closed: str(tmp_path / "nobody"),
        },
    )
    assert said.splitlines() == ["True", "True", "True", "b''"]


def test_what_listens_on_loopback_alone_can_be_told(project: Project, any_rung: Rung, tmp_path: Path) -> None:
    port = free_port()
    forwards = {str(tmp_path / "door"): port}
    process = project.start(any_rung, SERVER, "127.0.0.1", port, forwards_in=forwards)
    wait_for(lambda: "listening\n" in project.written())
    assert process.answers("127.0.0.1", port)
    assert not process.answers("127.0.0.2", port)
    process.stop(0)
    assert not process.answers("127.0.0.1", port)
    process = project.start(any_rung, SERVER, "0.0.0.0", port, forwards_in=forwards)
    wait_for(lambda: "listening\n" in project.written())
    assert process.answers("127.0.0.1", port)
    assert process.answers("127.0.0.2", port)


# The end

DAEMON = """
    import os, signal, sys, time
    def daemon():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        while True:
            time.sleep(1)
    for _ in range(3):
        if not os.fork():
            os.setsid()
            if not os.fork():
                os.setsid() if os.getpgrp() != os.getpid() else None
                open(f"up-{os.getpid()}", "w").close()
                daemon()
            os._exit(0)
    while len([name for name in os.listdir(".") if name.startswith("up-")]) < 3:
        time.sleep(0.01)
    print("up", flush=True)
    if sys.argv[1] == "stays":
        daemon()
"""


@pytest.mark.parametrize("command", ["stays", "leaves"])
def test_daemons_end_too(project: Project, rung: Rung, command: str) -> None:
    mark = f"daemon-mark-{os.getpid()}-{time.monotonic_ns()}"
    process = project.start(rung, DAEMON, command, mark)
    wait_for(lambda: "up\n" in project.written())
    if command == "leaves":
        ended = process.wait(5)
        assert ended is not None
        assert ended.code == 0
    assert len(living(mark)) == (4 if command == "stays" else 3)
    began = time.monotonic()
    process.stop(0.3)
    assert time.monotonic() - began < 3  # it ends by its own supervisor, not by the last resort
    assert living(mark) == []
    assert process.resources.left_after_stop == 0
    assert (process.exit, process.signal) == ((None, 9) if command == "stays" else (0, None))


def test_a_command_may_end_in_order(project: Project, any_rung: Rung) -> None:
    process = project.start(
        any_rung,
        """
        import signal, sys, time
        def end(*_):
            time.sleep(0.2)
            print("in order", flush=True)
            sys.exit(3)
        signal.signal(signal.SIGTERM, end)
        print("up", flush=True)
        while True:
            time.sleep(1)
        """,
    )
    wait_for(lambda: "up\n" in project.written())
    assert process.stop(10) == Exit(3)
    assert project.written() == "up\nin order\n"


def test_the_child_of_a_shell_may_end_in_order(project: Project, any_rung: Rung) -> None:
    (project.root / "run.sh").write_text('sleep 60 &\n"$@"\necho not reached\n', encoding="ascii")
    job = project.job(
        """
        import signal, sys, time
        def end(*_):
            time.sleep(0.2)
            print("in order", flush=True)
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        print("up", flush=True)
        while True:
            time.sleep(1)
        """
    )
    process = start(Job(command=("sh", "run.sh", *job.command), log=job.log, source=job.source), any_rung)
    with process:
        wait_for(lambda: "up\n" in project.written())
        assert process.stop(10) == Exit(None, signal.SIGTERM)
    assert project.written() == "up\nin order\n"


def test_it_outlives_the_thread_that_started_it(project: Project, any_rung: Rung) -> None:
    thread = threading.Thread(target=lambda: project.start(any_rung, "import time; time.sleep(60)"))
    thread.start()
    thread.join()
    assert project.started[0].wait(0.3) is None


PARENT = """
import os, sys, time
from pathlib import Path
from verifier.run.sandbox import Job, choose, layout, start
level, folder, mark, sharing = sys.argv[1:]
log = Path(folder, "log")
rung = choose(level, unsafe=level == "none")
command = (layout.interpreter(), "-I", "-S", "-u", "main.py", "stays", mark)
with start(Job(command=command, source=Path(folder, "project"), log=log), rung):
    if sharing == "shared" and not os.fork():
        time.sleep(5)  # with copies of all its open files: their end is not noticed at the other side
        os._exit(0)
    print("started", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("how", "sharing"),
    [(signal.SIGKILL, "alone"), (signal.SIGKILL, "shared"), (signal.SIGINT, "alone"), (signal.SIGTERM, "alone")],
)
def test_nothing_outlives_buttress(
    project: Project, any_rung: Rung, tmp_path: Path, how: signal.Signals, sharing: str
) -> None:
    mark = f"orphan-mark-{os.getpid()}-{time.monotonic_ns()}"
    project.job(DAEMON)
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, any_rung.level, str(tmp_path), mark, sharing],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(rooms)},
    )
    try:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"started\n"
        wait_for(lambda: "up\n" in project.written())
        of_parent = [parent.pid, *(child.pid for child in psutil.Process(parent.pid).children())]
        assert len([number for number in living(mark) if number not in of_parent]) >= 4
        parent.send_signal(how)
        parent.wait(10)
        wait_for(lambda: [number for number in living(mark) if number not in of_parent] == [], 4)
        wait_for(lambda: list(rooms.iterdir()) == [], 4)
    finally:
        parent.kill()
        parent.wait()
        assert parent.stdout is not None
        parent.stdout.close()


def test_a_sandbox_that_nobody_listens_to_ends(project: Project, any_rung: Rung) -> None:
    mark = f"unheard-mark-{os.getpid()}-{time.monotonic_ns()}"
    process = project.start(any_rung, DAEMON, "stays", mark)
    wait_for(lambda: "up\n" in project.written())
    assert process._wire is not None
    process._wire.end.shutdown(socket.SHUT_RDWR)
    wait_for(lambda: living(mark) == [], 5)


INTERRUPTED = """
import sys, time
from pathlib import Path
from verifier.run.sandbox import Job, choose, layout, start
level, folder = sys.argv[1:]
rung = choose(level, unsafe=level == "none")
command = (layout.interpreter(), "-I", "-S", "-u", "main.py")
with start(Job(command=command, source=Path(folder, "project"), log=Path(folder, "log")), rung) as process:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        print(process.stop(10), flush=True)
"""


def test_control_c_in_a_terminal_reaches_buttress_alone(project: Project, any_rung: Rung, tmp_path: Path) -> None:
    project.job(
        """
        import signal, sys, time
        def end(number, _):
            time.sleep(0.2)
            print("in order", number, flush=True)
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        print("up", flush=True)
        while True:
            time.sleep(1)
        """
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, any_rung.level, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    wait_for(lambda: "up\n" in project.written())
    os.killpg(parent.pid, signal.SIGINT)  # as a terminal does
    said, _ = parent.communicate(timeout=20)
    assert said == b"Exit(code=0, signal=None)\n"
    assert project.written() == "up\nin order 15\n"


def test_a_narrow_umask_of_buttress_does_not_matter(project: Project, any_rung: Rung, tmp_path: Path) -> None:
    (tmp_path / "tool").mkdir()
    before = os.umask(0o077)
    try:
        said = project.run(
            any_rung,
            "import os; os.mkdir('made'); print(oct(os.stat('made').st_mode))",
            read_only={str(tmp_path / "tool"): "/opt/deep/tool"} if any_rung.own_files else {},
        )
    finally:
        os.umask(before)
    assert said == "0o40755\n"


def test_a_hostile_folder_is_removed(project: Project, any_rung: Rung) -> None:
    process = project.start(
        any_rung,
        """
        import os
        for name in ("a", "b"):
            os.makedirs(f"{name}/deep/er")
            open(f"{name}/deep/file", "w").close()
            os.symlink("/etc", f"{name}/deep/link")
            os.chmod(f"{name}/deep/er", 0)
            os.chmod(f"{name}/deep", 0)
            os.chmod(name, 0o100)
        """,
    )
    assert process.wait(10) == Exit(0)
    process.stop()
    if any_rung.own_files:
        assert process.folder == REPOSITORY
    else:
        assert not Path(process.folder).parent.exists()
