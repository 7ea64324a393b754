from flask import Blueprint

blueprint = Blueprint("lab", __name__)


@blueprint.route("/samples", methods=["GET", "POST"])
def samples():
    return "samples"
