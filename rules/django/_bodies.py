"""What REST framework is given of the JSON of requests, and what serializers demand of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.api import (
    UNKNOWN_DEMAND,
    Answering,
    Call,
    Class,
    Const,
    Demand,
    Demanded,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    Sequence,
    Value,
    method,
    options,
    regex,
    text_of,
)

from ._rest import LIBRARY_ACTION
from ._serializer_objects import VALIDATED, Serializer
from ._settings import rest_setting
from ._shapes import FieldOf, fields_of, head_of, is_serializer, overrides, own, text_in
from ._views import class_attribute

PATH = "rest_framework.request.Request.data"
# What a project overrides to see the JSON before the fields do, or to need less than these say.
BEFORE = (
    "__init__ to_internal_value run_validation validate_empty_values get_value is_valid get_initial partial "
    "_read_only_defaults initial_data"
).split()
# Methods of a view or a serializer that may take more of a request.
FURTHER = (
    "perform_create perform_update get_serializer get_serializer_context get_serializer_class initial "
    "initialize_request get_parsers get_parser_context dispatch"
).split()
RAW = regex(rb"\binitial_data\b|\brequest\b|\bcontext\b")
DEEPEST = 6


class Body(LibraryObject):
    """`request.data`, or a part of it: `request.data.get("user", {})`, `request.data["user"]`.

    ``changed``: code has put something into it, or taken something out, and clients do not send it as it is.
    """

    changed = False

    def at(self, name: Value | None) -> Value | None:
        """A part of it by its name; None where that is not known."""
        key = text_of(name)
        if key is None or not key.isidentifier():
            return None
        found = self.attributes.get(f"<{key}>")
        if found is None:
            found = self.attributes[f"<{key}>"] = Body(None, f"{self.path}.{key}", origin=self.origin)
        return found

    @method("update", "setdefault", "clear", "popitem", "setlist", "setlistdefault", "appendlist")
    def change(self, call: Call) -> Value:
        self.changed = True
        return Instance(None, f"{self.path}.{call.name}()", origin=call.origin)

    @method("get", "pop")
    def part(self, call: Call) -> Value:
        self.changed = self.changed or call.name == "pop"
        found = self.at(call.argument(0))
        return found if found is not None else Instance(None, f"{self.path}.get()", origin=call.origin)

    @method("copy", "dict")
    def same(self, call: Call) -> Value:
        return Instance(None, f"{self.path}.{call.name}()", origin=call.origin)

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        return self.at(key)


def takes(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """What serializers demand that the view asks, in any case, whether the JSON of its request is valid."""
    known = VALIDATED.get(answering.engine, {})
    handler = answering.handler
    partial = answering.route.method == "PATCH" and (
        handler.code.name != "patch" or LIBRARY_ACTION in handler.attributes
    )
    if partial or parses_otherwise(answering):
        return
    for sent in answering.sent:
        serializer = known.get(sent.origin) if sent.path == "is_valid" and not sent.conditional else None
        call = serializer.made_by if serializer is not None else None
        if serializer is None or call is None or call.open or serializer.many is not False:
            continue
        given = call.argument(1, "data")
        path = path_of(given)
        demand = demand_of(serializer) if path is not None else None
        if path is None or demand is None:
            continue
        bound = answering.handler.bound
        view = bound.kind if isinstance(bound, Instance) else None
        if view is None or overrides(view, *FURTHER):
            demand = demand._replace(drops=False)
        for name in reversed(path):
            demand = Demand("object", {name: demand}, frozenset(), {}, demand.origin)
        yield Demanded(demand, call.place("data") if "data" in call.keywords else call.place(1))


def path_of(value: Value | None) -> tuple[str, ...] | None:
    """Where in the JSON of the request a value stands; None for anything else."""
    if not isinstance(value, Body) or value.path is None or value.changed or value.items:
        return None
    return tuple(part for part in value.path.removeprefix(PATH).split(".") if part)


def parses_otherwise(answering: Answering) -> bool:
    """Whether parsers of the project's own may take the JSON apart before the view sees it."""
    bound, engine = answering.handler.bound, answering.engine
    view = bound.kind if isinstance(bound, Instance) else None
    if view is not None and overrides(view, "get_parsers", "initialize_request"):
        return True
    listed = class_attribute(view, "parser_classes") if view is not None else None
    if any(name.endswith("parser_classes") for name in answering.handler.decorators):
        return True
    given = listed or rest_setting(engine, "DEFAULT_PARSER_CLASSES")
    return given is not None and not all_plain(engine.force(given), "rest_framework.parsers.")


def all_plain(value: Value, home: str) -> bool:
    """Whether a list of classes, or of their names, holds none but those of a module of the library."""
    for option in options(value):
        if not isinstance(option, Sequence) or not option.complete:
            return False
        for item in option.items:
            name = text_of(item) or (item.path if isinstance(item, External) else "")
            if not name.startswith(home):
                return False
    return True


def demands(engine: Engine, value: Value) -> Demand | None:
    """What a serializer demands of the JSON that it is given; None for anything else."""
    return of_serializer(engine, value, 0) if isinstance(value, Serializer) and value.kind is not None else None


def of_serializer(engine: Engine, serializer: Serializer, depth: int) -> Demand:
    """The same."""
    cls = serializer.kind
    if cls is None or serializer.changed or depth > DEEPEST or overrides(cls, *BEFORE):
        return UNKNOWN_DEMAND
    found = fields_of(engine, cls)
    if found is None or not found.complete:
        return UNKNOWN_DEMAND
    partial = serializer.made_by.keywords.get("partial") if serializer.made_by is not None else None
    needs = partial is None or (isinstance(partial, Const) and not partial.value)
    fields: dict[str, Demand] = {}
    required: set[str] = set()
    places = {}
    for field in found.fields:
        if field.reads is True:
            continue
        fields[field.name] = of_field(engine, field, needs, depth)
        if field.origin is not None:
            places[field.name] = field.origin
        if needs and field.required and field.reads is False:
            required.add(field.name)
    drops = not any(field.reads is None for field in found.fields) and not reads_more(cls)
    return Demand("object", fields, frozenset(required), places, head_of(cls), drops)


def of_field(engine: Engine, field: FieldOf, needs: bool, depth: int) -> Demand:
    """What a field demands: another serializer that it is, or some value; parts of a partial one may be missing."""
    value = field.value
    if isinstance(value, Serializer) and value.kind is not None and is_serializer(value.kind):
        return of_serializer(engine, value, depth + 1) if field.many is False and needs else UNKNOWN_DEMAND
    if not field.kind or (value is not None and value.kind is not None):
        return UNKNOWN_DEMAND
    return Demand("value")


def reads_more(cls: Class) -> bool:
    """Whether a serializer may take more of a request than its fields."""
    members = [member for base in own(cls) for member in base.members.values()]
    return any(RAW.search(text_in(member)) for member in members if isinstance(member, Function))
