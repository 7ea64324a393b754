"""An observatory: Flask-RESTX, namespaces on an application and on a blueprint."""

from flask import Blueprint, Flask
from flask_restx import Api, Resource
from planets import planets
from stars import catalogue, stars

app = Flask(__name__, static_folder=None)
api = Api(app, prefix="/v1", doc=False)
api.add_namespace(stars)
api.add_namespace(catalogue, path="/lists")


@api.route("/sky", "/sky/<int:hour>")
class Sky(Resource):
    def get(self, hour=None):
        return hour


weather = api.namespace("weather", description="Above the dome")


@weather.route("/now")
class Now(Resource):
    @weather.doc("now")
    def get(self):
        return "clear"

    def put(self):
        return "rain"


inner = Blueprint("inner", __name__, url_prefix="/dome")
dome = Api(inner, doc=False, prefix="/api", decorators=[planets.keeper])
dome.add_namespace(planets.namespace, "/planets")
app.register_blueprint(inner)


@stars.route("/<name>/light")  # the namespace is served already
class Light(Resource):
    def get(self, name):
        return name
