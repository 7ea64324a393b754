from aiohttp import web
from repository import TicketRepository


def agent_required(method):
    async def guarded(self):
        if self.request.headers.get("X-Agent") is None:
            raise web.HTTPForbidden()
        return await method(self)

    return guarded


class BaseView(web.View):
    repository = TicketRepository()

    async def options(self) -> web.Response:
        return web.Response(headers={"Allow": "GET, POST"})

    def ticket_id(self) -> int:
        return int(self.request.match_info["ticket_id"])


class Listing(BaseView):
    async def get(self) -> web.Response:
        return web.json_response(self.repository.find(**self.conditions()))

    def conditions(self) -> dict:
        return {}


class TicketList(Listing):
    @agent_required
    async def post(self) -> web.Response:
        return web.json_response(self.repository.add(await self.request.json()), status=201)


class Unassigned(Listing):
    def conditions(self) -> dict:
        return {"assignee": None}

    async def post(self) -> web.Response:
        return web.json_response(self.repository.claim(self.request.headers["X-Agent"]))


class TicketDetail(BaseView):
    async def get(self) -> web.Response:
        return web.json_response(self.repository.one(self.ticket_id()))

    async def patch(self) -> web.Response:
        return web.json_response(self.repository.change(self.ticket_id(), await self.request.json()))

    delete = None


class CommentMixin:
    async def get(self) -> web.Response:
        return web.json_response([])


class TicketComments(CommentMixin, web.View):
    async def post(self) -> web.Response:
        return web.json_response({}, status=201)


class Attachment(web.View):
    async def get(self) -> web.Response:
        return web.Response(text=self.request.match_info["path"])

    async def put(self) -> web.Response:
        return web.Response(status=204)


async def search(request: web.Request) -> web.Response:
    return web.json_response(TicketRepository().find(text=request.query.get("q")))
