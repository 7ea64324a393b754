"""Views of Django's own kind, and decorators that leave what they take and give as it is."""

from __future__ import annotations

from verifier.api import Facts, Route

PLAIN = frozenset(
    "csrf_exempt csrf_protect ensure_csrf_cookie require_GET require_POST require_safe require_http_methods api_view "
    "permission_classes authentication_classes parser_classes renderer_classes throttle_classes login_required "
    "never_cache cache_page cache_control atomic action extend_schema swagger_auto_schema sync_to_async".split()
)


def is_ninja(facts: Facts, route: Route) -> bool:
    """Whether a handler is django-ninja's, which looks at the parameters before it calls."""
    own = facts.files.get(route.function.path) if route.function is not None else None
    return own is not None and any(found.module.partition(".")[0] in ("ninja", "ninja_extra") for found in own.imports)
