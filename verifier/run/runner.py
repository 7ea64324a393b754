"""One run, from a folder to a record: detect, install, database, start, ready, suite, stop."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, Protocol

import httpx
import msgspec
from msgspec import Struct

from verifier import VERSION
from verifier.read import ReadError
from verifier.run import evidence, install, postgres
from verifier.run.detect import Plan, detect
from verifier.run.errors import RunError
from verifier.run.masking import masked
from verifier.run.record import (
    SCHEMA_VERSION,
    Constraints,
    Database,
    Environment,
    LogFile,
    LogName,
    Phase,
    PhaseName,
    PhaseStatus,
    Range,
    Record,
    Request,
    Resources,
    SandboxLevel,
    Signature,
    Subject,
    Tool,
)
from verifier.run.record import Sandbox as SandboxRecord
from verifier.run.record import Suite as SuiteRecord
from verifier.run.relay import relay
from verifier.run.sandbox import REPOSITORY, Job, Limits, Process, Rung, choose, start
from verifier.run.suite.client import Marks, not_sent, run_suite
from verifier.run.suite.redact import redact
from verifier.run.suite.steps import Suite, digest
from verifier.run.suite.summary import summary

INTERVAL = 0.1
LONGEST_PROBE = 2.0
GRACE = 5.0
LOOK, MOST_LOOKS = 0.004, 10
MOST_DATABASE_LOG = 5_000_000
SECRET = "a run of the tests, which keeps nothing: 32 bytes or more"


class Options(Struct, frozen=True):
    """What the user said of a run.

    Attributes:
        root: the project.
        record: where the record goes; the logs go beside it.
        suite: the requests; None where schemathesis makes them from a ``specification``.
        token: the header ``Authorization`` of those.
        database: what the project is given; None for what its drivers ask for.
        postgres: a running server, by its address.
        binaries: the folder of PostgreSQL's programs.
        variables: for the project's environment.
        ready: the path whose answer says that the project is ready.
        timeout: seconds until it must be.
    """

    root: Path
    record: Path
    suite: Suite | None
    profile: str | None = None
    specification: Path | None = None
    token: str | None = None
    start: str | None = None
    database: Literal["postgres", "sqlite"] | None = None
    postgres: str | None = None
    binaries: Path | None = None
    variables: Mapping[str, str] = {}
    ready: str = "/api/health-check"
    prefix: str = "/api"
    port: int | None = None
    timeout: float = 60.0
    python: str | None = None
    level: SandboxLevel | None = None
    unsafe: bool = False
    cache: Path = Path()
    constraints: Constraints = Constraints()
    limits: Limits = Limits()


class Display(Protocol):
    """Shows how far a run is."""

    def stage(self, name: str, total: int | None = None) -> None:
        """A new phase begins."""

    def advance(self) -> None:
        """A request is done with."""


class FailedError(Exception):
    """A phase failed: the run ends here, and its record says so."""


class Run:
    """A run while it is made."""

    def __init__(self, options: Options, display: Display) -> None:
        self.options = options
        self.display = display
        self.phases: list[Phase] = []
        self.requests: tuple[Request, ...] = ()
        self.resources = Resources()
        self.environment: Environment | None = None
        self.plan: Plan | None = None
        self.began = time.monotonic()
        self.started = datetime.now(UTC)
        self.scratch = Path(tempfile.mkdtemp(prefix="buttress-run-"))
        self.logs: dict[LogName, Path] = {}
        self.dropped: dict[LogName, int] = {}
        self.root = REPOSITORY

    def log(self, name: LogName) -> Path:
        """The file of a log."""
        return self.logs.setdefault(name, self.scratch / f"{name}.log")

    @contextmanager
    def phase(self, name: PhaseName, command: str | None = None) -> Iterator[Outcome]:
        """Do one phase and write down how it went.

        Raises:
            FailedError: it failed.
        """
        self.display.stage(STAGES[name])
        began = time.monotonic()
        outcome = Outcome(command)
        try:
            yield outcome
        except (ReadError, RunError, install.InstallError, OSError) as error:
            outcome.fail(str(error))
            if isinstance(error, install.InstallError):
                outcome.command, outcome.exit = error.command, error.exit
        took = round(time.monotonic() - began, 3)
        self.phases.append(
            Phase(
                name,
                outcome.status,
                took,
                outcome.command,
                outcome.exit,
                outcome.signal,
                outcome.log,
                redact(outcome.message),
            )
        )
        if outcome.status in ("failed", "timeout"):
            raise FailedError


class Outcome:
    """How a phase went, while it goes."""

    def __init__(self, command: str | None) -> None:
        self.status: PhaseStatus = "ok"
        self.command = command
        self.exit: int | None = None
        self.signal: int | None = None
        self.log: Range | None = None
        self.message = ""

    def fail(self, message: str, status: PhaseStatus = "failed") -> None:
        """It did not go well."""
        self.status, self.message = status, message


STAGES: Mapping[PhaseName, str] = {
    "detect": "reading",
    "install": "installing dependencies",
    "database": "starting PostgreSQL",
    "setup": "setting up",
    "start": "starting the project",
    "ready": "waiting for the project",
    "suite": "sending requests",
    "stop": "stopping",
}


def run(options: Options, display: Display) -> Record:
    """Run a project and write its record.

    Raises:
        RunError: there is nothing to record: no sandbox can be made, or the record cannot be written.
    """
    rung = choose(options.level, unsafe=options.unsafe)
    made = Run(options, display)
    try:
        with suppress(FailedError):
            whole(made, rung)
        record = recorded(made)
        written(made, record)
        return record
    finally:
        shutil.rmtree(made.scratch, ignore_errors=True)


def whole(made: Run, rung: Rung) -> None:
    """All phases, in their order; what was started is stopped, whatever comes between."""
    options = made.options
    with made.phase("detect"):
        made.plan = plan = detect(options.root, options.start)
    log = made.log("install")
    with made.phase("install") as outcome:
        installed = install.install(plan, rung, options.cache / "environments", log, python=options.python)
        outcome.message = f"{installed.version}, {'cached' if installed.cached else 'installed'}"
    outcome.log = None
    kind = options.database or ("postgres" if plan.drivers == {"postgres"} else "sqlite" if plan.drivers else None)
    server: postgres.Server | postgres.Named | None = None
    try:
        if kind == "postgres":
            with made.phase("database") as outcome:
                server = postgres.Named(options.postgres) if options.postgres else postgres.start(options.binaries)
                outcome.message = f"PostgreSQL {server.version}, {server.provider}"
        driven(made, rung, plan, installed, kind, server)
    finally:
        if server is not None:
            if server.log is not None:
                kept = server.log.read_bytes()
                made.log("database").write_bytes(kept[:MOST_DATABASE_LOG])
                made.dropped["database"] = max(0, len(kept) - MOST_DATABASE_LOG)
            server.stop()


def driven(
    made: Run,
    rung: Rung,
    plan: Plan,
    installed: install.Installed,
    kind: Literal["postgres", "sqlite"] | None,
    server: postgres.Server | postgres.Named | None,
) -> None:
    """Start the project, drive it, and stop it."""
    options = made.options
    port = options.port or plan.port
    if not rung.own_files and options.port is None and plan.reads_port:
        port = free_port()
    # Without a network of its own, the project sees this machine's names, and its ports may be taken.
    host = postgres.HOST if rung.own_files else "127.0.0.1"
    served = postgres.PORT if rung.own_files or not taken(postgres.PORT) else free_port()
    database = postgres.variables(host, served) if server is not None else {}
    variables = environment(plan, installed, port) | database | dict(options.variables)
    made.environment = Environment(
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=installed.version.removeprefix("python ") if plan.language == "python" else None,
        node=installed.version.removeprefix("node ") if plan.language == "node" else None,
        sandbox=SandboxRecord(rung.level, network(rung), rung.degraded),
        database=Database(kind or "none", server.version if server else None, server.provider if server else None),
        port=port,
        variables=tuple(sorted(variables)),
    )
    door = made.scratch / "door"
    door.mkdir()
    answers = door / "app"
    job = Job(
        command=plan.start,
        environment=variables,
        source=plan.root,
        log=made.log("server"),
        read_only=shown(installed),
        writable=generated(installed, made.scratch / "generated") if rung.own_files else {},
        forwards_in={str(answers): port},
        forwards_out={served: server.address} if server is not None else {},
        hosts=(postgres.HOST, "db", "database"),
        limits=options.limits,
    )
    with made.phase("start", plan.start[-1] if plan.start[0] == "sh" else " ".join(plan.start)):
        if not rung.own_files and taken(port):
            raise RunError(f"port {port} is in use: free it, or name another one with --port")
        process = start(job, rung)
    watcher = Watcher(process, server)
    try:
        await_ready(made, process, answers, port)
        with made.phase("suite") as outcome:
            if options.suite is not None:
                asked(made, options.suite, answers, watcher)
            elif options.specification is not None:
                explored(made, options.specification, answers)
            if process.poll() is not None:
                outcome.message = ended(process)
    finally:
        stopped(made, process)


def asked(made: Run, suite: Suite, answers: Path, watcher: Watcher) -> None:
    """Send the requests of a suite."""
    options = made.options
    with client(answers) as connection:
        made.requests = run_suite(
            suite,
            connection,
            profile=options.profile or next(iter(suite.profiles)),
            observer=watcher,
            advance=lambda number, total: made.display.advance(),
            prefix=options.prefix,
        )


def explored(made: Run, specification: Path, answers: Path) -> None:
    """Let schemathesis make requests from a specification."""
    from verifier.run.foreign import ResultsError
    from verifier.run.foreign.schemathesis import run_schemathesis

    options = made.options
    with relay(answers) as port:
        address = f"http://127.0.0.1:{port}{options.prefix}"
        try:
            made.requests = run_schemathesis(specification, address, options.token, made.scratch / "schemathesis")
        except ResultsError as error:
            raise RunError(str(error).rstrip(".")) from None


def network(rung: Rung) -> Literal["loopback", "offered ports", "open"]:
    """What the project can reach."""
    if rung.own_files:
        return "loopback"
    return "offered ports" if rung.level == "landlock" else "open"


def shown(installed: install.Installed) -> dict[str, str]:
    """What the project sees of the host: its dependencies, and what runs them."""
    found = {str(place): str(place) for place in (installed.folder, *installed.tools)}
    if installed.modules is not None:
        found[str(installed.modules)] = f"{REPOSITORY}/node_modules"
    return found


def generated(installed: install.Installed, place: Path) -> dict[str, str]:
    """A copy, for this run, of that part of ``node_modules`` into which `prisma generate` writes the client."""
    if installed.modules is None or not (installed.modules / ".prisma").is_dir():
        return {}
    source = installed.modules / ".prisma"
    shutil.copytree(source, place, symlinks=True)
    for path in (place, *place.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666 | path.stat().st_mode)
    return {str(place): f"{REPOSITORY}/node_modules/.prisma"}


def environment(plan: Plan, installed: install.Installed, port: int) -> dict[str, str]:
    """The environment of the project's process, apart from its database and what the user gives."""
    path = [*map(str, installed.path), "/usr/local/bin", "/usr/bin", "/bin"]
    found = {
        "PATH": os.pathsep.join(path),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PORT": str(port),
        "HOST": "0.0.0.0",
        "JWT_SECRET": SECRET,
        "SECRET_KEY": SECRET,
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if plan.language == "python":
        found["VIRTUAL_ENV"] = str(installed.path[0].parent)
    return found


def client(answers: Path) -> httpx.Client:
    """A client that reaches the project through the socket which leads into its sandbox."""
    limits = httpx.Limits(max_keepalive_connections=0)
    transport = httpx.HTTPTransport(uds=str(answers), limits=limits, retries=0)
    return httpx.Client(transport=transport, base_url="http://localhost", trust_env=False)


def await_ready(made: Run, process: Process, answers: Path, port: int) -> None:
    """Wait until the health check succeeds."""
    options = made.options
    deadline = time.monotonic() + options.timeout
    said = "it took no connection"
    with made.phase("ready", f"GET {options.ready}") as outcome, client(answers) as connection:
        while True:
            if process.poll() is not None:
                outcome.exit, outcome.signal = process.exit, process.signal
                outcome.fail(f"the project ended before it was ready: {ended(process)}")
                break
            status, said = probe(connection, options.ready, said)
            if status is not None and 200 <= status < 300:
                break
            if time.monotonic() > deadline:
                outcome.fail(
                    f"GET {options.ready} did not succeed within {options.timeout:.0f} seconds: {said}", "timeout"
                )
                break
            time.sleep(INTERVAL)
        outcome.log = Range("server", 0, process.position())
        if outcome.status == "ok" and process.rung.own_files and not process.answers("127.0.0.2", port):
            outcome.message = "it listens on loopback alone: no other machine or container could reach it"


def probe(connection: httpx.Client, path: str, said: str) -> tuple[int | None, str]:
    """One look at the health check: its status, and what to say of it."""
    try:
        with connection.stream("GET", path, timeout=LONGEST_PROBE) as answer:
            return answer.status_code, f"it answered {answer.status_code}"
    except httpx.TimeoutException:
        return None, "it took the connection and never answered"
    except httpx.ConnectError:
        return None, said
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        # The door into the sandbox is open before the project listens: then the connection ends with nothing.
        nothing = isinstance(error, httpx.ReadError) or "without sending" in str(error)
        return None, said if nothing else "its answer was no HTTP"
    except httpx.HTTPError:
        return None, "its answer was no HTTP"


def ended(process: Process) -> str:
    """How the project's own process ended."""
    if process.resources.killed:
        return process.resources.killed
    if process.signal is not None:
        return f"killed by signal {process.signal}"
    return f"exit status {process.exit}"


def stopped(made: Run, process: Process) -> None:
    """Stop everything that the project started."""
    alive = process.poll() is None
    began = time.monotonic()
    made.display.stage(STAGES["stop"])
    process.stop(GRACE)
    message = "" if alive else f"it had ended before: {ended(process)}"
    took = round(time.monotonic() - began, 3)
    made.phases.append(Phase("stop", "ok", took, None, process.exit, process.signal, None, message))
    made.resources = process.resources
    made.dropped["server"] = process.log.dropped
    made.root = str(process.folder)
    made.requests = tuple(kept(request, process) for request in made.requests)
    made.phases = [msgspec.structs.replace(phase, log=kept_range(phase.log, process)) for phase in made.phases]


def kept(request: Request, process: Process) -> Request:
    """A request whose stretch of the log is where the log's file has it."""
    return msgspec.structs.replace(request, log=kept_range(request.log, process))


def kept_range(found: Range | None, process: Process) -> Range | None:
    """A stretch of the server's log in its file; None where that part of it was dropped."""
    if found is None or found.log != "server":
        return found
    places = process.log.kept(found.start, found.end)
    return Range("server", *places) if places is not None else None


class Watcher:
    """Sees what the logs and the process do while a request is under way."""

    def __init__(self, process: Process, server: postgres.Server | postgres.Named | None) -> None:
        self.process = process
        self.server = server
        self.log = 0
        self.database = 0

    def before(self, number: int) -> None:
        """A request begins: what was written until now is not its own."""
        self.log = self.process.position()
        self.database = self.server.position() if self.server is not None else 0

    def after(self, number: int) -> Marks:
        """It ended."""
        log = Range("server", self.log, self.quiet())
        seen = self.server is not None and self.server.log is not None
        database = Range("database", self.database, self.server.position()) if seen and self.server else None
        return Marks(log, database, self.process.poll() is None)

    def quiet(self) -> int:
        """Where the log is once nothing more comes: what a server says of a request may come after its answer."""
        before = self.process.position()
        for _ in range(MOST_LOOKS):
            time.sleep(LOOK)
            after = self.process.position()
            if after == before:
                break
            before = after
        return before


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


def taken(port: int) -> bool:
    """Whether something listens on a port of this machine."""
    with socket.socket() as found:
        found.settimeout(0.5)
        return found.connect_ex(("127.0.0.1", port)) == 0


# The record


def recorded(made: Run) -> Record:
    """The record of what happened."""
    options = made.options
    failed = next((phase.name for phase in made.phases if phase.status in ("failed", "timeout")), None)
    if not made.requests and options.suite is not None:
        why = next((phase.message for phase in made.phases if phase.name == failed), "") or "the run ended before"
        profile = options.profile or next(iter(options.suite.profiles))
        made.requests = not_sent(options.suite, profile, why, prefix=options.prefix)
    return Record(
        schema_version=SCHEMA_VERSION,
        tool=Tool("buttress", VERSION),
        started=made.started.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - made.began, 3),
        project=subject(options.root, made.plan),
        constraints=options.constraints,
        environment=made.environment,
        suite=suite_record(options),
        phases=tuple(made.phases),
        requests=made.requests,
        signatures=signatures(made),
        resources=made.resources,
        logs=(),
        summary=summary(made.requests, failed),
    )


def suite_record(options: Options) -> SuiteRecord:
    """What was asked of the project."""
    if options.suite is not None:
        profile = options.profile or next(iter(options.suite.profiles))
        return SuiteRecord(options.suite.name, profile, "built in", digest(options.suite, profile))
    name = options.specification.name if options.specification is not None else ""
    return SuiteRecord(name, None, "schemathesis")


def signatures(made: Run) -> tuple[Signature, ...]:
    """The errors that logs and answers show."""
    logs = {name: path.read_bytes() for name, path in made.logs.items() if path.exists()}
    return evidence.signatures(logs, made.requests, made.root)


def subject(root: Path, plan: Plan | None) -> Subject:
    """The project, with the digest of its files."""
    if plan is None:
        return Subject(str(root))
    made = sha256()
    from verifier.read import read

    for path in sorted(read(root).paths):
        made.update(path.encode("utf-8", "surrogateescape") + b"\0")
        try:
            made.update(sha256((root / path).read_bytes()).digest())
        except OSError:
            made.update(b"unread")
    return Subject(str(root), made.hexdigest(), plan.digest(), plan.language)


def written(made: Run, record: Record) -> None:
    """Write the record, and the logs beside it.

    Raises:
        RunError: it cannot be written.
    """
    place = made.options.record
    kept: list[LogFile] = []
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for name, log in made.logs.items():
            if not log.exists() or not log.stat().st_size:
                continue
            beside = place.with_name(f"{place.stem}.{name}.log")
            beside.write_bytes(masked(log.read_bytes()))
            kept.append(LogFile(name, beside.name, beside.stat().st_size, made.dropped.get(name, 0)))
        whole = msgspec.structs.replace(record, logs=tuple(kept))
        place.write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=1))
    except OSError as error:
        raise RunError(f"the record cannot be written to {place}: {error.strerror or error}") from None
