"""Layers: to which layer of the architecture each file belongs, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.config import ROLES, LayerConfig
from verifier.link.program import is_test
from verifier.model import Route, Span

if TYPE_CHECKING:
    from verifier.model import Project

NAMES: Mapping[str, frozenset[str]] = {
    "routes": frozenset(
        "route routes router routers routing handler handlers controller controllers view views endpoint endpoints "
        "viewset viewsets blueprint blueprints".split()
    ),
    "services": frozenset("service services usecase usecases use_case use_cases interactor interactors".split()),
    "repositories": frozenset(
        "repository repositories repo repos data_access dataaccess data dao daos dal persistence crud".split()
    ),
    "models": frozenset("model models entity entities domain schema schemas dto dtos".split()),
}
BY_NAME = {name: role for role, names in NAMES.items() for name in names}
# In a file's name these say what the file is; the shorter ones of NAMES would hit too much.
STEM = re.compile(
    r"(?:^|[._-])(routes?|routers?|handlers?|controllers?|views|endpoints?|services?|use_?cases?|repository|repositories|repo|dao|"
    r"crud|models?|entity|entities)$"
)
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Layer(Struct, frozen=True):
    """The layer of a file. ``reason`` says how it was found; ``directory`` is the folder whose name gave it, if any."""

    path: str
    name: str
    role: str | None
    reason: str
    directory: str | None = None


class DataSite(Struct, frozen=True):
    """A place where code reaches a database: through what (``sqlalchemy.select``), in which function."""

    span: Span
    what: str
    function: str


class Layers(Struct, frozen=True, dict=True):
    """The layers of a project, from the highest to the lowest, and the files in them."""

    order: tuple[str, ...]
    files: Mapping[str, Layer]
    configured: bool
    closed: frozenset[str] = frozenset()

    def of(self, path: str) -> Layer | None:
        """The layer of a file; None for one that belongs to none."""
        return self.files.get(path)

    def role(self, path: str) -> str | None:
        """Which of the four layers of the clean architecture a file plays."""
        found = self.files.get(path)
        return found.role if found is not None else None

    def rank(self, name: str) -> int:
        """Height of a layer: 0 is the lowest."""
        return len(self.order) - 1 - self.order.index(name)

    @cached_property
    def members(self) -> Mapping[str, tuple[Layer, ...]]:
        """Files by layer."""
        found: dict[str, list[Layer]] = {name: [] for name in self.order}
        for layer in self.files.values():
            found[layer.name].append(layer)
        return {name: tuple(files) for name, files in found.items()}


def link_layers(
    project: Project,
    routes: Iterable[Route],
    configured: tuple[LayerConfig, ...],
    data: Mapping[str, tuple[DataSite, ...]],
    models: frozenset[str],
) -> Layers:
    """Find the layer of each file: as configured, by the name of a folder, by the file's name, by what it does.

    Args:
        data: the data access of each file.
        models: files that define mapped classes.
    """
    declaring: dict[str, int] = {}
    answering: dict[str, int] = {}
    for route in routes:
        declaring[route.span.path] = declaring.get(route.span.path, 0) + 1
        if route.function is not None:
            answering[route.function.path] = answering.get(route.function.path, 0) + 1
    found: dict[str, Layer] = {}
    chosen = compiled(configured)
    for path in sorted(project.files):
        if is_test(path):
            continue
        layer = by_setting(path, chosen) if chosen else None
        if layer is None and not chosen:
            layer = by_folder(path) or by_file_name(path) or by_content(path, declaring, answering, data, models)
        if layer is not None:
            found[path] = layer
    order = tuple(layer.name for layer in configured) or ROLES
    closed = frozenset(layer.name for layer in configured if layer.closed)
    return Layers(order, found, bool(configured), closed)


def compiled(configured: tuple[LayerConfig, ...]) -> list[tuple[LayerConfig, object]]:
    """The globs of configured layers, ready to match."""
    if not configured:
        return []
    from pathspec import GitIgnoreSpec

    return [(layer, GitIgnoreSpec.from_lines(layer.paths)) for layer in configured]


def by_setting(path: str, chosen: list[tuple[LayerConfig, object]]) -> Layer | None:
    """The configured layer whose globs hold a file."""
    from pathspec import GitIgnoreSpec

    for layer, spec in chosen:
        assert isinstance(spec, GitIgnoreSpec)
        if spec.match_file(path):
            role = layer.role or (layer.name if layer.name in ROLES else BY_NAME.get(layer.name.lower()))
            return Layer(path, layer.name, role, f"the setting `layers.{layer.name}`")
    return None


def plain(name: str) -> str:
    """A folder's name in the form of NAMES: lower case, words joined by underscores."""
    return CAMEL.sub("_", name).lower().replace("-", "_")


def by_folder(path: str) -> Layer | None:
    """The layer that the nearest folder with a known name gives."""
    parts = path.split("/")[:-1]
    for place in range(len(parts) - 1, -1, -1):
        role = BY_NAME.get(plain(parts[place]))
        if role is not None:
            directory = "/".join(parts[: place + 1])
            return Layer(path, role, role, f"the folder `{directory}/`", directory)
    return None


def by_file_name(path: str) -> Layer | None:
    """The layer that a file's name gives: ``articleService.js``, ``articles.repository.ts``, ``models.py``."""
    name = path.rpartition("/")[2]
    stem = CAMEL.sub("_", name.rpartition(".")[0]).lower()
    match = STEM.search(stem)
    if match is None:
        return None
    role = BY_NAME.get(match.group(1).replace("-", "_"))
    return Layer(path, role, role, f"the file name `{name}`") if role is not None else None


def by_content(
    path: str,
    declaring: Mapping[str, int],
    answering: Mapping[str, int],
    data: Mapping[str, tuple[DataSite, ...]],
    models: frozenset[str],
) -> Layer | None:
    """The layer that a file's content gives."""
    for verb, counts in (("declares", declaring), ("answers", answering)):
        count = counts.get(path, 0)
        if count:
            return Layer(path, "routes", "routes", f"it {verb} {count} route{'s' if count > 1 else ''}")
    if path in models:
        return Layer(path, "models", "models", "it defines mapped classes")
    sites = data.get(path, ())
    if sites:
        first = sites[0]
        return Layer(path, "repositories", "repositories", f"it reaches the database with `{first.what}`")
    return None
