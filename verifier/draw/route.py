"""Route: the way of each arrow, around boxes and cards.

Past a shelf arrows run straight, through the gaps between what stands in it; between two shelves they are smooth
curves. Arrows to the same place, or from the same place, share their way where they can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from msgspec import Struct

from verifier.draw.fold import Arrow, Picture
from verifier.draw.letters import width
from verifier.draw.place import (
    CARD_PADDING,
    HEADING,
    PORT,
    SIDE,
    Places,
    Rect,
    Shelf,
    port_width,
    settled,
)

TRACK = 6.0
HEAD, SMALL_HEAD = 6.5, 5.0
CORNER = 9.0
# What it costs, in pixels of a detour: to turn, to go sideways where there is little height for it, to use a track that
# others use, to pass between the boxes of a card, to go behind a heading, to squeeze through a gap.
BEND, STEEP, TAKEN, INSIDE, BEHIND, NARROW = 5.0, 24.0, 26.0, 30.0, 45.0, 14.0
# Beside the start of a bundle stands its number; so far the arrow goes straight.
STUB = 13.0
LANE, FIRST_LANE = 5.0, 9.0
NEAREST_TRACKS = 6
WIDEST_SIDE = 9.0

Point: TypeAlias = tuple[float, float]
Track: TypeAlias = tuple[float, float]  # where it is, and what it costs


class Curve(Struct, frozen=True):
    """A cubic Bézier curve."""

    start: Point
    first: Point
    second: Point
    end: Point

    def at(self, share: float) -> Point:
        """The point at a share of the way."""
        left = 1 - share
        weights = left**3, 3 * left * left * share, 3 * left * share * share, share**3
        points = self.start, self.first, self.second, self.end
        return (
            sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
            sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
        )

    @property
    def is_vertical(self) -> bool:
        """Whether it is a straight line down or up."""
        return self.start[0] == self.first[0] == self.second[0] == self.end[0]


class Way(Struct, frozen=True):
    """The way of an arrow. ``toward`` is the direction of its head; its number stands at ``count``, on that side."""

    arrow: Arrow
    curves: tuple[Curve, ...]
    toward: Point
    head: float
    count: Point
    side: Literal["start", "end"] = "start"

    def points(self, steps: int = 12) -> list[Point]:
        """Points along the way."""
        return [curve.at(step / steps) for curve in self.curves for step in range(steps)] + [self.curves[-1].end]


class End(Struct):
    """An end of an arrow, while its way is sought.

    ``gaps`` are where it leaves sideways, where a box stands in its way; ``x`` is where it leaves its shelf.
    """

    rect: Rect
    shelf: int
    x: float = 0.0
    gaps: tuple[float, ...] = ()


class Plan(Struct):
    """An arrow while its way is sought: ``through`` the gaps of other shelves, to a box ``beside`` it, to one ``below``
    or ``above`` it in its card, ``around`` below its shelf, or as a ``bracket`` beside its column.
    """

    arrow: Arrow
    source: End
    target: End
    form: Literal["through", "beside", "below", "above", "around", "bracket"]
    fine: bool
    tracks: list[float] = []
    lane: int = 0

    @property
    def down(self) -> bool:
        """Whether it leaves downwards."""
        return self.form in ("around", "below") or (self.form == "through" and self.source.shelf < self.target.shelf)

    @property
    def arrives_down(self) -> bool:
        """Whether it comes from above."""
        return self.down and self.form != "around"

    @property
    def between(self) -> range:
        """The shelves that it passes, in its direction."""
        step = 1 if self.source.shelf < self.target.shelf else -1
        return range(self.source.shelf + step, self.target.shelf, step) if self.form == "through" else range(0)


class Ground(Struct, frozen=True):
    """What stands where: for each shelf the tracks past its cards, and the finer ones between its boxes too."""

    places: Places
    coarse: tuple[tuple[Track, ...], ...]
    fine: tuple[tuple[Track, ...], ...]
    shelf_of: Mapping[str, int]
    card_of: Mapping[str, str]
    colors: Mapping[str, str]

    def tracks(self, plan: Plan, shelf: int) -> tuple[Track, ...]:
        """The tracks that an arrow may use past a shelf."""
        return self.fine[shelf] if plan.fine else self.coarse[shelf]


def route(picture: Picture, places: Places) -> tuple[Way, ...]:
    """The ways of all arrows, in the order of the arrows."""
    ground = survey(picture, places)
    plans = [planned(arrow, ground) for arrow in picture.arrows]
    for _ in range(2):
        find_tracks(plans, ground)
        set_ports(plans, ground)
    set_lanes(plans)
    return tuple(drawn(plan, places.shelves) for plan in plans)


def survey(picture: Picture, places: Places) -> Ground:
    """What stands where."""
    coarse, fine = [], []
    shelf_of: dict[str, int] = {}
    card_of: dict[str, str] = {}
    for number, shelf in enumerate(places.shelves):
        cards = [places.cards[card.key] for card in shelf.cards]
        coarse.append(tracks_between(places, cards))
        boxes: list[Rect] = []
        headings: list[Rect] = []
        for card in shelf.cards:
            shelf_of[card.key] = number
            rect = places.cards[card.key]
            text = width(places.headings[card.key], HEADING) + 4
            (boxes if places.front else headings).append(Rect(rect.x + CARD_PADDING - 2, rect.y, text, 20))
            for box in card.boxes:
                shelf_of[box.key], card_of[box.key] = number, card.key
                boxes.append(places.boxes[box.key])
        fine.append(
            tuple(
                (x, price + inside(x, cards, INSIDE) + inside(x, headings, BEHIND))
                for x, price in tracks_between(places, boxes)
            )
        )
    band_of = {node.path: node.band for node in picture.graph.nodes}
    colors = {arrow.key: "bad" if arrow.violations else band_of[arrow.links[0].source] for arrow in picture.arrows}
    return Ground(places, tuple(coarse), tuple(fine), shelf_of, card_of, colors)


def inside(x: float, rects: Iterable[Rect], price: float) -> float:
    """A price, where a place lies within one of some rectangles."""
    return price if any(rect.x - TRACK / 2 < x < rect.right + TRACK / 2 for rect in rects) else 0.0


def tracks_between(places: Places, taken: Iterable[Rect]) -> tuple[Track, ...]:
    """The tracks that pass between rectangles."""
    tracks: list[Track] = []
    at = places.left - SIDE + 4
    for rect in [*sorted(taken, key=lambda rect: (rect.x, rect.right)), Rect(places.right + SIDE - 4, 0, 0, 0)]:
        low, high = at + TRACK - 1, rect.x - TRACK + 1
        numbers = range(-int(-low // TRACK), int(high // TRACK) + 1)
        tracks.extend((number * TRACK, 0.0) for number in numbers)
        if not numbers and rect.x - at >= TRACK:
            tracks.append(((at + rect.x) / 2, NARROW))
        at = max(at, rect.right)
    return tuple(tracks)


def planned(arrow: Arrow, ground: Ground) -> Plan:
    """Which form an arrow has, and whether its ends leave sideways."""
    places = ground.places
    fine = arrow.source in places.boxes
    rects = places.boxes if fine else places.cards
    source = End(rects[arrow.source], ground.shelf_of[arrow.source], rects[arrow.source].middle)
    target = End(rects[arrow.target], ground.shelf_of[arrow.target], rects[arrow.target].middle)
    plan = Plan(arrow, source, target, form_of(arrow, source, target, ground, rects), fine)
    if fine and plan.form in ("through", "around", "bracket"):
        source.gaps = sideways(arrow.source, ground, down=plan.down, always=plan.form == "bracket")
        target.gaps = sideways(arrow.target, ground, down=not plan.arrives_down, always=plan.form == "bracket")
    return plan


def form_of(
    arrow: Arrow, source: End, target: End, ground: Ground, rects: Mapping[str, Rect]
) -> Literal["through", "beside", "below", "above", "around", "bracket"]:
    """The form of an arrow."""
    if source.shelf != target.shelf:
        return "through"
    one, other = source.rect, target.rect
    if ground.card_of.get(arrow.source) == ground.card_of.get(arrow.target) is not None and one.y != other.y:
        low, high = sorted((one, other), key=lambda rect: rect.y)
        inner = [rects[key] for key, card in ground.card_of.items() if card == ground.card_of[arrow.source]]
        roomy = high.y - low.bottom >= 2 * HEAD
        if roomy and not any(low.y < rect.y < high.y for rect in inner):
            return "below" if one.y < other.y else "above"
        if one.x == other.x:
            return "bracket"
        return "around"
    left, right = sorted((one, other), key=lambda rect: rect.x)
    standing = [rects[key] for key in rects if ground.shelf_of[key] == source.shelf]
    blocked = any(
        left.right <= rect.x and rect.right <= right.x and rect.y < right.bottom and right.y < rect.bottom
        for rect in standing
    )
    if not blocked and right.x - left.right >= 2 * SMALL_HEAD:
        return "beside"
    return "around"


def sideways(key: str, ground: Ground, *, down: bool, always: bool = False) -> tuple[float, ...]:
    """The gaps on both sides of a box, where another box of its card stands in its way down (or up); else nothing."""
    places = ground.places
    box, card = places.boxes[key], places.cards[ground.card_of[key]]
    inner = [places.boxes[other] for other, name in ground.card_of.items() if name == ground.card_of[key]]
    blocked = any(
        rect.x < box.right and box.x < rect.right and (rect.y > box.y if down else rect.y < box.y) for rect in inner
    )
    if not blocked and not always:
        return ()
    left = max((rect.right for rect in inner if rect.right <= box.x), default=card.x)
    right = min((rect.x for rect in inner if rect.x >= box.right), default=card.right)
    return max((left + box.x) / 2, box.x - WIDEST_SIDE), min((right + box.right) / 2, box.right + WIDEST_SIDE)


def find_tracks(plans: Sequence[Plan], ground: Ground) -> None:
    """The track of each arrow past each shelf, by the cheapest way; those that pass most choose first."""
    shelves = ground.places.shelves
    taken: dict[tuple[int, float], set[str]] = {}
    for plan in sorted(plans, key=lambda plan: (-len(plan.between), not plan.arrow.violations, plan.arrow.key)):
        # Per track: what the way to it costs, where it is, and the track before it.
        reached = [(0.0, x, -1) for x in plan.source.gaps or (plan.source.x,)]
        first, trail = reached, []
        edge = shelves[plan.source.shelf].bottom if plan.down else shelves[plan.source.shelf].y
        for number in plan.between:
            shelf = shelves[number]
            near, far = (shelf.y, shelf.bottom) if plan.down else (shelf.bottom, shelf.y)
            layer = []
            for x, price in choices(ground.tracks(plan, number), plan, reached):
                users = taken.get((number, x))
                cost = price + (TAKEN if users and not users.intersection(signs(plan)) else 0.0)
                before, place = min(
                    (so_far + sidestep(was, x, near - edge), index) for index, (so_far, was, _) in enumerate(reached)
                )
                layer.append((before + cost, x, place))
            trail.append(layer or [(*reached[0][:2], 0)])
            reached, edge = trail[-1], far
        height = (shelves[plan.target.shelf].y if plan.arrives_down else shelves[plan.target.shelf].bottom) - edge
        _, place, plan.target.x = min(
            (cost + sidestep(x, end, height), index, end)
            for index, (cost, x, _) in enumerate(reached)
            for end in plan.target.gaps or (plan.target.x,)
        )
        tracks = []
        for layer in reversed(trail):
            _, x, before_it = layer[place]
            tracks.append(x)
            place = before_it
        plan.source.x = first[place][1]
        plan.tracks = tracks[::-1]
        for number, x in zip(plan.between, plan.tracks, strict=True):
            taken.setdefault((number, x), set()).update(signs(plan))


def signs(plan: Plan) -> tuple[str, str]:
    """By these arrows know with which others they may share a track: those that go to, or come from, the same place."""
    color = "bad" if plan.arrow.violations else "good"
    return f"{color} from {plan.arrow.source}", f"{color} to {plan.arrow.target}"


def choices(tracks: Sequence[Track], plan: Plan, reached: Sequence[tuple[float, float, int]]) -> list[Track]:
    """The tracks that come into question: those near the straight way, and near the tracks before."""
    ends = [*(plan.source.gaps or (plan.source.x,)), *(plan.target.gaps or (plan.target.x,))]
    wanted = sorted({*ends, (min(ends) + max(ends)) / 2, *(x for _, x, _ in sorted(reached)[:6])})
    return sorted(
        {
            track
            for x in wanted
            for track in sorted(tracks, key=lambda track: (abs(track[0] - x) + track[1], track[0]))[:NEAREST_TRACKS]
        }
    )


def sidestep(start: float, end: float, height: float) -> float:
    """What it costs to go sideways between two shelves."""
    across = abs(end - start)
    return across * (1 + STEEP / max(abs(height), 4.0)) + (BEND if across > 0.5 else 0.0)


def set_ports(plans: Sequence[Plan], ground: Ground) -> None:
    """Where each arrow leaves and arrives: as near as possible to where it comes from, without touching others.

    Arrows of one colour that come to the same place on the same track arrive as one.
    """
    sides: dict[tuple[Rect, bool], dict[tuple[float, str], tuple[float, list[End]]]] = {}
    for plan in plans:
        if plan.form in ("beside", "bracket"):
            continue
        straight = common(plan.source.rect, plan.target.rect)
        size = port_width(plan.arrow)
        if not plan.source.gaps:
            x = plan.tracks[0] if plan.tracks else straight if not plan.target.gaps else plan.target.x
            slots = sides.setdefault((plan.source.rect, plan.down), {})
            slots[x, plan.arrow.key] = (size, [plan.source])
        if not plan.target.gaps:
            x = plan.tracks[-1] if plan.tracks else straight if not plan.source.gaps else plan.source.x
            together = f"on a track, {ground.colors[plan.arrow.key]}" if plan.tracks else plan.arrow.key
            slots = sides.setdefault((plan.target.rect, not plan.arrives_down), {})
            slots.setdefault((x, together), (PORT, []))[1].append(plan.target)
    under = heads_over(ground)
    for (rect, below), slots in sides.items():
        ends = [(x, *slots[x, name]) for x, name in sorted(slots)]
        low, high = rect.x + CORNER, rect.right - CORNER
        if not below and rect in under and under[rect] + PORT / 2 < high:
            low = max(low, under[rect])
        sizes = [size for _, size, _ in ends]
        starts = [min(max(x, low), high) - min(size, PORT) / 2 for x, size, _ in ends]
        low, high = low - PORT / 2, high + PORT / 2
        scale = min(1.0, (high - low) / sum(sizes))
        for (_, size, sharing), x in zip(ends, settled(starts, sizes, low, high), strict=True):
            for end in sharing:
                end.x = x + min(size, PORT) * scale / 2


def common(one: Rect, other: Rect) -> float:
    """Where two rectangles that stand above each other are best joined: by a straight line, if there is one."""
    low, high = max(one.x, other.x), min(one.right, other.right)
    return (low + high) / 2


def heads_over(ground: Ground) -> dict[Rect, float]:
    """Boxes that stand below the heading of their card, and where that ends."""
    if ground.places.front:
        return {}
    found = {}
    for key, name in ground.card_of.items():
        card, box = ground.places.cards[name], ground.places.boxes[key]
        if box.y < card.y + 2 * BOX_TOP:
            found[box] = card.x + CARD_PADDING + width(ground.places.headings[name], HEADING) + 3
    return found


BOX_TOP = 20.0


def set_lanes(plans: Sequence[Plan]) -> None:
    """How deep each arrow around goes, so that those below the same shelf do not run into each other."""
    lanes: dict[int, list[list[tuple[float, float]]]] = {}
    arounds = [plan for plan in plans if plan.form == "around"]
    for plan in sorted(arounds, key=lambda plan: (abs(plan.source.x - plan.target.x), plan.arrow.key)):
        low, high = sorted((plan.source.x, plan.target.x))
        used = lanes.setdefault(plan.source.shelf, [])
        for number, lane in enumerate(used):
            if all(high + LANE < start or end + LANE < low for start, end in lane):
                plan.lane = number
                break
        else:
            plan.lane = len(used)
            used.append([])
        used[plan.lane].append((low, high))


def drawn(plan: Plan, shelves: Sequence[Shelf]) -> Way:
    """The curves of an arrow."""
    if plan.form == "beside":
        return beside(plan)
    if plan.form == "bracket":
        return bracket(plan)
    if plan.form == "around":
        return around(plan, shelves[plan.source.shelf].bottom)
    sign = 1 if plan.down else -1
    source, target = plan.source, plan.target
    curves: list[Curve] = []
    at = leaving(source, sign, curves)
    knots = [at]
    count = (source.x + 3, at[1] + (11 if plan.down else -5))
    if plan.form == "through":
        edge = shelves[source.shelf].bottom if plan.down else shelves[source.shelf].y
        stub = STUB if len(plan.arrow.links) > 1 else 0.0
        knots.append((source.x, edge + sign * stub))
        for number, x in zip(plan.between, plan.tracks, strict=True):
            shelf = shelves[number]
            near, far = (shelf.y, shelf.bottom) if plan.down else (shelf.bottom, shelf.y)
            knots.extend([(x, near), (x, far)])
        knots.append((target.x, shelves[target.shelf].y if plan.down else shelves[target.shelf].bottom))
    if target.gaps:
        knots.append((target.x, middle_of(target.rect) - sign * TRACK))
        curves.extend(joined_up(knots, sign))
        return arriving(plan, curves, count)
    end = (target.x, target.rect.y - HEAD if plan.down else target.rect.bottom + HEAD)
    if (end[1] - knots[-1][1]) * sign < 1 and len(knots) > 1:
        knots.pop()
    knots.append(end)
    curves.extend(joined_up(knots, sign))
    return Way(plan.arrow, tuple(curves), (0.0, float(sign)), HEAD, count)


def middle_of(rect: Rect) -> float:
    """Half way between top and bottom."""
    return rect.y + rect.height / 2


def leaving(end: End, sign: int, curves: list[Curve]) -> Point:
    """Where an arrow starts to go down or up; from the side of a box it first turns into the gap beside it."""
    if not end.gaps:
        return end.x, end.rect.bottom if sign > 0 else end.rect.y
    y = middle_of(end.rect)
    edge = end.rect.right if end.x > end.rect.middle else end.rect.x
    turned = (end.x, y + sign * TRACK)
    curves.append(Curve((edge, y), (end.x, y), (end.x, y), turned))
    return turned


def arriving(plan: Plan, curves: list[Curve], count: Point) -> Way:
    """An arrow that ends at the side of its box; its curves so far end in the gap beside it."""
    rect = plan.target.rect
    right = plan.target.x > rect.middle
    y = middle_of(rect)
    edge = rect.right + SMALL_HEAD if right else rect.x - SMALL_HEAD
    at = curves[-1].end
    curves.append(Curve(at, (at[0], y), (at[0], y), (edge, y)))
    return Way(plan.arrow, tuple(curves), (-1.0 if right else 1.0, 0.0), SMALL_HEAD, count)


def joined_up(knots: Sequence[Point], sign: int) -> list[Curve]:
    """Curves through points, upright in each of them."""
    curves = []
    for one, other in pairwise(knots):
        if one == other or (other[1] - one[1]) * sign < 0:
            continue
        middle = (one[1] + other[1]) / 2
        curves.append(Curve(one, (one[0], middle), (other[0], middle), other))
    return curves


def beside(plan: Plan) -> Way:
    """A short arrow between two neighbours of a row."""
    one, other = plan.source.rect, plan.target.rect
    right = one.x < other.x
    sign = 1 if right else -1
    head = HEAD if max(other.x - one.right, one.x - other.right) > 2 * HEAD else SMALL_HEAD
    start = one.right if right else one.x
    end = (other.x if right else other.right) - sign * head
    # The way there and the way back lie apart.
    share = 0.36 if right else 0.64
    y = max(one.y, other.y) + share * min(one.height, other.height)
    middle = (start + end) / 2
    curve = Curve((start, y), (middle, y), (middle, y), (end, y))
    return Way(plan.arrow, (curve,), (float(sign), 0.0), head, (start + sign * 3, y - 5), "start" if right else "end")


def bracket(plan: Plan) -> Way:
    """An arrow in the gap beside a column, between two boxes of it."""
    sign = 1 if plan.target.rect.y > plan.source.rect.y else -1
    plan.source.x = plan.target.x = plan.source.gaps[1]
    curves: list[Curve] = []
    at = leaving(plan.source, sign, curves)
    curves.extend(joined_up([at, (plan.target.x, middle_of(plan.target.rect) - sign * TRACK)], sign))
    return arriving(plan, curves, (at[0] + 3, at[1]))


def around(plan: Plan, floor: float) -> Way:
    """An arrow below a shelf, from one thing in it to another."""
    source, target = plan.source, plan.target
    depth = floor + FIRST_LANE + LANE * plan.lane
    sign = 1 if target.x > source.x else -1
    bend = min(9.0, abs(target.x - source.x) / 2)
    curves: list[Curve] = []
    at = leaving(source, 1, curves)
    one, other = (source.x + sign * bend, depth), (target.x - sign * bend, depth)
    curves.extend(joined_up([at, (source.x, depth - bend)], 1))
    curves.append(Curve((source.x, depth - bend), (source.x, depth), (source.x, depth), one))
    curves.append(Curve(one, one, other, other))
    curves.append(Curve(other, (target.x, depth), (target.x, depth), (target.x, depth - bend)))
    count = (source.x + 3, at[1] + 11)
    if target.gaps:
        curves.extend(joined_up([(target.x, depth - bend), (target.x, middle_of(target.rect) + TRACK)], -1))
        return arriving(plan, curves, count)
    curves.extend(joined_up([(target.x, depth - bend), (target.x, target.rect.bottom + HEAD)], -1))
    return Way(plan.arrow, tuple(curves), (0.0, -1.0), HEAD, count)
