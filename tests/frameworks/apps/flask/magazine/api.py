from accounts import editor_of
from flask import Blueprint, current_app, jsonify, request
from flask_jwt_extended import jwt_required, verify_jwt_in_request
from services.articles import ArticleService

api = Blueprint("api", __name__, url_prefix="/never")
articles = Blueprint("articles", __name__, url_prefix="/articles")
comments = Blueprint("comments", __name__, url_prefix="/comments")


def service() -> ArticleService:
    return current_app.extensions["articles"]


@articles.get("/")
@jwt_required(optional=True)
def list_articles(**options):
    return jsonify(service().all())


@articles.get("/<slug>")
def get_article(slug, **options):
    return jsonify(service().find(slug))


@articles.post("/")
@jwt_required()
def write(**options):
    return jsonify(service().add(request.get_json()))


@articles.route("/<slug>", methods=["PUT", "PATCH", "DELETE"])
@jwt_required(fresh=True)
@editor_of("articles")
def change(slug, **options):
    return slug


@comments.before_request
def only_members():
    verify_jwt_in_request()


@comments.get("")
def list_comments(slug, **options):
    return slug


@comments.delete("/<int:number>")
def remove_comment(slug, number, **options):
    return slug


articles.register_blueprint(comments, url_prefix="/<slug>/comments")
api.register_blueprint(articles)
api.register_blueprint(comments, url_prefix="/latest/<slug>", name="latest")
