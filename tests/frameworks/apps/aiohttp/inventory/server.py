from functools import partial

import aiohttp_cors
import handlers
from aiohttp import web
from stock import Stock

REPORTS = {"daily": ["GET"], "weekly": ["GET", "POST"]}
EXPORTS = [("csv", ","), ("tsv", "\t")]


def setup_routes(app: web.Application, stock: Stock) -> None:
    router = app.router
    cors = aiohttp_cors.setup(app, defaults={"*": aiohttp_cors.ResourceOptions(allow_credentials=True)})
    cors.add(router.add_route("GET", "/items", partial(handlers.read_items, stock)))

    item = cors.add(router.add_resource("/items/{sku}"))
    router.add_get("/items/{sku}/history", handlers.report, allow_head=False)
    cors.add(item.add_route("PUT", partial(handlers.write_item, stock=stock)))
    cors.add(item.add_route("DELETE", handlers.drop_item))

    for kind, methods in REPORTS.items():
        for method in methods:
            router.add_route(method, f"/reports/{kind}", handlers.report)
    for suffix, separator in EXPORTS:
        router.add_get("/items." + suffix, handlers.Export(separator))

    router.add_get("/reports/{kind}", handlers.report)
    router.add_head("/count", handlers.count)
    router.add_get("/count", handlers.count, allow_head=False)
    router.add_get(r"/files/{name}.{ending:json|xml}", handlers.report)
    router.add_get("/{tail:.*}", handlers.report)


def main() -> web.Application:
    stock = Stock()
    app = web.Application()
    app["stock"] = stock
    setup_routes(app, stock)
    return app


if __name__ == "__main__":
    web.run_app(main())
