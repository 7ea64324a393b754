from classy_fastapi import Routable, delete, get
from classy_fastapi.decorators import route


class TaskBook:
    def open(self) -> list[str]:
        return []


class HousekeepingRoutes(Routable):
    def __init__(self, book: TaskBook) -> None:
        super().__init__(prefix="/housekeeping")
        self.book = book

    @get("/tasks")
    def tasks(self) -> list[str]:
        return self.book.open()

    @delete("/tasks/{task}")
    def finish(self, task: str) -> None:
        return None

    @route("/shifts", methods=["PUT", "PATCH"])
    def shifts(self) -> None:
        return None
