from aiohttp import web

from .server import Server

if __name__ == "__main__":
    web.run_app(Server().build())
