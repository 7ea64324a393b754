"""What aiohttp has by version, and under which paths code finds it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("_members.json")  # written by `python -m tests.frameworks.members`
TABLES = tuple(sorted(TABLE.parent.parent.glob("*/_members.json")))
APPLICATIONS: Mapping[str, str] = {
    "aiohttp.web.Application": "aiohttp.web.Application",
    "aiohttp.web_app.Application": "aiohttp.web.Application",
    "aiohttp.web.RouteTableDef": "aiohttp.web.RouteTableDef",
    "aiohttp.web_routedef.RouteTableDef": "aiohttp.web.RouteTableDef",
    "aiohttp.web": "aiohttp.web",
    "aiohttp": "aiohttp",
}
REQUESTS: Mapping[str, str] = {
    "aiohttp.web.Request": "aiohttp.web.Request",
    "aiohttp.web_request.Request": "aiohttp.web.Request",
    "aiohttp.web.Response": "aiohttp.web.Response",
}
# What is set by whoever knows who asks: another matter.
OTHERS = frozenset({"user", "auth", "session", "state", "token"})
