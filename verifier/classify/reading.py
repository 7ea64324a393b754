"""The causal reading of a run: what failed first, and what merely follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.classify.nouns import FailedRun
from verifier.regex import regex
from verifier.run.record import Phase, Request, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable

BEFORE_READY = ("detect", "install", "database", "setup", "start", "ready")
BAD = ("failed", "unreachable")
# The level of the sandbox decides where the project's files were.
INSIDE = "/repository"
IN_NAMESPACES = ("bubblewrap", "user namespaces")
HEALTH = regex(r"/(?:health|healthz|health[-_]?check|ping|ready|readyz|live|livez|status)/?$")
SHAPE = regex(r"\{[^{}/]*\}")


class Reading(Struct, frozen=True):
    """What a run shows, before anything is made of it.

    Attributes:
        phase: the phase that failed before any request was sent.
        started: whether the server ever answered; None where nothing tells.
        requests: all of them, in the order of the suite.
        roots: those that failed and follow from no other, in that order; the first is what the run is judged by.
        errors: what logs and answers show, in the order in which they showed.
        attached: whether the log's errors are known to belong to requests.
        framework: the one that the project was to be written with; None where it is not known.
        elsewhere: whether it ran on another database than the source takes where nothing is set: what findings foretell
            is in the words of that one.
    """

    phase: Phase | None
    started: bool | None
    requests: tuple[Request, ...]
    roots: tuple[Request, ...]
    errors: tuple[Signature, ...]
    attached: bool = True
    framework: str | None = None
    elsewhere: bool = False

    @property
    def first(self) -> Request | None:
        """The first request that failed for a reason of its own."""
        return self.roots[0] if self.roots else None

    @property
    def failed(self) -> bool:
        """Whether anything failed."""
        return self.started is False or any(
            request.outcome in BAD or request.alive is False for request in self.requests
        )

    def errors_of(self, request: Request | None) -> tuple[Signature, ...]:
        """The errors that belong to a request; those of the start, for None."""
        if request is None:
            return tuple(error for error in self.errors if error.request is None)
        own = tuple(error for error in self.errors if error.request == request.number)
        if own or not (request.status is None or request.status >= 500):
            return own
        if self.attached:  # a log that is written late says it at the next request
            late = request.number + 1
            return tuple(error for error in self.errors if error.request == late and error.source != "response body")
        # A log whose lines nobody counted: what it shows first, is what the first request with 500 met.
        first = next((one for one in self.roots if one.status is None or one.status >= 500), None)
        return tuple(error for error in self.errors if error.request is None)[:3] if first is request else ()

    def of_operation(self, request: Request) -> tuple[Request, ...]:
        """The requests of the same operation that were sent and follow from no other failure."""
        return tuple(
            one
            for one in self.requests
            if one.outcome != "not sent" and one.follows is None and same_operation(one, request)
        )


def same_operation(one: Request, other: Request) -> bool:
    """Whether two requests ask for the same operation; by method and path where it is not known."""
    if one.operation is not None or other.operation is not None:
        return one.operation == other.operation
    return (one.method, one.path.partition("?")[0]) == (other.method, other.path.partition("?")[0])


def read_run(run: FailedRun) -> Reading:
    """What a run shows."""
    requests = run.requests if run.requests is not None else run.record.requests if run.record is not None else ()
    phase = failed_phase(run.record.phases) if run.record is not None else None
    errors = errors_in(run, requests)
    return Reading(
        phase=phase,
        started=started(phase, requests, run),
        requests=requests,
        roots=tuple(roots(requests)) if phase is None else (),
        errors=errors,
        attached=any(request.log is not None for request in requests),
        framework=run.framework,
        elsewhere=on_another_database(run),
    )


def on_another_database(run: FailedRun) -> bool:
    """Whether the run had another database than the source takes where nothing is set."""
    record = run.record
    if run.facts is None or record is None or record.environment is None:
        return False
    ran = {"postgres": "postgresql"}.get(record.environment.database.kind, record.environment.database.kind)
    return bool(run.facts.dialects) and ran not in {*run.facts.dialects, "none"}


def failed_phase(phases: Iterable[Phase]) -> Phase | None:
    """The phase that failed before any request was sent."""
    return next((one for one in phases if one.name in BEFORE_READY and one.status in ("failed", "timeout")), None)


def started(phase: Phase | None, requests: tuple[Request, ...], run: FailedRun) -> bool | None:
    """Whether the server ever answered."""
    if phase is not None or run.none_ran:
        return False
    sent = [request for request in requests if request.outcome != "not sent"]
    if any(request.status is not None for request in sent):
        return True
    return False if sent else None


def roots(requests: tuple[Request, ...]) -> Iterable[Request]:
    """The failures that follow from no other. A server that is dead gives no more of them.

    That a server is up is shown by whatever it answers: where other requests failed too, one that asks nothing else
    and finds nothing comes after them.
    """
    found = list(failures(requests))
    asking = [one for one in found if one.status in (404, 405) and HEALTH.search(one.path)]
    return [*(one for one in found if one not in asking), *asking]


def failures(requests: tuple[Request, ...]) -> Iterable[Request]:
    """The failures that follow from no other, in the order of the suite."""
    dead = False
    for request in requests:
        if request.outcome in BAD:
            rooted = request.follows is None and not (dead and request.status is None)
        else:
            rooted = request.alive is False
        if rooted:
            yield request
        dead = request.alive is False or (dead and request.status is None)


def errors_in(run: FailedRun, requests: tuple[Request, ...]) -> tuple[Signature, ...]:
    """The errors that logs and answers show. Logs that are given go before what a record says of them."""
    from verifier.run.evidence import signatures

    if not run.logs and run.record is not None and run.requests is None:
        return run.record.signatures
    return signatures(run.logs, requests, root_of(run))


def root_of(run: FailedRun) -> str:
    """The folder that the project ran in, as stack traces show it; empty where it is not known."""
    record = run.record
    if record is None or record.environment is None:
        return ""
    return INSIDE if record.environment.sandbox.level in IN_NAMESPACES else record.project.root


def is_static_sibling(operation: str, other: str) -> bool:
    """Whether an operation's path is plain text where another's, of the same method, has a parameter."""
    (method, _, path), (other_method, _, pattern) = operation.partition(" "), other.partition(" ")
    parts, patterns = path.split("/"), pattern.split("/")
    if method != other_method or len(parts) != len(patterns) or operation == other:
        return False
    return all(one == two or SHAPE.fullmatch(two) for one, two in zip(parts, patterns, strict=True))
