"""The published CSV files of the paper: categories of failed runs, and averages. They are told by their columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from verifier.batch.inputs import LARGEST, bounded
from verifier.batch.nouns import BatchError, JudgedRow, PublishedRow
from verifier.batch.tree import bare
from verifier.model import Category

NAMES = ("agent", "model", "runtime", "task", "run_id")
JUDGED = {"category": "coarse", "subcategory": "logic"}
AVERAGES = (
    "agent", "model", "granularity", "group", "n_constraints", "pass_at_1", "pass_at_3", "passed_assertions_perc",
    "strict_assertions_perc", "n_succeeded", "n_executed",
)  # fmt: skip
LABELS = {str(category) for category in Category} | {"logic_error"}
MOST_ROWS = 1_000_000
HEAD = 4_000  # bytes that hold the names of the columns


class Imported(Struct, frozen=True):
    """What a file holds."""

    file: str
    judged: tuple[JudgedRow, ...] = ()
    averages: tuple[PublishedRow, ...] = ()


def files_below(path: Path) -> Iterator[Path]:
    """The CSV files in a folder, without those in the tree of runs; a file is itself."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise BatchError(f"There is no {path}.")
    for found in sorted(path.glob("*.csv")):
        if found.is_file() and not found.is_symlink():
            yield found


def read_published(path: Path, *, asked: bool) -> Imported | None:
    """A published file; None for one of another kind.

    Args:
        asked: whether the user named it: then it must be one.

    Raises:
        BatchError: it cannot be read, or a row is broken.
    """
    kind = kind_of(bounded(str(path), HEAD)[0])
    if kind is None:
        if not asked:
            return None
        raise BatchError(
            f"{path} has not the columns of a file that can be imported: "
            f"{', '.join(NAMES)} with `category` or `subcategory`, or those of `global_stats.csv`."
        )
    text, size = bounded(str(path), LARGEST)
    if size > LARGEST:
        raise BatchError(f"{path} is larger than {LARGEST // 1_000_000} MB.")
    try:
        rows = limited(path, csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True))
        if kind == "averages":
            return Imported(path.name, averages=tuple(average(path.name, row) for row in rows))
        return Imported(path.name, judged=tuple(judgement(path.name, JUDGED[kind], kind, row) for row in rows))
    except (csv.Error, ValueError, TypeError) as error:
        raise BatchError(f"{path} is no file of the paper's, or broken: {error}.") from error


def kind_of(head: bytes) -> str | None:
    """What a file holds, by its columns: the column of its labels, or ``averages``."""
    try:
        columns = set(next(csv.reader([head.decode("utf-8-sig", "replace").partition("\n")[0].rstrip("\r")]), []))
    except csv.Error:
        return None
    if columns >= set(AVERAGES):
        return "averages"
    return next((column for column in JUDGED if columns >= {*NAMES, column}), None)


def limited(path: Path, rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The rows, as long as there are not too many."""
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise BatchError(f"{path} has more than {MOST_ROWS} rows.")
        yield row


def judgement(file: str, kind: str, column: str, row: dict[str, str]) -> JudgedRow:
    """A classified run.

    Raises:
        ValueError: its label is none of the taxonomy.
    """
    label = row[column]
    if label not in LABELS:
        raise ValueError(f"`{label}` is no category")
    agent, model, runtime, task, number = (row[name] for name in NAMES)
    return JudgedRow(file, kind, agent, model, runtime, bare(task), number, label)


def average(file: str, row: dict[str, str]) -> PublishedRow:
    """A published average.

    Raises:
        ValueError: a cell is no number.
    """
    return PublishedRow(
        file, row["agent"], row["model"], row["granularity"], row["group"],
        int(row["n_constraints"]) if row["n_constraints"] else None,
        float(row["pass_at_1"]), float(row["pass_at_3"]), float(row["passed_assertions_perc"]),
        float(row["strict_assertions_perc"]), int(row["n_succeeded"]), int(row["n_executed"]),
    )  # fmt: skip
