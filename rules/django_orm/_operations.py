"""The operations of migrations, applied to the models that they describe."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from verifier.api import (
    Class,
    Const,
    Engine,
    External,
    Instance,
    Record,
    Sequence,
    Span,
    Value,
    options,
    regex,
    replace,
    text_of,
)

from ._fields import read_field
from ._model import Model, groups_in

SIGNATURES: Mapping[str, tuple[str, ...]] = {
    "CreateModel": ("name", "fields", "options", "bases", "managers"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "AlterIndexTogether": ("name", "index_together"),
    "AlterOrderWithRespectTo": ("name", "order_with_respect_to"),
    "AlterModelOptions": ("name", "options"),
    "AddField": ("model_name", "name", "field", "preserve_default"),
    "RemoveField": ("model_name", "name"),
    "AlterField": ("model_name", "name", "field", "preserve_default"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AddIndex": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name"),
    "RenameIndex": ("model_name", "new_name", "old_name", "old_fields"),
    "AddConstraint": ("model_name", "constraint"),
    "AlterConstraint": ("model_name", "name", "constraint"),
    "RemoveConstraint": ("model_name", "name"),
    "SeparateDatabaseAndState": ("database_operations", "state_operations"),
    "RunSQL": ("sql", "reverse_sql", "state_operations"),
}
SAME_AS = {
    "AddIndexConcurrently": "AddIndex",
    "RemoveIndexConcurrently": "RemoveIndex",
    "AddConstraintNotValid": "AddConstraint",
}
# Operations that leave all tables and columns as they are.
WITHOUT_EFFECT = frozenset(
    {
        "AlterModelManagers",
        "AlterModelTableComment",
        "BloomExtension",
        "BtreeGinExtension",
        "BtreeGistExtension",
        "CITextExtension",
        "CreateCollation",
        "CreateExtension",
        "CryptoExtension",
        "HStoreExtension",
        "RemoveCollation",
        "RunPython",
        "TrigramExtension",
        "UnaccentExtension",
        "ValidateConstraint",
    }
)
DEFINING = regex(r"\b(?:create|alter|drop|rename)\s+(?:temp(?:orary)?\s+)?(?:unlogged\s+)?table\b", re.IGNORECASE)
OPTIONS = frozenset({"managed", "default_related_name", "ordering", "base_manager_name", "order_with_respect_to"})


class UnappliedError(Exception):
    """An operation that cannot be applied; the text completes "depends on ..."."""


class UnmadeError(UnappliedError):
    """An operation on a model that Django believes in, but which no operation has made in the database."""


class State:
    """Models by label, as the operations so far have made them.

    ``open`` are reasons, by application. ``believed`` is what Django takes the database for, where that differs: it
    tells which table an operation means whose model was never made in the database.
    """

    def __init__(self, engine: Engine, believed: State | None = None) -> None:
        self.engine = engine
        self.believed = believed
        self.models: dict[str, Model] = {}
        self.open: dict[str, list[str]] = {}

    def model(self, app: str, name: Value | None) -> Model:
        """The model that an operation is about."""
        text = text_of(name)
        if text is None:
            raise UnappliedError("the name of a model")
        found = self.models.get(f"{app}.{text}".lower())
        if found is None and self.believed is not None:
            known = self.believed.models.get(f"{app}.{text}".lower())
            if known is not None and not self.adopt(known):
                raise UnmadeError
            found = self.models.get(f"{app}.{text}".lower())
        if found is None:
            raise UnappliedError(f"the model `{text}`, which no migration creates")
        return found

    def adopt(self, known: Model) -> bool:
        """Give the table that a model is believed to have the name of that model; whether there is such a table."""
        table = table_of(known)
        found = next((model for model in self.models.values() if table_of(model) == table), None)
        if found is None:
            return False
        old = found.key
        del self.models[old]
        found.options.setdefault("db_table", Const(table))
        found.app, found.name = known.app, known.name
        self.models[found.key] = found
        self.point(old, found)
        return True

    def point(self, old: str, model: Model) -> None:
        """Let what pointed at an old name point at a model."""
        label = Const(model.label)
        for other in self.models.values():
            for key, field in other.fields.items():
                changed = {
                    argument: label
                    for argument in ("to", "through")
                    if (text := text_of(field.arguments.get(argument))) is not None
                    and (text if "." in text else f"{other.app}.{text}").lower() == old
                }
                if changed:
                    other.fields[key] = replace(field, arguments={**field.arguments, **changed})

    def doubt(self, app: str, reason: str) -> None:
        """Note that something of an application was not read."""
        reasons = self.open.setdefault(app, [])
        if reason not in reasons:
            reasons.append(reason)

    def apply(self, app: str, operation: Value, *, database: bool) -> None:
        """Apply one operation, to the database or to what Django believes of it."""
        held = self.engine.force(operation)
        if not isinstance(held, Instance):
            for option in options(held):
                if option is not held:
                    self.doubt(app, "an operation that run time chooses")
            if not options(held) or len(options(held)) == 1:
                self.doubt(app, "an operation that only run time knows")
            return
        name = operation_name(held)
        call = held.passed_on or held.made_by
        if name is None or call is None:
            self.doubt(app, f"the operation `{held.type_name}`")
            return
        if name in WITHOUT_EFFECT:
            return
        given = dict(zip(SIGNATURES[name], call.arguments, strict=False))
        given.update(call.keywords)
        span = self.engine.span(held.origin) if held.origin is not None else call.span
        try:
            if name in ("SeparateDatabaseAndState", "RunSQL"):
                self.mixed(app, name, given, database=database)
            else:
                APPLY[name](self, app, {key: self.engine.force(value) for key, value in given.items()}, span)
        except UnmadeError:
            return
        except UnappliedError as problem:
            self.doubt(app, str(problem))

    def mixed(self, app: str, name: str, given: Mapping[str, Value], *, database: bool) -> None:
        """Operations that do one thing to the database and another to what Django believes of it."""
        if name == "RunSQL":
            if database:
                self.run_sql(app, given.get("sql"))
            parts = given.get("state_operations")
        else:
            parts = given.get("database_operations" if database else "state_operations")
        held = self.engine.force(parts) if parts is not None else None
        for item in held.items if isinstance(held, Sequence) else ():
            self.apply(app, item, database=database)

    def run_sql(self, app: str, value: Value | None) -> None:
        """SQL that may define tables: those that it names are open."""
        texts = self.texts(value)
        if texts is None:
            self.doubt(app, "SQL that only run time knows")
            return
        for text in texts:
            if DEFINING.search(text) is None:
                continue
            words = {word.lower() for word in re.findall(r"\w+", text)}
            for model in self.models.values():
                if table_of(model).lower() in words and "SQL of a migration" not in model.open:
                    model.open.append("SQL of a migration")

    def texts(self, value: Value | None) -> list[str] | None:
        """The statements of ``RunSQL``: a text, or a list of texts and of texts with parameters."""
        held = self.engine.force(value) if value is not None else None
        text = text_of(held)
        if text is not None:
            return [text]
        if isinstance(held, External) and held.name == "noop":
            return []
        if not isinstance(held, Sequence) or not held.complete:
            return None
        found = []
        for item in held.items:
            inner = item.items[0] if isinstance(item, Sequence) and item.items else item
            text = text_of(inner)
            if text is None:
                return None
            found.append(text)
        return found


def table_of(model: Model) -> str:
    """The name of a model's table."""
    return text_of(model.options.get("db_table")) or f"{model.app}_{model.model_name}"


def operation_name(value: Instance) -> str | None:
    """The operation of Django that an object is."""
    paths = [value.path] if value.kind is None else []
    if value.kind is not None:
        paths = [base.path for base in value.kind.lineage() if isinstance(base, External)]
    for path in paths:
        name = (path or "").rpartition(".")[2]
        name = SAME_AS.get(name, name)
        if (path or "").startswith("django.") and (name in SIGNATURES or name in WITHOUT_EFFECT):
            return name
    return None


def create_model(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``CreateModel``."""
    name, fields = text_of(given.get("name")), given.get("fields")
    if name is None or not isinstance(fields, Sequence):
        raise UnappliedError("a model that only run time knows")
    model = Model(name, app, span)
    if not fields.complete:
        model.open.append("fields that run time adds")
    for item in fields.items:
        pair = state.engine.force(item)
        parts = pair.items if isinstance(pair, Sequence) else []
        key = text_of(parts[0]) if len(parts) == 2 else None
        if key is None:
            model.open.append("a field that only run time knows")
            continue
        set_field(state, model, key, state.engine.force(parts[1]))
    chosen = given.get("options")
    if isinstance(chosen, Record):
        model.options = {str(key): state.engine.force(value) for key, value in chosen.entries.items()}
    bases = given.get("bases")
    for base in bases.items if isinstance(bases, Sequence) else ():
        text = text_of(state.engine.force(base))
        if text is not None:
            label = text if "." in text else f"{app}.{text}"
            parent = state.models.get(label.lower())
            if parent is not None:
                model.parents.append(parent)
    state.models[model.key] = model


def set_field(state: State, model: Model, name: str, value: Value) -> None:
    """Give a model a field."""
    span = state.engine.span(value.origin) if value.origin is not None else model.span
    field = read_field(state.engine, name, value, span)
    if field is None:
        if isinstance(value, Instance) and isinstance(value.kind, Class):
            model.open.append(f"the field `{name}`, of the class `{value.kind.name}`")
        elif not isinstance(value, Instance) or not (value.path or "").endswith("Manager"):
            model.open.append(f"the field `{name}`")
        return
    model.fields[name] = replace(field, name=name)


def delete_model(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``DeleteModel``."""
    del state.models[state.model(app, given.get("name")).key]


def rename_model(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``RenameModel``: fields that pointed at the old name point at the new one."""
    model, name = state.model(app, given.get("old_name")), text_of(given.get("new_name"))
    if name is None:
        raise UnappliedError("the new name of a model")
    old = model.key
    del state.models[old]
    model.name = name
    state.models[model.key] = model
    state.point(old, model)


def alter_model_table(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``AlterModelTable``."""
    model, table = state.model(app, given.get("name")), given.get("table")
    if table is None or (isinstance(table, Const) and table.value is None):
        model.options.pop("db_table", None)
    else:
        model.options["db_table"] = table


def alter_together(option: str) -> Callable[[State, str, Mapping[str, Value], Span], None]:
    """``AlterUniqueTogether`` and ``AlterIndexTogether``."""

    def apply(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
        model, value = state.model(app, given.get("name")), given.get(option)
        if groups_in(value) is None:
            model.open.append(f"`{option}`")
        model.options[option] = value if value is not None else Sequence()

    return apply


def alter_order(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``AlterOrderWithRespectTo``."""
    model, value = state.model(app, given.get("name")), given.get("order_with_respect_to")
    model.options.pop("order_with_respect_to", None)
    if value is not None and text_of(value) is not None:
        model.options["order_with_respect_to"] = value


def alter_options(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``AlterModelOptions``: of what concerns tables, ``managed`` alone."""
    model, value = state.model(app, given.get("name")), given.get("options")
    if isinstance(value, Record):
        model.options.pop("managed", None)
        if "managed" in value.entries:
            model.options["managed"] = state.engine.force(value.entries["managed"])


def add_field(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``AddField`` and ``AlterField``."""
    model, name, field = state.model(app, given.get("model_name")), text_of(given.get("name")), given.get("field")
    if name is None or field is None:
        raise UnappliedError("the name of a field")
    set_field(state, model, name, field)


def remove_field(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``RemoveField``."""
    model, name = state.model(app, given.get("model_name")), text_of(given.get("name"))
    if name is None:
        raise UnappliedError("the name of a field")
    if model.fields.pop(name, None) is None:
        raise UnappliedError(f"the field `{name}` of `{model.name}`, which no migration adds")


def rename_field(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``RenameField``: the field keeps its place."""
    model = state.model(app, given.get("model_name"))
    old, new = text_of(given.get("old_name")), text_of(given.get("new_name"))
    if old is None or new is None or old not in model.fields:
        raise UnappliedError(f"the field `{old}` of `{model.name}`, which no migration adds")
    model.fields = {
        (new if key == old else key): (replace(field, name=new) if key == old else field)
        for key, field in model.fields.items()
    }
    model.renamed[old] = new
    for other in state.models.values():
        for key, field in other.fields.items():
            if field.text("to_field") == old and (field.text("to") or "").lower() in (model.key, model.model_name):
                other.fields[key] = replace(field, arguments={**field.arguments, "to_field": Const(new)})


def add_item(option: str, argument: str) -> Callable[[State, str, Mapping[str, Value], Span], None]:
    """``AddIndex`` and ``AddConstraint``."""

    def apply(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
        model, value = state.model(app, given.get("model_name")), given.get(argument)
        if value is None:
            raise UnappliedError(f"an item of `{option}`")
        model.options[option] = Sequence([*items_of(model, option), value])

    return apply


def remove_item(option: str) -> Callable[[State, str, Mapping[str, Value], Span], None]:
    """``RemoveIndex`` and ``RemoveConstraint``."""

    def apply(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
        model, name = state.model(app, given.get("model_name")), text_of(given.get("name"))
        kept = [item for item in items_of(model, option) if item_name(state.engine.force(item)) != name]
        model.options[option] = Sequence(kept)

    return apply


def alter_constraint(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``AlterConstraint``."""
    remove_item("constraints")(state, app, given, span)
    add_item("constraints", "constraint")(state, app, given, span)


def rename_index(state: State, app: str, given: Mapping[str, Value], span: Span) -> None:
    """``RenameIndex``: only the name changes, which nothing here depends on."""
    state.model(app, given.get("model_name"))


def items_of(model: Model, option: str) -> list[Value]:
    """The indexes or constraints of a model."""
    value = model.options.get(option)
    return value.items if isinstance(value, Sequence) else []


def item_name(value: Value) -> str | None:
    """The name of an index or constraint."""
    return text_of(value.made_by.keywords.get("name")) if isinstance(value, Instance) and value.made_by else None


APPLY: Mapping[str, Callable[[State, str, Mapping[str, Value], Span], None]] = {
    "CreateModel": create_model,
    "DeleteModel": delete_model,
    "RenameModel": rename_model,
    "AlterModelTable": alter_model_table,
    "AlterUniqueTogether": alter_together("unique_together"),
    "AlterIndexTogether": alter_together("index_together"),
    "AlterOrderWithRespectTo": alter_order,
    "AlterModelOptions": alter_options,
    "AddField": add_field,
    "AlterField": add_field,
    "RemoveField": remove_field,
    "RenameField": rename_field,
    "AddIndex": add_item("indexes", "index"),
    "RemoveIndex": remove_item("indexes"),
    "RenameIndex": rename_index,
    "AddConstraint": add_item("constraints", "constraint"),
    "AlterConstraint": alter_constraint,
    "RemoveConstraint": remove_item("constraints"),
}
