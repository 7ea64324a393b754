from fastapi_utils import Resource


class KeyCards(Resource):
    def __init__(self, count: int) -> None:
        self.count = count

    def get(self) -> int:
        return self.left()

    def post(self) -> int:
        return 1

    def left(self) -> int:
        return self.count
