"""Figures as SVG: told apart by shape as well as by colour, with a title and a description for who cannot see them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from verifier.study.nouns import Figure, Point

WIDE, LEFT, RIGHT, TOP, LOW = 760, 60, 210, 16, 46
HIGH = 340
ROW = 26
COLORS = 8  # classes c0 to c7 of the page
MARKS = ("circle", "square", "diamond", "triangle", "cross", "ring", "bar", "plus")


def svg(figure: Figure, identity: str) -> str:
    """A figure."""
    body, high = {"lines": lines, "bars": bars, "stacks": stacks, "forest": forest}[figure.kind](figure)
    head = (
        f'<svg viewBox="0 0 {WIDE} {high:g}" role="img" aria-labelledby="{identity}-t {identity}-d" '
        f'xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{identity}-t">{escape(figure.title)}</title>'
        f'<desc id="{identity}-d">{escape(described(figure))}</desc>'
    )
    return head + "".join(body) + "</svg>"


def described(figure: Figure) -> str:
    """A figure in words."""
    parts = []
    for series in figure.series:
        points = ", ".join(f"{point.label} {point.value:.1f}" for point in series.points)
        parts.append(f"{series.label}: {points}")
    return f"{figure.axis}. {'; '.join(parts)}."


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from one to the other, about five."""
    span = high - low
    step = 10 ** math.floor(math.log10(span / 4)) if span > 0 else 1.0
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 6)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [step * place for place in range(first, last + 1)]


def reach(figure: Figure) -> list[float]:
    """The ticks of the axis that values are measured on; zero is always among them, a hundred where it is near."""
    values = [0.0]
    for series in figure.series:
        for point in series.points:
            values += [bound for bound in (point.value, point.low, point.high) if bound is not None]
    top = 100.0 if figure.kind != "bars" and max(values) > 60 else max(values)
    return ticks(min(values), max(top, min(values) + 1))


def mark(shape: str, x: float, y: float, color: int) -> str:
    """A sign for a point."""
    place = f'class="c{color}"'
    match shape:
        case "circle":
            return f'<circle {place} cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        case "ring":
            return f'<circle class="c{color} hollow" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        case "square":
            return f'<rect {place} x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'
        case "bar":
            return f'<rect {place} x="{x - 6:.1f}" y="{y - 2.5:.1f}" width="12" height="5"/>'
        case "diamond":
            return f'<path {place} d="M{x:.1f} {y - 6:.1f}l6 6-6 6-6-6z"/>'
        case "triangle":
            return f'<path {place} d="M{x:.1f} {y - 5.5:.1f}l5.5 10h-11z"/>'
        case "cross":
            return f'<path class="s{color}" d="M{x - 4.5:.1f} {y - 4.5:.1f}l9 9m0-9l-9 9"/>'
    return f'<path class="s{color}" d="M{x - 5.5:.1f} {y:.1f}h11m-5.5-5.5v11"/>'


def label(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    """Some words."""
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def lines(figure: Figure) -> tuple[Iterator[str], float]:
    """A line for each series over the labels of the points."""
    labels = list(dict.fromkeys(point.label for series in figure.series for point in series.points))
    marks = reach(figure)
    low, high = marks[0], marks[-1]
    inner = WIDE - LEFT - RIGHT
    long = max(map(len, labels)) > 6 and len(labels) > 4
    bottom = HIGH - LOW

    def x(name: str) -> float:
        return LEFT + inner * (labels.index(name) + 0.5) / len(labels)

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - TOP)

    def draw() -> Iterator[str]:
        for tick in marks:
            yield f'<path class="grid" d="M{LEFT} {y(tick):.1f}h{inner}"/>'
            yield label(LEFT - 8, y(tick) + 4, f"{tick:g}", "end", "quiet")
        yield label(LEFT, 11, figure.axis, "start", "quiet")
        for number, name in enumerate(labels):
            yield label(x(name), bottom + (18 if not long or number % 2 == 0 else 34), name, "middle", "quiet")
        for number, series in enumerate(figure.series):
            color, shape = number % COLORS, MARKS[number % len(MARKS)]
            # Side by side within a label, so that error bars do not cover each other.
            aside = (number - (len(figure.series) - 1) / 2) * min(7, inner / len(labels) * 0.6 / len(figure.series))
            path = " ".join(f"{x(point.label) + aside:.1f},{y(point.value):.1f}" for point in series.points)
            yield f'<polyline class="s{color}" points="{path}"/>'
            for point in series.points:
                yield error(x(point.label) + aside, point, y, color)
                yield mark(shape, x(point.label) + aside, y(point.value), color)
        yield from legend(figure, TOP + 6)

    return draw(), float(HIGH)


def error(x: float, point: Point, y: object, color: int) -> str:
    """The bounds of a value, upright."""
    assert callable(y)
    if point.low is None or point.high is None or point.low == point.high:
        return ""
    low, high = y(point.low), y(point.high)
    return f'<path class="s{color} thin" d="M{x:.1f} {low:.1f}V{high:.1f}m-3 0h6m-6 {low - high:.1f}h6"/>'


def legend(figure: Figure, top: float) -> Iterator[str]:
    """Which sign is which series."""
    for number, series in enumerate(figure.series):
        y = top + 20 * number
        yield mark(MARKS[number % len(MARKS)], WIDE - RIGHT + 24, y, number % COLORS)
        yield label(WIDE - RIGHT + 38, y + 4, cut(series.label, 26))


def cut(words: str, most: int) -> str:
    """Words that fit."""
    return words if len(words) <= most else words[: most - 1] + "…"


def bars(figure: Figure) -> tuple[Iterator[str], float]:
    """A bar for each point of the one series, to the left of zero or to its right."""
    points = figure.series[0].points
    marks = reach(figure)
    low, high = marks[0], marks[-1]
    left = 170
    inner = WIDE - left - 60
    total = TOP + ROW * 1.4 * len(points) + LOW

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * inner

    def draw() -> Iterator[str]:
        bottom = total - LOW
        for tick in marks:
            kind = "axis" if tick == 0 else "grid"
            yield f'<path class="{kind}" d="M{x(tick):.1f} {TOP}V{bottom:.1f}"/>'
            yield label(x(tick), bottom + 18, f"{tick:+g}" if tick else "0", "middle", "quiet")
        yield label(left + inner / 2, bottom + 38, figure.axis, "middle", "quiet")
        for number, point in enumerate(points):
            y = TOP + ROW * 1.4 * (number + 0.5)
            start, end = sorted((x(0), x(point.value)))
            yield label(left - 10, y + 4, cut(point.label, 24), "end")
            yield f'<rect class="c0" x="{start:.1f}" y="{y - 9:.1f}" width="{max(end - start, 1):.1f}" height="18"/>'
            yield flat_error(x, y, point, "ink")
            beyond = max(x(point.high if point.high is not None else point.value), x(0)) + 8
            yield label(beyond, y + 4, f"{point.value:+.1f}")

    return draw(), total


def flat_error(x: object, y: float, point: Point, kind: str) -> str:
    """The bounds of a value, lying."""
    assert callable(x)
    if point.low is None or point.high is None or point.low == point.high:
        return ""
    low, high = x(point.low), x(point.high)
    return f'<path class="{kind} thin" d="M{low:.1f} {y:.1f}H{high:.1f}m0-4v8m{low - high:.1f} 0v-8"/>'


def stacks(figure: Figure) -> tuple[Iterator[str], float]:
    """A bar for each label, whose parts are the series."""
    labels = list(dict.fromkeys(point.label for series in figure.series for point in series.points))
    left, right = 170, RIGHT + 20
    inner = WIDE - left - right
    total = max(TOP + ROW * 1.5 * len(labels) + LOW, TOP + 20 * len(figure.series) + 20)

    def draw() -> Iterator[str]:
        bottom = TOP + ROW * 1.5 * len(labels)
        for tick in (0, 25, 50, 75, 100):
            yield f'<path class="grid" d="M{left + inner * tick / 100:.1f} {TOP}V{bottom:.1f}"/>'
            yield label(left + inner * tick / 100, bottom + 18, f"{tick}%", "middle", "quiet")
        for number, name in enumerate(labels):
            y = TOP + ROW * 1.5 * number + 5
            yield label(left - 10, y + 18, cut(name, 24), "end")
            x = float(left)
            for place, series in enumerate(figure.series):
                value = next((point.value for point in series.points if point.label == name), 0.0)
                wide = inner * value / 100
                if wide <= 0:
                    continue
                yield (
                    f'<rect class="c{place % COLORS} part" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="28">'
                    f"<title>{escape(f'{name}, {series.label}: {value:.1f}%')}</title></rect>"
                )
                if wide > 30:
                    yield label(x + wide / 2, y + 18, f"{value:.0f}", "middle", f"on{place % COLORS}")
                x += wide
        for number, series in enumerate(figure.series):
            y = TOP + 10 + 20 * number
            yield f'<rect class="c{number % COLORS} part" x="{WIDE - right + 14}" y="{y - 6}" width="12" height="12"/>'
            yield label(WIDE - right + 34, y + 4, cut(series.label, 28))

    return draw(), total


def forest(figure: Figure) -> tuple[Iterator[str], float]:
    """A line for each point: its value between its bounds."""
    points = figure.series[0].points
    left = 300
    inner = WIDE - left - 60
    total = TOP + ROW * len(points) + LOW

    def x(value: float) -> float:
        return left + value / 100 * inner

    def draw() -> Iterator[str]:
        bottom = total - LOW
        for tick in (0, 25, 50, 75, 100):
            yield f'<path class="grid" d="M{x(tick):.1f} {TOP}V{bottom:.1f}"/>'
            yield label(x(tick), bottom + 18, f"{tick}", "middle", "quiet")
        yield label(left + inner / 2, bottom + 38, figure.axis, "middle", "quiet")
        for number, point in enumerate(points):
            y = TOP + ROW * (number + 0.5)
            yield label(left - 12, y + 4, cut(point.label, 44), "end")
            yield flat_error(x, y, point, "s0")
            yield mark("circle", x(point.value), y, 0)

    return draw(), total
