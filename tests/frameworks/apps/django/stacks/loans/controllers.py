from functools import wraps

from ninja import Schema
from ninja_extra import api_controller, http_delete, http_generic, http_get, http_post, permissions, route

from .base import Counted
from .services import Register


class Loan(Schema):
    book: int


def logged(function):
    @wraps(function)
    def run(*args, **kwargs):
        return function(*args, **kwargs)

    return run


@api_controller("", tags=["shelves"])
class Shelves:
    @route.get("shelves/")
    def shelves(self):
        return []

    @route.post("/shelves/{name}")
    def add(self, name: str):
        return name


@api_controller("/loans/{reader}/", permissions=[permissions.IsAuthenticated])
class Loans(Counted):
    def __init__(self, register: Register):
        self.register = register

    @http_get("")
    def loans(self, reader: int):
        return []

    @http_post("/")
    def lend(self, reader: int, loan: Loan):
        return self.register.lend(loan.book)

    @http_delete("/{int:book}")
    @logged
    def take_back(self, reader: int, book: int):
        return {}

    @http_generic("/{int:book}/state", methods=["GET", "PUT"])
    def state(self, reader: int, book: int):
        return {}
