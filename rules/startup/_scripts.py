"""What rules on the start script look up: whether it is the entry for sure, and what builds and containers say."""

from __future__ import annotations

from verifier.api import Command, Facts, Severity, regex

SHELL_SCRIPTS = (".sh", ".bash")
CONTAINER = regex(r"(?:^|/)(?:Dockerfile|Containerfile)[^/]*$|compose[^/]*\.ya?ml$|\.[Dd]ockerfile$")
# Tools that turn sources into files of another folder.
BUILDS = regex(
    r"\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?(?:-\S+\s+)*[\w:.-]*(?:build|compile|bundle|transpile|prepare|dist)[\w:.-]*"
    r"|\b(?:tsc|tsup|esbuild|swc|rollup|webpack|parcel|babel|ncc|vite|nest|unbuild|turbo|gulp|grunt|make|tsdown|rolldown)\b"
)
NO_OUTPUT = regex(r"--noEmit\b|--no-emit\b")


def is_script(command: Command) -> bool:
    """Whether a command stands in a shell script."""
    return command.span.path.endswith(SHELL_SCRIPTS)


def containers(facts: Facts) -> list[str]:
    """The texts that describe containers."""
    return [source.text for path, source in facts.project.others.items() if CONTAINER.search(path)]


def sure(facts: Facts) -> Severity | None:
    """A warning, unless the task says how the project is delivered and started."""
    return None if facts.config.task is not None else Severity.WARNING
