"""Settings: which module holds them, and what they say. Django reads them before anything else, and so do we."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    ModuleValue,
    Origin,
    Project,
    Record,
    Sequence,
    Unknown,
    Value,
    is_test,
    options,
    regex,
    text_of,
    texts_of,
)

VARIABLE = "DJANGO_SETTINGS_MODULE"
SETTINGS = "django.conf.settings"
NAMED = "<modules of settings>"  # where modules of settings were named, by file
PLACES = "<places of settings>"
CONFIGURED = "<configured settings>"

DEFAULTS: Mapping[str, str | bool | None] = {
    "APPEND_SLASH": True,
    "AUTH_USER_MODEL": "auth.User",
    "DEBUG": False,
    "FORCE_SCRIPT_NAME": None,
    "LANGUAGE_CODE": "en-us",
    "MEDIA_URL": "",
    "STATIC_URL": None,
    "USE_I18N": True,
}
LITERAL = regex(r"DJANGO_SETTINGS_MODULE=([\w.]+)")
OPTION = regex(r"--settings(?:=|\s+)([\w.]+)")
ASSIGNED = regex(rb"^ROOT_URLCONF\b", re.MULTILINE)


def store(engine: Engine, name: str) -> dict[str, Value]:
    """What was noted while the project ran."""
    return engine.library_attributes.setdefault(name, {})


def set_default(call: Call) -> Value:
    """``os.environ.setdefault(...)`` and ``os.environ[...] = ...``."""
    if call.text(0) == VARIABLE and len(call.arguments) > 1:
        path = call.frame.module.path
        store(call.engine, NAMED)[path] = call.arguments[1]
        store(call.engine, PLACES)[path] = Const(None, call.origin)
    return call.arguments[1] if len(call.arguments) > 1 else NOTHING


def configure(call: Call) -> Value:
    """``settings.configure(ROOT_URLCONF=__name__, ...)``."""
    known = store(call.engine, SETTINGS)
    known.update(call.keywords)
    store(call.engine, CONFIGURED)[call.frame.module.path] = Const(None, call.origin)
    return NOTHING


def prepare(engine: Engine, project: Project) -> None:
    """Find the settings of the project and run their module."""
    safe = Sequence([Const(method) for method in ("GET", "HEAD", "OPTIONS")])
    store(engine, "rest_framework.permissions")["SAFE_METHODS"] = safe
    names = store(engine, NAMED)
    for path in naming_files(project):
        engine.table.state(path)
        if path in names:
            break
    known = store(engine, SETTINGS)
    for path, module in named_modules(engine, project):
        found = engine.table.modules.find(path, module)
        if found.file is not None and found.file in project.files:
            known.update(engine.table.state(found.file).scope.names)
            break
    else:
        for path in sorted(project.files):
            if not is_test(path) and path.endswith(".py") and ASSIGNED.search(project.files[path].data):
                known.update(engine.table.state(path).scope.names)
                break


def naming_files(project: Project) -> list[str]:
    """Files that name the module of settings: ``manage.py`` first, for it imports nothing else of the project."""
    order = {"manage.py": 0, "wsgi.py": 1, "asgi.py": 2}
    found = [path for path in project.files if path.rpartition("/")[2] in order and not is_test(path)]
    found = [path for path in found if VARIABLE.encode() in project.files[path].data]
    return sorted(found, key=lambda path: (order[path.rpartition("/")[2]], path.count("/"), path))


def named_modules(engine: Engine, project: Project) -> Iterable[tuple[str, str]]:
    """Modules of settings, each with the file from which it is named; what a start command says comes first."""
    for command in project.manifests.commands:
        words = " ".join(command.argv)
        given = command.environment.get(VARIABLE)
        match = LITERAL.search(words) or (
            OPTION.search(words) if "manage.py" in words or "django-admin" in words else None
        )
        module = given if given and re.fullmatch(r"[\w.]+", given) else match.group(1) if match else None
        if module is not None:
            yield f"{command.directory}/_.py" if command.directory else "_.py", module
    for path, value in store(engine, NAMED).items():
        for module in texts_of(value) or ():
            yield path, module


def setting(engine: Engine, name: str) -> Value:
    """A setting; Django's default where the project says nothing."""
    found = store(engine, SETTINGS).get(name)
    if found is not None:
        return engine.force(found)
    return Const(DEFAULTS[name]) if name in DEFAULTS else Unknown(f"the setting `{name}`")


def holds(engine: Engine, name: str) -> bool:
    """Whether a setting is on; where run time decides, Django's default."""
    found = setting(engine, name)
    if isinstance(found, Const):
        return bool(found.value)
    return bool(DEFAULTS.get(name))


def middleware_paths(engine: Engine) -> list[str]:
    """Dotted names that ``MIDDLEWARE`` surely holds, outermost first."""
    found = setting(engine, "MIDDLEWARE")
    if isinstance(found, Unknown):
        found = setting(engine, "MIDDLEWARE_CLASSES")
    lists = [option.items for option in options(found) if isinstance(option, Sequence)]
    names = [[text for item in items if (text := text_of(item)) is not None] for items in lists]
    first = names[0] if names else []
    return [name for name in dict.fromkeys(first) if all(name in others for others in names)]


def module_of(engine: Engine, dotted: str) -> ModuleValue | None:
    """A module of the project by its dotted name; None where it is not the project's."""
    origin = store(engine, PLACES) or store(engine, CONFIGURED)
    for path in [*origin, "_.py"]:
        found = engine.table.modules.find(path, dotted)
        if found.file is not None and found.file in engine.project.files:
            return ModuleValue(engine.table.state(found.file))
    return None


def imported(engine: Engine, dotted: str) -> Value | None:
    """Something of the project by its dotted name; None where it is not the project's."""
    module, _, name = dotted.rpartition(".")
    found = module_of(engine, module)
    value = found.state.scope.names.get(name) if found is not None and found.state is not None else None
    return engine.force(value) if value is not None else None


def user_model(engine: Engine) -> Class | None:
    """The project's own user model, where it has one."""
    label, _, name = (text_of(setting(engine, "AUTH_USER_MODEL")) or "").partition(".")
    for option in options(setting(engine, "INSTALLED_APPS")):
        for item in option.items if isinstance(option, Sequence) else ():
            entry = text_of(item) or ""
            parts = [part for part in entry.split(".") if part and part[0].islower() and part != "apps"]
            if parts and label in (parts[-1], entry.rpartition(".")[2]):
                for module in dict.fromkeys((entry, ".".join(entry.split(".")[:-2]))):
                    found = imported(engine, f"{module}.models.{name}") if module else None
                    if isinstance(found, Class):
                        return found
    return None


def site_places(engine: Engine) -> dict[str, Origin]:
    """Files that name or configure settings, with the place where they do."""
    found = {**store(engine, PLACES), **store(engine, CONFIGURED)}
    return {path: value.origin for path, value in found.items() if value.origin is not None}


def rest_setting(engine: Engine, name: str) -> Value | None:
    """A setting of Django REST framework."""
    for option in options(setting(engine, "REST_FRAMEWORK")):
        if isinstance(option, Record) and name in option.entries:
            return engine.force(option.entries[name])
    return None


def classes_named(engine: Engine, value: Value | None) -> list[Value]:
    """Classes in a setting or attribute: written as such, or as dotted names."""
    found: list[Value] = []
    for option in options(value) if value is not None else ():
        for item in option.items if isinstance(option, Sequence) else ():
            name = text_of(item)
            if name is None:
                found.append(item)
            else:
                found.append(imported(engine, name) or External(name))
    return found
