"""What Django and REST framework have by version, and under which paths code finds it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("_members.json")  # written by `python -m tests.frameworks.members`
TABLES = tuple(sorted(TABLE.parent.parent.glob("*/_members.json")))
REQUEST = "django.http.HttpRequest"
REST_REQUEST = "rest_framework.request.Request"
REQUESTS: Mapping[str, str] = {
    "django.http.HttpRequest": REQUEST,
    "django.http.request.HttpRequest": REQUEST,
    "django.core.handlers.wsgi.WSGIRequest": REQUEST,
    "django.core.handlers.asgi.ASGIRequest": REQUEST,
    "rest_framework.request.Request": REST_REQUEST,
}
# What is set by middleware: another matter.
OTHERS = frozenset({"user", "auth", "session", "state", "token", "auser"})
INSTEAD: Mapping[str, str] = {
    "url": "Use `django.urls.re_path`",
    "ugettext": "Use `gettext`",
    "ugettext_lazy": "Use `gettext_lazy`",
    "ugettext_noop": "Use `gettext_noop`",
    "ungettext": "Use `ngettext`",
    "ungettext_lazy": "Use `ngettext_lazy`",
    "force_text": "Use `force_str`",
    "smart_text": "Use `smart_str`",
    "urlquote": "Use `urllib.parse.quote`",
    "urlquote_plus": "Use `urllib.parse.quote_plus`",
    "urlunquote": "Use `urllib.parse.unquote`",
    "is_safe_url": "Use `url_has_allowed_host_and_scheme`",
    "utc": "Use `datetime.timezone.utc`",
    "render_to_response": "Use `render`",
    "urlresolvers": "Import from `django.urls`",
    "six": "Python 3 needs none of it; `import six` where it is wanted still",
    "python_2_unicode_compatible": "Leave it out: Python 3 needs none of it",
    "providing_args": "Leave it out",
    "list_route": "Use `action(detail=False)`",
    "detail_route": "Use `action(detail=True)`",
    "NullBooleanField": "Use `BooleanField(null=True)`",
    "available_attrs": "Leave it out: `functools.wraps` needs none of it",
    "ContextDecorator": "Import it from `contextlib`",
    "lru_cache": "Import it from `functools`",
}
