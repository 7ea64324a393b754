from flask import jsonify
from flask.views import MethodView, View
from guards import audited, scanner_required


class Tracked(MethodView):
    decorators = [audited("tracked")]

    def get(self, **path):
        return jsonify(self.read())

    def read(self):
        return []


class ParcelListAPI(Tracked):
    def post(self):
        return "new"


class ParcelAPI(MethodView):
    decorators = [audited("parcel"), scanner_required]

    def __init__(self, audit=False):
        self.audit = audit

    def get(self, number):
        return str(number)

    def put(self, number):
        return str(number)

    @audited("removal")
    def delete(self, number):
        return str(number)


class LabelView(View):
    methods = ["GET", "POST"]

    def dispatch_request(self, number=None):
        return str(number)


class StatusView(View):
    def dispatch_request(self):
        return "fine"
