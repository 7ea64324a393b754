"""draw: Facts -> a picture of the layers, of who imports whom, and of what the rules of the layers say.

``graph`` says what there is, ``fold`` what of it is shown, ``place`` and ``route`` where, ``svg`` and the others how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from verifier.draw.fold import fold
from verifier.draw.graph import read_graph

if TYPE_CHECKING:
    from verifier.link import Facts

Form: TypeAlias = Literal["svg", "html", "mermaid", "dot"]


def draw(facts: Facts, form: Form) -> str:
    """The drawing of a project. The same facts give the same text."""
    picture = fold(read_graph(facts))
    if form == "svg":
        from verifier.draw.svg import svg

        return svg(picture)
    if form == "html":
        from verifier.draw.html import html

        return html(picture)
    if form == "dot":
        from verifier.draw.dot import dot

        return dot(picture)
    from verifier.draw.mermaid import mermaid

    return mermaid(picture)
