"""A museum kiosk: two applications, a factory, routes that only run time knows, decorators of our own."""

import functools
import os

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.middleware.base import BaseHTTPMiddleware


def limited(times: int):
    def decorate(function):
        @functools.wraps(function)
        async def wrapper(*args, **kwargs):
            return await function(*args, **kwargs)

        return wrapper

    return decorate


def logged(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        return await function(*args, **kwargs)

    return wrapper


class TenantMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next):
        request.state.tenant = request.headers.get("x-tenant")
        return await call_next(request)


public = FastAPI()
staff = FastAPI(title="Staff")
rooms = APIRouter(prefix="/rooms")


@rooms.get("/{room}")
@limited(5)
@logged
async def get_room(room: str) -> str:
    return room


@logged
@rooms.get("/{room}/guide")
async def get_guide(room: str) -> str:
    return room


public.include_router(rooms)
public.include_router(rooms, prefix="/{language}")
staff.include_router(rooms, prefix="/staff")
staff.include_router(APIRouter(), prefix=os.environ.get("STAFF_PREFIX", "/unused"))


@staff.exception_handler(KeyError)
async def missing(request: Request, error: KeyError) -> JSONResponse:
    return JSONResponse({}, status_code=404)


def create_kiosk(debug: bool = False) -> FastAPI:
    kiosk = FastAPI(debug=debug)
    kiosk.add_middleware(TenantMiddleware)
    kiosk.include_router(rooms, prefix="/kiosk")
    kiosk.include_router(screens(), prefix=read_prefix())
    if debug:
        kiosk.include_router(rooms, prefix="/debug")
    return kiosk


def screens() -> APIRouter:
    router = APIRouter()

    @router.post("/screens/{screen}/wake")
    async def wake(screen: str) -> str:
        return screen

    return router


def read_prefix() -> str:
    with open("prefix.txt") as file:
        return file.read().strip()
