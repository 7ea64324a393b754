"""Python: which file a dotted name means, as the interpreter's own finders would decide."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from verifier.imports.python_roots import explicit_roots
from verifier.imports.resolution import Resolution, ancestors, joined, parent
from verifier.model import FileFacts, Import, Project

# A place found for a name may not be what is meant: a "foreign" distribution of that name is declared or part of
# the standard library; or the place is on no search path that the project speaks of, as in a "package" itself.
Doubt: TypeAlias = Literal["none", "foreign", "package"]
Found: TypeAlias = tuple[Resolution, Doubt]

SUFFIXES = (".py", ".pyi", ".pyx", ".so", ".pyd")


class Walk(Struct, frozen=True):
    """How far a dotted name leads from some folders.

    ``file`` or ``portions`` is where it ends; ``missing`` the part that is not there, in ``holder``; ``extended``
    where a package on the way takes in folders from elsewhere (``pkgutil.extend_path``).
    """

    file: str | None = None
    portions: tuple[str, ...] = ()
    missing: str | None = None
    holder: str = ""
    extended: bool = False

    @property
    def arrived(self) -> bool:
        """Whether every part was found."""
        return self.missing is None


class PythonModules:
    """The module search of a project's Python code."""

    def __init__(self, project: Project, facts: Mapping[str, FileFacts]) -> None:
        self.paths = project.paths
        self.directories = project.directories
        self.facts = facts
        self.strong, self.everywhere = explicit_roots(project, facts)
        self.declared = declared_names(project)
        self.names = {directory.rpartition("/")[2] for directory in self.directories}
        self.packages = self.used_packages()
        self.known: dict[tuple[str, str, int], Found] = {}
        self.stepped: dict[tuple[tuple[str, ...], str], Walk | None] = {}
        self.walked: dict[tuple[str, str], Walk] = {}
        self.searched: dict[str, list[tuple[str, bool]]] = {}

    def find(self, path: str, module: str, level: int = 0, imported: Import | None = None) -> Resolution:
        """Where a module lies, seen from a file.

        Where the module could also be another distribution's, what is imported from it decides: by ``imported``, else
        by the imports of the file.
        """
        directory, _, file = path.rpartition("/")
        key = (path if file.partition(".")[0] == module.partition(".")[0] else directory, module, level)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.relative(directory, module, level) if level else self.absolute(path, module)
        resolution, doubt = found
        if doubt == "none":
            return resolution
        imports = [imported] if imported is not None else self.imports_of(path, module)
        names = [there for each in imports for there, _ in each.names if there != "*"]
        accepted = bool(names)
        if doubt == "foreign":
            accepted = accepted or ("." in module and not in_standard_library(module))
        imported_too = doubt == "foreign" or "." in module
        if accepted and all(self.offers(resolution, name, imported=imported_too) for name in names):
            return resolution
        if doubt == "package" and imported is None and not names and self.taken_from_above(path, module, resolution):
            return resolution
        return Resolution(package=module.partition(".")[0])

    def taken_from_above(self, path: str, module: str, resolution: Resolution) -> bool:
        """Whether a file imports a module by its name out of the package around it, which is the project's own."""
        above, _, name = module.rpartition(".")
        return any(name == there for each in self.imports_of(path, above) for there, _ in each.names) and (
            resolution.file is not None and self.find(path, above).file is not None
        )

    def imports_of(self, path: str, module: str) -> list[Import]:
        """The imports of a module in a file."""
        fact = self.facts.get(path)
        return [found for found in fact.imports if found.module == module and not found.level] if fact else []

    def inside(self, directory: str, name: str) -> Resolution | None:
        """The module of that name in a package's folder."""
        walk = self.walk((directory,), name)
        return resolved(walk) if walk.arrived else None

    # Relative

    def relative(self, directory: str, module: str, level: int) -> Found:
        """Level 1 is the importer's own folder."""
        base = directory
        for _ in range(level - 1):
            if not base:
                return Resolution(reason=f"{level} dots lead above the project's root"), "none"
            base = parent(base)
        walk = self.walk((base,), module) if module else self.package((base,))
        if walk.arrived:
            return resolved(walk), "none"
        if walk.extended:
            return Resolution(package=base.rpartition("/")[2]), "none"
        return Resolution(reason=self.explain(walk)), "none"

    # Absolute

    def absolute(self, path: str, module: str) -> Found:
        """A dotted name on the search path, and whether something else may be meant."""
        top, _, rest = module.partition(".")
        foreign = top in sys.stdlib_module_names or top in self.declared
        roots = self.roots(parent(path))
        failed = None
        for root, explicit in roots:
            if foreign and not explicit:
                continue
            start = self.step((root,), top)
            if start is None or start.file is None or (start.file == path and not is_initial(path)):
                continue
            walk = self.below_root(root, module, start, rest)
            if walk.arrived:
                return resolved(walk), "foreign" if foreign else "none"
            failed = failed or walk
        portions = tuple(place for root, _ in roots if (place := below(root, top)) in self.directories)
        if failed is None and portions:
            ours = not foreign and any(place in self.packages for place in portions)
            walk = self.continued(Walk(portions=portions), rest)
            if walk.arrived or ours:
                return self.settled(module, walk, "none" if ours else "foreign")
        if failed is not None:
            return self.beside(path, module) or self.settled(module, failed, "foreign" if foreign else "none")
        if foreign:
            return Resolution(package=top), "none"
        return self.elsewhere(module, {root for root, _ in roots}) or self.hidden(path, module)

    def beside(self, path: str, module: str) -> Found | None:
        """A dotted name below a package above the importer: a script is run in its folder, package or not."""
        for root in ancestors(parent(path)):
            walk = self.walk((root,), module) if self.is_package(root) else None
            if walk is not None and walk.arrived and walk.file != path:
                return resolved(walk), "package"
        return None

    def elsewhere(self, module: str, searched: set[str]) -> Found | None:
        """A dotted name that no folder above the importer has: another part of the project may be installed for it.

        Such a part is a package that the files beside it import by this name, or a module in a folder that something
        is started in.
        """
        top, _, rest = module.partition(".")
        found: dict[str, Walk] = {}
        for place in self.top_packages.get(top, ()):
            if parent(place) not in searched:
                found[place] = self.continued(self.package((place,)), rest)
        for root in sorted(self.strong - searched):
            file = self.module_at(root, top)
            if file is not None:
                found[file] = self.continued(Walk(file=file), rest)
        if not found:
            return None
        arrived = [walk for walk in found.values() if walk.arrived]
        if len(arrived) == 1:
            return resolved(arrived[0]), "none"
        if arrived:
            return Resolution(reason=f"`{top}` may be any of {', '.join(found)}"), "none"
        return self.settled(module, next(iter(found.values())), "none")

    def hidden(self, path: str, module: str) -> Found:
        """A dotted name that is on no search path as far as the project says.

        It may lie in a package above the importer that the program is started in; or in the only module of that name
        outside of any package, as `main` of `src/main.py` for its tests. A distribution of that name is as likely.
        """
        top, _, rest = module.partition(".")
        for root in ancestors(parent(path)):
            start = self.step((root,), top) if self.is_package(root) else None
            if start is not None and start.file is not None and start.file != path:
                walk = self.continued(start, rest)
                if walk.arrived:
                    return resolved(walk), "package"
        loose = self.loose_modules.get(top, [])
        if len(loose) == 1 and not rest and loose[0] != path:
            return Resolution(file=loose[0]), "package"
        return Resolution(package=top), "none"

    @cached_property
    def loose_modules(self) -> dict[str, list[str]]:
        """Modules that lie in no package, by name."""
        found: dict[str, list[str]] = {}
        for path, fact in self.facts.items():
            folder = parent(path)
            if fact.language == "python" and not self.is_package(folder):
                found.setdefault(path.rpartition("/")[2].partition(".")[0], []).append(path)
        return found

    @cached_property
    def top_packages(self) -> dict[str, list[str]]:
        """Folders that the project imports as top-level packages, by name."""
        found: dict[str, list[str]] = {}
        for place in sorted(self.packages):
            if not self.is_package(parent(place)):
                found.setdefault(place.rpartition("/")[2], []).append(place)
        return found

    def settled(self, module: str, walk: Walk, doubt: Doubt) -> Found:
        """What a walk means, given whether another distribution may be meant."""
        if walk.arrived:
            return resolved(walk), doubt
        if walk.extended or doubt == "foreign":
            return Resolution(package=module.partition(".")[0]), "none"
        return Resolution(reason=self.explain(walk)), "none"

    def roots(self, directory: str) -> list[tuple[str, bool]]:
        """The folders that are searched for the imports of the files in a folder, in order.

        Those that the project names for the files in them are told from the others.
        """
        found = self.searched.get(directory)
        if found is None:
            above = ancestors(directory)
            found = [(root, root in self.strong) for root in above if not self.is_package(root)]
            found += [(root, False) for root in sorted(self.everywhere) if root not in above]
            self.searched[directory] = found
        return found

    def is_package(self, folder: str) -> bool:
        """Whether a folder is a package, and nothing says that it is searched as well."""
        return folder not in self.strong and (folder in self.packages or below(folder, "__init__.py") in self.paths)

    def used_packages(self) -> frozenset[str]:
        """Folders that the project's own imports treat as packages, so that they are no search roots by themselves."""
        used: set[str] = set()
        seen: set[tuple[str, str]] = set()
        above: dict[str, list[str]] = {}
        for path, fact in self.facts.items():
            if fact.language != "python":
                continue
            directory = parent(path)
            roots = above.get(directory) or above.setdefault(directory, ancestors(directory))
            for found in fact.imports:
                if found.level:
                    used.update(roots[: found.level])
                    continue
                first, _, rest = found.module.partition(".")
                if first not in self.names:
                    continue
                for name in ("",) if rest else [there for there, _ in found.names]:
                    dotted = f"{found.module}.{name}" if name else found.module
                    if (directory, dotted) in seen:
                        continue
                    seen.add((directory, dotted))
                    for root in roots:
                        if below(root, first) in self.directories:
                            self.mark(root, dotted, used)
        return frozenset(used - {""})

    def mark(self, root: str, dotted: str, used: set[str]) -> None:
        """Mark the folders that a dotted name leads through, seen from a root, if it leads on from the first."""
        passed: list[str] = []
        current = root
        for part in dotted.split("."):
            inner = below(current, part)
            if inner not in self.directories:
                if passed and (below(current, "__init__.py") in self.paths or self.module_at(current, part)):
                    used.update(passed)
                return
            used.update(passed)
            current = inner
            passed.append(inner)
        if len(passed) > 1:
            used.update(passed)

    # Walking

    def walk(self, portions: tuple[str, ...], dotted: str) -> Walk:
        """Follow a dotted name down from some folders."""
        return self.continued(Walk(portions=portions), dotted)

    def continued(self, walk: Walk, dotted: str) -> Walk:
        """Follow a dotted name down from where another one ended."""
        for part in dotted.split(".") if dotted else ():
            if walk.file is not None and not is_initial(walk.file):
                return Walk(missing=part, holder=walk.file)
            portions = walk.portions or self.search_path(walk.file)
            step = self.step(portions, part)
            if step is None:
                extended = walk.extended or (walk.file is not None and self.extends(walk.file))
                return Walk(missing=part, holder=walk.file or portions[0], extended=extended)
            walk = Walk(step.file, step.portions, extended=walk.extended)
        return walk

    def below_root(self, root: str, module: str, start: Walk, rest: str) -> Walk:
        """Follow a dotted name, whose first part is found already, down from a root."""
        key = (root, module)
        found = self.walked.get(key)
        if found is None:
            found = self.walked[key] = self.continued(start, rest)
        return found

    def step(self, portions: tuple[str, ...], part: str) -> Walk | None:
        """One part of a dotted name: a package, else a module, else a folder without code."""
        key = (portions, part)
        if key not in self.stepped:
            self.stepped[key] = self.look(portions, part)
        return self.stepped[key]

    def look(self, portions: tuple[str, ...], part: str) -> Walk | None:
        """The step, not remembered."""
        folders = []
        for portion in portions:
            folder = below(portion, part)
            if folder in self.directories:
                for suffix in SUFFIXES[:2]:
                    if f"{folder}/__init__{suffix}" in self.paths:
                        return Walk(file=f"{folder}/__init__{suffix}")
                folders.append(folder)
            file = self.module_at(portion, part)
            if file is not None:
                return Walk(file=file)
        return Walk(portions=tuple(folders)) if folders else None

    def module_at(self, folder: str, name: str) -> str | None:
        """The file of a module that is no package."""
        base = below(folder, name)
        if base + ".py" in self.paths:
            return base + ".py"
        return next((base + suffix for suffix in SUFFIXES if base + suffix in self.paths), None)

    def package(self, portions: tuple[str, ...]) -> Walk:
        """A folder as a package."""
        for portion in portions:
            for suffix in SUFFIXES[:2]:
                if (file := below(portion, f"__init__{suffix}")) in self.paths:
                    return Walk(file=file)
        return Walk(portions=portions)

    def search_path(self, file: str | None) -> tuple[str, ...]:
        """A package's own ``__path__``."""
        assert file is not None
        folder = parent(file)
        if not self.extends(file):
            return (folder,)
        name = folder.rpartition("/")[2]
        others = [below(root, name) for root in sorted(self.strong | self.everywhere)]
        return (folder, *(place for place in others if place in self.directories and place != folder))

    def extends(self, file: str) -> bool:
        """Whether a package changes its ``__path__``, so that other distributions may add to it."""
        fact = self.facts.get(file)
        return fact is not None and "__path__" in fact.definitions

    def offers(self, resolution: Resolution, name: str, *, imported: bool) -> bool:
        """Whether a module surely has a name: it binds it, maybe by an import where ``imported``, or holds a module."""
        if resolution.file is not None:
            fact = self.facts.get(resolution.file)
            definition = fact.definitions.get(name) if fact is not None else None
            if definition is not None and (imported or definition.kind != "import"):
                return True
            portions = self.search_path(resolution.file) if is_initial(resolution.file) else ()
        else:
            portions = resolution.portions
        return bool(portions) and self.step(portions, name) is not None

    def explain(self, walk: Walk) -> str:
        """Why a walk did not arrive."""
        if walk.holder.endswith(SUFFIXES) and not is_initial(walk.holder):
            return f"{walk.holder} is a module, so there is no `{walk.missing}` in it"
        folder = parent(walk.holder) if is_initial(walk.holder) else walk.holder
        return f"there is no module `{walk.missing}` in {folder or 'the root folder'}"


def resolved(walk: Walk) -> Resolution:
    """The place that a walk arrived at."""
    if walk.file is not None:
        return Resolution(file=walk.file)
    return Resolution(directory=walk.portions[0], portions=walk.portions)


def is_initial(path: str) -> bool:
    """Whether a file is the code of a package."""
    return path.endswith(("/__init__.py", "/__init__.pyi")) or path in ("__init__.py", "__init__.pyi")


def below(folder: str, name: str) -> str:
    """A path inside a folder."""
    return f"{folder}/{name}" if folder else name


def declared_names(project: Project) -> frozenset[str]:
    """The names that the declared distributions are likely to be imported by."""
    found: set[str] = set()
    own = {re.sub(r"[-_.]+", "_", declared.name).lower() for declared in project.manifests.python if declared.name}
    for requirement in project.manifests.requirements:
        if requirement.span.path.endswith("package.json"):
            continue
        name = re.sub(r"[-_.]+", "_", requirement.name).lower()
        if name in own:
            continue
        found.add(name)
        found.add(name.removeprefix("python_").removeprefix("py_").removesuffix("_binary").removesuffix("_python"))
        found.add(name.removeprefix("py"))
    return frozenset(found)


@cache
def in_standard_library(module: str) -> bool:
    """Whether a dotted name is a module of the running interpreter's standard library."""
    import os

    top, _, rest = module.partition(".")
    if top not in sys.stdlib_module_names:
        return False
    place = joined(rest.replace(".", "/"))
    folder = Path(os.__file__).parent / top / (place or "")
    return not rest or folder.is_dir() or folder.with_suffix(".py").is_file()
