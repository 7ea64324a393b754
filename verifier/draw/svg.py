"""SVG: the drawing as a picture that stands by itself. No script, no font, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.draw.fold import Box, Card, Picture
from verifier.draw.legend import footer
from verifier.draw.letters import counted, cut, cut_path, safe, width
from verifier.draw.paint import style, tone
from verifier.draw.place import BOX_PADDING, CARD_PADDING, HEADING, LETTERS, MARGIN, NAMES, Places, Rect, inside_width
from verifier.draw.route import Way
from verifier.draw.scene import (
    Badge,
    Scene,
    arrow_told,
    blamed,
    box_told,
    color_of,
    set_scene,
    severity,
    undisturbed,
    verdict,
)
from verifier.draw.shapes import attributes, loop, number, text


def svg(picture: Picture) -> str:
    """The whole picture, with title, legend and list."""
    scene = set_scene(picture)
    body = list(drawing(scene))
    foot, height = footer(scene, scene.places.bottom + 26)
    wide = scene.places.width
    title = safe(f"{picture.graph.name}: {verdict(picture)[0]}")
    size = f'width="{number(wide)}" height="{number(height)}" viewBox="0 0 {number(wide)} {number(height)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>{style(band.color for band in picture.graph.bands)}</style>",
        f'<rect class="page" {attributes(Rect(0.5, 0.5, wide - 1, height - 1))} rx="12"/>',
        *header(scene),
        *body,
        *foot,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def header(scene: Scene) -> Iterator[str]:
    """Name, what it is, and the verdict."""
    words, kind = verdict(scene.picture)
    long = width(words, 13, fixed=False, bold=True) + 26
    right = scene.places.width - MARGIN
    name = cut(scene.picture.graph.name, 21, right - long - MARGIN - 20, fixed=False, bold=True)
    yield text(MARGIN, 42, name, "title")
    yield text(MARGIN, 64, cut(scene.picture.graph.about, 12, right - MARGIN - 20, fixed=False), "about")
    pill = Rect(right - long, 23, long, 28)
    yield f'<g class="{kind}"><rect class="pill" {attributes(pill)} rx="14"/>'
    yield text(pill.middle, 41.5, words, "verdict", "middle") + "</g>"


def drawing(scene: Scene) -> Iterator[str]:
    """Bands, arrows and boxes, from the back to the front."""
    picture, places = scene.picture, scene.places
    for band in picture.bands:
        rect = places.bands[band.name.key]
        tab = Rect(rect.x, rect.y + 12, 3, rect.height - 24)
        yield f'<g class="band {tone(band.name.color)}" data-band="{safe(band.name.key)}">'
        yield f'<rect class="ground" {attributes(rect)} rx="10"/><rect class="tab" {attributes(tab)} rx="1.5"/>'
        yield from band_name(band.name.title, band.files, rect)
        for card in band.cards:
            yield f'<rect class="card" {attributes(places.cards[card.key])} rx="7" data-card="{card.key}"/>'
        yield "</g>"
    yield from (arrow(scene, way) for way in sorted(scene.ways, key=lambda way: bool(way.arrow.violations)))
    for band in picture.bands:
        yield f'<g class="{tone(band.name.color)}" data-band="{safe(band.name.key)}">'
        yield from missing(scene, band.name.key)
        for card in band.cards:
            yield from heading(card, places)
            for box in card.boxes:
                yield box_text(scene, box, card.key)
        yield "</g>"
    yield from (badge_text(found) for found in scene.badges)


def band_name(title: str, files: int, rect: Rect) -> Iterator[str]:
    """The name of a band, and how many files it has."""
    words = title.split(" ")
    lines = [words[0]]
    for word in words[1:]:
        if width(f"{lines[-1]} {word}", 14, fixed=False, bold=True) <= NAMES - 30:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    lines = [cut(line, 14, NAMES - 26, fixed=False, bold=True) for line in lines[:2]]
    y = rect.y + min(26.0, (rect.height - 18 * len(lines) - 16) / 2 + 14)
    for place, line in enumerate(lines):
        yield text(rect.x + 16, y + 18 * place, line, "layer")
    yield text(rect.x + 16, y + 18 * len(lines) - 1, counted(files, "file") if files else "no files", "amount")


def missing(scene: Scene, key: str) -> Iterator[str]:
    """What rules say of a band that lacks files."""
    rect = scene.places.bands[key]
    told = [place for place, found in enumerate(scene.violations) if found.band == key]
    for line, place in enumerate(told[:1]):
        message = cut(scene.violations[place].message, 11.5, rect.right - scene.places.left - 20, fixed=False)
        middle = rect.y + rect.height / 2 + 18 * line
        x = undisturbed(scene, middle, width(message, 11.5, fixed=False), rect.right - 12)
        kind = severity(scene.violations, [place])
        yield f'<g class="{kind}" data-violation="{place}">{text(x, middle + 4, message, "empty halo")}</g>'


def heading(card: Card, places: Places) -> Iterator[str]:
    """The folder of a card, its last part clearer, and how many imports stay within it."""
    rect = places.cards[card.key]
    x, y = rect.x + CARD_PADDING, rect.y + (26 if places.front else 16)
    shown = places.headings[card.key]
    above, _, last = shown.removesuffix("/").rpartition("/")
    first = f"{safe(above)}/" if above else ""
    end = "/" if shown.endswith("/") else ""
    name = f'{first}<tspan class="last">{safe(last)}{end}</tspan>'
    folder = f'<text class="folder" x="{number(x)}" y="{number(y)}">{name}</text>'
    yield f"<g><title>{safe(card.folder or '.')}</title>{folder}</g>"
    if card.inside:
        label = f"{card.inside:,}"
        right = x + width(shown, HEADING) + inside_width(card) if places.front else rect.right - CARD_PADDING
        told = counted(card.inside, "import") + " between files of this folder"
        sign = loop(right - width(label, HEADING) - 13, y - 8)
        yield f"<g><title>{safe(told)}</title>{text(right, y, label, 'folder', 'end')}{sign}</g>"


def box_text(scene: Scene, box: Box, card: str) -> str:
    """A box with its name. A folder has a second edge behind it, and the number of its files."""
    rect = scene.places.boxes[box.key]
    told = blamed(scene.picture, box)
    kind = severity(scene.violations, told)
    files = safe(" ".join(node.path for node in box.files))
    parts = [
        f'<g class="{f"file {kind}".strip()}" data-box="{box.key}" data-in="{card}" data-files="{files}"'
        f"{violations(told)}>"
        f"<title>{safe(box_told(scene.picture, box))}</title>"
    ]
    room = rect.width - 2 * BOX_PADDING
    if box.is_folder:
        behind = Rect(rect.x + 2.5, rect.y + 2.5, rect.width, rect.height)
        parts.append(f'<rect class="box" {attributes(behind)} rx="5"/>')
    parts.append(f'<rect class="box" {attributes(rect)} rx="5"/>')
    if box.is_folder:
        files = f"{len(box.files):,}"
        parts.append(text(rect.right - BOX_PADDING, rect.y + 16, files, "folder", "end"))
        room -= width(files, HEADING) + 6
    parts.append(text(rect.x + BOX_PADDING, rect.y + 16, cut_path(box.label, LETTERS, room), "name"))
    return "".join([*parts, "</g>"])


def arrow(scene: Scene, way: Way) -> str:
    """An arrow with its head, its number and what it stands for."""
    found = way.arrow
    kind = "lazy" if found.kind == "dynamic" else found.kind
    count = len(found.links)
    size = 1.1 if count == 1 else min(3.2, 1.1 + 0.45 * count**0.42)
    if found.violations:
        size += 0.5
    x, y = way.curves[0].start
    pieces = [f"M{number(x)} {number(y)}"]
    for curve in way.curves:
        if curve.is_vertical:
            pieces.append(f"V{number(curve.end[1])}")
        else:
            points = (curve.first, curve.second, curve.end)
            pieces.append("C" + " ".join(f"{number(x)} {number(y)}" for x, y in points))
    parts = [
        f'<g class="arrow {kind} {color_of(scene.picture, found)}" data-arrow="{found.key}" data-from="{found.source}" '
        f'data-to="{found.target}"{violations(found.violations)}>',
        f"<title>{safe(arrow_told(scene.picture, found))}</title>",
        f'<path class="line" stroke-width="{number(size)}" d="{"".join(pieces)}"/>',
        f'<path class="head" d="{head(way)}"/>',
    ]
    if found.key in scene.numbered:
        parts.append(text(*way.count, f"{count:,}", "count halo", "end" if way.side == "end" else ""))
    return "".join([*parts, "</g>"])


def violations(numbers: Iterable[int]) -> str:
    """The attribute that names violations, where there are any."""
    told = " ".join(map(str, numbers))
    return f' data-violations="{told}"' if told else ""


def head(way: Way) -> str:
    """The head of an arrow."""
    x, y = way.curves[-1].end
    dx, dy = way.toward
    points = (
        (x + dx * way.head, y + dy * way.head),
        (x - dx * 0.5 + dy * 3.4, y - dy * 0.5 + dx * 3.4),
        (x - dx * 0.5 - dy * 3.4, y - dy * 0.5 - dx * 3.4),
    )
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def badge_text(found: Badge) -> str:
    """A badge."""
    numbers = " ".join(str(place) for place in found.violations)
    label = text(found.rect.middle, found.rect.y + 10.9, found.text, "badge-text", "middle")
    back = f'<rect class="badge" {attributes(found.rect)} rx="7.5"/>'
    return f'<g class="{found.kind}" data-badge="{numbers}">{back}{label}</g>'
