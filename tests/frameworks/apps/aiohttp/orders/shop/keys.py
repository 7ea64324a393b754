from aiohttp import web

from .store import OrderStore

STORE = web.AppKey("store", OrderStore)
