"""pip's requirement files and the requirements written in them (PEP 508)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from verifier.model import Requirement, SourceFile, Span
from verifier.read.words import UNKNOWN, join
from verifier.regex import regex

_REQUIREMENT = regex(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([\w\s.,-]*)\])?\s*(@\s*\S+|\(?[^;@()]*\)?)\s*(?:;.*)?\Z",
    re.DOTALL,
)
_CLAUSES = regex(r"\s*(?:(?:===\s*[^\s;]++|(?:~=|==|!=|<=|>=|<|>)\s*[^\s,;=]+)\s*(?:,\s*|\Z))*\Z")
_EXACT = regex(r"\s*===?\s*([^\s,*]+)\s*\Z")
_DEVELOPMENT = frozenset(
    {
        *("dev", "devel", "develop", "development", "test", "tests", "testing", "lint", "linting", "format"),
        *("doc", "docs", "documentation", "style", "typing", "types", "qa", "ci", "benchmark", "benchmarks"),
    }
)


class Written(NamedTuple):
    """A requirement as it is written: the name in its normal form, the specifier without extras and marker."""

    name: str
    extras: tuple[str, ...]
    specifier: str
    locked: str | None


def normal(name: str) -> str:
    """The normal form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


_LONGEST = 2000


def written(text: str) -> Written | None:
    """A requirement of PEP 508; None for what is none."""
    found = _REQUIREMENT.match(" ".join(text.split())) if len(text) <= _LONGEST else None
    if not found:
        return None
    name, extras, rest = found[1], found[2] or "", found[3].strip()
    if not rest.startswith("@"):
        rest = rest.removeprefix("(").removesuffix(")").strip() if rest.startswith("(") == rest.endswith(")") else "?"
        if not _CLAUSES.match(rest) or rest.endswith(","):
            return None
    exact = _EXACT.match(rest)
    parts = tuple(part.strip() for part in extras.split(",") if part.strip())
    return Written(normal(name), parts, rest, exact[1] if exact else None)


def is_development(label: str) -> bool:
    """Whether the name of a file, group or extra says that the running application does not need it."""
    return not _DEVELOPMENT.isdisjoint(re.split(r"[^a-z]+", label.lower()))


class Line(NamedTuple):
    """A logical line of a requirement file, comments and continuations taken away."""

    text: str
    start: int
    end: int


def logical_lines(source: SourceFile) -> Iterator[Line]:
    """The lines of a requirement file as pip joins them, with the bytes that their first part takes."""
    parts: list[str] = []
    start = end = offset = 0
    for raw in source.data.split(b"\n"):
        at, offset = offset, offset + len(raw) + 1
        text = raw.decode("utf-8", "replace").rstrip("\r")
        comment = text.lstrip().startswith("#")
        content = _without_comment(text)
        if not parts:
            start = at + len(raw) - len(raw.lstrip())
            end = at + len(content.removesuffix("\\").rstrip().encode())
        if text.endswith("\\") and not comment:
            parts.append(content.removesuffix("\\"))
            continue
        whole = " ".join([*parts, content]).strip() if not comment or not parts else " ".join(parts).strip()
        parts = []
        if whole:
            yield Line(whole, start, max(start, end))
    if parts and (whole := " ".join(parts).strip()):
        yield Line(whole, start, max(start, end))


def _without_comment(text: str) -> str:
    """A line up to the ``#`` that begins it or follows a blank."""
    at = text.find("#")
    while at > 0 and not text[at - 1].isspace():
        at = text.find("#", at + 1)
    return text if at < 0 else text[:at].rstrip()


_EGG = regex(r"[#&]egg=([\w.-]+)(?:\[([^\]]*)\])?")
_WHEEL = regex(r"(?:.*/)?([A-Za-z0-9_.]+)-([^-/]+)-(?:[^/]+-)?[^-/]+-[^-/]+-[^-/]+\.whl(?:[#?].*)?")


def file_requirements(
    start: str, load: Callable[[str], SourceFile | None], done: set[str]
) -> Iterator[tuple[SourceFile, Line, Written, bool]]:
    """The requirements of a file and of those that it includes; the last value says whether it is a constraint only.

    Args:
        start: the path of the file.
        load: a file of the project by path.
        done: files read before; each is read once, and those read here are added.
    """
    pending = [(start, False)]
    while pending:
        path, constraint = pending.pop(0)
        source = load(path) if path not in done else None
        done.add(path)
        if source is None:
            continue
        for line in logical_lines(source):
            text = line.text
            if not text.startswith("-"):
                found = _line(text)
                if found is not None:
                    yield source, line, found, constraint
                continue
            option, value = _split_option(text)
            if option in ("-r", "--requirement", "-c", "--constraint"):
                target = join(path.rpartition("/")[0], posixpath.normpath(value))
                if target not in (UNKNOWN, ""):
                    pending.append((target, constraint or option in ("-c", "--constraint")))
            elif option in ("-e", "--editable") and (found := _line(value)) is not None:
                yield source, line, found, constraint


def _split_option(text: str) -> tuple[str, str]:
    if text.startswith("--"):
        option, _, value = text.replace("=", " ", 1).partition(" ")
        return option, value.strip().strip("\"'")
    return text[:2], text[2:].strip().strip("\"'")


def _line(text: str) -> Written | None:
    """The requirement of a line, which may name a URL or file instead; None where nothing names the distribution."""
    text = re.split(r"\s--?[a-zA-Z]", text, maxsplit=1)[0].strip()
    found = written(text)
    if found is not None:
        return found
    if len(text) > _LONGEST:
        return None
    if egg := _EGG.search(text):
        extras = tuple(part.strip() for part in (egg[2] or "").split(",") if part.strip())
        return Written(normal(egg[1]), extras, f"@ {text}", None)
    if wheel := _WHEEL.fullmatch(text.partition(";")[0].strip()):
        return Written(normal(wheel[1]), (), f"@ {text}", wheel[2])
    return None


def requirement(found: Written, span: Span, versions: Mapping[str, str], *, development: bool) -> Requirement:
    """A requirement as the model has it; ``versions`` are those of the lock file that governs it."""
    locked = found.locked or versions.get(found.name)
    return Requirement(found.name, found.specifier, span, found.extras, locked, development)
