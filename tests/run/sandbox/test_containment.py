"""A project that reads, writes, connects and takes what it must not: each is contained, at each level."""

from __future__ import annotations

import os
import socket
import stat
import time
from pathlib import Path

import pytest

from tests.run.sandbox.conftest import Project, free_port, living, wait_for
from verifier.run.sandbox import Limits, Rung, kernel, layout


def says(rung: Rung, *words: str) -> bool:
    """Whether the level's own description names something that it does not keep in."""
    return any(all(word in sentence for word in words) for sentence in rung.degraded)


# Files


def test_a_home_is_out_of_reach(project: Project, rung: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "home" / ".ssh"
    keys.mkdir(parents=True)
    (keys / "id_ed25519").write_text("PRIVATE KEY MARKER", encoding="ascii")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    said = project.run(
        rung,
        """
        import os, sys
        tried = [sys.argv[1], os.path.expanduser("~/.ssh/id_ed25519")]
        for way in ("/..", "/../host", "/../oldroot", "/proc/1/root", "/proc/1/cwd/..", "/proc/self/fd/0/../.."):
            tried.append(way + sys.argv[1])
        for path in tried:
            try:
                print(open(path).read())
            except OSError as error:
                print("refused", error.errno)
        try:
            print(os.listdir(os.path.dirname(sys.argv[1])))
        except OSError as error:
            print("refused", error.errno)
        """,
        keys / "id_ed25519",
    )
    assert said.count("refused") == 9
    assert "MARKER" not in said


def test_the_real_homes_are_out_of_reach(project: Project, rung: Rung) -> None:
    homes = {"/root", "/home", str(Path.home()), os.path.expanduser("~")}  # noqa: PTH111
    said = project.run(
        rung,
        """
        import os, sys
        for home in sys.argv[1:]:
            try:
                print(*(f"{home}/{name}" for name in os.listdir(home)), sep="\\n")
            except OSError:
                pass
        """,
        *homes,
    )
    ways = [path for tool in layout.tools() for path in (tool, *map(str, Path(tool).parents))]
    assert [line for line in said.splitlines() if line and line not in ways] == []


def test_the_environment_is_what_the_job_says(project: Project, rung: Rung, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUTTRESS_TEST_SECRET", "ENVIRONMENT MARKER")
    said = project.run(
        rung,
        """
        import os
        print(sorted(set(os.environ) - {"LC_CTYPE"}))  # which Python sets itself
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                print(open(f"/proc/{number}/environ").read())
            except OSError:
                pass
        """,
        environment={"GIVEN": "yes"},
    )
    added = {"HOME", "PATH"} | (set() if rung.own_files else {"TMPDIR"})
    assert said.splitlines()[0] == str(sorted({"GIVEN", *added}))
    assert "MARKER" not in said


def test_nothing_is_written_outside(project: Project, rung: Rung, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    outside.chmod(0o777)
    kept = outside / "kept"
    kept.write_text("as it was", encoding="ascii")
    kept.chmod(0o666)
    project.root.chmod(0o777)
    places: list[str | Path] = [outside, project.root, "/usr/lib", "/etc", "/", "/dev", "/var/tmp/..", Path.home()]
    said = project.run(
        rung,
        """
        import os, sys
        for place in sys.argv[1:]:
            try:
                open(place + "/buttress-was-here", "w").close()
                print("wrote", place)
            except OSError as error:
                print("refused")
        for change in (lambda: open(kept, "w"), lambda: os.truncate(kept, 0), lambda: os.unlink(kept),
                       lambda: os.rename(kept, "taken"), lambda: os.link(kept, "linked")):
            kept = sys.argv[1] + "/kept"
            try:
                change()
                print("changed")
            except OSError:
                print("refused")
        open("made", "w").write("in its own copy")
        try:
            os.chmod(sys.argv[1] + "/kept", 0o600)
        except OSError:
            pass
        """,
        *places,
    )
    assert set(said.splitlines()) == {"refused"}
    assert kept.read_text(encoding="ascii") == "as it was"
    if stat.S_IMODE(kept.stat().st_mode) != 0o666:
        assert says(rung, "change the permissions")
    assert not any(Path(place, "buttress-was-here").exists() for place in places)
    assert sorted(path.name for path in project.root.iterdir()) == ["main.py"]


def test_links_of_the_project_lead_nowhere(project: Project, rung: Rung, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("LINKED MARKER", encoding="ascii")
    (project.root / "link").symlink_to(tmp_path / "secret")
    (project.root / "folder").symlink_to(tmp_path)
    os.mkfifo(project.root / "pipe")
    said = project.run(
        rung,
        """
        import os
        print(sorted(os.listdir(".")))
        for path in ("link", "folder/secret"):
            try:
                print(open(path).read())
            except OSError:
                print("refused")
        """,
    )
    assert said.splitlines() == ["['folder', 'link', 'main.py']", "refused", "refused"]


# Rights


def test_rights_are_given_up_for_good(project: Project, rung: Rung) -> None:
    said = project.run(
        rung,
        """
        import ctypes, os, socket
        libc = ctypes.CDLL(None, use_errno=True)
        print("root" if 0 in os.getresuid() + os.getresgid() else "nobody much")
        print("groups", [group for group in os.getgroups() if group == 0])
        def attempt(name, result):
            print(name, "refused" if result == -1 else "ALLOWED")
        attempt("user namespace", libc.unshare(0x10000000))
        attempt("mount namespace", libc.unshare(0x00020000))
        attempt("mount", libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
        attempt("keys", libc.syscall(ctypes.c_long(250 if os.uname().machine == "x86_64" else 219), 0, 0, 0, 0, 0))
        attempt("memory files", libc.memfd_create(b"memory", 0))
        attempt("io_uring", libc.syscall(ctypes.c_long(425), 8, ctypes.create_string_buffer(200)))
        for family in (socket.AF_VSOCK, socket.AF_ALG, socket.AF_PACKET):
            try:
                socket.socket(family, socket.SOCK_DGRAM if family == socket.AF_PACKET else socket.SOCK_STREAM)
                print(family, "ALLOWED")
            except OSError:
                print(family, "refused")
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        print("capabilities", int(status["CapEff"], 16), int(status["CapPrm"], 16))
        print("new privileges", status["NoNewPrivs"].strip())
        print("first to go", open("/proc/self/oom_score_adj").read().strip())
        """,
    )
    assert "ALLOWED" not in said
    assert said.count("refused") == 9
    assert "nobody much" in said
    assert "groups []" in said
    assert "new privileges 1" in said
    assert "first to go 1000" in said
    reading = 1 << 2 if rung.read_all else 0
    assert f"capabilities {reading} {reading}" in said
    if rung.read_all:
        assert says(rung, "read whatever root may")


def test_no_open_file_of_buttress_is_handed_on(project: Project, rung: Rung, tmp_path: Path) -> None:
    said = project.run(
        rung,
        """
        import os
        for number in range(3, 200):
            try:
                print(number, os.readlink(f"/proc/self/fd/{number}"), os.fstat(number).st_mode)
            except OSError:
                pass
        print(sorted(os.readlink(f"/proc/self/fd/{number}").split(":")[0] for number in range(3)))
        """,
        forwards_in={str(tmp_path / "door"): free_port()},
        forwards_out={free_port(): "/nowhere"},
    )
    assert said == "['/dev/null', 'pipe', 'pipe']\n"


# Network


def test_the_network_is_out_of_reach(project: Project, rung: Rung, tmp_path: Path) -> None:
    name = f"buttress-test-{os.getpid()}"
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_UNIX) as local:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(0.2)
        local.bind(str(tmp_path / "local"))
        local.listen()
        (tmp_path / "local").chmod(0o777)
        with socket.socket(socket.AF_UNIX) as abstract:
            abstract.bind("\0" + name)
            abstract.listen()
            said = project.run(
                rung,
                """
                import socket, sys
                tcp, udp, local, abstract = sys.argv[1:]
                def attempt(what, act):
                    try:
                        act()
                        print(what, "REACHED")
                    except OSError as error:
                        print(what, "refused", error.errno)
                attempt("tcp", lambda: socket.create_connection(("127.0.0.1", int(tcp)), 3))
                attempt("outside", lambda: socket.create_connection(("1.1.1.1", 80), 3))
                attempt("outside 6", lambda: socket.create_connection(("2606:4700:4700::1111", 80), 3))
                attempt("local", lambda: socket.socket(socket.AF_UNIX).connect(local))
                attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + abstract))
                attempt("mptcp", lambda: socket.socket(proto=262).connect(("127.0.0.1", int(tcp))))
                try:
                    socket.socket(type=socket.SOCK_DGRAM).sendto(b"here", ("127.0.0.1", int(udp)))
                except OSError:
                    pass
                """,
                tcp.getsockname()[1],
                udp.getsockname()[1],
                tmp_path / "local",
                name,
            )
        with pytest.raises(TimeoutError):
            udp.recv(100)
    assert said.count("refused") == 6
    assert "REACHED" not in said


def test_installing_has_the_network_and_no_more(project: Project, rung: Rung) -> None:
    name = f"buttress-test-{os.getpid()}"
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_UNIX) as local:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(5)
        local.bind("\0" + name)
        local.listen()
        said = project.run(
            rung,
            """
            import socket, sys
            tcp, udp, abstract = sys.argv[1:]
            socket.create_connection(("127.0.0.1", int(tcp)), 3)
            socket.socket(type=socket.SOCK_DGRAM).sendto(b"here", ("127.0.0.1", int(udp)))
            print("connected")
            try:
                socket.socket(socket.AF_UNIX).connect("\\0" + abstract)
                print("abstract REACHED")
            except OSError:
                print("abstract refused")
            """,
            tcp.getsockname()[1],
            udp.getsockname()[1],
            name,
            network=True,
        )
        assert udp.recv(100) == b"here"
    assert "connected" in said
    if kernel.landlock_version() >= 6 or not rung.own_files:
        assert "abstract refused" in said


# Processes


def test_other_processes_are_out_of_reach(project: Project, rung: Rung) -> None:
    said = project.run(
        rung,
        """
        import os, signal, sys
        other = int(sys.argv[1])
        try:
            os.kill(other, 0)
            print("signal REACHED")
        except OSError:
            print("signal refused")
        try:
            os.stat(f"/proc/{other}/mem") and open(f"/proc/{other}/mem", "rb")
            print("memory REACHED")
        except OSError:
            print("memory refused")
        print("processes", len([name for name in os.listdir("/proc") if name.isdigit()]))
        print("seen", os.path.exists(f"/proc/{other}/stat"))
        """,
        os.getpid(),
    )
    assert "REACHED" not in said
    if rung.own_files:
        assert "processes 2\n" in said  # the supervisor and itself
    else:
        assert "seen True" in said
        assert says(rung, "see", "processes of this machine")


def test_a_fork_bomb_ends(project: Project, rung: Rung) -> None:
    mark = f"fork-bomb-mark-{os.getpid()}-{time.monotonic_ns()}"
    process = project.start(
        rung,
        """
        import os, sys
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        mark,
        limits=Limits(processes=100),
    )
    assert process.wait(20) is not None
    assert process.resources.killed is not None
    assert "the limit is 100" in process.resources.killed
    process.stop(0)
    assert living(mark) == []
    assert 50 < process.resources.peak_processes <= 100 + 32
    assert process.resources.left_after_stop == 0


def test_threads_without_end_are_ended(project: Project, rung: Rung) -> None:
    process = project.start(
        rung,
        """
        import threading, time
        while True:
            try:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            except RuntimeError:
                time.sleep(0.1)
        """,
        limits=Limits(processes=100),
    )
    assert process.wait(20) is not None
    assert "100" in (process.resources.killed or "")


# Limits


def test_memory_is_limited(project: Project, rung: Rung) -> None:
    process = project.start(
        rung,
        """
        import os
        if os.fork():
            os.wait()
        taken = []
        while True:
            taken.append(b"x" * (4 << 20))
        """,
        limits=Limits(memory_mb=150),
    )
    assert process.wait(20) is not None
    assert "memory" in (process.resources.killed or "")
    assert process.signal == 9
    assert 150 < process.resources.peak_memory_mb < 2000


def test_the_disk_is_limited(project: Project, rung: Rung, tmp_path: Path) -> None:
    process = project.start(
        rung,
        """
        import os, time
        for folder in (".", os.environ.get("TMPDIR", "/tmp")):
            number = 0
            try:
                while True:
                    number += 1
                    with open(f"{folder}/{number}", "wb") as file:
                        file.write(b"x" * (1 << 20))
                    if number > 60:
                        time.sleep(0.05)
            except OSError as error:
                print("full after", number, error.errno, flush=True)
        """,
        limits=Limits(disk_mb=40),
    )
    assert process.wait(20) is not None
    process.stop(0)
    if rung.own_files:
        reached = [int(line.split()[2]) for line in project.written().splitlines() if line.endswith("28")]
        assert len(reached) == 2
        assert max(reached) <= 41
    else:
        assert process.resources.killed == "Its files took more than 40 MB."
        assert not Path(process.folder).exists()
        assert says(rung, "disk", "only looked at")


def test_files_are_counted(project: Project, rung: Rung) -> None:
    process = project.start(
        rung,
        """
        import time
        for number in range(20000):
            open(f"{number}", "w").close()
            if number > 3000:
                time.sleep(0.01)
        """,
        limits=Limits(files=2000),
    )
    ended = process.wait(20)
    assert ended is not None
    assert ended.code != 0
    process.stop(0)
    full = "No space left" in project.written()
    assert full or process.resources.killed == "It made more than 2000 files."


def test_a_file_is_limited(project: Project, rung: Rung) -> None:
    said = project.run(
        rung,
        """
        import os
        with open("big", "wb") as file:
            try:
                while True:
                    file.write(b"x" * (1 << 20))
            except OSError as error:
                print(os.strerror(error.errno), os.stat("big").st_size >> 20)
        """,
        limits=Limits(file_mb=5),
    )
    assert said == "File too large 5\n"


def test_processor_time_is_limited(project: Project, rung: Rung) -> None:
    process = project.start(rung, "while True: pass", limits=Limits(processor_seconds=1))
    assert process.wait(20) is not None
    assert process.resources.killed == "It used more than 1 seconds of processor time."


def test_a_gigabyte_of_log_is_cut(project: Project, rung: Rung) -> None:
    process = project.start(
        rung,
        """
        import os
        os.write(1, b"the beginning\\n")
        block = b"x" * (1 << 20)
        for _ in range(1024):
            left = memoryview(block)
            while left:
                left = left[os.write(1, left):]
        os.write(2, b"the end\\n")
        """,
    )
    ended = process.wait(50)
    assert ended is not None
    assert ended.code == 0
    process.stop(0)
    total = (1 << 30) + 22
    assert process.position() == process.resources.log_bytes == total
    assert process.log.dropped == total - (5 << 20)
    text = project.log.read_bytes()
    assert (5 << 20) < len(text) < (5 << 20) + 100
    assert text.startswith(b"the beginning\n")
    assert text.endswith(b"the end\n")
    where = process.log.kept(total - 8, total)
    assert where is not None
    assert text[slice(*where)] == b"the end\n"


def test_a_server_that_never_answers_ends(project: Project, rung: Rung, tmp_path: Path) -> None:
    port = free_port()
    process = project.start(
        rung,
        """
        import signal, socket, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        listener = socket.socket()
        listener.bind(("127.0.0.1", int(sys.argv[1])))
        listener.listen()
        print("listening", flush=True)
        while True:
            time.sleep(1)
        """,
        port,
        forwards_in={str(tmp_path / "s"): port},
    )
    wait_for(lambda: "listening\n" in project.written())
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(0.3)
        client.connect(str(tmp_path / "s"))
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)
        began = time.monotonic()
        process.stop(0.2)
        assert time.monotonic() - began < 3
    assert process.signal == 9
