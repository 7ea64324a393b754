"""A package is imported that no manifest declares.

What is installed is what `requirements.txt`, `pyproject.toml` or `package.json` say. A package that was only on the
author's machine is missing everywhere else: the process ends with `ModuleNotFoundError` or `Cannot find package` before
it listens.

Declare the package. The name to declare may differ from the name to import: `jwt` comes with PyJWT, `jose` with
python-jose.

The rule looks at files that the start loads. It is silent about what comes along with a declared package, as starlette
does with fastapi and as lock files say, and where the failure of the import is handled; it only warns where a declared
package is not known well enough to say what comes along with it, and says nothing of a module that may be its own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from verifier.api import (
    Category,
    Confidence,
    Facts,
    Fix,
    Installed,
    NewLine,
    Problem,
    Related,
    Severity,
    Span,
    is_known,
    is_seen,
    is_test,
    providers,
    rule,
)

# Standard modules of other versions of Python.
FURTHER = frozenset(
    "asynchat asyncore distutils imp smtpd tomllib zoneinfo annotationlib compression pkg_resources".split()
)
NODE_ITSELF = frozenset({"bun", "deno", "data", "file", "electron", "vscode"})
# Modules that a runtime itself has.
BY_RUNTIME = re.compile(r"(?:bun|deno|cloudflare|workerd|astro|virtual|electron|vscode):")
BUILTINS = frozenset(
    """assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain
    events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl sea
    sqlite stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib""".split()
)


@rule(Category.SERVER_STARTUP_FAILURE)
def undeclared_package(facts: Facts) -> Iterator[Problem]:
    """Yield each package that is imported on the way of the start, once, where no manifest leads to it."""
    if not facts.project.manifests.requirements:
        return
    outside = [one for one in facts.imports.external if one.kind == "runtime"]
    for language in ("python", "javascript"):
        imports = [one for one in outside if one.path.endswith(".py") == (language == "python")]
        installed = facts.installed(language)
        if not installed.known or not imports:
            continue
        missing: dict[str, list[tuple[str, int]]] = {}
        fine: dict[str, bool] = {}
        for one in imports:
            top = one.module.partition(".")[0] if language == "python" else one.package
            if top not in fine:
                fine[top] = python_has(installed, top) if language == "python" else node_has(facts, installed, top)
            if not fine[top]:
                missing.setdefault(top, []).append((one.path, one.line))
        loaded = facts.launch.loaded | set(facts.started.files) if missing else frozenset()
        for top, places in missing.items():
            if language == "python" and not is_known(top) and (not installed.sure or strangers(installed)):
                continue
            for path, line in places:
                if path in loaded and installed.governs(path) and not is_test(path) and not guarded(facts, path, line):
                    yield problem(facts, installed, top, place(facts, path, line, top))
                    break


def problem(facts: Facts, installed: Installed, top: str, span: Span) -> Problem:
    """What is said of a package."""
    python = installed.language == "python"
    name = providers(top)[0] if python else top
    with_it = f", which comes with {name}" if python and name != top.lower().replace("_", "-") else ""
    return Problem(
        span,
        f"`{top}`{with_it} is imported here, and no manifest declares it",
        symptom=f"ModuleNotFoundError: No module named '{top}'" if python else f"Error: Cannot find package '{top}'",
        related=tuple(Related(one, "what is installed is declared here") for one in installed.manifest(span.path)),
        remedy=f"Declare `{name}`",
        routes=(),
        severity=None if installed.sure else Severity.WARNING,
        confidence=None if installed.sure and (not python or is_known(top)) else Confidence.MEDIUM,
        identity=top,
        fix=declared(installed.manifest(span.path), name) if python and is_known(top) else None,
    )


def declared(manifest: tuple[Span, ...], name: str) -> Fix | None:
    """The fix that adds a requirement, where they are listed one by one."""
    if not manifest or not manifest[0].path.endswith(".txt"):
        return None
    return Fix(f"declare `{name}`", (NewLine(manifest[0].path, name),))


def python_has(installed: Installed, top: str) -> bool:
    """Whether a module of Python is there: of the standard library, declared, or brought along."""
    return not top or top in sys.stdlib_module_names or top in FURTHER or installed.brings(top)


def strangers(installed: Installed) -> bool:
    """Whether something is declared of which it was never seen which modules it brings."""
    return any(not is_seen(name) for name in installed.names)


def node_has(facts: Facts, installed: Installed, package: str) -> bool:
    """Whether a package of Node is there."""
    if installed.has(package, f"@types/{package.lstrip('@').replace('/', '__')}"):
        return True
    own = {one.name for one in facts.project.manifests.node}
    if not package or package in own | NODE_ITSELF | BUILTINS or "://" in package:
        return True
    return BY_RUNTIME.match(package) is not None


def guarded(facts: Facts, path: str, line: int) -> bool:
    """Whether the failure of an import is handled."""
    return any(one.guarded for one in facts.files[path].imports if one.line == line)


def place(facts: Facts, path: str, line: int, word: str) -> Span:
    """The word in its line, or one soon after it."""
    source = facts.project.files[path]
    pattern = re.compile(rf"(?<![\w@-]){re.escape(word)}(?![\w-])")
    for number in range(line, line + 20):
        match = pattern.search(source.line(number))
        if match is not None:
            return Span(path, number, match.start() + 1, number, match.end() + 1)
    return Span(path, line)
