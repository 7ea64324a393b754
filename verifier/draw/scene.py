"""Scene: a picture in its places, and what is said of each part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from msgspec import Struct

from verifier.draw.fold import Arrow, Box, Picture
from verifier.draw.graph import Violation
from verifier.draw.letters import counted, width
from verifier.draw.paint import tone
from verifier.draw.place import CARD_PADDING, COUNT_LETTERS, HEADING, Places, Rect, place
from verifier.draw.route import Point, Way, route

# So many violations are listed one by one; more are summed up by rule.
MOST_LISTED = 9
MOST_TOLD = 12
BADGE_LETTERS = 9.5
BADGE_HEIGHT = 15.0


class Badge(Struct, frozen=True):
    """A badge: the numbers of violations, or the letters of their rules."""

    rect: Rect
    text: str
    kind: str
    violations: tuple[int, ...]


class Scene(Struct, frozen=True):
    """A picture in its places.

    Attributes:
        signs: for each violation its number, or the letter of its rule.
        badges: where these stand.
        numbered: arrows whose number has room.
    """

    picture: Picture
    places: Places
    ways: tuple[Way, ...]
    signs: tuple[str, ...]
    badges: tuple[Badge, ...]
    numbered: frozenset[str]

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The violations of the picture."""
        return self.picture.graph.violations


def set_scene(picture: Picture) -> Scene:
    """Put a picture in its places."""
    places = place(picture)
    ways = route(picture, places)
    violations = picture.graph.violations
    if len(violations) <= MOST_LISTED:
        signs = tuple(str(number) for number in range(1, len(violations) + 1))
    else:
        rules = list(by_rule(violations))
        signs = tuple(letter(rules.index(found.rule)) for found in violations)
    taken = [*headings(picture, places), *places.boxes.values()]
    numbered = set()
    for way in ways:
        rect = count_rect(way)
        if rect is not None and not any(overlap(rect, other) for other in taken):
            numbered.add(way.arrow.key)
            taken.append(rect)
    badges = tuple(set_badges(picture, places, ways, signs, taken))
    return Scene(picture, places, ways, signs, badges, frozenset(numbered))


def letter(number: int) -> str:
    """A, B, C ..."""
    return chr(ord("A") + number) if number < 26 else str(number)


def by_rule(violations: Iterable[Violation]) -> dict[str, list[Violation]]:
    """Violations by rule: errors first, then the rules with most."""
    found: dict[str, list[Violation]] = {}
    for violation in violations:
        found.setdefault(violation.rule, []).append(violation)
    ordered = sorted(found, key=lambda rule: (not found[rule][0].is_error, -len(found[rule]), rule))
    return {rule: found[rule] for rule in ordered}


def verdict(picture: Picture) -> tuple[str, str]:
    """The verdict in words, and the class of its colour."""
    errors = sum(found.is_error for found in picture.graph.violations)
    warnings = len(picture.graph.violations) - errors
    if errors:
        return counted(errors, "violation") + (f", {counted(warnings, 'warning')}" if warnings else ""), "bad"
    if warnings:
        return counted(warnings, "warning"), "warn"
    return "no violations", "good"


def severity(violations: Sequence[Violation], numbers: Iterable[int]) -> str:
    """The class of the worst of some violations; nothing for none."""
    found = [violations[number].is_error for number in numbers]
    return "bad" if any(found) else "warn" if found else ""


def color_of(picture: Picture, arrow: Arrow) -> str:
    """The class of an arrow's colour: of its violations, else of the band that it leaves."""
    kind = severity(picture.graph.violations, arrow.violations)
    if kind:
        return kind
    path = arrow.links[0].source
    band = next(node.band for node in picture.graph.nodes if node.path == path)
    return next(tone(name.color) for name in picture.graph.bands if name.key == band)


def marked(picture: Picture, box: Box) -> list[int]:
    """The violations of the files of a box that no arrow shows."""
    files = {node.path for node in box.files}
    return [number for number, found in enumerate(picture.graph.violations) if files.intersection(found.files)]


def blamed(picture: Picture, box: Box) -> list[int]:
    """The violations that a box carries: those of its files, and those of arrows that were bundled between cards."""
    files = {node.path for node in box.files}
    own = set(marked(picture, box))
    boxes = {found.key for found in picture.boxes}
    for arrow in picture.arrows:
        if arrow.violations and arrow.source not in boxes:
            own.update(number for link in arrow.links if link.source in files for number in link.violations)
    return sorted(own)


def box_told(picture: Picture, box: Box) -> str:
    """What a reader sees who points at a box."""
    if box.is_folder:
        lines = [f"{box.path or '.'}: {counted(len(box.files), 'file')}"]
    else:
        node = box.files[0]
        lines = [node.path, *([f"{node.band} by {node.reason}"] if node.reason else [])]
    return "\n".join(
        [*lines, *(picture.graph.violations[number].message for number in blamed(picture, box)[:MOST_TOLD])]
    )


def arrow_told(picture: Picture, arrow: Arrow) -> str:
    """What a reader sees who points at an arrow."""
    lines = [f"{link.source} \u2192 {link.target}" for link in arrow.links[:MOST_TOLD]]
    if len(arrow.links) > MOST_TOLD:
        lines.append(f"and {len(arrow.links) - MOST_TOLD:,} more")
    messages = [picture.graph.violations[number].message for number in arrow.violations]
    return "\n".join(chain(messages[:MOST_TOLD], lines))


def headings(picture: Picture, places: Places) -> Iterator[Rect]:
    """Where the names of folders stand."""
    for band in picture.bands:
        for card in band.cards:
            rect = places.cards[card.key]
            y = rect.y + (16 if places.front else 6)
            yield Rect(rect.x + CARD_PADDING, y, width(places.headings[card.key], HEADING), 13)


def count_rect(way: Way) -> Rect | None:
    """Where the number of a bundle stands; None for a single import."""
    if len(way.arrow.links) < 2:
        return None
    long = width(f"{len(way.arrow.links):,}", COUNT_LETTERS)
    x, y = way.count
    return Rect(x - (long if way.side == "end" else 0), y - 7.5, long, 9.5)


def set_badges(
    picture: Picture, places: Places, ways: Sequence[Way], signs: Sequence[str], taken: list[Rect]
) -> Iterator[Badge]:
    """The badges of files and arrows, where they hide nothing if that can be."""
    texts = [rect for rect in taken if rect not in places.boxes.values()]
    texts += [Rect(rect.x + 6, rect.y + 6.5, rect.width - 12, rect.height - 11) for rect in places.boxes.values()]
    for box in picture.boxes:
        numbers = marked(picture, box)
        if numbers:
            rect = places.boxes[box.key]
            found = badge(picture, signs, numbers, (rect.right - 4, rect.y - 1))
            taken.append(found.rect)
            texts.append(found.rect)
            yield found
    for way in ways:
        if not way.arrow.violations:
            continue
        long = badge(picture, signs, way.arrow.violations, (0, 0)).rect.width
        points = way.points(24)
        middle = (len(points) - 1) / 2
        ordered = sorted(range(len(points)), key=lambda place: (abs(place - middle), place))
        at = free_point([points[place] for place in ordered], long, (taken, texts))
        found = badge(picture, signs, way.arrow.violations, at)
        taken.append(found.rect)
        texts.append(found.rect)
        yield found


def free_point(points: Sequence[Point], long: float, taken: Iterable[Iterable[Rect]]) -> Point:
    """The first point at which a badge overlaps nothing of the first group, else of the next one."""
    for rects in taken:
        for x, y in points:
            room = Rect(x - long / 2 - 1, y - BADGE_HEIGHT / 2 - 1, long + 2, BADGE_HEIGHT + 2)
            if not any(overlap(room, other) for other in rects):
                return x, y
    return points[0]


def badge(picture: Picture, signs: Sequence[str], numbers: Iterable[int], at: Point) -> Badge:
    """A badge for some violations, around a point."""
    shown = tuple(numbers)
    names = sorted({signs[number] for number in shown}, key=lambda name: (len(name), name))
    label = ",".join(names) if len(names) <= 3 else f"{names[0]}\u2026{names[-1]}"
    long = max(BADGE_HEIGHT, width(label, BADGE_LETTERS, fixed=False, bold=True) + 8)
    rect = Rect(at[0] - long / 2, at[1] - BADGE_HEIGHT / 2, long, BADGE_HEIGHT)
    return Badge(rect, label, severity(picture.graph.violations, shown), shown)


def overlap(one: Rect, other: Rect) -> bool:
    """Whether two rectangles share room."""
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def undisturbed(scene: Scene, y: float, long: float, right: float) -> float:
    """Where a text of some length is crossed by no arrow, as far left as possible."""
    crossing = sorted(
        {
            x
            for way in scene.ways
            for (x, at), (_, then) in pairwise(way.points())
            if min(at, then) - 8 <= y <= max(at, then) + 8
        }
    )
    start = scene.places.left
    for x in crossing:
        if x - 6 > start + long:
            break
        start = max(start, x + 8)
    return start if start + long <= right else scene.places.left
