from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from store import Store


class SensorEndpoint(HTTPEndpoint):
    async def get(self, request):
        return JSONResponse(read_sensor(request.path_params["sensor"]))

    async def delete(self, request):
        return JSONResponse({})


class Ticker(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)


def read_sensor(name):
    return Store(name).last()


async def show(request):
    return JSONResponse({})


panel_routes = [
    Route("/", show),
    Route("/{panel}/widgets", show, methods=["GET", "POST"]),
    Mount("/admin", routes=[Route("/reset", show, methods=["POST"])], name="admin"),
]
