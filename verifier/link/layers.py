"""Layers: to which layer of the architecture each file belongs, and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.config import ROLES, LayerConfig
from verifier.link.program import is_test
from verifier.model import FunctionRef, Route, Span
from verifier.regex import regex

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
# Folders of code that puts objects together and hands them out: `services.js` in one makes the services.
WIRING = frozenset(
    "plugin plugins container containers di ioc injection bootstrap loader loaders composition provider "
    "providers".split()
)
# In a file's name these say what the file is; the shorter ones of NAMES would hit too much.
STEM = regex(
    r"(?:^|[._-])(routes?|routers?|handlers?|controllers?|views|endpoints?|services?|use_?cases?|repository|repositories|repo|dao|"
    r"crud|models?|entity|entities)$"
)
# These are names of much else too (of an error's handler, of a table's view): only what the file does tells.
AMBIGUOUS = frozenset({"handler", "handlers", "views"})
# Names of folders that, inside a layer's folder, are what its files are about (`services/endpoint/`).
SUBJECTS = frozenset(
    "route routing router handler controller view endpoint service model entity domain schema data".split()
)
INNER = frozenset({"services", "repositories"})
# Folders of what hands out objects to routes: a folder of theirs is called after what it hands out.
HANDING = frozenset("dependency dependencies deps di ioc injection".split())
# Folders of what a layer asks of those below it: these implement it, and so import it.
PORTS = frozenset(
    "interface interfaces port ports protocol protocols contract contracts abstraction abstractions".split()
)
# Asks the database whether it is there, and for no data.
PING = regex(
    r"[\"']\s*select\s+(?:1|true|version\(\)|now\(\)|current_\w+(?:\(\))?)(?:\s+as\s+\w+)?\s*;?\s*[\"']"
    r"|\bselect\(\s*(?:literal(?:_column)?\(\s*)?[\"']?1\b",
    re.IGNORECASE,
)
SENDING = regex(r"\w+(?:\.\w+)*\.(?:exec|execute|scalars?)\(\s*\w+\s*\)")
TAKING = regex(r"[.\w()]*\.(?:fetch(?:one|all|many|val|row)?|scalars?|first|one)")
PLURALS = frozenset(name for names in NAMES.values() for name in names if name.endswith("s"))
# Names of folders that hold much else too: they count only where routes are served below, as far as any are known.
SERVING = frozenset("view views endpoint handler handlers route router".split())
# Names that a business has for things of its own, too: a folder in which routes are answered is no layer by one.
NOUNS = frozenset("domain data service".split())
# Shapes of data: inside the folder of a layer, that layer's own.
SHAPES = NAMES["models"] - {"domain"}
# Names of folders that hold what speaks HTTP, or else a whole application.
HTTP = frozenset("api http rest".split())
# Folders of routes that hold features, each with layers of its own.
FEATURES = frozenset({"blueprint", "blueprints"})
# In a file's name these say that it answers routes, where files named so do.
ANSWERING = frozenset("controller controllers endpoint endpoints".split())
# Names of folders that say little of a file whose own name says something, or which serves routes.
WEAK = frozenset({"domain", "data"})
# What lies below these changes the tables or is run by hand, whatever it is called.
MIGRATIONS = frozenset("migration migrations alembic seed seeds seeder seeders script scripts".split())
# Folders of errors, whose files are named after the layers that raise them.
ERRORS = frozenset("error errors exception exceptions".split())
DATABASE_ROUTER = regex(r"(?:^|_)(?:db|database)_routers?$")  # it sends statements to one of several databases
MOST_UNREAD = 10  # at most every so-many-th route may have a handler that was not found, to say who answers none
# Components and hooks of a user interface.
INTERFACE = regex(r"\.[jt]sx$|(?:^|/)use[A-Z]\w*\.[jt]s$")
CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")


class Layer(Struct, frozen=True):
    """The layer of a file.

    Attributes:
        reason: what gave it the layer, in words that can follow "by".
        directory: the folder whose name gave it, if one did.
        by_content: what it does gave it the layer, and no name.
    """

    path: str
    name: str
    role: str | None
    reason: str
    directory: str | None = None
    by_content: bool = False


class DataSite(Struct, frozen=True):
    """A place where code reaches a database: through what (``sqlalchemy.select``), in which function, and its name."""

    span: Span
    what: str
    function: str
    inside: FunctionRef


def without_pings(sites: Iterable[DataSite], project: Project) -> list[DataSite]:
    """The places that reach for data: without questions whether the database is there, and what takes their answer."""
    found, asking, others = [], set[FunctionRef](), set[FunctionRef]()
    for site in sites:
        source, span = project.files[site.span.path], site.span
        text = "\n".join(source.line(line) for line in range(span.line, max(span.end_line, span.line) + 1))
        if PING.search(text, span.column - 1):
            asking.add(site.inside)
        else:
            found.append(site)
            if TAKING.fullmatch(site.what) is None and SENDING.match(text, span.column - 1) is None:
                others.add(site.inside)
    return [site for site in found if site.inside not in asking or site.inside in others]


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
    languages: frozenset[str] = frozenset(),
    making: frozenset[str] = frozenset(),
) -> Layers:
    """Find the layer of each file: as configured, by the name of a folder, by the file's name, by what it does.

    Args:
        data: the data access of files that are there for it.
        models: files that define mapped classes.
        languages: those of the web frameworks in use, by pack; what is written in others (a front end) has no layer,
            unless the settings give it one. Empty where no application was found.
        making: files that make an application, which are no services whatever they are called.
    """
    declaring: dict[str, int] = {}
    answering: dict[str, int] = {}
    unread = 0
    for route in routes:
        declaring[route.span.path] = declaring.get(route.span.path, 0) + 1
        if route.function is not None:
            answering[route.function.path] = answering.get(route.function.path, 0) + 1
        else:
            unread += 1
    found: dict[str, Layer] = {}
    chosen = compiled(configured)
    all_read = unread * MOST_UNREAD <= sum(declaring.values())
    trusted = trusted_names(project.files, {*declaring, *answering}, models, all_read=all_read)
    for path in sorted(project.files):
        if is_test(path):
            continue
        layer = by_setting(path, chosen) if chosen else None
        if layer is None and not chosen and (not languages or language_of(path) in languages):
            serving = path in declaring or path in answering
            layer = by_folder(path, trusted, serving=serving, mapped=path in models)
            if layer is None or plain((layer.directory or "").rpartition("/")[2]) in WEAK:
                layer = by_file_name(path, serving=serving, suffixes=trusted.suffixes) or layer
            if layer is not None and layer.role == "services" and serving:  # `useCases/login/LoginController.ts`
                named = by_file_name(path, serving=True, suffixes=trusted.suffixes)
                layer = named if named is not None and named.role == "routes" else layer
            if layer is not None and layer.role == "services" and path in making:
                layer = None
            layer = layer or by_content(path, declaring, answering, data, models)
        if layer is not None:
            found[path] = layer
    for path in sorted(models.difference(project.files)) if not chosen else ():
        found[path] = Layer(path, "models", "models", "the models that it declares", by_content=True)
    order = tuple(layer.name for layer in configured) or ROLES
    closed = frozenset(layer.name for layer in configured if layer.closed)
    return Layers(order, found, bool(configured), closed)


def language_of(path: str) -> str:
    """The language of a file, as packs name it."""
    return "python" if path.endswith((".py", ".pyi")) else "javascript"


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


def by_folder(path: str, trusted: Trusted, *, serving: bool, mapped: bool) -> Layer | None:
    """The layer that the nearest folder with a known name gives; shapes of requests belong to the routes around them.

    Args:
        serving: the file declares or answers routes.
        mapped: it defines mapped classes.
    """
    parts = path.split("/")[:-1]
    names = [plain(part) for part in parts]
    for place in range(len(parts) - 1, -1, -1):
        role = role_of_folder(parts, names, place, trusted)
        name = names[place]
        if role is None or (serving and (role == "models" or name in WEAK or name == "service")):
            continue
        outer = [role_of_folder(parts, names, above, trusted) for above in range(place)]
        if serving and role != "routes" and "routes" in outer:
            continue  # `controllers/services/mail.js` answers for the routes on services
        directory = "/".join(parts[: place + 1])
        around = routes_around(parts, names, place, trusted) if name in SHAPES and not mapped else None
        if around is not None:
            reason = f"the folder `{around}/`, of which `{parts[place]}/` holds the shapes"
            return Layer(path, "routes", "routes", reason, None if plain(around.rpartition("/")[2]) in HTTP else around)
        return Layer(path, role, role, f"the folder `{directory}/`", directory)
    return None


def role_of_folder(parts: list[str], names: list[str], place: int, trusted: Trusted) -> str | None:
    """The role that the name of one folder of a path gives; None where the name means something else there."""
    name = names[place]
    role = BY_NAME.get(name)
    if role is None or (name in SUBJECTS and not PLURALS.isdisjoint(names[:place])):
        return None
    if role in INNER and not HANDING.isdisjoint(names[:place]):
        return None
    if role == "services" and not PORTS.isdisjoint(names[place + 1 :]):
        return None
    directory = "/".join(parts[: place + 1])
    if name in SERVING and trusted.serving is not None and directory not in trusted.serving:
        return None
    if name in NOUNS and (name in trusted.nouns or directory in trusted.answering):
        return None
    return role


def routes_around(parts: list[str], names: list[str], place: int, trusted: Trusted) -> str | None:
    """The folder of routes around a folder of shapes, where it holds no features with layers of their own.

    A folder such as `api/` is one where routes are served below it and the project has its models elsewhere.
    """
    for outer in range(place - 1, -1, -1):
        directory = "/".join(parts[: outer + 1])
        role = role_of_folder(parts, names, outer, trusted)
        speaks = names[outer] in HTTP and trusted.models and directory in (trusted.serving or ())
        if speaks or (role == "routes" and names[outer] not in FEATURES):
            return directory if directory not in trusted.layered else None
        if role is not None and names[outer] not in SHAPES:
            return None
    return None


class Trusted(Struct, frozen=True):
    """What ambiguous names of folders and files mean in a project.

    Attributes:
        serving: folders below which routes are declared or answered; None where no route is known.
        answering: folders with such files in them.
        nouns: names that folders have for what they are about.
        layered: folders below which services or repositories lie.
        models: the project has models outside the folders that speak HTTP.
        suffixes: ends of the names of files that declare or answer routes; None where too few are known.
    """

    serving: frozenset[str] | None
    answering: frozenset[str]
    nouns: frozenset[str]
    layered: frozenset[str]
    models: bool
    suffixes: frozenset[str] | None


def trusted_names(
    paths: Iterable[str], serving: Collection[str], mapped: Collection[str], *, all_read: bool = True
) -> Trusted:
    """What the other files of a project say about ambiguous names.

    Args:
        serving: files that declare or answer routes.
        mapped: files that define mapped classes.
        all_read: it is known where nearly all routes are answered.
    """
    program = [path for path in paths if not is_test(path)]
    folders = {path.rpartition("/")[0] for path in program}
    nouns: set[str] = set()
    layered: set[str] = set()
    shaped, models = bool(mapped), any(outside_http([plain(part) for part in path.split("/")[:-1]]) for path in mapped)
    surely = NAMES["repositories"] - WEAK
    for folder in folders:
        names = [plain(part) for part in folder.split("/")]
        if not surely.isdisjoint(names):
            nouns.add("data")
        for place, name in enumerate(names):
            role = BY_NAME.get(name)
            if role in INNER and name not in WEAK:
                layered.update(above(f"{folder}/", place))
            if name == "domain" and any(BY_NAME[outer] in INNER for outer in PLURALS.intersection(names[:place])):
                nouns.add("domain")
        shaped = shaped or not SHAPES.isdisjoint(names)
        models = models or (not NAMES["models"].isdisjoint(names) and outside_http(names))
    if not shaped:  # then no other folder has the models
        nouns.discard("domain")
    for path in program:
        layer = by_file_name(path, serving=False)
        if layer is not None and layer.role in INNER:
            layered.update(above(path))
    ends = (STEM.search(stem_of(path)) for path in serving)
    return Trusted(
        frozenset(folder for path in serving for folder in above(path)) if serving else None,
        frozenset(path.rpartition("/")[0] for path in serving),
        frozenset(nouns),
        frozenset(layered),
        models,
        frozenset(end.group(1).rstrip("s") for end in ends if end is not None) if serving and all_read else None,
    )


def above(path: str, most: int | None = None) -> list[str]:
    """The folders around a file or folder, outermost first."""
    return [path[: found.start()] for found in re.finditer("/", path)][:most]


def outside_http(names: list[str]) -> bool:
    """Whether no folder of a path speaks HTTP by its name."""
    return HTTP.isdisjoint(names) and NAMES["routes"].isdisjoint(names)


def stem_of(path: str) -> str:
    """A file's name without its ending, its words joined by underscores."""
    return CAMEL.sub("_", path.rpartition("/")[2].rpartition(".")[0]).lower()


def by_file_name(path: str, *, serving: bool, suffixes: frozenset[str] | None = None) -> Layer | None:
    """The layer that a file's name gives: ``articleService.js``, ``articles.repository.ts``, ``models.py``.

    Args:
        serving: it declares or answers routes.
        suffixes: the ends of the names of files that do; None where too few are known.
    """
    folder, _, name = path.rpartition("/")
    around = folder.lower().split("/")
    if INTERFACE.search(path) or not MIGRATIONS.isdisjoint(around) or around[-1] in ERRORS:
        return None
    stem = stem_of(path)
    match = STEM.search(stem)
    if DATABASE_ROUTER.search(stem) is not None:
        return None
    if match is not None and match.start() == 0 and around[-1] in WIRING and not serving:
        return None
    if match is None or (match.group(1) in AMBIGUOUS and not serving and name != "views.py"):
        return None
    unlike = suffixes is not None and match.group(1).rstrip("s") not in suffixes
    if match.group(1) in ANSWERING and not serving and unlike:
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
            reason = f"the {count} routes that it {verb}" if count > 1 else f"the route that it {verb}"
            return Layer(path, "routes", "routes", reason, by_content=True)
    if path in models:
        return Layer(path, "models", "models", "the mapped classes that it defines", by_content=True)
    sites = data.get(path, ())
    if sites:
        reason = f"the data access in it (`{sites[0].what}`)"
        return Layer(path, "repositories", "repositories", reason, by_content=True)
    return None
