"""A music festival: Flask-RESTful in all its arrangements."""

from artists import Artist, ArtistList, Rider
from flask import Blueprint, Flask
from flask_restful import Api, Resource
from stages import Box, Stage, StageRepository, staff_only
from tickets import Ticket, tickets_api

app = Flask(__name__, static_folder=None)


class VersionedApi(Api):
    """Serves each resource below two versions."""

    def add_both(self, resource, *urls, **options):
        for version in ("v1", "v2"):
            self.add_resource(
                resource, *[f"/{version}{url}" for url in urls], endpoint=f"{version}-{resource.__name__}", **options
            )


api = VersionedApi(app, prefix="/api")
api.add_resource(ArtistList, "/artists", "/artists/")
api.add_resource(Artist, "/artists/<int:artist>")
api.add_both(Rider, "/artists/<int:artist>/rider")
api.add_resource(Stage, "/stages/<name>", resource_class_kwargs={"repository": StageRepository()})


@api.resource("/boxes/<int:number>", "/b/<int:number>", endpoint="boxes")
class FrontBox(Box):
    def put(self, number):
        return number


backstage = Blueprint("backstage", __name__, url_prefix="/backstage")
crew = Api(backstage, prefix="/crew", decorators=[staff_only])


class Shift(Resource):
    def get(self, day):
        return day

    def post(self, day):
        return day


class Door(Resource):
    def get(self):
        return "open"


crew.add_resource(Shift, "/shifts/<day>")


@backstage.route("/plan")
def plan():
    return "plan"


app.register_blueprint(backstage, url_prefix="/behind")
crew.add_resource(Door, "/door")  # set up already: the prefix of the Api is left out

tickets_api.init_app(app)

late = Api(prefix="/late")
late.add_resource(Ticket, "/ticket", endpoint="late-ticket")
gate = Blueprint("gate", __name__, url_prefix="/gate")
late.init_app(gate)
app.register_blueprint(gate)

swapped_home = Blueprint("swapped", __name__, url_prefix="/swapped")
swapped = Api(swapped_home, prefix="/prefix", url_part_order="aeb")
swapped.add_resource(Door, "/door", endpoint="swapped-door")
app.register_blueprint(swapped_home)
