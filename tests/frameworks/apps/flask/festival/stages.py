from functools import wraps

from flask import request
from flask_restful import Resource, abort


def staff_only(view):
    @wraps(view)
    def checked(*args, **kwargs):
        if "X-Staff" not in request.headers:
            abort(403)
        return view(*args, **kwargs)

    return checked


def counted(view):
    @wraps(view)
    def counting(*args, **kwargs):
        return view(*args, **kwargs)

    return counting


class StageRepository:
    def find(self, name):
        return name


class Stage(Resource):
    method_decorators = {"put": [counted, staff_only], "delete": [staff_only]}

    def __init__(self, repository):
        self.repository = repository

    def get(self, name):
        return self.repository.find(name)

    def put(self, name):
        return name

    def delete(self, name):
        return name


class Box(Resource):
    method_decorators = [counted]

    def get(self, number):
        return number
