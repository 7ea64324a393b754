"""One run of Buttress on one project: settings, reading, linking. The commands of cli.py start from here."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from verifier.cache import Cache, default_directory
from verifier.check import Report, SelectionError
from verifier.config import Config, ConfigError, load_config, read_task, with_task
from verifier.fix.write import WriteError
from verifier.gate.errors import GateError
from verifier.link import ContractText, Facts
from verifier.link.contract import ContractError
from verifier.model import Confidence, Project, Severity, SourceFile
from verifier.packs import Book, PackError, load_book
from verifier.pipeline import link_project
from verifier.read import ReadError, read
from verifier.report.progress import Progress

if TYPE_CHECKING:
    from verifier.fix import Fixed

Refused = (ReadError, ConfigError, ContractError, PackError, SelectionError, WriteError, GateError)
DEEPEST_RECURSION = 8000
LARGEST_CONTRACT = 5_000_000
FILES_HELD = 2_000  # that earlier sessions of the process may have read before what they hold is looked for
MODEST = 20_000_000  # bytes of source, with which a check takes about a gigabyte
HELD: list[int] = []  # how many files each of them read


class Options(Struct, frozen=True):
    """What the command line says; None where it says nothing. ``patch`` is a file, or the text of one."""

    path: Path | None = None
    patch: Path | bytes | None = None
    config: Path | None = None
    isolated: bool = False
    task: str | None = None
    framework: str | None = None
    architecture: str | None = None
    database: str | None = None
    orm: str | None = None
    contract: Path | None = None
    contract_base: str | None = None
    environment: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: Severity | None = None
    min_confidence: Confidence | None = None
    packs: tuple[Path, ...] = ()
    respect_gitignore: bool | None = None
    jobs: int | None = None
    cache: bool = True
    cache_directory: Path | None = None
    quiet: bool = False
    baseline: Path | None = None


class Session(Struct, frozen=True):
    """A project, linked, with its settings and the seconds that each stage took.

    ``contract_file`` and ``baseline`` are where these lie, if they are files.
    """

    facts: Facts
    config: Config
    book: Book
    stages: dict[str, float]
    contract_file: Path | None = None
    baseline: Path | None = None


def open_session(
    options: Options, over: Mapping[str, SourceFile] | None = None, held: Session | None = None
) -> Session:
    """Read and link the project that the options name.

    Args:
        over: files that are taken for those of the folder.
        held: a session that is given back where all that was read is still the same.

    Raises:
        ReadError, ConfigError, ContractError, PackError, SelectionError: it cannot be done; the text is one sentence.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST_RECURSION))
    stages: dict[str, float] = {}
    with Progress(enabled=not options.quiet) as progress:
        with timed(stages, "settings"):
            config, origin = settings(options)
            book = load_book([*options.packs, *(Path(path) for path in config.packs)])
            config, contract = constrained(config, options, book, origin)
        with timed(stages, "read"):
            patch = read_patch(options.patch) if options.patch is not None else None
            path = options.path if options.path is not None or patch is not None else Path()
            project = read(path, patch, exclude=config.exclude, respect_gitignore=config.respect_gitignore, over=over)
        if held is not None and is_same(held, config, contract, project):
            return held
        keep_house(project)
        facts = linked(project, config, book, contract, options, stages, progress)
    return Session(
        facts, config, book, stages,
        contract_file=located(config.contract, options.contract, origin),
        baseline=located(config.baseline, options.baseline, origin),
    )  # fmt: skip


def keep_house(project: Project) -> None:
    """Have unreachable objects looked for seldom; not at all in a process that checks one project of modest size.

    Facts live to the end, and trees of SQL die young. What earlier sessions of a long process left behind is freed:
    facts refer to each other, and stay a while.
    """
    if HELD or sum(len(source.data) for source in project.files.values()) > MODEST:
        gc.enable()
    gc.set_threshold(50_000, 10_000, 50)
    if sum(HELD) > FILES_HELD:
        gc.collect()
        HELD.clear()
    HELD.append(len(project.files))


def linked(
    project: Project,
    config: Config,
    book: Book,
    contract: ContractText | None,
    options: Options,
    stages: dict[str, float],
    progress: Progress,
) -> Facts:
    """The facts of a project that was read."""
    progress.stage("parsing", len(project.files))
    with timed(stages, "parse and extract"):
        cache = Cache(options.cache_directory or default_directory()) if options.cache else None
        facts = link_project(
            project, config, book, contract=contract, jobs=options.jobs, cache=cache, advance=progress.advance
        )
        if cache is not None:
            cache.close()
    progress.stage("linking")
    with timed(stages, "link"):
        _ = facts.imports, facts.routes, facts.contract
    return facts


def located(named: str | None, given: Path | None, origin: Path | None) -> Path | None:
    """Where a file lies that is named on the command line, or in a settings file and then beside that."""
    if named is None:
        return None
    path = Path(named)
    if given is not None or origin is None or path.is_absolute():
        return path
    found = origin.parent / path
    here = Path(os.path.curdir).absolute()
    return found.relative_to(here) if found.is_relative_to(here) else found


def is_same(held: Session, config: Config, contract: ContractText | None, project: Project) -> bool:
    """Whether what was read now is what a session was made of."""
    facts = held.facts
    return (held.config, facts.contract_text, facts.project) == (config, contract, project)


def tried(options: Options, session: Session, report: Report) -> Fixed | None:
    """What the safe fixes of a report bring, in mind; None where there are none.

    A patch is mended, too: the files are those with the patch.
    """
    if not any(finding.fix is not None and finding.fix.safe for finding in report.findings):
        return None
    from verifier.fix import fix

    return fix(session.facts, lambda over: open_session(options, over).facts)


def fix_session(options: Options, session: Session, *, unsafe: bool, write: bool) -> Fixed:
    """Mend what can be mended, in the project's files or only in mind.

    Raises:
        ReadError: there is no folder to change.
        WriteError: a file cannot be written.
    """
    from verifier.fix import fix
    from verifier.fix.write import write_files

    root = session.facts.project.root
    if options.patch is not None or root is None:
        raise ReadError("A patch cannot be fixed: apply it, and fix the folder.")
    fixed = fix(session.facts, lambda over: open_session(options, over).facts, unsafe=unsafe)
    if write and fixed.files:
        write_files(root, fixed.files)
    return fixed


@contextmanager
def timed(stages: dict[str, float], name: str) -> Iterator[None]:
    """Write down how long a stage takes."""
    started = perf_counter()
    try:
        yield
    finally:
        stages[name] = perf_counter() - started


def settings(options: Options) -> tuple[Config, Path | None]:
    """The settings of the project, with those of the command line over them.

    A patch alone has no settings: what lies in the current folder belongs to somebody else.
    """
    config, origin = Config(), None
    if not options.isolated:
        if options.config is not None:
            config, origin = load_config(Path(), options.config)
        elif options.path is not None or options.patch is None:
            path = (options.path or Path()).resolve()
            config, origin = load_config(path if path.is_dir() else path.parent)
    changes: dict[str, object] = {
        "task": options.task,
        "framework": options.framework,
        "architecture": options.architecture,
        "database": options.database,
        "orm": options.orm,
        "contract": str(options.contract) if options.contract is not None else None,
        "contract_base": options.contract_base,
        "baseline": str(options.baseline) if options.baseline is not None else None,
        "select": options.select or None,
        "ignore": options.ignore or None,
        "extend_select": (*config.extend_select, *options.extend_select) or None,
        "exclude": (*config.exclude, *options.exclude) or None,
        "fail_on": options.fail_on,
        "min_confidence": options.min_confidence,
        "respect_gitignore": options.respect_gitignore,
        "environment": config.environment | dict(map(variable, options.environment)),
    }
    return msgspec.structs.replace(
        config, **{key: value for key, value in changes.items() if value is not None}
    ), origin


def variable(text: str) -> tuple[str, str]:
    """``NAME=value``, taken apart.

    Raises:
        ConfigError: it is nothing of the kind.
    """
    name, sign, value = text.partition("=")
    if not sign or not name or "\0" in text:
        raise ConfigError(f"`{text}` is no variable: write NAME=value.")
    return name, value


def constrained(
    config: Config, options: Options, book: Book, origin: Path | None
) -> tuple[Config, ContractText | None]:
    """The settings with those of a task, and the contract's text."""
    from verifier.config import nearest

    frameworks = sorted({pack.framework for pack in book.packs if pack.framework is not None})
    contract: ContractText | None = None
    if config.task is not None:
        named = config.task
        if options.task is None and origin is not None and named.endswith(".json"):
            named = str(origin.parent / named)
        task = read_task(named, frameworks)
        config = with_task(config, task)
        if task.contract is not None:
            contract = ContractText(task.contract, f"the contract of the task {task.name}")
    if config.framework is not None and config.framework not in frameworks:
        raise ConfigError(
            f"Of {', '.join(frameworks)}, none is `{config.framework}`{nearest(config.framework, frameworks)}"
        )
    if config.contract is not None:
        path = located(config.contract, options.contract, origin) or Path(config.contract)
        contract = ContractText(read_contract_file(path), config.contract)
    return config, contract


def read_contract_file(path: Path) -> str:
    """The text of a contract.

    Raises:
        ContractError: it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST_CONTRACT:
            raise ContractError(f"The contract {path} is too large to be read.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ContractError(f"The contract {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"The contract {path} is not UTF-8.") from error


def read_patch(path: Path | bytes) -> bytes:
    """The bytes of a patch; ``-`` is standard input.

    Raises:
        ReadError: it cannot be read.
    """
    if isinstance(path, bytes):
        return path
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"The patch {path} cannot be read: {error.strerror}.") from error
