"""Mermaid: the drawing as text that GitHub, GitLab and many editors show as a flowchart."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.draw.fold import Arrow, Card, Picture
from verifier.draw.paint import LIGHT
from verifier.draw.scene import blamed, severity
from verifier.regex import regex
from verifier.report.style import shown

# What means something to Mermaid, or to the HTML that it makes, inside a quoted text.
MEANING = regex(r"[^\w ./:,()+@~\[\]{}=!?*$%^-]")
LINES = {"runtime": "-->", "lazy": "-.->", "dynamic": "-.->", "type-only": "-.->", "call": "-.->"}


def mermaid(picture: Picture) -> str:
    """The whole picture, bands as subgraphs, violations red and named by their rule."""
    names = {box.key: f"b{place}" for place, box in enumerate(picture.boxes)}
    cards = [card for band in picture.bands for card in band.cards]
    names |= {card.key: f"c{place}" for place, card in enumerate(cards)}
    lines = ["flowchart TB"]
    for place, band in enumerate(picture.bands):
        lines.append(f"  subgraph l{place}[{quoted(band.name.title)}]")
        for card in band.cards:
            lines.extend(f"    {line}" for line in drawn(picture, card, names))
        if not band.cards:
            lines.append(f'    e{place}["no files"]:::empty')
        lines.append("  end")
    for place, arrow in enumerate(picture.arrows):
        lines.append(f"  {names[arrow.source]} {line_of(picture, arrow)} {names[arrow.target]}")
        kind = severity(picture.graph.violations, arrow.violations)
        if kind:
            color = LIGHT.bad if kind == "bad" else LIGHT.warn
            lines.append(f"  linkStyle {place} stroke:{color},color:{color},stroke-width:3px")
    lines.append(f"  classDef bad stroke:{LIGHT.bad},stroke-width:2px")
    lines.append(f"  classDef warn stroke:{LIGHT.warn},stroke-width:2px")
    lines.append("  classDef empty fill:none,stroke:none")
    return "\n".join(lines) + "\n"


def drawn(picture: Picture, card: Card, names: dict[str, str]) -> Iterator[str]:
    """A folder and what lies in it."""
    yield f"subgraph {names[card.key]}[{quoted(card.folder or './')}]"
    for box in card.boxes:
        files = f" · {len(box.files):,} files" if box.is_folder else ""
        kind = severity(picture.graph.violations, blamed(picture, box))
        yield f"  {names[box.key]}[{quoted(box.label + files)}]{f':::{kind}' if kind else ''}"
    yield "end"


def line_of(picture: Picture, arrow: Arrow) -> str:
    """The line of an arrow, with the rules that it breaks, else the number of imports that it stands for."""
    rules = sorted({picture.graph.violations[number].rule for number in arrow.violations})
    label = ", ".join(rules) if rules else f"{len(arrow.links):,}" if len(arrow.links) > 1 else ""
    return LINES[arrow.kind] + (f"|{quoted(label)}|" if label else "")


def quoted(text: str) -> str:
    """A text in quotes, in which nothing means anything to Mermaid."""
    return '"' + MEANING.sub(lambda found: f"#{ord(found[0])};" if ord(found[0]) < 128 else found[0], shown(text)) + '"'
