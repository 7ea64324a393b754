class BookRepository:
    def __init__(self, session: object) -> None:
        self.session = session

    def select(self) -> list[dict[str, object]]:
        return []

    def get(self, book_id: int) -> dict[str, object] | None:
        return {"id": book_id}

    def insert(self, title: str) -> dict[str, object]:
        return {"title": title}

    def update(self, book_id: int, title: str) -> dict[str, object]:
        return {"id": book_id, "title": title}
