from aiohttp import web

PREFIX = "/boards"


async def index(request: web.Request) -> web.Response:
    return web.json_response(await request.app["boards"].all())


async def create(request: web.Request) -> web.Response:
    return web.json_response(await request.app["boards"].add(await request.json()), status=201)


def register(router: web.UrlDispatcher) -> None:
    router.add_get(PREFIX, index)
    router.add_post(PREFIX, create)
