import logging

from aiohttp import web

log = logging.getLogger(__name__)


@web.middleware
async def timing(request: web.Request, handler):
    log.info("%s %s", request.method, request.path)
    return await handler(request)


@web.middleware
async def token_required(request: web.Request, handler):
    if request.path != "/health" and "Authorization" not in request.headers:
        raise web.HTTPUnauthorized()
    request["customer"] = request.headers.get("Authorization", "").removeprefix("Token ")
    return await handler(request)
