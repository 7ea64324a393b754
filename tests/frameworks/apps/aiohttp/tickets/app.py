from aiohttp import web
from views import Attachment, TicketComments, TicketDetail, TicketList, Unassigned
from views import search as search_tickets

app = web.Application()
app.router.add_view("/tickets", TicketList)
app.router.add_get("/tickets/unassigned", Unassigned)
app.router.add_post("/tickets/unassigned/claim", Unassigned)
app.router.add_view("/tickets/{ticket_id}", TicketDetail)
app.add_routes(
    [
        web.view("/tickets/{ticket_id}/comments", TicketComments),
        web.view(r"/tickets/{ticket_id}/attachments/{path:.+}", Attachment),
        web.route("*", "/search", search_tickets),
    ]
)

if __name__ == "__main__":
    web.run_app(app)
