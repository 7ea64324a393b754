"""Decorators around views: guards, those that let some methods through, those that matter for nothing here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    External,
    Function,
    LibraryFunction,
    Native,
    Sequence,
    Value,
    attributes_of,
    describe,
    texts_of,
)

from ._views import GUARDS, KEPT_SLASH, METHODS, ViewCallable, view_of


def around(value: Value, change: Callable[[Function], Function], change_view: Callable[[ViewCallable], None]) -> Value:
    """A view with something put around it; what is no view stays what it is."""
    if isinstance(value, Function):
        return change(value)
    view = view_of(value)
    if view is not None:
        made = view.copied()
        change_view(made)
        return made
    return value


def guarded(value: Value, name: str) -> Value:
    """A view behind a guard."""
    if isinstance(value, Class):
        known = value.members.get(GUARDS)
        names = texts_of(known) or []
        value.members[GUARDS] = Sequence([Const(name), *map(Const, names)])
        return value

    def change(function: Function) -> Function:
        made = attributes_of(function)
        made.decorators = (name, *function.decorators)
        return made

    def change_view(view: ViewCallable) -> None:
        view.outer = (name, *view.outer)

    return around(value, change, change_view)


def limited(value: Value, methods: Iterable[str]) -> Value:
    """A view that lets some methods through."""
    wanted = tuple(methods)

    def change(function: Function) -> Function:
        known = texts_of(function.attributes.get(METHODS))
        kept = [name for name in wanted if known is None or name in known]
        return attributes_of(function, **{METHODS: Sequence(map(Const, kept))})

    def change_view(view: ViewCallable) -> None:
        view.limits = tuple(name for name in wanted if view.limits is None or name in view.limits)

    return around(value, change, change_view)


def guard(call: Call) -> Value:
    """A decorator that may turn requests away, with arguments of its own or without."""
    name = call.name.rpartition(".")[2]
    return applied(call, lambda value: guarded(value, name))


def passes(call: Call) -> Value:
    """A decorator that leaves alone what matters here."""
    return applied(call, lambda value: value)


def keeps_slash(call: Call) -> Value:
    """``@no_append_slash``."""

    def change_view(view: ViewCallable) -> None:
        view.keeps_slash = True

    first = call.argument(0)
    if first is None:
        return NOTHING
    return around(first, lambda function: attributes_of(function, **{KEPT_SLASH: Const(True)}), change_view)


def applied(call: Call, change: Callable[[Value], Value]) -> Value:
    """Apply a decorator to its view now, or when the view is given."""
    first = call.argument(0)
    is_test = isinstance(first, Function) and call.name.endswith(TAKES_TEST)
    if first is not None and not is_test and (isinstance(first, Function | Class) or view_of(first) is not None):
        return change(first)
    return Native(call.name, lambda inner: change(inner.arguments[0]) if inner.arguments else NOTHING)


TAKES_TEST = "user_passes_test"  # its first argument is no view


def only(*methods: str) -> LibraryFunction:
    """A decorator that lets certain methods through."""

    def run(call: Call) -> Value:
        first = call.argument(0)
        return limited(first, methods) if first is not None else NOTHING

    return run


def listed(call: Call) -> Value:
    """``@require_http_methods([...])``."""
    names = texts_of(call.argument(0, "request_method_list"))
    if names is None:
        return Native(call.name, lambda inner: inner.argument(0) or NOTHING)
    return Native(call.name, lambda inner: limited(inner.arguments[0], names) if inner.arguments else NOTHING)


def on_method(call: Call) -> Value:
    """``@method_decorator(decorator, name="dispatch")``: the decorator, on a method or on the whole class."""
    given = call.argument(0, "decorator")
    name = call.text(None, "name")
    decorators = list(given.items) if isinstance(given, Sequence) else [given] if given is not None else []

    def run(inner: Call) -> Value:
        value = inner.argument(0)
        for decorator in reversed(decorators):
            if isinstance(value, Class) and name not in (None, "dispatch"):
                member = value.members.get(name)
                if isinstance(member, Function):
                    changed = inner.engine.call(decorator, [member], inner.node, inner.frame)
                    value.members[name] = changed if isinstance(changed, Function) else member
            elif isinstance(value, Function | Class):
                value = decorated(inner, decorator, value)
        return value if value is not None else NOTHING

    return Native("method_decorator", run)


def decorated(call: Call, decorator: Value, value: Function | Class) -> Value:
    """What a decorator makes of a method, or of all methods of a class."""
    described = isinstance(decorator, Native) or (
        isinstance(decorator, External) and call.engine.library.function_for(decorator.path) is not None
    )
    if described:
        changed = call.engine.call(decorator, [value], call.node, call.frame)
        return changed if isinstance(changed, Function | Class) else value
    name = describe(decorator).rpartition(".")[2]
    return guarded(value, name) if name else value


DECORATORS: dict[str, LibraryFunction] = {
    **{
        f"django.contrib.auth.decorators.{name}": guard
        for name in ("login_required", "permission_required", "user_passes_test")
    },
    "django.contrib.admin.views.decorators.staff_member_required": guard,
    "django.contrib.auth.decorators.login_not_required": passes,
    **{
        f"django.views.decorators.{name}": passes
        for name in (
            "csrf.csrf_exempt",
            "csrf.csrf_protect",
            "csrf.requires_csrf_token",
            "csrf.ensure_csrf_cookie",
            "cache.never_cache",
            "cache.cache_control",
            "cache.cache_page",
            "vary.vary_on_headers",
            "vary.vary_on_cookie",
            "gzip.gzip_page",
            "http.condition",
            "http.etag",
            "http.last_modified",
            "http.conditional_page",
            "clickjacking.xframe_options_exempt",
            "clickjacking.xframe_options_deny",
            "clickjacking.xframe_options_sameorigin",
            "debug.sensitive_post_parameters",
            "debug.sensitive_variables",
        )
    },
    "django.views.decorators.common.no_append_slash": keeps_slash,
    "django.views.decorators.http.require_http_methods": listed,
    "django.views.decorators.http.require_GET": only("GET"),
    "django.views.decorators.http.require_POST": only("POST"),
    "django.views.decorators.http.require_safe": only("GET"),
    "django.utils.decorators.method_decorator": on_method,
    "django.db.transaction.atomic": passes,
    "django.db.transaction.non_atomic_requests": passes,
    "django.utils.decorators.sync_and_async_middleware": passes,
    "asgiref.sync.sync_to_async": passes,
    "asgiref.sync.async_to_sync": passes,
}
