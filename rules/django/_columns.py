"""The columns of a model, as far as a serializer makes fields of them."""

from __future__ import annotations

from typing import NamedTuple

from verifier.api import Class, Const, Engine, External, Function, Instance, Value

HOMES = ("django.db.models.", "django.contrib.postgres.fields.")
MODEL = frozenset({"django.db.models.Model", "django.db.models.base.Model"})
AUTO = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
TO_ONE = frozenset({"ForeignKey", "OneToOneField"})
MANY = "ManyToManyField"
MOMENTS = frozenset({"DateField", "DateTimeField", "TimeField"})
DEEPEST = 20


class Column(NamedTuple):
    """A field of a model: its class in Django, empty where that is not known, and the call that declares it."""

    name: str
    kind: str
    value: Instance | None

    def given(self, name: str) -> Value | None:
        """An argument by name."""
        call = self.value.made_by if self.value is not None else None
        return call.keywords.get(name) if call is not None else None

    def flag(self, name: str, fallback: bool = False) -> bool | None:
        """Whether an argument is set; None where that is not known."""
        call = self.value.made_by if self.value is not None else None
        found = self.given(name)
        if call is None or (found is None and call.open):
            return None
        return fallback if found is None else bool(found.value) if isinstance(found, Const) else None

    @property
    def is_key(self) -> bool:
        """Whether it surely is the primary key."""
        return self.flag("primary_key") is True

    @property
    def is_relation(self) -> bool:
        """Whether it leads to other objects."""
        return self.kind in TO_ONE or self.kind == MANY

    def reads_only(self) -> bool | None:
        """Whether clients may not set it; None where that is not known."""
        if self.kind in AUTO:
            return True
        if self.kind == MANY and self.given("through") is not None:
            return True
        moment = self.kind in MOMENTS
        flags = [self.flag("auto_now"), self.flag("auto_now_add")] if moment else []
        edited = self.flag("editable", fallback=True)
        if edited is False or True in flags:
            return True
        return None if edited is None or None in flags or not self.kind else False

    def may_be_left_out(self) -> bool | None:
        """Whether it has a default, or may be empty; None where that is not known."""
        given = self.given("default")
        flags = [self.flag("null"), self.flag("blank")]
        if given is not None or True in flags:
            return True
        unknown = None in flags or not self.kind or self.given("db_default") is not None
        return None if unknown else False


class Columns(NamedTuple):
    """The fields of a model, in order; ``complete`` says whether those are all."""

    columns: dict[str, Column]
    complete: bool

    @property
    def key(self) -> Column | None:
        """The primary key."""
        return next((one for one in self.columns.values() if one.is_key or one.kind in AUTO), None)


def columns_of(engine: Engine, model: Class) -> Columns:
    """The fields of a model and its abstract bases."""
    found: dict[str, Column] = {}
    complete = True
    for base in reversed(list(model.lineage())):
        if not isinstance(base, Class):
            complete = complete and isinstance(base, External) and (base.path in MODEL or "." not in base.path)
            continue
        if not derives(base):
            continue
        if base is not model and not is_abstract(base):
            complete = False
        for name, member in base.members.items():
            value = engine.force(member)
            if isinstance(value, Const) and value.value is None:
                found.pop(name, None)
            column = column_of(name, value)
            if column is not None:
                found[name] = column
    if complete and not any(column.flag("primary_key") is not False for column in found.values()):
        found = {"id": Column("id", "AutoField", None), **found}
    return Columns(found, complete)


def column_of(name: str, value: Value) -> Column | None:
    """The field that a member of a model's class is; None for any other member."""
    if not isinstance(value, Instance):
        return None
    path = (value.path or "").removesuffix("()")
    last = path.rpartition(".")[2]
    if value.kind is None and path.startswith(HOMES):
        return Column(name, last, value) if last.endswith(("Field", "ForeignKey")) else None
    if last.endswith(("Field", "ForeignKey")):  # of another library, or of a class of the project
        return Column(name, "", value)
    return None


def derives(cls: Class) -> bool:
    """Whether a class is one of models."""
    return any(
        isinstance(base, External) and base.path.startswith(("django.db.", "django.contrib.")) for base in cls.lineage()
    )


def is_abstract(cls: Class) -> bool:
    """Whether a model has no table of its own."""
    meta = cls.members.get("Meta")
    given = meta.members.get("abstract") if isinstance(meta, Class) else None
    return isinstance(given, Const) and given.value is True


def has_member(model: Class, name: str) -> bool:
    """Whether a model's class has a method or property of a name, which a serializer only reads."""
    return any(isinstance(base, Class) and isinstance(base.members.get(name), Function) for base in model.lineage())
