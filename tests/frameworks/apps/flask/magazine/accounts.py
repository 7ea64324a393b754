from functools import wraps

from flask import abort, request
from flask_login import LoginManager, UserMixin
from services.store import Store

login_manager = LoginManager()


class Reader(UserMixin):
    def __init__(self, name):
        self.name = name

    def favourites(self):
        return Store().all()


@login_manager.user_loader
def load_reader(name):
    return Reader(name)


def subscribers_only(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "X-Subscriber" not in request.headers:
            abort(402)
        return view(*args, **kwargs)

    return wrapper


def editor_of(section):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            return view(*args, **kwargs)

        return wrapper

    return decorate
