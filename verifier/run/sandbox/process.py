"""Starts a job in a sandbox, and looks after it from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from types import TracebackType

from verifier.run.record import Resources
from verifier.run.sandbox import files, launch, watch
from verifier.run.sandbox.job import MEGABYTE, Exit, Job
from verifier.run.sandbox.ladder import Refusal, Rung
from verifier.run.sandbox.log import Log
from verifier.run.sandbox.wire import Message, Wire

_LOOK = 0.1
_UNTIL_STARTED = 120.0
_UNTIL_KILLED = 3.0


def start(job: Job, rung: Rung) -> Process:
    """Run a job in a sandbox. Returns when its command has been started.

    Raises:
        Refusal: it could not be started: the sandbox cannot be made, the project cannot be copied into it, a port is
            in use. A command that does not exist is no such case: it ends with exit status 127, as in a shell.
    """
    process = Process(job, rung)
    try:
        process._begin()
    except OSError as error:
        process.stop(0)
        raise Refusal(f"The sandbox cannot be made: {error}.") from error
    except BaseException:
        process.stop(0)
        raise
    return process


class Process:
    """A job that was started. Use it in a ``with``, or call ``stop``: other processes may outlive the command.

    Attributes:
        folder: where the copy of the project is, for those inside.
        log: what the command and its processes write.
    """

    def __init__(self, job: Job, rung: Rung) -> None:
        self.job = job
        self.rung = rung
        self._room = None if rung.own_files else Path(tempfile.mkdtemp(prefix="buttress-"))
        self._places = launch.places(job, rung, self._room)
        self.folder = self._places.folder
        limits = job.limits
        self.log = Log(job.log, int(limits.log_head_mb * MEGABYTE), int(limits.log_tail_mb * MEGABYTE))
        self._listeners: list[tuple[socket.socket, Path]] = []
        self._popen: subprocess.Popen[bytes] | None = None
        self._depth = 0
        self._wire: Wire | None = None
        self._sending = threading.Lock()
        self._changed = threading.Condition()
        self._started = self._ended = self._stopped = False
        self._failure: str | None = None
        self._exit: Exit | None = None
        self._probes: dict[int, bool] = {}
        self._probe = 0
        self._killed: str | None = None
        self._kill_hard_at: float | None = None
        self._peak_memory = self._peak_processes = self._measured_at = self._left = 0
        self._known: dict[int, float] = {}
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(0)

    # What became of it

    def poll(self) -> Exit | None:
        """How the command ended; None while it runs."""
        return self._exit

    def wait(self, timeout: float | None = None) -> Exit | None:
        """Wait for the end of the command, though others of its processes may live; None after the timeout."""
        with self._changed:
            self._changed.wait_for(lambda: self._exit is not None or self._ended, timeout)
        return self._exit

    @property
    def exit(self) -> int | None:
        """The exit status of the command."""
        return None if self._exit is None else self._exit.code

    @property
    def signal(self) -> int | None:
        """The number of the signal that ended the command."""
        return None if self._exit is None else self._exit.signal

    @property
    def resources(self) -> Resources:
        """What was taken so far."""
        return Resources(
            peak_memory_mb=round(self._peak_memory / MEGABYTE, 1),
            peak_processes=self._peak_processes,
            log_bytes=self.log.total,
            killed=self._killed,
            left_after_stop=self._left,
        )

    def position(self) -> int:
        """How many bytes of log were written so far; see ``Log``."""
        return self.log.position()

    def answers(self, address: str, port: int, seconds: float = 1.0) -> bool:
        """Whether something inside listens at an address there.

        What listens on all addresses answers at 127.0.0.2 too; what listens on 127.0.0.1 does not.
        """
        with self._changed:
            self._probe += 1
            number = self._probe
        self._tell({"probe": number, "address": address, "port": port, "seconds": seconds})
        with self._changed:
            self._changed.wait_for(lambda: number in self._probes or self._ended, seconds + 2)
            return self._probes.pop(number, False)

    def stop(self, grace: float = 5.0) -> Exit | None:
        """End it all: SIGTERM to the command's process group, and after the grace SIGKILL to whatever lives.

        It is not waited longer than needed: once the group is gone, what left it is killed at once. Then the sockets
        and the temporary folder are removed, and the log is closed.

        Returns:
            How the command ended; None where it was never started.
        """
        if self._stopped:
            return self._exit
        if self._popen is not None:
            if self._started:
                self._tell({"stop": grace} if grace > 0 else {"kill": True})
            else:
                self._kill_hard()
            if not self._await_end(max(grace, 0) + _UNTIL_KILLED):
                self._kill_hard()
                self._await_end(_UNTIL_KILLED)
            self._sweep()
        for thread in self._threads:
            thread.join(_UNTIL_KILLED)
        if self._wire is not None:
            self._wire.end.close()
        if self._popen is None:
            with contextlib.suppress(OSError):
                self.log.begin()
        self.log.close()
        for listener, path in self._listeners:
            listener.close()
            path.unlink(missing_ok=True)
        if self._room is not None:
            files.remove(self._room)
        self._stopped = True
        return self._exit

    # How it begins

    def _begin(self) -> None:
        for name in self.job.forwards_in:
            self._listeners.append((_listen(Path(name)), Path(name)))
        self._prepare_folders()
        ours, theirs = socket.socketpair()
        self._wire = Wire(ours)
        try:
            ready = launch.prepare(
                self.job,
                self.rung,
                self._places,
                self._room,
                control=theirs.fileno(),
                log=self.log.writer,
                listeners=[
                    (listener.fileno(), port)
                    for (listener, _), port in zip(self._listeners, self.job.forwards_in.values(), strict=True)
                ],
            )
            self._depth = ready.depth
            self._popen = _keeper(os.getpid()).submit(partial(_spawn, ready)).result()
        finally:
            theirs.close()
        self.log.begin()
        for about, work in (("wire", self._listen), ("watch", self._watch)):
            thread = threading.Thread(target=work, name=f"sandbox {about}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._tell(ready.order)
        with self._changed:
            self._changed.wait_for(lambda: self._started or self._failure or self._ended, _UNTIL_STARTED)
        if not self._started:
            raise Refusal(self._failure or self._complaint())

    def _prepare_folders(self) -> None:
        owner = self.rung.become
        if owner is not None:
            for name in self.job.writable:
                if Path(name).stat().st_uid == 0:
                    os.chown(name, *owner)
        if self._room is not None:
            self._room.chmod(0o711)
            for folder in (self.folder, self._places.temporary):
                Path(folder).mkdir(exist_ok=True)

    def _complaint(self) -> str:
        """Why nothing was heard of the supervisor."""
        if self._popen is None or not self._await_end(0):
            return f"The sandbox was not ready after {_UNTIL_STARTED:.0f} seconds."
        said = b""
        if self._popen.stderr is not None:
            os.set_blocking(self._popen.stderr.fileno(), False)
            said = self._popen.stderr.read() or b""
        text = said.decode(errors="replace").strip()
        return f"The sandbox cannot be made: {text or f'its first program ended with {self._popen.returncode}'}"

    # What is heard of it

    def _tell(self, message: Message, *files: int) -> None:
        if self._wire is not None:
            with self._sending, contextlib.suppress(OSError):  # an end is noticed elsewhere
                self._wire.send(message, *files)

    def _listen(self) -> None:
        assert self._wire is not None and self._popen is not None
        while True:
            try:
                messages = self._wire.receive()
            except OSError:
                messages = None
            if messages is None:
                break
            for message in messages:
                self._hear(message)
        try:
            self._popen.wait(_UNTIL_KILLED)
        except subprocess.TimeoutExpired:
            self._kill_hard()
            self._popen.wait()
        with self._changed:
            self._ended = True
            if self._started and self._exit is None:
                self._exit = Exit(None, signal.SIGKILL)
            self._changed.notify_all()

    def _hear(self, message: Message) -> None:
        with self._changed:
            if "started" in message:
                self._started = True
            elif "failed" in message:
                self._failure = message["failed"]
            elif "exit" in message:
                self._exit = Exit(message["exit"], message["signal"])
                self._explain_signal()
            elif "probe" in message:
                self._probes[message["probe"]] = message["answers"]
            elif "killed" in message:
                self._killed = self._killed or message["killed"]
            self._changed.notify_all()
        if "connect" in message:
            target = self.job.forwards_out[message["connect"]]
            work = partial(self._call, target, message["number"])
            if target.startswith("/"):
                work()
            else:
                threading.Thread(target=work, name="sandbox call", daemon=True).start()

    def _explain_signal(self) -> None:
        limits = self.job.limits
        if self.signal == signal.SIGXCPU:
            self._killed = self._killed or f"It used more than {limits.processor_seconds} seconds of processor time."
        elif self.signal == signal.SIGXFSZ:
            self._killed = self._killed or f"It wrote a file of more than {limits.file_mb} MB."

    def _call(self, target: str, number: int) -> None:
        """Connect somebody inside to a server on the host."""
        try:
            if target.startswith("/"):
                connection = socket.socket(socket.AF_UNIX)
                connection.settimeout(2)
                connection.connect(target)
            else:
                host, _, port = target.rpartition(":")
                connection = socket.create_connection((host.strip("[]"), int(port)), timeout=5)
        except (OSError, ValueError):
            self._tell({"refused": number})
            return
        with connection:
            connection.settimeout(None)
            self._tell({"connected": number}, connection.fileno())

    # What it takes

    def _watch(self) -> None:
        while True:
            self._look()
            with self._changed:
                if self._changed.wait_for(lambda: self._ended, _LOOK):
                    return

    def _look(self) -> None:
        assert self._popen is not None
        limits = self.job.limits
        seen = watch.everything()
        above = {self._popen.pid}
        for _ in range(self._depth):
            above = {one.process for one in seen.values() if one.parent in above}
        of_job = [one for process in above for one in watch.descendants(seen, process) if not one.ended]
        self._known.update((one.process, one.started) for one in of_job)
        self._peak_processes = max(self._peak_processes, len(of_job))
        tasks = sum(one.threads for one in of_job)
        resident = sum(one.resident for one in of_job)
        memory = 0
        # What is shared is only told apart where it matters: that takes the kernel a while.
        if resident > min(limits.memory_mb * MEGABYTE, self._measured_at * 1.05):
            memory = watch.proportional(of_job)
            self._measured_at = max(self._measured_at, resident)
            self._peak_memory = max(self._peak_memory, memory)
        if memory > limits.memory_mb * MEGABYTE:
            self._kill(f"Its processes took {memory // MEGABYTE} MB of memory; the limit is {limits.memory_mb} MB.")
        elif tasks >= limits.processes:
            self._kill(f"It started {tasks} processes and threads; the limit is {limits.processes}.")
        elif self._kill_hard_at is not None and time.monotonic() > self._kill_hard_at:
            self._kill_hard()

    def _kill(self, reason: str) -> None:
        if self._killed is None:
            self._killed = reason
            self._tell({"kill": True})
            self._kill_hard_at = time.monotonic() + _UNTIL_KILLED

    # How it ends

    def _await_end(self, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._ended, timeout)

    def _kill_hard(self) -> None:
        """Kill without the supervisor's help. With the first of their processes the kernel ends a sandbox's all."""
        if self._popen is None:
            return
        if not self.rung.own_files:
            self._kill_known()
        self._popen.kill()

    def _kill_known(self) -> int:
        """Kill what lives of all the processes that were ever seen, and count it."""
        living = 0
        for process, started in self._known.items():
            seen = watch.look(process)
            if seen is not None and seen.started == started and not seen.ended:
                living += 1
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
        return living

    def _sweep(self) -> None:
        """Make sure that nothing is left."""
        until = time.monotonic() + _UNTIL_KILLED
        self._left = self._kill_known()
        while self._left and time.monotonic() < until:
            time.sleep(0.02)
            self._left = self._kill_known()


@cache
def _keeper(_: int) -> ThreadPoolExecutor:
    """A thread of this process that lives as long as it does.

    The kernel ends what is to die with its parent when the *thread* that started it ends.
    """
    return ThreadPoolExecutor(1, thread_name_prefix="sandbox keeper")


def _spawn(ready: launch.Launch) -> subprocess.Popen[bytes]:
    """Start the program. In a session of its own, Ctrl-C is heard by Buttress alone, which ends it in order."""
    try:
        return subprocess.Popen(
            ready.command,
            env=ready.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            pass_fds=ready.files,
            start_new_session=True,
        )
    finally:
        for file in ready.made:
            os.close(file)


def _listen(path: Path) -> socket.socket:
    """A socket in the file system. One that an earlier run left behind is replaced."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, error.strerror, str(path)) from error
    return listener
