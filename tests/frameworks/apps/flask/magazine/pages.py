from accounts import subscribers_only
from flask import Blueprint, current_app, render_template_string
from flask_login import current_user, login_required

pages = Blueprint("pages", __name__)
archive = Blueprint("archive", __name__, url_prefix="/archive")


@pages.route("/")
@pages.route("/index.html")
def index():
    return render_template_string("{{ name }}", name=current_app.name)


@pages.get("/me/favourites")
@login_required
def favourites():
    return current_user.favourites()


@subscribers_only
@pages.route("/me", methods=("GET", "POST"))
def me():
    return "me"


@archive.route("")
def archive_root():
    return "archive"


@archive.route("/<int:year>/", defaults={"page": 1})
@archive.route("/<int:year>/<int:page>/")
def year(year, page):
    return f"{year}/{page}"


@archive.route("/<any(art, music, 'pop culture'):section>/<path:rest>")
@subscribers_only
def section(section, rest):
    return rest


@archive.route("/<float(signed=True):score>/<uuid:issue>.<kind>", strict_slashes=False)
def scored(score, issue, kind):
    return kind


pages.register_blueprint(archive)
