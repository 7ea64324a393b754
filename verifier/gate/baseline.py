"""The baseline: a file of findings that are known and do not count, one a line, sorted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from verifier.check import Known
from verifier.gate.errors import GateError

VERSION = 1
LARGEST = 100_000_000


class Baseline(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file."""

    schema_version: int
    findings: tuple[Known, ...]


def read_baseline(path: Path) -> tuple[Known, ...]:
    """The findings of a baseline.

    Raises:
        GateError: there is none, or it is no baseline.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise GateError(f"The baseline {path} is too large to be read.")
        data = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise GateError(f"There is no baseline {path}; --write-baseline makes it.") from error
    except OSError as error:
        raise GateError(f"The baseline {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise GateError(f"The baseline {path} is no valid JSON: {error or 'nested too deeply'}.") from error
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise GateError(f"The baseline {path} was written by a newer Buttress (schema_version {version}).")
    try:
        return msgspec.convert(data, Baseline).findings
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        place = f" at `{where.lstrip('.').rstrip('`')}`" if where.strip("`") else ""
        raise GateError(f"The baseline {path} is none: {what[:1].lower()}{what[1:]}{place}.") from error


def baseline_text(known: Iterable[Known]) -> str:
    """The file's content: sorted, a line for each finding, without numbers of lines, so that it changes little."""
    lines = [
        json.dumps(msgspec.to_builtins(found), ensure_ascii=False)
        for found in sorted(known, key=lambda found: (found.path, found.rule, found.message, found.scope, found.code))
    ]
    listed = "".join(f"\n    {line}{',' if place < len(lines) - 1 else ''}" for place, line in enumerate(lines))
    return f'{{\n  "schema_version": {VERSION},\n  "findings": [{listed}{chr(10) + "  " if lines else ""}]\n}}\n'


def write_baseline(path: Path, known: Iterable[Known]) -> None:
    """Write a baseline.

    Raises:
        GateError: it cannot be written.
    """
    try:
        # A path that is no Unicode keeps its odd bytes as escapes of JSON.
        path.write_bytes(baseline_text(known).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise GateError(f"The baseline {path} cannot be written: {error.strerror}.") from error
