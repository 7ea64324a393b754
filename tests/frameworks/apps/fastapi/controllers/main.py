"""A hotel: class-based views of four kinds."""

from billing import invoices
from fastapi import FastAPI
from fastapi_utils import Api
from frontdesk import router as frontdesk
from housekeeping import HousekeepingRoutes, TaskBook
from resources import KeyCards
from rooms import router as rooms

app = FastAPI()
app.include_router(rooms, prefix="/v1")
app.include_router(frontdesk, prefix="/v1")
app.include_router(HousekeepingRoutes(TaskBook()).router, prefix="/v1")
app.include_router(invoices)
Api(app).add_resource(KeyCards(4), "/v1/cards", "/v2/cards")
