from controller import controller, route
from fastapi import APIRouter, Depends
from stock import RoomStock, get_stock

router = APIRouter(prefix="/desk")


@controller(router)
class FrontDesk:
    def __init__(self, stock: RoomStock = Depends(get_stock)) -> None:
        self.stock = stock

    @route("POST", "/arrivals", status_code=201)
    def check_in(self, guest: str) -> int:
        return self.assign()

    @route("DELETE", "/arrivals/{guest}")
    def check_out(self, guest: str) -> None:
        return None

    def assign(self) -> int:
        return self.stock.free()[0]
