"""The cause that a run shows by itself: from the first failure that follows from no other, and the errors at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.classify.collection import OPERATIONS
from verifier.classify.exceptions import meaning, meaning_at_start, said_by
from verifier.classify.faults import Fault, expected_statuses, faults, wants_success
from verifier.classify.nouns import Evidence, Sureness, Witness
from verifier.classify.reading import Reading, is_static_sibling
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.run.record import Request, Signature

GONE = (404, 405)
EMPTY_BODY = regex(
    r"EMPTY_JSON_BODY|[Bb]ody cannot be empty|Unexpected end of JSON|Expecting value|Malformed JSON|"
    r"Failed to decode JSON"
)
FORGERY = regex(r"CSRF|csrf")
LOCKED_OUT = (401, 403)
FIXED_FIRST = ("flask", "fastify")  # they take the most fixed route, whatever the order
NOTHING_THERE = ("part-undefined", "nothing-dereferenced", "member-unknown", "record-misread")
MOST_MISSING = 0.6  # of the operations that were asked for


class Symptom(Struct, frozen=True):
    """What a run shows, in a word of the vocabulary, with what shows it.

    Attributes:
        error: the error that the word was taken from.
        others: words that fit less well.
    """

    defect: str
    confidence: Sureness
    evidence: tuple[Evidence, ...]
    error: Signature | None = None
    others: tuple[str, ...] = ()


def symptom_of(
    reading: Reading, bodyless: frozenset[str] = frozenset(), protected: frozenset[str] = frozenset()
) -> Symptom | None:
    """What a run shows; None where nothing failed, or nothing is known of it.

    Args:
        bodyless: the operations of the contract that carry no body.
        protected: those that need a token.
    """
    if reading.started is False or (reading.phase is not None):
        return of_start(reading)
    first = reading.first
    if first is None:
        return of_log_alone(reading)
    errors = reading.errors_of(first)
    shown = (of_request(first), *map(of_error, errors[:2]))
    if first.status is None or first.alive is False:
        return silent(reading, first, errors, shown)
    if first.status >= 500:
        return failing(reading, first, errors, shown, protected)
    if first.status >= 300:
        return refused(reading, first, errors, shown, bodyless)
    return wrong(reading, first, errors, shown, protected)


# Before any answer


def of_start(reading: Reading) -> Symptom:
    """What keeps a server from answering at all."""
    phase = reading.phase
    evidence: list[Evidence] = []
    if phase is not None:
        evidence.append(Evidence("phase", f"{phase.name}: {phase.message}".rstrip(": ")))
        if phase.name == "detect":
            return Symptom("entry-missing", "high", tuple(evidence))
        if phase.name == "database":
            return Symptom("environment-failed", "high", tuple(evidence))
    else:
        evidence.append(Evidence("request", "no request was answered", request=1 if reading.requests else None))
    errors = sorted(reading.errors, key=lambda error: is_warning(error) or error.source == "database log")
    telling = next(((error, word) for error in errors if (word := meaning_at_start(error)) is not None), None)
    crashed = next((error for error in reversed(errors) if not is_warning(error)), None)
    if phase is not None and phase.name == "install":
        shown = tuple(of_error(error) for error in errors[:2])
        return Symptom("install-failed", "high", (*evidence, *shown), errors[0] if errors else None)
    if telling is not None:
        error, word = telling
        return Symptom(word, "high", (*evidence, of_error(error)), error)
    if crashed is not None:
        return Symptom("start-crash", "medium", (*evidence, of_error(crashed)), crashed)
    if phase is not None and phase.exit is None and phase.name == "ready":
        return Symptom("never-ready", "medium", tuple(evidence))
    return Symptom("start-crash" if phase is not None else "never-answered", "low", tuple(evidence))


def of_log_alone(reading: Reading) -> Symptom | None:
    """What a log shows of a run whose requests are not known."""
    if reading.requests or not reading.errors:
        return None
    errors = [error for error in reading.errors if not is_warning(error)] or list(reading.errors)
    for error in errors:
        word = meaning_at_start(error)
        if word is not None and (error.exception in ("shell", "npm", "pip", "uv", "server") or word == "syntax-error"):
            return Symptom(word, "medium", (of_error(error),), error)
    error = errors[0]
    word = meaning(error) or "unexplained-error"
    other = meaning_at_start(error)
    return Symptom(word, "medium", (of_error(error),), error, (other,) if other else ())


# At a request


def silent(reading: Reading, first: Request, errors: tuple[Signature, ...], shown: tuple[Evidence, ...]) -> Symptom:
    """The server gave no answer, or ended at the request."""
    words = [(error, word) for error in errors if (word := meaning(error)) is not None]
    if first.alive is False or dies(reading, first):
        error = words[0][0] if words else None
        others = tuple(dict.fromkeys(word for _, word in words))
        return Symptom("process-death", "high" if first.alive is False else "medium", shown, error, others)
    for error, word in words:
        if word in ("connections-exhausted", "transaction-misused", "session-misused"):
            return Symptom(word, "high", shown, error)
    leaking = next((one for one in reading.errors if meaning(one) == "connections-exhausted"), None)
    if leaking is not None:
        return Symptom("connections-exhausted", "high", (*shown, of_error(leaking)), leaking)
    answered = [one for one in reading.of_operation(first) if one.status is not None and one.number < first.number]
    if answered or elsewhere_silent(reading, first):
        return Symptom("connections-exhausted", "low", shown, None, ("answer-never-sent",))
    return Symptom("answer-never-sent", "medium", shown, None, ("connections-exhausted",))


def dies(reading: Reading, first: Request) -> bool:
    """Whether nothing is answered any more from a request on."""
    after = [one for one in reading.requests if one.number > first.number and one.outcome != "not sent"]
    reason = (first.error or "").lower()
    if "in time" in reason:
        return False
    return "refused" in reason or "reset" in reason or (bool(after) and all(one.status is None for one in after))


def elsewhere_silent(reading: Reading, first: Request) -> bool:
    """Whether requests of other operations are not answered either, that were before."""
    return any(
        one.status is None
        and any(before.status is not None and before.number < one.number for before in reading.of_operation(one))
        for one in reading.roots
        if one is not first
    )


def failing(
    reading: Reading,
    first: Request,
    errors: tuple[Signature, ...],
    shown: tuple[Evidence, ...],
    protected: frozenset[str],
) -> Symptom:
    """The server answered 5xx."""
    if first.status == 501:
        return Symptom("operation-missing", "high", shown)
    if is_for_nobody(first):
        return Symptom("protection-missing", "medium", shown, errors[0] if errors else None)
    words = [(error, word) for error in ordered(errors) if (word := meaning(error)) is not None]
    if not words:
        answer = first.response or ""
        if EMPTY_BODY.search(answer):
            return Symptom("empty-body-refused", "medium", shown)
        return Symptom("unexplained-error", "low", shown)
    error, word = words[0]
    others = tuple(dict.fromkeys(other for _, other in words[1:] if other != word))
    met = [one for one in reading.roots if one.status is not None and one.status >= 500]
    if word == "part-undefined" and not any(map(wants_success, met)):
        word = "nothing-dereferenced"
    if word in NOTHING_THERE and behind_tokens(reading, first, protected):
        return Symptom("user-not-attached", "medium", shown, error, (word, *others))
    vague = word in ("unexplained-error", "database-error", "member-unknown")
    return Symptom(word, "medium" if vague else "high", shown, error, others)


def is_for_nobody(request: Request) -> bool:
    """Whether a request should be refused, as it carries no valid token."""
    expected = expected_statuses(request)
    return bool(expected) and expected <= frozenset(LOCKED_OUT)


def behind_tokens(reading: Reading, first: Request, protected: frozenset[str]) -> bool:
    """Whether the operations that need a token fail one and all, and the first that failed is the first of them."""
    asked = [one for one in reading.requests if one.operation in protected and one.status is not None]
    asked = [one for one in asked if wants_success(one) and one.follows is None]
    operations = {one.operation for one in asked}
    return first in asked and len(operations) > 1 and not any(map(succeeded, asked))


def ordered(errors: tuple[Signature, ...]) -> list[Signature]:
    """Errors, those first that tell the most: with a message, and of the log rather than of the answer."""

    def vagueness(error: Signature) -> tuple[bool, ...]:
        untold = is_warning(error) and not is_telling(error)
        return (not error.message, untold, error.source == "database log", error.source == "response body")

    return sorted(errors, key=vagueness)


def refused(
    reading: Reading,
    first: Request,
    errors: tuple[Signature, ...],
    shown: tuple[Evidence, ...],
    bodyless: frozenset[str],
) -> Symptom:
    """The server answered with a redirect or a refusal, and another answer was right."""
    status, answer = first.status or 0, first.response or ""
    told = next((word for error in errors if error.source != "response body" and (word := meaning(error))), None)
    if status < 400:
        return Symptom("redirected", "high", shown)
    if status in GONE:
        return gone(reading, first, shown)
    if status in LOCKED_OUT:
        if FORGERY.search(answer):
            return Symptom("forgery-refused", "high", shown)
        return locked_out(reading, first, errors, shown)
    if not wants_success(first):
        expected = expected_statuses(first)
        word = "protection-missing" if expected and expected <= {401, 403} else "status-wrong"
        if word == "status-wrong" and others_succeed_nowhere(reading, first) and first.operation in bodyless:
            word = "empty-body-refused"
        return Symptom(word, "medium", shown)
    if status == 409 or told in ("constraint-violated", "transaction-misused"):
        return Symptom(told or "constraint-violated", "medium", shown, others=("request-refused",))
    if EMPTY_BODY.search(answer) or first.operation in bodyless or (first.method == "DELETE" and status != 422):
        return Symptom("empty-body-refused", "high" if EMPTY_BODY.search(answer) else "medium", shown)
    if told is not None:
        return Symptom(told, "medium", shown)
    if first.method in ("PUT", "PATCH"):
        return Symptom("optional-field-demanded", "medium", shown, others=("request-body-refused",))
    if first.method == "POST" and status in (400, 415, 422):
        return Symptom("request-body-refused", "medium", shown, others=("request-refused",))
    return Symptom("request-refused", "low", shown)


def others_succeed_nowhere(reading: Reading, first: Request) -> bool:
    """Whether no request of the operation is answered with success."""
    return not any(one.status is not None and one.status < 300 for one in reading.of_operation(first))


def gone(reading: Reading, first: Request, shown: tuple[Evidence, ...]) -> Symptom:
    """404 or 405."""
    same = reading.of_operation(first)
    everywhere = all(one.status in GONE for one in same)
    if first.status == 405:
        return Symptom("method-refused", "high", shown, others=("operation-missing",))
    if not everywhere:
        if not wants_success(first):
            return Symptom("protection-missing", "medium", shown, others=("status-wrong",))
        return Symptom("effect-lost", "low", shown, others=("operation-missing",))
    sibling = shadowing(reading, first)
    if sibling is not None:
        told = f"{sibling.operation} answers what is not there in the same words"
        seen = Evidence("request", told, request=sibling.number)
        return Symptom("route-shadowed", "medium", (*shown, seen), others=("operation-missing",))
    silent = unlisted_sibling(reading, first)
    if silent is not None:
        seen = Evidence("run", f"{silent} is not among what failed: it is there, and would take the request")
        return Symptom("route-shadowed", "medium", (*shown, seen), others=("operation-missing",))
    asked = {one.operation or f"{one.method} {one.path}" for one in reading.requests if one.status is not None}
    missing = {one.operation or f"{one.method} {one.path}" for one in reading.roots if one.status in GONE}
    if len(asked) > 3 and len(missing) >= MOST_MISSING * len(asked):
        return Symptom("operations-missing", "high", shown)
    rejected = reading.of_operation(first)
    sure = len(rejected) > 1 or any(one.status in GONE and not wants_success(one) for one in rejected)
    return Symptom("operation-missing", "high" if sure else "medium", shown, others=("route-shadowed", "effect-lost"))


def shadowing(reading: Reading, first: Request) -> Request | None:
    """A request of an operation whose path has a parameter where this one's has none, that was answered alike."""
    if first.operation is None or reading.framework in FIXED_FIRST:
        return None
    rivals = [one for one in reading.requests if one.operation and is_static_sibling(first.operation, one.operation)]
    for rival in rivals:
        alike = first.response is None or rival.response == first.response
        if rival.status == 404 and alike and (rival.response is not None or not wants_success(rival)):
            return rival
    if first.response is None:
        return next((rival for rival in rivals if rival.status is not None and rival.status < 300), None)
    return None


def unlisted_sibling(reading: Reading, first: Request) -> str | None:
    """The same where only failed requests are listed: an operation of the public collection that is not among them."""
    if first.operation is None or any(map(succeeded, reading.requests)) or reading.framework in FIXED_FIRST:
        return None
    failed = {one.operation for one in reading.requests}
    if first.operation not in OPERATIONS or any(one.path.rstrip("/").endswith("/null") for one in reading.requests):
        return None
    known = (one for one in OPERATIONS if is_static_sibling(first.operation or "", one))
    return next((one for one in known if one not in failed), None)


def locked_out(reading: Reading, first: Request, errors: tuple[Signature, ...], shown: tuple[Evidence, ...]) -> Symptom:
    """401 or 403."""
    told = next((word for error in errors if (word := meaning(error)) == "token-library-error"), None)
    if told is not None:
        return Symptom(told, "high", shown)
    same = [one for one in reading.of_operation(first) if one.number != first.number]
    if is_entrance(reading, first):
        later = [one for one in reading.roots if one.number > first.number and one.status in (401, 403, 404)]
        unknown = [one for one in later if wants_success(one) and one.operation != first.operation]
        if unknown:
            return Symptom("effect-lost", "medium", (*shown, of_request(unknown[0])), others=("credentials-refused",))
        return Symptom("credentials-refused", "medium", shown, others=("effect-lost",))
    if first.status == 403 and first.method in ("PUT", "PATCH", "DELETE") and any(map(succeeded, reading.requests)):
        return Symptom("owner-refused", "medium", shown, others=("token-refused",))
    if any(map(succeeded, same)) or (first.method == "GET" and token_taken(reading)):
        return Symptom("public-refused", "medium", shown, others=("token-refused",))
    return Symptom("token-refused", "high" if len(reading.roots) > 1 else "medium", shown, others=("public-refused",))


def succeeded(request: Request) -> bool:
    """Whether a request was answered with success."""
    return request.status is not None and request.status < 300


def is_entrance(reading: Reading, first: Request) -> bool:
    """Whether the request is one that gets a token: the account was made by a request to the path above its own."""
    path = first.operation.partition(" ")[2] if first.operation else first.path
    if first.method != "POST" or "{" in path:
        return False
    parent = path.rstrip("/").rpartition("/")[0]
    return any(
        one.method == "POST"
        and one.number < first.number
        and (one.operation.partition(" ")[2] if one.operation else one.path).rstrip("/") == parent
        and one.status is not None
        and one.status < 300
        for one in reading.requests
    )


def token_taken(reading: Reading) -> bool:
    """Whether a change was done that needs a token, in the contract of any API with users."""
    return any(
        one.method in ("PUT", "PATCH") and one.status is not None and one.status < 300 for one in reading.requests
    )


def wrong(
    reading: Reading,
    first: Request,
    errors: tuple[Signature, ...],
    shown: tuple[Evidence, ...],
    protected: frozenset[str],
) -> Symptom:
    """The server answered with success, and the answer is wrong."""
    expected = expected_statuses(first)
    if expected and not wants_success(first):
        if is_entrance(reading, first):
            return Symptom("credentials-unchecked", "high", shown)
        return accepted(expected, first, shown)
    found = faults(first)
    evidence = (*shown, *(of_fault(fault, first) for fault in found[1:3]))
    warnings = [one for one in (*errors, *reading.errors) if is_warning(one) and is_telling(one)]
    warned = next((one for one in warnings if near(one, first, reading)), None)
    if warned is not None:
        word = meaning(warned) or "value-wrong"
        word = "effect-lost" if word == "promise-as-value" else word
        return Symptom(word, "high", (*evidence, of_error(warned)), warned)
    if first.operation in protected and is_of_oneself(first) and {fault.kind for fault in found} == {"value"}:
        return Symptom("wrong-account", "medium", evidence, None, ("value-wrong",))
    word, confidence = of_faults(reading, first, found)
    return Symptom(word, confidence, evidence, errors[0] if errors else None)


def is_of_oneself(request: Request) -> bool:
    """Whether a request reads what belongs to who asks: nothing in its path says whose it is."""
    return request.method == "GET" and "{" not in (request.operation or "") and "?" not in request.path


def accepted(expected: frozenset[int], first: Request, shown: tuple[Evidence, ...]) -> Symptom:
    """What should have been refused was not."""
    if 404 in expected and expected & {401, 403}:
        return Symptom("owner-unchecked", "medium", shown, others=("protection-missing",))
    if 401 in expected and 404 not in expected:
        word = "credentials-unchecked" if 422 in expected or 400 in expected else "protection-missing"
        return Symptom(word, "medium", shown, others=("validation-missing",))
    if expected & {401, 403}:
        return Symptom("owner-unchecked", "medium", shown, others=("protection-missing",))
    if 404 in expected:
        word = "effect-lost" if first.method == "GET" else "scope-unchecked"
        return Symptom(word, "medium", shown, others=("scope-unchecked",))
    return Symptom("validation-missing", "medium", shown)


def of_faults(reading: Reading, first: Request, found: tuple[Fault, ...]) -> tuple[str, Sureness]:
    """The word for what is wrong with an answer."""
    kinds = {fault.kind for fault in found}
    others = [check for check in first.checks if check.passed and check.name]
    if kinds & {"empty", "envelope"}:
        whole = all(fault.kind in ("empty", "envelope", "other", "missing") for fault in found) and len(others) <= 1
        roots = {fault.place for fault in found if fault.kind in ("empty", "envelope")}
        return ("envelope-missing" if whole and len(roots) < 3 else "field-missing"), "high"
    if kinds == {"other"} or not kinds:
        return counted(reading, first)
    if "type" in kinds and "missing" not in kinds:
        return "field-type", "high"
    if "missing" in kinds and not kinds & {"items"}:
        return "field-missing", "high"
    if "unwanted" in kinds:
        return "field-unwanted", "high"
    changes = first.method in ("POST", "PUT", "PATCH", "DELETE")
    if kinds & {"flag", "count"}:
        return flagged(reading, first, found, changes)
    if "items" in kinds:
        return "list-wrong", "medium"
    if kinds == {"order"}:
        return "order-wrong", "medium"
    if "time" in kinds:
        return "time-wrong", "medium"
    return ("effect-lost" if first.method == "GET" and changed_before(reading, first) else "value-wrong"), "low"


def counted(reading: Reading, first: Request) -> tuple[str, Sureness]:
    """The word where nothing but the number of failed checks is known."""
    failed, total = sum(not check.passed for check in first.checks), len(first.checks)
    if total > failed and failed <= 2:
        if len(reading.roots) > 1 and all(is_nearly_right_list(one, first) for one in reading.roots):
            return "list-detail-wrong", "medium"
        flags = first.method in ("POST", "DELETE") and first.path.count("/") >= 3
        return ("answer-stale", "low") if flags else ("field-missing", "medium")
    if failed == total > 2:
        return "envelope-missing", "medium"
    if first.method == "GET" and failed > 2:
        return "list-wrong", "medium"
    return "checks-failed", "low"


def is_nearly_right_list(request: Request, first: Request) -> bool:
    """Whether a request reads what the first one reads, or a fixed place below, and fails a check or two."""
    if request.operation is None or first.operation is None or not succeeded(request) or "{" in request.operation:
        return False
    failed = sum(not check.passed for check in request.checks)
    above = first.operation if len(first.operation) < len(request.operation) else request.operation
    same = request.operation.startswith(above) and first.operation.startswith(above)
    return request.method == "GET" and same and 0 < failed <= 2 and failed < len(request.checks)


def flagged(reading: Reading, first: Request, found: tuple[Fault, ...], changes: bool) -> tuple[str, Sureness]:
    """The word for a wrong flag or count: of the answer to a change, of what was changed before, or of a query."""
    fault = next(one for one in found if one.kind in ("flag", "count"))
    place = fault.place.rpartition(".")[2]
    if any(one.kind == "items" for one in found):
        return "list-wrong", "medium"
    if fault.kind == "count" and "." not in fault.place:
        return "count-wrong", "medium"
    if changes and own_effect(first):
        later = [one for one in reading.roots if one.method == "GET" and same_place(one, place)]
        if not later:
            return "answer-stale", "high"
        return ("count-wrong" if fault.kind == "count" and fault.got != "0" else "effect-lost"), "medium"
    if first.method == "GET" and undone_before(reading, first, fault):
        return "effect-lost", "high"
    return ("count-wrong" if fault.kind == "count" else "flag-wrong"), "medium"


def own_effect(request: Request) -> bool:
    """Whether a request changes a thing that has an address, rather than make a new one."""
    path = (request.operation.partition(" ")[2] if request.operation else request.path).rstrip("/")
    return request.method != "POST" or path.count("/") >= 3


def same_place(request: Request, place: str) -> bool:
    """Whether a check of the same field failed in another request."""
    return any(fault.place.rpartition(".")[2] == place for fault in faults(request))


def undone_before(reading: Reading, first: Request, fault: Fault) -> bool:
    """Whether the answer shows the opposite of what the last change of the same thing did."""
    change = changed_before(reading, first)
    if change is None:
        return False
    did = "false" if change.method == "DELETE" else "true"
    return fault.kind == "flag" and fault.expected == did and fault.got != did


def changed_before(reading: Reading, first: Request) -> Request | None:
    """The change right before a request that was answered with success, of what the request looks at."""
    place = first.path.partition("?")[0].rstrip("/")
    for one in reversed([each for each in reading.requests if each.number < first.number]):
        if one.method != "GET":
            there = one.path.partition("?")[0].rstrip("/")
            right = one.status is not None and one.status < 300
            return one if right and there.startswith(place) and place.count("/") > 1 else None
    return None


# What shows it


def is_warning(error: Signature) -> bool:
    """Whether an error is but a warning, or was caught by the library that met it."""
    name = error.exception or ""
    return name.endswith("Warning") or (name == "AttributeError" and "__about__" in error.message)


def is_telling(error: Signature) -> bool:
    """Whether a warning tells of a defect by itself."""
    return "never awaited" in error.message or "cartesian product" in error.message


def near(error: Signature, first: Request, reading: Reading) -> bool:
    """Whether a warning was written not long before a request failed, or at a request of the same operation."""
    if error.request is None:
        return False
    if first.number - 2 <= error.request <= first.number:
        return True
    return any(one.number == error.request for one in reading.of_operation(first))


def of_request(request: Request) -> Evidence:
    """A request, in one sentence."""
    operation = request.operation or f"{request.method} {request.path}".strip()
    title = f"{operation} ({request.name})" if request.name and request.name != operation else operation
    came = str(request.status) if request.status is not None else request.error or "no answer"
    failed = [check for check in request.checks if not check.passed]
    telling = next((check for check in failed if check.message and not check.name.startswith("the status is")), None)
    reason = ""
    if request.status is not None and request.status < 300 and telling is not None:
        reason = f": {telling.name}: {telling.message}" if telling.name else ""
    elif failed and failed[0].name.startswith("the status is"):
        reason = f", where {failed[0].name.removeprefix('the status is ')} is right"
    elif failed:
        reason = f": {len(failed)} checks failed" if len(failed) > 1 else ": 1 check failed"
    return Evidence("request", f"{title} -> {came}{reason}", request=request.number)


def of_fault(fault: Fault, request: Request) -> Evidence:
    """A fault, in one sentence."""
    got = f", got {fault.got}" if fault.got else ""
    told = f"{fault.place or fault.kind}: expected {fault.expected or 'it'}{got}"
    return Evidence("request", told, request=request.number)


def of_error(error: Signature) -> Evidence:
    """An error, in one sentence, with its innermost frame in the project."""
    frame = error.frames[-1] if error.frames else None
    source: Witness = error.source
    first = said_by(error).split("\n", 1)[0]
    return Evidence(
        source,
        first,
        frame.path if frame is not None else None,
        frame.line if frame is not None else None,
        error.request,
    )
