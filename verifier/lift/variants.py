"""Which parts of a statement occur together, where run time decides about some of them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from verifier.evaluate.values import Way
from verifier.model import Project
from verifier.regex import regex

MOST_VARIANTS = 8
LOOPS = regex(r"(?:async\s+)?(?:for|while|try|do|switch|match)\b")
TEXTS = regex(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
CHAINS = regex(r"[A-Za-z_$][\w$]*(?:\s*(?:\?\.|!\.|\.)\s*[A-Za-z_$][\w$]*)*")
WORDS = frozenset(
    "undefined null true false typeof instanceof in is not and or None True False isinstance len bool str int Array "
    "Object Number String Boolean isNaN await self this".split()
)
NEGATED = regex(r"(?:not\s+|!\s*)(?=[\w$(])")


class Test(NamedTuple):
    """What decides: two branches with one test go the same way. ``names`` are what it looks at, as dotted chains."""

    key: object
    names: frozenset[str]
    negated: bool


def read_test(project: Project, way: Way) -> Test:
    """The test of a branch."""
    source = project.files.get(way.test.path)
    text = source.data[way.test.start : way.test.end].decode("utf-8", "replace") if source is not None else ""
    if not text or LOOPS.match(text):
        return Test(way.test, frozenset(), False)
    text = " ".join(text.split())
    while text.startswith("(") and text.endswith(")") and text[1:-1].count("(") == text[1:-1].count(")"):
        text = text[1:-1]
    negation = NEGATED.match(text)
    rest = text[negation.end() :] if negation is not None else ""
    negated = bool(rest) and CHAINS.fullmatch(rest) is not None
    chains = (re.sub(r"\s*(?:\?\.|!\.|\.)\s*", ".", chain) for chain in CHAINS.findall(TEXTS.sub("", text)))
    names = frozenset(chain for chain in chains if chain not in WORDS)
    return Test((way.test.path, rest if negated else text), names, negated)


def selections(project: Project, parts: Sequence[tuple[Way, ...]]) -> list[list[int]]:
    """The sets of parts that may occur together, by their places: the fullest first, no more than eight.

    ``parts`` are the arms in which each part is made. Branches whose tests look at the same things are not told apart,
    so that a set which cannot occur is not among those given.
    """
    if not any(parts):
        return [list(range(len(parts)))]
    tests: dict[Way, tuple[Test, int]] = {}
    for way in (way for ways in parts for way in ways):
        if way not in tests:
            found = read_test(project, way)
            tests[way] = found, 1 - way.arm if found.negated and way.arm in (0, 1) else way.arm
    conditions = [[(tests[way][0].key, tests[way][1]) for way in ways] for ways in parts]
    arms: dict[object, dict[int, int]] = {}
    for key, arm in (condition for own in conditions for condition in own):
        counted = arms.setdefault(key, {})
        counted[arm] = counted.get(arm, 0) + 1
    fullest = {key: fullest_arm(counted) for key, counted in arms.items()}
    none = {key: emptiest_arm(counted) for key, counted in arms.items()}
    together = clusters({test.key: test.names for test, _ in tests.values()})
    wanted = [fullest, none]
    wanted += [{**none, **{key: fullest[key] for key in cluster}} for cluster in together]
    for key, counted in arms.items():
        wanted += [{**fullest, key: arm} for arm in counted if arm != fullest[key]]
    sets: list[list[int]] = []
    for chosen in wanted:
        kept = [place for place, own in enumerate(conditions) if all(chosen[key] == arm for key, arm in own)]
        if kept not in sets:
            sets.append(kept)
    return sets[:MOST_VARIANTS]


def fullest_arm(counted: dict[int, int]) -> int:
    """The arm of a branch that has the most parts."""
    return max(counted, key=lambda arm: (counted[arm], -arm))


def emptiest_arm(counted: dict[int, int]) -> int:
    """The arm of a branch that has the fewest parts: one that has none, where there is such an arm."""
    if 0 in counted and 1 in counted:
        return min(counted, key=lambda arm: (counted[arm], -arm))
    return 0 if 0 not in counted else 1


def clusters(tests: dict[object, frozenset[str]]) -> list[list[object]]:
    """Tests in groups that look at nothing in common."""
    groups: list[tuple[set[str], list[object]]] = []
    for key, names in tests.items():
        own: tuple[set[str], list[object]] = (set(names), [key])
        rest: list[tuple[set[str], list[object]]] = []
        for group in groups:
            if related(group[0], own[0]):
                own = (own[0] | group[0], [*group[1], *own[1]])
            else:
                rest.append(group)
        groups = [*rest, own]
    return [group for _, group in groups]


def related(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether two sets of names have one in common, or a part of one."""
    return any(
        one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.") for one in left for other in right
    )


def feasible(project: Project, forms: Sequence[Sequence[tuple[Hashable, tuple[Way, ...]]]]) -> list[int]:
    """Of the forms of a statement those that may occur, by their places.

    Each is given by its parts: what tells one part from another, and the arms in which it is made. A form that has one
    part of an arm has all of them: the others that were seen of it in any form. What tells a part may be None: it says
    which arms were taken, and need not be in other forms.
    """
    read: dict[Way, tuple[object, int]] = {}

    def arm_of(way: Way) -> tuple[object, int]:
        if way not in read:
            test = read_test(project, way)
            read[way] = test.key, 1 - way.arm if test.negated and way.arm in (0, 1) else way.arm
        return read[way]

    written = [{(part, tuple(map(arm_of, ways))) for part, ways in form if ways} for form in forms]
    of_arm: dict[tuple[object, int], set[tuple[Hashable, tuple[tuple[object, int], ...]]]] = {}
    for own in written:
        for part in own:
            for arm in part[1] if part[0] is not None else ():
                of_arm.setdefault(arm, set()).add(part)
    found: list[int] = []
    for place, own in enumerate(written):
        taken: dict[object, int] = {}
        if not all(taken.setdefault(key, arm) == arm for _, arms in own for key, arm in arms):
            continue
        due = {part for arm in taken.items() for part in of_arm.get(arm, ()) if set(part[1]) <= set(taken.items())}
        if due <= own:
            found.append(place)
    return found or list(range(len(forms)))
