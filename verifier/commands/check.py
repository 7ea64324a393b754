"""`buttress check`: findings, and a verdict on each constraint."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

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
    Excluded,
    Framework,
    Gitignore,
    Isolated,
    Jobs,
    NoCache,
    OptionalPath,
    OrmName,
    Output,
    PackFolders,
    Patch,
    Quiet,
    TaskName,
    Variables,
    Verbose,
    names,
    write,
)
from verifier.model import Confidence, Severity


class Format(StrEnum):
    """Formats of a check."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"


def check(
    path: OptionalPath = None,
    patch: Patch = None,
    task: TaskName = None,
    framework: Framework = None,
    architecture: Arch = None,
    database: Db = None,
    orm: OrmName = None,
    contract: ContractFile = None,
    contract_base: ContractBase = None,
    env: Variables = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Run only these rules or packs.", rich_help_panel="Rules")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Do not run these rules or packs.", rich_help_panel="Rules")
    ] = None,
    extend_select: Annotated[
        list[str] | None, typer.Option("--extend-select", help="Run these as well.", rich_help_panel="Rules")
    ] = None,
    pack: PackFolders = None,
    min_confidence: Annotated[
        Confidence | None,
        typer.Option("--min-confidence", help="Report only what is at least this sure.", rich_help_panel="Rules"),
    ] = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option(
            "--fail-on",
            help="The least severity that makes the exit status 1 (error).",
            rich_help_panel="Output",
            show_default=False,
        ),
    ] = None,
    exclude: Excluded = None,
    respect_gitignore: Gitignore = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    format: Annotated[
        Format,
        typer.Option(
            "--format",
            "--output-format",
            help="The form of the report.",
            rich_help_panel="Output",
            envvar="BUTTRESS_FORMAT",
        ),
    ] = Format.TEXT,
    output_file: Output = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Print how often each rule found something.", rich_help_panel="Output")
    ] = False,
    timings: Annotated[
        bool, typer.Option("--timings", help="Print how long each stage and rule took.", rich_help_panel="Output")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended safely.", rich_help_panel="Fixing")
    ] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option("--unsafe-fixes", help="Mend also what may change more than that.", rich_help_panel="Fixing"),
    ] = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Print what --fix would change, and change nothing.", rich_help_panel="Fixing"),
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 whatever was found.", rich_help_panel="Output")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    color: Colors = Color.AUTO,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Check a project: findings, and a verdict on each constraint.

    Exit status: 0 clean; 1 findings at or above --fail-on, or a broken constraint; 2 wrong use, settings or input.
    """
    from verifier.check import check as run_check
    from verifier.report.style import painter
    from verifier.session import Options, fix_session, open_session

    options = Options(
        path=path, patch=patch, config=config, isolated=isolated, task=task, framework=framework,
        architecture=architecture, database=database, orm=orm, contract=contract, contract_base=contract_base,
        environment=tuple(env or ()), select=names(select), ignore=names(ignore), extend_select=names(extend_select),
        exclude=tuple(exclude or ()), respect_gitignore=respect_gitignore, packs=tuple(pack or ()),
        fail_on=fail_on, min_confidence=min_confidence, jobs=jobs, cache=not no_cache, cache_directory=cache_dir,
        quiet=quiet,
    )  # fmt: skip
    session = open_session(options)
    paint = painter("never" if output_file is not None and color is Color.AUTO else color.value)
    if fix or diff:
        from verifier.report.fixing import fixed_text

        fixed = fix_session(options, session, unsafe=unsafe_fixes, write=not diff)
        if not quiet:
            typer.echo(fixed_text(fixed, painter(color.value, sys.stderr), written=not diff), err=True, nl=False)
        if diff:
            from verifier.fix.write import diff_text

            write(diff_text(fixed.files), output_file)
            raise typer.Exit(0 if exit_zero or not fixed.files else 1)
        facts, report = fixed.facts, fixed.report
    else:
        facts, report = session.facts, run_check(session.facts)
    if format is Format.JSON:
        from verifier.report.data import check_data, dumps

        write(dumps(check_data(report, facts)), output_file)
    elif format is Format.JSONL:
        from verifier.report.data import finding_lines

        write(finding_lines(report), output_file)
    elif statistics:
        from verifier.report.text import statistics_text

        write(statistics_text(report, paint), output_file)
    elif format is Format.CONCISE:
        from verifier.report.text import render_concise

        write(render_concise(report, paint), output_file)
    else:
        from verifier.report.text import render

        write(render(report, facts, paint, quiet=quiet, verbose=verbose), output_file)
    if timings:
        from verifier.report.text import timings_text

        typer.echo(timings_text(report, session.stages, painter(color.value, sys.stderr)), err=True, nl=False)
    if not exit_zero and (report.broken() or report.fails(session.config.fail_on)):
        raise typer.Exit(1)
