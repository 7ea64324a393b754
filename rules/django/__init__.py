"""Django, with REST framework and Ninja: settings, URL patterns, views.

An application comes into being from its settings: they name the root of the URL patterns, which everything else hangs
from. What Django itself answers (the admin, static files, the root of a REST router, paths with a format suffix) is not
listed; where a library's own patterns are included, that is noted.

Guards are, outermost first: the project's own middlewares (and ``LoginRequiredMiddleware``), decorators in the URLs,
mixins and decorators of a class, permission classes, decorators of a function. Middlewares of libraries count for
nothing here: they serve every request alike.
"""

from __future__ import annotations

from posixpath import basename

from verifier.api import (
    Call,
    Command,
    Const,
    Engine,
    LibraryFunction,
    ModuleValue,
    Origin,
    OwnName,
    Pack,
    Project,
    Value,
    options,
    regex,
    text_of,
)

from . import _decorators, _ninja_extra, _rest
from ._answers import answers
from ._apps import get_app_config, start_applications
from ._bodies import demands, takes
from ._databases import databases
from ._members import REQUESTS
from ._ninja import NinjaAPI, NinjaRouter
from ._ninja_extra import NinjaExtraAPI
from ._request import Request, view_parameters
from ._rest import RestView
from ._routers import NestedRouter, RestRouter, RouterRoute
from ._serializer_objects import Serializer
from ._settings import (
    CONFIGURED,
    SETTINGS,
    configure,
    prepare,
    set_default,
    setting,
    site_places,
    store,
)
from ._urls import (
    Include,
    Path,
    Site,
    i18n_patterns,
    itself,
    no_patterns,
    register_converter,
    same_patterns,
)
from ._views import View

PREFERENCE = ("run.sh", "Procfile", "Dockerfile", "docker-compose")
SERVED = regex(r"^([\w.]+):(\w+)$")
BARE = regex(r"^([A-Za-z_]\w*(?:\.\w+)+)$")  # what gunicorn may be given: it takes the module's `application`
ENTRY = "<entry points>"


def entry_point(call: Call) -> Value:
    """``get_wsgi_application()``, ``get_asgi_application()``: the site; ``start`` fills it."""
    known = store(call.engine, ENTRY)
    found = known.get("site")
    if not isinstance(found, Site):
        found = known["site"] = Site(None, "django.core.handlers.base.BaseHandler", origin=call.origin)
        call.engine.objects.append(found)
    known[call.frame.module.path] = Const(None, call.origin)
    return found


def start(engine: Engine, project: Project) -> None:
    """Start the applications, and lay out the URL patterns that the settings name."""
    start_applications(engine)
    known = store(engine, ENTRY)
    site = known.get("site")
    if not isinstance(site, Site):
        site = Site(None, "django.core.handlers.base.BaseHandler")
        engine.objects.append(site)
    urls = root_of(engine)
    site.origin = origin_of(engine, project, urls)
    if site.origin is None:
        engine.objects.remove(site)
        return
    if urls is not None:
        site.fill(engine, urls)


def root_of(engine: Engine) -> Value | None:
    """The module that ``ROOT_URLCONF`` names."""
    value = setting(engine, "ROOT_URLCONF")
    configured = store(engine, CONFIGURED)
    for option in options(value):
        if isinstance(option, ModuleValue):
            return option
        if isinstance(option, OwnName) and configured:
            return ModuleValue(engine.table.state(next(iter(configured))))
        name = text_of(option)
        if name is None:
            continue
        if name == "__main__" and configured:
            return ModuleValue(engine.table.state(next(iter(configured))))
        for path in [*site_places(engine), "_.py"]:
            found = engine.table.modules.find(path, name)
            if found.file is not None and found.file in engine.project.files:
                return ModuleValue(engine.table.state(found.file))
    return None


def origin_of(engine: Engine, project: Project, urls: Value | None) -> Origin | None:
    """Where the application is made: in the file that the start command runs, as far as that can be told."""
    entries = {path: value.origin for path, value in store(engine, ENTRY).items() if value.origin is not None}
    entries.pop("site", None)
    places = {**site_places(engine), **entries}
    if not places:
        state = urls.state if isinstance(urls, ModuleValue) else None
        return Origin(state.path, 0, 0) if state is not None else None
    for source in PREFERENCE:
        for command in project.manifests.commands:
            path = served_file(command, places) if command.where == source else None
            if path is not None:
                return places[path]
    order = ("manage.py", "wsgi.py", "asgi.py")
    ranked = sorted(places, key=lambda path: (path in entries, basename(path) not in order, path))
    return places[ranked[0]]


def served_file(command: Command, places: dict[str, Origin]) -> str | None:
    """Which of some files a command runs."""
    for word in command.argv:
        match = SERVED.match(word) or (BARE.match(word) if "gunicorn" in command.argv else None)
        module = match.group(1).replace(".", "/") if match else ""
        files = [f"{module}.py", f"{module}/__init__.py"] if match else [word.removeprefix("./")]
        runs = match is not None or basename(word) != "manage.py" or "runserver" in command.argv
        for path in places:
            if runs and any(path == file or path.endswith(f"/{file}") for file in files if file.endswith(".py")):
                return path
    return None


def serves(command: Command) -> tuple[str, str] | None:
    """``python manage.py runserver``."""
    words = list(command.argv)
    script = next((word for word in words if basename(word) == "manage.py"), None)
    return (script, "") if script is not None and "runserver" in words else None


FUNCTIONS: dict[str, LibraryFunction] = {
    "os.environ.setdefault": set_default,
    "os.environ[]=": set_default,
    f"{SETTINGS}.configure": configure,
    "django.core.wsgi.get_wsgi_application": entry_point,
    "django.core.asgi.get_asgi_application": entry_point,
    "django.apps.apps.get_app_config": get_app_config,
    "django.apps.registry.apps.get_app_config": get_app_config,
    "django.urls.register_converter": register_converter,
    "django.urls.converters.register_converter": register_converter,
    "django.conf.urls.i18n.i18n_patterns": i18n_patterns,
    "django.conf.urls.static.static": no_patterns,
    "django.contrib.staticfiles.urls.staticfiles_urlpatterns": no_patterns,
    "debug_toolbar.toolbar.debug_toolbar_urls": no_patterns,
    "rest_framework.urlpatterns.format_suffix_patterns": same_patterns,
    **{
        f"django.utils.translation.{name}": itself
        for name in ("gettext", "gettext_lazy", "ugettext", "ugettext_lazy", "gettext_noop", "_")
    },
    **_decorators.DECORATORS,
    **_rest.DECORATORS,
    **_ninja_extra.FUNCTIONS,
}

PACK = Pack(
    answers=answers,
    takes=takes,
    demands=demands,
    contents=(r"django\.http\.(?:request\.)?HttpRequest\.body", r"rest_framework\.request\.Request\.data"),
    framework="django",
    language="python",
    packages=("django", "rest_framework", "ninja", "rest_framework_nested", "ninja_extra"),
    hints=(r"^urlpatterns\b", r"^ROOT_URLCONF\b"),
    objects=(
        Path,
        Include,
        View,
        RestView,
        Serializer,
        RestRouter,
        NestedRouter,
        RouterRoute,
        NinjaAPI,
        NinjaExtraAPI,
        NinjaRouter,
        Request,
    ),
    functions=FUNCTIONS,
    web=(
        "django.http",
        "django.middleware",
        "django.shortcuts",
        "django.template.response",
        "django.urls",
        "django.conf.urls",
        "django.views",
        "django.core.handlers",
        "django.core.asgi",
        "django.core.wsgi",
        "django.contrib.auth.decorators",
        "django.contrib.auth.middleware",
        "django.contrib.auth.mixins",
        "django.contrib.auth.views",
        "django.contrib.messages",
        "django.contrib.sessions.middleware",
        "django.test",
        "ninja",
        "ninja_extra",
        "rest_framework",
        "rest_framework_nested",
        "rest_framework_simplejwt.views",
        "rest_framework_simplejwt.authentication",
        "drf_spectacular",
        "drf_yasg",
        "django_filters.rest_framework",
    ),
    prepare=prepare,
    start=start,
    settles=databases,
    offers=(*REQUESTS,),
    watches=(
        r"json\.loads",
        r"json\.dumps",
        r"django\.http\.(?:response\.)?JsonResponse",
        r"rest_framework\.response\.Response",
    ),
    parameters=view_parameters,
    query_strings=(("GET",), ("query_params",)),
    serves=serves,
)
