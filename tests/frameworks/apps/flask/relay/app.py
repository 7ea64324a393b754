"""A relay station: what only run time knows stays unknown."""

import importlib
import os
import sys

from flask import Blueprint, Flask
from flask_restful import Api, Resource

app = Flask(__name__, static_folder=None)
relays = Blueprint("relays", __name__)
lost = Blueprint("lost", __name__, url_prefix="/lost")
forgotten = Api()
EXTRA = sys.argv[2:]


@relays.route("/state")
def state():
    return "on"


@lost.route("/never")
def never():
    return "never"


class Echo(Resource):
    def get(self):
        return "echo"


forgotten.add_resource(Echo, "/echo")


def load_prefix():
    with open("/etc/relay/prefix") as file:
        return file.read()


if os.environ.get("RELAY_PREFIX_FILE"):
    app.register_blueprint(relays, url_prefix=load_prefix())
else:
    app.register_blueprint(relays, url_prefix="/relays")

for name in EXTRA:
    module = importlib.import_module(name)
    module.register(app)

for name in EXTRA:
    app.add_url_rule(f"/extra/{name}", f"extra-{name}", state, methods=name.split("+"))
    app.add_url_rule(f"/named/{name}", f"named-{name}", state)

deaf = Api(prefix="/deaf")
deaf.init_app(app)
deaf.add_resource(Echo, "/echo")  # Flask-RESTful has forgotten the application: registered nowhere

if "--debug" in sys.argv:

    @app.route("/debug")
    def debug():
        return "debug"
