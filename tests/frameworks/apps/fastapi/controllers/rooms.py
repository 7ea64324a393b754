from fastapi import APIRouter, Depends, HTTPException
from fastapi_utils.cbv import cbv
from stock import RoomStock, get_stock

router = APIRouter(prefix="/rooms")


def signed_in(token: str | None = None) -> str:
    if token is None:
        raise HTTPException(401)
    return token


@cbv(router, "/summary")
class Rooms:
    stock: RoomStock = Depends(get_stock)
    user: str = Depends(signed_in)

    @router.get("/")
    def list_rooms(self) -> list[int]:
        return self.stock.free()

    @router.get("/{number}")
    def room(self, number: int) -> int:
        return number

    def get(self) -> int:
        return len(self.stock.free())

    def post(self) -> int:
        return 0
