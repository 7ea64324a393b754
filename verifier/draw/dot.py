"""DOT: the drawing as text for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.draw.fold import Arrow, Card, Picture
from verifier.draw.paint import LIGHT, tone
from verifier.draw.scene import arrow_told, blamed, box_told, severity
from verifier.report.style import shown

STYLES = {"runtime": "solid", "lazy": "dotted", "dynamic": "dotted", "type-only": "dashed", "call": "dashed"}


def dot(picture: Picture) -> str:
    """The whole picture, bands as clusters, violations red and named by their rule."""
    cards = {card.key: card for band in picture.bands for card in band.cards}
    lines = [
        "digraph layers {",
        f"  label={quoted(picture.graph.name)}; labelloc=t; compound=true; rankdir=TB; newrank=true;",
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=10];',
        '  edge [fontname="Helvetica", fontsize=9];',
    ]
    for place, band in enumerate(picture.bands):
        found = LIGHT.none if band.name.color is None else LIGHT.layers[int(tone(band.name.color)[1:])]
        lines.append(f"  subgraph cluster_band_{place} {{")
        lines.append(
            f'    label={quoted(band.name.title)}; style="rounded,filled"; color="{found.line}"; '
            f'fillcolor="{found.ground}"; fontcolor="{found.text}"; fontname="Helvetica-Bold";'
        )
        if not band.cards:
            lines.append(f'    {quoted(f"empty {place}")} [label="no files", shape=plaintext, style=""];')
        for card in band.cards:
            lines.extend(f"    {line}" for line in drawn(picture, card))
        lines.append("  }")
    lines.extend(f"  {edge(picture, arrow, cards)}" for arrow in picture.arrows)
    return "\n".join([*lines, "}"]) + "\n"


def drawn(picture: Picture, card: Card) -> Iterator[str]:
    """A folder and what lies in it."""
    yield f"subgraph {quoted(f'cluster_{card.key}')} {{"
    yield f'  label={quoted(card.folder or "./")}; style="rounded,filled"; color="{LIGHT.frame}"; fillcolor=white;'
    for box in card.boxes:
        kind = severity(picture.graph.violations, blamed(picture, box))
        color = {"bad": LIGHT.bad, "warn": LIGHT.warn}.get(kind, LIGHT.frame)
        files = f" ({len(box.files):,} files)" if box.is_folder else ""
        told = box_told(picture, box)
        yield f'  {quoted(box.key)} [label={quoted(box.label + files)}, color="{color}", tooltip={quoted(told)}];'
    yield "}"


def edge(picture: Picture, arrow: Arrow, cards: dict[str, Card]) -> str:
    """An arrow; one that ends at a folder is led to a box in it and cut at the folder's edge."""
    settings = [f"style={STYLES[arrow.kind]}", f"tooltip={quoted(arrow_told(picture, arrow))}"]
    ends = []
    for key, side in ((arrow.source, "ltail"), (arrow.target, "lhead")):
        card = cards.get(key)
        ends.append(quoted(card.boxes[0].key if card is not None else key))
        if card is not None:
            settings.append(f"{side}={quoted(f'cluster_{key}')}")
    kind = severity(picture.graph.violations, arrow.violations)
    rules = sorted({picture.graph.violations[number].rule for number in arrow.violations})
    if kind:
        color = LIGHT.bad if kind == "bad" else LIGHT.warn
        settings += [f"label={quoted(', '.join(rules))}", f'color="{color}"', f'fontcolor="{color}"', "penwidth=2"]
    elif len(arrow.links) > 1:
        settings.append(f'label="{len(arrow.links)}"')
    return f"{ends[0]} -> {ends[1]} [{', '.join(settings)}];"


def quoted(text: str) -> str:
    """A text in quotes; line ends stay, whatever else could mean something is taken literally."""
    lines = (shown(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
