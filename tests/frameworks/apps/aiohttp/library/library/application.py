from aiohttp import web

from .books import BookHandlers, BookRepository
from .members import MemberService, make_members

API = "/api/v{version}"


class Connection:
    async def fetch_one(self, statement, values): ...

    async def fetch_all(self, statement, values=None): ...


class Mailer:
    def send(self, address: str, text: str) -> None: ...


@web.middleware
async def librarian_only(request: web.Request, handler):
    if request.headers.get("X-Role") != "librarian":
        raise web.HTTPForbidden()
    return await handler(request)


def build_api(version: int) -> web.Application:
    api = web.Application()
    books = web.Application()
    books.add_routes(BookHandlers(BookRepository(Connection())).routes())
    api.add_subapp("/books/", books)
    if version > 1:
        api.add_subapp("/members", make_members(librarian_only))
    return api


async def create_app() -> web.Application:
    app = web.Application()
    app["members"] = MemberService(Mailer())
    for version in (1, 2):
        app.add_subapp(API.format(version=version), build_api(version))
    app.router.add_get("/", lambda request: web.HTTPFound("/api/v2/books"))
    return app
