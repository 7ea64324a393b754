"""Which file defines a name: through re-exports, ``__init__`` files, stars and CommonJS objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from verifier.imports.python_modules import is_initial
from verifier.imports.resolution import Resolution, parent
from verifier.model import Export, FileFacts, Import

Definer: TypeAlias = "tuple[str, str, tuple[str, ...]]"

# Longer chains of re-exports than this are not followed, nor more steps taken for one answer.
LONGEST = 60
PATIENCE = 5000


class Bindings:
    """The names of one file, by what binds them."""

    def __init__(self, facts: FileFacts) -> None:
        self.python = facts.language == "python"
        self.facts = facts
        self.imported: dict[str, list[tuple[Import, str]]] = {}
        self.stars: list[Import] = []
        self.exports: dict[str, list[Export]] = {}
        self.star_exports: list[Export] = []
        for found in facts.imports:
            if found.kind == "lazy" or (found.kind == "dynamic" and self.python):
                continue
            if self.python and not found.names:
                top = found.module.partition(".")[0]
                self.imported.setdefault(top, []).append((found, ""))
            for there, here in found.names if self.python or not found.exported else ():
                if here == "*":
                    self.stars.append(found)
                else:
                    self.imported.setdefault(here, []).append((found, there))
        for export in facts.exports:
            if export.name is None:
                self.star_exports.append(export)
            else:
                self.exports.setdefault(export.name, []).append(export)


class Definers:
    """Answers which file defines a name that another one offers."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        find: Callable[..., Resolution],
        resolve: Callable[[str, Import], Resolution],
        inside: Callable[[str, str], Resolution | None],
    ) -> None:
        self.facts = facts
        self.find = find
        self.resolve = resolve
        self.inside = inside
        self.bindings: dict[str, Bindings] = {}
        self.known: dict[tuple[str, str], Definer | None] = {}
        self.asking: dict[tuple[str, str], int] = {}
        self.cut = LONGEST
        self.steps = 0

    def of(self, path: str, name: str) -> Definer | None:
        """The file that defines a name that ``path`` offers, its name there, and the files passed on the way.

        The name ``*`` is the module itself. A name that comes from outside of the project is defined by the last
        file that has it. None where ``path`` has no such name.
        """
        key = (path, name)
        if key in self.known:
            return self.known[key]
        depth = len(self.asking)
        self.steps = self.steps + 1 if depth else 0
        if key in self.asking or depth >= LONGEST or self.steps > PATIENCE:
            self.cut = min(self.cut, self.asking.get(key, 0))
            return None
        self.asking[key] = depth
        outer, self.cut = self.cut, LONGEST
        try:
            found = self.search(path, name)
        finally:
            del self.asking[key]
        # An answer that was cut short by a circle holds inside of that circle only.
        if self.cut >= depth:
            self.known[key] = found
            self.cut = outer
        else:
            self.cut = min(self.cut, outer)
        return found

    def search(self, path: str, name: str) -> Definer | None:
        bindings = self.bound(path)
        if bindings is None:  # a folder, or a file that is not source
            inner = self.inside(path, name) if name != "*" else None
            return (inner.file, "*", ()) if inner is not None and inner.file is not None else (path, name, ())
        return self.python(path, name, bindings) if bindings.python else self.javascript(path, name, bindings)

    def bound(self, path: str) -> Bindings | None:
        """The bindings of a source file."""
        found = self.bindings.get(path)
        if found is None and path in self.facts:
            found = self.bindings[path] = Bindings(self.facts[path])
        return found

    def onward(self, path: str, target: Resolution, name: str) -> Definer | None:
        """A name that ``path`` takes from another module."""
        if not target.internal:
            return None
        found = self.of(target.file or target.directory or "", name)
        return (found[0], found[1], (path, *found[2])) if found is not None else None

    # Python

    def python(self, path: str, name: str, bindings: Bindings) -> Definer | None:
        if name == "*":
            return path, "*", ()
        definition = bindings.facts.definitions.get(name)
        if definition is not None and definition.kind != "import":
            return path, name, ()
        for found, there in bindings.imported.get(name, ()):
            if there:
                target = self.resolve(path, found)
                onward = self.onward(path, target, there) if target.internal else None
            else:
                onward = self.onward(path, self.find(path, name), "*")
            if onward is not None:
                return onward
        for star in reversed(bindings.stars):
            target = self.resolve(path, star)
            if target.file is not None and self.starred(target.file, name):
                onward = self.onward(path, target, name)
                if onward is not None:
                    return onward
        if is_initial(path):
            inner = self.inside(parent(path), name)
            if inner is not None and inner.internal:
                return inner.file or inner.directory or "", "*", ()
        return (path, name, ()) if definition is not None else None

    def starred(self, path: str, name: str) -> bool:
        """Whether ``from path import *`` may bring a name."""
        facts = self.facts.get(path)
        if facts is None:
            return False
        return name in facts.all_names if facts.all_names is not None else not name.startswith("_")

    # JavaScript

    def javascript(self, path: str, name: str, bindings: Bindings) -> Definer | None:
        if name == "*":
            return self.whole(path, bindings) or (path, "*", ())
        for export in bindings.exports.get(name, ()):
            return self.exported(path, export, name, bindings)
        for export in bindings.star_exports if name != "default" or bindings.facts.commonjs else ():
            if export.module is not None:
                onward = self.onward(path, self.find(path, export.module), name)
            else:
                onward = self.local(path, export.local or "", name, bindings)
            if onward is not None:
                return onward
        if bindings.facts.commonjs:
            for export in bindings.exports.get("default", ()):
                if export.module is None and export.local is not None:
                    onward = self.local(path, export.local, name, bindings)
                    if onward is not None:
                        return onward
            return (path, "*" if name == "default" else name, ())
        if name in bindings.facts.definitions:
            return self.binding(path, name, bindings)
        return None

    def exported(self, path: str, export: Export, name: str, bindings: Bindings) -> Definer:
        """What an export stands for."""
        if export.module is not None:
            target = self.find(path, export.module)
            if export.local == "*" and not bindings.facts.commonjs:
                return (target.file, "*", (path,)) if target.file is not None else (path, name, ())
            return self.onward(path, target, export.local or "*") or (path, name, ())
        if export.local is None:
            return path, name, ()
        return self.binding(path, export.local, bindings)

    def binding(self, path: str, local: str, bindings: Bindings) -> Definer:
        """What a local name stands for."""
        definition = bindings.facts.definitions.get(local)
        if definition is not None and definition.kind == "import":
            for found, there in bindings.imported.get(local, ()):
                target = self.resolve(path, found)
                if there == "*" and target.file is not None:
                    inner = self.bound(target.file)
                    whole = self.of(target.file, "*") if inner is not None and inner.facts.commonjs else None
                    return (whole[0], whole[1], (path, *whole[2])) if whole is not None else (target.file, "*", (path,))
                onward = self.onward(path, target, there)
                if onward is not None:
                    return onward
        return path, local, ()

    def local(self, path: str, local: str, name: str, bindings: Bindings) -> Definer | None:
        """A name of the module that a local name holds."""
        for found, there in bindings.imported.get(local, ()):
            if there == "*":
                onward = self.onward(path, self.resolve(path, found), name)
                if onward is not None:
                    return onward
        return None

    def whole(self, path: str, bindings: Bindings) -> Definer | None:
        """The file whose ``module.exports`` this one passes on unchanged."""
        if not bindings.facts.commonjs:
            return None
        for export in bindings.exports.get("default", ()):
            if export.module is not None:
                return self.onward(path, self.find(path, export.module), export.local or "*")
            if export.local is not None and export.local in bindings.imported:
                found = self.binding(path, export.local, bindings)
                return found if found[0] != path else None
        return None

    # Absence

    def lacks(self, path: str, name: str) -> bool:
        """Whether a source file surely offers no such name, so that importing it fails."""
        bindings = self.bound(path)
        if bindings is None or bindings.facts.faults or name == "*":
            return False
        if self.of(path, name) is not None:
            return False
        if bindings.python:
            return "__getattr__" not in bindings.facts.definitions and all(
                self.closed(star, path, set()) for star in bindings.stars
            )
        if path.endswith((".d.ts", ".d.mts", ".d.cts")) or bindings.facts.commonjs:
            return False
        if not bindings.facts.exports:
            return False
        return all(self.complete(path, export, set()) for export in bindings.star_exports)

    def closed(self, star: Import, path: str, seen: set[str]) -> bool:
        """Whether all that a Python star import brings is known."""
        target = self.resolve(path, star)
        bindings = self.bound(target.file) if target.file is not None else None
        if target.file is None or bindings is None:
            return False
        if target.file in seen:
            return True
        seen.add(target.file)
        return not bindings.facts.faults and all(self.closed(inner, target.file, seen) for inner in bindings.stars)

    def complete(self, path: str, export: Export, seen: set[str]) -> bool:
        """Whether all that ``export *`` brings is known."""
        target = self.find(path, export.module) if export.module is not None else Resolution()
        bindings = self.bound(target.file) if target.file is not None else None
        if target.file is None or bindings is None or bindings.facts.commonjs or bindings.facts.faults:
            return False
        if target.file in seen:
            return True
        seen.add(target.file)
        return all(self.complete(target.file, inner, seen) for inner in bindings.star_exports)
