from accounts.api import entries, router
from accounts.security import ApiKey
from ninja import NinjaAPI

api = NinjaAPI(title="Ledger", auth=ApiKey())
api.add_router("/accounts", router)
api.add_router("/accounts/{int:account}/entries/", entries)
api.add_router("/reports", "accounts.reports.router")


@api.get("/health", auth=None)
def health(request):
    return {"ok": True}
