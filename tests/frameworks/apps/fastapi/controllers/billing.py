from fastapi import APIRouter
from fastapi_class import View, endpoint

invoices = APIRouter(prefix="/v1")


@View(invoices, path="/invoices")
class InvoiceView:
    async def get(self) -> list[str]:
        return []

    async def post(self) -> str:
        return "new"

    @endpoint(("PUT", "PATCH"), path="/{number}/paid")
    async def pay(self, number: str) -> str:
        return number
