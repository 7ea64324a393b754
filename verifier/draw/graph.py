"""What there is to draw: files and their layers, who imports whom, and what the rules of the layers say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
from msgspec import Struct

from verifier.link.program import is_test
from verifier.model import Finding, ImportEdge, ImportKind, Severity, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.config import Config
    from verifier.link import Facts

PACK = "layers"
ABOVE, BESIDE = "above the layers", "beside the layers"
LAYER_NAMED = regex(r"\bthe layer (\w+)")

LinkKind: TypeAlias = Literal["runtime", "lazy", "dynamic", "type-only", "call"]
KINDS: tuple[LinkKind, ...] = ("runtime", "lazy", "dynamic", "type-only", "call")


class Node(Struct, frozen=True):
    """A file. ``reason`` says how its layer was found; nothing for a file of no layer."""

    path: str
    band: str
    reason: str = ""


class Link(Struct, frozen=True):
    """One file needs another. ``call`` is a call that a rule reports between files that do not import each other.

    ``violations`` are places in ``Graph.violations``.
    """

    source: str
    target: str
    kind: LinkKind
    violations: tuple[int, ...] = ()


class Violation(Struct, frozen=True):
    """A finding about the layers. ``files`` carry it where no arrow does, ``band`` where no file does."""

    rule: str
    severity: Severity
    message: str
    remedy: str
    span: Span
    files: tuple[str, ...] = ()
    band: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether it breaks the architecture, rather than being worth a look."""
        return self.severity is Severity.ERROR


class BandName(Struct, frozen=True):
    """A band: a layer, or files of no layer. ``key`` is unique, ``color`` the place in the palette, None for grey."""

    key: str
    title: str
    color: int | None


class Graph(Struct, frozen=True):
    """All that a drawing shows. ``left_out`` says what it does not show, in a few words each."""

    name: str
    about: str
    bands: tuple[BandName, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    violations: tuple[Violation, ...]
    left_out: tuple[str, ...]


def read_graph(facts: Facts) -> Graph:
    """The graph of a project, judged by the rules of the layers that its settings select."""
    from verifier.draw.letters import counted

    layers = facts.layers
    tests = [path for path in facts.project.files if is_test(path)]
    linked = {end for edge in facts.imports.edges for end in (edge.source, edge.target)}
    empty = [
        path
        for path, source in facts.project.files.items()
        if path not in linked and not is_test(path) and not source.data.strip()
    ]
    drawn = sorted(set(facts.project.files).difference(tests, empty))
    edges = [edge for edge in facts.imports.edges if edge.source != edge.target]
    within = set(drawn)
    links = joined(edge for edge in edges if edge.source in within and edge.target in within)
    outside = {edge.target for edge in edges if edge.source in within and edge.target not in facts.project.files}
    findings = judged(facts)
    links, violations = placed(findings, links, facts, within)
    above = composing(drawn, links, {path for path in drawn if layers.of(path) is not None})
    nodes = []
    for path in drawn:
        layer = layers.of(path)
        if layer is not None:
            nodes.append(Node(path, layer.name, layer.reason))
        else:
            nodes.append(Node(path, ABOVE if path in above else BESIDE))
    left_out = [
        counted(len(tests), "test file") if tests else "",
        counted(len(empty), "empty file") if empty else "",
        counted(len(outside), "imported file") + " that hold no code" if outside else "",
        counted(len(facts.imports.unresolved), "import") + " that could not be resolved"
        if facts.imports.unresolved
        else "",
    ]
    return Graph(
        name_of(facts),
        about(facts, len(drawn), sum(link.kind != "call" for link in links)),
        bands_of(layers.order, {node.band for node in nodes}),
        tuple(nodes),
        links,
        violations,
        tuple(text for text in left_out if text),
    )


def bands_of(order: tuple[str, ...], used: set[str]) -> tuple[BandName, ...]:
    """The bands from top to bottom. A layer without files keeps its band; files of no layer have one if any exist."""
    bands = [BandName(name, name, place) for place, name in enumerate(order)]
    if ABOVE in used:
        bands.insert(0, BandName(ABOVE, ABOVE, None))
    if BESIDE in used:
        bands.append(BandName(BESIDE, BESIDE, None))
    return tuple(bands)


def joined(edges: Iterable[ImportEdge]) -> tuple[Link, ...]:
    """One link for each two files, of the kind that binds them most."""
    found: dict[tuple[str, str], ImportKind] = {}
    for edge in edges:
        key = (edge.source, edge.target)
        before = found.get(key)
        if before is None or KINDS.index(edge.kind) < KINDS.index(before):
            found[key] = edge.kind
    return tuple(Link(source, target, kind) for (source, target), kind in sorted(found.items()))


def composing(paths: list[str], links: Iterable[Link], layered: set[str]) -> set[str]:
    """Files of no layer that belong above the layers: they need layers more than layers need them.

    A file that needs only such files, as a start script does, is one of them.
    """
    needs: Counter[str] = Counter()
    needed: Counter[str] = Counter()
    importers: dict[str, set[str]] = {}
    for link in links:
        importers.setdefault(link.target, set()).add(link.source)
        if link.target in layered:
            needs[link.source] += 1
        if link.source in layered:
            needed[link.target] += 1
    above = {path for path in paths if path not in layered and needs[path] > needed[path]}
    waiting = sorted(above)
    while waiting:
        for source in sorted(importers.get(waiting.pop(), ())):
            if source not in layered and source not in above and not needed[source]:
                above.add(source)
                waiting.append(source)
    return above


def judged(facts: Facts) -> list[Finding]:
    """The findings of the rules of the layers. Without an architecture in the settings it is the clean one."""
    from verifier.check import check

    aimed = copy(facts)
    aimed.config = aiming(facts.config)
    return [finding for finding in check(aimed).findings if finding.rule.partition("/")[0] == PACK]


def aiming(config: Config) -> Config:
    """Settings by which the rules of the layers are run, and no more rules than that takes."""
    changes: dict[str, object] = {}
    if config.architecture is None and not config.layers:
        changes["architecture"] = "clean"
    if not any(name == "all" or name.partition("/")[0] == PACK for name in config.select):
        changes["select"] = (PACK,)
    return msgspec.structs.replace(config, **changes)


def placed(
    findings: Iterable[Finding], links: tuple[Link, ...], facts: Facts, drawn: set[str]
) -> tuple[tuple[Link, ...], tuple[Violation, ...]]:
    """Each finding on the arrows, the file or the band that it speaks of."""
    at: dict[Span, list[ImportEdge]] = {}
    for edge in facts.imports.edges:
        at.setdefault(edge.span, []).append(edge)
    found = {(link.source, link.target): link for link in links}
    blamed: dict[tuple[str, str], list[int]] = {}
    violations: list[Violation] = []
    empty = set(facts.layers.order).difference(layer.name for layer in facts.layers.files.values())
    for number, finding in enumerate(findings):
        pairs = [pair for pair in blamed_pairs(finding, at) if pair[0] in drawn and pair[1] in drawn]
        for pair in pairs:
            blamed.setdefault(pair, []).append(number)
        named = LAYER_NAMED.search(finding.message)
        band = named.group(1) if named is not None and named.group(1) in empty and not pairs else None
        files = (finding.span.path,) if not pairs and band is None and finding.span.path in drawn else ()
        violations.append(
            Violation(finding.rule, finding.severity, finding.message, finding.remedy, finding.span, files, band)
        )
    for pair, numbers in blamed.items():
        link = found.get(pair) or Link(*pair, "call")
        found[pair] = msgspec.structs.replace(link, violations=tuple(numbers))
    return tuple(found[pair] for pair in sorted(found)), tuple(violations)


def blamed_pairs(finding: Finding, at: Mapping[Span, list[ImportEdge]]) -> list[tuple[str, str]]:
    """The arrows that a finding speaks of, as (source, target).

    They are the imports at its place, and at the places that it relates, which lead to a file that it names. Where
    there is none, it may name the file that a call goes to.
    """
    related = {place.span.path for place in finding.related}
    places = [(finding.span, finding.message), *((place.span, place.message) for place in finding.related)]
    pairs: dict[tuple[str, str], None] = {}
    for place, (span, message) in enumerate(places):
        for edge in at.get(span, ()):
            if f"`{edge.target}`" in message or (place == 0 and edge.target in related):
                pairs[(edge.source, edge.target)] = None
    if not pairs and finding.related:
        target = finding.related[0].span.path
        if target != finding.span.path and f"`{target}`" in finding.message:
            pairs[(finding.span.path, target)] = None
    return [pair for pair in pairs if pair[0] != pair[1]]


def name_of(facts: Facts) -> str:
    """What a project calls itself: in the manifest at its root, else by its folder."""
    manifests = facts.project.manifests
    named = [(found.path, found.name) for found in manifests.python]
    named += [(found.path, found.name) for found in manifests.node]
    _, name = min(((path, name) for path, name in named if name and "/" not in path), default=("", None))
    if name is not None:
        return name
    root = facts.project.root
    return root.resolve().name or "project" if root is not None else "patch"


def about(facts: Facts, files: int, imports: int) -> str:
    """The line below the name: how many files and imports, and of which framework."""
    from verifier.draw.letters import counted

    frameworks = dict.fromkeys(application.framework for application in facts.applications)
    served = dict.fromkeys(application.framework for application in facts.startup.served)
    names = ", ".join(sorted(served or frameworks))
    texts = [counted(files, "file"), counted(imports, "import") + " between them", names]
    return " · ".join(text for text in texts if text)
