"""Place: where bands, cards and boxes stand.

Bands lie below each other. The cards of a band stand in one or more shelves, their boxes in a grid. Cards are put near
what they are linked with, by sweeps over the bands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from verifier.draw.fold import Arrow, Band, Box, Card, Picture
from verifier.draw.letters import cut, width

WIDTH = 1200.0
NARROWEST = 760.0
MARGIN = 24.0
NAMES = 132.0  # the column of the bands' names
SIDE = 30.0  # free room at both ends of a band, for arrows that pass it
TOP = 92.0

LETTERS = 11.5
HEADING = 10.5
BOX_HEIGHT = 24.0
BOX_PADDING = 9.0
WIDEST_BOX = 190.0
WIDEST_HEADING = 300.0
CARD_PADDING = 10.0
CARD_HEAD = 25.0
HEADING_GAP = 10.0
# Headings up to this width are all given the same room, so that boxes stand below each other.
LONGEST_ALIGNED = 150.0
CARD_GAP = 34.0
BAND_PADDING = 14.0
EMPTY_BAND = 40.0
SHELF_GAP = 36.0
CORRIDOR = 38.0
CORRIDOR_PER_ARROW = 1.7
WIDEST_CORRIDOR = 104.0
COUNT_ROOM = 30.0
SHELF_PRICE = 8.0
MOST_ROWS = 14
PORT = 12.0
WIDEST_PORTS = 320.0
COUNT_LETTERS = 9.0
SWEEPS = 10


class Rect(Struct, frozen=True):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Half way between left and right."""
        return self.x + self.width / 2


class Shelf(Struct, frozen=True):
    """A row of cards, from left to right."""

    band: int
    cards: tuple[Card, ...]
    y: float
    bottom: float
    rows: int


class Places(Struct, frozen=True):
    """Where everything stands. ``boxes``, ``cards`` and ``bands`` are by key."""

    width: float
    bottom: float
    left: float
    right: float
    bands: Mapping[str, Rect]
    cards: Mapping[str, Rect]
    boxes: Mapping[str, Rect]
    headings: Mapping[str, str]
    shelves: tuple[Shelf, ...]
    front: bool


class Form(Struct, frozen=True):
    """The shape of a card: its grid and its size. The heading stands above the boxes, or in front of them."""

    columns: int
    rows: int
    box: float
    width: float
    height: float
    head: float
    front: float


class Spacing(Struct, frozen=True):
    """Room between boxes; ``front`` puts headings in front of their boxes, out of the way of arrows between boxes."""

    column: float
    row: float
    narrowest: float
    front: bool
    least_front: float = 0.0
    ports: Mapping[str, float] = {}


TIGHT = Spacing(11.0, 7.0, 44.0, front=False)
LOOSE = Spacing(26.0, 24.0, 76.0, front=True)


def place(picture: Picture) -> Places:
    """Put everything in its place."""
    spacing = TIGHT if picture.bundled else LOOSE
    longest = max((heading_width(card) for band in picture.bands for card in band.cards), default=0.0)
    if spacing.front and longest <= LONGEST_ALIGNED:
        spacing = replace(spacing, least_front=longest)
    spacing = replace(spacing, ports=ports(picture))
    room = WIDTH - 2 * MARGIN - NAMES - 2 * SIDE
    forms: dict[str, Form] = {}
    shelved: list[list[list[Card]]] = []
    pull = pulls(picture)
    for band in picture.bands:
        shelves, found = shelve(band, room, spacing, pull)
        shelved.append(shelves)
        forms.update(found)
    widest = max(
        (row_width([forms[card.key] for card in shelf]) for shelves in shelved for shelf in shelves), default=0.0
    )
    room = max(min(room, widest * 1.25), NARROWEST - 2 * MARGIN - NAMES - 2 * SIDE)
    left = MARGIN + NAMES + SIDE
    ordered, middles = arrange(picture, shelved, forms, left, left + room, pull)
    return stack(picture, ordered, middles, forms, left, left + room, spacing)


def ports(picture: Picture) -> dict[str, float]:
    """The width that the arrows of each card need side by side, at least."""
    band_of = {card.key: place for place, band in enumerate(picture.bands) for card in band.cards}
    leaving: dict[tuple[str, bool], float] = {}
    for arrow in picture.arrows:
        if arrow.source in band_of:
            down = band_of[arrow.source] <= band_of[arrow.target]
            size = port_width(arrow)
            leaving[arrow.source, down] = leaving.get((arrow.source, down), 2 * PORT) + size
    found: dict[str, float] = {}
    for (key, _), size in leaving.items():
        found[key] = max(found.get(key, 0.0), size)
    return found


def port_width(arrow: Arrow) -> float:
    """The width that the start of an arrow takes, with its number."""
    count = len(arrow.links)
    return max(PORT, width(f"{count:,}", COUNT_LETTERS) + 9) if count > 1 else PORT


def form(card: Card, rows: int, spacing: Spacing) -> Form:
    """The shape of a card whose boxes stand in at most so many rows."""
    count = len(card.boxes)
    columns = ceil(count / rows)
    used = ceil(count / columns)
    box = min(WIDEST_BOX, max(spacing.narrowest, *(box_width(box) for box in card.boxes)))
    heading = max(spacing.least_front, min(WIDEST_HEADING, heading_width(card)))
    between = (columns - 1) * spacing.column
    front = heading + HEADING_GAP if spacing.front else 0.0
    across = columns * box + between + 2 * CARD_PADDING + front
    least = max(
        0.0 if spacing.front else heading + 2 * CARD_PADDING, min(WIDEST_PORTS, spacing.ports.get(card.key, 0.0))
    )
    if across < least:
        # Boxes of a card that its heading or its arrows widen fill it.
        across = least
        box = (across - 2 * CARD_PADDING - front - between) / columns
    head = CARD_PADDING if spacing.front else CARD_HEAD
    height = head + used * BOX_HEIGHT + (used - 1) * spacing.row + CARD_PADDING
    return Form(columns, used, box, across, height, head, front)


def box_width(box: Box) -> float:
    """The width that a box wants."""
    return width(box.label, LETTERS) + 2 * BOX_PADDING + (COUNT_ROOM if box.is_folder else 0)


def heading_of(card: Card) -> str:
    """The name of a card's folder."""
    return f"{card.folder}/" if card.folder else "./"


def heading_width(card: Card) -> float:
    """The width that a card's heading wants."""
    return width(heading_of(card), HEADING) + inside_width(card)


def inside_width(card: Card) -> float:
    """The width of the number of imports that stay within a card."""
    return width(f"{card.inside:,}", HEADING) + 28 if card.inside else 0.0


def row_width(forms: Sequence[Form]) -> float:
    """The width of cards beside each other."""
    return sum(form.width for form in forms) + CARD_GAP * max(0, len(forms) - 1)


def pulls(picture: Picture) -> dict[tuple[str, str], float]:
    """How strongly a card draws another to itself that it imports."""
    card_of = {box.key: card.key for band in picture.bands for card in band.cards for box in card.boxes}
    found: dict[tuple[str, str], float] = {}
    for arrow in picture.arrows:
        ends = card_of.get(arrow.source, arrow.source), card_of.get(arrow.target, arrow.target)
        if ends[0] != ends[1]:
            found[ends] = found.get(ends, 0.0) + len(arrow.links) ** 0.5
    return found


def shelve(
    band: Band, room: float, spacing: Spacing, pull: Mapping[tuple[str, str], float]
) -> tuple[list[list[Card]], dict[str, Form]]:
    """The shelves of a band, and the forms of its cards: as low as possible, what imports above what it imports."""
    own = {card.key for card in band.cards}
    height_of = {
        card.key: sum(strength for (one, other), strength in pull.items() if one == card.key and other in own)
        - sum(strength for (one, other), strength in pull.items() if other == card.key and one in own)
        for card in band.cards
    }
    cards = sorted(band.cards, key=lambda card: (-round(height_of[card.key], 6), card.folder))
    # Per number of cards from the first: the least height of their shelves, where the last one begins, and its forms.
    best: list[tuple[float, int, dict[str, Form]]] = [(0.0, 0, {})]
    for end in range(1, len(cards) + 1):
        ways = []
        for start in range(end):
            forms = fit(cards[start:end], room, spacing)
            if forms is not None or start == end - 1:
                forms = forms or {cards[start].key: form(cards[start], 10_000, spacing)}
                height = max(found.height for found in forms.values())
                ways.append((best[start][0] + height + SHELF_GAP + SHELF_PRICE, start, forms))
        best.append(min(ways, key=lambda way: way[:2]))
    shelves: list[list[Card]] = []
    found: dict[str, Form] = {}
    end = len(cards)
    while end:
        _, start, forms = best[end]
        shelves.insert(0, cards[start:end])
        found.update(forms)
        end = start
    return shelves, found


def fit(shelf: list[Card], room: float, spacing: Spacing) -> dict[str, Form] | None:
    """The forms of cards on a shelf with as few rows as fit; None where nothing fits."""
    for rows in range(1, MOST_ROWS + 1):
        forms = {card.key: form(card, rows, spacing) for card in shelf}
        if row_width(list(forms.values())) <= room:
            return forms
    return None


def arrange(
    picture: Picture,
    shelved: list[list[list[Card]]],
    forms: Mapping[str, Form],
    left: float,
    right: float,
    pull: Mapping[tuple[str, str], float],
) -> tuple[list[list[list[Card]]], dict[str, float]]:
    """The order of the cards on their shelves, and the middle of each, so that linked cards are near each other."""
    neighbours: dict[str, list[tuple[str, float]]] = {}
    for (one, other), strength in sorted(pull.items()):
        neighbours.setdefault(one, []).append((other, strength))
        neighbours.setdefault(other, []).append((one, strength))
    rows = [shelf for shelves in shelved for shelf in shelves]
    middles: dict[str, float] = {}
    for row in rows:
        row.sort(key=lambda card: card.folder)
        spread(row, {}, middles, forms, left, right)
    best = (tension(middles, pull), [list(row) for row in rows], dict(middles))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = {
                card.key: sum(middles[other] * strength for other, strength in neighbours[card.key])
                / sum(strength for _, strength in neighbours[card.key])
                for card in row
                if card.key in neighbours
            }
            row.sort(key=lambda card: (wanted.get(card.key, middles[card.key]), card.folder))
            spread(row, wanted, middles, forms, left, right)
        now = tension(middles, pull)
        if now < best[0] - 1e-6:
            best = (now, [list(row) for row in rows], dict(middles))
    ordered = iter(best[1])
    return [[next(ordered) for _ in shelves] for shelves in shelved], best[2]


def tension(middles: Mapping[str, float], pull: Mapping[tuple[str, str], float]) -> float:
    """How far apart linked cards are."""
    return sum(abs(middles[one] - middles[other]) * strength for (one, other), strength in sorted(pull.items()))


def spread(
    row: list[Card],
    wanted: Mapping[str, float],
    middles: dict[str, float],
    forms: Mapping[str, Form],
    left: float,
    right: float,
) -> None:
    """Put the cards of a row as near as possible to where they want to be, in their order."""
    sizes = [forms[card.key].width + CARD_GAP for card in row]
    even = left + max(0.0, right - left - sum(sizes) + CARD_GAP) / 2
    starts, at = [], even
    for card, size in zip(row, sizes, strict=True):
        starts.append(wanted[card.key] - forms[card.key].width / 2 if card.key in wanted else at)
        at += size
    for card, start in zip(row, settled(starts, sizes, left, right + CARD_GAP), strict=True):
        middles[card.key] = start + forms[card.key].width / 2


def settled(starts: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Places for things of some sizes in a row, between two bounds and without overlap, as near as possible to where
    they want to start.

    This is the least squares fit of an ascending row, by pooling neighbours that would overlap. Where there is not room
    enough all are moved together evenly.
    """
    total = sum(sizes)
    scale = min(1.0, (high - low) / total) if total > 0 else 1.0
    offsets, at = [], 0.0
    for size in sizes:
        offsets.append(at)
        at += size * scale
    slack = max(0.0, high - low - at)
    pools: list[tuple[float, int]] = []
    for start, offset in zip(starts, offsets, strict=True):
        pools.append((min(max(start - offset, low), low + slack), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            other, more = pools.pop()
            one, weight = pools.pop()
            pools.append(((one * weight + other * more) / (weight + more), weight + more))
    bases = [base for base, weight in pools for _ in range(weight)]
    return [base + offset for base, offset in zip(bases, offsets, strict=True)]


def stack(
    picture: Picture,
    ordered: list[list[list[Card]]],
    middles: Mapping[str, float],
    forms: Mapping[str, Form],
    left: float,
    right: float,
    spacing: Spacing,
) -> Places:
    """Heights: bands, shelves and boxes from top to bottom, with room for the arrows between them."""
    crossing = crossings(picture.arrows, ordered)
    bands: dict[str, Rect] = {}
    cards: dict[str, Rect] = {}
    boxes: dict[str, Rect] = {}
    headings: dict[str, str] = {}
    shelves: list[Shelf] = []
    y = TOP
    for place, (band, rows) in enumerate(zip(picture.bands, ordered, strict=True)):
        if place:
            y += corridor(crossing[len(shelves)])
        top = y
        y += BAND_PADDING
        for number, row in enumerate(rows):
            if number:
                y += max(SHELF_GAP, corridor(crossing[len(shelves)]))
            height = max(forms[card.key].height for card in row)
            for card in row:
                shape = forms[card.key]
                x = middles[card.key] - shape.width / 2
                cards[card.key] = Rect(x, y, shape.width, shape.height)
                inside = inside_width(card)
                room = shape.front - HEADING_GAP if shape.front else shape.width - 2 * CARD_PADDING
                headings[card.key] = cut(heading_of(card), HEADING, room - inside, start=True)
                for index, box in enumerate(card.boxes):
                    line, column = divmod(index, shape.columns)
                    boxes[box.key] = Rect(
                        x + CARD_PADDING + shape.front + column * (shape.box + spacing.column),
                        y + shape.head + line * (BOX_HEIGHT + spacing.row),
                        shape.box,
                        BOX_HEIGHT,
                    )
            shelves.append(Shelf(place, tuple(row), y, y + height, max(forms[card.key].rows for card in row)))
            y += height
        y += BAND_PADDING if rows else EMPTY_BAND - BAND_PADDING
        bands[band.name.key] = Rect(MARGIN, top, right + SIDE - MARGIN, y - top)
    return Places(right + SIDE + MARGIN, y, left, right, bands, cards, boxes, headings, tuple(shelves), spacing.front)


def crossings(arrows: Sequence[Arrow], ordered: list[list[list[Card]]]) -> list[int]:
    """How many arrows pass above each shelf."""
    level: dict[str, int] = {}
    number = 0
    for shelves in ordered:
        for row in shelves:
            for card in row:
                level[card.key] = number
                for box in card.boxes:
                    level[box.key] = number
            number += 1
    counts = [0] * (number + 1)
    for arrow in arrows:
        low, high = sorted((level[arrow.source], level[arrow.target]))
        for between in range(low + 1, max(high, low + 1) + 1):
            counts[between] += 1
    return counts


def corridor(arrows: int) -> float:
    """The height that so many arrows need."""
    return min(WIDEST_CORRIDOR, CORRIDOR + arrows * CORRIDOR_PER_ARROW)
