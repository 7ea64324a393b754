from flask import Blueprint

blueprint = Blueprint("xray", __name__, url_prefix="/unused")


@blueprint.route("/images/<int:image>")
def image(image):
    return str(image)
