from flask import jsonify
from flask.views import MethodView


class ShelfStore:
    def load(self, shelf):
        return shelf


class Shelf:
    @classmethod
    def find(cls, id):
        return id

    @classmethod
    def all(cls):
        return []


class ShelfAPI(MethodView):
    def __init__(self, store):
        self.store = store

    def get(self, shelf):
        return jsonify(self.store.load(shelf))

    def post(self):
        return "new"

    def put(self, shelf):
        return shelf

    def delete(self, shelf):
        return shelf
