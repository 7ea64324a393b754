from aiohttp import web
from stock import Stock


async def read_items(stock: Stock, request: web.Request) -> web.Response:
    return web.json_response(stock.items())


async def write_item(request: web.Request, *, stock: Stock) -> web.Response:
    body = await request.json()
    stock.put(request.match_info["sku"], body["amount"])
    return web.Response(status=204)


async def drop_item(request: web.Request) -> web.Response:
    request.app["stock"].drop(request.match_info["sku"])
    return web.Response(status=204)


async def count(request: web.Request) -> web.Response:
    return web.json_response({"count": len(request.app["stock"].items())})


async def report(request: web.Request) -> web.Response:
    return web.json_response({"report": request.match_info["kind"]})


class Export:
    def __init__(self, separator: str) -> None:
        self.separator = separator

    async def __call__(self, request: web.Request) -> web.Response:
        return web.Response(text=self.separator.join(request.app["stock"].items()))
