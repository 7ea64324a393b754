"""What answers and errors of frameworks are made with, as the libraries declare it."""

from __future__ import annotations

from typing import NamedTuple


class Declared(NamedTuple):
    """A class or function: all names that it takes, and the first one where it has to be given."""

    name: str
    names: tuple[str, ...]
    required: str | None


def declared(name: str, names: str, required: str | None = None) -> Declared:
    """The same, written shortly."""
    return Declared(name, tuple(names.split()), required)


# Words that other frameworks have for what is asked for.
ELSEWHERE = frozenset(
    "status status_code statusCode code data json body content message msg detail error media_type mimetype "
    "text".split()
)

DJANGO = "content_type status reason charset headers"
JSON = declared("JsonResponse", f"data encoder safe json_dumps_params {DJANGO}", "data")
HTTP = declared("HttpResponse", f"content {DJANGO}")
REST = declared("Response", "data status template_name headers exception content_type")
STARLETTE = "status_code headers media_type background"
ERROR = declared("HTTPException", "status_code detail headers", "status_code")
ANSWER = declared("Response", f"content {STARLETTE}")
WRITTEN = declared("JSONResponse", f"content {STARLETTE}", "content")
PLAIN = declared("PlainTextResponse", f"content {STARLETTE}")
REDIRECT = declared("RedirectResponse", "url status_code headers background", "url")
AIOHTTP = "status reason headers content_type"
AIOHTTP_JSON = declared("json_response", f"data text body {AIOHTTP} dumps")
AIOHTTP_ANSWER = declared("Response", f"body text {AIOHTTP} charset zlib_executor_size zlib_executor")
FLASK = declared("Response", "response status headers mimetype content_type direct_passthrough")

SIGNATURES = {
    "django.http.JsonResponse": JSON,
    "django.http.response.JsonResponse": JSON,
    "django.http.HttpResponse": HTTP,
    "django.http.response.HttpResponse": HTTP,
    "rest_framework.response.Response": REST,
    "fastapi.HTTPException": ERROR,
    "fastapi.exceptions.HTTPException": ERROR,
    "starlette.exceptions.HTTPException": ERROR,
    **{f"{module}.Response": ANSWER for module in ("fastapi", "fastapi.responses", "starlette.responses")},
    **{f"{module}.JSONResponse": WRITTEN for module in ("fastapi.responses", "starlette.responses")},
    **{f"{module}.PlainTextResponse": PLAIN for module in ("fastapi.responses", "starlette.responses")},
    **{f"{module}.RedirectResponse": REDIRECT for module in ("fastapi.responses", "starlette.responses")},
    "aiohttp.web.json_response": AIOHTTP_JSON,
    "aiohttp.web.Response": AIOHTTP_ANSWER,
    "flask.Response": FLASK,
}
