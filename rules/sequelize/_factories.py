"""Runs what defines models and was not run: files that call a factory, and factories that a loader calls by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from verifier.api import Class, Engine, External, Frame, Function, Record, Scope, Value, is_test

from ._models import Connection
from ._notes import notes

DEFINING = re.compile(rb"\.define\(\s*[\"'`]|\b\w+\.init\(\s*\{|\.init\(\s*\w+\s*,")
ASSOCIATING = re.compile(rb"\.(?:hasMany|hasOne|belongsTo|belongsToMany)\(")
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
    for _, function, pattern in list(left(engine)):
        if pattern is DEFINING:
            call(engine, function, [connection(engine), External("sequelize.DataTypes")])
    named = b"\n".join(source.data for path, source in engine.project.files.items() if not is_test(path))
    for _, function, pattern in list(left(engine)):
        name = function.code.name or function.held or ""
        if pattern is ASSOCIATING and name and re.search(rb"[.\w\])]\??\.?" + name.encode() + rb"(?:\?\.)?\(", named):
            call(engine, function, [connection(engine).defined])


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
        for function in functions(engine, path):
            code = function.code
            for pattern in (DEFINING, ASSOCIATING):
                inside = any(
                    code.start <= start < code.end and defines == (pattern is DEFINING)
                    for start, defines in seen.get(path, ())
                )
                if not inside and pattern.search(data, code.start, code.end):
                    yield path, function, pattern
                    break


def functions(engine: Engine, path: str) -> Iterator[Function]:
    """The functions of a module: what it binds and exports, and static methods."""
    state = engine.table.states[path]
    whole = engine.table.whole(state)
    held = [*state.scope.names.values(), *state.exports.values(), whole]
    held += list(whole.entries.values()) if isinstance(whole, Record) else []
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
