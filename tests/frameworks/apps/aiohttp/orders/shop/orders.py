from aiohttp import web

from .keys import STORE

routes = web.RouteTableDef()


@routes.get("/orders", name="orders")
async def list_orders(request: web.Request) -> web.Response:
    return web.json_response(request.app[STORE].all(request.query.get("state")))


@routes.post("/orders")
async def place_order(request: web.Request) -> web.Response:
    order = request.app[STORE].add(request["customer"])
    return web.json_response(order, status=201)


@routes.get(r"/orders/{number:\d+}")
async def show_order(request: web.Request) -> web.Response:
    order = request.app[STORE].find(int(request.match_info["number"]))
    if order is None:
        raise web.HTTPNotFound()
    return web.json_response(order)


@routes.get("/orders/{state:[a-z]+}", allow_head=False)
async def orders_in_state(request: web.Request) -> web.Response:
    return web.json_response(request.app[STORE].all(request.match_info["state"]))


@routes.view(r"/orders/{number:\d+}/payment")
class Payment(web.View):
    async def get(self) -> web.Response:
        order = self.request.app[STORE].find(self.number)
        return web.json_response({"paid": bool(order and order["state"] == "paid")})

    async def put(self) -> web.Response:
        order = self.request.app[STORE].find(self.number)
        if order is not None:
            order["state"] = "paid"
        return web.json_response(order)

    @property
    def number(self) -> int:
        return int(self.request.match_info["number"])


@routes.route("*", "/echo")
async def echo(request: web.Request) -> web.Response:
    return web.json_response({"method": request.method})


@routes.route("patch", r"/orders/{number:\d+}")
@routes.delete(r"/orders/{number:\d+}")
async def cancel_order(request: web.Request) -> web.Response:
    request.app[STORE].remove(int(request.match_info["number"]))
    return web.Response(status=204)


routes.static("/assets", ".")
