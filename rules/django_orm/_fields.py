"""Fields: the call that makes one, read as Django's constructors would."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from verifier.api import (
    Call,
    Class,
    ColumnType,
    Const,
    Default,
    Engine,
    External,
    Function,
    Instance,
    Native,
    Record,
    Sequence,
    Span,
    Text,
    TypeKind,
    Unknown,
    Value,
    options,
    text_of,
)

BASE = (
    "verbose_name name primary_key max_length unique blank null db_index rel default editable serialize "
    "unique_for_date unique_for_month unique_for_year choices help_text db_column db_tablespace auto_created "
    "validators error_messages db_comment db_default"
).split()
RELATION = "to on_delete related_name related_query_name limit_choices_to parent_link to_field db_constraint".split()
MANY = (
    "to related_name related_query_name limit_choices_to symmetrical through through_fields db_constraint db_table "
    "swappable"
).split()

# Types of one database that have no name in the common vocabulary.
OTHER = (
    "HStoreField BigIntegerRangeField DateRangeField DateTimeRangeField DecimalRangeField FloatRangeField "
    "IntegerRangeField RangeField SearchVectorField GeometryField PointField LineStringField PolygonField "
    "MultiPointField MultiLineStringField MultiPolygonField GeometryCollectionField RasterField"
)

# What is stored, and the length that Django gives where none is written, by the name of the core field.
KINDS: Mapping[str, tuple[TypeKind, int | None]] = {
    "AutoField": ("integer", None),
    "BigAutoField": ("bigint", None),
    "BigIntegerField": ("bigint", None),
    "BinaryField": ("binary", None),
    "BooleanField": ("boolean", None),
    "CICharField": ("string", None),
    "CIEmailField": ("string", 254),
    "CITextField": ("text", None),
    "CharField": ("string", None),
    "CommaSeparatedIntegerField": ("string", None),
    "DateField": ("date", None),
    "DateTimeField": ("datetime", None),
    "DecimalField": ("numeric", None),
    "DurationField": ("interval", None),
    "EmailField": ("string", 254),
    "FileField": ("string", 100),
    "FilePathField": ("string", 100),
    "FloatField": ("float", None),
    "GenericIPAddressField": ("network", None),
    "IPAddressField": ("network", None),
    "ImageField": ("string", 100),
    "IntegerField": ("integer", None),
    "JSONField": ("json", None),
    "NullBooleanField": ("boolean", None),
    "OrderWrt": ("integer", None),
    "PositiveBigIntegerField": ("bigint", None),
    "PositiveIntegerField": ("integer", None),
    "PositiveSmallIntegerField": ("smallint", None),
    "SlugField": ("string", 50),
    "SmallAutoField": ("smallint", None),
    "SmallIntegerField": ("smallint", None),
    "TextField": ("text", None),
    "TimeField": ("time", None),
    "URLField": ("string", 200),
    "UUIDField": ("uuid", None),
    **dict.fromkeys(OTHER.split(), ("other", None)),
}
AUTO = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
TO_ONE = frozenset({"ForeignKey", "OneToOneField"})
MANY_TO_MANY = "ManyToManyField"
PRIVATE = frozenset({"GenericForeignKey", "GenericRelation"})
COLUMNLESS = frozenset({"CompositePrimaryKey", "ForeignObject"})
WITH_BASE = frozenset({"ArrayField", "GeneratedField"})
CORE = frozenset({*KINDS, *TO_ONE, MANY_TO_MANY, *PRIVATE, *COLUMNLESS, *WITH_BASE, "Field"})
HOMES = (
    "django.db.models.",
    "django.contrib.gis.db.models.",
    "django.contrib.postgres.",
    "django.contrib.contenttypes.",
)

SIGNATURES: Mapping[str, list[str]] = {
    "ForeignKey": RELATION,
    "OneToOneField": ["to", "on_delete", "to_field"],
    "ForeignObject": ["to", "on_delete", "from_fields", "to_fields"],
    "ManyToManyField": MANY,
    "GenericForeignKey": ["ct_field", "fk_field", "for_concrete_model"],
    "GenericRelation": ["to", "object_id_field", "content_type_field", "for_concrete_model", "related_query_name"],
    "DecimalField": ["verbose_name", "name", "max_digits", "decimal_places"],
    "DateField": ["verbose_name", "name", "auto_now", "auto_now_add"],
    "DateTimeField": ["verbose_name", "name", "auto_now", "auto_now_add"],
    "TimeField": ["verbose_name", "name", "auto_now", "auto_now_add"],
    "FileField": ["verbose_name", "name", "upload_to", "storage"],
    "ImageField": ["verbose_name", "name", "width_field", "height_field"],
    "FilePathField": ["verbose_name", "name", "path", "match", "recursive", "allow_files", "allow_folders"],
    "GenericIPAddressField": ["verbose_name", "name", "protocol", "unpack_ipv4"],
    "JSONField": ["verbose_name", "name", "encoder", "decoder"],
    "URLField": ["verbose_name", "name"],
    "UUIDField": ["verbose_name"],
    "ArrayField": ["base_field", "size"],
}


# Fields of other libraries: the field of Django that each is, and the length that it gives itself.
COMPANIONS: Mapping[str, tuple[str, int | None]] = {
    "autoslug.AutoSlugField": ("SlugField", None),
    "autoslug.fields.AutoSlugField": ("SlugField", None),
    "ckeditor.fields.RichTextField": ("TextField", None),
    "ckeditor_uploader.fields.RichTextUploadingField": ("TextField", None),
    "django_countries.fields.CountryField": ("CharField", 2),
    "django_extensions.db.fields.AutoSlugField": ("SlugField", None),
    "django_extensions.db.fields.CreationDateTimeField": ("DateTimeField", None),
    "django_extensions.db.fields.ModificationDateTimeField": ("DateTimeField", None),
    "django_measurement.models.MeasurementField": ("FloatField", None),
    "model_utils.fields.AutoCreatedField": ("DateTimeField", None),
    "model_utils.fields.AutoLastModifiedField": ("DateTimeField", None),
    "modelcluster.fields.ParentalKey": ("ForeignKey", None),
    "modelcluster.fields.ParentalManyToManyField": ("ManyToManyField", None),
    "mptt.fields.TreeForeignKey": ("ForeignKey", None),
    "mptt.fields.TreeManyToManyField": ("ManyToManyField", None),
    "mptt.fields.TreeOneToOneField": ("OneToOneField", None),
    "mptt.models.TreeForeignKey": ("ForeignKey", None),
    "mptt.models.TreeManyToManyField": ("ManyToManyField", None),
    "phonenumber_field.modelfields.PhoneNumberField": ("CharField", 128),
    "tinymce.models.HTMLField": ("TextField", None),
}
# What some of these add to the arguments.
COMPANION_ARGUMENTS: Mapping[str, Mapping[str, Value]] = {
    "AutoCreatedField": {"default": External("django.utils.timezone.now")},
    "AutoLastModifiedField": {"default": External("django.utils.timezone.now")},
    "CreationDateTimeField": {"auto_now_add": Const(True)},
    "ModificationDateTimeField": {"auto_now": Const(True)},
}


class Field(Struct, frozen=True):
    """A field of a model.

    Attributes:
        core: the class of Django that it is, or derives from; empty for a field of another library.
        declared: its class as the project names it.
        arguments: by name, whether they were given by place or by name.
        open: whether further arguments were given that only run time knows.
        origin: path of its class, where that is not of the project.
        inherited: copied from an abstract base.
        implicit: made by Django.
    """

    name: str
    core: str
    declared: str
    arguments: Mapping[str, Value]
    span: Span
    open: bool = False
    origin: str = ""
    inherited: bool = False
    implicit: bool = False

    def flag(self, name: str, fallback: bool | None = False) -> bool | None:
        """Whether an argument is true; None where only run time knows."""
        found = self.arguments.get(name)
        if found is None:
            return None if self.open else fallback
        if isinstance(found, Const):
            return bool(found.value)
        return None

    def text(self, name: str) -> str | None:
        """An argument that surely is a string."""
        return text_of(self.arguments.get(name))

    def number(self, name: str) -> int | None:
        """An argument that surely is a whole number."""
        found = self.arguments.get(name)
        value = found.value if isinstance(found, Const) else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def given(self, name: str) -> Value | None:
        """An argument other than ``None``."""
        found = self.arguments.get(name)
        return None if isinstance(found, Const) and found.value is None else found

    @property
    def primary_key(self) -> bool:
        """Whether it surely is the primary key."""
        return bool(self.flag("primary_key"))

    @property
    def relation(self) -> bool:
        """Whether it points at a model."""
        return self.core in TO_ONE or self.core == MANY_TO_MANY

    @property
    def concrete(self) -> bool:
        """Whether it is a column of the table."""
        return self.core not in PRIVATE and self.core not in COLUMNLESS and self.core != MANY_TO_MANY


def core_of(path: str | None) -> str | None:
    """The field of Django that a dotted path names."""
    if path is None:
        return None
    if path in COMPANIONS:
        return COMPANIONS[path][0]
    if not path.startswith(HOMES):
        return None
    name = path.rpartition(".")[2]
    return name if name in CORE else None


def read_field(engine: Engine, name: str, value: Value, span: Span) -> Field | None:
    """The field that a member of a model's class is; None where it is something else."""
    if not isinstance(value, Instance):
        return None
    core, declared, origin = kind_of(value)
    call = value.passed_on or value.made_by
    if not core and call is not None and "on_delete" in call.keywords:  # only foreign keys have it
        core = "OneToOneField" if "OneToOne" in declared else "ForeignKey"
    if core is None:
        return None
    if call is None:
        return Field(name, core, declared, {}, span, open=True, origin=origin)
    known = value.passed_on is not None or not own_constructor(value)
    arguments = bound(core, call)
    name = text_of(arguments.get("name")) or name
    if origin in COMPANIONS:
        length = COMPANIONS[origin][1]
        arguments = {
            **({"max_length": Const(length)} if length is not None else {}),
            **COMPANION_ARGUMENTS.get(origin.rpartition(".")[2], {}),
            **arguments,
        }
        if "multiple" in arguments:  # as long as all countries together are
            arguments["max_length"] = Unknown("the number of countries")
    return Field(name, core, declared, arguments, span, open=call.open or not known, origin=origin)


def kind_of(value: Instance) -> tuple[str | None, str, str]:
    """The core field that an object is or derives from (empty for another library's), its class, that one's path."""
    if value.kind is None:
        core = core_of(value.path)
        name = (value.path or "").rpartition(".")[2]
        if core is None and is_foreign(value.path):
            core = ""
        return core, name, value.path or ""
    for base in value.kind.lineage():
        if isinstance(base, External):
            core = core_of(base.path)
            if core is not None:
                return core, value.kind.name, base.path
            if is_foreign(base.path):
                return "", value.kind.name, base.path
    return None, value.kind.name, ""


def is_foreign(path: str | None) -> bool:
    """Whether a class of a library looks like a field of models that it brings."""
    if path is None or not path.endswith("Field") or path.startswith(HOMES):
        return False
    other = (
        "django.",
        "rest_framework.",
        "wtforms.",
        "marshmallow.",
        "graphene.",
        "pydantic.",
        "ninja.",
        "dataclasses.",
    )
    return not path.startswith(other) and "forms" not in path.split(".") and "serializers" not in path.split(".")


def own_constructor(value: Instance) -> bool:
    """Whether a class of the project has a constructor of its own, whose arguments are not Django's."""
    return value.kind is not None and any(
        isinstance(base, Class) and isinstance(base.members.get("__init__"), Function) for base in value.kind.lineage()
    )


def bound(core: str, call: Call) -> dict[str, Value]:
    """The arguments of a call by the names that Django gives them."""
    if core == "CompositePrimaryKey":
        return {**call.keywords, "names": Sequence(call.arguments, "tuple", complete=not call.open)}
    names = SIGNATURES.get(core, BASE)
    found = dict(zip(names, call.arguments, strict=False))
    found.update(call.keywords)
    return found


def column_type(field: Field, zones: bool | None) -> ColumnType:
    """What a field stores; of a relation, that is for its target to say."""
    if field.core == "ArrayField":
        return ColumnType("array", field.declared, items=inner_type(field.arguments.get("base_field"), zones))
    if field.core == "GeneratedField":
        inner = inner_type(field.arguments.get("output_field"), zones)
        return inner if inner is not None else ColumnType("unknown", field.declared)
    kind, length = KINDS.get(field.core, ("other", None))
    given = field.number("max_length")
    return ColumnType(
        kind,
        field.declared,
        length=(given if given is not None else length) if kind in ("string", "binary") else None,
        precision=field.number("max_digits") if kind == "numeric" else None,
        scale=field.number("decimal_places") if kind == "numeric" else None,
        timezone=zones if kind == "datetime" else None,
        values=choices_of(field.arguments.get("choices")),
    )


def inner_type(value: Value | None, zones: bool | None) -> ColumnType | None:
    """The type of a field inside another one."""
    if not isinstance(value, Instance):
        return None
    core, declared, _ = kind_of(value)
    if core is None or value.made_by is None:
        return None
    inner = Field("", core, declared, bound(core, value.made_by), Span("", 1))
    return column_type(inner, zones)


def choices_of(value: Value | None) -> tuple[str, ...]:
    """The values that a field allows, where all are texts that are known."""
    if isinstance(value, External) and value.name == "choices" and isinstance(value.receiver, Class):
        return members_of(value.receiver)
    if isinstance(value, Class):  # Django 5 takes the class itself
        return members_of(value)
    if isinstance(value, Record) and value.complete:
        keys = list(value.entries)
        return tuple(key for key in keys if isinstance(key, str)) if all(isinstance(key, str) for key in keys) else ()
    if not isinstance(value, Sequence) or not value.complete:
        return ()
    found: list[str] = []
    for item in value.items:
        if not isinstance(item, Sequence) or len(item.items) != 2:
            return ()
        if isinstance(item.items[1], Sequence):
            inner = choices_of(item.items[1])
            if not inner:
                return ()
            found.extend(inner)
            continue
        text = text_of(choice_value(item.items[0]))
        if text is None:
            return ()
        found.append(text)
    return tuple(found)


def members_of(cls: Class) -> tuple[str, ...]:
    """The values of an enumeration of Django."""
    found = [text_of(choice_value(value)) for value in cls.members.values() if isinstance(value, Const | Sequence)]
    return tuple(text for text in found if text is not None)


def choice_value(value: Value) -> Value:
    """The value behind a member of an enumeration, which may stand beside its label."""
    if isinstance(value, Sequence) and value.kind == "tuple" and value.items:
        return value.items[0]
    return value


def default_of(engine: Engine, field: Field) -> tuple[Default | None, str, bool]:
    """What gives a value where none is given, that value as text, and whether all rows share one object."""
    if field.core in AUTO:
        return "generated", "", False
    if field.core == "GeneratedField":
        return "generated", "", False
    if field.flag("auto_now") or field.flag("auto_now_add"):
        return "function", "", False
    found = field.arguments.get("default")
    if found is not None and not is_not_provided(found):
        value = choice_value(found)
        mutable = isinstance(found, Record) or (isinstance(found, Sequence) and found.kind != "tuple")
        return ("function" if is_callable(found) else "value"), shown(engine, value), mutable
    server = field.arguments.get("db_default")
    if server is not None and not is_not_provided(server):
        return "server", shown(engine, server), False
    return None, "", False


def is_not_provided(value: Value) -> bool:
    """Whether an argument is Django's mark for none."""
    return isinstance(value, External) and value.name == "NOT_PROVIDED"


def is_callable(value: Value) -> bool:
    """Whether a default is called for each row."""
    for option in options(value):
        if isinstance(option, Function | Native | Class):
            return True
        if isinstance(option, External) and "[" not in option.path and not option.name.isupper():
            return True
    return False


def shown(engine: Engine, value: Value) -> str:
    """A value as it is written, if that is short."""
    if isinstance(value, Const):
        return str(value.value)
    if isinstance(value, External):
        return value.path
    if isinstance(value, Function):
        return value.name
    if isinstance(value, Text) or value.origin is None:
        return ""
    source = engine.project.files.get(value.origin.path)
    text = source.data[value.origin.start : value.origin.end].decode("utf-8", "replace") if source is not None else ""
    return text if len(text) <= 80 else ""
