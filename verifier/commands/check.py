"""`buttress check`: findings, and a verdict on each constraint."""

from __future__ import annotations

import sys
from enum import StrEnum
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
    refuse,
    write,
)
from verifier.model import Confidence, Severity
from verifier.trouble import INTERNAL

if TYPE_CHECKING:
    from verifier.check import Report
    from verifier.link import Facts
    from verifier.report.style import Paint
    from verifier.session import Options, Session


class Format(StrEnum):
    """Formats of a check."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"
    HTML = "html"
    AGENT = "agent"


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
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="A file of known findings, which do not count.", rich_help_panel="Gate"),
    ] = None,
    write_baseline: Annotated[
        bool,
        typer.Option("--write-baseline", help="Write all that is found into the baseline.", rich_help_panel="Gate"),
    ] = False,
    prune_baseline: Annotated[
        bool,
        typer.Option(
            "--prune-baseline", help="Take out of the baseline what is no longer found.", rich_help_panel="Gate"
        ),
    ] = False,
    diff_base: Annotated[
        str | None,
        typer.Option(
            "--diff-base",
            help="A revision of git, such as origin/main: only what the change since then brought counts.",
            rich_help_panel="Gate",
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
    reports: Annotated[
        list[str] | None,
        typer.Option(
            "--report",
            metavar="FORMAT=FILE",
            help="Also write the report in this format to this file, from the same run.",
            rich_help_panel="Output",
        ),
    ] = None,
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
    accepted: Annotated[
        bool,
        typer.Option(
            "--accepted/--no-accepted",
            help="List what a comment or the baseline accepts, marked as such, in SARIF and HTML.",
            rich_help_panel="Output",
        ),
    ] = True,
    quiet: Quiet = False,
    verbose: Verbose = False,
    color: Colors = Color.AUTO,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Check a project: findings, and a verdict on each constraint.

    Exit status: 0 clean; 1 findings at or above --fail-on, a broken constraint, or a baseline that holds what is gone;
    2 wrong use, settings or input.
    """
    from verifier.check import check as run_check
    from verifier.report.style import painter
    from verifier.session import Options, fix_session, open_session, read_patch

    options = Options(
        path=path, patch=read_patch(patch) if patch is not None else None, config=config, isolated=isolated,
        task=task, framework=framework, architecture=architecture, database=database, orm=orm, contract=contract,
        contract_base=contract_base, environment=tuple(env or ()), select=names(select), ignore=names(ignore),
        extend_select=names(extend_select), exclude=tuple(exclude or ()), respect_gitignore=respect_gitignore,
        packs=tuple(pack or ()), fail_on=fail_on, min_confidence=min_confidence, jobs=jobs, cache=not no_cache,
        cache_directory=cache_dir, quiet=quiet, baseline=baseline,
    )  # fmt: skip
    require_sense(write_baseline, prune_baseline, diff_base, statistics, format)
    further = [further_report(text) for text in reports or ()]
    session = open_session(options)
    if (write_baseline or prune_baseline) and session.baseline is None:
        refuse("--write-baseline and --prune-baseline need to know the file: name it with --baseline.")
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
    report = gated(options, session, facts, report, diff_base, write_anew=write_baseline, prune=prune_baseline)
    failed = report.broken() or report.outdated() or report.fails(session.config.fail_on)
    if write_baseline:
        raise typer.Exit(0)
    from verifier.report.formats import Look, shown_as

    for note in facts.notes:
        if INTERNAL in note.reason:
            typer.echo(f"buttress: {note.reason}", err=True)
    look = Look(paint, quiet=quiet, verbose=verbose, accepted=accepted, failed=failed)

    def shown(kind: Format, look: Look) -> str:
        if kind is Format.AGENT:
            return for_agents(options, session, facts, report)
        return shown_as(kind.value, report, facts, look)

    for kind, file in further:
        write(shown(kind, look._replace(paint=painter("never"))), file)
    write(statistics_of(report, facts, paint, format) if statistics else shown(format, look), output_file)
    if timings:
        from verifier.report.text import timings_text

        typer.echo(timings_text(report, session.stages, painter(color.value, sys.stderr)), err=True, nl=False)
    if failed and not exit_zero:
        raise typer.Exit(1)


def further_report(text: str) -> tuple[Format, Path]:
    """``FORMAT=FILE``, taken apart."""
    name, _, file = text.partition("=")
    if name not in list(Format) or not file:
        refuse(f"`{text}` is no report: write FORMAT=FILE, with one of {', '.join(Format)}.")
    return Format(name), Path(file)


def require_sense(anew: bool, prune: bool, diff_base: str | None, statistics: bool, format: Format) -> None:
    """Refuse options that contradict each other."""
    if anew and prune:
        refuse("--write-baseline writes the whole baseline; --prune-baseline only takes out: give one of them.")
    if anew and diff_base is not None:
        refuse("--write-baseline takes all findings; with --diff-base only those of a change are asked for: give one.")
    if statistics and format not in (Format.TEXT, Format.CONCISE, Format.JSON):
        refuse(f"--statistics is printed as text or json, not as {format.value}.")


def gated(
    options: Options,
    session: Session,
    facts: Facts,
    report: Report,
    revision: str | None,
    *,
    write_anew: bool,
    prune: bool,
) -> Report:
    """The report, held against the baseline and the project before the change, where that is asked for."""
    if session.baseline is None and revision is None:
        return report
    from msgspec.structs import replace

    from verifier.before import held
    from verifier.gate import items_of
    from verifier.gate.baseline import baseline_text, read_baseline, write_baseline
    from verifier.report.text import plural

    file, session = session.baseline, replace(session, facts=facts)
    if write_anew and file is not None:
        items = items_of(report, facts)
        write_baseline(file, (item.known for item in items))
        count = plural(len(report.findings), "finding")
        clauses = plural(sum(verdict.compliant is False for verdict in report.verdicts), "broken clause")
        sys.stderr.write(f"Wrote {count} and {clauses} to {file}.\n")
        return report
    known = read_baseline(file) if file is not None else None
    report, kept = held(options, session, report, known, revision)
    if prune and file is not None and known is not None and report.gate is not None:
        if baseline_text(kept) != baseline_text(known):
            write_baseline(file, kept)
        sys.stderr.write(f"Took {plural(len(report.gate.gone), 'finding')} out of {file}.\n")
        report = replace(report, gate=replace(report.gate, gone=()))
    return report


def for_agents(options: Options, session: Session, facts: Facts, report: Report) -> str:
    """The report for a coding agent, with the safe fixes tried in mind."""
    from msgspec.structs import replace

    from verifier.report.agent import COMMAND, checked, checked_text
    from verifier.session import tried

    fixed = tried(options, replace(session, facts=facts), report)
    return checked_text(checked(report, facts, fixed, COMMAND), COMMAND)


def statistics_of(report: Report, facts: Facts, paint: Paint, format: Format) -> str:
    """How often each rule found something."""
    if format is Format.JSON:
        from verifier.report.data import dumps, statistics_data

        return dumps(statistics_data(report, facts))
    from verifier.report.text import statistics_text

    return statistics_text(report, paint)
