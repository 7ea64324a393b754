"""The nouns of a suite: requests, what is expected of their answers, and what later requests take from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct

from verifier.run.suite.expect import Expectation
from verifier.run.suite.templates import names_in

Operation: TypeAlias = str


class Step(Struct, frozen=True):
    """One request. All its texts may hold ``{names}`` of values that earlier steps saved.

    Every request says that its body is JSON, even where it has none, as the clients of this API do.

    Attributes:
        name: what the step does or asks.
        operation: of the API's specification, such as ``POST /articles/{slug}/favorite``.
        path: the path that is asked; by default that of the operation.
        as_: the user whose token is sent; nobody's, by default.
        forged: the user's token is changed in its signature, which makes it nobody's.
        headers: in addition to those of every request, or in their place.
        status: the statuses that are right.
        expects: of the answer, beside its status.
        saves: values for later steps: their names, and the places in the answer where they stand.
        does: what has happened when the answer has a right status, in a few words.
        supposes: what earlier steps must have done for this one to succeed: their ``does``.
        apart: the name of a saved time; a server whose clock shows whole seconds is asked in a later second.
        section: the part of the suite that it stands in.
    """

    name: str
    operation: Operation
    path: str | None = None
    as_: str | None = None
    forged: bool = False
    query: Mapping[str, str | int] = {}
    body: object = None
    headers: Mapping[str, str] = {}
    status: tuple[int, ...] = (200,)
    expects: tuple[Expectation, ...] = ()
    saves: Mapping[str, str] = {}
    does: str | None = None
    supposes: tuple[str, ...] = ()
    apart: str | None = None
    section: str = ""

    @property
    def method(self) -> str:
        return self.operation.partition(" ")[0]

    @property
    def target(self) -> str:
        """The template of the path."""
        return self.path or self.operation.partition(" ")[2]

    @property
    def needs(self) -> frozenset[str]:
        """The names of the values without which it cannot be sent."""
        own = names_in((self.target, self.query, self.body, self.headers))
        return own if self.as_ is None else own | {f"{self.as_}.token"}

    @property
    def checks(self) -> int:
        """How many checks it has, whatever is answered."""
        return 1 + len(self.expects)


class Suite(Struct, frozen=True):
    """Requests that follow each other.

    Attributes:
        name: what it is called by.
        profiles: the steps, by the name of the reading of the specification that they stand for.
        values: those that are known from the start; ``{run}`` is different in every run.
        protected: the operations that need a token.
        authorization: the header that carries a token.
    """

    name: str
    profiles: Mapping[str, tuple[Step, ...]]
    values: Mapping[str, str] = {}
    protected: frozenset[Operation] = frozenset()
    authorization: str = "Token {token}"


def section(name: str, *steps: Step) -> tuple[Step, ...]:
    """Steps that belong together."""
    return tuple(msgspec.structs.replace(step, section=name) for step in steps)


def digest(suite: Suite, profile: str) -> str:
    """What tells one version of a profile from another."""
    lines = [repr((suite.name, profile, sorted(suite.values.items())))]
    for step in suite.profiles[profile]:
        request = (step.section, step.name, step.operation, step.target, step.as_, step.forged)
        content = (sorted(step.query.items()), step.body, sorted(step.headers.items()), sorted(step.saves.items()))
        lines.append(repr((request, content, step.status, [one.name for one in step.expects])))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
