"""Schemathesis: running it against a server, and reading the events that it writes (NDJSON).

Of its reports only the events tell all that a record holds: each request with its method, URL, answer and checks. Its
JUnit XML has one test for each operation, its HAR no checks, its JSON only counts.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from verifier.regex import regex
from verifier.run.foreign.errors import ResultsError
from verifier.run.foreign.exchange import LOOKED_AT, Exchange, requests_of, text_of
from verifier.run.foreign.reading import LARGEST, Report, broken_json, limit, read_bytes, wrong
from verifier.run.record import Check, Suite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from subprocess import Popen

    from verifier.run.record import Request

ROBUSTNESS = ("not_a_server_error",)
CONFORMANCE = (*ROBUSTNESS, "status_code_conformance", "response_schema_conformance")
SEED = 1
MEMORY = 2_000_000_000  # bytes of address space: an endless answer must not take the machine's
GRACE = 20.0  # seconds for it to end by itself once its own limit is reached
EVENTS = "events.ndjson"
MEMORIES = (".schemathesis", ".hypothesis")
LINE = 10_000  # characters of a line of its output


# Running


def run_schemathesis(
    specification: Path,
    base_url: str,
    token: str | None,
    workdir: Path,
    on_line: Callable[[str], None] | None = None,
    *,
    checks: Sequence[str] = CONFORMANCE,
    seconds: int = 120,
) -> tuple[Request, ...]:
    """Try each operation of an OpenAPI document with the values at the edges of what it allows, and beyond them.

    The same document and the same answers give the same requests. What was done within the time is what comes back.

    Args:
        base_url: where the API is served, with the path that its operations stand below.
        token: the value of the header ``Authorization``, such as ``Token abc``.
        workdir: a folder for its files: its settings and its report.
        on_line: is given each line of its output.
        checks: names of its checks: ``CONFORMANCE``, or ``ROBUSTNESS`` for server errors alone.
        seconds: how long it may take.

    Raises:
        ResultsError: it is not installed, or could not send a single request.
    """
    command = [*program(), "--config-file", "schemathesis.toml", "run", str(specification.resolve())]
    command += ["--url", base_url, "--phases", "coverage", "--checks", ",".join(checks), "--continue-on-failure"]
    command += ["--generation-deterministic", "--seed", str(SEED), "--workers", "1"]
    command += ["--max-time", str(seconds), "--request-timeout", "10", "--max-redirects", "0", "--warnings", "off"]
    command += ["--report", "ndjson", "--report-ndjson-path", EVENTS, "--no-color"]
    workdir.mkdir(parents=True, exist_ok=True)
    events = workdir / EVENTS
    forget(workdir)
    (workdir / "schemathesis.toml").write_text(settings(token is not None), encoding="utf-8")
    output = run(command, environment(workdir, token), workdir, seconds + GRACE, on_line)
    content = read_bytes(events, LARGEST) if events.exists() else None
    report = Report((content or b"")[:LARGEST], str(events), workdir)
    forget(workdir)
    exchanges = events_exchanges(report.content.decode("utf-8", "replace"), report, whole=False)
    if not any(exchange.sent for exchange in exchanges):
        raise ResultsError(f"Schemathesis sent no request: {reason(output, exchanges)}")
    return requests_of(exchanges, base=urlsplit(base_url).path)


def forget(workdir: Path) -> None:
    """Remove what a run wrote: it holds secrets in answers, and what one run learned would change the next."""
    (workdir / EVENTS).unlink(missing_ok=True)
    for memory in MEMORIES:
        shutil.rmtree(workdir / memory, ignore_errors=True)


def program() -> list[str]:
    """How Schemathesis is started.

    Raises:
        ResultsError: it is not installed.
    """
    from importlib.util import find_spec

    if find_spec("schemathesis") is not None:
        return [sys.executable, "-P", "-m", "schemathesis.cli"]
    found = shutil.which("schemathesis")
    if found is None:
        raise ResultsError("Schemathesis is not installed: `pip install schemathesis` beside Buttress.")
    return [found]


def settings(token: bool) -> str:
    """Its settings. A token is taken from the environment, where other users cannot see it.

    Methods that an operation does not have are not tried: that a server answers 501 to ``TRACE`` is no defect.
    """
    text = "[phases.coverage]\nunexpected-methods = []\n"
    return f'{text}\n[headers]\nAuthorization = "${{BUTTRESS_AUTHORIZATION}}"\n' if token else text


def environment(home: Path, token: str | None) -> dict[str, str]:
    """Its environment: none of the user's proxies, hooks and settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    own = {"HOME": str(home.resolve()), "NO_PROXY": "*", "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}
    return {**kept, **own, **({} if token is None else {"BUTTRESS_AUTHORIZATION": token})}


def run(
    command: list[str],
    environment: dict[str, str],
    folder: Path,
    seconds: float,
    on_line: Callable[[str], None] | None,
) -> list[str]:
    """Run it to its end, or to the end of the time, and give the last lines of its output."""
    import subprocess
    from collections import deque
    from threading import Timer

    lines: deque[str] = deque(maxlen=200)
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        restrain(process.pid)
        timer = Timer(seconds, stop, [process])
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None
            while line := process.stdout.readline(LINE):
                lines.append(line.rstrip())
                if on_line is not None:
                    on_line(line.rstrip())
        finally:
            timer.cancel()
            stop(process)
    return list(lines)


def restrain(process: int) -> None:
    """Keep its memory and its report within limits, where the system can."""
    from contextlib import suppress

    if sys.platform == "linux":
        import resource

        with suppress(OSError, ValueError):
            resource.prlimit(process, resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.prlimit(process, resource.RLIMIT_FSIZE, (LARGEST, LARGEST))


def stop(process: Popen[str]) -> None:
    """End it, and what it started."""
    import signal
    from contextlib import suppress

    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def reason(output: list[str], exchanges: list[Exchange]) -> str:
    """Why nothing was sent: what the events say, or else the line of the output that speaks of an error."""
    usage = next((line.strip() for line in output if line.startswith("Error: ")), None)
    text = usage or next((exchange.error for exchange in exchanges if exchange.error), None) or "it gave no reason"
    text = " ".join(text.removeprefix("Error: ").split())[:300]
    return text if text.endswith(".") else f"{text}."


# Reading: only what is read of the events.


class Encoded(Struct):
    """Bytes."""

    base64: str | None = msgspec.field(name="$base64", default=None)


class Sent(Struct):
    """A request."""

    method: str
    uri: str


class Answer(Struct):
    """An answer."""

    status_code: int
    content: Encoded | str | None = None
    elapsed: float | None = None


class Interaction(Struct):
    """A request and its answer."""

    request: Sent
    response: Answer | None = None


class Data(Struct):
    """How a request was made."""

    scenario: str | None = None
    description: str | None = None


class Phase(Struct):
    """The phase that a request belongs to."""

    data: Data | None = None


class Meta(Struct):
    """What is known of a request that was made."""

    phase: Phase | None = None


class Case(Struct):
    """A request that was made."""

    method: str
    path: str
    meta: Meta | None = None


class CaseNode(Struct):
    """A request that was made."""

    value: Case


class Failure(Struct):
    """What a check found."""

    title: str = ""
    message: str = ""


class FailureInfo(Struct):
    """What a check found."""

    failure: Failure


class CheckNode(Struct):
    """A check."""

    name: str
    status: str
    failure_info: FailureInfo | None = None


class Recorder(Struct):
    """The requests to one operation."""

    label: str
    cases: dict[str, CaseNode] = {}
    checks: dict[str, list[CheckNode]] = {}
    interactions: dict[str, Interaction] = {}


class Scenario(Struct):
    """The requests to one operation."""

    recorder: Recorder
    phase: str = ""


class Problem(Struct):
    """An exception."""

    type: str = ""
    message: str = ""


class Trouble(Struct):
    """Something that went wrong with an operation."""

    value: Problem
    label: str = ""


class Fatal(Struct):
    """What ended the run."""

    exception: Problem


class End(Struct):
    """The end of the run."""

    stop_reason: str = "completed"


class Event(Struct):
    """A line of the report: one event by its name."""

    fatal: Fatal | None = msgspec.field(name="FatalError", default=None)
    end: End | None = msgspec.field(name="EngineFinished", default=None)
    scenario: Scenario | None = msgspec.field(name="ScenarioFinished", default=None)
    trouble: Trouble | None = msgspec.field(name="NonFatalError", default=None)


FIRST = regex(r'\s*\{"Initialize":')


def is_events(text: str) -> bool:
    """Whether a text begins like the events of Schemathesis."""
    return FIRST.match(text) is not None


def read_events(text: str, report: Report) -> tuple[list[Exchange], Suite]:
    """Read the events of Schemathesis.

    Raises:
        ResultsError: they are not what it writes.
    """
    exchanges = events_exchanges(text, report, whole=True)
    return exchanges, Suite(name="Schemathesis", profile=None, source="schemathesis", digest=report.digest)


def events_exchanges(text: str, report: Report, *, whole: bool) -> list[Exchange]:
    """The requests. Without ``whole``, the last line may be cut off.

    Raises:
        ResultsError: the events are not what Schemathesis writes.
    """
    decoder = msgspec.json.Decoder(Event)
    result: list[Exchange] = []
    troubles: dict[str, list[str]] = {}
    ended = "It was ended before it had finished."
    for line in io.StringIO(text):
        if not line.strip():
            continue
        try:
            event = decoder.decode(line)
        except msgspec.ValidationError as error:
            raise wrong(report, "Schemathesis", error) from error
        except (msgspec.DecodeError, RecursionError) as error:
            if not whole and not line.endswith("\n"):
                break
            raise ResultsError(broken_json(report, error)) from error
        if event.end is not None:
            ended = ENDS.get(event.end.stop_reason, "")
        if event.fatal is not None:
            ended = said(event.fatal.exception)
        if event.trouble is not None:
            troubles.setdefault(event.trouble.label, []).append(said(event.trouble.value))
        if event.scenario is not None:
            recorder = event.scenario.recorder
            mine = troubles.pop(recorder.label, [])
            result += scenario_exchanges(event.scenario, mine)
            limit(report, len(result), 0)
            if mine and all(each.response is not None for each in recorder.interactions.values()):
                troubles[recorder.label] = mine
    for label, messages in troubles.items():
        # Such as an operation whose schema makes no sense: nothing was sent, and that must not pass for a success.
        result += [Exchange(name=label, error=message, sent=False, operation=label) for message in messages]
    if ended:
        result.append(Exchange(name="the rest of the run", error=ended, sent=False))
    return result


ENDS = {"max_time": "The time was over.", "interrupted": "It was interrupted.", "error": "It ended with an error."}
CAUSE = regex(r"\[Errno -?\d+\] [^\"')]{1,80}")


def said(problem: Problem) -> str:
    """What an exception says. Of a connection that failed, the system's words are enough."""
    found = CAUSE.search(problem.message)
    text = problem.message.partition("\n\n")[0] if found is None else found[0]
    return f"{problem.type}: {text}".strip(": ")


def scenario_exchanges(scenario: Scenario, troubles: list[str]) -> list[Exchange]:
    """The requests to one operation, in their order."""
    result = []
    for identity, interaction in scenario.recorder.interactions.items():
        node = scenario.recorder.cases.get(identity)
        data = node.value.meta.phase.data if node and node.value.meta and node.value.meta.phase else None
        known = node is not None and (data is None or data.scenario != "unspecified_http_method")
        answer = interaction.response
        result.append(
            Exchange(
                name=(data.description if data is not None else None) or scenario.recorder.label,
                section=scenario.phase,
                method=interaction.request.method.upper(),
                url=interaction.request.uri,
                status=None if answer is None else answer.status_code,
                milliseconds=None if answer is None or answer.elapsed is None else round(answer.elapsed * 1000, 3),
                checks=tuple(map(check, scenario.recorder.checks.get(identity, ()))),
                error=None if answer is not None else (troubles[0] if troubles else "There is no answer."),
                body=None if answer is None else body(answer),
                operation=f"{node.value.method} {node.value.path}" if known and node is not None else None,
                generated=True,
            )
        )
    return result


def check(node: CheckNode) -> Check:
    """A check."""
    if node.failure_info is None:
        return Check(node.name, node.status != "failure")
    failure = node.failure_info.failure
    return Check(node.name, False, ": ".join(part for part in (failure.title, failure.message.strip()) if part))


def body(answer: Answer) -> str | None:
    """The body of an answer as text; None where it is none."""
    content = answer.content
    if content is None or isinstance(content, str):
        return content
    if content.base64 is None:
        return None
    try:
        # Four characters are three bytes: what will not be looked at is not decoded.
        return text_of(b64decode(content.base64[: LOOKED_AT * 2]))
    except ValueError:
        return None
