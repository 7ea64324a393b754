from aiohttp import web


class BookRepository:
    def __init__(self, connection) -> None:
        self.connection = connection

    async def find(self, isbn: str):
        return await self.connection.fetch_one("SELECT isbn, title FROM books WHERE isbn = :isbn", {"isbn": isbn})

    async def newest(self):
        return await self.connection.fetch_all("SELECT isbn, title FROM books ORDER BY added DESC LIMIT 20")


class BookHandlers:
    def __init__(self, repository: BookRepository) -> None:
        self.repository = repository

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("", self.index),
            web.get("/newest", self.newest),
            web.get("/{isbn}", self.show),
            web.route("PUT", "/{isbn}/shelf", self.shelve),
        ]

    async def index(self, request: web.Request) -> web.Response:
        return web.json_response([dict(row) for row in await self.repository.newest()])

    async def newest(self, request: web.Request) -> web.Response:
        return web.json_response([dict(row) for row in await self.repository.newest()])

    async def show(self, request: web.Request) -> web.Response:
        book = await self.repository.find(request.match_info["isbn"])
        return web.json_response(dict(book))

    async def shelve(self, request: web.Request) -> web.Response:
        return web.json_response({"shelf": (await request.json())["shelf"]})
