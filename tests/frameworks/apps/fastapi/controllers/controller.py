"""A controller decorator of our own: public methods become routes, the class is made for each request."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends

T = TypeVar("T", bound=type)


def route(method: str, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.route = (method, path, options)
        return function

    return mark


def controller(router: APIRouter) -> Callable[[T], T]:
    def register(cls: T) -> T:
        for name, function in list(vars(cls).items()):
            if name.startswith("_") or not hasattr(function, "route"):
                continue
            method, path, options = function.route
            signature = inspect.signature(function)
            first, *rest = signature.parameters.values()
            named = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in rest]
            function.__signature__ = signature.replace(parameters=[first.replace(default=Depends(cls)), *named])
            router.add_api_route(path, function, methods=[method], **options)
        return cls

    return register
