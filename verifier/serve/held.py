"""The projects that were asked about, held: what was read and found stays while nothing of it has changed.

Each question reads the project's files again and compares them, so that an answer is never of another state than that
on disk. What is dear comes after that: parsing, linking, the rules.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.check import Known, Report, check
from verifier.packs import Book, load_book
from verifier.serve.answers import RefusedError
from verifier.serve.asked import Constrained, Project
from verifier.serve.below import below
from verifier.session import Options, Session, open_session, settings, tried

if TYPE_CHECKING:
    from verifier.fix import Fixed

MOST_HELD = 4  # projects; a large one takes some hundred megabytes


class Held:
    """A project as it was when it was last asked about, with what was found out since."""

    def __init__(self, options: Options, session: Session, baseline: tuple[Known, ...] | None) -> None:
        self.options = options
        self.session = session
        self.baseline = baseline
        self.known_report: Report | None = None
        self.known_fixes: tuple[Fixed | None] | None = None

    @property
    def report(self) -> Report:
        """What the rules find."""
        if self.known_report is None:
            self.known_report = check(self.session.facts)
            if self.baseline is not None:
                from verifier.before import held

                self.known_report, _ = held(self.options, self.session, self.known_report, self.baseline, None)
        return self.known_report

    @property
    def fixes(self) -> Fixed | None:
        """What the safe fixes bring, in mind; None where there are none."""
        if self.known_fixes is None:
            self.known_fixes = (tried(self.options, self.session, self.report),)
        return self.known_fixes[0]


class Workshop:
    """What the server keeps between two questions. One question at a time: it belongs to one thread.

    Attributes:
        root: the folder below which everything lies, resolved; ``alias`` is how the user names it.
        packs: packs that the server was started with. Those that a project's settings name are code, and stay unloaded.
        cache: where facts of unchanged files are kept; None for the usual place.
    """

    def __init__(self, root: Path, packs: tuple[Path, ...] = (), cache: Path | None = None) -> None:
        self.root = root.resolve()
        self.alias = root.absolute()
        self.packs = packs
        self.cache = cache
        self.held: OrderedDict[Options, Held] = OrderedDict()
        self.known_book: Book | None = None

    @property
    def book(self) -> Book:
        """The rules, loaded once."""
        if self.known_book is None:
            self.known_book = load_book(self.packs)
        return self.known_book

    def open(self, project: Project) -> Held:
        """The project of a question, read anew, and linked anew where it has changed.

        Raises:
            RefusedError: it lies outside of the root, or its settings ask for what this server does not do.
            ReadError, ConfigError, ContractError, PackError, SelectionError: it cannot be read.
        """
        options = self.options(project)
        self.judge(options)
        known = self.held.pop(options, None)
        session = open_session(options, held=known.session if known is not None else None)
        baseline = baseline_of(session)
        if known is None or session is not known.session or baseline != known.baseline:
            known = Held(options, session, baseline)
        self.held[options] = known
        while len(self.held) > MOST_HELD:
            self.held.popitem(last=False)
        return known

    def options(self, project: Project) -> Options:
        """The options of a question."""
        folder = project.folder if project.folder is not None or project.patch is not None else "."
        path = self.below(folder) if folder is not None else None
        if path is not None and not path.exists():
            raise RefusedError(f"There is no `{folder}` below the root of this server.")
        asked = project if isinstance(project, Constrained) else Constrained()
        task = asked.task
        if task is not None and (task.endswith(".json") or "/" in task):
            task = str(self.file(task))
        return Options(
            path=path, patch=project.patch.encode("utf-8", "surrogatepass") if project.patch is not None else None,
            task=task, framework=asked.framework, architecture=asked.architecture, database=asked.database,
            orm=asked.orm, contract=self.file(asked.contract) if asked.contract is not None else None,
            select=tuple(asked.select), ignore=tuple(asked.ignore), packs=self.packs, cache_directory=self.cache,
            jobs=1, quiet=True,
        )  # fmt: skip

    def below(self, name: str) -> Path:
        """The place below the root that a name means."""
        return below(self.root, name, self.alias)

    def file(self, name: str) -> Path:
        """A file below the root."""
        place = self.below(name)
        if not place.is_file():
            raise RefusedError(f"There is no file `{name}` below the root of this server.")
        return place

    def judge(self, options: Options) -> None:
        """Refuse settings that lead out of the root, or that name code: who wrote the project may have written them.

        Settings above the root are the user's own.
        """
        config, origin = settings(options)
        if origin is None or not origin.is_relative_to(self.root):
            return
        if origin.is_symlink():
            raise RefusedError(f"{origin.name} is a symbolic link, which is not followed.")
        if config.packs and not {Path(pack).resolve() for pack in config.packs} <= {
            one.resolve() for one in self.packs
        }:
            raise RefusedError(
                f"{origin.name} names packs, which are loaded only when the server is started with --pack."
            )
        task = config.task if options.task is None else None
        named = [task if task is not None and (task.endswith(".json") or "/" in task) else None, config.baseline]
        named.append(config.contract if options.contract is None else None)
        for name in named:
            if name is not None:
                self.below(str(origin.parent / name))


def baseline_of(session: Session) -> tuple[Known, ...] | None:
    """The findings that a project accepts; None where it has no baseline."""
    if session.baseline is None:
        return None
    from verifier.gate.baseline import read_baseline

    return tuple(read_baseline(session.baseline))
