"""A magazine: a factory, blueprints inside blueprints, hooks and guards at every level."""

from accounts import login_manager
from admin import admin
from api import api
from converters import MonthConverter, RegexConverter
from flask import Flask, abort, g, request
from pages import pages
from services.articles import ArticleService
from services.store import Store


def create_app(stage: str = "test") -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(API_PREFIX="/api/v2", STAGE=stage)
    app.url_map.converters["month"] = MonthConverter
    app.url_map.converters["regex"] = RegexConverter
    app.extensions["articles"] = ArticleService(Store())
    login_manager.init_app(app)

    @app.before_request
    def open_store():
        g.store = Store()

    @app.before_request
    def reject_robots():
        if request.headers.get("User-Agent") is None:
            abort(400)

    @app.teardown_request
    def close_store(error=None):
        g.pop("store", None)

    app.register_blueprint(pages)
    app.register_blueprint(api, url_prefix=app.config["API_PREFIX"])
    app.register_blueprint(api, url_prefix="/<string(length=2):language>/api", name="localised")
    app.register_blueprint(admin, url_prefix="/office/")
    app.add_url_rule("/health", "health", lambda: "ok")
    app.add_url_rule("/issues/<month:month>", endpoint="issue")
    app.add_url_rule("/issues/<regex('[a-z]{3}[0-9]'):code>/cover", endpoint="cover", methods=["GET", "PUT"])

    @app.endpoint("issue")
    def issue(month):
        return month

    def cover(code):
        return code

    app.view_functions["cover"] = cover

    for kind in ("rss", "atom"):
        app.add_url_rule(f"/feeds/{kind}.xml", f"feed-{kind}", feed, defaults={"kind": kind})

    @app.errorhandler(404)
    def missing(error):
        return "missing", 404

    return app


def feed(kind):
    return kind
