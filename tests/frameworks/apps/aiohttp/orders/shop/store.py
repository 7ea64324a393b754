class OrderStore:
    def __init__(self) -> None:
        self.rows: dict[int, dict] = {}

    def all(self, state: str | None = None) -> list[dict]:
        return [row for row in self.rows.values() if state in (None, row["state"])]

    def find(self, number: int) -> dict | None:
        return self.rows.get(number)

    def add(self, customer: str) -> dict:
        row = {"number": len(self.rows) + 1, "customer": customer, "state": "new"}
        self.rows[row["number"]] = row
        return row

    def remove(self, number: int) -> None:
        self.rows.pop(number, None)
