"""Code that a tool writes into the project, and that no checkout holds: what it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from verifier.imports.node_modules import JAVASCRIPT_FIRST, NodeModules
from verifier.model import FileFacts, Import, Project
from verifier.read.ignore import Verdict, rules

if TYPE_CHECKING:
    from verifier.packs import Pack

# Endings of modules as imports name them, and as TypeScript writes them.
WRITTEN = ((".js", ".ts"), (".js", ".tsx"), (".jsx", ".tsx"), (".mjs", ".mts"), (".cjs", ".cts"))


def generated_folders(project: Project, packs: Iterable[Pack]) -> dict[str, str]:
    """The folders that tools of libraries write into, with the module that the code in them stands for."""
    return {
        folder: module
        for pack in packs
        if pack.generates is not None
        for folder, module in pack.generates(project)
        if folder
    }


def under_their_packages(
    project: Project, files: Mapping[str, FileFacts], generated: Mapping[str, str]
) -> dict[str, FileFacts]:
    """The files' facts, with imports of generated code as imports of what it stands for."""
    modules = NodeModules(project, generated)

    def named(path: str, imported: Import) -> Import:
        module = modules.find(path, imported.module).stands_for
        return imported if module is None else msgspec.structs.replace(imported, module=module)

    found = dict(files)
    for path, facts in files.items():
        if path.endswith((".py", ".pyi")) or not facts.imports:
            continue
        imports = tuple(named(path, one) for one in facts.imports)
        if imports != facts.imports:
            found[path] = msgspec.structs.replace(facts, imports=imports)
    return found


def is_ignored(project: Project, path: str) -> bool:
    """Whether a .gitignore of the project keeps a path out of its repository: what is there is made elsewhere."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        inner = "/".join(parts[:depth])
        for folder in reversed(["/".join(parts[:above]) for above in range(depth)]):
            text = project.ignoring.get(folder)
            said = verdict(text)(inner[len(folder) + 1 if folder else 0 :], depth < len(parts)) if text else None
            if said:
                return True
            if said is not None:
                break
    return False


def module_is_ignored(project: Project, path: str) -> bool:
    """The same for a module of JavaScript, whose ending is not written, or which is a folder."""
    sources = [path + ending for ending in ("", *JAVASCRIPT_FIRST[:5], "/index.js")]
    sources += [f"{path.removesuffix(made)}{written}" for made, written in WRITTEN if path.endswith(made)]
    return any(is_ignored(project, source) for source in sources)


@lru_cache(maxsize=64)
def verdict(text: bytes) -> Verdict:
    """The rules of a .gitignore."""
    return rules(text)
