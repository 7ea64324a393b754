"""Which versions of a library a project may be installed with, by what its manifests declare.

    versions = version_range(project, "fastapi")
    if versions is not None and versions.surely("<0.137"): ...

A range is a union of stretches of the version line. A stretch ends at cuts: just before or just after a version. That
makes "every declared version satisfies this" and "one of them does" plain questions about stretches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from posixpath import basename, dirname
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from verifier.model import Project, Requirement
from verifier.regex import regex

Ecosystem: TypeAlias = Literal["pypi", "npm"]
Cut: TypeAlias = tuple[Any, int]  # a comparable version, and -1 for just before it or 1 for just after it
Stretch: TypeAlias = tuple[Cut | None, Cut | None]  # None is the end of the line

NODE_MANIFESTS = frozenset(
    "package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml bun.lock".split()
)
EVERYTHING: tuple[Stretch, ...] = ((None, None),)
LONGEST_SPECIFIER = 500


class Versions(Struct, frozen=True):
    """The versions that a project's declarations admit."""

    ecosystem: Ecosystem
    stretches: tuple[Stretch, ...]

    def surely(self, spec: str) -> bool:
        """Whether each admitted version satisfies a specifier.

        ``spec`` is written as in the library's own registry: ``>=0.137,<1`` for PyPI, ``^4 || >=5.1`` for npm.

        Raises:
            ValueError: ``spec`` cannot be read.
        """
        wanted = stretches_of(self.ecosystem, spec)
        return all(any(within(own, other) for other in wanted) for own in self.stretches)

    def maybe(self, spec: str) -> bool:
        """Whether at least one admitted version satisfies a specifier.

        Raises:
            ValueError: ``spec`` cannot be read.
        """
        return bool(intersection(self.stretches, stretches_of(self.ecosystem, spec)))


def satisfies(ecosystem: Ecosystem, version: str, spec: str) -> bool | None:
    """Whether a version is one that a specifier admits; None where one of them cannot be read."""
    exact = f"=={version}" if ecosystem == "pypi" else version
    try:
        return Versions(ecosystem, stretches_of(ecosystem, exact)).surely(spec)
    except ValueError:
        return None


def version_range(project: Project, name: str) -> Versions | None:
    """The versions of a library that a project admits; None where nothing restricts them, and the newest is meant.

    A lock file decides where there is one. Else what manifests of one folder say holds at once, and what different
    folders say are alternatives. Development dependencies count only where the library is nothing else.
    """
    known: dict[str, Versions | None] = project.__dict__.setdefault("versions", {})
    if name not in known:
        known[name] = found_range(project, name)
    return known[name]


def found_range(project: Project, name: str) -> Versions | None:
    """The same, looked up in the manifests."""
    wanted = normal(name)
    found = [requirement for requirement in project.manifests.requirements if normal(requirement.name) == wanted]
    found = [requirement for requirement in found if not requirement.development] or found
    if not found:
        return None
    ecosystem: Ecosystem = "npm" if all(is_node(requirement) for requirement in found) else "pypi"
    found = [requirement for requirement in found if is_node(requirement) == (ecosystem == "npm")]
    locked = [exact for requirement in found if (exact := exactly(ecosystem, requirement.locked))]
    admitted = union(locked) if locked else declared(ecosystem, found)
    return Versions(ecosystem, admitted) if admitted and admitted != EVERYTHING else None


def normal(name: str) -> str:
    """A distribution's name as PyPI compares it; npm's names have no capitals and differ in more than dashes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def is_node(requirement: Requirement) -> bool:
    """Whether a requirement is one of npm."""
    return basename(requirement.span.path) in NODE_MANIFESTS


def exactly(ecosystem: Ecosystem, version: str | None) -> tuple[Stretch, ...] | None:
    """The one version that a lock file gives; None where it gives none that can be read."""
    if version is None:
        return None
    try:
        return stretches_of(ecosystem, version if ecosystem == "npm" else f"=={version}")
    except ValueError:
        return None


def declared(ecosystem: Ecosystem, requirements: Iterable[Requirement]) -> tuple[Stretch, ...]:
    """What the declarations admit together. One that cannot be read (a path, a tag, a URL) admits everything."""
    folders: dict[str, list[tuple[Stretch, ...]]] = {}
    for requirement in requirements:
        try:
            admitted = stretches_of(ecosystem, requirement.specifier)
        except ValueError:
            admitted = EVERYTHING
        folders.setdefault(dirname(requirement.span.path), []).append(admitted)
    found: list[tuple[Stretch, ...]] = []
    for each in folders.values():
        together = EVERYTHING
        for admitted in each:
            together = intersection(together, admitted)
        found.append(together or union(each))
    return union(found)


@lru_cache(1024)
def stretches_of(ecosystem: Ecosystem, spec: str) -> tuple[Stretch, ...]:
    """A specifier as stretches of the version line.

    Raises:
        ValueError: it cannot be read.
    """
    if len(spec) > LONGEST_SPECIFIER:
        raise ValueError("a specifier of this length is not read")
    return npm_stretches(spec) if ecosystem == "npm" else python_stretches(spec)


# Stretches


def within(inner: Stretch, outer: Stretch) -> bool:
    """Whether a stretch lies inside another one."""
    return not before(inner[0], outer[0], none=-1) and not before(outer[1], inner[1], none=1)


def before(one: Cut | None, other: Cut | None, *, none: int) -> bool:
    """Whether a cut comes before another one; None is the start (``none`` -1) or the end (1) of the line."""
    if one is None or other is None:
        return (one is None and other is not None) if none < 0 else (one is not None and other is None)
    return one < other


def overlap(one: Stretch, other: Stretch) -> Stretch | None:
    """What two stretches have in common."""
    low = other[0] if before(one[0], other[0], none=-1) else one[0]
    high = one[1] if before(one[1], other[1], none=1) else other[1]
    return (low, high) if low is None or high is None or low < high else None


def intersection(ours: Iterable[Stretch], theirs: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """What two sets of stretches have in common."""
    theirs = tuple(theirs)
    found = [overlap(one, other) for one in ours for other in theirs]
    return tuple(stretch for stretch in found if stretch is not None)


def union(sets: Iterable[Iterable[Stretch]]) -> tuple[Stretch, ...]:
    """All of several sets; stretches that touch become one."""
    waiting = [stretch for stretches in sets for stretch in stretches]
    merged: list[Stretch] = []
    while waiting:
        first = next(s for s in waiting if not any(before(other[0], s[0], none=-1) for other in waiting))
        waiting.remove(first)
        low, high = merged[-1] if merged else (None, None)
        if merged and (high is None or first[0] is None or first[0] <= high):
            merged[-1] = (low, first[1] if before(high, first[1], none=1) else high)
        else:
            merged.append(first)
    return tuple(merged)


# PyPI: PEP 440, and what Poetry writes beside it (^1.2, ~1.2, 1.2, a || b)

CLAUSE = regex(r"(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*([^\s,;|]+)")


def python_stretches(spec: str) -> tuple[Stretch, ...]:
    """A PEP 440 specifier set, or a Poetry constraint."""
    from packaging.version import InvalidVersion

    found: list[tuple[Stretch, ...]] = []
    try:
        for alternative in re.split(r"\|\|?", spec.partition(";")[0]):
            together = EVERYTHING
            for clause in re.split(r",|(?<=[\w*])\s+(?=[<>=!~^])", alternative.strip().strip("()")):
                together = intersection(together, python_clause(clause.strip()))
            found.append(together)
    except InvalidVersion as error:
        raise ValueError(str(error)) from None
    return union(found)


def python_clause(clause: str) -> tuple[Stretch, ...]:
    """One clause of a specifier, such as ``>=1.2`` or ``^1.2``."""
    from packaging.version import Version

    if not clause or clause == "*":
        return EVERYTHING
    match = CLAUSE.fullmatch(clause)
    if match is None:
        raise ValueError(f"`{clause}` is not a version specifier")
    operator, written = match.group(1) or "==", match.group(2)
    if written.endswith(".*"):
        stem = Version(written[:-2])
        family = prefixed(stem, len(stem.release))
        return complement(family) if operator == "!=" else (family,)
    version = Version(written)
    if operator in ("^", "~", "~="):
        return ((just_before(version), prefixed(version, kept_parts(operator, version.release))[1]),)
    if operator in ("==", "===", "="):
        return ((just_before(version), (version, 1)),)
    if operator == "!=":
        return complement((just_before(version), (version, 1)))
    if operator == "<":
        return ((None, just_before(version if version.is_prerelease else first_of(version.epoch, version.release))),)
    if operator == "<=":
        return ((None, (version, 1)),)
    return ((just_before(version) if operator == ">=" else (version, 1), None),)


def kept_parts(operator: str, release: tuple[int, ...]) -> int:
    """How many leading parts ``^``, ``~`` or ``~=`` hold fixed."""
    if operator == "~=":
        return max(len(release) - 1, 1)
    if operator == "~":
        return min(len(release), 2)
    return next((place + 1 for place, part in enumerate(release) if part), len(release))


def just_before(version: Any) -> Cut:
    """The cut in front of a version."""
    return version, -1


def first_of(epoch: int, release: tuple[int, ...]) -> Any:
    """The lowest version of a release: its first development release."""
    from packaging.version import Version

    return Version(f"{epoch}!{'.'.join(map(str, release))}.dev0")


def prefixed(version: Any, parts: int) -> Stretch:
    """All versions whose first parts are those of a version."""
    stem = version.release[:parts]
    following = (*stem[:-1], stem[-1] + 1)
    return just_before(first_of(version.epoch, stem)), just_before(first_of(version.epoch, following))


def complement(stretch: Stretch) -> tuple[Stretch, ...]:
    """All versions outside a stretch that has two ends."""
    return (None, stretch[0]), (stretch[1], None)


# npm


def npm_stretches(spec: str) -> tuple[Stretch, ...]:
    """A range of node-semver; ``npm:`` and ``workspace:`` are looked through.

    A bound without a pre-release leaves out the pre-releases of that version, as npm does.
    """
    from nodesemver import Range  # type: ignore[import-untyped]

    written = re.sub(r"^(?:workspace:|npm:(?:@[^/]+/)?[^@]*@)", "", spec.strip())
    found: list[tuple[Stretch, ...]] = []
    for alternative in Range(written, loose=True).set:
        together = EVERYTHING
        for comparator in alternative:
            together = intersection(together, npm_comparator(comparator))
        found.append(together)
    return union(found)


def npm_comparator(comparator: Any) -> tuple[Stretch, ...]:
    """One comparator, such as ``>=1.2.0``; one without an operator admits everything."""
    if comparator.operator is None:
        return EVERYTHING
    semver = comparator.semver
    release = (semver.major, semver.minor, semver.patch)
    own = (*release, prerelease_key(semver.prerelease))
    first = own if semver.prerelease else (*release, ((-1, 0, ""),))
    bounds: dict[str, Callable[[], Stretch]] = {
        "": lambda: ((own, -1), (own, 1)),
        ">=": lambda: ((own, -1), None),
        ">": lambda: ((own, 1), None),
        "<": lambda: (None, (first, -1)),
        "<=": lambda: (None, (own, 1)),
    }
    return (bounds[comparator.operator](),)


def prerelease_key(parts: Iterable[object]) -> tuple[tuple[int, int, str], ...]:
    """Pre-release parts, comparable: numbers before words, fewer before more, and a release after all of them."""
    key = tuple((0, part, "") if isinstance(part, int) else (1, 0, str(part)) for part in parts)
    return key or ((2, 0, ""),)
