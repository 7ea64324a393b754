"""The supervisor: the first program inside a sandbox, and the parent of all that runs there.

It finishes the walls that are not there yet, copies the project in, starts the command in a session of its own, ties
sockets of the host to ports inside, and sees to it that nothing is left at the end. What it is to do comes as one
message on its wire (see ``process.Order``); what happens goes back the same way:

    started             the command runs
    failed              it does not; the text says why
    exit, signal        how the command ended; others of its processes may live
    connect, number     somebody inside connected to that port: an open file is wanted in answer
    probe, answers      whether something listens at the address that was asked for
    killed              everything was killed, because it went beyond a limit
    end                 nothing is left; ``left`` is how many processes could not be killed

Standard library only: nothing else is to be seen inside.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from verifier.run.sandbox import command, files, kernel, mounts, relay, wire
else:
    import command
    import files
    import kernel
    import mounts
    import relay
    import wire

_LOOK_AT_DISK = 0.5

# What root needs to end another user's processes, and to count and remove its files.
_TO_KILL = (kernel.CAP_KILL,)
_TO_REMOVE = (kernel.CAP_DAC_OVERRIDE, kernel.CAP_DAC_READ_SEARCH, kernel.CAP_FOWNER)


def main(control: int) -> NoReturn:
    """Do what the first message on that open file says, until nothing is left to do."""
    os.set_inheritable(control, False)
    host = wire.Wire(socket.socket(fileno=control))
    waiting: list[wire.Message] = []
    while not waiting:
        received = host.receive()
        if received is None:
            os._exit(1)
        waiting += received
    order = waiting.pop(0)
    os.umask(0o022)
    try:
        _enclose(order, host)
        supervisor = Supervisor(order, host)
        supervisor.start()
    except (command.Failed, OSError) as error:
        with contextlib.suppress(OSError):
            host.send({"failed": command.text(error)})
        os._exit(1)
    for message in waiting:
        supervisor.obey(message)
    while True:
        supervisor.loop.turn()


def _enclose(order: dict[str, Any], host: wire.Wire) -> None:
    """Make the namespaces and mounts that are still wanted. Returns in the process that is to be the supervisor."""
    own_processes: bool = order["own_processes"]
    if kernel.AVAILABLE and order["parent"] is not None:
        # Where the kernel ends a namespace with its first process, that process may die at once.
        kernel.die_with_parent(signal.SIGKILL if own_processes else signal.SIGTERM)
        if os.getppid() != order["parent"]:
            os._exit(1)
    if order["namespaces"]:
        kernel.unshare(order["namespaces"])
        if order["map"]:
            kernel.map_ids(*order["map"])
        kernel.die_with_parent(signal.SIGKILL)  # the new user namespace undid it
        alive, ended = os.pipe()
        child = os.fork()
        if child:
            host.end.close()
            for file in (alive, order["log"], *(file for file, _ in order["into"])):
                os.close(file)
            _, status = os.waitpid(child, 0)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        kernel.die_with_parent(signal.SIGKILL)
        os.close(ended)
        os.set_blocking(alive, False)
        with contextlib.suppress(BlockingIOError):
            os.read(alive, 1)  # an end here: the parent died before the line above
            os._exit(1)
        os.close(alive)
        mounts.build(order["mounts"])
        socket.sethostname("buttress")
        if order["namespaces"] & kernel.NEW_NETWORK:
            kernel.loopback_up()
        if order["map"]:
            with contextlib.suppress(OSError):  # the filter of system calls refuses them too
                Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    elif not own_processes and kernel.AVAILABLE:
        kernel.adopt_orphans()


class Supervisor:
    """What runs inside, and what is still to be done about it."""

    def __init__(self, order: dict[str, Any], host: wire.Wire) -> None:
        self.order = order
        self.host = host
        self.loop = relay.Loop()
        self.main = 0  # until it has ended
        self.group = 0  # of the command's processes, as far as they did not leave it
        self.stopping = False
        self.finishing = False
        self.alone = False  # Buttress is gone
        self.calls: dict[int, socket.socket] = {}
        self.next_call = 0

    def start(self) -> None:
        """Prepare everything and start the command.

        Raises:
            command.Failed, OSError: it cannot be started.
        """
        order = self.order
        os.set_inheritable(order["log"], False)
        owner = tuple(order["become"]) if order["become"] else None
        if order["source"] is not None:
            try:
                files.copy(Path(order["source"]), Path(order["folder"]), set(order["skip"]), owner)
            except OSError as error:
                raise command.Failed(
                    f"The project cannot be copied into its sandbox: {command.text(error)}."
                ) from error
        elif owner is not None:
            os.chown(order["folder"], *owner)
        for target, place in order["links"]:
            folder = Path(place).parent
            if not folder.resolve().is_relative_to(Path(order["folder"]).resolve()):
                raise command.Failed(
                    f"Nothing can be shown at {place}: a link of the project leads elsewhere from there."
                )
            folder.mkdir(parents=True, exist_ok=True)
            Path(place).symlink_to(target)
        for folder in order["folders"]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            if owner is not None:
                os.chown(folder, *owner)
        outward = [(self._listen(port), port) for port in order["out"]]
        inward = [(socket.socket(fileno=file), port) for file, port in order["into"]]
        for listener, _ in inward:
            listener.set_inheritable(False)
        self._catch_signals()
        if kernel.AVAILABLE:
            kernel.hide_memory()
        self.main = self.group = command.start(order)
        os.close(order["log"])
        if kernel.AVAILABLE:
            needed = () if os.getuid() else _TO_KILL if order["own_files"] else (*_TO_KILL, *_TO_REMOVE)
            kernel.keep_capabilities(*needed)
            kernel.no_new_privileges()
        for listener, port in outward:
            self._accept(listener, partial(self._go_out, port))
        for listener, port in inward:
            self._accept(listener, partial(self._come_in, port))
        self.loop.watch(self.host.end, selectors.EVENT_READ, lambda _: self._hear())
        self.host.send({"started": self.main})
        self.loop.after(_LOOK_AT_DISK, self._look_at_disk)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise command.Failed(f"Port {port} cannot be offered to the project: {command.text(error)}.") from error
        listener.listen(128)
        return listener

    def _catch_signals(self) -> None:
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

        def ready(_: int) -> None:
            if signal.SIGTERM in os.read(read, 4096):
                self.alone = True
                self._finish()
            self._reap()

        self.loop.watch(read, selectors.EVENT_READ, ready)

    # What the host asks for

    def _hear(self) -> None:
        messages = self.host.receive()
        if messages is None:
            self.alone = True
            self.loop.watch(self.host.end, 0, lambda _: None)
            self._finish()
        for message in messages or ():
            self.obey(message)

    def obey(self, message: wire.Message) -> None:
        """Do what a message of the host says."""
        if "stop" in message:
            self._stop(message["stop"])
        elif "kill" in message:
            self._finish()
        elif "probe" in message:
            number: int = message["probe"]
            address = (message["address"], message["port"])
            relay.connect(self.loop, address, partial(self._probed, number), message["seconds"])
        elif "connected" in message:
            calling = self.calls.pop(message["connected"], None)
            called = socket.socket(fileno=self.host.files.popleft())
            if calling is None:
                called.close()
            else:
                relay.Pair(self.loop, calling, called)
        elif "refused" in message:
            self.calls.pop(message["refused"]).close()

    def _probed(self, number: int, connection: socket.socket | None) -> None:
        if connection is not None:
            connection.close()
        self._tell({"probe": number, "answers": connection is not None})

    def _tell(self, message: wire.Message) -> None:
        with contextlib.suppress(OSError):  # the loop hears of the end too
            self.host.send(message)

    # Connections

    def _accept(self, listener: socket.socket, connected: Any) -> None:
        listener.setblocking(False)

        def ready(_: int) -> None:
            with contextlib.suppress(OSError):
                connection, _address = listener.accept()
                connected(connection)

        self.loop.watch(listener, selectors.EVENT_READ, ready)

    def _come_in(self, port: int, outer: socket.socket) -> None:
        def done(inner: socket.socket | None) -> None:
            if inner is None:
                outer.close()
            else:
                relay.Pair(self.loop, outer, inner)

        relay.connect(self.loop, ("127.0.0.1", port), done)

    def _go_out(self, port: int, inner: socket.socket) -> None:
        self.next_call += 1
        self.calls[self.next_call] = inner
        self._tell({"connect": port, "number": self.next_call})

    # The end

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self._end()
            if not process:
                break
            if process == self.main:
                self.main = 0
                code = os.waitstatus_to_exitcode(status)
                self._tell({"exit": code if code >= 0 else None, "signal": -code if code < 0 else None})
        if self.stopping and not self._group_lives():
            self._finish()

    def _group_lives(self) -> bool:
        try:
            os.killpg(self.group, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True

    def _stop(self, grace: float) -> None:
        self.stopping = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGTERM)
        if not self._group_lives():
            self._finish()
        self.loop.after(grace, self._finish)

    def _finish(self) -> None:
        """Kill everything. Where that takes more than one look, the loop goes on until no child is left."""
        if self.order["own_processes"]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        else:
            _kill_descendants(self.group)
        self.stopping = False
        self._reap()
        if not self.finishing:
            self.finishing = True
            self.loop.after(0.05, self._finish_on)

    def _finish_on(self) -> None:
        self.finishing = False
        self._finish()

    def _end(self) -> NoReturn:
        self._tell({"end": True})
        if self.alone and self.order["room"] is not None:
            files.remove(Path(self.order["room"]))
        os._exit(0)

    def _look_at_disk(self) -> None:
        limits = self.order["limits"]
        reason = None
        pause = _LOOK_AT_DISK
        for place in self.order["watched"]:
            if self.order["own_files"]:
                about = os.statvfs(place)
                size = (about.f_blocks - about.f_bfree) * about.f_frsize
                count = about.f_files - about.f_ffree
                full = size > limits["disk"]
            else:
                size, count = files.taken(Path(place), limits["disk"])
                full = size > limits["disk"]
                pause = max(pause, count / 10_000)  # counting takes some 4 µs each
            if full:
                reason = f"Its files took more than {limits['disk'] >> 20} MB."
            elif count > limits["files"]:
                reason = f"It made more than {limits['files']} files."
        if reason is not None:
            self._tell({"killed": reason})
            self._finish()
        else:
            self.loop.after(pause, self._look_at_disk)


def _kill_descendants(group: int) -> None:
    """Kill every descendant of this process. They are all stopped first, so that none starts another meanwhile.

    Without /proc only the group of the command can be told.
    """
    if not Path("/proc/self/stat").exists():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        return
    stopped: set[int] = set()
    for _ in range(50):
        fresh = _descendants() - stopped
        if not fresh:
            break
        for process in fresh:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGSTOP)
        stopped |= fresh
    for process in stopped:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)


def _descendants() -> set[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in brackets may hold anything, brackets and blanks too; the parent is the second after it.
                state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split(None, 2)[:2]
                if state != b"Z":
                    children.setdefault(int(parent), []).append(int(folder.name))
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.add(child)
            waiting.append(child)
    return found


def bootstrap(control: str) -> NoReturn:
    """Run as the program that the sandbox was made for."""
    try:
        main(int(control))
    except BaseException as error:
        # Nothing of Buttress's own may reach the project's log, and a trace would not reach anybody else.
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)
