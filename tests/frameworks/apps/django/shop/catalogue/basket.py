class Basket:
    def __init__(self, session) -> None:
        self.session = session

    def add(self, product) -> int:
        lines = self.session.setdefault("basket", [])
        lines.append(product)
        return len(lines)

    def empty(self) -> None:
        self.session["basket"] = []
