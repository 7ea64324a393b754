"""The command line: the commands of verifier/commands, and how it ends."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from verifier import VERSION
from verifier.commands.batch import batch
from verifier.commands.book import explain, new, rules
from verifier.commands.check import check
from verifier.commands.classify import classify
from verifier.commands.facts import facts
from verifier.commands.graph import graph
from verifier.commands.mcp import mcp
from verifier.commands.options import refuse
from verifier.commands.study import study
from verifier.commands.test import test
from verifier.commands.trace import trace

app = typer.Typer(
    name="buttress",
    help="Verifies backend projects: their structure and API surface by reading, their behaviour by running.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def version(wanted: bool) -> None:
    """Print the version."""
    if wanted:
        typer.echo(f"buttress {VERSION}")
        raise typer.Exit


@app.callback()
def buttress(
    _version: Annotated[
        bool, typer.Option("--version", "-V", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Verifies backend projects: their structure and API surface by reading, their behaviour by running."""


for command in (check, facts, trace, graph, test, classify, batch, study, rules, explain, new, mcp):
    app.command()(command)


def main(run: Callable[[], object] | None = None) -> None:
    """Run the command line; whatever goes wrong ends in one sentence and an exit status."""
    try:
        (run or app)()
    except BrokenPipeError:
        # Whoever read the output has gone; let nothing more be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        sys.stderr.write("buttress: interrupted\n")
        raise SystemExit(130) from None
    except Exception as error:
        from verifier.session import Refused

        if isinstance(error, Refused):
            refuse(str(error))
        if os.environ.get("BUTTRESS_DEBUG"):
            raise
        refuse(f"internal error: {type(error).__name__}: {error} (BUTTRESS_DEBUG=1 shows where; please report it).")


def leave() -> None:
    """Run the command line, then end the process at once: to take apart all that was read costs time for nothing.

    So does looking for what cannot be reached any more, unless there is much of it: a session turns that on again.
    """
    gc.disable()
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave()
