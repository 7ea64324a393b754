"""A parcel depot: class-based views."""

from flask import Flask
from guards import audited, scanner_required
from views.base import register_api
from views.parcels import LabelView, ParcelAPI, ParcelListAPI, StatusView
from views.stock import Shelf, ShelfAPI, ShelfStore

app = Flask(__name__, static_folder=None)

store = ShelfStore()
app.add_url_rule("/parcels", view_func=ParcelListAPI.as_view("parcels"))
app.add_url_rule("/parcels/<int:number>", view_func=ParcelAPI.as_view("parcel", audit=True), methods=["GET", "DELETE"])
app.add_url_rule("/parcels/<int:number>/label", view_func=LabelView.as_view("label"))
app.add_url_rule("/status", view_func=StatusView.as_view("status"))
app.add_url_rule("/status/reset", view_func=StatusView.as_view("reset"), methods=["POST"])

shelves = ShelfAPI.as_view("shelves", store)
app.add_url_rule("/shelves/", defaults={"shelf": None}, view_func=shelves, methods=["GET"])
app.add_url_rule("/shelves/", view_func=shelves, methods=["POST"])
app.add_url_rule("/shelves/<shelf>", view_func=shelves, methods=["GET", "PUT", "DELETE"])

app.add_url_rule("/scans", view_func=scanner_required(ParcelListAPI.as_view("scans")))
app.add_url_rule("/scans/audited", view_func=audited("scans")(scanner_required(LabelView.as_view("audited"))))

for model in (Shelf,):
    register_api(app, model, model.__name__.lower())


def ping():
    return "pong"


ping.methods = ["GET", "POST"]
app.add_url_rule("/ping", view_func=ping)
