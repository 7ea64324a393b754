class TicketRepository:
    def __init__(self) -> None:
        self.rows: list[dict] = []

    def find(self, **conditions) -> list[dict]:
        return [row for row in self.rows if all(row.get(name) == value for name, value in conditions.items())]

    def one(self, number: int) -> dict:
        return self.rows[number]

    def add(self, row: dict) -> dict:
        self.rows.append(row)
        return row

    def change(self, number: int, values: dict) -> dict:
        self.rows[number].update(values)
        return self.rows[number]

    def claim(self, agent: str) -> dict:
        return {"assignee": agent}
