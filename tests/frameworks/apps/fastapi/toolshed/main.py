"""A lending shed for tools: dependencies of every kind."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from access import Roles, signed, verify
from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.routing import APIRoute
from stock import Catalogue, Page, Shelf, Shelves, open_shelf, shelves


class TimedRoute(APIRoute):
    def get_route_handler(self):
        original = super().get_route_handler()

        async def handler(request: Request):
            return await original(request)

        return handler


class ShedRouter(APIRouter):
    def __init__(self, *args, **options):
        super().__init__(*args, route_class=TimedRoute, **options)


tools = ShedRouter(prefix="/tools/{shed}", dependencies=[Depends(verify)])
keeper = Roles("keeper")
Kept = Annotated[str, Depends(keeper)]


@tools.get("/by-class")
def by_class(shed: str, page: Annotated[Page, Depends()], catalogue: Catalogue = Depends(Catalogue)):
    return catalogue.list(page)


@tools.get("/by-method")
def by_method(shed: str, shelf: Annotated[Shelf, Depends(shelves.first)]):
    return shelf.items()


@tools.get("/by-static-method")
def by_static_method(shed: str, shelf: Annotated[Shelf, Depends(Shelves.spare)]):
    return shelf.items()


@tools.get("/by-instance")
def by_instance(shed: str, role: Kept):
    return role


@tools.get("/by-lambda")
def by_lambda(shed: str, shelf: Shelf = Depends(lambda: Shelf("lambda"))):
    return shelf.items()


@tools.get("/by-partial")
def by_partial(shed: str, shelf: Shelf = Depends(partial(open_shelf, "top"))):
    return shelf.items()


@tools.get("/by-scopes")
def by_scopes(shed: str, user: Annotated[str, Security(signed, scopes=["tools"])]):
    return user


@tools.get("/nothing")
def nothing(shed: str):
    return None


app = FastAPI()
app.include_router(tools, dependencies=[Depends(lambda: None), Security(signed)])
