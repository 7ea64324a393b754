"""The fields of the serializers of REST framework, and the JSON that they write.

What is not surely known makes a record open, or is unknown: fields that code adds or takes away at run time, classes
of other libraries, mapped classes of which not all columns were read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier.api import (
    Class,
    Const,
    Engine,
    External,
    Function,
    Instance,
    Native,
    Origin,
    Record,
    Sequence,
    Typed,
    Unknown,
    Value,
    options,
    regex,
    text_of,
    texts_of,
    version_range,
)

from ._columns import AUTO, MANY, Column, Columns, columns_of, has_member
from ._settings import rest_setting

if TYPE_CHECKING:
    from ._serializer_objects import Serializer

LIBRARY = "rest_framework."
BASES = frozenset({"Serializer", "ModelSerializer", "HyperlinkedModelSerializer"})
MAPPED = frozenset({"ModelSerializer", "HyperlinkedModelSerializer"})
# What a project overrides to change fields at run time.
CHANGING = frozenset(
    "get_fields get_field_names get_default_field_names get_extra_kwargs get_uniqueness_extra_kwargs build_field "
    "build_standard_field build_relational_field build_nested_field build_property_field build_url_field "
    "build_unknown_field include_extra_kwargs serializer_field_mapping serializer_related_field "
    "serializer_related_to_field serializer_choice_field fields _readable_fields _writable_fields many_init __new__ "
    "_declared_fields __getattr__ __getattribute__ __iter__".split()
)
TOUCHING = regex(rb"\bself\.(?:fields|_?\w+_fields|Meta)\b|\bfields\.pop\b|_declared_fields|\bget_fields\b")

TEXTS = frozenset(
    "CharField EmailField RegexField SlugField URLField IPAddressField FilePathField UUIDField DateTimeField DateField "
    "TimeField DurationField DecimalField FileField ImageField StringRelatedField HyperlinkedRelatedField "
    "HyperlinkedIdentityField".split()
)
TYPES = {
    **dict.fromkeys(TEXTS, "str"),
    "IntegerField": "int",
    "FloatField": "float",
    "BooleanField": "bool",
    "NullBooleanField": "bool",
}
READ_ONLY = frozenset({"ReadOnlyField", "SerializerMethodField", "HyperlinkedIdentityField", "StringRelatedField"})
# The field that REST framework makes of a column.
MADE_OF = {
    **dict.fromkeys(AUTO, "IntegerField"),
    **dict.fromkeys(
        ("IntegerField PositiveIntegerField PositiveSmallIntegerField SmallIntegerField".split()),
        "IntegerField",
    ),
    **dict.fromkeys(("BigIntegerField", "PositiveBigIntegerField"), "BigIntegerField"),
    **dict.fromkeys(("CharField", "TextField", "CommaSeparatedIntegerField"), "CharField"),
    **{
        name: name
        for name in (
            "BooleanField DateField DateTimeField DecimalField DurationField EmailField FileField FloatField "
            "ImageField SlugField TimeField URLField UUIDField FilePathField JSONField NullBooleanField".split()
        )
    },
    "GenericIPAddressField": "IPAddressField",
    "IPAddressField": "IPAddressField",
}
DEEPEST = 6


class FieldOf(NamedTuple):
    """A field of a serializer.

    Attributes:
        kind: its class in the library; empty where that is not known.
        value: what declares it; None where it was made of a column.
        many: whether it is a list of what its class tells; None where that is not known.
        reads: whether it is only written into answers, ``writes`` only taken from requests.
        required: whether requests need it; None where the three are not known.
    """

    name: str
    kind: str
    value: Instance | None
    column: Column | None = None
    many: bool | None = False
    reads: bool | None = False
    writes: bool | None = False
    required: bool | None = None
    origin: Origin | None = None

    def keyword(self, name: str) -> Value | None:
        """What its declaration is given by a keyword."""
        call = self.value.made_by if self.value is not None else None
        return call.keywords.get(name) if call is not None else None


class Fields(NamedTuple):
    """The fields of a serializer, in order; ``complete`` says whether there surely are no others."""

    fields: tuple[FieldOf, ...]
    complete: bool


def fields_of(engine: Engine, cls: Class) -> Fields | None:
    """The fields of a serializer; None where they may change at run time, or hang on a class that was not read."""
    bases = [base for base in cls.lineage() if not isinstance(base, Class)]
    names = {base.path.rpartition(".")[2] for base in bases if isinstance(base, External) and is_library(base)}
    if not all(is_library(base) or is_plain(base) for base in bases) or not names & BASES or is_changing(cls):
        return None
    given = declared(engine, cls)
    if given is None:
        return None
    if names & MAPPED:
        return mapped(engine, cls, given)
    return Fields(tuple(field for one in given.items() if (field := made(engine, *one)) is not None), complete=True)


def is_library(base: Value) -> bool:
    """Whether a class is one of REST framework."""
    return isinstance(base, External | Instance) and (base.path or "").startswith(LIBRARY)


def is_plain(base: Value) -> bool:
    """Whether a class brings nothing to a serializer."""
    path = base.path if isinstance(base, External) else base.name if isinstance(base, Native) else ""
    return path in ("object", "abc.ABC") or path.startswith("typing.")


def is_serializer(cls: Class) -> bool:
    """Whether a class of the project is a serializer."""
    return any(
        isinstance(base, External | Instance)
        and (base.path or "").startswith(LIBRARY)
        and (base.path or "").endswith("Serializer")
        for base in cls.lineage()
    )


def own(cls: Class) -> Iterator[Class]:
    """A class and those of the project that it derives from."""
    return (base for base in cls.lineage() if isinstance(base, Class))


def overrides(cls: Class, *names: str) -> bool:
    """Whether the project binds one of some names in a class or an ancestor."""
    return any(name in base.members for base in own(cls) for name in names)


def is_changing(cls: Class) -> bool:
    """Whether code may add fields, or take some away."""
    if overrides(cls, *CHANGING) or any(base.keywords for base in own(cls)):
        return True
    for base in own(cls):
        for member in base.members.values():
            if isinstance(member, Function) and TOUCHING.search(text_in(member)):
                return True
    return False


def text_in(function: Function) -> bytes:
    """The source of a function."""
    return function.module.source.data[function.code.start : function.code.end]


def declared(engine: Engine, cls: Class, depth: int = 0) -> dict[str, Instance | None] | None:
    """What the bodies of a serializer and its ancestors declare, as its metaclass collects it.

    A field of a class that was not read is None, and so is all of it where a member may be a field or may not.
    """
    fields: dict[str, Instance | None] = {}
    known: set[str] = set()
    for name, member in cls.members.items():
        held = engine.force(member)
        if is_field(held):
            fields[name] = held if isinstance(held, Instance) else None
        elif is_open(held):
            return None
        else:
            known.add(name)
    inherited: dict[str, Instance | None] = {}
    for base in cls.bases:
        if isinstance(base, Class) and is_serializer(base) and depth < DEEPEST:
            found = declared(engine, base, depth + 1)
            if found is None:
                return None
            for name, value in found.items():
                if name not in known:
                    known.add(name)
                    inherited[name] = value
    return {**inherited, **fields}


def is_field(value: Value) -> bool:
    """Whether a member of a serializer surely is a field."""
    if not isinstance(value, Instance):
        return False
    path = (value.path or "").removesuffix("()")
    if value.kind is not None:
        return any(is_library(base) for base in value.kind.lineage())
    return path.rpartition(".")[2].endswith(("Field", "Serializer"))


def is_open(value: Value) -> bool:
    """Whether a member may be a field, and may be none."""
    if isinstance(value, Instance):
        return value.kind is None and not (value.path or "").startswith(("builtins.", "logging.", "re."))
    return len(options(value)) > 1 or isinstance(value, Unknown)


def base_name(value: Instance | None) -> str:
    """The class of REST framework that a field is of, or derives from; empty where that is not known."""
    if value is None:
        return ""
    if value.kind is not None:
        outer = [base for base in value.kind.lineage() if not isinstance(base, Class)]
        if not all(is_library(base) or is_plain(base) for base in outer):
            return ""
        return next((base.path or "" for base in outer if isinstance(base, External | Instance)), "").rpartition(".")[2]
    path = (value.path or "").removesuffix("()")
    return path.rpartition(".")[2] if path.startswith(LIBRARY) else ""


def made(engine: Engine, name: str, value: Instance | None) -> FieldOf | None:
    """A declared field; None for one that is hidden."""
    kind = base_name(value)
    call = value.made_by if value is not None else None
    if kind == "HiddenField":
        return None
    if value is None or call is None:
        return FieldOf(name, "", value, many=None, reads=None, writes=None)
    own_class = value.kind if value.kind is not None and not is_serializer(value.kind) else None
    constructed = own_class is not None and overrides(own_class, "__init__", "__new__")
    open_ = call.open or constructed or not kind
    many = flag(call.keywords.get("many"), open_)
    reads = True if kind in READ_ONLY else flag(call.keywords.get("read_only"), open_)
    writes = flag(call.keywords.get("write_only"), open_)
    required = flag(call.keywords.get("required"), open_, fallback=True)
    if reads or "default" in call.keywords:
        required = False
    elif reads is None:
        required = None
    checked = ("get_value", "run_validation", "validate_empty_values", "required", "default", "read_only")
    if required and own_class is not None and overrides(own_class, *checked):
        required = None
    return FieldOf(name, kind, value, None, many, reads, writes, required, value.origin or call.origin)


def flag(value: Value | None, open_: bool, fallback: bool = False) -> bool | None:
    """Whether an option is set; None where that is not known."""
    if value is None:
        return None if open_ else fallback
    return bool(value.value) if isinstance(value, Const) else None


# Serializers of models


def settings_of(engine: Engine, cls: Class) -> dict[str, Value] | None:
    """What the `Meta` of a serializer says; None where not all of it is known."""
    metas = [base.members["Meta"] for base in own(cls) if "Meta" in base.members]
    meta = engine.force(metas[0]) if metas else None
    if not isinstance(meta, Class) or not all(isinstance(base, Class) or is_plain(base) for base in meta.lineage()):
        return None
    settings: dict[str, Value] = {}
    for base in reversed(list(own(meta))):
        settings.update((name, engine.force(value)) for name, value in base.members.items())
    return settings


def model_of(engine: Engine, cls: Class) -> Class | None:
    """The model of a serializer."""
    found = (settings_of(engine, cls) or {}).get("model")
    return found if isinstance(found, Class) else None


def lists_otherwise(cls: Class) -> bool:
    """Whether a class of the project makes a list of what a serializer writes."""
    metas = [base.members.get("Meta") for base in own(cls)]
    named = any(isinstance(meta, Class) and overrides(meta, "list_serializer_class") for meta in metas)
    return named or overrides(cls, "many_init", "__new__")


def mapped(engine: Engine, cls: Class, given: dict[str, Instance | None]) -> Fields | None:
    """The fields of a serializer of a model."""
    settings = settings_of(engine, cls)
    if settings is None:
        return None
    model = settings.get("model")
    columns = columns_of(engine, model) if isinstance(model, Class) else Columns({}, complete=False)
    listed, complete = names_in(settings, given, columns)
    if listed is None:
        return None
    extra = settings.get("extra_kwargs", Record())
    shut = texts_of(settings["read_only_fields"]) if "read_only_fields" in settings else []
    depth = flag(settings.get("depth"), open_=False)
    found: list[FieldOf] = []
    for name, origin in listed:
        if name in given:
            field = made(engine, name, given[name])
        else:
            more = extra.entries.get(name, Record()) if isinstance(extra, Record) and extra.complete else Unknown("")
            field = of_column(engine, name, origin, model, columns, more)
            if shut is None or name in shut:
                field = field._replace(reads=None if shut is None else True, required=None if shut is None else False)
            if depth is not False and (field.column is None or field.column.is_relation):
                field = field._replace(kind="", reads=None, required=None, many=None)
        if field is not None:
            found.append(field)
    return Fields(tuple(found), complete)


def names_in(
    settings: dict[str, Value], given: dict[str, Instance | None], columns: Columns
) -> tuple[list[tuple[str, Origin | None]] | None, bool]:
    """The names of all fields of a model's serializer, with their places, and whether there are no others."""
    fields, left = settings.get("fields"), settings.get("exclude")
    if isinstance(fields, Sequence) and len(options(fields)) == 1:
        names = [(text_of(item), item.origin) for item in fields.items]
        known = [(name, origin) for name, origin in names if name is not None]
        return known, fields.complete and len(known) == len(names)
    if fields is not None and text_of(fields) != "__all__":
        return None, False
    gone = texts_of(left) if left is not None else []
    if gone is None or (fields is None and left is None):
        return None, False
    plain = [
        one for one in columns.columns.values() if not one.is_relation and one.flag("serialize", True) is not False
    ]
    key = columns.key
    order = [
        *([key.name] if key is not None else []),
        *given,
        *(one.name for one in plain if one is not key),
        *(one.name for one in columns.columns.values() if one.is_relation and one.kind != MANY and one is not key),
        *(one.name for one in columns.columns.values() if one.kind == MANY),
    ]
    return [(name, None) for name in dict.fromkeys(order) if name not in gone], columns.complete


def of_column(
    engine: Engine, name: str, origin: Origin | None, model: Value | None, columns: Columns, more: Value
) -> FieldOf:
    """The field that a serializer makes of a column, or of another attribute of its model."""
    options_ = dict(more.entries) if isinstance(more, Record) and more.complete else None
    source = text_of(options_.get("source", Const(name))) if options_ is not None else None
    column = columns.columns.get(source) if source is not None else None
    if source == "pk":
        column = columns.key
    if column is None or options_ is None:
        reads: bool | None = None
        if options_ is not None and isinstance(model, Class) and source is not None and has_member(model, source):
            reads = True
        written = flag(options_.get("write_only"), open_=False) if options_ is not None else None
        return FieldOf(name, "", None, None, None, reads, written, False if reads else None, origin)
    kind = MADE_OF.get(column.kind, "")
    if column.given("choices") is not None or (column.value is not None and column.flag("choices") is None):
        kind = ""
    if column.is_relation:
        kind = "" if column.given("to_field") is not None else "PrimaryKeyRelatedField"
    reads = column.reads_only()
    if flag(options_.get("read_only"), open_=False) is not False:
        reads = flag(options_["read_only"], open_=False)
    writes = flag(options_.get("write_only"), open_=False)
    left_out = column.may_be_left_out()
    required = None if left_out is None else not left_out
    if column.kind == "BooleanField" and not surely_required(engine):
        required = None
    if "required" in options_:
        required = flag(options_["required"], open_=False)
    if reads or "default" in options_:
        required = False
    elif reads is None:
        required = None
    place = column.value.origin if column.value is not None else None
    return FieldOf(name, kind, None, column, column.kind == MANY, reads, writes, required, origin or place)


def surely_required(engine: Engine) -> bool:
    """Whether truth values without a default are required: before Django 2.1 they were not."""
    versions = version_range(engine.project, "django")
    return versions is None or versions.surely(">=2.1")


# What is written


def written(engine: Engine, serializer: Serializer, depth: int = 0) -> Value:
    """What a serializer's own `to_representation` gives for one object: a record of its fields."""
    cls = serializer.kind
    found = fields_of(engine, cls) if cls is not None and not serializer.changed and depth <= DEEPEST else None
    if cls is None or found is None:
        return Record(complete=False)
    record = Record(complete=found.complete, origin=head_of(cls))
    results = run_methods(engine, serializer, cls, found)
    for field in found.fields:
        if field.writes is True:
            continue
        if field.writes is None:
            record.complete = False
            continue
        record.entries[field.name] = value_of(engine, field, results, depth)
        if field.origin is not None:
            record.places[field.name] = field.origin
    return record


def run_methods(engine: Engine, serializer: Serializer, cls: Class, found: Fields) -> Record:
    """What the methods give that fill fields, by the names of these."""
    wanted: list[str] = []
    for field in found.fields:
        if field.kind == "SerializerMethodField" and field.value is not None and field.value.kind is None:
            call = field.value.made_by
            given = call.argument(0, "method_name") if call is not None else None
            name = text_of(given) if given is not None else f"get_{field.name}"
            if name is not None and name.isidentifier() and overrides(cls, name):
                wanted.append(f"{field.name!r}: self.{name}(self.instance)")
    if not wanted:
        return Record()
    result = serializer.evaluate(engine, "{" + ", ".join(wanted) + "}")
    return result if isinstance(result, Record) else Record()


def value_of(engine: Engine, field: FieldOf, results: Record, depth: int) -> Value:
    """What a field is in JSON, where it is not null."""
    value = field.value
    if field.many is None:
        return Unknown("a field of a serializer")
    if field.kind == "SerializerMethodField" and value is not None and value.kind is None:
        return results.entries.get(field.name) or Unknown("what a method gives")
    if value is not None and value.kind is not None and is_serializer(value.kind):
        return of_nested(engine, value, depth)
    if value is not None and value.kind is not None and overrides(value.kind, "to_representation", "get_attribute"):
        one = of_own(engine, value)
    else:
        one = of_kind(engine, field, depth)
    if overrides_many(value):
        return Unknown("a list of a class of the project")
    return Sequence((), complete=False, element=one) if field.many else one


def overrides_many(value: Instance | None) -> bool:
    """Whether a field of the project is made into a list in a way of its own."""
    return value is not None and value.kind is not None and overrides(value.kind, "many_init", "__new__")


def of_nested(engine: Engine, value: Instance, depth: int) -> Value:
    """What a serializer writes that is a field of another one."""
    from ._serializer_objects import Serializer

    return value.written(engine, depth + 1) if isinstance(value, Serializer) else Unknown("a serializer")


def of_own(engine: Engine, value: Instance) -> Value:
    """What a field of a class of the project gives for a value."""
    assert value.kind is not None
    method = next(
        (base.members["to_representation"] for base in own(value.kind) if "to_representation" in base.members), None
    )
    if not isinstance(method, Function):
        return Unknown("a field of the project")
    return engine.trial(method.bind(value), [Unknown("a value of a field")], {}).result


def of_kind(engine: Engine, field: FieldOf, depth: int) -> Value:
    """What a field of one of the library's classes is in JSON."""
    kind = field.kind
    form = field.keyword("format")
    if kind == "UUIDField" and form is not None and text_of(form) not in ("hex_verbose", "hex", "urn"):
        return Unknown("a UUID in a form of its own")
    if kind == "BigIntegerField":
        known = field.keyword("coerce_to_string") or rest_setting(engine, "COERCE_BIGINT_TO_STRING")
        return Typed("a field of a serializer", "int", field.origin) if known is None else Unknown("a large number")
    if kind == "ListField":
        return Sequence((), complete=False, element=of_child(engine, field.keyword("child"), depth))
    if kind == "DictField":
        return Record(complete=False)
    if kind == "PrimaryKeyRelatedField":
        return of_key(engine, field)
    found = TYPES.get(kind)
    return Typed("a field of a serializer", found, field.origin) if found is not None else Unknown("a field")


def of_child(engine: Engine, child: Value | None, depth: int) -> Value:
    """What the items of a list are."""
    if not isinstance(child, Instance) or depth > DEEPEST:
        return Unknown("the items of a list")
    field = made(engine, "", child)
    return value_of(engine, field, Record(), depth + 1) if field is not None else Unknown("the items of a list")


def of_key(engine: Engine, field: FieldOf) -> Value:
    """The key of another object: a number, where Django makes it."""
    target = field.column.given("to") if field.column is not None else None
    call = field.column.value.made_by if field.column is not None and field.column.value is not None else None
    target = target or (call.argument(0) if call is not None else None)
    key = columns_of(engine, target).key if isinstance(target, Class) else None
    if key is not None and key.kind in AUTO:
        return Typed("a key", "int", field.origin)
    return Unknown("a key")


def head_of(cls: Class) -> Origin:
    """Where the name of a class is written."""
    data = cls.module.source.data
    name = b"class " + cls.code.name.encode()
    start = data.find(name, cls.code.start)
    return Origin(cls.module.path, max(start, cls.code.start), start + len(name) if start >= 0 else cls.code.start)
