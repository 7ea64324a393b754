"""The command line: the commands of verifier/commands, and how it ends."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from typing import Annotated

import typer

from verifier import VERSION

# The commands, and the modules of verifier/commands that hold the functions of their names.
COMMANDS = {
    "check": "check",
    "facts": "facts",
    "trace": "trace",
    "graph": "graph",
    "test": "test",
    "classify": "classify",
    "batch": "batch",
    "study": "study",
    "rules": "book",
    "explain": "book",
    "new": "book",
    "mcp": "mcp",
}


def version(wanted: bool) -> None:
    """Print the version."""
    if wanted:
        typer.echo(f"buttress {VERSION}")
        raise typer.Exit


def buttress(
    _version: Annotated[
        bool, typer.Option("--version", "-V", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Verifies backend projects: their structure and API surface by reading, their behaviour by running."""


def application(names: Iterable[str]) -> typer.Typer:
    """The command line with some of the commands."""
    app = typer.Typer(
        name="buttress",
        help=buttress.__doc__,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(buttress)
    for name in names:
        app.command()(getattr(import_module(f"verifier.commands.{COMMANDS[name]}"), name))
    return app


def run_command() -> None:
    """Run what the command line says. To make all commands takes a while: where one is named, it is the only one."""
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    application([named] if named in COMMANDS else COMMANDS)()


def main(run: Callable[[], object] = run_command) -> None:
    """Run the command line; whatever goes wrong ends in one sentence and an exit status."""
    try:
        run()
    except BrokenPipeError:
        # Whoever read the output has gone; let nothing more be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        sys.stderr.write("buttress: interrupted\n")
        raise SystemExit(130) from None
    except Exception as error:
        from verifier.commands.options import refuse
        from verifier.session import Refused

        if isinstance(error, Refused):
            refuse(str(error))
        if "embedded null" in str(error):  # what the system says of such a path
            refuse("A path holds a NUL character.")
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
