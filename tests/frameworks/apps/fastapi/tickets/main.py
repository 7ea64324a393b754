"""An issue tracker: routers found in a package, registered in loops, behind settings and flags."""

import importlib
import os
import pkgutil
from http import HTTPMethod

import modules
from core.routing import SlashRouter
from core.settings import Flags, settings
from fastapi import FastAPI
from modules import boards

app = FastAPI(title=settings.title, openapi_url=f"{settings.prefix}/openapi.json")

for found in pkgutil.iter_modules(modules.__path__):
    module = importlib.import_module(f"modules.{found.name}")
    app.include_router(module.router, prefix=f"{settings.prefix}/{found.name}")

RESOURCES = {
    "labels": ("color", "name"),
    "milestones": ("due", "title"),
}


def make_lister(resource: str):
    async def list_items() -> list[str]:
        return [resource]

    return list_items


for resource, fields in RESOURCES.items():
    app.add_api_route(f"{settings.prefix}/{resource}", make_lister(resource), methods=["GET"], name=f"list {resource}")
    for field in fields:
        app.add_api_route(
            f"{settings.prefix}/{resource}/{{item}}/{field}", make_lister(field), methods=[HTTPMethod.PUT]
        )

flags = Flags()
if flags.archive:
    app.include_router(boards.archive, prefix=settings.prefix)

if os.environ.get("DEBUG_ROUTES"):

    @app.get("/debug")
    def debug() -> str:
        return "debug"


both = SlashRouter(prefix="/search", tags=["search"])


@both.get("/issues")
def search_issues(q: str = "") -> list[str]:
    return [q]


@both.get("/")
def search_all() -> list[str]:
    return []


app.include_router(both)


class Tracker:
    def __init__(self, application: FastAPI) -> None:
        self.application = application
        application.get("/stats")(self.stats)
        application.post("/stats/reset")(self.reset)
        application.add_api_route("/call", self)

    async def stats(self) -> int:
        return self.count()

    def reset(self) -> None:
        return None

    def __call__(self) -> str:
        return "called"

    def count(self) -> int:
        return 0


tracker = Tracker(app)


def attach(application: FastAPI, *groups: str, suffix: str = "") -> None:
    for group in groups:
        router = SlashRouter() if group == "slashed" else boards.make_router(group)
        application.include_router(router, prefix=f"/groups/{group}{suffix}")


attach(app, "red", "blue", suffix="-team")
