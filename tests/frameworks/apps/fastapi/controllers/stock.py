class RoomStock:
    def free(self) -> list[int]:
        return [101, 102]


def get_stock() -> RoomStock:
    return RoomStock()
