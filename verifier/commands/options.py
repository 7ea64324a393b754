"""The options that several commands share, and how a command reads and writes."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer


class Plain(StrEnum):
    """Formats of facts and lists."""

    TEXT = "text"
    JSON = "json"


class Color(StrEnum):
    """When to use colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Architecture(StrEnum):
    """Architectures that a project can be held against."""

    CLEAN = "clean"


class Database(StrEnum):
    """Databases that can be prescribed."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


class Orm(StrEnum):
    """Object-relational mappers that can be prescribed."""

    SQLALCHEMY = "sqlalchemy"
    SEQUELIZE = "sequelize"
    DJANGO = "django"


PATH = typer.Argument(
    help="The project's folder (or one file). The current folder, unless a patch is given.", show_default=False
)
OptionalPath = Annotated[Path | None, PATH]
Patch = Annotated[
    Path | None,
    typer.Option(
        "--patch",
        help="A unified diff, `-` for standard input: alone, its added files are the project; with PATH, put on it.",
        rich_help_panel="Input",
    ),
]
Excluded = Annotated[
    list[str] | None,
    typer.Option("--exclude", help="Leave out what a .gitignore pattern matches.", rich_help_panel="Input"),
]
Gitignore = Annotated[
    bool | None,
    typer.Option(
        "--respect-gitignore/--no-respect-gitignore",
        help="Leave out what .gitignore files name (the default).",
        rich_help_panel="Input",
        show_default=False,
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="A settings file, instead of the project's own.", rich_help_panel="Input"),
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Use no settings file.", rich_help_panel="Input")]
PackFolders = Annotated[
    list[Path] | None, typer.Option("--pack", help="A further pack, or folder of packs.", rich_help_panel="Rules")
]
TaskName = Annotated[
    str | None,
    typer.Option(
        "--task",
        help="A Constraint Decay task, by name or JSON file: sets framework and constraints.",
        rich_help_panel="Constraints",
    ),
]
Framework = Annotated[
    str | None,
    typer.Option(
        "--framework", help="The framework that the served application must use.", rich_help_panel="Constraints"
    ),
]
Arch = Annotated[
    Architecture | None,
    typer.Option("--architecture", help="The architecture to hold the project against.", rich_help_panel="Constraints"),
]
Db = Annotated[
    Database | None, typer.Option("--database", help="The prescribed database.", rich_help_panel="Constraints")
]
OrmName = Annotated[
    Orm | None, typer.Option("--orm", help="The prescribed object-relational mapper.", rich_help_panel="Constraints")
]
ContractFile = Annotated[
    Path | None,
    typer.Option("--contract", help="An OpenAPI document, or a Postman collection.", rich_help_panel="Constraints"),
]
Variables = Annotated[
    list[str] | None,
    typer.Option(
        "--env", help="NAME=value that is set where the application is started.", rich_help_panel="Constraints"
    ),
]
ContractBase = Annotated[
    str | None,
    typer.Option(
        "--contract-base",
        help="The path that the contract's operations stand below, instead of its `servers`.",
        rich_help_panel="Constraints",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output-file", "-o", help="Write to a file instead of standard output.", rich_help_panel="Output"),
]
Colors = Annotated[Color, typer.Option("--color", help="When to use colours.", rich_help_panel="Output")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print findings and verdicts only.", rich_help_panel="Output")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="List what was not read, and all evidence.", rich_help_panel="Output")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        help="Processes that parse a large project; by default one for each processor.",
        rich_help_panel="Speed",
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", "-n", help="Parse every file anew.", rich_help_panel="Speed")]
CacheDir = Annotated[
    Path | None, typer.Option("--cache-dir", help="Where facts of unchanged files are kept.", rich_help_panel="Speed")
]


def names(given: list[str] | None) -> tuple[str, ...]:
    """Names given one by one or with commas."""
    return tuple(name.strip() for text in given or () for name in text.split(",") if name.strip())


def write(text: str, output_file: Path | None) -> None:
    """Print a text, or write it to a file."""
    if output_file is None:
        sys.stdout.write(
            text.encode(sys.stdout.encoding or "utf-8", "backslashreplace").decode(sys.stdout.encoding or "utf-8")
        )
        return
    try:
        output_file.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        refuse(f"{output_file} cannot be written: {error.strerror}.")


def refuse(message: str) -> NoReturn:
    """Say in one sentence why nothing was done, and exit with 2."""
    sys.stderr.write(f"buttress: {message}\n")
    raise SystemExit(2)
