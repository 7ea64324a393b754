"""What a mutant is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from tests.mutants.operators import OPERATORS
from verifier.model import Category
from verifier.run.record import PhaseName

DatabaseKind: TypeAlias = Literal["sqlite", "postgres"]
DATABASES: tuple[DatabaseKind, ...] = ("sqlite", "postgres")


class Symptom(Struct, frozen=True):
    """What a run shows first.

    Attributes:
        phase: the phase that fails; ``suite`` where requests do.
        operation: of the first request that fails.
        status: of its answer; None where none came.
        signature: a part of the key of the error that a log or an answer shows; None where nothing shows the cause.
        by_chance: which request fails first differs from run to run.
    """

    phase: PhaseName
    operation: str | None = None
    status: int | None = None
    signature: str | None = None
    by_chance: bool = False


class Mutant(Struct, frozen=True, kw_only=True):
    """One defect in one backend.

    Attributes:
        name: begins with the backend's.
        does: what is wrong, in a few words.
        expects: what a run shows on each database where it fails; on others it passes.
        profile: of the suite.
        blind: why the public collection passes, or why it fails where the suite does not; empty where both agree.
        survives: why no run fails though it is a defect; such a mutant is known and does not count.
        harmless: why it is no defect here at all, though elsewhere it would be: rules must be silent about it.
        of: the category, where it is not the operator's.
    """

    name: str
    app: str
    does: str
    operator: str
    arguments: Mapping[str, Any]
    expects: Mapping[DatabaseKind, Symptom] = {}
    profile: Literal["openapi", "postman"] = "openapi"
    blind: str = ""
    survives: str = ""
    harmless: str = ""
    of: Category | None = None

    @property
    def category(self) -> Category:
        return self.of or OPERATORS[self.operator].category

    @property
    def pattern(self) -> str:
        return OPERATORS[self.operator].pattern

    @property
    def counts(self) -> bool:
        """Whether a run has to fail."""
        return not (self.survives or self.harmless)


def starts_not(phase: PhaseName, signature: str | None = None) -> Symptom:
    """It never gets as far as to answer requests."""
    return Symptom(phase, None, None, signature)


def fails_somewhere(signature: str | None = None) -> Symptom:
    """Some request fails, and which one is chance."""
    return Symptom("suite", None, None, signature, by_chance=True)


def fails(operation: str, status: int | None, signature: str | None = None) -> Symptom:
    """A request fails."""
    return Symptom("suite", operation, status, signature)


def both(symptom: Symptom) -> dict[DatabaseKind, Symptom]:
    """The same on all databases."""
    return dict.fromkeys(DATABASES, symptom)


def seeded(
    app: str,
    name: str,
    does: str,
    operator: str,
    expects: Mapping[DatabaseKind, Symptom],
    *,
    profile: Literal["openapi", "postman"] = "openapi",
    blind: str = "",
    survives: str = "",
    harmless: str = "",
    of: Category | None = None,
    **arguments: Any,
) -> Mutant:
    """A mutant of a backend; the other arguments are the operator's."""
    return Mutant(
        name=f"{app}-{name}",
        app=app,
        does=does,
        operator=operator,
        arguments=arguments,
        expects=expects,
        profile=profile,
        blind=blind,
        survives=survives,
        harmless=harmless,
        of=of,
    )
