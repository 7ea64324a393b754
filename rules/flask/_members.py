"""What Flask and Werkzeug have by version, and under which paths code finds it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("_members.json")  # written by `python -m tests.frameworks.members`
TABLES = tuple(sorted(TABLE.parent.parent.glob("*/_members.json")))
APPLICATIONS: Mapping[str, str] = {
    "flask.Flask": "flask.Flask",
    "flask.app.Flask": "flask.Flask",
    "flask.Blueprint": "flask.Blueprint",
    "flask.blueprints.Blueprint": "flask.Blueprint",
    "flask": "flask",
    "flask.json": "flask.json",
}
REQUESTS: Mapping[str, str] = {"flask.request": "flask.request", "flask.globals.request": "flask.request"}
# What is set by whoever knows who asks: another matter.
OTHERS = frozenset({"user", "auth", "session", "state", "token"})
INSTEAD: Mapping[str, str] = {
    "before_first_request": "Do it where the application is made, inside `with app.app_context():`",
    "before_app_first_request": "Do it where the application is made, inside `with app.app_context():`",
    "json_encoder": "Set `json_provider_class` to a subclass of `flask.json.provider.DefaultJSONProvider`",
    "json_decoder": "Set `json_provider_class` to a subclass of `flask.json.provider.DefaultJSONProvider`",
    "JSONEncoder": "Derive from `flask.json.provider.DefaultJSONProvider`, or from `json.JSONEncoder`",
    "JSONDecoder": "Derive from `flask.json.provider.DefaultJSONProvider`, or from `json.JSONDecoder`",
    "Markup": "Import it from `markupsafe`",
    "escape": "Import it from `markupsafe`",
    "safe_join": "Import it from `werkzeug.utils`",
    "url_quote": "Use `urllib.parse.quote`",
    "url_encode": "Use `urllib.parse.urlencode`",
    "url_decode": "Use `urllib.parse.parse_qs`",
    "url_parse": "Use `urllib.parse.urlsplit`",
    "_app_ctx_stack": "Use `flask.g`, or `app.app_context()`",
    "_request_ctx_stack": "Use `flask.g`, or `app.test_request_context()`",
    "secure_filename": "Import it from `werkzeug.utils`",
    "generate_password_hash": "Import it from `werkzeug.security`",
    "check_password_hash": "Import it from `werkzeug.security`",
    "FileStorage": "Import it from `werkzeug.datastructures`",
    "contrib": "What it had is in `werkzeug.middleware` and in packages of their own",
    "ext": "Import the extension by its own name, such as `flask_sqlalchemy`",
}
