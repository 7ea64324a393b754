"""A module of the project is not on the path of this way of launching.

`python src/app.py` makes Python look in `src/`, so that `from src.models import User` fails with `No module named
'src'`; `python -m src.app` and `uvicorn src.app:app` look in the current folder, so that `from models import User`
does.
A file that is started as a script belongs to no package, so that `from .models import User` fails in it.

Launch it the way that its imports are written for, or write them for the way that it is launched.

The rule is silent where `PYTHONPATH`, `sys.path` or an installation of the project puts further folders on the path in
a way that is not known, and about imports whose failure is handled.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Named, Problem, Related, is_test, loaded, named_in, rule


@rule(Category.SERVER_STARTUP_FAILURE)
def import_outside_path(facts: Facts) -> Iterator[Problem]:
    """Yield each import of a file that a launch loads whose module is in no folder that it searches."""
    told: set[tuple[str, str]] = set()
    for entry in facts.startup.entries:
        if not entry.path.endswith(".py"):
            continue
        folders = facts.search_path(entry.command)
        name = named_in(facts.project, entry.command)
        if folders is None or name is None or not all(folder in facts.project.directories for folder in folders):
            continue
        yield from of_script(facts, name, entry.path, folders)
        for path in sorted(loaded([entry], facts.imports)):
            if path not in facts.files or not path.endswith(".py") or is_test(path):
                continue
            for imported in facts.files[path].imports:
                top = imported.module.partition(".")[0]
                if imported.level or imported.guarded or imported.kind != "runtime" or not top or (path, top) in told:
                    continue
                found = facts.modules.resolve(path, imported)
                place = found.file or found.directory
                if place is None or facts.modules.python.walk(folders, top).arrived:
                    continue
                told.add((path, top))
                yield Problem(
                    facts.project.files[path].span(
                        imported.start, imported.start + length(facts, path, imported.start)
                    ),
                    f"This launch does not find `{top}`: Python looks in {naming(folders)}, and it is {place}",
                    related=(Related(name.span, "the server is launched here"),),
                    symptom=f"ModuleNotFoundError: No module named '{top}'",
                    remedy="Launch it the way that its imports are written for: `python -m` from the folder above",
                    routes=(),
                    identity=top,
                )


def of_script(facts: Facts, name: Named, path: str, folders: tuple[str, ...]) -> Iterator[Problem]:
    """Relative imports of a file that is started outside of any package."""
    inside = min((depth(path, folder) for folder in folders if depth(path, folder) >= 0), default=0)
    if name.kind == "file":
        inside = 0
    if path not in facts.files:
        return
    for imported in facts.files[path].imports:
        if imported.level > inside and not imported.guarded and imported.kind == "runtime":
            written = "." * imported.level + imported.module
            yield Problem(
                facts.project.files[path].span(imported.start, imported.start + length(facts, path, imported.start)),
                f"`{written}` is a relative import, and this launch runs the file outside of its package",
                related=(Related(name.span, "the server is launched here"),),
                symptom="ImportError: attempted relative import with no known parent package",
                remedy="Launch it as a module of its package, with `python -m` or `package.module:app`",
                routes=(),
                identity=written,
            )


def depth(path: str, folder: str) -> int:
    """How many packages lie between a folder and a file in it; -1 where it does not lie there."""
    if folder and not path.startswith(f"{folder}/"):
        return -1
    parts = path[len(folder) :].lstrip("/").split("/")
    return len(parts) - 1


def length(facts: Facts, path: str, start: int) -> int:
    """Bytes of the line of a statement."""
    data = facts.project.files[path].data
    end = data.find(b"\n", start)
    line = data[start : end if end >= 0 else len(data)].partition(b"#")[0].rstrip()
    return len(line)


def naming(folders: tuple[str, ...]) -> str:
    """Some folders by name."""
    return " and ".join(f"`{folder}/`" if folder else "the root folder" for folder in folders)
