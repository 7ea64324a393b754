"""Paint: the colours and the style sheet, for light and dark surroundings."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Tone(Struct, frozen=True):
    """The colours of a layer: its ground, its edges and its name."""

    ground: str
    line: str
    text: str


class Palette(Struct, frozen=True):
    """All colours of a surrounding."""

    page: str
    frame: str
    card: str
    box: str
    text: str
    quiet: str
    bad: str
    bad_ground: str
    warn: str
    warn_ground: str
    good: str
    good_ground: str
    none: Tone
    layers: tuple[Tone, ...]


LIGHT = Palette(
    page="#ffffff", frame="#d5dbe3", card="#ffffff", box="#ffffff", text="#1f2733", quiet="#647084",
    bad="#d1242f", bad_ground="#ffebe9", warn="#b35900", warn_ground="#fff1dd", good="#16794c", good_ground="#dff6e8",
    none=Tone("#f3f5f8", "#97a2b2", "#566173"),
    layers=(
        Tone("#eaf1fe", "#4b82e8", "#2457b8"),
        Tone("#e5f6f0", "#27a07f", "#0c6e55"),
        Tone("#f2ecfd", "#9370db", "#6a3fc0"),
        Tone("#fbf3e0", "#c09340", "#7d5a10"),
        Tone("#e4f4fa", "#3399bd", "#0c6180"),
        Tone("#eef5e0", "#7fa03a", "#4c6a12"),
        Tone("#fbebf6", "#c069a8", "#8c3575"),
        Tone("#ecedf6", "#7580b8", "#444e8a"),
    ),
)  # fmt: skip
DARK = Palette(
    page="#0d1117", frame="#2d3440", card="#12171f", box="#1a212b", text="#e4e9f0", quiet="#939fb0",
    bad="#ff6a62", bad_ground="#42181b", warn="#f0a24a", warn_ground="#3a2a12", good="#54c98a", good_ground="#11301f",
    none=Tone("#161b23", "#657183", "#a6b1c0"),
    layers=(
        Tone("#121f38", "#5e8fe6", "#8fb6ff"),
        Tone("#0f2923", "#3aa98a", "#6fd8b9"),
        Tone("#231a3a", "#9a7be0", "#c3adff"),
        Tone("#2b2312", "#b98f3f", "#e5c172"),
        Tone("#0f2733", "#3f9dbf", "#7fd0ee"),
        Tone("#1e2811", "#86a648", "#bcd97f"),
        Tone("#2f1729", "#bd6aa6", "#eda5d8"),
        Tone("#1a1d33", "#7d88c4", "#b3bcf2"),
    ),
)  # fmt: skip

SANS = '-apple-system,BlinkMacSystemFont,"Segoe UI",Helvetica,Arial,"Liberation Sans",sans-serif'
FIXED = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace'

SHAPES = f"""
text{{font-family:{SANS};font-size:12px}}
.name,.folder,.count,.place{{font-family:{FIXED}}}
.title{{font-size:21px;font-weight:650}}
.about,.note,.key{{font-size:12px}}
.verdict{{font-size:13px;font-weight:600}}
.layer{{font-size:14px;font-weight:650}}
.amount,.empty{{font-size:11.5px}}
.name{{font-size:11.5px}}
.folder{{font-size:10.5px}}
.count{{font-size:9px}}
.badge-text{{font-size:9.5px;font-weight:700}}
.rule{{font-size:12px;font-weight:600}}
.place,.message{{font-size:11.5px}}
.line{{fill:none;stroke-linecap:round}}
.type-only .line{{stroke-dasharray:5 4}}
.lazy .line{{stroke-dasharray:.1 4.5}}
.call .line{{stroke-dasharray:9 3 1.5 3}}
"""


def tone(color: int | None) -> str:
    """The class of a layer's colours."""
    return "n" if color is None else f"l{color % len(LIGHT.layers)}"


def style(colors: Iterable[int | None]) -> str:
    """The style sheet of a drawing that uses some of the layers' colours."""
    used = sorted({tone(color) for color in [*colors, None]})
    dark = colored(DARK, used)
    return f"{SHAPES}{colored(LIGHT, used)}\n@media (prefers-color-scheme:dark){{\n{dark}\n}}\n"


def colored(palette: Palette, used: Iterable[str]) -> str:
    """The rules that give colours."""
    lines = [
        f".page{{fill:{palette.page};stroke:{palette.frame}}}",
        f"text{{fill:{palette.text}}}",
        f".about,.note,.amount,.folder,.message,.place{{fill:{palette.quiet}}}",
        f".last{{fill:{palette.text}}}",
        f".card{{fill:{palette.card}}}",
        f".box{{fill:{palette.box};stroke:{palette.frame}}}",
        f".bad .box{{fill:{palette.bad_ground};stroke:{palette.bad}}}",
        f".warn .box{{fill:{palette.warn_ground};stroke:{palette.warn}}}",
        f".halo{{stroke:{palette.page};stroke-width:3;stroke-linejoin:round;paint-order:stroke}}",
        f".folder{{stroke:{palette.card};stroke-width:3;stroke-linejoin:round;paint-order:stroke}}",
        ".file .folder{stroke:none}",
    ]
    for name in used:
        found = palette.none if name == "n" else palette.layers[int(name[1:])]
        lines += [
            f".{name} .ground{{fill:{found.ground}}}",
            f".{name} .card{{stroke:{found.line};stroke-opacity:.45}}",
            f".{name} .empty{{stroke:{found.ground}}}",
            f".{name} .layer{{fill:{found.text}}}",
            f".{name} .tab{{fill:{found.line}}}",
            f".{name} .amount-box{{fill:{found.text}}}",
            f".{name} .line{{stroke:{found.line}}}",
            f".{name} .head,.{name} .loop{{fill:{found.line}}}",
            f".{name} .count{{fill:{found.text}}}",
        ]
    for name, ink, ground in (
        ("bad", palette.bad, palette.bad_ground),
        ("warn", palette.warn, palette.warn_ground),
        ("good", palette.good, palette.good_ground),
    ):
        lines += [
            f".{name} .line{{stroke:{ink}}}",
            f".{name} .head,.{name} .mark,.{name} .badge,.{name} .count,.{name} .verdict,.{name} .rule,"
            f".{name} .empty{{fill:{ink}}}",
            f".{name} .pill{{fill:{ground}}}",
            f".{name} .badge-text{{fill:{palette.page}}}",
        ]
    return "\n".join(lines)
