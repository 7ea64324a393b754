"""Runs what defines models and was not run: files that call a factory, and factories that a loader calls by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from verifier.api import (
    Class,
    Defect,
    Engine,
    External,
    Frame,
    Function,
    Origin,
    Record,
    Scope,
    Unread,
    Value,
    is_test,
    regex,
)

from ._models import Connection
from ._notes import notes
from ._plain import pattern_of

DEFINING = regex(rb"\.define\(\s*[\"'`]|\b\w+\.init\(\s*\{|\.init\(\s*\w+\s*,")
ASSOCIATING = regex(rb"\.(?:hasMany|hasOne|belongsTo|belongsToMany)\(")
UNSEEN = "an association that was not seen to be made"
FARTHEST = 3
STEPS = 20_000


def run_left(engine: Engine) -> None:
    """Run files that call factories which nothing has called; what stays is called as a loader would."""
    if not any(True for _ in left(engine)):
        return
    importers = importing(engine)
    seen: set[str] = set()
    waiting = sorted({path for path, _, _ in left(engine)})
    for _ in range(FARTHEST):
        waiting = sorted({user for path in waiting for user in importers(path) if user not in seen})
        seen.update(waiting)
        for path in waiting:
            with engine.impatient(STEPS):
                engine.table.state(path)
    for path in calling(engine):
        with engine.impatient(STEPS):
            engine.table.state(path)
    for _, function, pattern in list(left(engine)):
        if pattern is DEFINING:
            call(engine, function, [connection(engine), External("sequelize.DataTypes")])
    for _, function, pattern in list(left(engine)):
        if pattern is ASSOCIATING and is_called(engine, function):
            call(engine, function, [Record(dict(connection(engine).defined.entries), complete=False)])


def calling(engine: Engine) -> list[str]:
    """Files that call such a function by its name on something else."""
    names = {function.held or function.code.name for _, function, pattern in left(engine) if pattern is ASSOCIATING}
    names.discard("")
    if not names:
        return []
    wanted = re.compile(rb"[\w\])]\??\.(?:" + b"|".join(pattern_of(name) for name in names) + rb")(?:\?\.)?\(")
    return [
        path
        for path, source in sorted(engine.project.files.items())
        if source.language != "python" and not is_test(path) and wanted.search(source.data)
    ]


def is_called(engine: Engine, function: Function) -> bool:
    """Whether some text of the program may call a function: by its name, or by a name that run time decides."""
    name = function.held or function.code.name
    if not name:
        return True
    wanted = re.compile(
        rb"(?<!function )(?<!static )(?<![\w.]async )\b" + pattern_of(name) + rb"\b\s*(?:\?\.)?(?:\(|\)|,|;|$|[\"'`])"
    )
    for path, source in engine.project.files.items():
        if source.language == "python" or is_test(path) or name.encode("utf-8", "replace") not in source.data:
            continue
        own = path == function.module.path
        for found in wanted.finditer(source.data):
            if not own or not function.code.start <= found.start() <= function.code.end:
                return True
    return False


def never_called(engine: Engine) -> Iterator[Defect]:
    """Functions that would associate models, and which nothing calls."""
    for path, function, pattern in left(engine):
        if pattern is not ASSOCIATING or is_called(engine, function):
            continue
        name = function.held or function.code.name
        yield Defect(
            "sequelize/association-never-made",
            engine.span(Origin(path, function.code.start, function.code.end)),
            f"`{name}` is called by nobody, so that the associations in it are never made",
            symptom="SequelizeEagerLoadingError: ... is not associated to ...!",
            remedy=f"Call `{name}` for each model when all of them are defined",
        )


def unseen(engine: Engine) -> Iterator[Unread]:
    """Associations that are written, and that were not seen to be made: some model has more than is known."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    for note in notes(engine).associations.values():
        ranges.setdefault(note.origin.path, []).append((note.origin.start, note.origin.end))
    for path, function, pattern in left(engine):
        if pattern is ASSOCIATING and not is_called(engine, function):
            ranges.setdefault(path, []).append((function.code.start, function.code.end))
    for path, source in sorted(engine.project.files.items()):
        if source.language == "python" or is_test(path) or not ASSOCIATING.search(source.data):
            continue
        for found in ASSOCIATING.finditer(source.data):
            before = source.data[source.data.rfind(b"\n", 0, found.start()) + 1 : found.start()].lstrip()
            if before.startswith((b"//", b"*", b"/*")):
                continue
            if not any(start <= found.start() + 1 < end for start, end in ranges.get(path, ())):
                yield Unread(source.span(found.start() + 1, found.end()), UNSEEN)


def call(engine: Engine, function: Function, arguments: list[Value]) -> None:
    """Call a function of the project from outside."""
    frame = Frame(function.module, Scope(function.scope))
    with engine.impatient(STEPS):
        engine.call(function, arguments, function.code, frame)


def connection(engine: Engine) -> Connection:
    """The project's connection; where it has none or several, one of which nothing is known."""
    made = [found for found in engine.objects if isinstance(found, Connection) and not found.symbolic]
    if len(made) == 1:
        return made[0]
    assumed = next((found for found in engine.objects if isinstance(found, Connection) and found.symbolic), None)
    if assumed is None:
        assumed = Connection(None, "sequelize.Sequelize", symbolic=True)
        engine.objects.append(assumed)
    return assumed


def left(engine: Engine) -> Iterator[tuple[str, Function, re.Pattern[bytes]]]:
    """Functions whose text defines or associates models and in which no such call was seen."""
    kept = notes(engine)
    seen: dict[str, list[tuple[int, bool]]] = {}
    for definition in kept.definitions.values():
        seen.setdefault(definition.origin.path, []).append((definition.origin.start, True))
    for association in kept.associations.values():
        seen.setdefault(association.origin.path, []).append((association.origin.start, False))
    for path, state in list(engine.table.states.items()):
        if not state.javascript or is_test(path):
            continue
        data = state.source.data
        if not DEFINING.search(data) and not ASSOCIATING.search(data):
            continue
        known = list(functions(engine, path))
        matching = {
            pattern: {id(innermost(known, found.start())) for found in pattern.finditer(data)}
            for pattern in (DEFINING, ASSOCIATING)
        }
        for function in known:
            code = function.code
            for pattern in (DEFINING, ASSOCIATING):
                inside = any(
                    code.start <= start < code.end and defines == (pattern is DEFINING)
                    for start, defines in seen.get(path, ())
                )
                if not inside and id(function) in matching[pattern]:
                    yield path, function, pattern
                    break


def innermost(known: list[Function], place: int) -> Function | None:
    """The smallest of some functions around a place."""
    around = [function for function in known if function.code.start <= place < function.code.end]
    return min(around, key=lambda function: function.code.end - function.code.start, default=None)


def functions(engine: Engine, path: str) -> Iterator[Function]:
    """The functions of a module: what it binds and exports, static methods, and those that models were given."""
    state = engine.table.states[path]
    whole = engine.table.whole(state)
    held = [*state.scope.names.values(), *state.exports.values(), whole]
    held += list(whole.entries.values()) if isinstance(whole, Record) else []
    held += [note.model for note in notes(engine).definitions.values() if note.origin.path == path]
    found: dict[object, Function] = {}
    for value in map(engine.force, held):
        if isinstance(value, Function) and value.module is state:
            found[value.code] = value
        elif isinstance(value, Class) and value.module is state:
            for member in value.members.values():
                if isinstance(member, Function) and member.code.static:
                    found.setdefault(member.code, member.bind(value))
        for part in getattr(value, "attributes", {}).values() if not isinstance(value, Class) else ():
            if isinstance(part, Function) and part.module is state:
                found.setdefault(part.code, part)
    yield from found.values()


def importing(engine: Engine) -> Callable[[str], list[str]]:
    """A function that gives the files of the program that import a file."""
    table = engine.table
    by_word: dict[str, list[tuple[str, str]]] = {}
    for importer, facts in table.facts.items():
        if is_test(importer) or facts.language == "python":
            continue
        for imported in facts.imports:
            last = imported.module.rpartition("/")[2].partition(".")[0]
            by_word.setdefault(last, []).append((importer, imported.module))

    def users(path: str) -> list[str]:
        directory, _, file = path.rpartition("/")
        stem = file.partition(".")[0]
        words = {stem, directory.rpartition("/")[2], ""} if stem == "index" else {stem}
        near = [pair for word in words for pair in by_word.get(word, ())]
        return [importer for importer, module in near if table.modules.find(importer, module).file == path]

    return users
