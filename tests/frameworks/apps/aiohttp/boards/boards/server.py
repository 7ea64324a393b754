import importlib
from collections.abc import AsyncIterator

from aiohttp import web

from .modules import ENABLED
from .store import Boards, Cards


class Pool:
    async def fetch(self, statement: str, *values) -> list[dict]:
        return []

    async def fetchrow(self, statement: str, *values) -> dict:
        return {}

    async def close(self) -> None: ...


async def storage(app: web.Application) -> AsyncIterator[None]:
    pool = Pool()
    app["boards"] = Boards(pool)
    app["cards"] = Cards(pool)
    yield
    await pool.close()


class Server:
    """Builds the application; the modules of the API are named in `boards.modules`."""

    def __init__(self) -> None:
        self.app = web.Application(client_max_size=1024**2)

    def build(self) -> web.Application:
        self.app.cleanup_ctx.append(storage)
        self._load_modules()
        self.app.router.add_get("/live", self.live)
        return self.app

    def _load_modules(self) -> None:
        for name in ENABLED:
            module = importlib.import_module(f".modules.{name}", "boards")
            module.register(self.app.router)

    async def live(self, request: web.Request) -> web.Response:
        return web.Response(text="ok")
