"""Routers of REST framework, nested ones too: from view sets to patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    LibraryObject,
    Record,
    Sequence,
    Value,
    attribute,
    method,
    options,
    reason_of,
    stands_for,
    text_of,
)

from ._rest import EXTRA, Mapper, extra_actions, has_action
from ._urls import Path
from ._views import ViewCallable, class_attribute

LIST = {"get": "list", "post": "create"}
DETAIL = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}


class Template(NamedTuple):
    """A pattern that a router makes for each view set; ``mapping`` is None where extra actions fill it."""

    url: str
    mapping: Mapping[str, str] | None
    detail: bool


TEMPLATES = (
    Template("^{prefix}{trailing_slash}$", LIST, False),
    Template("^{prefix}/{url_path}{trailing_slash}$", None, False),
    Template("^{prefix}/{lookup}{trailing_slash}$", DETAIL, True),
    Template("^{prefix}/{lookup}/{url_path}{trailing_slash}$", None, True),
)


@stands_for("rest_framework.routers.Route", "rest_framework.routers.DynamicRoute")
class RouterRoute(LibraryObject):
    """``Route(url=..., mapping=...)`` and ``DynamicRoute(url=...)`` of a router of one's own."""

    template: Template | None = None

    def created(self, call: Call) -> None:
        dynamic = call.name == "DynamicRoute"
        url = call.text(0, "url")
        detail = call.argument(2 if dynamic else 3, "detail")
        mapping = None if dynamic else call.argument(1, "mapping")
        if url is not None:
            names: dict[str, str] | None = None
            if isinstance(mapping, Record):
                names = {str(key): text_of(value) or "" for key, value in mapping.entries.items()}
            self.template = Template(url, names, isinstance(detail, Const) and bool(detail.value))


class Registration(NamedTuple):
    """A view set that a router was given."""

    prefix: str | None
    view: Value
    call: Call
    conditional: bool


class Registered(Sequence):
    """An item of a router's registry, with what it was made from."""

    __slots__ = ("made",)

    def __init__(self, items: list[Value], made: Registration) -> None:
        super().__init__(items, "tuple")
        self.made = made


@stands_for(
    "rest_framework.routers.SimpleRouter",
    "rest_framework.routers.DefaultRouter",
    "rest_framework.routers.BaseRouter",
    "rest_framework_nested.routers.SimpleRouter",
    "rest_framework_nested.routers.DefaultRouter",
    "rest_framework_extensions.routers.ExtendedSimpleRouter",
    "rest_framework_extensions.routers.ExtendedDefaultRouter",
)
class RestRouter(LibraryObject):
    """A router. ``before`` is what nested routers put in front of their patterns; None where that is not known."""

    before: str | None = ""
    expressions = True

    def created(self, call: Call) -> None:
        given = call.argument(self.first_own(), "trailing_slash")
        off = isinstance(given, Const) and not given.value
        self.attributes["trailing_slash"] = Const("" if off else "/")
        self.attributes["registry"] = Sequence()
        plain = call.argument(None, "use_regex_path")
        self.expressions = not (isinstance(plain, Const) and plain.value is False)

    def first_own(self) -> int | None:
        """The position of the first argument that all routers take."""
        return 0

    @method("register")
    def register(self, call: Call) -> Value:
        prefix, view = call.argument(0, "prefix"), call.argument(1, "viewset")
        made = Registration(text_of(prefix), view or NOTHING, call, call.engine.conditional > 0)
        registry = self.attributes["registry"]
        if isinstance(registry, Sequence):
            given = [prefix or NOTHING, view or NOTHING, call.argument(2, "basename") or NOTHING]
            registry.items.append(Registered(given, made))
        return NOTHING

    @attribute("urls")
    def urls(self, name: str) -> Value:
        return Sequence(self.patterns())

    @method("get_urls")
    def get_urls(self, call: Call) -> Value:
        return Sequence(self.patterns())

    def patterns(self) -> list[Value]:
        """The patterns of all view sets, in the order in which Django tries them."""
        found: list[Value] = []
        for made in self.registered():
            view = next((option for option in options(made.view) if isinstance(option, Class)), None)
            if self.before is None:
                found.append(Path.unknown(made.call, "the router above this one is not known"))
            elif made.prefix is None or view is None:
                what = made.view if made.prefix is not None else made.call.argument(0, "prefix")
                reason = f"the view set depends on {reason_of(what)}"
                found.append(Path.unknown(made.call, reason))
            else:
                found.extend(self.patterns_of(made, made.prefix, view))
        return found

    def registered(self) -> list[Registration]:
        """What was registered, by this router or one whose registry it took over."""
        registry = self.attributes.get("registry")
        items = registry.items if isinstance(registry, Sequence) else []
        return [item.made for item in items if isinstance(item, Registered)]

    def patterns_of(self, made: Registration, prefix: str, view: Class) -> list[Value]:
        """The patterns of one view set."""
        found: list[Value] = []
        for template in self.templates():
            if template.mapping is not None:
                mapping = {verb: name for verb, name in template.mapping.items() if has_action(view, name)}
                if mapping:
                    found.append(self.pattern(made, template, prefix, view, "", mapping, {}))
                continue
            for _, function in extra_actions(view):
                extra, mapper = function.attributes[EXTRA], function.attributes.get("mapping")
                settings = dict(extra.entries) if isinstance(extra, Record) else {}
                detail, path = settings.pop("detail", NOTHING), text_of(settings.pop("url_path", NOTHING))
                if not isinstance(mapper, Mapper) or (
                    isinstance(detail, Const) and bool(detail.value) != template.detail
                ):
                    continue
                given = {str(key): value for key, value in settings.items()}
                if path is None:
                    found.append(Path.unknown(made.call, f"the path of the action `{function.code.name}` is not known"))
                else:
                    found.append(self.pattern(made, template, prefix, view, path, mapper.names, given))
        return found

    def pattern(
        self,
        made: Registration,
        template: Template,
        prefix: str,
        view: Class,
        path: str,
        mapping: Mapping[str, str],
        settings: Mapping[str, Value],
    ) -> Value:
        """One pattern."""
        slash = text_of(self.attributes.get("trailing_slash"))
        url = template.url.replace("{prefix}", prefix).replace("{lookup}", self.lookup(view, ""))
        url = url.replace("{url_path}", path).replace("{trailing_slash}", slash if slash is not None else "/")
        if not prefix and url.startswith("^/"):
            url = "^" + url[2:]
        before = self.before or ""
        url = url.replace("^", f"^{before}", 1) if url.startswith("^") else before + url
        if not self.expressions:
            url = url.removeprefix("^").removesuffix("$")
        called = ViewCallable(None, "rest_framework.viewsets.ViewSet.as_view()", origin=made.call.origin)
        called.view, called.settings = view, settings
        called.actions = {verb: Const(name) for verb, name in mapping.items()}
        return Path.made(made.call, url, called, expression=self.expressions, conditional=made.conditional)

    def templates(self) -> tuple[Template, ...]:
        """The library's templates, or those of a router class of the project."""
        own = class_attribute(self.kind, "routes") if self.kind is not None else None
        if isinstance(own, Sequence):
            found = [item.template for item in own.items if isinstance(item, RouterRoute) and item.template is not None]
            if len(found) == len(own.items):
                return tuple(found)
        return TEMPLATES

    def lookup(self, view: Class, before: str) -> str:
        """The part of a path that names one object."""
        field = text_of(class_attribute(view, "lookup_field")) or "pk"
        name = text_of(class_attribute(view, "lookup_url_kwarg")) or field
        value = text_of(class_attribute(view, "lookup_value_regex"))
        if not self.expressions:
            value = text_of(class_attribute(view, "lookup_value_converter")) or value or "str"
            return f"<{value}:{before}{name}>"
        return f"(?P<{before}{name}>{value or '[^/.]+'})"


@stands_for(
    "rest_framework_nested.routers.NestedSimpleRouter",
    "rest_framework_nested.routers.NestedDefaultRouter",
)
class NestedRouter(RestRouter):
    """A router below the objects of another one's view set."""

    nested = 1

    def first_own(self) -> int | None:
        return 2

    def created(self, call: Call) -> None:
        super().created(call)
        self.before = None
        parent, prefix = call.argument(0, "parent_router"), call.text(1, "parent_prefix")
        parent = (
            next((option for option in options(parent) if isinstance(option, RestRouter)), None) if parent else None
        )
        if not isinstance(parent, RestRouter):
            return
        self.nested = parent.nested + 1 if isinstance(parent, NestedRouter) else 1
        if "trailing_slash" not in call.keywords:
            self.attributes["trailing_slash"] = parent.attributes["trailing_slash"]
        lookup = call.text(None, "lookup") or f"nested_{self.nested}"
        for made in parent.registered():
            view = next((option for option in options(made.view) if isinstance(option, Class)), None)
            if made.prefix == prefix and view is not None:
                own = f"{prefix}/{parent.lookup(view, f'{lookup}_')}/"
                self.before = parent.before + own.removeprefix("/") if parent.before is not None else None
                return
