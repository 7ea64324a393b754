"""An import of an ES module leaves its file's ending out.

Node finds modules that `import` names by their very path: `./db` is not `./db.js`, nor `./routes` the file
`./routes/index.js`. The process ends with `ERR_MODULE_NOT_FOUND` or `ERR_UNSUPPORTED_DIR_IMPORT` before it listens.
Only `require`, TypeScript and bundlers try endings.

Write the path of the file: `./db.js`, `./routes/index.js`.

The rule looks at JavaScript that plain `node` loads as ES modules (`.mjs`, or `"type": "module"`), and is silent where
a loader such as tsx, a bundler or `--experimental-specifier-resolution` resolves imports.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from verifier.api import Category, Command, Facts, Fix, Problem, Replacement, Span, is_test, loaded, rule

PROGRAMS = frozenset({"node", "nodejs", "nodemon"})
LOADERS = (
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "--experimental-specifier-resolution",
    "-x",
)
ENDINGS = (".js", ".mjs", ".cjs", ".json")


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_extension(facts: Facts) -> Iterator[Problem]:
    """Yield each import whose path Node does not complete."""
    told: set[tuple[str, int]] = set()
    for entry in facts.startup.entries:
        if not entry.path.endswith((".js", ".mjs")) or not is_plain(facts, entry.command):
            continue
        for path in sorted(loaded([entry], facts.imports)):
            if path not in facts.files or is_test(path) or not is_module(facts, path):
                continue
            data = facts.project.files[path].data
            for imported in facts.files[path].imports:
                relative = imported.module in (".", "..") or imported.module.startswith(("./", "../"))
                if not relative or imported.kind not in ("runtime", "dynamic") or imported.guarded:
                    continue
                written = data[imported.start : imported.start + 8]
                found = facts.modules.resolve(path, imported)
                file = found.file
                if file is None or not written.startswith((b"import", b"export")) or not file.endswith(ENDINGS):
                    continue
                bare = imported.module.partition("?")[0]
                if file.endswith(f"/{basename(bare)}") or file == basename(bare) or (path, imported.start) in told:
                    continue
                told.add((path, imported.start))
                start = data.find(imported.module.encode(), imported.start)
                source = facts.project.files[path]
                end = ending(bare, file)
                folder = end.startswith("/")
                yield Problem(
                    source.span(start, start + len(imported.module.encode())),
                    f"Node does not find `{imported.module}`: the file is `{bare.rstrip('/')}{end}`",
                    symptom="ERR_UNSUPPORTED_DIR_IMPORT" if folder else "ERR_MODULE_NOT_FOUND: Cannot find module",
                    remedy=f"Write `{bare.rstrip('/')}{end}`",
                    routes=(),
                    identity=imported.module,
                    fix=completed(
                        source.span(start, start + len(imported.module.encode())), imported.module, bare, end
                    ),
                )


def completed(span: Span, module: str, bare: str, end: str) -> Fix:
    """The fix that writes the path of the file; what stands behind a ``?`` stays."""
    return Fix(f"write `{bare.rstrip('/')}{end}`", (Replacement(span, bare.rstrip("/") + end + module[len(bare) :]),))


def ending(written: str, file: str) -> str:
    """What is missing of a path: ``.js``, ``/index.js``."""
    name = basename(file)
    stem, dot, last = name.rpartition(".")
    return dot + last if stem == basename(written.rstrip("/")) else f"/{name}"


def is_plain(facts: Facts, command: Command) -> bool:
    """Whether a command runs Node without anything that resolves imports in another way."""
    words = command.argv
    names = [basename(word) for word in words[:3]]
    options = any(word.startswith(LOADERS) for word in words)
    return any(name in PROGRAMS for name in names) and not options and "NODE_OPTIONS" not in command.environment


def is_module(facts: Facts, path: str) -> bool:
    """Whether Node takes a JavaScript file for an ES module."""
    if path.endswith(".mjs"):
        return True
    if not path.endswith(".js"):
        return False
    packages = [
        one for one in facts.project.manifests.node if not one.directory or path.startswith(f"{one.directory}/")
    ]
    nearest = max(packages, key=lambda one: len(one.directory), default=None)
    return nearest is not None and nearest.type == "module"
