"""Runs a suite against a server, and writes down what came of every request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import quote, urlencode

import httpx
from msgspec import Struct

from verifier.run.record import Check, Outcome, Range, Request
from verifier.run.suite.course import Course
from verifier.run.suite.exchange import Exchange, exchange
from verifier.run.suite.expect import Expectation, Reply
from verifier.run.suite.show import MISSING
from verifier.run.suite.steps import Step, Suite
from verifier.run.suite.templates import NAME, Values, fill, fill_text

LONGEST_RESPONSE = 2_000
LONGEST_MESSAGE = 400


class Marks(Struct, frozen=True):
    """What was seen beside a request: stretches of the logs that were written meanwhile, and whether the server lives.

    ``alive`` is None where nobody looked.
    """

    log: Range | None = None
    database_log: Range | None = None
    alive: bool | None = None


class Observer(Protocol):
    """Watches the server from beside."""

    def before(self, number: int) -> None:
        """The request of this number is about to be sent."""

    def after(self, number: int) -> Marks:
        """It was answered, or never will be. Asked twice for a request that is sent twice; the second time counts."""


class Unobserved:
    """An observer that sees nothing."""

    def before(self, number: int) -> None:
        """Not looked at."""

    def after(self, number: int) -> Marks:
        """Nothing."""
        return Marks()


Advance = Callable[[int, int], None]


def run_suite(
    suite: Suite,
    client: httpx.Client,
    *,
    profile: str,
    observer: Observer | None = None,
    advance: Advance | None = None,
    prefix: str = "/api",
    run: str | None = None,
) -> tuple[Request, ...]:
    """Send all requests of a profile, one after the other, each over a connection of its own.

    A server that limits how often it may be asked (429) is given the time that it asks for, and asked again.

    A request that needs what an earlier one did not give is not sent, and nothing is sent to a server that died. The
    number of checks is the same in any case.

    Args:
        client: knows the server (``base_url``). Give it ``trust_env=False``, so that no proxy and no credentials of
            the user's come into it. Its cookies are cleared.
        advance: is told the number of each request that is done with, and how many there are.
        prefix: of all paths.
        run: stands in all names that the suite makes up, so that it can run again on the same data; random by default.

    Raises:
        KeyError: the suite has no such profile.
    """
    steps = suite.profiles[profile]
    course = Course(suite, run)
    watcher = observer or Unobserved()
    requests: list[Request] = []
    for number, step in enumerate(steps, 1):
        obstacle = course.obstacle(step)
        if obstacle is None:
            requests.append(_sent(course, suite, client, watcher, number, step, prefix))
        else:
            requests.append(_unsent(course, number, step, prefix, *obstacle))
            course.skip(number, step)
        if advance is not None:
            advance(number, len(steps))
    return tuple(requests)


def not_sent(suite: Suite, profile: str, why: str, *, prefix: str = "/api") -> tuple[Request, ...]:
    """The requests of a run that did not get as far as its suite.

    Raises:
        KeyError: the suite has no such profile.
    """
    course = Course(suite, "0")
    return tuple(
        _unsent(course, number, step, prefix, why, None) for number, step in enumerate(suite.profiles[profile], 1)
    )


def _unsent(course: Course, number: int, step: Step, prefix: str, why: str, follows: int | None) -> Request:
    return Request(
        number=number,
        operation=step.operation,
        name=step.name,
        section=step.section,
        method=step.method,
        path=course.secrets.redact(_address(step, course.values, prefix)),
        status=None,
        milliseconds=None,
        outcome="not sent",
        checks=tuple(Check(name, False, f"not sent: {why}") for name in _check_names(step)),
        error=why,
        attempts=0,
        follows=follows,
    )


def _sent(
    course: Course, suite: Suite, client: httpx.Client, watcher: Observer, number: int, step: Step, prefix: str
) -> Request:
    """Send a step's request, judge the answer, and take note of it."""
    course.wait(step)
    address = _address(step, course.values, prefix)
    headers = _headers(step, suite, course)
    content = None if step.body is None else json.dumps(fill(step.body, course.values)).encode()
    watcher.before(number)
    came, marks, attempts = exchange(client, step.method, address, headers, content), watcher.after(number), 1
    if came.status == 429 and course.rest(came.retry_after):
        watcher.before(number)
        came, marks, attempts = exchange(client, step.method, address, headers, content), watcher.after(number), 2
    if came.failure == "lost" and step.method == "GET" and marks.alive is not False:
        came, marks, attempts = exchange(client, step.method, address, headers, content), watcher.after(number), 2
    reply = None if came.failure is not None or came.status is None else _reply(came.status, came.body)
    course.learn(None if reply is None else reply.json)
    checks = tuple(
        Check(name, not problem, _message(course, problem))
        for name, problem in zip(_check_names(step), _problems(course, step, came, reply), strict=True)
    )
    passed = all(check.passed for check in checks)
    follows = None if passed else course.follows(step, came)
    course.note(number, step, came, reply, marks.alive)
    return Request(
        number=number,
        operation=step.operation,
        name=step.name,
        section=step.section,
        method=step.method,
        path=course.secrets.redact(address),
        status=came.status,
        milliseconds=round(came.milliseconds, 1),
        outcome=_outcome(came, passed),
        checks=checks,
        error=_message(course, came.problem) or None,
        attempts=attempts,
        response=_excerpt(course, came),
        log=marks.log,
        database_log=marks.database_log,
        alive=marks.alive,
        follows=follows,
    )


def _outcome(came: Exchange, passed: bool) -> Outcome:
    if came.status is None and came.failure != "garbage":
        return "unreachable"
    return "passed" if passed else "failed"


# What is sent.


def _address(step: Step, values: Values, prefix: str) -> str:
    """The path and query of a step. A value that is not known stands there by its name."""
    path = NAME.sub(lambda name: quote(str(values.get(name[1], name[0])), safe="{}"), step.target)
    query = {
        key: fill_text(value, values) if isinstance(value, str) else value
        for key, value in step.query.items()
        # A step whose query needs a value that is missing is not sent; its record goes without.
        if all(name in values for name in NAME.findall(str(value)))
    }
    return f"{prefix}{path}?{urlencode(query)}" if query else f"{prefix}{path}"


def _headers(step: Step, suite: Suite, course: Course) -> Mapping[str, str]:
    headers = {"Content-Type": "application/json"}
    token = course.token(step)
    if token is not None:
        headers["Authorization"] = suite.authorization.replace("{token}", token)
    return headers | {name: fill_text(value, course.values) for name, value in step.headers.items()}


# What is expected.


def _check_names(step: Step) -> tuple[str, ...]:
    return (f"the status is {_right_statuses(step)}", *(one.name for one in step.expects))


def _right_statuses(step: Step) -> str:
    *others, last = map(str, step.status)
    return f"{', '.join(others)} or {last}" if others else last


def _problems(course: Course, step: Step, came: Exchange, reply: Reply | None) -> tuple[str, ...]:
    """What is wrong with an answer, for each check; nothing for those that it passes."""
    if reply is None:
        return (came.problem,) * step.checks
    detour = f", after {' and '.join(came.redirects)}" if came.redirects else ""
    if reply.status >= 500:
        return (f"the server failed with {reply.status}{detour}",) * step.checks
    right = reply.status in step.status
    status = "" if right else f"expected {_right_statuses(step)}, got {reply.status}{detour}"
    return (status, *(_problem(course, one, reply) for one in step.expects))


def _problem(course: Course, expectation: Expectation, reply: Reply) -> str:
    lacking = course.lacking(expectation.needs)
    if lacking:
        return f"cannot be told without {', '.join(lacking)}"
    return expectation.judge(reply, course.values)


def _reply(status: int, body: bytes) -> Reply:
    """The answer with its JSON, as strict as a browser reads it."""
    try:
        return Reply(status, json.loads(body.decode(), parse_constant=_refuse))
    except UnicodeDecodeError:
        return Reply(status, MISSING, "the answer is not UTF-8")
    except RecursionError:
        return Reply(status, MISSING, "the answer's JSON is nested too deeply")
    except ValueError as error:
        return Reply(status, MISSING, f"the answer is not JSON: {error}" if body else "the answer is empty")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


# What is written down.


def _message(course: Course, text: str) -> str:
    text = course.secrets.redact(text)
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}..."


def _excerpt(course: Course, came: Exchange) -> str | None:
    if came.status is None or not came.body:
        return None
    return course.secrets.redact(came.body.decode("utf-8", "replace"), LONGEST_RESPONSE)
