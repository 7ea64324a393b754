"""Small objects of Starlette that routers are given: middleware, file servers, adapters, path convertors."""

from __future__ import annotations

from verifier.api import NOTHING, Call, Instance, LibraryObject, Router, Sequence, Value, describe, stands_for, text_of

CONVERTOR_TYPES = "starlette.convertors.CONVERTOR_TYPES"


@stands_for("starlette.middleware.Middleware", "fastapi.middleware.Middleware")
class MiddlewareObject(LibraryObject):
    """``Middleware(cls, ...)``."""

    guard = ""

    def created(self, call: Call) -> None:
        added = call.argument(0, "cls")
        self.guard = describe(added) if added is not None else ""


def middleware_names(given: Value | None) -> list[str]:
    """The names in a list of ``Middleware(cls, ...)``."""
    items = given.items if isinstance(given, Sequence) else ()
    return [item.guard for item in items if isinstance(item, MiddlewareObject)]


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
