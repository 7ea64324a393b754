from django.urls import path
from loans.controllers import Loans, Shelves
from ninja_extra import NinjaExtraAPI

api = NinjaExtraAPI(title="Stacks", docs_url=None)
api.register_controllers(Shelves, Loans)
api.register_controllers("loans.readers.Readers")


@api.get("/health")
def health(request):
    return {"ok": True}


urlpatterns = [path("api/", api.urls)]
