"""Legend: what stands below the drawing. Violations, the meaning of the signs, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.draw.fold import Picture
from verifier.draw.graph import Violation
from verifier.draw.letters import counted, cut, safe, width
from verifier.draw.place import MARGIN, Rect
from verifier.draw.scene import BADGE_HEIGHT, BADGE_LETTERS, MOST_LISTED, Scene, by_rule, letter, marked, severity
from verifier.draw.shapes import attributes, loop, number, text

LINE = 20.0
SIGN = 42.0
MOST_LINES = 3
KINDS = {
    "runtime": "import",
    "type-only": "import for types only",
    "lazy": "import inside a function or at run time",
    "call": "call without an import",
}
FOLDER = (
    '<g><rect class="box" x="4.5" y="-4.5" width="26" height="13" rx="3"/>'
    '<rect class="box" x="2" y="-7" width="26" height="13" rx="3"/></g>'
)


def footer(scene: Scene, y: float) -> tuple[list[str], float]:
    """All that stands below the drawing, and where it ends."""
    parts, y = listed(scene, y)
    signs, y = legend(scene, y, scene.places.width)
    parts += signs
    for line in wrapped(notes(scene.picture), 12, scene.places.width - 2 * MARGIN, MOST_LINES):
        parts.append(text(MARGIN, y + 4, line, "note"))
        y += LINE
    return parts, y + 10


def wrapped(content: str, size: float, room: float, most: int) -> list[str]:
    """A text in lines of some width; the last of them is cut where there would be more."""
    lines: list[str] = []
    words = content.split(" ") if content else []
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size, fixed=False) <= room:
            line += f" {words.pop(0)}"
        lines.append(cut(line, size, room, fixed=False))
    if words:
        lines.append(cut(" ".join(words), size, room, fixed=False))
    return lines


def listed(scene: Scene, y: float) -> tuple[list[str], float]:
    """The violations: one by one where they are few, else by rule."""
    if not scene.violations:
        return [], y
    right = scene.places.width - MARGIN
    parts: list[str] = []
    for sign, where, message, found in entries(scene):
        long = max(BADGE_HEIGHT, width(sign, BADGE_LETTERS, fixed=False, bold=True) + 8)
        rect = Rect(MARGIN, y - BADGE_HEIGHT / 2, long, BADGE_HEIGHT)
        after = MARGIN + long + 8
        where = cut(where, 11.5, (right - MARGIN) * 0.5, start=True)
        then = after + width(where, 11.5) + 12
        parts.append(
            f'<g class="{"bad" if found.is_error else "warn"}"><title>{safe(found.message)}</title>'
            f'<rect class="badge" {attributes(rect)} rx="7.5"/>'
            + text(rect.middle, y + 3.4, sign, "badge-text", "middle")
            + text(after, y + 4, where, "place")
        )
        message = message.replace("`", "")
        if width(message, 11.5, fixed=False) <= right - then:
            parts.append(text(then, y + 4, message, "message"))
        else:
            for line in wrapped(message, 11.5, right - after, MOST_LINES):
                y += LINE - 3
                parts.append(text(after, y + 4, line, "message"))
            y += 3
        parts.append("</g>")
        y += LINE
    return parts, y + 8


def entries(scene: Scene) -> Iterator[tuple[str, str, str, Violation]]:
    """What the list says: a sign, a place or rule, a message, and the violation that it is of."""
    if len(scene.violations) <= MOST_LISTED:
        for sign, found in zip(scene.signs, scene.violations, strict=True):
            yield sign, f"{found.span.path}:{found.span.line}", found.message, found
        return
    for place, (rule, inner) in enumerate(by_rule(scene.violations).items()):
        first = inner[0]
        such = f"such as {first.span.path}:{first.span.line}: {first.message}" if len(inner) > 1 else first.message
        yield letter(place), f"{len(inner):,} \u00d7 {rule}", such, first


def legend(scene: Scene, y: float, wide: float) -> tuple[list[str], float]:
    """What the signs mean, for those that occur."""
    items = list(signs(scene))
    parts: list[str] = []
    x = MARGIN
    for sign, meaning in items:
        long = SIGN + width(meaning, 12, fixed=False) + 24
        if x + long > wide - MARGIN and x > MARGIN:
            x, y = MARGIN, y + LINE
        parts.append(f'<g transform="translate({number(x)} {number(y)})">{sign}{text(SIGN, 4, meaning, "note")}</g>')
        x += long
    return parts, y + LINE if items else y


def signs(scene: Scene) -> Iterator[tuple[str, str]]:
    """The signs that occur, with their meanings."""
    picture = scene.picture
    kinds = {"lazy" if found.kind == "dynamic" else found.kind for found in picture.arrows}
    for kind, meaning in KINDS.items():
        if kind in kinds:
            yield sample(f"{kind} n", 1.4), meaning
    severities = {severity(scene.violations, found.violations) for found in picture.arrows}
    marks = {severity(scene.violations, marked(picture, box)) for box in picture.boxes}
    for kind, meaning in (("bad", "violation"), ("warn", "warning")):
        if kind in severities:
            yield sample(kind, 1.8), meaning
        if kind in marks:
            yield (
                f'<g class="{kind}"><rect class="box" x="2" y="-7" width="30" height="14" rx="4"/></g>',
                f"file with a {meaning}",
            )
    if any(len(found.links) > 1 for found in picture.arrows):
        yield f'<g class="n">{text(16, 3, "12", "count", "middle")}</g>', "number of imports"
    if any(card.inside for band in picture.bands for card in band.cards):
        yield f'<g class="n">{loop(12, -4)}</g>', "imports within a folder"
    if any(box.is_folder for box in picture.boxes):
        yield FOLDER, "folder, with the number of its files"


def sample(classes: str, size: float) -> str:
    """A short arrow."""
    return (
        f'<g class="{classes}"><path class="line" stroke-width="{size}" d="M0 0H26"/>'
        '<path class="head" d="M32.5 0l-7 3.4v-6.8z"/></g>'
    )


def notes(picture: Picture) -> str:
    """What was put together, and what is not drawn."""
    found = []
    files = sum(len(box.files) for box in picture.boxes)
    if files > len(picture.boxes):
        found.append(f"{counted(files, 'file')} are drawn as {counted(len(picture.boxes), 'box', 'boxes')}.")
    if picture.graph.left_out:
        found.append(f"Not drawn: {', '.join(picture.graph.left_out)}.")
    return " ".join(found)
