"""The tree of a benchmark's results: ``runtime/agent/model/task/date/run_N``, whatever of it is there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from verifier.batch.inputs import inside
from verifier.batch.nouns import BatchError, Work

RUN = re.compile(r"run_\d+")
LEVELS = ("runtime", "agent", "model", "task", "date", "number")
RUNTIMES = ("uv-", "node-")
PARTS = {
    "patch": ("*.patch",),
    "record": ("record.json",),
    "results": ("newman-run-report-*.csv", "newman-run-report-*.json", "newman*.csv", "newman*.json"),
    "log": ("conduit.log", "server.log"),
    "setup_log": ("setup.log",),
    "trajectory": ("mini/trajectory.json", "trajectory.json", "*.traj.json", "*.traj"),
}


def runs_below(root: Path) -> Iterator[Work]:
    """The runs in a tree, in the order of their names.

    Raises:
        BatchError: the folder cannot be read.
    """
    if not root.is_dir():
        raise BatchError(f"There is no folder {root}.")
    for folder, folders, _ in os.walk(root):
        folders.sort(key=natural)
        if RUN.fullmatch(Path(folder).name) and Path(folder) != root:
            folders.clear()
            yield run_in(root, Path(folder))


def natural(name: str) -> list[tuple[int, str]]:
    """Sorts ``run_2`` before ``run_10``."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def run_in(root: Path, folder: Path) -> Work:
    """The run in a folder. The folders above it name it, as far as they are below the root."""
    names = folder.relative_to(root).parts[-len(LEVELS) :]
    said: dict[str, object] = {
        level: decodable(name) for level, name in zip(reversed(LEVELS), reversed(names), strict=False)
    }
    said["run"] = decodable("/".join(names))
    if "task" in said:
        said["task"] = bare(str(said["task"]))
    for part, patterns in PARTS.items():
        try:
            said[part] = first(root, folder, patterns)
        except BatchError as error:
            said["fault"] = decodable(str(error))
    if said.get("patch") is not None:
        said["place"] = decodable(f"{folder.relative_to(root).as_posix()}/{Path(str(said['patch'])).name}")
    return msgspec.convert({"source": "tree", "delivery": True, **said}, Work)


def decodable(name: str) -> str:
    """A name that can be written down, whatever bytes the file system has for it."""
    return name.encode("utf-8", "backslashreplace").decode()


def first(root: Path, folder: Path, patterns: tuple[str, ...]) -> str | None:
    """The first file of a run that has one of some names.

    Raises:
        BatchError: it is a link that leads out of the tree.
    """
    for pattern in patterns:
        for found in sorted(folder.glob(pattern)):
            if found.is_file() or found.is_symlink():
                return str(inside(root, str(found.relative_to(root))))
    return None


def bare(task: str) -> str:
    """The name of a task, without the runtime in front and the file's ending."""
    name = task.removesuffix(".json")
    for runtime in RUNTIMES:
        if name.startswith(runtime):
            return name.removeprefix(runtime)
    return name
