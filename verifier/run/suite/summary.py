"""The figures of a run."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.run.record import PhaseName, Request, Summary


def summary(requests: Sequence[Request], failed_phase: PhaseName | None = None) -> Summary:
    """The figures of the requests of a run, whatever suite or tool they come from.

    A request that was not sent is neither the first failure nor a root: something before it was. One that the server
    did not survive failed, whatever was answered.
    """
    checks = [check for request in requests for check in request.checks]
    passed = sum(check.passed for check in checks)
    failed = [request for request in requests if request.outcome in ("failed", "unreachable") or request.alive is False]
    return Summary(
        checks=len(checks),
        passed=passed,
        pass_rate=passed / len(checks) if checks else 0.0,
        first_failure=min((request.number for request in failed), default=None),
        roots=tuple(sorted(one.number for one in failed if one.follows is None or one.alive is False)),
        silent_errors=tuple(
            request.number
            for request in requests
            if request.status is not None and request.status >= 500 and request.outcome in ("passed", "no checks")
        ),
        failed_phase=failed_phase,
    )
