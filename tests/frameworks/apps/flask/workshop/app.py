"""A bicycle workshop: flask-smorest, APIFlask and Flask-OpenAPI3 side by side."""

from apiflask import APIBlueprint, APIFlask, HTTPTokenAuth
from flask import Flask
from flask.views import MethodView
from flask_openapi3 import APIBlueprint as OpenBlueprint
from flask_openapi3 import OpenAPI
from flask_smorest import Api, Blueprint
from pydantic import BaseModel

smorest = Flask(__name__, static_folder=None)
smorest.config.update(API_TITLE="Workshop", API_VERSION="1", OPENAPI_VERSION="3.0.2")
api = Api(smorest)
bikes = Blueprint("bikes", __name__, url_prefix="/bikes", description="Bikes")


@bikes.route("/")
class Bikes(MethodView):
    @bikes.response(200)
    def get(self):
        return []

    @bikes.response(201)
    def post(self):
        return {}


@bikes.route("/<int:bike>", methods=["PUT", "DELETE"])
@bikes.response(204)
def bike(bike):
    return None


api.register_blueprint(bikes)
api.register_blueprint(bikes, url_prefix="/v2/bikes", name="second")

plain = APIFlask(__name__, spec_path=None, docs_path=None, static_folder=None)
auth = HTTPTokenAuth()
parts = APIBlueprint("parts", __name__, url_prefix="/parts")


@plain.get("/")
@plain.output({})
def home():
    return {}


@parts.post("/<string:part>/orders")
@parts.auth_required(auth)
def order(part):
    return {}


@plain.route("/bells")
class Bells(MethodView):
    def get(self):
        return {}


plain.register_blueprint(parts)


class BellPath(BaseModel):
    bell: int


openapi = OpenAPI(__name__, static_folder=None, doc_ui=False)
repairs = OpenBlueprint("repairs", __name__, url_prefix="/repairs")


@openapi.get("/bells/<int:bell>")
def ring(path: BellPath):
    return "ring"


@repairs.put("/<int:bell>")
def repair(path: BellPath):
    return "repaired"


openapi.register_api(repairs)
