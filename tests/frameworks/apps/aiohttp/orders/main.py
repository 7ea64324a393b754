from aiohttp import web
from shop import middlewares, orders
from shop.keys import STORE
from shop.store import OrderStore


async def health(request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


app = web.Application(middlewares=[middlewares.timing])
app[STORE] = OrderStore()
app.add_routes([web.get("/health", health), *orders.routes])
app.middlewares.append(middlewares.token_required)

if __name__ == "__main__":
    web.run_app(app, port=8080)
