from fastapi import APIRouter, WebSocket

realtime = APIRouter(prefix="/live")


@realtime.websocket("/shelves/{shelf}")
async def shelf_changes(websocket: WebSocket, shelf: str) -> None:
    await websocket.accept()


@realtime.get("/shelves/{shelf}")
def shelf_state(shelf: str) -> str:
    return shelf
