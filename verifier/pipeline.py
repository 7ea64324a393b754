"""The way from a project to its facts: extract each file, link all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import TYPE_CHECKING

from verifier.extract import extract
from verifier.link import ContractText, Facts
from verifier.model import FileFacts, Project, SourceFile

if TYPE_CHECKING:
    from verifier.cache import Cache
    from verifier.config import Config
    from verifier.packs import Book

# Parsing runs outside Python's global lock, so threads gain; below this many bytes they only cost.
WORTH_THREADS = 1_000_000


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
        jobs: threads that parse; None for as many as there are processors.
        cache: facts of files that were seen before.
        advance: called after each file, for a progress display.
    """
    files = extract_all(project.files.values(), jobs, cache, advance)
    return Facts(project, files, config, book, contract)


def extract_all(
    sources: Iterable[SourceFile],
    jobs: int | None = None,
    cache: Cache | None = None,
    advance: Callable[[], None] | None = None,
) -> dict[str, FileFacts]:
    """What each file says by itself."""
    wanted = list(sources)
    found: dict[str, FileFacts] = {}
    missing = wanted
    if cache is not None:
        found = cache.load(wanted)
        missing = [source for source in wanted if source.path not in found]

    def one(source: SourceFile) -> FileFacts:
        facts = extract(source)
        if advance is not None:
            advance()
        return facts

    count = jobs if jobs is not None else cpu_count() or 1
    if count > 1 and sum(len(source.data) for source in missing) > WORTH_THREADS:
        with ThreadPoolExecutor(count) as pool:
            made = list(pool.map(one, missing))
    else:
        made = [one(source) for source in missing]
    for facts in made:
        found[facts.path] = facts
    if cache is not None and made:
        cache.store(missing, made)
    return {source.path: found[source.path] for source in wanted}
