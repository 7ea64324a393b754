class Store:
    def __init__(self, name: str) -> None:
        self.name = name

    def last(self) -> str:
        return self.name
