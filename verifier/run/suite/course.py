"""What is known in the middle of a run: the values so far, and which request is to blame for what is missing."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Sequence

from verifier.run.suite.exchange import Exchange
from verifier.run.suite.expect import Reply, at
from verifier.run.suite.redact import Secrets
from verifier.run.suite.show import SECRET_KEYS
from verifier.run.suite.steps import Step, Suite
from verifier.run.suite.templates import Value, fill_text, usable

# The suite ends early rather than wait for a server that does not answer any more.
MOST_LATE_IN_A_ROW = 3
LONGEST_RUN_SECONDS = 120.0
# What a server that was asked too often is given, where it does not say; and all rests of a run together.
REST_SECONDS = 61.0
LONGEST_RESTS_SECONDS = 135.0


class Course:
    """A run as it goes on.

    Attributes:
        values: of the templates, by name.
        secrets: what is not to be written down.
    """

    def __init__(self, suite: Suite, run: str | None = None) -> None:
        self._suite = suite
        self._began = time.monotonic()
        self.values: dict[str, Value] = {"run": run or uuid.uuid4().hex[:8]}
        for name, template in suite.values.items():
            self.values[name] = fill_text(template, self.values)
        self.secrets = Secrets(str(value) for name, value in self.values.items() if name.endswith(".password"))
        self._saved_at: dict[str, float] = {}
        # The first request that should have given a value, by its name, and the one that should have done something.
        self._givers: dict[str, int] = {}
        self._undone: dict[str, int] = {}
        # Users whose token was taken somewhere, and the first request at which each was refused.
        self._taken: set[str] = set()
        self._refused: dict[str, int] = {}
        # Requests in a row that were answered too late, and the first in a row that were not answered at all.
        self._late: list[int] = []
        self._unanswered: int | None = None
        self._slowest = (0, 0.0)
        self._end: tuple[str, int | None] | None = None
        self._patience = LONGEST_RESTS_SECONDS

    def learn(self, json: object) -> None:
        """Learn the secrets that an answer holds, whoever they belong to."""
        for found in (json, *json.values()) if isinstance(json, dict) else ():
            for key in SECRET_KEYS if isinstance(found, dict) else ():
                if isinstance(found.get(key), str):
                    self.secrets.add(found[key])

    def token(self, step: Step) -> str | None:
        """The token that a step sends."""
        if step.as_ is None:
            return None
        token = str(self.values[f"{step.as_}.token"])
        if step.forged:
            token = forged(token)
            self.secrets.add(token)  # as good as the token itself, but for one character
        return token

    def obstacle(self, step: Step) -> tuple[str, int | None] | None:
        """Why a step cannot be sent, and which request is to blame."""
        if self._end is None and time.monotonic() - self._began > LONGEST_RUN_SECONDS:
            number, seconds = self._slowest
            self._end = f"the suite ran out of time; the slowest request took {seconds:.1f} s", number
        if self._end is not None:
            return self._end
        lacking = self.lacking(step.needs)
        if lacking:
            return f"{_listed(lacking)} not given", self._givers.get(lacking[0])
        return None

    def lacking(self, names: frozenset[str]) -> list[str]:
        """Those of the names that have no value."""
        return sorted(name for name in names if name not in self.values)

    def wait(self, step: Step) -> None:
        """Let a second pass between two times, where the server's clock has no parts of a second."""
        time_text = self.values.get(step.apart or "")
        if isinstance(time_text, str) and not has_fraction(time_text) and step.apart is not None:
            time.sleep(max(0.0, self._saved_at[step.apart] + 1.05 - time.monotonic()))

    def rest(self, seconds: float | None) -> bool:
        """Wait as long as a server asks for, else until its minute is over; whether there was time for that."""
        wanted = REST_SECONDS if seconds is None else seconds + 0.1
        if wanted > self._patience:
            return False
        self._patience -= wanted
        self._began += wanted
        time.sleep(wanted)
        return True

    def skip(self, number: int, step: Step) -> None:
        """Note that a step was not sent."""
        self._failed_to_do(number, step)
        self._failed_to_give(number, step)

    def note(self, number: int, step: Step, came: Exchange, reply: Reply | None, alive: bool | None) -> None:
        """Note what a step brought: its values and effects, how the user's token fared, and the server's health."""
        if reply is not None and 200 <= reply.status < 300:
            for name, place in step.saves.items():
                value = usable(at(reply.json, place))
                if value is not None and (not name.endswith(".token") or presentable(value)):
                    self.values[name] = value
                    self._saved_at[name] = time.monotonic()
        self._failed_to_give(number, step)
        if reply is None or reply.status not in step.status:
            self._failed_to_do(number, step)
        self._note_token(number, step, came)
        self._note_health(number, came, alive)
        self._slowest = max(self._slowest, (number, came.milliseconds / 1000), key=lambda slow: slow[1])

    def follows(self, step: Step, came: Exchange) -> int | None:
        """The earlier request to blame for a step's failure, where that can be told; call it before the step is noted.

        A server that fails, or gives no answer, has itself to blame: nothing that is missing is a reason for that.
        """
        if came.failure == "refused":
            return self._unanswered
        if came.status is None or came.status >= 500:
            return None
        lacking = self.lacking(frozenset[str]().union(*(one.needs for one in step.expects)))
        if lacking:
            return self._givers.get(lacking[0])
        for supposed in step.supposes:
            if supposed in self._undone:
                return self._undone[supposed]
        if step.as_ is not None and not step.forged and came.status in (401, 403) and step.as_ not in self._taken:
            return self._refused.get(step.as_)
        return None

    def _failed_to_give(self, number: int, step: Step) -> None:
        for name in step.saves:
            if name not in self.values:
                self._givers.setdefault(name, number)

    def _failed_to_do(self, number: int, step: Step) -> None:
        if step.does is not None:
            self._undone.setdefault(step.does, number)

    def _note_token(self, number: int, step: Step, came: Exchange) -> None:
        if step.as_ is None or step.forged or step.operation not in self._suite.protected or came.status is None:
            return
        if came.status in (401, 403):
            if came.status not in step.status:
                self._refused.setdefault(step.as_, number)
        elif came.status < 500:
            self._taken.add(step.as_)

    def _note_health(self, number: int, came: Exchange, alive: bool | None) -> None:
        first = number if self._unanswered is None else self._unanswered
        self._unanswered = first if came.failure in ("refused", "lost") else None
        self._late = [*self._late, number] if came.failure == "late" else []
        if alive is False or (came.failure == "refused" and alive is None):
            self._end = f"the server died at request {first}", first
        elif len(self._late) == MOST_LATE_IN_A_ROW:
            self._end = f"the server stopped answering at request {self._late[0]}", self._late[0]


def forged(token: str) -> str:
    """The token with one character changed, where a signature has it and no padding hides the change."""
    place = max(0, len(token) - 10)
    return f"{token[:place]}{'B' if token[place] == 'A' else 'A'}{token[place + 1 :]}"


def presentable(token: Value) -> bool:
    """Whether a header can carry the token."""
    return all("!" <= character <= "~" for character in str(token))


def has_fraction(time_text: str) -> bool:
    """Whether a time shows parts of a second."""
    return re.search(r"\.0*[1-9]", time_text) is not None


def _listed(names: Sequence[str]) -> str:
    return f"{' and '.join(names)} {'was' if len(names) == 1 else 'were'}"
