"""The public collection of the API, run by newman against a backend in its sandbox.

The collection is not part of this repository: its path is given. newman runs outside and speaks TCP; the backend is
reached through the socket that leads into its sandbox.
"""

from __future__ import annotations

import json
import secrets
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.mutants.outcome import Newman
from verifier.run import install
from verifier.run.detect import detect
from verifier.run.runner import client, environment, probe, shown
from verifier.run.sandbox import Job, choose, start

ASSERTIONS = 290
READY = 60.0
LONGEST = 180.0


@contextmanager
def serving(folder: Path, cache: Path) -> Iterator[int | None]:
    """A backend that answers at a port of this machine, with bodies in its lists; None where it does not start."""
    plan = detect(folder)
    rung = choose(None, unsafe=False)
    with tempfile.TemporaryDirectory() as scratch:
        door = Path(scratch) / "app"
        try:
            installed = install.install(plan, rung, cache / "environments", Path(scratch) / "install.log")
        except install.InstallError:
            yield None
            return
        job = Job(
            command=plan.start,
            environment=environment(plan, installed, plan.port) | {"LIST_BODIES": "true"},
            source=plan.root,
            log=Path(scratch) / "server.log",
            read_only=shown(installed),
            forwards_in={str(door): plan.port},
        )
        process = start(job, rung)
        try:
            deadline = time.monotonic() + READY
            with client(door) as connection:
                while process.poll() is None and time.monotonic() < deadline:
                    status, _ = probe(connection, "/api/health-check", "")
                    if status == 200:
                        break
                    time.sleep(0.1)
                else:
                    yield None
                    return
            with relayed(door) as port:
                yield port
        finally:
            process.stop()


@contextmanager
def relayed(door: Path) -> Iterator[int]:
    """A port of this machine whose connections go to a socket in the file system."""

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as inner:
                try:
                    inner.connect(str(door))
                except OSError:
                    return
                back = threading.Thread(target=pour, args=(inner, self.request), daemon=True)
                back.start()
                pour(self.request, inner)
                back.join(LONGEST)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def pour(source: socket.socket, sink: socket.socket) -> None:
    """Everything that one socket says, to another one."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def run_newman(folder: Path, newman: Path, collection: Path, cache: Path) -> Newman:
    """Run the collection against a backend on SQLite.

    Args:
        newman: the folder in whose node_modules newman is.
    """
    with serving(folder, cache) as port:
        if port is None:
            return Newman(started=False, passed=0)
        with tempfile.TemporaryDirectory() as scratch:
            result = Path(scratch) / "newman.json"
            name = f"u{secrets.token_hex(4)}"
            values = {
                "APIURL": f"http://127.0.0.1:{port}/api",
                "USERNAME": name,
                "EMAIL": f"{name}@mail.com",
                "PASSWORD": "password",
            }
            command = [newman / "node_modules" / ".bin" / "newman", "run", collection]
            command += [word for key, value in values.items() for word in ("--global-var", f"{key}={value}")]
            command += ["--timeout-request", "10000", "--reporters", "json", "--reporter-json-export", result]
            subprocess.run(list(map(str, command)), capture_output=True, timeout=LONGEST, check=False)
            return read_newman(json.loads(result.read_text()))


def read_newman(report: dict[str, Any]) -> Newman:
    """The gist of newman's own report."""
    assertions = report["run"]["stats"]["assertions"]
    for execution in report["run"]["executions"]:
        failed = any("error" in one for one in execution.get("assertions", ()))
        broken = "requestError" in execution or any("error" in one for one in execution.get("testScript", ()))
        if failed or broken:
            request = execution["request"]
            path = "/".join(request["url"]["path"])
            return Newman(
                started=True,
                passed=assertions["total"] - assertions["failed"],
                first=f"{request['method']} /{path} ({execution['item']['name']})",
                status=execution.get("response", {}).get("code"),
            )
    return Newman(started=True, passed=assertions["total"] - assertions["failed"])
