from aiohttp import web

routes = web.RouteTableDef()
PREFIX = "/boards/{board:\\d+}/cards"


@routes.get(PREFIX)
async def index(request: web.Request) -> web.Response:
    return web.json_response(await request.app["cards"].of_board(int(request.match_info["board"])))


@routes.patch(PREFIX + "/{card}")
async def move(request: web.Request) -> web.Response:
    return web.json_response(await request.app["cards"].move(request.match_info["card"]))


def register(router: web.UrlDispatcher) -> None:
    router.add_routes(routes)
