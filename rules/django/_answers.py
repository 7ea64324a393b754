"""What Django's views give back: `JsonResponse(...)`, `HttpResponse(json.dumps(...))`, the `Response` of DRF."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Answering, Const, Function, Instance, Reply, Unknown, dumped, options, text_of

from ._bodies import all_plain
from ._rest import LIBRARY_ACTION, STATUSES, shown
from ._settings import rest_setting
from ._shapes import overrides
from ._views import class_attribute

JSON = frozenset({"django.http.JsonResponse", "django.http.response.JsonResponse"})
PLAIN = frozenset({"django.http.HttpResponse", "django.http.response.HttpResponse"})
REST = frozenset({"rest_framework.response.Response"})


def answers(answering: Answering) -> Iterator[Reply]:
    """What a view gives, way by way."""
    renders = rendered(answering)
    action = text_of(answering.handler.attributes.get(LIBRARY_ACTION)) or ""
    bound = answering.handler.bound
    if action in STATUSES and isinstance(bound, Instance) and bound.kind is not None:
        given = shown(answering.engine, bound.kind, action, answering.result)
        yield Reply(Unknown("a renderer") if renders else given, Const(STATUSES[action]))
        return
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
    bound, engine = answering.handler.bound, answering.engine
    view = bound.kind if isinstance(bound, Instance) and bound.kind is not None else answering.handler.owner
    if view is not None and overrides(view, "get_renderers", "perform_content_negotiation"):
        return True
    if any(name.endswith("renderer_classes") for name in decorators_of(answering.handler)):
        return True
    given = class_attribute(view, "renderer_classes") if view is not None else None
    given = given or rest_setting(engine, "DEFAULT_RENDERER_CLASSES")
    return given is not None and not all_plain(engine.force(given), "rest_framework.renderers.")


def decorators_of(function: Function) -> tuple[str, ...]:
    """The decorators of a view, and of what it was made around."""
    return (*function.decorators, *(function.wraps.decorators if function.wraps is not None else ()))
