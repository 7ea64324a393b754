"""What a study reads of a store: the runs that count, and the questions that are asked of the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Run(Struct, frozen=True):
    """A run that counts. ``strict`` is its pass rate with the verifiers: 0 where a constraint is broken."""

    run: str
    source: str
    runtime: str | None
    agent: str | None
    model: str | None
    task: str | None
    number: str | None
    framework: str | None
    level: int | None
    constraints: tuple[str, ...]
    pass_rate: float | None
    strict_rate: float | None
    tests_passed: bool | None
    compliant: bool | None
    succeeded: bool | None
    paper_label: str | None
    error: str | None
    files: int | None

    @property
    def configuration(self) -> tuple[str, str]:
        """Who wrote it: agent and model."""
        return self.agent or "", self.model or ""

    @property
    def failed(self) -> bool:
        """Whether it failed, by its tests or by its constraints."""
        return self.succeeded is False


class Data(Struct, frozen=True):
    """A store, opened, and its runs."""

    connection: Any
    runs: tuple[Run, ...]

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        found: list[tuple[Any, ...]] = self.connection.execute(query, list(values)).fetchall()
        return found


def load(connection: DuckDBPyConnection) -> Data:
    """The runs that count: of each task those of the newest date."""
    from verifier.batch.store import rows_of

    return Data(connection, tuple(rows_of(connection, "SELECT * FROM counted ORDER BY run", Run)))


def by_configuration(runs: Iterable[Run]) -> dict[tuple[str, str], list[Run]]:
    """Runs by agent and model, in the order of their names."""
    found: defaultdict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in runs:
        found[run.configuration].append(run)
    return dict(sorted(found.items(), key=lambda item: (item[0][1].lower(), item[0][0].lower())))


def by_task(runs: Iterable[Run]) -> dict[tuple[str, str], list[Run]]:
    """Runs of one configuration by runtime and task."""
    found: defaultdict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in runs:
        found[run.runtime or "", run.task or run.run].append(run)
    return dict(found)


def titles(configurations: Mapping[tuple[str, str], object] | Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What configurations are called: the model, and the agent where that alone does not tell them apart."""
    every = list(configurations)
    models = [model for _, model in every]
    return {
        (agent, model): model if models.count(model) == 1 and model else " · ".join(filter(None, (model, agent))) or "–"
        for agent, model in every
    }
