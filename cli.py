"""Every command of Buttress. Each reads its options, calls the stages, and prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from verifier import VERSION
from verifier.model import Confidence, Severity


class Format(StrEnum):
    """Formats of a check."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"


class Plain(StrEnum):
    """Formats of facts and lists."""

    TEXT = "text"
    JSON = "json"


class Kind(StrEnum):
    """Kinds of facts."""

    ROUTES = "routes"
    IMPORTS = "imports"
    LAYERS = "layers"
    CALLS = "calls"
    MODELS = "models"
    QUERIES = "queries"
    STARTUP = "startup"


class Drawing(StrEnum):
    """Formats of a drawing."""

    SVG = "svg"
    HTML = "html"
    MERMAID = "mermaid"
    DOT = "dot"


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


class Orm(StrEnum):
    """Object-relational mappers that can be prescribed."""

    SQLALCHEMY = "sqlalchemy"
    SEQUELIZE = "sequelize"
    DJANGO = "django"


app = typer.Typer(
    name="buttress",
    help="Verifies backend projects: their structure and API surface by reading, their behaviour by running.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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


@app.command()
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


@app.command()
def facts(
    kind: Annotated[Kind, typer.Argument(help="What to print.")],
    path: OptionalPath = None,
    patch: Patch = None,
    format: Annotated[Plain, typer.Option("--format", "--output-format", help="The form of the output.")] = Plain.TEXT,
    output_file: Output = None,
    exclude: Excluded = None,
    respect_gitignore: Gitignore = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    pack: PackFolders = None,
    color: Colors = Color.AUTO,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Print what was read: routes, imports, layers, calls, models, or how the project starts."""
    from verifier.report import data
    from verifier.report.facts import TEXTS
    from verifier.report.style import painter
    from verifier.session import Options, open_session

    session = open_session(
        Options(
            path=path, patch=patch, config=config, isolated=isolated, exclude=tuple(exclude or ()),
            packs=tuple(pack or ()),
            respect_gitignore=respect_gitignore, jobs=jobs, cache=not no_cache, cache_directory=cache_dir,
        )
    )  # fmt: skip
    if format is Plain.JSON:
        write(data.dumps(data.FACTS[kind.value](session.facts)), output_file)
    else:
        paint = painter("never" if output_file is not None and color is Color.AUTO else color.value)
        write(TEXTS[kind.value](session.facts, paint), output_file)


@app.command()
def trace(
    request: Annotated[str, typer.Argument(help="The request: `GET /api/articles`, or a path alone.")],
    path: OptionalPath = None,
    patch: Patch = None,
    format: Annotated[Plain, typer.Option("--format", "--output-format", help="The form of the output.")] = Plain.TEXT,
    output_file: Output = None,
    exclude: Excluded = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    pack: PackFolders = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Show what only puts objects together too.", rich_help_panel="Output"),
    ] = False,
    color: Colors = Color.AUTO,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Print the way of a request: route, handler, service, repository, database."""
    from verifier.report.style import painter
    from verifier.report.tracing import find_route, trace_data, trace_text
    from verifier.session import Options, open_session

    session = open_session(
        Options(
            path=path, patch=patch, config=config, isolated=isolated, exclude=tuple(exclude or ()),
            packs=tuple(pack or ()),
            cache=not no_cache, cache_directory=cache_dir,
        )
    )  # fmt: skip
    route = find_route(session.facts, request)
    if format is Plain.JSON:
        from verifier.report.data import dumps

        write(dumps(trace_data(session.facts, route)), output_file)
    else:
        paint = painter("never" if output_file is not None and color is Color.AUTO else color.value)
        write(trace_text(session.facts, route, paint, verbose=verbose), output_file)


@app.command()
def graph(
    path: OptionalPath = None,
    patch: Patch = None,
    format: Annotated[
        Drawing | None,
        typer.Option(
            "--format",
            "--output-format",
            help="The form of the drawing; from the output file's ending, else mermaid.",
            show_default=False,
        ),
    ] = None,
    output_file: Output = None,
    exclude: Excluded = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    pack: PackFolders = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Draw the layers and who imports whom, violations in red."""
    from verifier.draw import draw
    from verifier.session import Options, open_session

    session = open_session(
        Options(
            path=path, patch=patch, config=config, isolated=isolated, exclude=tuple(exclude or ()),
            packs=tuple(pack or ()),
            cache=not no_cache, cache_directory=cache_dir, architecture=Architecture.CLEAN,
        )
    )  # fmt: skip
    endings = {".svg": Drawing.SVG, ".html": Drawing.HTML, ".dot": Drawing.DOT, ".gv": Drawing.DOT}
    chosen = format or endings.get(output_file.suffix if output_file is not None else "", Drawing.MERMAID)
    write(draw(session.facts, chosen.value), output_file)


@app.command()
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


@app.command()
def rules(
    format: Annotated[Plain, typer.Option("--format", "--output-format", help="The form of the list.")] = Plain.TEXT,
    pack: PackFolders = None,
    color: Colors = Color.AUTO,
) -> None:
    """List the rules."""
    from verifier.packs import load_book
    from verifier.report.book import rules_data, rules_text
    from verifier.report.style import painter

    book = load_book(pack or ())
    if format is Plain.JSON:
        from verifier.report.data import dumps

        write(dumps(rules_data(book)), None)
    else:
        write(rules_text(book, painter(color.value)), None)


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="A rule, such as `layers/upward-import`.")],
    pack: PackFolders = None,
    color: Colors = Color.AUTO,
) -> None:
    """Print the page of a rule: what goes wrong, and what to write instead."""
    from verifier.check import require_known
    from verifier.packs import load_book
    from verifier.report.book import page_text
    from verifier.report.style import painter

    book = load_book(pack or ())
    require_known(book, rule)
    write(page_text(book, rule, painter(color.value)), None)


@app.command()
def new(
    rule: Annotated[str, typer.Argument(help="The id of the new rule: `pack/defect-in-a-few-words`.")],
    root: Annotated[Path, typer.Option("--root", help="The folder that holds `rules/` and `fixtures/`.")] = Path(),
) -> None:
    """Begin a rule: its file, and a bad and a good fixture. The tests fail until it is written."""
    from verifier.scaffold import scaffold

    for made in scaffold(rule, root):
        typer.echo(f"wrote {made}")


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
    """Run the command line, then end the process at once: to take apart all that was read costs time for nothing."""
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
