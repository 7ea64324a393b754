class Boards:
    def __init__(self, pool) -> None:
        self.pool = pool

    async def all(self) -> list[dict]:
        return await self.pool.fetch("SELECT id, title FROM boards")

    async def add(self, values: dict) -> dict:
        return await self.pool.fetchrow("INSERT INTO boards (title) VALUES ($1) RETURNING id, title", values["title"])


class Cards:
    def __init__(self, pool) -> None:
        self.pool = pool

    async def of_board(self, board: int) -> list[dict]:
        return await self.pool.fetch("SELECT id, text FROM cards WHERE board_id = $1", board)

    async def move(self, card: str) -> dict:
        return {"card": card}
