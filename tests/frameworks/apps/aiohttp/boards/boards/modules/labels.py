from aiohttp import web


async def rename(request: web.Request) -> web.Response:
    return web.json_response({"label": request.match_info["label"]})


def register(router: web.UrlDispatcher) -> None:
    for verb in ("PUT", "PATCH"):
        router.add_route(verb, "/labels/{label}", rename)
