"""Modules of the project while it is run: when each one runs, and what its imports and exports bind."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from verifier import syntax
from verifier.evaluate import builtins_javascript, builtins_python, paths
from verifier.evaluate.frames import Frame
from verifier.evaluate.values import (
    NOTHING,
    Class,
    Const,
    External,
    Instance,
    ModuleValue,
    OwnName,
    Pending,
    Record,
    Scope,
    Unknown,
    Value,
    text_of,
    texts_of,
)
from verifier.parse import lower
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Tree

    from verifier.evaluate.interpreter import Engine
    from verifier.imports import Modules, Resolution
    from verifier.model import FileFacts, Project, SourceFile


Result = TypeVar("Result")
DEEPEST_STARS = 8


class ModuleState:
    """A file that is being run, or was."""

    __slots__ = (
        "body",
        "commonjs",
        "exports",
        "globals",
        "idle",
        "javascript",
        "main",
        "path",
        "scope",
        "source",
        "stars",
        "status",
    )

    def __init__(self, source: SourceFile, globals_: dict[str, Value]) -> None:
        self.path = source.path
        self.globals = globals_
        self.source = source
        self.javascript = source.language != "python"
        self.scope = Scope()
        self.status = "new"
        self.main: bool | None = None  # whether the file itself is what was started; None where either may be
        self.idle = False  # whether it runs for its names alone: nothing that it does can be wiring
        self.body: tuple[syntax.Statement, ...] = ()
        self.commonjs = False
        self.exports: dict[str, Value] = {}
        self.stars: list[Value] = []

    def builtin(self, name: str) -> Value | None:
        """What the language itself binds to a name."""
        if self.javascript:
            return builtins_javascript.name(self, name)
        return builtins_python.name(self, name)


class ModuleTable:
    """All modules of a project, each run at most once."""

    def __init__(
        self,
        engine: Engine,
        project: Project,
        facts: Mapping[str, FileFacts],
        modules: Modules,
        wiring: Collection[str],
        hints: bytes,
        trees: dict[str, Tree] | None = None,
    ) -> None:
        self.engine = engine
        self.project = project
        self.facts = facts
        self.modules = modules
        self.states: dict[str, ModuleState] = {}
        self.trees = trees if trees is not None else {}
        self.hints = re.compile(hints, re.MULTILINE) if hints else None
        self.telling = dict.fromkeys(wiring, True)
        self.abstract: dict[syntax.Class, list[Class]] = {}
        self.classes: dict[bool, list[tuple[str, bytes]]] = {}
        self.for_types = False  # whether what runs is there for type checkers only
        self.tests: Collection[str] = ()  # what stands in for the program's own classes fills none of them
        self.globals = builtins_javascript.globals_()
        self.eager = False  # whether each file runs when it is imported, whatever is in it
        self.scripts: Collection[str] | None = None  # the files that are started themselves, where that is known
        self.bodies: dict[str, tuple[syntax.Statement, ...]] = {}  # what was read of a file, for a second run

    # Running

    def state(self, path: str) -> ModuleState:
        """The module of a file, run if it has not been."""
        found = self.states.get(path)
        if found is None:
            found = self.states[path] = ModuleState(self.project.files[path], self.globals)
            self.run(found)
        return found

    def run(self, state: ModuleState) -> None:
        """Run a module's top level."""
        state.status = "running"
        state.idle = not self.tells(state.path)
        body = self.bodies.get(state.path)
        if body is None:
            body = self.bodies[state.path] = lower(state.source, self.trees.pop(state.path, None)).body
        state.body = body
        state.main = None if self.scripts is None else state.path in self.scripts
        if state.javascript:
            state.commonjs = not any(isinstance(statement, syntax.Export) for statement in state.body)
            module = Record(complete=False)
            module.entries["exports"] = Record(complete=False)
            module.entries["filename"] = module.entries["id"] = Const(paths.absolute(state.path))
            state.scope.names.update({"module": module, "exports": module.entries["exports"]})
        this = state.scope.names["exports"] if state.javascript and state.commonjs else None
        try:
            self.apart(partial(self.engine.execute, state.body, Frame(state, state.scope, this=this)))
        finally:
            state.status = "done"

    def apart(self, work: Callable[[], Result]) -> Result:
        """Run what belongs to the top level of a module, whatever else is being run while it is asked for."""
        engine = self.engine
        conditional, engine.conditional = engine.conditional, 0
        remembers, engine.remembers = engine.remembers, False
        stack, engine.stack = engine.stack, []
        patience, engine.patience = engine.patience, sys.maxsize
        steps = engine.steps
        for_types, self.for_types = self.for_types, False
        try:
            return work()
        finally:
            self.for_types = for_types
            engine.conditional, engine.remembers, engine.stack = conditional, remembers, stack
            engine.patience = min(patience + engine.steps - steps, sys.maxsize)

    def tells(self, path: str) -> bool:
        """Whether running a file may register something: it imports a library of some pack, or looks as if it used one.

        Such a file runs when it is imported; any other, when a name of it is needed.
        """
        if self.eager:
            return path in self.project.files
        found = self.telling.get(path)
        if found is None:
            source = self.project.files.get(path)  # None for data that is imported, such as JSON
            found = self.hints is not None and source is not None and self.hints.search(source.data) is not None
            self.telling[path] = found
        return found

    def arrive(self, path: str) -> None:
        """An import has reached a file."""
        if path not in self.states and not self.for_types and self.tells(path):
            self.state(path)

    # Imports

    def bind_import(self, statement: syntax.Import, frame: Frame) -> None:
        """Bind the names of an import statement."""
        if frame.module.javascript:
            self.bind_javascript(statement, frame)
        elif statement.names:
            self.bind_from(statement, frame)
        else:
            self.bind_module(statement, frame)

    def bind_module(self, statement: syntax.Import, frame: Frame) -> None:
        """Python's ``import a.b.c`` and ``import a.b.c as d``."""
        whole = self.modules.find(frame.module.path, statement.module)
        if whole.file is not None:
            self.arrive(whole.file)
        if statement.aliased:
            frame.scope.names[statement.local] = self.module_value(whole, statement.module)
        else:
            top = self.modules.find(frame.module.path, statement.local)
            known = frame.scope.names.get(statement.local)
            if not isinstance(known, ModuleValue):
                frame.scope.names[statement.local] = self.module_value(top, statement.local)

    def bind_from(self, statement: syntax.Import, frame: Frame) -> None:
        """Python's ``from a import b``."""
        importer = frame.module.path
        found = self.modules.find(importer, statement.module, statement.level)
        if found.file is not None:
            self.arrive(found.file)
        for name in statement.names:
            if name.name == "*":
                self.bind_all(found, frame)
                continue
            inner = self.modules.find(importer, joined(statement.module, name.name), statement.level)
            if inner.file is not None:
                self.arrive(inner.file)
            frame.scope.names[name.local] = Pending(
                lambda found=found, inner=inner, name=name: self.named(
                    importer, found, inner, statement.module, name.name
                )  # type: ignore[misc]
            )

    def named(self, importer: str, found: Resolution, inner: Resolution, module: str, name: str) -> Value:
        """A name of a Python module: what the module binds, else a module inside it."""
        own = found.file is not None and found.file == importer
        if found.file is not None and not (own and inner.internal):
            value = self.state(found.file).scope.names.get(name)
            if value is not None:
                return value
        if inner.file is not None or inner.directory is not None:
            return self.module_value(inner, joined(module, name))
        if found.package is not None:
            told = self.engine.library_attributes.get(module, {}).get(name)
            return told if told is not None else External(joined(module, name))
        if found.file is not None:
            state = self.state(found.file)
            getter = state.scope.names.get("__getattr__")
            if getter is not None:
                return Unknown(f"`{name}`, which `__getattr__` of {found.file} makes")
            return Unknown(f"`{name}`, which {found.file} does not bind")
        return Unknown(f"`{name}` of `{module or '.'}`, which was not found")

    def bind_all(self, found: Resolution, frame: Frame) -> None:
        """``from a import *``."""
        if found.file is None:
            return
        names = self.state(found.file).scope.names
        listed = names.get("__all__")
        chosen = texts_of(listed)
        for name, value in list(names.items()):
            if (chosen is None and not name.startswith("_")) or (chosen is not None and name in chosen):
                frame.scope.names[name] = value

    def module_value(self, found: Resolution, name: str) -> Value:
        """A module as a value."""
        if found.file is not None:
            if found.file not in self.project.files:
                return Unknown(f"the content of {found.file}")
            path = found.file
            return Pending(lambda: ModuleValue(self.state(path)))
        if found.directory is not None:
            return ModuleValue(None, found.directory)
        if found.package is not None:
            return External(name.removeprefix("node:"))
        return Unknown(f"the module `{name}`, which was not found")

    def attribute(self, value: ModuleValue, name: str) -> Value | None:
        """``module.name``: a name that it binds, else a module inside it."""
        state = value.state
        if state is None:
            inner = self.modules.inside(value.directory, name)
            return self.module_value(inner, name) if inner is not None else None
        if state.javascript:
            return self.exported(state, name)
        found = state.scope.names.get(name)
        if found is not None:
            return found
        if name in ("__path__", "__file__", "__name__"):
            return Const(own.value) if isinstance(own := state.builtin(name), OwnName) else own
        directory, _, file = state.path.rpartition("/")
        inner = self.modules.inside(directory, name) if file in ("__init__.py", "__init__.pyi") else None
        return self.module_value(inner, name) if inner is not None else None

    def imports_resolve(self, statements: tuple[syntax.Statement, ...], frame: Frame) -> bool:
        """Whether every import of a ``try`` body arrives."""
        for statement in statements:
            if isinstance(statement, syntax.Import):
                found = self.modules.find(frame.module.path, statement.module, statement.level)
                if found.reason is not None:
                    return False
        return True

    # JavaScript

    def bind_javascript(self, statement: syntax.Import, frame: Frame) -> None:
        """ES module imports, and TypeScript's ``import x = require()``."""
        found = self.modules.find(frame.module.path, statement.module)
        if found.file is not None and not statement.type_only:
            self.arrive(found.file)
        elif found.package is not None and self.scripts is not None:
            self.outside(found.stands_for or statement.module, statement, frame)
        for name in statement.names:
            frame.scope.names[name.local] = Pending(
                lambda found=found, name=name: self.from_javascript(found, statement.module, name.name)  # type: ignore[misc]
            )

    def outside(self, module: str, node: syntax.Place, frame: Frame) -> None:
        """A library is imported: what a pack tells of the import itself (``import "dotenv/config"``)."""
        function = self.engine.library.function_for(f"import {module}")
        if function is not None:
            from verifier.evaluate.library import Call

            function(Call(self.engine, frame, node, External(module), []))

    def from_javascript(self, found: Resolution, module: str, name: str) -> Value:
        """A name of a JavaScript module: ``*`` is the module, ``default`` its default export, ``=`` what it exports."""
        if found.file is not None:
            if found.file not in self.project.files:
                return self.asset(found.file)
            state = self.state(found.file)
            if name in ("*", "="):
                return self.whole(state) if state.commonjs else ModuleValue(state)
            value = self.exported(state, name)
            return value if value is not None else Unknown(f"`{name}`, which {found.file} does not export")
        if found.package is not None:
            path = found.stands_for or module.removeprefix("node:")
            return External(path) if name in ("*", "default", "=") else External(f"{path}.{name}")
        return Unknown(f"`{module}`, which was not found")

    def exported(self, state: ModuleState, name: str) -> Value | None:
        """What a JavaScript module exports under a name."""
        if state.commonjs:
            whole = self.whole(state)
            if name == "default":
                inner = whole.entries.get("default") if isinstance(whole, Record) else None
                return inner or whole
            if isinstance(whole, Record):
                return whole.entries.get(name)
            if isinstance(whole, Instance | Class):
                from verifier.evaluate.access import class_member, find_member

                return (
                    find_member(self.engine, whole, name)
                    if isinstance(whole, Instance)
                    else class_member(self.engine, whole, name)
                )
            attributes = getattr(whole, "attributes", None)
            return attributes.get(name) if isinstance(attributes, dict) else None
        found = state.exports.get(name)
        if found is not None:
            return self.engine.force(found)
        for star in state.stars:
            inner = self.engine.force(star)
            if (
                isinstance(inner, ModuleValue)
                and inner.state is not None
                and inner.state is not state
                and name != "default"
            ):
                value = self.exported(inner.state, name)
                if value is not None:
                    return value
            elif isinstance(inner, External):
                return External(f"{inner.path}.{name}")
        return None

    def exports(self, state: ModuleState, depth: int = 0) -> dict[str, Value]:
        """All that an ES module exports by name, ``export *`` too."""
        found = dict(state.exports)
        for star in state.stars if depth < DEEPEST_STARS else ():
            inner = self.engine.force(star)
            if isinstance(inner, ModuleValue) and inner.state is not None and inner.state is not state:
                others = self.exports(inner.state, depth + 1)
                found.update({name: other for name, other in others.items() if name not in found and name != "default"})
        return found

    def whole(self, state: ModuleState) -> Value:
        """``module.exports``."""
        module = state.scope.names.get("module")
        return module.entries.get("exports", NOTHING) if isinstance(module, Record) else NOTHING

    def bind_export(self, statement: syntax.Export, frame: Frame) -> None:
        """Enter the names of an export statement."""
        state = frame.module
        if statement.module is None:
            for name in statement.names:
                state.exports[name.local] = Pending(
                    lambda name=name: state.scope.names.get(name.name, Unknown(f"`{name.name}`, which is not bound"))  # type: ignore[misc]
                )
            return
        found = self.modules.find(state.path, statement.module)
        if found.file is not None and not statement.type_only:
            self.arrive(found.file)
        module = statement.module
        for name in statement.names:
            value = Pending(lambda name=name: self.from_javascript(found, module, name.name))  # type: ignore[misc]
            if name.name == "*" and not name.local:
                state.stars.append(value)
            else:
                state.exports[name.local] = value

    def require(self, state: ModuleState, module: str) -> Value:
        """``require(module)``."""
        found = self.modules.find(state.path, module)
        if found.file is not None:
            if found.file not in self.project.files:
                return self.asset(found.file)
            target = self.state(found.file)
            return self.whole(target) if target.commonjs else ModuleValue(target)
        if found.package is not None:
            if self.scripts is not None:
                self.outside(found.stands_for or module, syntax.Opaque(0, 0, "require"), Frame(state, state.scope))
            return External(found.stands_for or module.removeprefix("node:"))
        return Unknown(f"`{module}`, which was not found")

    def import_call(self, node: syntax.Call, frame: Frame) -> Value:
        """``import(module)``."""
        argument = node.arguments[0] if node.arguments else None
        wanted = (
            self.engine.evaluate(argument, frame)
            if argument is not None and not isinstance(argument, syntax.Keyword)
            else NOTHING
        )
        if isinstance(wanted, Instance):  # a file URL
            wanted = wanted.attributes.get("href", wanted)
        module = text_of(wanted)
        if module is None:
            return Unknown("a module that run time chooses")
        return self.namespace(frame.module, paths.specifier(module, frame.module.path))

    def namespace(self, state: ModuleState, module: str) -> Value:
        """A module as ``import * as`` sees it."""
        found = self.modules.find(state.path, module)
        if found.file is not None and found.file in self.project.files:
            target = self.state(found.file)
            if not target.commonjs:
                return ModuleValue(target)
            whole = self.whole(target)
            entries = dict(whole.entries) if isinstance(whole, Record) else {}
            return Record({**entries, "default": whole}, complete=False)
        return self.require(state, module)

    def asset(self, path: str) -> Value:
        """What importing a file that is no source gives; JSON gives its data."""
        source = self.project.others.get(path)
        if source is not None and path.endswith(".json"):
            import json

            try:
                return as_value(json.loads(source.text))
            except (ValueError, RecursionError):
                return Unknown(f"the content of {path}")
        return Unknown(f"the content of {path}")

    # Classes

    def implementers(self, cls: Class) -> list[Class]:
        """The classes of the project that fill an interface or abstract class; found by reading files that name it."""
        found = self.abstract.get(cls.code)
        if found is not None:
            return found
        found = self.abstract[cls.code] = []
        name = cls.name.encode()
        naming = [path for path, data in self.declaring(python=not cls.module.javascript) if derives(data, name)]
        for path in naming:
            for value in list(self.state(path).scope.names.values()):
                if not isinstance(value, Class) or value.code is cls.code or value.module.path != path:
                    continue
                if cls in value.lineage() or self.fills(value, cls):
                    found.append(value)
        return found

    def declaring(self, *, python: bool) -> list[tuple[str, bytes]]:
        """The files of the program in a language that declare classes, by name, with their text."""
        found = self.classes.get(python)
        if found is None:
            found = self.classes[python] = [
                (path, self.project.files[path].data)
                for path, facts in sorted(self.facts.items())
                if (facts.language == "python") == python
                and path not in self.tests
                and any(definition.kind == "class" for definition in facts.definitions.values())
            ]
        return found

    def fills(self, value: Class, interface: Class) -> bool:
        """Whether a TypeScript class says that it implements an interface."""
        frame = Frame(value.module, value.scope)
        for node in value.code.implements:
            named = self.engine.evaluate(node.object if isinstance(node, syntax.Index) else node, frame)
            if isinstance(named, Class) and (named is interface or interface in named.lineage()):
                return True
        return False


def joined(module: str, name: str) -> str:
    """A dotted name."""
    return f"{module}.{name}" if module else name


def as_value(data: object) -> Value:
    """Plain data as a value."""
    if isinstance(data, dict):
        return Record({key: as_value(value) for key, value in data.items()})
    if isinstance(data, list):
        from verifier.evaluate.values import Sequence

        return Sequence([as_value(item) for item in data])
    if data is None or isinstance(data, str | int | float | bool):
        return Const(data)
    return Unknown("data of another kind")


DERIVING = regex(rb"\b(?:class|implements|extends)\b.*(?<!\w)\Z")


def derives(data: bytes, name: bytes) -> bool:
    """Whether some line declares a class and names another one behind it, as a class that derives from it does."""
    place = data.find(name)
    while place >= 0:
        end = place + len(name)
        line = data[data.rfind(b"\n", 0, place) + 1 : place]
        if DERIVING.search(line) and not data[end : end + 1].isalnum() and data[end : end + 1] != b"_":
            return True
        place = data.find(name, end)
    return False
