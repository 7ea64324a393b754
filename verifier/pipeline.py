"""The way from a project to its facts: extract each file, link all of them."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from verifier.extract import extract
from verifier.link import ContractText, Facts
from verifier.model import FileFacts, Project, SourceFile
from verifier.parse import parse

if TYPE_CHECKING:
    from tree_sitter import Tree

    from verifier.cache import Cache
    from verifier.config import Config
    from verifier.packs import Book

# Parsing holds Python's global lock, so only processes gain; below this many bytes they cost more.
WORTH_PROCESSES = 4_000_000
FILES_AT_ONCE = 40
# A tree takes some twenty times the space of its text: below this many bytes all trees of a project are kept.
SMALL = 3_000_000


def link_project(
    project: Project,
    config: Config,
    book: Book,
    *,
    contract: ContractText | None = None,
    jobs: int | None = None,
    cache: Cache | None = None,
    advance: Callable[[], None] | None = None,
) -> Facts:
    """The facts of a project.

    Args:
        jobs: processes that parse a large project; None for as many as there are processors.
        cache: facts of files that were seen before.
        advance: called after each file, for a progress display.
    """
    size = sum(len(source.data) for source in project.files.values())
    trees = Trees(frozenset() if size < SMALL else frozenset(wiring_packages(book)), everything=size < SMALL)
    files = extract_all(project.files.values(), jobs, cache, advance, trees)
    return Facts(project, files, config, book, contract, trees.kept)


class Trees:
    """Trees that linking will want again: those of files that import a framework, of a small project all."""

    def __init__(self, packages: frozenset[str], *, everything: bool) -> None:
        self.packages = packages
        self.wiring: dict[str, bool] = {}  # by module, as imports name it
        self.everything = everything
        self.kept: dict[str, Tree] = {}

    def offer(self, facts: FileFacts, tree: Tree) -> None:
        """Keep a tree that may be wanted."""
        if self.everything or any(self.wires(found.module) for found in facts.imports):
            self.kept[facts.path] = tree

    def wires(self, module: str) -> bool:
        """Whether a module belongs to a framework."""
        found = self.wiring.get(module)
        if found is None:
            found = self.wiring[module] = package_of(module) in self.packages
        return found


def wiring_packages(book: Book) -> Iterator[str]:
    """The packages of all frameworks."""
    for pack in book.packs:
        if pack.framework is not None or pack.wires:
            yield from map(package_of, pack.packages)


def package_of(module: str) -> str:
    """The package that a module belongs to: ``aiohttp`` of ``aiohttp.web``, ``@koa/router`` of ``@koa/router/lib``."""
    parts = module.split("/", 2)
    return "/".join(parts[:2]) if module.startswith("@") else parts[0].split(".", 1)[0]


def extract_all(
    sources: Iterable[SourceFile],
    jobs: int | None = None,
    cache: Cache | None = None,
    advance: Callable[[], None] | None = None,
    trees: Trees | None = None,
) -> dict[str, FileFacts]:
    """What each file says by itself."""
    wanted = list(sources)
    found: dict[str, FileFacts] = {}
    missing = wanted
    if cache is not None:
        found = cache.load(wanted)
        missing = [source for source in wanted if source.path not in found]

    def one(source: SourceFile) -> FileFacts:
        tree = parse(source)
        facts = extract(source, tree)
        if trees is not None:
            trees.offer(facts, tree)
        if advance is not None:
            advance()
        return facts

    count = jobs if jobs is not None else processors()
    made: list[FileFacts] = []
    if count > 1 and sys.platform == "linux" and sum(len(source.data) for source in missing) > WORTH_PROCESSES:
        made = in_processes(missing, count, advance)
    made.extend(one(source) for source in missing[len(made) :])
    for facts in made:
        found[facts.path] = facts
    if cache is not None and made:
        cache.store(missing, made)
    return {source.path: found[source.path] for source in wanted}


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def in_processes(sources: list[SourceFile], count: int, advance: Callable[[], None] | None) -> list[FileFacts]:
    """What each file says, found by several processes; those of the first files only, where processes cannot be had."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    parts = [sources[place : place + FILES_AT_ONCE] for place in range(0, len(sources), FILES_AT_ONCE)]
    made: list[FileFacts] = []
    try:
        # The only other thread there may be draws the progress: it holds nothing that a worker needs.
        with warnings.catch_warnings(), ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
            warnings.simplefilter("ignore", DeprecationWarning)
            for part in pool.map(extract_part, parts):
                made.extend(part)
                if advance is not None:
                    for _ in part:
                        advance()
    except (OSError, BrokenProcessPool):
        return made
    return made


def extract_part(sources: list[SourceFile]) -> list[FileFacts]:
    """What each of some files says."""
    return [extract(source) for source in sources]
