"""Protection against forged forms stands before views that answer JSON.

`CsrfViewMiddleware` refuses each POST, PUT, PATCH and DELETE that brings no token of a form. Clients of an API have
none: nothing of the project ever gives one out. They see 403 with a page of HTML, whatever they send.

Take the middleware out of `MIDDLEWARE` where the project has no forms, or put `@csrf_exempt` on the views that answer
to clients of the API (`@method_decorator(csrf_exempt, name="dispatch")` on a class). Cookies are what forged requests
abuse: an API that is asked with a token in a header needs no such protection.

The rule speaks of plain views that read the raw body. It is silent where some template or view gives out tokens, for
then clients may have one, and of views of REST framework and django-ninja, which are exempt.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    Facts,
    Function,
    Problem,
    Related,
    Route,
    Sequence,
    Span,
    options,
    regex,
    rule,
    text_of,
)

from ._members import REQUESTS
from ._rest import RestView
from ._settings import middleware_paths, setting

MIDDLEWARE = "django.middleware.csrf.CsrfViewMiddleware"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE", "*"})
GIVES = regex(
    rb"csrf_token|csrfmiddlewaretoken|\bget_token\(|ensure_csrf_cookie|csrftoken|CSRFToken|CSRF_TRUSTED|CSRF_COOKIE"
    rb"|_dont_enforce_csrf_checks|csrf_processing_done"
)
REST = frozenset({"api_view", "action"})


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def forgery_protection(facts: Facts) -> Iterator[Problem]:
    """Yield the middleware that refuses all that clients of the API change, or each view that was left behind it."""
    if not any(route.framework == "django" for route in facts.routes):
        return
    engine = facts.program.engine
    if MIDDLEWARE not in middleware_paths(engine) or gives_tokens(facts):
        return
    handlers = dict(zip(facts.routes, facts.table.handlers, strict=True))
    asking = reading_bodies(facts)
    unsafe = [route for route in facts.routes if route.method in UNSAFE and route in asking]
    plain = [route for route in unsafe if is_plain(facts, route, handlers[route])]
    behind = [route for route in plain if not is_exempt(facts, route, handlers[route])]
    if not behind:
        return
    place = middleware_place(facts)
    if len(behind) == len(plain) and place is not None:
        yield problem(place, "`CsrfViewMiddleware` stands before views that answer JSON", behind, facts)
        return
    for route in behind:
        assert route.function is not None
        message = f"`{route.handler}` stands behind `CsrfViewMiddleware`, and its clients have no token of a form"
        yield problem(route.function.span, message, [route], facts)


def problem(span: Span, message: str, routes: list[Route], facts: Facts) -> Problem:
    """The finding at a place."""
    first = routes[0]
    related = (Related(first.function.span, "for one"),) if first.function is not None else ()
    return Problem(
        span,
        message,
        related=related if first.function is not None and first.function.span != span else (),
        symptom=f"403 on {first.method if first.method != '*' else 'POST'} {first.path}: CSRF verification failed",
        remedy="Take the middleware away, or put `@csrf_exempt` on the views of the API",
        routes=tuple(routes),
        identity=message,
    )


def gives_tokens(facts: Facts) -> bool:
    """Whether something of the project gives out tokens, or arranges the protection in a way of its own."""
    texts = [*facts.project.files.values(), *facts.project.others.values()]
    return any(GIVES.search(source.data) is not None for source in texts) or any(
        path.endswith((".html", ".jinja", ".jinja2", ".j2")) for path in facts.project.paths
    )


def reading_bodies(facts: Facts) -> set[Route]:
    """The routes on whose way the raw body of a request is read."""
    facts.calls  # noqa: B018 -- what it runs is noted
    engine = facts.program.engine
    found: set[Route] = set()
    for path, name, origin in list(engine.asked):
        if path in REQUESTS and name == "body":
            found |= set(facts.routes_at(engine.span(origin)))
    return found


def is_plain(facts: Facts, route: Route, handler: object) -> bool:
    """Whether a route's view is one of Django's own kind."""
    if not isinstance(handler, Function) or route.function is None or route.framework != "django":
        return False
    own = facts.files.get(route.function.path)
    ninja = own is not None and any(found.module.partition(".")[0] in ("ninja", "ninja_extra") for found in own.imports)
    words = {word.rpartition(".")[2] for word in (*handler.decorators, *route.guards)}
    return not ninja and not isinstance(handler.bound, RestView) and not words & REST and not is_rest(handler)


def is_rest(handler: Function) -> bool:
    """Whether a function stands under ``@api_view``."""
    return b"api_view" in handler.module.source.data[handler.code.start : handler.code.end]


def is_exempt(facts: Facts, route: Route, handler: object) -> bool:
    """Whether a view is exempt, or may be by a decorator that was not read."""
    assert isinstance(handler, Function) and route.function is not None
    word = b"csrf_exempt"
    texts: list[bytes] = []
    function: Function | None = handler
    while function is not None:
        texts.append(function.module.source.data[function.code.start : function.code.end])
        texts += texts_of_class(function.owner)
        function = function.wraps
    texts += texts_of_class(getattr(handler.bound, "kind", None))
    source = facts.project.files.get(route.span.path)
    if source is not None:
        texts += [source.line(line).encode() for line in range(route.span.line, route.span.end_line + 1)]
    if any(word in text for text in texts):
        return True
    others = {route.function.path, route.span.path}
    return any(word in one.data for path, one in facts.project.files.items() if path not in others)


def texts_of_class(kind: object) -> list[bytes]:
    """The texts of a class and its ancestors."""
    found = [base for base in kind.lineage() if isinstance(base, Class)] if isinstance(kind, Class) else []
    return [base.module.source.data[base.code.start : base.code.end] for base in found]


def middleware_place(facts: Facts) -> Span | None:
    """Where the settings name the middleware."""
    engine = facts.program.engine
    for option in options(setting(engine, "MIDDLEWARE")):
        for item in option.items if isinstance(option, Sequence) else ():
            if text_of(item) == MIDDLEWARE and item.origin is not None:
                return engine.span(item.origin)
    for path, source in facts.project.files.items():
        at = source.data.find(MIDDLEWARE.encode())
        if at >= 0 and b"MIDDLEWARE" in source.data:
            return facts.project.files[path].span(at, at + len(MIDDLEWARE))
    return None
