"""A clinic: modules found at start-up, settings that decide prefixes, several applications behind one door."""

import importlib
import os
import pkgutil

import modules
from flask import Flask, current_app
from settings import settings
from wards import WardBook
from werkzeug.local import LocalProxy
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import Rule, Submount


class Clinic(Flask):
    """All rules stand below the clinic's own path."""

    def __init__(self, *args, **kwargs):
        Flask.__init__(self, *args, **kwargs)
        self.config.from_object(settings[os.environ.get("STAGE", "default")])
        self.wards = WardBook()

    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
        super().add_url_rule(f"{self.config['ROOT']}{rule}", endpoint, view_func, **options)

    def register_modules(self):
        for _, name, _ in pkgutil.iter_modules(modules.__path__):
            module = importlib.import_module(f"modules.{name}")
            self.register_blueprint(module.blueprint, url_prefix=f"{self.config['PREFIX']}/{name}")
        return self


app = Clinic(__name__, static_folder=None)
wards = LocalProxy(lambda: current_app.wards)


@app.route("/")
def index():
    return "clinic"


@app.get("/wards")
def list_wards():
    return wards.names()


@app.route("/wards/<ward>", methods={"POST", "DELETE"})
def ward(ward):
    return ward


portal = Flask("portal", static_folder=None)
portal.config.from_object("settings.Portal")


@portal.before_request
def only_patients():
    from flask import abort

    abort(401)


@portal.route("/appointments")
def appointments():
    return "appointments"


office = Flask("office", static_folder=None)


@office.route("/rota/")
def rota():
    return "rota"


@office.endpoint("payroll")
def payroll():
    return "payroll"


office.url_map.add(Rule("/payroll", endpoint="payroll", methods=["GET"]))
office.url_map.add(Submount("/archive", [Rule("/payroll/<int:year>", endpoint="payroll", methods=["POST"])]))

door = Flask("door", static_folder=None)
door.url_map.strict_slashes = False


@door.before_request
def knock():
    return "who is there?"


@door.route("/hello/")
def hello():
    return "hello"


door.wsgi_app = DispatcherMiddleware(door.wsgi_app, {"/portal": portal, "/office": office.wsgi_app})
building = Flask("building", static_folder=None)


def build():
    found = Clinic("built", static_folder=None)
    found.register_modules()
    return found


built = build()
