class Stock:
    def __init__(self) -> None:
        self.amounts: dict[str, int] = {}

    def items(self) -> dict[str, int]:
        return self.amounts

    def put(self, sku: str, amount: int) -> None:
        self.amounts[sku] = amount

    def drop(self, sku: str) -> None:
        self.amounts.pop(sku, None)
