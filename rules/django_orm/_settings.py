"""What the settings say of models: the installed applications, their labels, the user model, the kind of keys.

The pack ``django`` finds the settings and leaves them in the engine, under the name by which code reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from verifier.api import (
    Class,
    Const,
    Engine,
    External,
    Project,
    Sequence,
    Span,
    Unknown,
    Value,
    options,
    reason_of,
    text_of,
    version_range,
)

from ._library import LABELS

SETTINGS = "django.conf.settings"
PLACES = "<places of settings>"
USER = "auth.User"


class App(Struct, frozen=True):
    """An installed application. ``directory`` is None of one that lies outside the project."""

    name: str
    label: str
    span: Span
    directory: str | None = None
    auto_field: str | None = None


class Apps(Struct):
    """The applications.

    Attributes:
        found: whether the settings of the project were found at all.
        open: why there may be further applications, or other ones; None where all are known.
        auto_field: the class of implicit keys where an application says nothing; None where it is not known.
        user_model: label of the user model; None where it is not known.
        twice: pairs of entries that have one label.
        time_zones: whether dates and times keep their zone; None where that is not known.
    """

    found: bool = False
    open: str | None = None
    installed: list[App] = field(default_factory=list)
    twice: list[tuple[App, App]] = field(default_factory=list)
    auto_field: str | None = "AutoField"
    user_model: str | None = USER
    user_model_span: Span | None = None
    time_zones: bool | None = None

    def labelled(self, label: str) -> App | None:
        """The application of a label."""
        return next((app for app in self.installed if app.label == label), None)

    def containing(self, path: str) -> App | None:
        """The application that a file lies in: the innermost one."""
        found: App | None = None
        for app in self.installed:
            if app.directory is None or not inside(path, app.directory):
                continue
            if found is None or len(app.directory) > len(found.directory or ""):
                found = app
        return found


def inside(path: str, directory: str) -> bool:
    """Whether a file lies in a folder; every file lies in the root."""
    return not directory or path.startswith(f"{directory}/")


def read_apps(engine: Engine, project: Project) -> Apps:
    """Read all of it."""
    settings = engine.library_attributes.get(SETTINGS, {})
    apps = Apps(found=bool(settings))
    if not apps.found:
        apps.open = "settings that were not found"
    versions = version_range(project, "django")
    fallback: str | None = "AutoField"
    if versions is None or versions.surely(">=6"):
        fallback = "BigAutoField"
    elif versions.maybe(">=6"):
        fallback = None
    apps.auto_field = class_name(engine, settings.get("DEFAULT_AUTO_FIELD"), fallback)
    user = settings.get("AUTH_USER_MODEL")
    if user is not None:
        forced = engine.force(user)
        apps.user_model = text_of(forced)
        apps.user_model_span = span_of(engine, forced)
    zones = engine.force(settings["USE_TZ"]) if "USE_TZ" in settings else None
    if isinstance(zones, Const):
        apps.time_zones = bool(zones.value)
    elif zones is None and versions is not None and (versions.surely(">=5") or versions.surely("<5")):
        apps.time_zones = versions.surely(">=5")
    entries = list(installed_entries(engine, settings.get("INSTALLED_APPS"), apps))
    places = [*engine.library_attributes.get(PLACES, {}), *dict.fromkeys(span.path for _, span in entries), "_.py"]
    for entry, span in entries:
        app = application(engine, entry, span, places)
        other = apps.labelled(app.label)
        if other is None:
            apps.installed.append(app)
        else:
            apps.twice.append((other, app))
    return apps


def class_name(engine: Engine, value: Value | None, fallback: str | None) -> str | None:
    """The last word of a dotted name in a setting; None where only run time knows it."""
    if value is None:
        return fallback
    text = text_of(engine.force(value))
    return text.rpartition(".")[2] if text is not None else None


def span_of(engine: Engine, value: Value) -> Span | None:
    """Where a value is written."""
    return engine.span(value.origin) if value.origin is not None else None


def installed_entries(engine: Engine, value: Value | None, apps: Apps) -> Iterator[tuple[str, Span]]:
    """The entries of ``INSTALLED_APPS``, those that only some settings have too."""
    if value is None:
        if apps.found:
            apps.open = apps.open or "`INSTALLED_APPS`, which was not found"
        return
    choices = options(engine.force(value))
    if len(choices) > 1:
        apps.open = apps.open or "settings that run time chooses"
    seen: set[str] = set()
    alone = len(choices) == 1
    for option in choices:
        if not isinstance(option, Sequence):
            apps.open = apps.open or reason_of(option)
            continue
        if not option.complete:
            apps.open = apps.open or "an application that is installed at run time"
        for item in option.items:
            for one in options(engine.force(item)):
                text, span = text_of(one), span_of(engine, one)
                if text is None or span is None:
                    apps.open = apps.open or reason_of(one)
                elif text not in seen or (alone and one is item and written_in(item, option)):
                    seen.add(text)
                    yield text, span


def written_in(item: Value, option: Sequence) -> bool:
    """Whether an item stands in the list as it is written, rather than being added under some condition."""
    inner, outer = item.origin, option.origin
    if inner is None or outer is None:
        return False
    return inner.path == outer.path and outer.start <= inner.start and inner.end <= outer.end


def application(engine: Engine, entry: str, span: Span, places: Iterable[str]) -> App:
    """The application that an entry leads to: a package, whose ``apps`` may hold its configuration, or that itself."""
    places = list(places)
    directory = package_directory(engine, entry, places)
    if directory is not None:
        config = configuration_in(engine, directory)
        if config is None:
            return App(entry, entry.rpartition(".")[2], span, directory)
    else:
        module, _, name = entry.rpartition(".")
        config = configuration_named(engine, module, name, places)
        if config is None:
            package = entry.partition(".apps.")[0] if ".apps." in entry else entry
            return App(package, LABELS.get(package, package.rpartition(".")[2]), span)
    name = text_of(member(engine, config, "name")) or entry
    label = text_of(member(engine, config, "label")) or name.rpartition(".")[2]
    kind = text_of(member(engine, config, "default_auto_field"))
    home = package_directory(engine, name, [config.module.path, *places])
    if home is None:
        home = directory if directory is not None else config.module.path.rpartition("/")[0]
    return App(name, label, span, home, kind.rpartition(".")[2] if kind else None)


def package_directory(engine: Engine, dotted: str, places: Iterable[str]) -> str | None:
    """The folder of a package of the project."""
    for place in places:
        found = engine.table.modules.find(place, dotted)
        if found.file is not None and found.file.endswith("__init__.py") and found.file in engine.project.files:
            return found.file.rpartition("/")[0]
        if found.directory is not None:
            return found.directory
    return None


def configuration_in(engine: Engine, directory: str) -> Class | None:
    """The configuration that Django takes from a package: the only one of its ``apps``, or the one marked so."""
    for path in (f"{directory}/apps.py" if directory else "apps.py", f"{directory}/apps/__init__.py"):
        if path not in engine.project.files:
            continue
        values = map(engine.force, list(engine.table.state(path).scope.names.values()))
        found = [value for value in values if isinstance(value, Class) and is_configuration(value)]
        marks = [member(engine, cls, "default") for cls in found]
        left = [
            cls for cls, mark in zip(found, marks, strict=True) if not (isinstance(mark, Const) and mark.value is False)
        ]
        if len(left) == 1:
            return left[0]
        chosen = [cls for cls, mark in zip(found, marks, strict=True) if isinstance(mark, Const) and mark.value is True]
        return chosen[0] if len(chosen) == 1 else None
    return None


def configuration_named(engine: Engine, module: str, name: str, places: Iterable[str]) -> Class | None:
    """The configuration that an entry names."""
    for place in places:
        found = engine.table.modules.find(place, module)
        if found.file is not None and found.file in engine.project.files:
            value = engine.table.state(found.file).scope.names.get(name)
            value = engine.force(value) if value is not None else None
            return value if isinstance(value, Class) else None
    return None


def is_configuration(cls: Class) -> bool:
    """Whether a class derives from Django's ``AppConfig``, or from one that a library derives from it."""
    return any(isinstance(base, External) and base.name.endswith("AppConfig") for base in cls.lineage())


def member(engine: Engine, cls: Class, name: str) -> Value:
    """An attribute of a class of the project, as far as the project says it."""
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class) and name in ancestor.members:
            return engine.force(ancestor.members[name])
    return Unknown(f"`{name}`")
