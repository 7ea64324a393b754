"""A weather station: Starlette's own routes and mounts in and beside FastAPI."""

from contextlib import asynccontextmanager
from functools import partial

from convertors import register
from fastapi import APIRouter, FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.middleware.wsgi import WSGIMiddleware
from fastapi.staticfiles import StaticFiles
from legacy import legacy
from panels import SensorEndpoint, Ticker, panel_routes
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
from store import Store

register()


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.store = Store("readings")
    yield {"clock": Store("clock")}


def plain(request):
    return PlainTextResponse("plain")


def scaled(factor, request):
    return PlainTextResponse(str(factor))


app = FastAPI(
    lifespan=lifespan,
    redirect_slashes=False,
    middleware=[Middleware(GZipMiddleware, minimum_size=500)],
    routes=[Route("/first", plain), Route("/double", partial(scaled, 2), methods=["GET", "POST"])],
)
app.add_middleware(CORSMiddleware, allow_origins=["*"])


@app.middleware("http")
async def timing(request: Request, call_next):
    return await call_next(request)


@app.get("/readings/latest")
def latest(request: Request) -> str:
    return request.app.state.store.last()


@app.get("/readings/clock")
def clock(request: Request) -> str:
    return request.state.clock.last()


@app.get("/readings/{day:day}")
def by_day(day: str) -> str:
    return day


app.add_route("/sensors/{sensor}", SensorEndpoint)
app.router.add_websocket_route("/ticker", Ticker)
app.router.routes.append(Route("/appended", plain))
app.routes.insert(0, Route("/prepended", plain))

reports = FastAPI(title="Reports")


@reports.get("/")
def index() -> list[str]:
    return []


@reports.get("/{year:int}/{month:int}")
def report(year: int, month: int) -> str:
    return f"{year}-{month}"


app.mount("/reports", reports)
app.mount("/panels", Starlette(routes=panel_routes, middleware=[Middleware(GZipMiddleware)]))
app.mount("/legacy", WSGIMiddleware(legacy))
app.mount("/static", StaticFiles(directory=".", check_dir=False))

inner = APIRouter(prefix="/inner")
inner.add_route("/plain", plain)
inner.mount("/deep", Router(routes=[Route("/x", plain), WebSocketRoute("/ws", Ticker)]))


@inner.get("/json")
def as_json() -> int:
    return 1


outer = APIRouter(prefix="/outer")
outer.include_router(inner, prefix="/nested")
app.include_router(outer)

app.router.routes.extend(
    [
        Mount(
            "/grouped", routes=[Route("/{name}", plain, methods=["PUT"]), Mount("/more", routes=[Route("/", plain)])]
        ),
        Host("{tenant}.example.org", Router([Route("/hosted", plain)])),
    ]
)
