"""Errors as logs show them.

nouns     an error, and the frames of the project and of libraries
python    tracebacks (chained, in groups, in the middle of a log line), syntax errors, warnings
node      stacks with what stands before and behind them
    lines     both of them in lines of JSON, and tracebacks that were taken apart
shell     what shells, installers and servers say in one line when something does not start
postgres  the log of the database server
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from verifier.run.traces.lines import of_json
from verifier.run.traces.node import of_node
from verifier.run.traces.nouns import Error
from verifier.run.traces.postgres import of_postgres
from verifier.run.traces.python import of_python
from verifier.run.traces.shell import of_shell

if TYPE_CHECKING:
    from verifier.run.record import LogName

__all__ = ["Error", "errors_in"]

MOST = 20_000  # errors of a kind: a log that repeats itself says nothing new


def errors_in(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """The errors that a log shows, in their order.

    Args:
        root: the folder that the project ran in; empty where it is not known.
    """
    if log == "database":
        yield from of_postgres(data)
        return
    readers = (of_python(data, log, root), of_node(data, log, root), of_json(data, log, root), of_shell(data, log))
    found = [error for reader in readers for error in islice(reader, MOST)]
    yield from sorted(found, key=lambda error: error.at.start if error.at is not None else 0)
