from typing import Annotated

from fastapi import APIRouter, Depends

from .deps import Books, Member, book_or_404, librarian, member_or_none

router = APIRouter(prefix="/books", tags=["books"])


@router.get("")
def list_books(books: Books, viewer: Annotated[Member | None, Depends(member_or_none)]) -> list[dict[str, object]]:
    return books.all()


@router.get("/search")
async def search(q: str, books: Books) -> list[dict[str, object]]:
    return books.search(q)


@router.get("/{book_id:int}")
def get_book(book: Annotated[dict[str, object], Depends(book_or_404)]) -> dict[str, object]:
    return book


@router.post("", dependencies=[Depends(librarian)])
def add_book(title: str, books: Books) -> dict[str, object]:
    return books.add(title)


@router.put("/{book_id:int}")
@router.patch("/{book_id:int}")
def change_book(book_id: int, title: str, books: Books, by: Annotated[Member, Depends(librarian)]) -> dict[str, object]:
    return books.rename(book_id, title)


@router.get("/{book_id:int}/pages/{page}.{kind}")
def page(book_id: int, page: int, kind: str) -> str:
    return f"{page}.{kind}"


@router.get("/covers/{path:path}")
def cover(path: str) -> str:
    return path
