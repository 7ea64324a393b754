"""batch: many runs -> a store.

nouns      a run that is to be looked at; the rows of the store
tree       the results of a benchmark, as a tree of folders
manifest   a JSON object for each run
published  the CSV files that the paper's authors published
inputs     where files may lie, how much of them is read, the key of a run
examine    one run: check it, read its results, classify it
local      processes of this machine
cluster    an existing Ray cluster
store      the DuckDB file
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from verifier.batch.nouns import SCHEMA_VERSION, BatchError, Outcome, Settings, Summary, Work

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from verifier.batch.local import Asked
    from verifier.batch.published import Imported
    from verifier.report.progress import Progress

__all__ = ["Asking", "BatchError", "Summary", "batch"]

AT_ONCE = 20  # runs that are written together
LONGEST_WAIT = 2.0  # seconds that a finished run waits to be written


class Asking(Struct, frozen=True):
    """What a batch was asked to do.

    Attributes:
        source: a folder of results, or a manifest; None where only published files are imported.
        root: the folder that the paths of a manifest are below; by default the manifest's own.
        force: do again what is done; ``retry`` what failed.
    """

    source: Path | None
    store: Path
    imports: tuple[Path, ...] = ()
    root: Path | None = None
    contract: Path | None = None
    packs: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    classify: bool = True
    force: bool = False
    retry: bool = False
    jobs: int | None = None
    timeout: float = 120.0
    engine: Literal["local", "ray"] = "local"
    address: str = "auto"


def batch(asking: Asking, progress: Progress) -> Summary:
    """Look at all runs that are not yet known, and put them into the store.

    Raises:
        BatchError: it cannot be done; the text is one sentence.
    """
    from verifier.batch.store import known_keys, opened, write_published

    started = monotonic()
    settings = settings_of(asking)
    progress.stage("looking for runs")
    imports = list(imports_of(asking))
    works = list(runs_of(asking))
    if not works and not imports:
        raise BatchError(f"There is no run in {asking.source}: a run is a folder `run_N`, or a line of a manifest.")
    with opened(asking.store, write=True) as connection:
        imported = write_published(connection, imports)
        known = known_keys(connection)
        asked = [(work, key_for(work, known, asking)) for work in works]
        progress.stage("runs", len(works))
        done, errors = write_all(connection, worked(asking, settings, asked), progress)
    return Summary(
        SCHEMA_VERSION, str(asking.store), len(works), done, len(works) - done, errors, imported, monotonic() - started
    )


def settings_of(asking: Asking) -> Settings:
    """What workers must know.

    Raises:
        BatchError, ContractError, PackError, SelectionError: no worker could use it.
    """
    from verifier.batch.inputs import options_digest
    from verifier.check import selected
    from verifier.config import Config
    from verifier.link.contract import read_contract
    from verifier.packs import load_book
    from verifier.session import read_contract_file

    selected(load_book(list(asking.packs)), Config(select=asking.select, ignore=asking.ignore))
    if asking.contract is not None:
        read_contract(read_contract_file(asking.contract), str(asking.contract), "", ())
    return Settings(
        contract=str(asking.contract.resolve()) if asking.contract is not None else None,
        packs=tuple(str(pack.resolve()) for pack in asking.packs),
        select=asking.select,
        ignore=asking.ignore,
        classify=asking.classify,
        timeout=asking.timeout,
        code=options_digest(asking.contract, asking.packs),
    )


def runs_of(asking: Asking) -> Iterator[Work]:
    """The runs of the source."""
    if asking.source is None:
        return
    if asking.source.is_file():
        from verifier.batch.manifest import runs_of as manifest_runs

        if asking.source.suffix != ".csv":
            yield from manifest_runs(asking.source, (asking.root or asking.source.parent).resolve())
        return
    from verifier.batch.tree import runs_below

    yield from runs_below(asking.source.resolve())


def imports_of(asking: Asking) -> Iterator[Imported]:
    """The published files: those that are named, and those beside the tree of runs."""
    from verifier.batch.published import files_below, read_published

    for path in asking.imports:
        found = [read_published(file, asked=path.is_file()) for file in files_below(path)]
        if not any(found):
            raise BatchError(f"There is no CSV file in {path} that can be imported.")
        yield from (one for one in found if one is not None)
    source = asking.source
    if source is not None and (source.is_dir() or source.suffix == ".csv"):
        for file in files_below(source):
            one = read_published(file, asked=source.is_file())
            if one is not None:
                yield one


def key_for(work: Work, known: dict[str, tuple[str, bool]], asking: Asking) -> str | None:
    """The key under which a run need not be done again."""
    key, failed = known.get(work.run, (None, False))
    return None if asking.force or (failed and asking.retry) else key


def worked(asking: Asking, settings: Settings, asked: Sequence[Asked]) -> Iterator[tuple[Work, Outcome | None]]:
    """The runs, looked at by the engine that was asked for."""
    if asking.engine == "ray":
        from verifier.batch.cluster import work_through as spread

        return spread(asked, settings, asking.address)
    from verifier.batch.local import work_through
    from verifier.pipeline import processors

    return work_through(asked, settings, max(1, min(asking.jobs or processors(), len(asked))))


def write_all(
    connection: DuckDBPyConnection, results: Iterator[tuple[Work, Outcome | None]], progress: Progress
) -> tuple[int, int]:
    """Write what comes, some runs at a time; gives how many there were, and of how many the look failed."""
    from verifier.batch.store import write_runs

    waiting: list[Outcome] = []
    done = errors = 0
    written = monotonic()
    try:
        for _, outcome in results:
            progress.advance()
            if outcome is not None:
                waiting.append(outcome)
                done += 1
                errors += outcome.row.error is not None
            if len(waiting) >= AT_ONCE or (waiting and monotonic() - written > LONGEST_WAIT):
                write_runs(connection, waiting)
                waiting, written = [], monotonic()
    finally:
        write_runs(connection, waiting)  # on Ctrl-C too
    return done, errors
