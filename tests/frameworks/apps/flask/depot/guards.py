from functools import wraps

from flask import abort, request


def scanner_required(view):
    @wraps(view)
    def checked(*args, **kwargs):
        if not request.headers.get("X-Scanner"):
            abort(401)
        return view(*args, **kwargs)

    return checked


def audited(name):
    def decorate(view):
        @wraps(view)
        def recorded(*args, **kwargs):
            return view(*args, **kwargs)

        return recorded

    return decorate
