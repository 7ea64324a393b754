"""Django REST framework: its views, view sets, decorators and serializers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.api import (
    NOTHING,
    Call,
    Choice,
    Class,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Record,
    Sequence,
    Unknown,
    Value,
    attributes_of,
    describe,
    inherited,
    innermost,
    method,
    options,
    stands_for,
    text_of,
    texts_of,
)

from ._decorators import limited
from ._dispatch import dispatched
from ._serializer_objects import Serializer
from ._settings import classes_named, rest_setting
from ._shapes import overrides
from ._views import (
    ACTION,
    VERBS,
    Answer,
    View,
    ViewCallable,
    allowed_methods,
    behind,
    bind,
    class_attribute,
    class_guards,
    defines,
    object_of,
    own_dispatch,
)

PERMISSIONS = "<permissions>"
AUTHENTICATION = "<authentication>"
EXTRA = "<extra action>"

READ = {"get": "list"}
ONE = {"get": "retrieve"}
CREATE = {"post": "create"}
UPDATE = {"put": "update", "patch": "partial_update"}
DESTROY = {"delete": "destroy"}
GENERICS: Mapping[str, Mapping[str, str]] = {
    "CreateAPIView": CREATE,
    "ListAPIView": READ,
    "RetrieveAPIView": ONE,
    "DestroyAPIView": DESTROY,
    "UpdateAPIView": UPDATE,
    "ListCreateAPIView": {**READ, **CREATE},
    "RetrieveUpdateAPIView": {**ONE, **UPDATE},
    "RetrieveDestroyAPIView": {**ONE, **DESTROY},
    "RetrieveUpdateDestroyAPIView": {**ONE, **UPDATE, **DESTROY},
    "GenericAPIView": {},
}
ACTIONS = ("list", "create", "retrieve", "update", "partial_update", "destroy")
VIEW_SETS: Mapping[str, tuple[str, ...]] = {
    "ModelViewSet": ACTIONS,
    "ReadOnlyModelViewSet": ("list", "retrieve"),
    "GenericViewSet": (),
    "ViewSet": (),
}
MIXINS: Mapping[str, tuple[str, ...]] = {
    "CreateModelMixin": ("create",),
    "ListModelMixin": ("list",),
    "RetrieveModelMixin": ("retrieve",),
    "UpdateModelMixin": ("update", "partial_update"),
    "DestroyModelMixin": ("destroy",),
}
# Views of companion libraries, which projects put into their own urls.
COMPANIONS: Mapping[str, tuple[str, ...]] = {
    "rest_framework.authtoken.views.ObtainAuthToken": ("post",),
    "rest_framework_simplejwt.views.TokenObtainPairView": ("post",),
    "rest_framework_simplejwt.views.TokenObtainSlidingView": ("post",),
    "rest_framework_simplejwt.views.TokenRefreshView": ("post",),
    "rest_framework_simplejwt.views.TokenRefreshSlidingView": ("post",),
    "rest_framework_simplejwt.views.TokenVerifyView": ("post",),
    "rest_framework_simplejwt.views.TokenBlacklistView": ("post",),
    "rest_framework_simplejwt.views.TokenViewBase": ("post",),
    "drf_spectacular.views.SpectacularAPIView": ("get",),
    "drf_spectacular.views.SpectacularJSONAPIView": ("get",),
    "drf_spectacular.views.SpectacularYAMLAPIView": ("get",),
    "drf_spectacular.views.SpectacularSwaggerView": ("get",),
    "drf_spectacular.views.SpectacularRedocView": ("get",),
    "graphene_django.views.GraphQLView": ("get", "post"),
    "strawberry.django.views.GraphQLView": ("get", "post"),
    "strawberry.django.views.AsyncGraphQLView": ("get", "post"),
}
# What the library's own methods call, in the order in which they do.
CALLS: Mapping[str, tuple[str, ...]] = {
    "list": (
        "self.paginate_queryset(self.filter_queryset(self.get_queryset()))",
        "self.get_serializer(self.get_queryset(), many=True).data",
    ),
    "retrieve": ("self.get_serializer(self.get_object()).data",),
    "create": (
        "self.get_serializer(data=request.data).is_valid()",
        "self.perform_create(self.get_serializer(data=request.data))",
        "self.get_serializer(data=request.data).data",
    ),
    "update": (
        "self.get_serializer(self.get_object(), data=request.data).is_valid()",
        "self.perform_update(self.get_serializer(self.get_object(), data=request.data))",
        "self.get_serializer(self.get_object()).data",
    ),
    "destroy": ("self.perform_destroy(self.get_object())",),
}
CALLS = {**CALLS, "partial_update": ("self.update(request)",)}
PARAMETERS = ("self", "request", "*args", "**kwargs")
# What they answer with; what ``destroy`` gives has no content.
STATUSES: Mapping[str, int] = {"list": 200, "retrieve": 200, "create": 201, "update": 200, "destroy": 204}
RESPONSE = "rest_framework.response.Response"
LIBRARY_ACTION = "<action of the library>"


@stands_for(
    "rest_framework.views.APIView",
    *(f"rest_framework.generics.{name}" for name in GENERICS),
    *(f"rest_framework.viewsets.{name}" for name in (*VIEW_SETS, "ViewSetMixin")),
    *(f"rest_framework.mixins.{name}" for name in MIXINS),
    *COMPANIONS,
)
class RestView(View):
    """A view of REST framework."""

    @method(*ACTIONS)
    def action(self, call: Call) -> Value:
        if self.kind is None:
            return NOTHING
        own = inherited(self.kind, self, call.name, PARAMETERS, CALLS[call.name], returns=True)
        request = call.argument(0, "request") or self.given or Unknown("the request")
        given = call.engine.call(own, [request], call.node, call.frame)
        made = Instance(None, RESPONSE, origin=call.origin)
        if call.name in STATUSES:
            keywords = {"data": shown(call.engine, self.kind, call.name, given), "status": Const(STATUSES[call.name])}
            made.made_by = Call(call.engine, call.frame, call.node, External(RESPONSE), [], keywords)
        return made

    @method("get_serializer_class")
    def serializer_class(self, call: Call) -> Value:
        found = class_attribute(self.kind, "serializer_class") if self.kind is not None else None
        return call.engine.force(found) if found is not None else Unknown("the serializer of a view")

    @method("get_serializer")
    def serializer(self, call: Call) -> Value:
        cls = call.engine.call(call.engine.member(self, "get_serializer_class"), [], call.node, call.frame)
        made = call.engine.call(cls, call.arguments, call.node, call.frame, call.keywords)
        for option in options(made) if call.open else ():
            if isinstance(option, Serializer) and option.made_by is not None:
                option.made_by.open, option.many = True, None
        return made

    @method("get_queryset")
    def queryset(self, call: Call) -> Value:
        found = class_attribute(self.kind, "queryset") if self.kind is not None else None
        return call.engine.force(found) if found is not None else Unknown("the query set of a view")

    @method("get_object")
    def object(self, call: Call) -> Value:
        call.engine.call(call.engine.member(self, "get_queryset"), [], call.node, call.frame)
        return Unknown("an object of the query set")

    @method("filter_queryset", "paginate_queryset", "get_paginated_response")
    def same(self, call: Call) -> Value:
        return call.argument(0) or NOTHING

    @method("perform_create", "perform_update")
    def save(self, call: Call) -> Value:
        serializer = call.argument(0)
        if serializer is None:
            return NOTHING
        return call.engine.call(call.engine.member(serializer, "save"), [], call.node, call.frame)

    @method("perform_destroy")
    def destroy(self, call: Call) -> Value:
        found = call.argument(0)
        if found is not None:
            call.engine.call(call.engine.member(found, "delete"), [], call.node, call.frame)
        return NOTHING


def shown(engine: Engine, view: Class, action: str, given: Value) -> Value:
    """What an action of the library answers: a page of a list may stand in an envelope."""
    if action == "destroy":
        return NOTHING
    if action == "list" and is_paginated(engine, view):
        return Unknown("a page of a list")
    return given


def is_paginated(engine: Engine, view: Class) -> bool:
    """Whether a view may answer with pages of a list."""
    if overrides(view, "paginator", "paginate_queryset", "get_paginated_response", "paginate_by"):
        return True
    own = class_attribute(view, "pagination_class")
    given = engine.force(own) if own is not None else rest_setting(engine, "DEFAULT_PAGINATION_CLASS")
    return given is not None and not (isinstance(given, Const) and given.value is None)


# Decorators


def api_view(call: Call) -> Value:
    """``@api_view(["GET", "POST"])``."""
    names = texts_of(call.argument(0, "http_method_names")) if call.arguments or call.keywords else ["GET"]

    def run(inner: Call) -> Value:
        value = inner.argument(0)
        if not isinstance(value, Function):
            return value or NOTHING
        made = limited(value, names) if names is not None else value
        default = rest_setting(inner.engine, "DEFAULT_PERMISSION_CLASSES") or Sequence()
        known = value.attributes.get(PERMISSIONS, default)
        return attributes_of(made, **{PERMISSIONS: known}) if isinstance(made, Function) else made

    return Native("api_view", run)


def noting(name: str) -> LibraryFunction:
    """A decorator whose list is noted on the function."""

    def run(call: Call) -> Value:
        given = call.argument(0) or Sequence()

        def apply(inner: Call) -> Value:
            value = inner.argument(0)
            return attributes_of(value, **{name: given}) if isinstance(value, Function) else value or NOTHING

        return Native(call.name, apply)

    return run


def with_arguments(call: Call) -> Value:
    """A decorator with arguments that leaves alone what matters here."""
    return Native(call.name, lambda inner: inner.argument(0) or NOTHING)


class Mapper(LibraryObject):
    """``action.mapping``: further methods of an extra action."""

    def __init__(self, name: str, methods: Iterable[str]) -> None:
        super().__init__(None, "rest_framework.decorators.MethodMapper")
        self.names = {found.lower(): name for found in methods}

    @method(*VERBS)
    def further(self, call: Call) -> Value:
        function = call.argument(0)
        if isinstance(function, Function):
            self.names[call.name] = innermost(function).code.name
        return function or NOTHING


def action(call: Call) -> Value:
    """``@action(detail=True, methods=["post"], url_path="...")``, and what came before it."""
    methods = texts_of(call.argument(0, "methods") or Sequence([Const("get")])) or ["get"]
    old = {"detail_route": True, "list_route": False}.get(call.name)
    detail = call.argument(1, "detail")

    def run(inner: Call) -> Value:
        function = inner.argument(0)
        if not isinstance(function, Function):
            return function or NOTHING
        name = innermost(function).code.name
        settings = {key: value for key, value in call.keywords.items() if key not in ("methods", "detail", "url_name")}
        settings["url_path"] = call.argument(None, "url_path") or Const(name)
        if text_of(settings["url_path"]) == "":
            settings["url_path"] = Const(name)
        settings["detail"] = Const(old) if old is not None else detail or Const(None)
        extra = Record(dict(settings.items()))
        return attributes_of(function, **{EXTRA: extra, "mapping": Mapper(name, methods)})

    return Native("action", run)


def header_bytes(call: Call) -> Value:
    """``get_authorization_header(request)``: nothing where the header is absent."""
    probe = call.engine.probe
    if probe is None:
        return Instance(None, "rest_framework.authentication.get_authorization_header()", origin=call.origin)
    return probe.value if probe.header is not None else Const("")


DECORATORS: dict[str, LibraryFunction] = {
    "rest_framework.decorators.api_view": api_view,
    "rest_framework.decorators.permission_classes": noting(PERMISSIONS),
    "rest_framework.authentication.get_authorization_header": header_bytes,
    "rest_framework.decorators.authentication_classes": noting(AUTHENTICATION),
    "rest_framework.decorators.renderer_classes": with_arguments,
    "rest_framework.decorators.parser_classes": with_arguments,
    "rest_framework.decorators.throttle_classes": with_arguments,
    "rest_framework.decorators.schema": with_arguments,
    "rest_framework.decorators.versioning_class": with_arguments,
    "rest_framework.decorators.action": action,
    "rest_framework.decorators.detail_route": action,
    "rest_framework.decorators.list_route": action,
    "drf_spectacular.utils.extend_schema": with_arguments,
    "drf_spectacular.utils.extend_schema_view": with_arguments,
    "drf_yasg.utils.swagger_auto_schema": with_arguments,
}


# What a view answers


def is_rest(view: ViewCallable) -> bool:
    """Whether a view is one of REST framework."""
    if isinstance(view.view, str):
        return view.view.startswith("rest_framework.") or view.view in COMPANIONS
    return any(
        isinstance(found, External) and (found.path.startswith("rest_framework.") or found.path in COMPANIONS)
        for found in view.view.lineage()
    )


def rest_answers(engine: Engine, view: ViewCallable) -> list[Answer] | None:
    """The methods of a view of REST framework; None for any other view."""
    if not is_rest(view):
        return None
    if isinstance(view.view, str):
        generic = GENERICS.get(view.view.rpartition(".")[2])
        names = COMPANIONS.get(view.view, tuple(generic or ()))
        return [Answer(name.upper(), External(view.view)) for name in names] or [Answer("*", External(view.view))]
    cls = view.view
    bound = object_of(engine, cls)
    takeover = own_dispatch(cls)
    if takeover is not None:
        return [
            Answer(name, bind(takeover, bound), class_guards(cls))
            for name in dispatched(bind(innermost(takeover), bound))
        ]
    allowed = allowed_methods(cls, view.settings)
    found: list[Answer] = []
    for verb in VERBS:
        if allowed is not None and verb not in allowed:
            continue
        handler = action_handler(cls, bound, view, verb) if view.actions is not None else verb_handler(cls, bound, verb)
        if handler is not None:
            guards = (*class_guards(cls), *permissions(engine, view, bound, handler))
            found.append(Answer(verb.upper(), handler, guards))
    return found


def action_handler(cls: Class, bound: Instance | None, view: ViewCallable, verb: str) -> Function | None:
    """What answers a method of a view set: the action that it is mapped to."""
    assert view.actions is not None
    name = text_of(view.actions.get(verb))
    if name is None:
        return None
    function = find_action(cls, bound, name, name)
    return attributes_of(function, **{ACTION: Const(name)}) if function is not None else None


def verb_handler(cls: Class, bound: Instance | None, verb: str) -> Function | None:
    """What answers a method of a view that is no view set."""
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class) and verb in ancestor.members:
            member = ancestor.members[verb]
            return bind(member, bound) if isinstance(member, Function) else None
        if isinstance(ancestor, External):
            name = GENERICS.get(ancestor.name, {}).get(verb)
            if name is not None:
                return find_action(cls, bound, name, verb)
            if verb in COMPANIONS.get(ancestor.path, ()):
                return inherited(cls, bound, verb, PARAMETERS, ())
    return None


def find_action(cls: Class, bound: Instance | None, name: str, shown: str) -> Function | None:
    """An action: the project's own, or one that a mixin of the library has.

    The library's ``partial_update`` only calls ``update``, so that the project's own answers for both.
    """
    if name == "partial_update" and not defines(cls, name) and defines(cls, "update"):
        library = any(isinstance(base, External) and name in provided(base) for base in cls.lineage())
        return find_action(cls, bound, "update", "update") if library else None
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class):
            member = ancestor.members.get(name)
            if isinstance(member, Function):
                return bind(member, bound)
        elif isinstance(ancestor, External) and name in provided(ancestor):
            made = inherited(cls, bound, shown, PARAMETERS, CALLS[name], returns=True)
            return attributes_of(made, **{LIBRARY_ACTION: Const(name)})
    return None


def provided(base: External) -> tuple[str, ...]:
    """The actions that a class of the library has."""
    if not base.path.startswith("rest_framework."):
        return ()
    known = VIEW_SETS.get(base.name) or MIXINS.get(base.name)
    return known if known is not None else tuple(GENERICS.get(base.name, {}).values())


def has_action(cls: Class, name: str) -> bool:
    """Whether a view set has an action."""
    return find_action(cls, None, name, name) is not None


def extra_actions(cls: Class) -> list[tuple[str, Function]]:
    """The methods of a view set that ``@action`` marks, by name, in the order of names."""
    found: dict[str, Function | None] = {}
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class):
            for name, value in ancestor.members.items():
                function = value if isinstance(value, Function) and EXTRA in value.attributes else None
                found.setdefault(name, function)
    return [(name, function) for name, function in sorted(found.items()) if function is not None]


# Permissions


def permissions(engine: Engine, view: ViewCallable, bound: Instance | None, handler: Function) -> tuple[str, ...]:
    """Names of the permission classes of an answer."""
    cls = view.view
    assert isinstance(cls, Class)
    if bound is not None:
        bound.attributes["action"] = handler.attributes.get(ACTION, Const(None))
    given = view.settings.get("permission_classes")
    if given is None and bound is not None and defines(cls, "get_permissions"):
        given = engine.invoke(engine.member(bound, "get_permissions"), [], {})
        if not isinstance(given, Sequence):
            given = None
    if given is None:
        given = class_attribute(cls, "permission_classes") or rest_setting(engine, "DEFAULT_PERMISSION_CLASSES")
    return permission_names(engine, given)


def permission_names(engine: Engine, value: Value | None) -> tuple[str, ...]:
    """Permission classes by name; the one that lets everybody through is left out."""
    found: list[str] = []
    for item in classes_named(engine, engine.force(value) if value is not None else None):
        parts = [describe(option).removesuffix("()").rpartition(".")[2] for option in options(item)]
        name = " | ".join(part for part in parts if part) if isinstance(item, Choice) else parts[0]
        if name and name != "AllowAny":
            found.append(name)
    return tuple(dict.fromkeys(found))


def rest_view_guards(engine: Engine, function: Function) -> tuple[str, ...]:
    """The permission classes of a function under ``@api_view``."""
    current: Function | None = function
    for _ in range(10):
        if current is None:
            return ()
        if PERMISSIONS in current.attributes:
            return permission_names(engine, current.attributes[PERMISSIONS])
        current = behind(current)
    return ()
