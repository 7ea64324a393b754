"""A lending library: layers, nested routers, guards at every level."""

from api import create_app

app = create_app()
