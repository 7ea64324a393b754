"""The migrations of a project: where they lie, and in which order they are applied."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename, dirname

from msgspec import Struct, field

from verifier.api import Class, Const, Engine, Instance, Project, Record, Sequence, Value, is_test, text_of

from ._settings import SETTINGS, App, Apps, package_directory

Key = tuple[str, str]
FIRST, LATEST = "__first__", "__latest__"


class Migration(Struct, eq=False):
    """A migration: ``needs`` those that come before it, ``replaces`` those that it stands for."""

    key: Key
    path: str
    operations: Value | None
    needs: list[Key] = field(default_factory=list)
    before: list[Key] = field(default_factory=list)
    replaces: list[Key] = field(default_factory=list)
    open: str | None = None


class History(Struct):
    """All migrations in the order in which they are applied.

    ``packages`` are the folders of migrations, by the label of the application; None where it has none. ``missing``
    are migrations that others need and that do not exist.
    """

    ordered: list[Migration] = field(default_factory=list)
    packages: dict[str, str | None] = field(default_factory=dict)
    missing: list[tuple[Migration, Key]] = field(default_factory=list)


def read_history(engine: Engine, project: Project, apps: Apps, user: str | None) -> History:
    """Find the migrations and put them in order."""
    history = History()
    found: dict[Key, Migration] = {}
    for app, folder in folders(engine, project, apps):
        history.packages[app] = folder
        for path in files_in(project, folder) if folder is not None else ():
            migration = read_migration(engine, path, (app, basename(path).removesuffix(".py")), user)
            if migration is not None:
                found[migration.key] = migration
    replaced = {old: new.key for new in found.values() for old in new.replaces}
    for key in list(replaced):
        found.pop(key, None)
    history.ordered = ordered(found, replaced, history)
    return history


def folders(engine: Engine, project: Project, apps: Apps) -> Iterator[tuple[str, str | None]]:
    """The folder of migrations of each application; of those that are installed, where that is known."""
    modules = engine.library_attributes.get(SETTINGS, {}).get("MIGRATION_MODULES")
    chosen = engine.force(modules) if modules is not None else None
    seen: set[str] = set()
    for app in apps.installed:
        if app.directory is None:
            continue
        folder: str | None = f"{app.directory}/migrations" if app.directory else "migrations"
        if isinstance(chosen, Record) and app.label in chosen.entries:
            named = text_of(chosen.entries[app.label])
            folder = package_directory(engine, named, [app.span.path, "_.py"]) if named is not None else None
        if folder is not None and f"{folder}/__init__.py" not in project.files and not any(files_in(project, folder)):
            folder = None
        if folder is not None:
            seen.add(folder)
        yield app.label, folder
    if apps.open is None:
        return
    for path in sorted(project.files):
        folder = dirname(path)
        if path.endswith("/migrations/__init__.py") and folder not in seen:
            yield basename(dirname(folder)), folder


def files_in(project: Project, folder: str) -> list[str]:
    """The files of a folder that are migrations by their names."""
    known: dict[str, list[str]] = project.__dict__.setdefault("<files of migrations>", {})
    if not known:
        known[""] = []
        for path in sorted(project.files):
            name = basename(path)
            if path.endswith(".py") and name[0] not in "_~" and not is_test(path):
                known.setdefault(dirname(path), []).append(path)
    return known.get(folder, [])


def read_migration(engine: Engine, path: str, key: Key, user: str | None) -> Migration | None:
    """The migration that a file holds."""
    value = engine.table.state(path).scope.names.get("Migration")
    cls = engine.force(value) if value is not None else None
    if not isinstance(cls, Class):
        return None
    members = {name: engine.force(cls.members[name]) for name in cls.members}
    migration = Migration(key, path, members.get("operations"))
    migration.needs = list(keys_in(engine, members.get("dependencies"), user))
    migration.before = list(keys_in(engine, members.get("run_before"), user))
    migration.replaces = list(keys_in(engine, members.get("replaces"), user))
    return migration


def keys_in(engine: Engine, value: Value | None, user: str | None) -> Iterator[Key]:
    """The migrations that a list names; the user model, where it is swappable, by its application's first one."""
    for item in value.items if isinstance(value, Sequence) else ():
        held = engine.force(item)
        if isinstance(held, Sequence) and len(held.items) >= 2:
            app, name = text_of(held.items[0]), text_of(held.items[1])
            if app is not None and name is not None:
                yield app, name
        elif isinstance(held, Instance) and (held.path or "").endswith("swappable_dependency()"):
            label = text_of(held.made_by.argument(0)) if held.made_by is not None else None
            label = label or user
            if label is not None:
                yield label.partition(".")[0], FIRST


def ordered(found: dict[Key, Migration], replaced: dict[Key, Key], history: History) -> list[Migration]:
    """Each migration after those that it needs; otherwise by application and name."""
    needs: dict[Key, list[Key]] = {key: [] for key in found}
    for key, migration in found.items():
        for wanted in migration.needs:
            aim = resolved(wanted, key, found, replaced)
            if aim is not None and aim != key:
                needs[key].append(aim)
            elif wanted[1] not in (FIRST, LATEST) and history.packages.get(wanted[0]) is not None and aim is None:
                history.missing.append((migration, wanted))
        for wanted in migration.before:
            aim = resolved(wanted, key, found, replaced)
            if aim is not None and aim != key:
                needs[aim].append(key)
    result: list[Migration] = []
    done: dict[Key, bool] = {}
    for start in sorted(found):
        waiting: list[tuple[Key, bool]] = [(start, False)]
        while waiting:
            key, ready = waiting.pop()
            if ready:
                if not done[key]:
                    done[key] = True
                    result.append(found[key])
                continue
            if key in done:
                continue
            done[key] = False
            waiting.append((key, True))
            waiting.extend((other, False) for other in sorted(needs[key], reverse=True))
    return result


def resolved(wanted: Key, key: Key, found: dict[Key, Migration], replaced: dict[Key, Key]) -> Key | None:
    """The migration that a dependency leads to."""
    app, name = wanted
    if name in (FIRST, LATEST):
        if app == key[0]:
            return None
        own = {other: held for other, held in found.items() if other[0] == app}
        if name == FIRST:
            roots = [other for other, held in own.items() if not any(need[0] == app for need in held.needs)]
            return min(roots, default=None)
        needed = {need for held in own.values() for need in held.needs}
        return max((other for other in own if other not in needed), default=None)
    for _ in range(10):
        if wanted in found or wanted not in replaced:
            break
        wanted = replaced[wanted]
    return wanted if wanted in found else None


def migrated(history: History, app: App) -> bool:
    """Whether an application has migrations at all."""
    return history.packages.get(app.label) is not None


def is_true(value: Value | None) -> bool:
    """Whether a value surely is true."""
    return isinstance(value, Const) and bool(value.value)
