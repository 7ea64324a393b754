"""Small objects of Starlette that routers are given: middleware, file servers, adapters, path convertors."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    External,
    Function,
    Instance,
    LibraryObject,
    Router,
    Sequence,
    Value,
    always_calls,
    describe,
    only_provides,
    stands_for,
    text_of,
)

CONVERTOR_TYPES = "starlette.convertors.CONVERTOR_TYPES"


@stands_for("starlette.middleware.Middleware", "fastapi.middleware.Middleware")
class MiddlewareObject(LibraryObject):
    """``Middleware(cls, ...)``."""

    names: tuple[str, ...] = ()

    def created(self, call: Call) -> None:
        self.names = names_of_middleware(call.argument(0, "cls"), call.argument(None, "dispatch"))


def middleware_names(given: Value | None) -> list[str]:
    """The names in a list of ``Middleware(cls, ...)``."""
    items = given.items if isinstance(given, Sequence) else ()
    return [name for item in items if isinstance(item, MiddlewareObject) for name in item.names]


def names_of_middleware(added: Value | None, dispatch: Value | None = None) -> tuple[str, ...]:
    """What middleware is called; nothing where it turns no request away for who sends it."""
    if isinstance(added, External) and added.path in BASES and dispatch is not None:
        added = dispatch
    if added is None or is_harmless(added):
        return ()
    name = describe(added)
    if isinstance(added, Function) and only_provides(added) and always_calls(added, 1):
        name = Putting(name)
        name.target = added
    return (name,) if name else ()


class Putting(str):
    """The name of a function that puts values on the request, until it is known whether finding them may fail."""

    __slots__ = ("target",)
    target: Function


def is_harmless(added: Value) -> bool:
    """Whether middleware is a library's that refuses nobody."""
    known = added.lineage() if isinstance(added, Class) else (added,)
    paths = [found.path or "" for found in known if isinstance(found, External | Instance)]
    return any(path.removesuffix("()") in HARMLESS or path.partition(".")[0] in HARMLESS for path in paths)


BASES = frozenset({"starlette.middleware.base.BaseHTTPMiddleware", "fastapi.middleware.base.BaseHTTPMiddleware"})
# What libraries give that refuses no request for who sends it: headers, logs, measures, sessions, files.
HARMLESS = frozenset(
    {
        f"{package}.middleware.{name}"
        for package in ("starlette", "fastapi")
        for name in (
            "cors.CORSMiddleware",
            "errors.ServerErrorMiddleware",
            "exceptions.ExceptionMiddleware",
            "gzip.GZipMiddleware",
            "httpsredirect.HTTPSRedirectMiddleware",
            "sessions.SessionMiddleware",
            "trustedhost.TrustedHostMiddleware",
        )
    }
) | frozenset(
    "asgi_correlation_id asgi_logger brotli_asgi ddtrace debug_toolbar elasticapm fastapi_async_sqlalchemy "
    "fastapi_pagination fastapi_sqlalchemy msgpack_asgi opentelemetry prometheus_fastapi_instrumentator secure "
    "sentry_sdk starlette_compress starlette_context starlette_exporter starlette_prometheus starlette_session "
    "starsessions timing_asgi uvicorn".split()
)


@stands_for("starlette.staticfiles.StaticFiles", "fastapi.staticfiles.StaticFiles")
class FileServer(Router):
    """Files that are served as they are: no route of the project, but a mount that takes requests."""

    framework = "fastapi"


@stands_for(
    "fastapi.middleware.wsgi.WSGIMiddleware",
    "starlette.middleware.wsgi.WSGIMiddleware",
    "a2wsgi.WSGIMiddleware",
    "asgiref.wsgi.WsgiToAsgi",
    "fastapi.middleware.cors.CORSMiddleware",
    "starlette.middleware.cors.CORSMiddleware",
    "fastapi.middleware.gzip.GZipMiddleware",
    "starlette.middleware.gzip.GZipMiddleware",
    "starlette.middleware.sessions.SessionMiddleware",
    "uvicorn.middleware.proxy_headers.ProxyHeadersMiddleware",
    "asgi_correlation_id.CorrelationIdMiddleware",
    "socketio.ASGIApp",
)
class Wrapper(LibraryObject):
    """Middleware or an adapter that was put around an application by hand."""

    inner: Value | None = None

    def created(self, call: Call) -> None:
        position, name = (1, "other_asgi_app") if call.name == "ASGIApp" else (0, "app")
        self.inner = call.argument(position, name)


def inner_application(value: Value | None) -> Value | None:
    """The application inside middleware and adapters."""
    for _ in range(8):
        inner = value.inner if isinstance(value, Wrapper) else None
        if isinstance(value, Instance) and isinstance(value.attributes.get("wrapped"), Router):
            inner = value.attributes["wrapped"]
        if inner is None:
            break
        value = inner
    return value


def register_convertor(call: Call) -> Value:
    """``register_url_convertor("slug", SlugConvertor())``: its regular expression is kept under its name."""
    name, convertor = call.text(0, "key"), call.argument(1, "convertor")
    if name is not None and convertor is not None:
        pattern = call.engine.member(convertor, "regex")
        kept = call.engine.library_attributes.setdefault(CONVERTOR_TYPES, {})
        kept[name] = pattern if text_of(pattern) is not None else NOTHING
    return NOTHING
