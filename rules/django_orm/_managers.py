"""Managers and query sets, as code hands them on: each remembers what it was made of, step by step.

A method of theirs is something of the library, by path, so that its call is a site of a query; what it gives is told
here: a further query set, rows as objects of their model, or a plain value.
"""

from __future__ import annotations

from verifier.api import (
    Call,
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
    choice,
    options,
)

from ._names import Way, names_of

# What gives a further query set.
BUILDING = frozenset(
    "all filter exclude complex_filter annotate alias order_by reverse distinct values values_list dates datetimes "
    "none union intersection difference select_related prefetch_related extra defer only using select_for_update "
    "raw __or__ __and__ __xor__".split()
)
# What gives one object, or fails.
ROWS = frozenset("get first last create latest earliest".split())
OTHERS = frozenset(
    "get_or_create update_or_create bulk_create bulk_update in_bulk iterator aggregate count exists contains update "
    "delete explain resolve_expression as_manager".split()
)
# Methods that have a twin with an `a` in front, for asynchronous code.
TWINS = frozenset(
    "get first last create latest earliest get_or_create update_or_create bulk_create bulk_update in_bulk iterator "
    "aggregate count exists contains update delete explain".split()
)
RELATED = frozenset("add remove set clear".split())
DUNDERS = frozenset({"__or__", "__and__", "__xor__"})
METHODS = BUILDING | ROWS | OTHERS | {f"a{name}" for name in TWINS}
OF_RELATED = METHODS | RELATED | {f"a{name}" for name in RELATED}
QUERY_SET = "django.db.models.QuerySet"
SHAPELESS = frozenset({"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update"})


def plain_name(name: str) -> str:
    """A method's name without the `a` of its asynchronous twin."""
    return name[1:] if name[:1] == "a" and name[1:] in TWINS | RELATED else name


class QuerySet(LibraryObject):
    """A query set.

    Attributes:
        model: the class of its rows, or something of a library that is one; None where that is not known.
        prior: the query set that it was made of; None of a whole one.
        related: what a related manager limits it to, where it comes from one.
        key: the subscript that made it of ``prior``, where no call did.
        gives: what its rows are: ``rows`` (objects), ``values``, ``tuples``, ``flat`` or ``raw``.
        partial: more may have been done to it than was seen: it is known by its type only.
    """

    paths = (QUERY_SET, "django.db.models.query.QuerySet", "mptt.querysets.TreeQuerySet")
    model: Value | None = None
    prior: QuerySet | None = None
    related: Related | None = None
    key: Value | None = None
    gives = "rows"
    partial = False
    row_only = False

    def created(self, call: Call) -> None:
        self.model = call.argument(0, "model")
        if self.model is None:
            self.partial = True

    def assumed(self, engine: Engine) -> None:
        self.partial = True

    def typed(self, arguments: list[Value]) -> None:
        self.model = arguments[0] if arguments else None

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "model":
            return self.model or Unknown("the model of a query set")
        if name == "as_manager" or (name.startswith("__") and name not in BUILDING):
            return None
        return External(f"{QUERY_SET}.{name}", self) if name in METHODS else None

    @classmethod
    def class_member(cls, engine: Engine, subclass: Class, name: str) -> Value | None:
        return Native(name, lambda call: as_manager(subclass, call)) if name == "as_manager" else None

    def answers(self, call: Call) -> Value | None:
        if self.model is None and self.symbolic and self.kind is not None:
            self.model, self.partial = model_behind(call.engine, self.kind), True
        name = plain_name(call.name)
        if name in DUNDERS:
            made = self.step(call)
            found: QuerySet = self.__dict__.setdefault("cuts", {}).setdefault(made.shape(), made)
            return found
        if name in BUILDING:
            return self.step(call)
        if name in ROWS:
            return self.row(call.engine)
        if name in ("get_or_create", "update_or_create"):
            return Sequence([self.row(call.engine), Unknown("whether a row was made")], "tuple")
        if name == "iterator":
            return Sequence((), complete=False, element=self.row(call.engine))
        if name == "in_bulk":
            return Record(complete=False, element=self.row(call.engine))
        if name in ("bulk_create", "bulk_update"):
            given = call.argument(0, "objs")
            return given if name == "bulk_create" and given is not None else Unknown("how many rows were written")
        if name == "aggregate":
            return Record({key: Unknown(f"the aggregate `{key}`") for key in call.keywords}, complete=False)
        if name in ("count", "exists", "contains", "update", "delete", "explain"):
            return Unknown(f"what `{name}` gives")
        return None

    def step(self, call: Call) -> QuerySet:
        """The query set that a method gives."""
        made = self.copied()
        made.made_by = call
        made.origin = call.origin
        call.kept = True
        name = call.callee.name if isinstance(call.callee, External) else call.name
        if name == "values":
            made.gives = "values"
        elif name in ("values_list", "dates", "datetimes"):
            made.gives = "flat" if "flat" in call.keywords or name != "values_list" else "tuples"
        elif name == "raw":
            made.gives = "raw"
        return made

    def copied(self) -> QuerySet:
        """Another one that starts from this one."""
        made = type(self)(self.kind, self.path, origin=self.origin)
        made.model, made.prior, made.related, made.gives = self.model, self, self.related, self.gives
        made.partial = self.partial
        return made

    def row(self, engine: Engine) -> Value:
        """Any one of its rows."""
        if self.gives == "rows":
            return row_of(engine, self.model)
        if self.gives == "values":
            return Record(complete=False, element=Unknown("a value of a row"))
        return Unknown("a value of a row" if self.gives == "flat" else "the values of a row")

    def element(self, engine: Engine) -> Value:
        return self.row(engine)

    def indexed(self, engine: Engine, key: Value) -> Value:
        if any(isinstance(option, Const) and isinstance(option.value, str) for option in options(key)):
            return Unknown("a subscript that is no number")
        made = self.copied()
        if isinstance(key, Instance) and key.path == "slice":
            made.key = key
        else:
            made.key = single(key)
            made.row_only = True
        known = self.__dict__.setdefault("cuts", {})
        made = known.setdefault(made.shape(), made)
        return made if not made.row_only else self.row(engine)

    @property
    def cut_out(self) -> list[QuerySet]:
        """What operators and subscripts have made of it."""
        return list(self.__dict__.get("cuts", {}).values())

    def shape(self) -> object:
        own: object = None
        if self.made_by is not None:
            own = self.made_by.shape
        elif self.key is not None:
            own = (
                ("slice", *(part_shape(part) for part in self.key.attributes.values()))
                if isinstance(self.key, Instance)
                else None
            )
        before = self.prior.shape() if self.prior is not None and self.key is not None else None
        holder = id(self.related.holder) if self.related is not None else None
        return (id(self.model), id(self.kind) if self.kind is not None else None, before, own, holder, self.partial)


def single(place: Value) -> Instance:
    """The slice that asks for one row."""
    made = Instance(path="slice")
    known = place.value if isinstance(place, Const) and isinstance(place.value, int) else None
    end = Const(known + 1) if known is not None else Unknown("a place in a list")
    made.attributes = {"start": place, "stop": end, "step": Const(None)}
    return made


def part_shape(value: Value) -> object:
    """What of a bound of a slice counts."""
    return value.value if isinstance(value, Const) else None


class Related:
    """What a related manager limits its rows to: those that a way leads to from one object."""

    def __init__(self, holder: Value, way: Way) -> None:
        self.holder = holder
        self.way = way


class Manager(LibraryObject):
    """A manager; ``bound`` to a model once it is read from the model's class."""

    paths = (
        "django.db.models.Manager",
        "django.db.models.manager.Manager",
        "django.db.models.manager.BaseManager",
        "django.contrib.auth.models.UserManager",
        "django.contrib.auth.base_user.BaseUserManager",
        "django.contrib.auth.models.BaseUserManager",
        "django.contrib.gis.db.models.Manager",
        "mptt.managers.TreeManager",
        "mptt.models.TreeManager",
    )
    model: Value | None = None
    name = "objects"
    query_class: Class | None = None
    related: Related | None = None
    begun: Value | None = None  # the query set that it started from last
    bound: dict[tuple[int, ...], Manager]

    def read_from(self, engine: Engine, holder: Class | Instance, name: str) -> Value:
        cls = holder if isinstance(holder, Class) else holder.kind
        return self.bind(cls, name) if cls is not None else self

    def bind(self, model: Value, name: str, related: Related | None = None) -> Manager:
        """The same manager as read from a model."""
        if not hasattr(self, "bound"):
            self.bound = {}
        key = (id(model),) if related is None else (id(model), id(related.holder), id(related.way.field))
        made = self.bound.get(key)
        if made is None:
            made = self.bound[key] = type(self)(self.kind, self.path, origin=self.origin)
            made.attributes, made.made_by = self.attributes, self.made_by
            made.model, made.name, made.related = model, name, related
            made.query_class = self.query_class
        return made

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "model":
            return self.model or Unknown("the model of a manager")
        if name in ("db", "_db"):
            return Unknown("a database")
        own = self.own_method(engine, name)
        if own is not None:
            return Native(name, lambda call: self.delegated(call, name))
        if name in OF_RELATED or name in ("get_queryset", "create_user", "create_superuser"):
            return External(f"{self.word}.{name}", self)
        return None

    @property
    def word(self) -> str:
        """The path under which its methods are known."""
        return f"django.db.models.Model.{self.name}"

    def own_method(self, engine: Engine, name: str) -> Function | None:
        """A method of the project's query set that it offers as its own."""
        for ancestor in self.queries(engine).lineage() if self.queries(engine) is not None else ():  # type: ignore[union-attr]
            found = ancestor.members.get(name) if isinstance(ancestor, Class) else None
            if isinstance(found, Function):
                return found if not name.startswith("_") or "queryset_only" in found.attributes else None
        return None

    def queries(self, engine: Engine) -> Class | None:
        """The project's class of its query sets."""
        if self.query_class is not None:
            return self.query_class
        for ancestor in self.kind.lineage() if self.kind is not None else ():
            if isinstance(ancestor, FromQuerySet):
                return ancestor.query_class
        return None

    def delegated(self, call: Call, name: str) -> Value:
        """A method of the query set, called on a fresh one."""
        found = []
        for start in options(self.start(call)):
            method = call.engine.member(start, name)
            found.append(call.engine.call(method, call.arguments, call.node, call.frame, call.keywords))
        return choice(found)

    def start(self, call: Call) -> Value:
        """The query set that it starts from: what the project's own ``get_queryset`` gives, where there is one."""
        found = self.defines("get_queryset")
        if found is not None:
            given = call.engine.call(found.bind(self), [], call.node, call.frame)
            limited = [self.limited(option) for option in options(given) if isinstance(option, QuerySet)]
            self.begun = choice(limited) if limited else given
        elif self.begun is None:
            self.begun = self.plain(call.engine)
        return self.begun

    def plain(self, engine: Engine) -> Value:
        """The query set that Django's own ``get_queryset`` gives."""
        return self.limited(self.whole(engine))

    def limited(self, found: Value) -> Value:
        """A query set within what the manager is related to."""
        if self.related is None or not isinstance(found, QuerySet):
            return found
        made = found.copied()
        made.related = self.related
        return made

    def whole(self, engine: Engine) -> QuerySet:
        """A query set of all rows."""
        made = QuerySet(self.queries(engine), QUERY_SET, origin=self.origin)
        made.model = self.model
        return made

    def answers(self, call: Call) -> Value | None:
        if self.model is None and self.symbolic and self.kind is not None:
            self.model = model_behind(call.engine, self.kind)
        name = plain_name(call.name)
        if name in ("create_user", "create_superuser"):
            return row_of(call.engine, self.model)
        if name == "get_queryset" and self.defines(name) is None:
            return self.limited(self.whole(call.engine))
        if name == "get_queryset":  # `super().get_queryset()`
            return self.whole(call.engine)
        if name in RELATED:
            return Const(None)
        found = [start.answers(call) for start in options(self.start(call)) if isinstance(start, QuerySet)]
        known = [value for value in found if value is not None]
        return choice(known) if known else None

    def defines(self, name: str) -> Function | None:
        """A method that the project's class of the manager has."""
        for ancestor in self.kind.lineage() if self.kind is not None else ():
            found = ancestor.members.get(name) if isinstance(ancestor, Class) else None
            if isinstance(found, Function):
                return found
        return None

    def element(self, engine: Engine) -> Value:
        return row_of(engine, self.model)

    def shape(self) -> object:
        return ("manager", id(self.kind), id(self.model), id(self.related.holder) if self.related else None, self.name)

    @classmethod
    def class_member(cls, engine: Engine, subclass: Class, name: str) -> Value | None:
        return Native(name, lambda call: from_queryset(call, subclass)) if name == "from_queryset" else None


class FromQuerySet(LibraryObject):
    """What ``from_queryset`` makes: a class of managers that offer the methods of a query set."""

    paths = ()
    is_class = True
    query_class: Class | None = None
    base: Class | None = None

    def called(self, call: Call) -> Value:
        made = Manager(self.base, "django.db.models.Manager", origin=call.origin)
        made.made_by = call
        made.query_class = self.query_class
        return made


def from_queryset(call: Call, base: Class | None = None) -> Value:
    """``Manager.from_queryset(QuerySet)``."""
    given = call.argument(0, "queryset_class")
    made = FromQuerySet(None, "django.db.models.Manager", origin=call.origin)
    made.query_class = given if isinstance(given, Class) else None
    made.base = base
    made.made_by = call
    return made


def as_manager(subclass: Class, call: Call) -> Value:
    """``QuerySet.as_manager()``."""
    made = Manager(None, "django.db.models.Manager", origin=call.origin)
    made.made_by = call
    made.query_class = subclass
    return made


def model_behind(engine: Engine, kind: Class) -> Value | None:
    """The one model whose managers are of a class, or give query sets of it; None where there are several, or none."""
    found: list[Class] = []
    for cls in engine.classes:
        if cls is kind or cls.module.javascript:
            continue
        for member in cls.members.values():
            if isinstance(member, Manager) and (member.kind is kind or member.queries(engine) is kind):
                found.append(cls)
                break
    return found[0] if len(found) == 1 else None


def row_of(engine: Engine, model: Value | None) -> Value:
    """Any object of a model."""
    if isinstance(model, Class):
        return engine.symbolic_object(model)
    if isinstance(model, LibraryObject):  # what `get_user_model` gives
        names = names_of(engine)
        found = names.model_of(model)
        if found is not None and found.cls is not None:
            return engine.symbolic_object(found.cls)
    if isinstance(model, External):
        return shipped_row(engine, model)
    return Unknown("a row of a query")


def shipped_row(engine: Engine, model: External) -> Value:
    """Any object of a library's model: the same one each time."""
    known = engine.library_attributes.setdefault(model.path, {})
    found = known.get("<row>")
    if found is None:
        from ._objects import ModelObject

        found = known["<row>"] = ModelObject(None, model.path, symbolic=True)
    return found


def found_or_refused(call: Call) -> Value:
    """``get_object_or_404(Book, pk=1)``: a row, or the rows of a list."""
    given = call.argument(0, "klass")
    rows = [
        option.row(call.engine) if isinstance(option, QuerySet) else row_of(call.engine, model_in(option))
        for option in (options(given) if given is not None else ())
    ]
    row = choice(rows) if rows else Unknown("a row of a query")
    return Sequence((), complete=False, element=row) if call.name.endswith("list_or_404") else row


def model_in(value: Value) -> Value | None:
    """The model that a manager is of, or that is given itself."""
    return value.model if isinstance(value, Manager) else value


SHORTCUTS = ("get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404")
MANAGING: dict[str, LibraryFunction] = {
    **{f"{path}.from_queryset": from_queryset for path in Manager.paths},
    **{f"django.shortcuts.{name}": found_or_refused for name in SHORTCUTS},
}
