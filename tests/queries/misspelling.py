"""How many misspelled names in query code are reported, on the line where they stand.

Names are taken from the queries that were read: columns, tables, aliases, keys, relationships. Each is misspelled in
the source text, and the project is checked again. In one go at most one name of a function is misspelled, and what is
not reported is tried again with no other in its file, so that no misspelling hides another;
``together=False`` misspells one name at a time.

    python -m tests.queries.misspelling [--most N] PROJECT ...

prints how many of N names (500) of a project's queries are reported, and those that are not.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from sqlglot import exp

from verifier.check import check
from verifier.config import Config
from verifier.lift.nouns import Query
from verifier.link import ContractText, Facts
from verifier.model import Finding, Project
from verifier.packs import Book
from verifier.pipeline import link_project
from verifier.session import Options, Session, open_session

WORD = re.compile(rb"[A-Za-z_$][\w$]*")
# Keys after which JavaScript names an association, and calls that name one in Python.
ASSOCIATION = re.compile(rb"\b(?:as|association|include)\s*:\s*\[?\s*(['\"])([\w.]+)\1")
LOADED = re.compile(rb"\b(?:select_related|prefetch_related)\(([^()]*)\)")
QUOTED = re.compile(rb"['\"](\w+)")
LEAST = 3


class Place(NamedTuple):
    """A name in query code: what it names, and where; ``functions``: all whose queries it is in."""

    kind: str
    path: str
    start: int
    end: int
    function: str
    orm: str
    functions: frozenset[str] = frozenset()


class Outcome(NamedTuple):
    """What became of a misspelled name: the rules that report its line, if any do."""

    place: Place
    line: int
    was: str
    now: str
    rules: tuple[str, ...]

    def __str__(self) -> str:
        told = ", ".join(self.rules) or "not reported"
        return f"{self.place.path}:{self.line} {self.place.kind} {self.was} -> {self.now}: {told}"


def places(facts: Facts) -> list[Place]:
    """The names in a project's queries that a misspelling would break, in the order of the text."""
    names = known_names(facts)
    found: dict[tuple[str, int, int], Place] = {}
    functions: dict[tuple[str, int, int], set[str]] = {}
    for query in facts.queries.queries:
        if not query.lifted:
            continue
        for place in (*written(facts, query, names), *related(facts, query, names)):
            at = place.path, place.start, place.end
            found.setdefault(at, place)
            functions.setdefault(at, set()).add(place.function)
    shared = [place._replace(functions=frozenset(functions[at])) for at, place in found.items()]
    return sorted(shared, key=lambda place: (place.path, place.start))


def known_names(facts: Facts) -> Mapping[bytes, str]:
    """The names that models and tables declare, with what each is."""
    found: dict[bytes, str] = {}
    for entity in facts.models.entities:
        found.update({name.encode(): "relationship" for name in (link.name for link in entity.relationships)})
        for column in entity.columns:
            found[column.attribute.encode()] = found[column.name.encode()] = "column"
        if entity.table:
            found.setdefault(entity.table.encode(), "table")
    for table in facts.models.tables:
        found.update({column.name.encode(): "column" for column in table.columns})
        found.setdefault(table.name.encode(), "table")
    return found


def written(facts: Facts, query: Query, names: Mapping[bytes, str]) -> Iterator[Place]:
    """The words of the text that the names in a statement were made of."""
    owner = str(query.function)
    aliases = {
        alias.name
        for statement in query.statements
        for alias in statement.tree.find_all(exp.TableAlias)
        if query.origin == "sql"
    }
    for statement in query.statements:
        if query.origin == "sql" and not asks_own(statement.tree, names):
            continue
        for node in statement.tree.find_all(exp.Identifier):
            at = node.meta.get("at")
            if at is None or at.path not in facts.project.files:
                continue
            data = facts.project.files[at.path].data[at.start : at.end]
            words = list(WORD.finditer(data))
            for word in words:
                text = word.group()
                kind = names.get(text) or ("alias" if text.decode() in aliases else None)
                wanted = text.decode() == node.name or len(words) == 1
                if kind is None or not wanted or len(text) < LEAST or is_declaring(node):
                    continue
                yield Place(kind, at.path, at.start + word.start(), at.start + word.end(), owner, orm_of(query))


def asks_own(tree: exp.Expression, names: Mapping[bytes, str]) -> bool:
    """Whether all tables of a text are declared by the project: others, as the database's own, have any columns."""
    given = {found.alias for found in tree.find_all(exp.CTE)}
    return all(table.name.encode() in names or table.name in given for table in tree.find_all(exp.Table))


def is_declaring(node: exp.Identifier) -> bool:
    """Whether a name is given by the statement itself: an alias of a table or of a column."""
    parent = node.parent
    return isinstance(parent, exp.TableAlias) or (isinstance(parent, exp.Alias) and node.arg_key == "alias")


def related(facts: Facts, query: Query, names: Mapping[bytes, str]) -> Iterator[Place]:
    """Relationships that a query names: after a mapped class, in options, as aliases of Sequelize."""
    site = query.site
    if site is None or site.span.path not in facts.project.files:
        return
    source = facts.project.files[site.span.path]
    start, end = (
        offset(source.data, query.span.line, query.span.column),
        offset(source.data, site.span.end_line, site.span.end_column),
    )
    text, owner, orm = source.data[start:end], str(query.function), orm_of(query)
    if source.language == "python":
        classes = b"|".join(re.escape(entity.name.encode()) for entity in facts.models.entities)
        for match in re.finditer(rb"\b(?:%s)\.(\w+)" % classes, text) if classes else ():
            if names.get(match.group(1)) == "relationship" and len(match.group(1)) >= LEAST:
                yield Place("relationship", site.span.path, start + match.start(1), start + match.end(1), owner, orm)
        for call in LOADED.finditer(text):
            for match in QUOTED.finditer(call.group(1)):
                first = match.group(1).split(b"__")[0]
                at = start + call.start(1) + match.start(1)
                if len(first) >= LEAST:
                    yield Place("relationship", site.span.path, at, at + len(first), owner, orm)
    else:
        for match in ASSOCIATION.finditer(text):
            first = match.group(2).split(b".")[0]
            at = start + match.start(2)
            if len(first) >= LEAST and names.get(first) == "relationship":
                yield Place("alias of an association", site.span.path, at, at + len(first), owner, orm)


def orm_of(query: Query) -> str:
    """Under which heading a query is counted."""
    return query.library if query.origin == "orm" else "sql"


def offset(data: bytes, line: int, column: int) -> int:
    """The place of a line and column in a file."""
    start = 0
    for _ in range(line - 1):
        start = data.index(b"\n", start) + 1
    return start + len(data[start:].decode("utf-8", "replace")[: column - 1].encode())


def misspelled(word: str, taken: Iterable[str]) -> str:
    """A word with a letter too few, or twice, or two in each other's place, that nothing has for a name.

    No underscore is doubled: to Django `author__id` is what `author_id` is.
    """
    known = set(taken)
    for other in slips(word):
        if other not in known and other.lower() != word.lower() and other.count("__") == word.count("__"):
            return other
    return word + "xyz"


def slips(word: str) -> Iterator[str]:
    """What a slip of the hand makes of a word, those in its middle first."""
    middle = len(word) // 2
    for at in sorted(range(len(word)), key=lambda place: abs(place - middle)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
        if at == middle:
            yield word + "x"
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def measure(
    project: Project,
    book: Book,
    config: Config,
    contract: ContractText | None = None,
    *,
    most: int = 10_000,
    together: bool = True,
    progress: Callable[[str], None] | None = None,
) -> list[Outcome]:
    """Misspell the names in a project's queries; what is reported of each."""
    facts = link_project(project, config, book, contract=contract)
    before = told(facts)
    taken = {word.decode() for file in project.files.values() for word in WORD.findall(file.data)}  # all may be meant
    outcomes: list[Outcome] = []
    waiting = [*batches(sample(places(facts), most), together=together)]
    again_by_file = False
    again: list[Place] = []
    while waiting:
        batch = waiting.pop(0)
        if progress is not None:
            progress(f"{len(outcomes)} names told of, {len(batch)} are tried")
        edits: list[tuple[Place, str, str]] = []
        for place in batch:
            was = project.files[place.path].data[place.start : place.end].decode()
            edits.append((place, was, misspelled(was, taken | {now for _, _, now in edits})))
        after = told(link_project(edited(project, edits), config, book, contract=contract))
        gc.collect()  # what was read refers to itself
        for place, was, now in edits:
            line = project.files[place.path].position(place.start)[0]
            rules = after.get((place.path, line), frozenset()) - before.get((place.path, line), frozenset())
            if not rules and len(batch) > 1 and not again_by_file:
                again.append(place)  # what another function asks may be a part of the same query
                continue
            outcomes.append(Outcome(place, line, was, now, tuple(sorted({rule for rule, _ in rules}))))
            if progress is not None and not rules:
                progress(str(outcomes[-1]))
        if not waiting and not again_by_file:
            again_by_file, waiting = True, [*one_of_each_file(again)]
    return outcomes


def sample(found: list[Place], most: int) -> list[Place]:
    """Some of the names, the same ones each time, in the order of the text."""
    if len(found) <= most:
        return found
    chosen = set(random.Random(1).sample(range(len(found)), most))
    return [place for number, place in enumerate(found) if number in chosen]


def one_of_each_file(missed: list[Place]) -> Iterator[list[Place]]:
    """Names to misspell in one go: one of each file."""
    waiting = missed
    while waiting:
        first = {place.path: place for place in reversed(waiting)}
        yield list(first.values())
        waiting = [place for place in waiting if first[place.path] is not place]


def edited(project: Project, edits: Iterable[tuple[Place, str, str]]) -> Project:
    """The project with some names replaced."""
    files = dict(project.files)
    for place, _, now in sorted(edits, key=lambda edit: -edit[0].start):
        source = files[place.path]
        data = source.data[: place.start] + now.encode() + source.data[place.end :]
        files[place.path] = replace(source, data=data)
    return replace(project, files=files)


def batches(found: list[Place], *, together: bool) -> Iterator[list[Place]]:
    """Names to misspell in one go: one of each function."""
    if not together:
        yield from ([place] for place in found)
        return
    waiting = list(found)
    while waiting:
        batch: list[Place] = []
        left: list[Place] = []
        taken: set[str] = set()
        for place in waiting:
            if taken.isdisjoint(place.functions):
                taken |= place.functions
                batch.append(place)
            else:
                left.append(place)
        waiting = left
        yield batch


def told(facts: Facts) -> dict[tuple[str, int], frozenset[tuple[str, str]]]:
    """What is reported of each line."""
    found: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for finding in check(facts).findings:
        for line in lines_of(finding):
            found.setdefault((finding.span.path, line), set()).add((finding.rule, finding.message))
    return {place: frozenset(rules) for place, rules in found.items()}


def lines_of(finding: Finding) -> Iterable[int]:
    """The line that a finding stands on."""
    return (finding.span.line,)


def shown(message: str) -> None:
    """Print what goes on."""
    print(f"  {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Print the figures of some projects, and what is not reported."""
    parser = argparse.ArgumentParser(description="How many misspelled names in a project's queries are reported.")
    parser.add_argument("--most", type=int, default=500, help="names that are misspelled")
    parser.add_argument("projects", nargs="+", type=Path)
    options = parser.parse_args()
    for path in options.projects:
        session: Session = open_session(Options(path=path, quiet=True))
        found = measure(session.facts.project, session.book, session.config, most=options.most, progress=shown)
        for outcome in found:
            if not outcome.rules:
                print(f"  {outcome}")
        print(f"{path.name}: {sum(bool(outcome.rules) for outcome in found)} of {len(found)}", flush=True)


if __name__ == "__main__":
    main()
