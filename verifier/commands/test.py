"""`buttress test`: run a project, drive it, and record what happened."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verifier.commands.options import (
    Arch,
    CacheDir,
    Color,
    Colors,
    ContractFile,
    Db,
    Framework,
    OptionalPath,
    OrmName,
    Quiet,
    TaskName,
    Verbose,
    write,
)


class Profile(StrEnum):
    """Whether the articles of a list carry their body: the specification and the public collection differ."""

    OPENAPI = "openapi"
    POSTMAN = "postman"


class RecordFormat(StrEnum):
    """What a run prints."""

    TEXT = "text"
    JSON = "json"


class SandboxName(StrEnum):
    """What keeps the project's code in."""

    BUBBLEWRAP = "bubblewrap"
    USERNS = "userns"
    LANDLOCK = "landlock"
    NONE = "none"


def test(
    path: OptionalPath = None,
    suite: Annotated[
        str,
        typer.Option(
            "--suite", help="`conduit`, or an OpenAPI document that schemathesis asks after.", rich_help_panel="Suite"
        ),
    ] = "conduit",
    profile: Annotated[
        Profile, typer.Option("--profile", help="Whose lists of articles are right.", rich_help_panel="Suite")
    ] = Profile.OPENAPI,
    token: Annotated[
        str | None,
        typer.Option("--token", help="The Authorization header that schemathesis sends.", rich_help_panel="Suite"),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            help="Run nothing: read a report of Newman (JSON, CSV), Hurl (JSON) or any tool (JUnit XML).",
            rich_help_panel="Suite",
        ),
    ] = None,
    contract: ContractFile = None,
    record: Annotated[
        Path,
        typer.Option("--record", "-o", help="Where the record goes, its logs beside it.", rich_help_panel="Output"),
    ] = Path("record.json"),
    format: Annotated[
        RecordFormat, typer.Option("--format", help="What is printed.", rich_help_panel="Output")
    ] = RecordFormat.TEXT,
    start: Annotated[
        str | None, typer.Option("--start", help="The command that starts the project.", rich_help_panel="Project")
    ] = None,
    ready: Annotated[
        str | None,
        typer.Option(
            "--ready",
            help="The path that answers once the project is ready (/api/health-check).",
            rich_help_panel="Project",
            show_default=False,
        ),
    ] = None,
    prefix: Annotated[
        str, typer.Option("--prefix", help="The path that the API stands below.", rich_help_panel="Project")
    ] = "/api",
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Where the project listens.", rich_help_panel="Project"),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, help="Seconds until it must be ready.", rich_help_panel="Project")
    ] = 60.0,
    env: Annotated[
        list[str] | None, typer.Option("--env", help="NAME=value for the project.", rich_help_panel="Project")
    ] = None,
    env_file: Annotated[
        Path | None, typer.Option("--env-file", help="A file of such lines, like .env.", rich_help_panel="Project")
    ] = None,
    python: Annotated[
        str | None, typer.Option("--python", help="The version of Python to run it with.", rich_help_panel="Project")
    ] = None,
    postgres: Annotated[
        str | None,
        typer.Option("--postgres", help="A running PostgreSQL server to use, by its URL.", rich_help_panel="Database"),
    ] = None,
    postgres_bin: Annotated[
        Path | None,
        typer.Option("--postgres-bin", help="The folder of PostgreSQL's programs.", rich_help_panel="Database"),
    ] = None,
    sandbox: Annotated[
        SandboxName | None,
        typer.Option("--sandbox", help="The sandbox to use; the best one by default.", rich_help_panel="Sandbox"),
    ] = None,
    unsafe_no_sandbox: Annotated[
        bool,
        typer.Option(
            "--unsafe-no-sandbox",
            help="Run without any where none can be made: with all your rights.",
            rich_help_panel="Sandbox",
        ),
    ] = False,
    memory: Annotated[
        int, typer.Option("--memory", min=64, help="Megabytes that it may take.", rich_help_panel="Sandbox")
    ] = 1024,
    task: TaskName = None,
    framework: Framework = None,
    architecture: Arch = None,
    database: Db = None,
    orm: OrmName = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    color: Colors = Color.AUTO,
    cache_dir: CacheDir = None,
) -> None:
    """Run a project in a sandbox, drive it, and record what happened.

    Exit status: 0 every check passed; 1 some did not, or the project could not be run; 2 wrong use or no sandbox.
    """
    from verifier.run import front

    made = front.test(
        front.Asked(
            path=path, suite=suite, profile=profile, token=token, results=results, record=record, start=start,
            ready=ready, prefix=prefix, port=port, timeout=timeout, database=database, postgres=postgres,
            binaries=postgres_bin, variables=tuple(env or ()), variables_file=env_file, python=python, sandbox=sandbox,
            unsafe=unsafe_no_sandbox, task=task, framework=framework, architecture=architecture, orm=orm,
            contract=contract, memory_mb=memory, cache=cache_dir, quiet=quiet,
        )
    )  # fmt: skip
    if format is RecordFormat.JSON:
        write(record.read_text("utf-8"), None)
    else:
        from verifier.report.record import show_record
        from verifier.report.style import painter

        write(show_record(made, painter(color.value), verbose=verbose), None)
    if front.failed(made):
        raise typer.Exit(1)
