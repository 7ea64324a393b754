"""Fold: files into boxes and boxes into cards, so that a drawing of any project can be taken in.

A card is a folder; its boxes are files, or folders below it with a count of their files. Arrows lead from box to box
where they are few, else from card to card. No file and no import is lost on the way: each is in one box or arrow.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from verifier.draw.graph import KINDS, BandName, Graph, Link, LinkKind, Node

MOST_BOXES = 150
# Up to so many arrows can be told apart; more are bundled between cards.
MOST_ARROWS = 22
MOST_BLAMED = 30
MOST_BUNDLES = 64
MOST_CARDS = 10
# Files of no layer get a smaller share of the boxes, and at most so many.
UNLAYERED_SHARE = 0.6
MOST_UNLAYERED = 56
# How much more a file is worth showing by itself for a violation than for an import to another band.
VIOLATION_WEIGHT = 4.0
ALONE_WEIGHT = 0.2
# A folder that cannot be opened whole shows at least so many of its folders, or stays shut.
FEWEST_OPENED = 4
# Folders below this depth are not told apart.
DEEPEST = 40


class Box(Struct, frozen=True):
    """A file, or a folder that stands for its files. ``path`` is that of the file or folder."""

    key: str
    path: str
    label: str
    files: tuple[Node, ...]

    @property
    def is_folder(self) -> bool:
        """Whether it stands for several files."""
        return len(self.files) > 1 or self.files[0].path != self.path


class Card(Struct, frozen=True):
    """A folder's part in a band. ``inside`` counts imports between its files that no arrow shows."""

    key: str
    folder: str
    boxes: tuple[Box, ...]
    inside: int = 0


class Band(Struct, frozen=True):
    """A band with its cards."""

    name: BandName
    cards: tuple[Card, ...]
    files: int


class Arrow(Struct, frozen=True):
    """Imports from the files of one box or card to those of another; ``source`` and ``target`` are their keys."""

    key: str
    source: str
    target: str
    kind: LinkKind
    links: tuple[Link, ...]
    violations: tuple[int, ...] = ()


class Picture(Struct, frozen=True):
    """What is drawn, before anything has a place. ``common`` is the folder of all files, which labels leave out."""

    graph: Graph
    common: str
    bands: tuple[Band, ...]
    arrows: tuple[Arrow, ...]
    bundled: bool

    @property
    def boxes(self) -> tuple[Box, ...]:
        """All boxes, from top to bottom."""
        return tuple(box for band in self.bands for card in band.cards for box in card.boxes)


class Tree:
    """A folder with what lies in it, of one band: its own files, and those at any depth."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.folders: dict[str, Tree] = {}
        self.files: list[Node] = []
        self.all_files: list[Node] = []


def planted(nodes: Iterable[Node], common: str) -> Tree:
    """The folders of some files."""
    top = Tree(common.rstrip("/"))
    for node in nodes:
        place = top
        place.all_files.append(node)
        parts = node.path[len(common) :].split("/", DEEPEST)
        for depth, name in enumerate(parts[:-1], 1):
            if name not in place.folders:
                place.folders[name] = Tree(common + "/".join(parts[:depth]))
            place = place.folders[name]
            place.all_files.append(node)
        place.files.append(node)
    return top


def fold(graph: Graph, most_boxes: int = MOST_BOXES) -> Picture:
    """Boxes, cards and arrows of a graph, at most so many boxes (and at least one for each band that has files)."""
    common = common_folder([node.path for node in graph.nodes])
    budgets = shares(graph, most_boxes)
    weights = weigh(graph)
    suffix = usual_suffix(graph.nodes)
    grouped: dict[str, list[tuple[str, list[Box]]]] = {}
    for place, band in enumerate(graph.bands):
        nodes = [node for node in graph.nodes if node.band == band.key]
        boxes = folded(nodes, common, budgets[band.key], place, weights)
        grouped[band.key] = gathered(boxes, common)
    while True:
        bands = tuple(
            Band(
                band,
                tuple(
                    Card(f"c{place}.{number}", folder, tuple(labelled(boxes, folder, suffix)))
                    for number, (folder, boxes) in enumerate(grouped[band.key])
                ),
                sum(len(box.files) for _, boxes in grouped[band.key] for box in boxes),
            )
            for place, band in enumerate(graph.bands)
        )
        picture = with_arrows(Picture(graph, common, bands, (), False))
        if len(picture.arrows) <= MOST_BUNDLES or not coarsen(grouped, common):
            return picture


def common_folder(paths: list[str]) -> str:
    """The folder that holds all files, with a slash at its end; nothing for the root."""
    if not paths or any("/" not in path for path in paths):
        return ""
    found = posixpath.commonpath([path.rpartition("/")[0] for path in paths])
    return f"{found}/" if found else ""


def usual_suffix(nodes: Iterable[Node]) -> str:
    """The ending that most files have; labels leave it out."""
    counts: dict[str, int] = {}
    for node in nodes:
        name = node.path.rpartition("/")[2]
        stem, dot, ending = name.rpartition(".")
        if stem:
            counts[dot + ending] = counts.get(dot + ending, 0) + 1
    return max(sorted(counts), key=counts.__getitem__, default="")


def shares(graph: Graph, most: int) -> dict[str, int]:
    """How many boxes each band may have: all where they suffice, else those with few files get what they need first."""
    wanted = {band.key: sum(node.band == band.key for node in graph.nodes) for band in graph.bands}
    for band in graph.bands:
        if band.color is None:
            wanted[band.key] = min(wanted[band.key], MOST_UNLAYERED)
    if sum(wanted.values()) <= most:
        return wanted
    weight = {band.key: 1.0 if band.color is not None else UNLAYERED_SHARE for band in graph.bands}
    given = dict.fromkeys(wanted, 0)
    left, open_bands = most, sorted(key for key in wanted if wanted[key])
    while open_bands:
        total = sum(weight[key] for key in open_bands)
        modest = [key for key in open_bands if wanted[key] <= int(left * weight[key] / total)]
        if not modest:
            for key in open_bands:
                given[key] = max(1, int(left * weight[key] / total))
            break
        for key in modest:
            given[key] = wanted[key]
        left -= sum(wanted[key] for key in modest)
        open_bands = [key for key in open_bands if key not in modest]
    return given


class Entry(Struct, frozen=True):
    """A box to be: a folder with all below it, some of what lies in a folder, or one file."""

    path: str
    files: tuple[Node, ...]
    tree: Tree | None = None
    part: Literal["all", "files", "rest"] = "all"
    hidden: tuple[str, ...] = ()


def weigh(graph: Graph) -> dict[str, float]:
    """How much each file is worth showing by itself: by its imports to and from other bands, and its violations."""
    weights = {node.path: ALONE_WEIGHT for node in graph.nodes}
    band_of = {node.path: node.band for node in graph.nodes}
    for link in graph.links:
        worth = (band_of[link.source] != band_of[link.target]) + VIOLATION_WEIGHT * len(link.violations)
        weights[link.source] += worth
        weights[link.target] += worth
    for found in graph.violations:
        for path in found.files:
            weights[path] += VIOLATION_WEIGHT
    return weights


def folded(nodes: list[Node], common: str, most: int, band: int, weights: Mapping[str, float]) -> list[Box]:
    """The boxes of a band: folders are opened, those that are worth most first, as long as the boxes suffice."""
    if not nodes:
        return []
    top = planted(nodes, common)
    crowded = len(nodes) > most
    entries = [Entry(top.path, tuple(top.all_files), top)]
    shut: list[Entry] = []
    while entries:
        entries.sort(key=lambda entry: (-weight_of(entry, weights), entry.path, entry.part))
        chosen = entries.pop(0)
        opened = open_entry(chosen, most - len(entries) - len(shut), weights)
        if crowded and len(opened) >= FEWEST_OPENED and weight_of(chosen, weights) <= ALONE_WEIGHT * len(chosen.files):
            opened = []  # nothing in it has to do with another band
        if opened:
            entries.extend(opened)
        else:
            shut.append(chosen)
    boxes = []
    for number, entry in enumerate(sorted(shut, key=lambda entry: (entry.path, entry.part))):
        single = len(entry.files) == 1
        label = {"all": "", "files": "other files", "rest": f"{len(entry.hidden)} more folders"}[entry.part]
        boxes.append(
            Box(
                f"b{band}.{number}",
                entry.files[0].path if single else entry.path,
                "" if single else label,
                entry.files,
            )
        )
    return boxes


def weight_of(entry: Entry, weights: Mapping[str, float]) -> float:
    """How much the files of an entry are worth showing by themselves."""
    return sum(weights[node.path] for node in entry.files)


def open_entry(entry: Entry, most: int, weights: Mapping[str, float]) -> list[Entry]:
    """What an entry turns into when it is opened, at most so many; nothing where it stays shut."""
    if entry.tree is None or len(entry.files) == 1 or entry.part == "rest":
        return []
    tree = entry.tree
    while len(tree.folders) == 1 and not tree.files:
        tree = next(iter(tree.folders.values()))
    if entry.part == "files" or not tree.folders:
        return [Entry(node.path, (node,)) for node in entry.files] if len(entry.files) <= most else []
    inner = [Entry(found.path, tuple(found.all_files), found) for _, found in sorted(tree.folders.items())]
    direct = [Entry(tree.path, tuple(tree.files), tree, "files")] if tree.files else []
    if len(inner) + len(direct) <= most:
        return inner + direct
    kept = most - len(direct) - 1
    if kept < FEWEST_OPENED:
        return []
    inner.sort(key=lambda found: (-weight_of(found, weights), found.path))
    rest = inner[kept:]
    hidden = tuple(found.path for found in rest)
    files = tuple(node for found in rest for node in found.files)
    return [*inner[:kept], *direct, Entry(tree.path, files, tree, "rest", hidden)]


def folder_of(path: str) -> str:
    """The folder that holds a file or folder."""
    return path.rpartition("/")[0]


def gathered(boxes: list[Box], common: str) -> list[tuple[str, list[Box]]]:
    """Boxes by folder. A folder with one box joins its neighbours in the folder above."""
    root = common.rstrip("/")
    cards: dict[str, list[Box]] = {}
    for box in boxes:
        # What stands for a part of a folder lies in the folder.
        folder = box.path if box.label or box.path == root else folder_of(box.path)
        cards.setdefault(folder, []).append(box)
    joined_up = True
    while joined_up:
        joined_up = False
        lonely = [folder for folder, inner in cards.items() if len(inner) == 1 and folder not in ("", root)]
        for folder in sorted(lonely, key=lambda name: (-name.count("/"), name)):
            above = folder_of(folder)
            siblings = [
                other
                for other in cards
                if other not in (folder, above) and folder_of(other) == above and len(cards[other]) == 1
            ]
            if folder in cards and len(cards[folder]) == 1 and (above in cards or siblings):
                target = cards.setdefault(above, [])
                for name in (folder, *siblings):
                    target.extend(cards.pop(name))
                joined_up = True
    while len(cards) > MOST_CARDS and lift(cards, root):
        pass
    return [(folder, sorted(cards[folder], key=lambda box: box.path)) for folder in sorted(cards)]


def lift(cards: dict[str, list[Box]], root: str) -> bool:
    """Move the smallest of the deepest cards into the folder above; False where none can be."""
    movable = [folder for folder in cards if folder not in ("", root)]
    if not movable:
        return False
    deepest = min(movable, key=lambda name: (-name.count("/"), len(cards[name]), name))
    inner = cards.pop(deepest)
    cards.setdefault(folder_of(deepest), []).extend(inner)
    return True


def coarsen(grouped: dict[str, list[tuple[str, list[Box]]]], common: str) -> bool:
    """Join cards of the band that has most; False where no band has two."""
    key = max(grouped, key=lambda name: (len(grouped[name]), name))
    cards = dict(grouped[key])
    if len(cards) < 2 or not lift(cards, common.rstrip("/")):
        return False
    grouped[key] = [(folder, sorted(cards[folder], key=lambda box: box.path)) for folder in sorted(cards)]
    return True


def labelled(boxes: Iterable[Box], folder: str, suffix: str) -> Iterable[Box]:
    """Boxes with their labels: the way from the card's folder, without the usual ending of files."""
    for box in boxes:
        inside = box.path[len(folder) + 1 :] if folder else box.path
        label = box.label
        if not box.is_folder:
            label = inside.removesuffix(suffix) or inside
        elif not label or inside:
            label = "/".join(part for part in (inside, label) if part) + ("" if label else "/")
        yield Box(box.key, box.path, label, box.files)


def with_arrows(picture: Picture) -> Picture:
    """A picture with its arrows: between boxes where they are few, else between cards."""
    box_of = {node.path: box.key for box in picture.boxes for node in box.files}
    card_of = {
        node.path: card.key for band in picture.bands for card in band.cards for box in card.boxes for node in box.files
    }
    plain = [link for link in picture.graph.links if not link.violations]
    blamed = [link for link in picture.graph.links if link.violations]
    bundled = len({(box_of[link.source], box_of[link.target]) for link in plain}) > MOST_ARROWS
    blamed_pairs = {(box_of[link.source], box_of[link.target]) for link in blamed}
    arrows = bundles(plain, card_of if bundled else box_of)
    arrows += bundles(blamed, card_of if bundled and len(blamed_pairs) > MOST_BLAMED else box_of)
    inside: dict[str, int] = {}
    kept: list[Arrow] = []
    for arrow in arrows:
        if arrow.source != arrow.target:
            kept.append(arrow)
        else:
            inside[card_of[arrow.links[0].source]] = inside.get(card_of[arrow.links[0].source], 0) + len(arrow.links)
    bands = tuple(
        Band(
            band.name,
            tuple(Card(card.key, card.folder, card.boxes, inside.get(card.key, 0)) for card in band.cards),
            band.files,
        )
        for band in picture.bands
    )
    numbered = tuple(
        Arrow(f"a{number}", arrow.source, arrow.target, arrow.kind, arrow.links, arrow.violations)
        for number, arrow in enumerate(kept)
    )
    return Picture(picture.graph, picture.common, bands, numbered, bundled)


def bundles(links: Iterable[Link], place_of: Mapping[str, str]) -> list[Arrow]:
    """Links with the same ends, as one arrow; its kind is the strongest of theirs."""
    found: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        found.setdefault((place_of[link.source], place_of[link.target]), []).append(link)
    return [
        Arrow(
            "",
            source,
            target,
            min((link.kind for link in inner), key=KINDS.index),
            tuple(inner),
            tuple(sorted({number for link in inner for number in link.violations})),
        )
        for (source, target), inner in sorted(found.items())
    ]
