from flask import Blueprint, redirect, session

admin = Blueprint("admin", __name__)


@admin.before_request
def only_staff():
    if "staff" not in session:
        return redirect("/")


@admin.route("users")
def users():
    return "users"


@admin.before_app_request
def remember():
    session.permanent = True


@admin.record
def settings_page(state):
    state.add_url_rule("/settings", "settings", lambda: "settings")
