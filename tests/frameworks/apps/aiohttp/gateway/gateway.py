from functools import wraps

from aiohttp import web

VERSIONS = ["v1", "v2"]


def require_scope(scope: str):
    def decorator(handler):
        @wraps(handler)
        async def checked(request: web.Request) -> web.StreamResponse:
            if scope not in request.get("scopes", ()):
                raise web.HTTPForbidden()
            return await handler(request)

        return checked

    return decorator


def login_required(handler):
    @wraps(handler)
    async def checked(*args, **kwargs):
        request = args[-1]
        if request.get("user") is None:
            raise web.HTTPUnauthorized()
        return await handler(*args, **kwargs)

    return checked


@web.middleware
async def authenticate(request: web.Request, handler):
    request["user"] = Directory().lookup(request.headers.get("Authorization"))
    request["scopes"] = {"read"}
    return await handler(request)


class Directory:
    def lookup(self, header: str | None):
        return User(header) if header else None


class User:
    def __init__(self, name: str) -> None:
        self.name = name

    def greeting(self) -> str:
        return f"Hello {self.name}"


@login_required
async def me(request: web.Request) -> web.Response:
    return web.json_response({"greeting": request["user"].greeting()})


@require_scope("read")
async def proxy(request: web.Request) -> web.Response:
    return web.Response(text=request.match_info["tail"])


async def status(request: web.Request) -> web.Response:
    return web.json_response({"status": "up"})


async def admin_index(request: web.Request) -> web.Response:
    return web.Response(text="admin")


def admin_app() -> web.Application:
    admin = web.Application()
    admin.router.add_get("/", admin_index)
    admin.router.add_get("/status", status)
    return admin


def init() -> web.Application:
    app = web.Application(
        middlewares=[web.normalize_path_middleware(append_slash=True), authenticate],
    )
    app.router.add_get("/status/", status)
    app.router.add_get("/me", me)
    app.add_domain("admin.example.com", admin_app())
    upstream = web.Application()
    for version in VERSIONS:
        upstream.router.add_route("*", f"/{version}/{{tail:.*}}", proxy)
    app.add_subapp("/upstream", upstream)
    app.router.add_get("/upstream/v1/health/", status)
    return app


def main(argv: list[str]) -> web.Application:
    return init()


if __name__ == "__main__":
    web.run_app(init())
