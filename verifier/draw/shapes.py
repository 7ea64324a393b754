"""Shapes: the pieces that SVG is written with."""

from __future__ import annotations

from verifier.draw.letters import safe
from verifier.draw.place import Rect


def number(value: float) -> str:
    """A number, short."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def attributes(rect: Rect) -> str:
    """The attributes of a rectangle."""
    return f'x="{number(rect.x)}" y="{number(rect.y)}" width="{number(rect.width)}" height="{number(rect.height)}"'


def text(x: float, y: float, content: str, classes: str, anchor: str = "") -> str:
    """A text."""
    end = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{classes}" x="{number(x)}" y="{number(y)}"{end}>{safe(content)}</text>'


def loop(x: float, y: float) -> str:
    """A small arrow that turns back."""
    turn = "a4.2 4.2 0 1 0 4.1 5.1l-1.3-.3a2.9 2.9 0 1 1-2.8-3.5v1.7l3-2.4-3-2.4z"
    return f'<path class="loop" d="M{number(x + 4.2)} {number(y)}{turn}"/>'
