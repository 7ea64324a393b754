"""What Django's views give back: `JsonResponse(...)`, `HttpResponse(json.dumps(...))`, the `Response` of DRF."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Answering, External, Function, Instance, Reply, Unknown, dumped, options

from ._settings import rest_setting

JSON = frozenset({"django.http.JsonResponse", "django.http.response.JsonResponse"})
PLAIN = frozenset({"django.http.HttpResponse", "django.http.response.HttpResponse"})
REST = frozenset({"rest_framework.response.Response"})


def answers(answering: Answering) -> Iterator[Reply]:
    """What a view gives, way by way."""
    renders = rendered(answering)
    for option in options(answering.result):
        call = option.made_by if isinstance(option, Instance) else None
        path = option.path.removesuffix("()") if isinstance(option, Instance) and option.path is not None else None
        if call is None or path not in JSON | PLAIN | REST or (isinstance(option, Instance) and option.kind):
            yield Reply(Unknown("what a view gives"), Unknown("a response"), option.origin)
            continue
        if path in REST:
            body, status = call.argument(0, "data"), call.argument(1, "status")
            yield Reply(Unknown("a renderer") if renders and body is not None else body, status, call.origin)
        elif path in JSON:
            yield Reply(call.argument(0, "data"), call.argument(None, "status"), call.origin)
        else:
            text = dumped(call.argument(0, "content"))
            content = text if text is not None else None if call.argument(0, "content") is None else Unknown("a text")
            yield Reply(content, call.argument(2, "status"), call.origin)


def rendered(answering: Answering) -> bool:
    """Whether renderers of the project's own may put data into an envelope, or rename its fields."""
    owner, engine = answering.handler.owner, answering.engine
    own = engine.member(owner, "renderer_classes") if owner is not None else None
    if own is not None and not isinstance(own, Unknown | External):
        return True
    if any(name.endswith("renderer_classes") for name in decorators_of(answering.handler)):
        return True
    return rest_setting(engine, "DEFAULT_RENDERER_CLASSES") is not None


def decorators_of(function: Function) -> tuple[str, ...]:
    """The decorators of a view, and of what it was made around."""
    return (*function.decorators, *(function.wraps.decorators if function.wraps is not None else ()))
