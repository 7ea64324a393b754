"""A manifest: a JSON object a line, each one run (docs/schema/manifest.json)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from verifier.batch.inputs import PARTS, inside
from verifier.batch.nouns import BatchError, Line, Work
from verifier.batch.tree import bare

LONGEST = 1_000_000  # bytes of a line


def runs_of(path: Path, root: Path) -> Iterator[Work]:
    """The runs that a manifest names. A line that cannot be read is a run with a fault.

    Args:
        root: the folder that its paths are below, and may not leave.

    Raises:
        BatchError: there is no such file, or two lines name the same run.
    """
    seen: dict[str, int] = {}
    try:
        with path.open("rb") as file:
            number = 0
            while text := file.readline(LONGEST + 1):
                number += 1
                if len(text) > LONGEST:
                    raise BatchError(f"{path}: line {number} is longer than {LONGEST // 1_000_000} MB.")
                if not text.strip():
                    continue
                work = run_of(text, number, root)
                if work.run in seen:
                    raise BatchError(f"{path}: lines {seen[work.run]} and {number} name the same run `{work.run}`.")
                seen[work.run] = number
                yield work
    except OSError as error:
        raise BatchError(f"The manifest {path} cannot be read: {error.strerror or error}.") from error


def run_of(text: bytes, number: int, root: Path) -> Work:
    """The run of a line."""
    try:
        line = msgspec.json.decode(text, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Work(run=f"line {number}", source="manifest", fault=f"Line {number} of the manifest: {error}.")
    said: dict[str, object] = {}
    fault = None
    given = {name: getattr(line, name) for name in (*PARTS, "project")} | {"results": line.results or line.newman}
    for part, path in given.items():
        if path is None:
            continue
        try:
            said[part] = str(inside(root, path))
        except BatchError as error:
            fault = fault or f"Line {number} of the manifest, `{part}`: {error}"
    if not said and fault is None:
        fault = f"Line {number} of the manifest names no project and no results."
    task = bare(line.task) if line.task is not None else None
    named = [line.runtime, line.agent, line.model, task, line.date, line.number]
    said |= {"run": line.run or "/".join([*(name for name in named if name), f"line {number}"]), "task": task}
    said["place"] = line.project or line.patch
    said |= {name: getattr(line, name) for name in ("runtime", "agent", "model", "date", "number", "labels")}
    return msgspec.convert({"source": "manifest", "fault": fault, **said}, Work)
