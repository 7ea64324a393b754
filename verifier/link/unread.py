"""Places that look as if they registered routes, by their text, and of which no route came: they are not read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.link.census import COMMENT, strings_in, within
from verifier.link.program import imports, is_test
from verifier.link.registering import Mentions
from verifier.model import Span, UnreadRoute
from verifier.packs import belongs

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.link.program import Program
    from verifier.model import SourceFile
    from verifier.packs import Pack, Untaught

Found = tuple[int, int]  # byte offsets


def unread_routes(facts: Facts) -> tuple[UnreadRoute, ...]:
    """What may register routes that are not among those of the table, each with its reason."""
    found: dict[tuple[str, int], UnreadRoute] = {}
    for one in (*own_sites(facts), *untaught_sites(facts)):
        found.setdefault((one.span.path, one.span.line), one)
    if not found:
        found = {(one.span.path, one.span.line): one for one in without_routes(facts)}
    return tuple(sorted(found.values(), key=lambda one: one.span))


def matches(source: SourceFile, patterns: Iterable[str], lines: Collection[int] = ()) -> Iterator[Found]:
    """Where some patterns are found in code, not in comments or texts of several lines, but on none of some lines."""
    wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns).encode(), re.MULTILINE)
    quoted: Sequence[Found] | None = None
    for match in wanted.finditer(source.data):
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        span = source.span(start, end)
        if any(line in lines for line in range(span.line, span.end_line + 1)):
            continue
        line = source.data[source.data.rfind(b"\n", 0, start) + 1 : start]
        if COMMENT.search(line):
            continue
        if quoted is None:
            quoted = strings_in(source.data) if source.language == "python" else ()
        if not within(quoted, start):
            yield start, end


def own_sites(facts: Facts) -> Iterator[UnreadRoute]:
    """Registrations with frameworks that are taught, in the program's files that import them."""
    program, mentions = facts.program, Mentions(facts.program)
    registered: dict[str, set[int]] = {}
    for path, start in program.engine.registered:
        source = facts.project.files[path]
        registered.setdefault(path, set()).add(source.span(start, start).line)
    for pack in program.packs:
        if not pack.registers:
            continue
        for path in program.wiring_paths:
            if speaks(facts, path, pack) and imports(facts.files[path], pack.packages):
                source = facts.project.files[path]
                sites = tuple(matches(source, pack.registers, registered.get(path, ())))
                body = program.engine.table.bodies.get(path)
                around = enclosing(body, [start for start, _ in sites]) if body is not None and sites else {}
                for start, end in sites:
                    yield explained(program, source.span(start, end), around.get(start), mentions)


def speaks(facts: Facts, path: str, pack: Pack | Untaught) -> bool:
    """Whether a file is written in the language of a framework."""
    return (facts.files[path].language == "python") is (pack.language == "python")


def explained(program: Program, span: Span, around: syntax.Function | None, mentions: Mentions) -> UnreadRoute:
    """A registration that gave no route, with the reason."""
    if around is None or around in program.engine.ran:
        return UnreadRoute(span, "no route came of it: it was not reached, or what it is registered with is not known")
    named = around.name not in ("", "default")
    called = f"`{around.name}`" if named else "the function around it"
    if not mentions.named_outside(span.path, around):
        return UnreadRoute(span, f"nothing that was read calls {called}", doubtful=False)
    return UnreadRoute(span, f"{called} was not seen to be called")


def enclosing(body: object, offsets: Sequence[int]) -> Mapping[int, syntax.Function]:
    """The innermost function around each of some places, in their order; decorators stand in front of a function."""
    found: dict[int, syntax.Function] = {}
    waiting: list[object] = [body]
    while waiting:
        one = waiting.pop()
        if type(one) is tuple:
            waiting.extend(one)
        elif isinstance(one, syntax.Node | syntax.Function | syntax.Class):
            begin = one.decorators[-1].end if isinstance(one, syntax.Function) and one.decorators else one.start
            first = bisect_left(offsets, begin)
            last = bisect_left(offsets, one.end)
            if first == last:
                continue
            if isinstance(one, syntax.Function):
                found.update(dict.fromkeys(offsets[first:last], one))
            if isinstance(one, syntax.Node):
                waiting.extend(getattr(one, name) for name in syntax.holding(type(one)))
            else:
                waiting.append(one.body)
    return found


def untaught_sites(facts: Facts) -> Iterator[UnreadRoute]:
    """Registrations with frameworks that are not taught; one for each of these that has no other sign."""
    frameworks = [framework for pack in facts.book.packs for framework in pack.untaught]
    known = {imported.module for file in facts.files.values() for imported in file.imports if not imported.level}
    for framework in frameworks:
        if not any(belongs(module, framework.packages) for module in known):
            continue
        using = [
            path
            for path, file in sorted(facts.files.items())
            if not is_test(path) and speaks(facts, path, framework) and imports(file, framework.packages)
        ]
        reason = f"routes of {framework.name} are not read"
        doubtful = framework.wraps or not facts.routes  # else they are those of another program
        some = False
        for path in using:
            source = facts.project.files[path]
            for start, end in matches(source, framework.marks) if framework.marks else ():
                some = True
                yield UnreadRoute(source.span(start, end), reason, doubtful)
        if using and not some:
            yield UnreadRoute(import_of(facts, using[0], framework.packages), reason, doubtful=not facts.routes)


def without_routes(facts: Facts) -> Iterator[UnreadRoute]:
    """Frameworks that are used, where neither a route was found nor a place that may have one."""
    if facts.dynamic_routes:
        return
    having = {route.framework for route in facts.routes}
    for pack in facts.program.packs:
        if pack.framework is None or pack.framework in having:
            continue
        made = [found for found in facts.applications if found.framework == pack.framework]
        if made:
            yield UnreadRoute(made[0].span, f"no route of this {pack.framework} application was found", doubtful=False)
            continue
        using = next((path for path in facts.program.wiring_paths if is_used(facts, path, pack)), None)
        if using is not None:
            told = f"{pack.framework} is imported here, and no application of it was found"
            yield UnreadRoute(import_of(facts, using, pack.packages), told, doubtful=False)


def is_used(facts: Facts, path: str, pack: Pack) -> bool:
    """Whether a file imports what answers requests of a framework's own packages."""
    return speaks(facts, path, pack) and any(
        pack.is_web([one.module, *(f"{one.module}.{name}" for name, _ in one.names)])
        for one in facts.files[path].imports
        if not one.level and one.kind == "runtime" and belongs(one.module, pack.packages)
    )


def import_of(facts: Facts, path: str, packages: tuple[str, ...]) -> Span:
    """Where a file imports one of some packages."""
    line = next(one.line for one in facts.files[path].imports if not one.level and belongs(one.module, packages))
    return Span(path, line)
