"""The queries: what every pack makes of the places where code speaks to a database."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from verifier.datamodel import Defect
from verifier.evaluate.access import is_class_method
from verifier.evaluate.library import LibraryObject
from verifier.evaluate.routing import registering_nothing
from verifier.evaluate.values import Class, External, Function, Instance, Origin, Pending, Record, Value, options
from verifier.lift.nouns import Queries, Query, Site, Statement
from verifier.lift.reading import Lifting
from verifier.link.calls import functions_in, walk_functions
from verifier.link.program import is_test
from verifier.link.sites import beginning, finished, pattern_of, statements_of
from verifier.regex import Paths, regex

if TYPE_CHECKING:
    from sqlglot import exp

    from verifier.link import Facts
    from verifier.link.calls import CallGraph
    from verifier.link.program import Program
    from verifier.model import Span

MOST_RECEIVERS = 40  # classes on whose objects one inherited method is run
MOST_FORMS = 8  # of one query
MIGRATION = regex(r"(?:^|/)(?:migrations?|alembic|versions|migrate)/")
# How sqlglot calls the kinds of database.
DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite", "mysql": "mysql", "mariadb": "mysql", "mssql": "tsql"}


def as_sqlglot(dialects: Iterable[str]) -> frozenset[str]:
    """Kinds of database as sqlglot calls them."""
    return frozenset(DIALECTS.get(dialect, dialect) for dialect in dialects)


def walk_rest(program: Program, before: CallGraph) -> CallGraph:
    """Run what may speak to a database and lies below no route, or below routes that leave a query in it out."""
    from verifier.link.census import missed

    left = missed(program, before.sites)

    def is_partly_run(function: Function) -> bool:
        code = function.code
        return any(code.start <= start < code.end for start, _ in left.get(function.module.path, ()))

    with registering_nothing(program.engine):
        return walk_functions(program, list(asking(program)), before, is_partly_run)


class Places:
    """Where the text of a file looks as if it spoke to a database."""

    def __init__(self, data: bytes, wanted: re.Pattern[bytes]) -> None:
        self.starts = [match.start() for match in wanted.finditer(data)]

    @classmethod
    def at(cls, starts: list[int]) -> Places:
        """The places at some byte offsets, in order."""
        made = cls.__new__(cls)
        made.starts = starts
        return made

    def within(self, start: int, end: int) -> bool:
        """Whether one lies between two byte offsets."""
        at = bisect_left(self.starts, start)
        return at < len(self.starts) and self.starts[at] < end


def asking(program: Program) -> Iterator[Function]:
    """Functions whose text looks as if they spoke to a database; methods bound to an object of each class."""
    places = asking_files(program)
    for path in places:
        program.guarded(path, partial(program.run_whole, path))
    engine = program.engine
    heirs: dict[object, list[Class]] = {}
    for cls in engine.classes:
        for ancestor in cls.lineage():
            if isinstance(ancestor, Class) and ancestor is not cls and not is_test(cls.module.path):
                heirs.setdefault(ancestor.code, []).append(cls)
    for path, found in places.items():
        state = engine.table.states.get(path)
        if state is None:
            continue
        seen: set[object] = set()
        held = list(state.scope.names.values())
        whole = engine.table.whole(state) if state.javascript else None
        held += list(whole.entries.values()) if isinstance(whole, Record) else [whole] if whole is not None else []
        held += [cls for cls in engine.classes if cls.module is state]
        held += [function for function in engine.handed.values() if function.module is state]
        for value in held:
            if isinstance(value, Pending) or not isinstance(value, Function | Class | Record | Instance):
                continue
            for function in functions_of(value, found, heirs, program):
                key = function.code, id(function.bound) if function.bound is not None else None
                if function.module is state and key not in seen:
                    seen.add(key)
                    yield function


def asking_files(program: Program) -> dict[str, Places]:
    """Files of the program that look as if they spoke to a database, by the libraries that it uses.

    What migrations ask was asked of another schema than the one that they leave behind.
    """
    hints: dict[bool, list[str]] = {True: [], False: []}
    for pack in program.querying:
        for javascript in (True, False) if not pack.packages else (pack.language == "javascript",):
            hints[javascript] += pack.asks
    found: dict[str, Places] = {}
    wanted = {
        javascript: re.compile("|".join(f"(?:{hint})" for hint in own).encode())
        for javascript, own in hints.items()
        if own
    }
    for path in sorted(program.facts):
        source = program.project.files[path]
        pattern = wanted.get(source.language != "python")
        if pattern is None or is_test(path) or MIGRATION.search(path):
            continue
        places = Places(source.data, pattern)
        if places.starts:
            found[path] = places
    return found


def functions_of(
    value: Value, places: Places, heirs: dict[object, list[Class]], program: Program
) -> Iterator[Function]:
    """A function, the methods of a class, those of an object literal or of what a library was handed, where their text
    asks for it.
    """
    if isinstance(value, Function):
        inner = innermost(value)
        if places.within(inner.code.start, inner.code.end):
            yield inner
    elif isinstance(value, Record | Instance):
        made = value.made_by if isinstance(value, Instance) else None
        handed = [value] if isinstance(value, Record) else [*made.arguments] if made is not None else []
        for function in (found for one in handed for found in functions_in(one)):
            if places.within(function.code.start, function.code.end):
                yield function
    elif isinstance(value, Class) and places.within(value.code.start, value.code.end):
        methods = {
            name: inner
            for name, method in value.members.items()
            if isinstance(method, Function) and places.within((inner := innermost(method)).code.start, inner.code.end)
        }
        receivers = [value, *heirs.get(value.code, ())[:MOST_RECEIVERS]] if methods else []
        for kind in receivers:
            for name, method in methods.items():
                if kind is value or own_method(kind, name) is value.members[name]:
                    yield from bound(method, kind, program)


def innermost(function: Function) -> Function:
    """What decorators of the project were put around; the function itself, where none were."""
    while function.wraps is not None:
        function = function.wraps
    return function


def own_method(kind: Class, name: str) -> Value | None:
    """What a class has under a name, itself or inherited."""
    return next(
        (found.members[name] for found in kind.lineage() if isinstance(found, Class) and name in found.members), None
    )


def bound(method: Function, kind: Class, program: Program) -> Iterator[Function]:
    """A method as it is called on an object of a class, or on the class."""
    if method.bound is not None:
        yield method
    elif method.code.static:
        yield method.bind(kind) if kind.module.javascript else method
    elif is_class_method(method):
        yield method.bind(kind)
    else:
        for receiver in options(program.engine.symbolic_object(kind)):
            if isinstance(receiver, Instance):
                yield method.bind(receiver)


def declared_sites(program: Program) -> Iterator[Site]:
    """Statements that the bodies of modules and classes build."""
    wanted = pattern_of(program.querying)
    if not wanted:
        return
    engine = program.engine
    holders = [
        *((path, state.scope.names) for path, state in engine.table.states.items()),
        *((cls.module.path, cls.members) for cls in engine.classes),
    ]
    for path, names in holders:
        if is_test(path):
            continue
        for value in names.values():
            made = value.made_by if type(value) is Instance or isinstance(value, LibraryObject) else None
            if made is None or not isinstance(made.callee, External) or made.frame.function is not None:
                continue
            if made.callee.path.startswith(engine.expressive) and wanted.fullmatch(made.callee.path):
                at = made.frame.module.path
                span = engine.span(Origin(at, made.node.start, made.node.end))
                start = engine.span(Origin(at, beginning(made, wanted.fullmatch), made.node.end))
                yield Site(made, value, made.callee.path, span, start, None, sent=span)


def link_queries(facts: Facts) -> Queries:
    """Let each pack read the sites of its libraries."""
    program = facts.program
    models = facts.models
    packs = [pack for pack in program.querying if pack.query_reader is not None]
    if not packs:
        return Queries()
    sites = finished([*facts.calls.sites, *facts.calls_elsewhere.sites, *declared_sites(program)])
    queries: list[Query] = []
    defects: list[Defect] = []
    for pack in packs:
        wanted = Paths(statements_of(pack))
        own = tuple(site for site in sites if wanted.fullmatch(site.library))
        reader = pack.query_reader
        if not own or reader is None:
            continue
        dialects = as_sqlglot(facts.dialects_through(pack.name))
        lifting = Lifting(program.engine, facts.project, models, own, dialects, facts.entity_of)
        found: list[Query | Defect] = []
        program.guarded("", partial(gather, reader(lifting), found))
        queries += [query for query in found if isinstance(query, Query)]
        defects += [defect for defect in found if isinstance(defect, Defect)]
    by_call: dict[object, list[Query]] = {}
    for query in queries:
        if query.site is not None:
            by_call.setdefault(query.site.call.content, []).append(query)
    merged = merge(queries)
    return Queries(
        tuple(sorted(merged, key=lambda query: (query.span, query.site.span if query.site else query.span))),
        tuple(sorted(set(defects), key=lambda defect: (defect.span, defect.rule, defect.message))),
        {content: tuple(own) for content, own in by_call.items()},
    )


def gather(read: Iterable[Query | Defect], into: list[Query | Defect]) -> None:
    """Take what a reader gives, one by one: what it gave before it had to stop is kept."""
    for found in read:
        into.append(found)  # noqa: PERF402


def merge(queries: Iterable[Query]) -> Iterator[Query]:
    """One query for each place and entity, with all its forms; what could not be read only where nothing else was."""
    places: dict[tuple[object, object], list[Query]] = {}
    lifted: set[object] = set()
    sent: set[Span | None] = set()
    for query in queries:
        place = query.span, query.site.span if query.site is not None else None
        entity = query.entity.identity if query.entity is not None else None
        places.setdefault((place, entity), []).append(query)
        if query.lifted:
            lifted.add(place)
            sent.add(query.site.sent if query.site is not None else None)
    named = {where for (where, _), found in places.items() if any(map(names_table, found))}
    seen: set[object] = set()
    for (where, _), found in places.items():
        site = found[0].site
        if where in named and not any(map(names_table, found)):
            continue  # what a base class alone would ask, beside what its heirs do
        if len(found) == 1 and found[0].lifted:
            yield found[0]
        elif any(query.lifted for query in found):
            yield joined([query for query in found if query.lifted])
        elif where not in lifted and where not in seen and not (site is not None and site.sent in sent):
            seen.add(where)
            yield found[0]


def names_table(query: Query) -> bool:
    """Whether some form of a query names a table."""
    from sqlglot import exp

    return any(statement.tree.find(exp.Table) is not None for statement in query.statements)


def joined(found: list[Query]) -> Query:
    """One query out of several at one place, each form once: two forms of equal trees are one."""
    forms: dict[exp.Expression, Statement] = {}
    sizes: dict[exp.Expression, int] = {}
    best = found[0]
    most = 0
    for query in found:
        for statement in query.statements:
            tree = statement.tree
            if forms.setdefault(tree, statement) is statement:
                sizes[tree] = sum(1 for _ in tree.walk())
            if sizes[tree] > most:
                best, most = query, sizes[tree]
    sites = [query.site for query in found if query.site is not None]
    site = next((site for site in sites if site.loops), sites[0] if sites else None)
    ordered = sorted(forms, key=lambda tree: -sizes[tree])
    return replace(best, statements=tuple(forms[tree] for tree in ordered[:MOST_FORMS]), site=site)
