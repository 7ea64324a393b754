from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from repositories.books import BookRepository
from services.books import BookService

bearer = HTTPBearer()
maybe_bearer = HTTPBearer(auto_error=False)


class Session:
    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def close(self) -> None: ...


def get_session() -> Iterator[Session]:
    session = Session()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


SessionDep = Annotated[Session, Depends(get_session)]


def get_books(session: SessionDep) -> BookService:
    return BookService(BookRepository(session))


Books = Annotated[BookService, Depends(get_books)]


def require_client(x_client: str | None = Header(default=None)) -> None:
    if x_client is None:
        raise HTTPException(status.HTTP_400_BAD_REQUEST, "no client")


def audit(request: Request) -> None:
    request.state.audited = True


class Member:
    def __init__(self, name: str) -> None:
        self.name = name


def current_member(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> Member:
    return Member(credentials.credentials)


def member_or_none(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(maybe_bearer)]) -> Member | None:
    if credentials is None:
        return None
    return current_member(credentials)


def librarian(member: Annotated[Member, Depends(current_member)]) -> Member:
    if member.name != "ada":
        raise HTTPException(status_code=403)
    return member


def book_or_404(book_id: int, books: Books) -> dict[str, object]:
    book = books.find(book_id)
    if book is None:
        raise HTTPException(status_code=404)
    return book
