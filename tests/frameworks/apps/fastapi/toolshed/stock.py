from dataclasses import dataclass

from fastapi import Depends


class Shelf:
    def __init__(self, name: str) -> None:
        self.name = name

    def items(self) -> list[str]:
        return [self.name]


class Shelves:
    def first(self) -> Shelf:
        return Shelf("first")

    @staticmethod
    def spare() -> Shelf:
        return Shelf("spare")


shelves = Shelves()


async def open_shelf(name: str):
    try:
        yield Shelf(name)
    finally:
        pass


@dataclass
class Page:
    limit: int = 10
    shelf: Shelf = Depends(shelves.first)

    def size(self) -> int:
        return len(self.shelf.items())


class Catalogue:
    def __init__(self, shelf: Shelf = Depends(shelves.first)) -> None:
        self.shelf = shelf

    def list(self, page: Page) -> list[str]:
        return self.shelf.items()[: page.size()]
