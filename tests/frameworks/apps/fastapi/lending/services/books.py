from repositories.books import BookRepository


class BookService:
    def __init__(self, books: BookRepository) -> None:
        self.books = books

    def all(self) -> list[dict[str, object]]:
        return self.books.select()

    def search(self, text: str) -> list[dict[str, object]]:
        return [book for book in self.books.select() if text in str(book["title"])]

    def find(self, book_id: int) -> dict[str, object] | None:
        return self.books.get(book_id)

    def add(self, title: str) -> dict[str, object]:
        return self.books.insert(title)

    def rename(self, book_id: int, title: str) -> dict[str, object]:
        return self.books.update(book_id, title)
