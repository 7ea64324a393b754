from aiohttp import web


class MemberService:
    def __init__(self, mailer) -> None:
        self.mailer = mailer

    def invite(self, address: str) -> None:
        self.mailer.send(address, "Welcome to the library")


async def list_members(request: web.Request) -> web.Response:
    return web.json_response([])


async def invite_member(request: web.Request) -> web.Response:
    body = await request.json()
    request.config_dict["members"].invite(body["address"])
    return web.Response(status=202)


async def fines(request: web.Request) -> web.Response:
    return web.json_response({"cents": 0, "currency": request.app["currency"]})


def make_fines() -> web.Application:
    app = web.Application()
    app["currency"] = "EUR"
    app.router.add_get("/", fines)
    app.router.add_get("/{year:[0-9]{4}}", fines)
    return app


def make_members(librarian_only) -> web.Application:
    app = web.Application(middlewares=[librarian_only])
    app.router.add_routes([web.get("/", list_members), web.post("/", invite_member)])
    app.add_subapp("/{fines}".format(fines="fines"), make_fines())
    return app
