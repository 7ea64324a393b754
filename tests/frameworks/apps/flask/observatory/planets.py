from functools import wraps
from types import SimpleNamespace

from flask import abort, request
from flask_restx import Namespace, Resource


def keeper(view):
    @wraps(view)
    def checked(*args, **kwargs):
        if "X-Keeper" not in request.headers:
            abort(403)
        return view(*args, **kwargs)

    return checked


def tracked(view):
    @wraps(view)
    def tracking(*args, **kwargs):
        return view(*args, **kwargs)

    return tracking


namespace = Namespace("planets", decorators=[tracked])


@namespace.route("/<planet>")
class Planet(Resource):
    def __init__(self, api=None, *args, **kwargs):
        super().__init__(api, *args, **kwargs)
        self.orbit = Orbit()

    def get(self, planet):
        return self.orbit.at(planet)

    def delete(self, planet):
        return planet


class Orbit:
    def at(self, planet):
        return planet


planets = SimpleNamespace(keeper=keeper, namespace=namespace)
