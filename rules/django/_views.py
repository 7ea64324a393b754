"""Views: functions, classes behind ``as_view()``, and the decorators around both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from verifier.api import (
    Call,
    Class,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    Native,
    Partial,
    Record,
    Unknown,
    Value,
    attribute,
    describe,
    handler_in,
    inherited,
    innermost,
    method,
    options,
    stands_for,
    texts_of,
)

from ._dispatch import dispatched

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
METHODS = "<methods>"  # attributes that our decorators leave on functions and classes
GUARDS = "<guards>"
KEPT_SLASH = "<no slash>"
ACTION = "<action>"

# What Django's own classes answer.
PAGE = ("get",)
FORM = ("get", "post", "put")
DJANGO_VIEWS: Mapping[str, tuple[str, ...]] = {
    "View": (),
    "TemplateView": PAGE,
    "RedirectView": ("get", "post", "put", "patch", "delete"),
    "ListView": PAGE,
    "BaseListView": PAGE,
    "DetailView": PAGE,
    "BaseDetailView": PAGE,
    "FormView": FORM,
    "BaseFormView": FORM,
    "ProcessFormView": FORM,
    "CreateView": FORM,
    "BaseCreateView": FORM,
    "UpdateView": FORM,
    "BaseUpdateView": FORM,
    "DeletionMixin": ("post", "delete"),
    "DeleteView": ("get", "post", "delete"),
    "BaseDeleteView": ("get", "post", "delete"),
    "ArchiveIndexView": PAGE,
    "YearArchiveView": PAGE,
    "MonthArchiveView": PAGE,
    "WeekArchiveView": PAGE,
    "DayArchiveView": PAGE,
    "TodayArchiveView": PAGE,
    "DateDetailView": PAGE,
    "JavaScriptCatalog": PAGE,
    "JSONCatalog": PAGE,
}
AUTH_VIEWS: Mapping[str, tuple[str, ...]] = {
    "LoginView": FORM,
    "LogoutView": ("post",),
    "PasswordChangeView": FORM,
    "PasswordChangeDoneView": PAGE,
    "PasswordResetView": FORM,
    "PasswordResetDoneView": PAGE,
    "PasswordResetConfirmView": FORM,
    "PasswordResetCompleteView": PAGE,
}
AUTH_MIXINS = ("LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin", "AccessMixin")

# What Django's generic classes call back, by the method that answers.
PAGE_HOOKS = ("get_queryset", "get_object", "get_context_data", "render_to_response")
FORM_HOOKS = (
    "get_queryset",
    "get_object",
    "get_form_class",
    "get_form_kwargs",
    "form_valid",
    "form_invalid",
    "get_success_url",
)
DELETE_HOOKS = ("get_queryset", "get_object", "form_valid", "get_success_url")


class Answer(NamedTuple):
    """A method that a view answers."""

    method: str
    handler: Value
    guards: tuple[str, ...] = ()


@stands_for(
    *(
        f"django.views.generic.{name}"
        for name in DJANGO_VIEWS
        if name not in ("JavaScriptCatalog", "JSONCatalog", "DeletionMixin")
    ),
    *(
        f"django.views.generic.{module}.{name}"
        for module in ("base", "list", "detail", "edit", "dates")
        for name in DJANGO_VIEWS
    ),
    *(f"django.contrib.auth.views.{name}" for name in AUTH_VIEWS),
    "django.views.View",
    "django.views.i18n.JavaScriptCatalog",
    "django.views.i18n.JSONCatalog",
    "django.contrib.syndication.views.Feed",
)
class View(LibraryObject):
    """A class-based view."""

    given: Value | None = None

    @classmethod
    def class_member(cls, engine: Engine, subclass: Class, name: str) -> Value | None:
        return Native("as_view", lambda call: ViewCallable.made(subclass, call)) if name == "as_view" else None

    @attribute("request")
    def request(self, name: str) -> Value:
        return self.given or Unknown("the request")

    @attribute("kwargs")
    def arguments(self, name: str) -> Value:
        return Record(complete=False)

    @method("get_queryset", "get_object", "get_context_data", "form_valid", "setup", "dispatch", "render_to_response")
    def passing(self, call: Call) -> Value:
        return Instance(None, f"django.views.generic.View.{call.name}()", origin=call.origin)


class ViewCallable(LibraryObject):
    """What ``View.as_view(...)`` gives.

    Attributes:
        view: the class of the project, or the path of a library's.
        actions: of a view set, the action behind each method.
        settings: keyword arguments of ``as_view``.
        outer: names of the guards that were put around it.
        limits: methods that decorators around it let through.
    """

    view: Class | str
    actions: Mapping[str, Value] | None = None
    settings: Mapping[str, Value]
    outer: tuple[str, ...] = ()
    limits: tuple[str, ...] | None = None
    keeps_slash: bool = False

    @classmethod
    def made(cls, view: Class | str, call: Call) -> ViewCallable:
        """The view of a class."""
        made = cls(None, "django.views.View.as_view()", origin=call.origin)
        made.view = view
        made.settings = dict(call.keywords)
        mapping = call.argument(0, "actions")
        if isinstance(mapping, Record):
            made.actions = {str(key): value for key, value in mapping.entries.items()}
        return made

    def copied(self) -> ViewCallable:
        """The same view, to put something around."""
        made = ViewCallable(None, self.path, origin=self.origin)
        made.view, made.actions, made.settings = self.view, self.actions, self.settings
        made.outer, made.limits, made.keeps_slash = self.outer, self.limits, self.keeps_slash
        return made

    def read(self, engine: Engine, name: str) -> Value | None:
        if name in ("view_class", "cls") and isinstance(self.view, Class):
            return self.view
        return super().read(engine, name)


# What a view answers


def view_of(value: Value | None) -> ViewCallable | None:
    """The class-based view that a value is."""
    for option in options(value) if value is not None else ():
        if isinstance(option, ViewCallable):
            return option
        path = option.path if isinstance(option, Instance) and option.kind is None else None
        if path is not None and path.endswith(".as_view()"):
            made = ViewCallable(None, path, origin=option.origin)
            made.view, made.settings = path.removesuffix(".as_view()"), {}
            return made
    return None


def answers(engine: Engine, value: Value) -> list[Answer] | None:
    """The methods that a view answers, each with what answers it; None where the view is not known."""
    from ._rest import rest_answers, rest_view_guards

    view = view_of(value)
    if view is not None:
        found = rest_answers(engine, view)
        if found is None:
            found = class_answers(engine, view)
        outer = view.outer
        if view.limits is not None:
            found = [answer for answer in found if answer.method in view.limits or answer.method == "*"]
        return [Answer(answer.method, answer.handler, (*outer, *answer.guards)) for answer in found]
    handler = handler_in(value)
    if isinstance(handler, Instance) and handler.kind is not None:  # an object with __call__, such as a feed
        handler = engine.member(handler, "__call__")
    if isinstance(handler, Function):
        guards = rest_view_guards(engine, handler)
        return [Answer(name, value_of(value, handler), guards) for name in function_methods(handler)]
    if isinstance(handler, External | Native):
        return [Answer(name, handler) for name in LIBRARY_FUNCTIONS.get(describe(handler), ("*",))]
    if isinstance(handler, Instance) and handler.path is not None:
        return [Answer("*", External(handler.path.removesuffix("()")))]
    return None


LIBRARY_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "rest_framework.authtoken.views.obtain_auth_token": ("POST",),
    "rest_framework_jwt.views.obtain_jwt_token": ("POST",),
    "rest_framework_jwt.views.refresh_jwt_token": ("POST",),
    "rest_framework_jwt.views.verify_jwt_token": ("POST",),
    "django.views.i18n.set_language": ("POST",),
}


def value_of(value: Value, handler: Function) -> Value:
    """A partial stays one, for the arguments that it gives; anything else is its function."""
    return value if isinstance(value, Partial) else handler


def function_methods(function: Function) -> list[str]:
    """The methods that a function view answers: what its decorators let through, else what its body tells apart."""
    current: Function | None = function
    found: list[str] | None = None
    for _ in range(10):
        if current is None:
            break
        given = texts_of(current.attributes.get(METHODS)) if METHODS in current.attributes else None
        limits = [name.upper() for name in given] if given is not None else None
        inner = behind(current)
        if limits is None and inner is not None:  # a decorator of the project's own may let some through
            told = dispatched(current)
            limits = list(told) if "*" not in told else None
        if limits is not None:
            found = [name for name in found if name in limits] if found is not None else limits
        current = inner
    body = dispatched(innermost(function))
    if found is None:
        return list(body)
    return [name for name in found if name in body or name in ("HEAD", "OPTIONS")] if "*" not in body else found


def behind(function: Function) -> Function | None:
    """The function that one was made around; None where there is none."""
    inner = innermost(function)
    return function.wraps if function.wraps is not None else inner if inner is not function else None


def class_answers(engine: Engine, view: ViewCallable) -> list[Answer]:
    """The methods of a class-based view of Django's own kind."""
    if isinstance(view.view, str):
        names = library_methods(view.view)
        return [Answer(name.upper(), External(view.view)) for name in names or ("*",)]
    cls = view.view
    bound = object_of(engine, cls)
    guards = class_guards(cls)
    takeover = own_dispatch(cls)
    if takeover is not None:
        handler = bind(takeover, bound)
        return [Answer(name, handler, guards) for name in dispatched(bind(innermost(takeover), bound))]
    allowed = allowed_methods(cls, view.settings)
    wanted = [name for name in VERBS if allowed is None or name in allowed]
    handlers = [(name, class_handler(cls, bound, name)) for name in wanted]
    return [Answer(name.upper(), found, guards) for name, found in handlers if found is not None]


def class_handler(cls: Class, bound: Instance | None, name: str) -> Function | None:
    """What answers a method: the project's own method, or one that a library's class has."""
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class) and name in ancestor.members:
            member = ancestor.members[name]
            return bind(member, bound) if isinstance(member, Function) else None
        if isinstance(ancestor, External) and name in library_methods(ancestor.path):
            hooks = DELETE_HOOKS if "Delet" in ancestor.name else PAGE_HOOKS if name == "get" else FORM_HOOKS
            own = [f"self.{hook}()" for hook in hooks if defines(cls, hook)]
            return inherited(cls, bound, name, ("self", "request", "*args", "**kwargs"), own)
    return None


def bind(function: Function, bound: Instance | None) -> Function:
    """A method of an object."""
    return function.bind(bound) if bound is not None and function.bound is None else function


def library_methods(path: str) -> tuple[str, ...]:
    """The methods that a class of Django answers."""
    name = path.rpartition(".")[2]
    if path.startswith("django.contrib.auth.views."):
        return AUTH_VIEWS.get(name, ())
    return DJANGO_VIEWS.get(name, ()) if path.startswith("django.views.") else ()


def defines(cls: Class, name: str) -> bool:
    """Whether a class of the project, or a project's ancestor of it, has a method."""
    return any(isinstance(found, Class) and isinstance(found.members.get(name), Function) for found in cls.lineage())


def object_of(engine: Engine, cls: Class) -> Instance | None:
    """The object whose methods answer."""
    return next((found for found in options(engine.symbolic_object(cls)) if isinstance(found, Instance)), None)


def class_attribute(cls: Class, name: str) -> Value | None:
    """An attribute that the body of a class, or of an ancestor in the project, sets."""
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class) and name in ancestor.members:
            return ancestor.members[name]
    return None


def allowed_methods(cls: Class, given: Mapping[str, Value]) -> list[str] | None:
    """``http_method_names``; None where the class does not restrict them."""
    names = texts_of(given.get("http_method_names") or class_attribute(cls, "http_method_names"))
    return [name.lower() for name in names] if names is not None else None


def own_dispatch(cls: Class) -> Function | None:
    """A ``dispatch`` of the project that does not hand on to Django's."""
    member = class_attribute(cls, "dispatch")
    if not isinstance(member, Function):
        return None
    code = innermost(member).code
    data = innermost(member).module.source.data[code.start : code.end]
    return member if b"super" not in data and b".dispatch(" not in data and b"getattr(" not in data else None


def class_guards(cls: Class) -> tuple[str, ...]:
    """Mixins and decorators that keep requests from a whole class."""
    found: list[str] = []
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class):
            found.extend(texts_of(ancestor.members.get(GUARDS)) or ())
            dispatch = ancestor.members.get("dispatch")
            if isinstance(dispatch, Function):
                found.extend(dispatch.decorators if own_dispatch(cls) is None else ())
        elif isinstance(ancestor, External) and ancestor.name in AUTH_MIXINS:
            found.append(ancestor.name)
    return tuple(dict.fromkeys(found))


def fully_known(value: Value) -> bool:
    """Whether all that a class-based view inherits is the project's or known to us."""
    view = view_of(value)
    bases = view.view.lineage() if view is not None and isinstance(view.view, Class) else ()
    known = ("django.", "rest_framework.", "abc.", "typing.", "object")
    return all(
        isinstance(base, Class) or (isinstance(base, External) and base.path.startswith(known)) for base in bases
    )


def appends_slash(engine: Engine, value: Value) -> bool:
    """Whether the view itself lets a slash be appended."""
    view = view_of(value)
    if view is not None:
        return not view.keeps_slash
    handler = handler_in(value)
    return not (isinstance(handler, Function) and KEPT_SLASH in handler.attributes)
