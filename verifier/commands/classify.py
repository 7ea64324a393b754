"""`buttress classify`: the primary cause of a failed run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.commands.options import (
    Arch,
    CacheDir,
    Color,
    Colors,
    ConfigFile,
    ContractBase,
    ContractFile,
    Db,
    Framework,
    Isolated,
    Jobs,
    NoCache,
    OrmName,
    Output,
    PackFolders,
    Patch,
    Plain,
    Quiet,
    TaskName,
    Variables,
    write,
)

if TYPE_CHECKING:
    from verifier.check import Report
    from verifier.link import Facts
    from verifier.link.contract import Contract
    from verifier.session import Options


def classify(
    record: Annotated[
        Path | None,
        typer.Argument(help="The record of `buttress test`, or the folder that holds it.", show_default=False),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option("--project", help="The source, which is checked for findings.", rich_help_panel="Input"),
    ] = None,
    patch: Patch = None,
    log: Annotated[
        list[Path] | None,
        typer.Option("--log", help="A log of the server, the database or the installation.", rich_help_panel="Input"),
    ] = None,
    newman: Annotated[
        Path | None,
        typer.Option(
            "--newman",
            "--results",
            help="A report of requests: Newman JSON or CSV, Hurl, JUnit, or lines such as `Feed GET -> 404: 5 failed`.",
            rich_help_panel="Input",
        ),
    ] = None,
    trajectory: Annotated[
        Path | None,
        typer.Option("--trajectory", help="What the agent did, JSON or JSON lines.", rich_help_panel="Input"),
    ] = None,
    task: TaskName = None,
    framework: Framework = None,
    architecture: Arch = None,
    database: Db = None,
    orm: OrmName = None,
    contract: ContractFile = None,
    contract_base: ContractBase = None,
    env: Variables = None,
    pack: PackFolders = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    format: Annotated[
        Plain, typer.Option("--format", "--output-format", help="The form of the answer.", rich_help_panel="Output")
    ] = Plain.TEXT,
    output_file: Output = None,
    quiet: Quiet = False,
    color: Colors = Color.AUTO,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Name the primary cause of a failed run, with the evidence and the runners-up.

    Any part may be missing: a record alone, a project alone, a log and a report of requests alone.
    Exit status: 0 when an answer was given, also that the run did not fail; 2 for wrong use or input.
    """
    from verifier.classify import InputError
    from verifier.classify import classify as classify_run
    from verifier.classify.loading import load, settings_of, with_report
    from verifier.commands.options import refuse
    from verifier.session import Options

    if record is None and project is None and patch is None and not log and newman is None and trajectory is None:
        refuse("There is nothing to classify: give a record, a project, a log, a report of requests or a trajectory.")
    session = None
    try:
        given = settings_of(load(record=record).record)
    except InputError as error:
        refuse(str(error))
    if project is not None or patch is not None:
        session = checked(
            Options(
                path=project, patch=patch, config=config, isolated=isolated, task=task, framework=framework,
                architecture=architecture, database=database, orm=orm, contract=contract, contract_base=contract_base,
                environment=(*given, *(env or ())), packs=tuple(pack or ()), jobs=jobs, cache=not no_cache,
                cache_directory=cache_dir, quiet=quiet,
            )
        )  # fmt: skip
    try:
        known = session[0].contract if session is not None else contract_of(contract)
        run = load(
            record=record, logs=log or (), requests=newman, trajectory=trajectory, framework=framework, contract=known
        )
    except InputError as error:
        refuse(str(error))
    if session is not None:
        run = with_report(run, *session)
    made = classify_run(run)
    if format is Plain.JSON:
        from verifier.classify.data import classification_data
        from verifier.report.data import dumps

        write(dumps(classification_data(made)), output_file)
        return
    from verifier.classify.text import classification_text
    from verifier.report.style import painter

    paint = painter("never" if output_file is not None and color is Color.AUTO else color.value)
    write(classification_text(made, paint), output_file)


def checked(options: Options) -> tuple[Facts, Report]:
    """What is read of a project, and found in it."""
    from verifier.check import check
    from verifier.session import open_session

    session = open_session(options)
    return session.facts, check(session.facts)


def contract_of(path: Path | None) -> Contract | None:
    """The contract of a file, which tells requests apart by operation."""
    if path is None:
        return None
    from verifier.link.contract import read_contract
    from verifier.session import read_contract_file

    return read_contract(read_contract_file(path), str(path), None, ())
