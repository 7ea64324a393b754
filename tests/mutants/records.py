"""Keep the records of all mutants: ``python -m tests.mutants.records [--kept FOLDER] [--only NAME] ...``

Each mutant that has to fail runs once on each database where it does, and each backend as it is, unless a folder
``--kept`` by tests.mutants.run holds the records already. Records and logs go into one compressed file, without times,
addresses and paths of the machine; what signs of errors they show is read anew, so that they are as a run of today
would make them.
"""

from __future__ import annotations

import argparse
import lzma
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tests.mutants.catalogue import DATABASES, MUTANTS, DatabaseKind
from tests.mutants.run import NAMES
from tests.mutants.run import main as run
from verifier.run.evidence import signatures
from verifier.run.record import LogName, Record, Request, Resources

KEPT = Path(__file__).parent.parent / "classify" / "records.xz"
# Large enough for the records of all mutants: most of what one says, another said before.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 27}]
ROOT = "/repository"  # of the project, as its logs show it
# Where environments and interpreters are kept on the machine that ran it.
MACHINE = re.compile(rb"/(?:[\w.+-]+/)+?(?:environments/\w+|versions/[\w.]+)")
SCRATCH = re.compile(rb"/tmp/[\w-]+(?=/)|(?<=127\.0\.0\.1:)\d+")


class Kept(Struct, frozen=True):
    """The record of a run, with its logs. ``name`` is that of a mutant, or of a backend as it is."""

    name: str
    database: DatabaseKind
    record: Record
    logs: Mapping[LogName, bytes] = {}


@cache
def kept_records(path: Path = KEPT) -> tuple[Kept, ...]:
    """All records that are kept."""
    data = lzma.decompress(path.read_bytes(), format=lzma.FORMAT_RAW, filters=FILTERS)
    return msgspec.msgpack.decode(data, type=tuple[Kept, ...])


def masked(data: bytes) -> bytes:
    """A log without the paths and ports of the machine; no byte of it moves, as requests know their stretch of it."""

    def stars(match: re.Match[bytes]) -> bytes:
        length = len(match.group())
        return b"/environment".ljust(length, b"_")[:length] if match.group().startswith(b"/") else b"0" * length

    return SCRATCH.sub(stars, MACHINE.sub(stars, data))


def read_kept(name: str, database: DatabaseKind, folder: Path) -> Kept:
    """A record and its logs, as a run left them."""
    written = (folder / "record.json").read_bytes()
    root = msgspec.json.decode(written, type=Record).project.root
    moved = written.replace(root.encode(), Path(root).name.encode())
    record = msgspec.json.decode(MACHINE.sub(b"/environment", moved), type=Record)
    logs = {log.log: masked((folder / log.path).read_bytes()) for log in record.logs}
    requests = tuple(still(request) for request in record.requests)
    return Kept(
        name,
        database,
        replace(
            record,
            started="",
            seconds=0.0,
            project=replace(record.project, root=ROOT),
            phases=tuple(replace(phase, seconds=0.0) for phase in record.phases),
            requests=requests,
            resources=Resources(killed=record.resources.killed),
            signatures=signatures(logs, requests, ROOT),
            environment=replace(record.environment, platform="") if record.environment is not None else None,
        ),
        logs,
    )


def still(request: Request) -> Request:
    """A request without how long it took."""
    return replace(request, milliseconds=None if request.milliseconds is None else 0.0)


def wanted() -> Iterator[tuple[str, DatabaseKind]]:
    """The runs whose records are kept."""
    for name in NAMES:
        yield from ((name, database) for database in DATABASES)
    for mutant in MUTANTS:
        if mutant.counts:
            yield from ((mutant.name, database) for database in DATABASES if database in mutant.expects)


def main(given: list[str] | None = None) -> int:
    """Run what was asked for, and keep all records."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.records", description=__doc__.splitlines()[0])
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="records that tests.mutants.run --keep left")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this mutant, or this backend as it is")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many run at once")
    parser.add_argument("-o", "--output", type=Path, default=KEPT)
    asked = parser.parse_args(given)
    known = {(one.name, one.database): one for one in kept_records(asked.output)} if asked.output.exists() else {}
    asking = [(name, database) for name, database in wanted() if not asked.only or name in asked.only]
    with tempfile.TemporaryDirectory(prefix="records-") as scratch:
        folder = asked.kept or Path(scratch)
        if asked.kept is None:
            names = dict.fromkeys(name for name, _ in asking)
            chosen = [part for name in names for part in ("--only", name)]
            results = Path(scratch) / "results.json"
            run([*chosen, "--keep", str(folder), "--output", str(results), "--jobs", str(asked.jobs)])
        for name, database in asking:
            known[name, database] = read_kept(name, database, folder / name / database)
    order = [known[one] for one in wanted() if one in known]
    packed = lzma.compress(msgspec.msgpack.encode(order), format=lzma.FORMAT_RAW, filters=FILTERS)
    asked.output.write_bytes(packed)
    print(f"{len(order)} records, {len(packed) / 1e6:.2f} MB in {asked.output.name}.")
    return 0


if __name__ == "__main__":
    os.chdir(Path(__file__).parent.parent.parent)
    sys.exit(main())
