"""Which of several things that may be to blame is."""

from __future__ import annotations

from msgspec.structs import replace

from verifier.classify import Classification, FailedRun, classify
from verifier.model import Category, Confidence, Finding, Severity, Span
from verifier.run.record import Check, Request

LOG = b"""Traceback (most recent call last):
  File "/repository/app/repositories/articles.py", line 40, in find
    return session.scalars(query).all()
  File "/usr/lib/python3.11/site-packages/sqlalchemy/engine/default.py", line 9, in do_execute
    cursor.execute(statement)
sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such column: a.writer
"""
IMPORT = b"""Traceback (most recent call last):
  File "/repository/app/main.py", line 2, in <module>
    import x
ImportError: no
"""
TABLE = b"Traceback (most recent call last):\nsqlite3.OperationalError: no such table: articles\n"


def request(number: int, operation: str, status: int | None, right: str = "200", **more: object) -> Request:
    """A request that failed by its status, or by a check that is given."""
    method, _, path = operation.partition(" ")
    checks = (Check(f"the status is {right}", False, f"expected {right}, got {status}"),)
    given = {"checks": checks, "outcome": "failed" if status is not None else "unreachable"} | more
    return Request(number, operation, "", "", method, path, status, 1.0, **given)  # type: ignore[arg-type]


def passed(number: int, operation: str, status: int = 200) -> Request:
    """A request that passed."""
    return request(number, operation, status, checks=(Check("the status is 200", True),), outcome="passed")


def finding(rule: str, path: str, line: int, *endpoints: str, **more: object) -> Finding:
    """A finding of an error in a query, unless it is said otherwise."""
    given = {
        "category": Category.INCORRECT_QUERY_LOGIC, "severity": Severity.ERROR, "confidence": Confidence.HIGH,
        "message": "something is wrong", "related": (), "symptom": "500: no such column: a.writer", "remedy": "",
        "fingerprint": rule,
    } | more  # fmt: skip
    return Finding(rule=rule, span=Span(path, line, 1, line, 9), endpoints=endpoints, **given)  # type: ignore[arg-type]


def said(requests: list[Request], *findings: Finding, log: bytes = LOG) -> Classification:
    """What is said of a run."""
    return classify(FailedRun(requests=tuple(requests), findings=findings, logs={"server": log} if log else {}))


def defects(made: Classification) -> list[str]:
    """The cause, and what else it may be."""
    assert made.cause is not None
    return [made.cause.defect, *(one.defect for one in made.alternatives)]


LIST = "GET /articles"
HERE = finding("sql/unknown-column", "app/repositories/articles.py", 38, "GET /api/articles")
THERE = finding(
    "sql/ambiguous-column", "app/repositories/users.py", 9, "GET /api/users", symptom="ambiguous column name: id"
)


def test_the_finding_where_the_error_came_up() -> None:
    for order in ((HERE, THERE), (THERE, HERE)):
        made = said([passed(1, "GET /tags"), request(2, LIST, 500)], *order)
        assert defects(made)[0] == "sql/unknown-column"
        assert made.cause is not None
        assert made.cause.confidence == "high"


def test_a_finding_elsewhere_is_no_cause() -> None:
    assert defects(said([request(1, LIST, 500)], THERE))[0] == "column-unknown"


def test_what_foretells_no_error_is_no_cause_of_one_though_it_stands_there() -> None:
    order = finding(
        "sql/unordered-page", "app/repositories/articles.py", 40, "GET /api/articles", severity=Severity.WARNING,
        symptom="Rows come twice, or never, from one page to the next",
    )  # fmt: skip
    assert "sql/unordered-page" not in defects(said([request(1, LIST, 500)], order))


def test_what_foretells_an_error_is_no_cause_of_a_wrong_answer() -> None:
    wrong = (Check("articlesCount is 2", False, "expected 2, got 3"),)
    made = said([request(1, LIST, 200, checks=wrong)], HERE, log=b"")
    assert defects(made)[0] == "count-wrong"


def test_a_server_that_answers_has_no_defect_of_the_start() -> None:
    start = finding("startup/missing-entry", "run.sh", 1, category=Category.SERVER_STARTUP_FAILURE)
    assert "startup/missing-entry" not in defects(said([passed(1, "GET /tags"), request(2, LIST, 500)], start))


def test_a_server_that_never_answers_has_one() -> None:
    start = finding("startup/unresolved-import", "app/main.py", 2, category=Category.SERVER_STARTUP_FAILURE, symptom="")
    log = IMPORT
    made = said([request(1, LIST, None), request(2, "GET /tags", None)], HERE, start, log=log)
    assert defects(made)[0] == "startup/unresolved-import"
    assert made.cause is not None
    assert made.cause.paper_label == "server_startup_failure"


def test_a_defect_of_another_kind_that_keeps_a_server_from_starting_is_a_failure_of_the_start() -> None:
    tables = finding("startup/models-not-imported", "app/db.py", 2, category=Category.DATABASE_RUNTIME_ERROR)
    log = IMPORT.replace(b"main.py", b"db.py")
    made = said([request(1, LIST, None)], tables, log=log)
    assert made.cause is not None
    assert (made.cause.defect, made.cause.category) == ("startup/models-not-imported", "database_runtime_error")
    assert made.cause.paper_label == "server_startup_failure"


def test_why_a_field_is_missing_comes_before_that_it_is() -> None:
    missing = (Check("profile.following is true", False, "expected true, got nothing"),)
    lacks = finding(
        "contract/missing-field", "src/schemas.ts", 6, "GET /api/profiles/{name}",
        category=Category.SCHEMA_FORMAT_ERROR, symptom="An answer without `following`",
    )  # fmt: skip
    strips = replace(
        lacks, rule="fastify/stripping-schema", category=Category.FRAMEWORK_IDIOSYNCRASY, symptom="200 without it"
    )
    made = said([request(1, "GET /profiles/{username}", 200, checks=missing)], lacks, strips, log=b"")
    assert defects(made)[:2] == ["fastify/stripping-schema", "contract/missing-field"]


def test_what_failed_later_for_another_reason_is_a_runner_up() -> None:
    later = finding(
        "contract/optional-field-required", "app/models.py", 3, "PUT /api/user",
        category=Category.BUSINESS_LOGIC_DEFECT, symptom="422 on PUT /api/user",
    )  # fmt: skip
    made = said([request(1, LIST, 500), request(2, "PUT /user", 422)], HERE, later)
    assert defects(made)[0] == "sql/unknown-column"
    assert "contract/optional-field-required" in defects(made)


def test_a_missing_health_check_comes_last() -> None:
    made = said([request(1, "GET /health-check", 404), request(2, LIST, 500)], HERE)
    assert defects(made)[0] == "sql/unknown-column"
    alone = said([request(1, "GET /health-check", 404), passed(2, LIST)], log=b"")
    assert defects(alone)[0] == "operation-missing"


def test_what_follows_is_no_cause() -> None:
    asked = [request(1, "POST /articles", 500), request(2, "GET /articles/{slug}", 404, follows=1)]
    made = said(asked, log=TABLE)
    assert defects(made) == ["table-missing"]
    assert made.notes[0] == "1 requests failed for a reason of their own, and 1 follow from earlier ones"


def test_a_process_that_dies_explains_all_that_comes_after() -> None:
    gone = [request(number, "GET /tags", None, error="connect ECONNREFUSED") for number in (3, 4, 5)]
    made = said([passed(1, LIST), request(2, LIST, None, alive=False), *gone], log=b"")
    assert defects(made)[0] == "process-death"
    assert made.notes[0].startswith("1 requests failed")


def test_a_login_that_is_refused_while_the_account_is_nowhere_is_a_lost_change() -> None:
    asked = [passed(1, "POST /users", 201), request(2, "POST /users/login", 401), request(3, "GET /user", 401)]
    assert defects(said(asked, log=b""))[0] == "effect-lost"
    known = [passed(1, "POST /users", 201), request(2, "POST /users/login", 401), passed(3, "GET /user")]
    assert defects(said(known, log=b""))[0] == "credentials-refused"


def test_operations_behind_a_token_that_fail_one_and_all_have_no_user() -> None:
    log = b"TypeError: Cannot read properties of undefined (reading 'id')\n    at show (/repository/src/users.js:4:9)\n"
    asked = [passed(1, LIST), request(2, "GET /user", 500), request(3, "GET /articles/feed", 500)]
    assert defects(said(asked, log=log))[0] == "user-not-attached"
    some = [*asked, passed(4, "PUT /user")]
    assert defects(said(some, log=log))[0] == "part-undefined"


def test_nothing_known_gives_nothing() -> None:
    made = classify(FailedRun())
    assert (made.failed, made.cause) == (False, None)
    assert set(made.missing) == {"requests", "logs", "project", "trajectory"}
