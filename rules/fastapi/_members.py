"""What FastAPI, Starlette and pydantic have by version, and under which paths code finds it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("_members.json")  # written by `python -m tests.frameworks.members`
TABLES = tuple(sorted(TABLE.parent.parent.glob("*/_members.json")))
APPLICATIONS: Mapping[str, str] = {
    "fastapi.FastAPI": "fastapi.FastAPI",
    "fastapi.applications.FastAPI": "fastapi.FastAPI",
    "fastapi.APIRouter": "fastapi.APIRouter",
    "fastapi.routing.APIRouter": "fastapi.APIRouter",
    "fastapi": "fastapi",
    "fastapi.responses": "fastapi.responses",
    "fastapi.security": "fastapi.security",
}
REQUESTS: Mapping[str, str] = {
    "fastapi.Request": "fastapi.Request",
    "fastapi.requests.Request": "fastapi.Request",
    "starlette.requests.Request": "fastapi.Request",
}
# What is set by whoever knows who asks: another matter.
OTHERS = frozenset({"user", "auth", "session", "state", "token"})
INSTEAD: Mapping[str, str] = {
    "BaseSettings": "Import it from `pydantic_settings`, and require `pydantic-settings`",
    "GenericModel": "Derive from `BaseModel` and `typing.Generic`",
    "ModelField": "Use `pydantic.fields.FieldInfo`",
    "ErrorWrapper": "Raise `ValueError` in validators; `pydantic_core.InitErrorDetails` describes errors",
    "parse_obj_as": "Use `pydantic.TypeAdapter(...).validate_python(...)`",
    "exception_handler": "Register the handler on the application: routers have none",
    "add_exception_handler": "Register the handler on the application: routers have none",
    "add_middleware": "Add the middleware to the application: routers have none",
    "middleware": "Add the middleware to the application: routers have none",
    "add_event_handler": "Do it in the application's `lifespan`",
    "add_route": "Use `include_router`, or `add_api_route`",
    "register_blueprint": "Use `include_router`",
    "JWTBearer": "Derive from `fastapi.security.HTTPBearer`",
}
