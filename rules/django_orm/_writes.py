"""Statements that change rows: insert, update, delete, and what related managers do to junction tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from sqlglot import exp

from verifier.api import Call, Const, External, Instance, Sequence, Typed, Unknown, Value, options, pieces, reason_of

from ._compare import bound
from ._draft import Draft
from ._expressions import is_expression, resolve
from ._faults import FaultError, UnclearError, Word, keyword, text_word
from ._fields import AUTO, MANY_TO_MANY, TO_ONE, Field
from ._joins import near
from ._lookups import TEXTS
from ._model import Model
from ._names import Way
from ._objects import ModelObject
from ._render import select


def table_node(draft: Draft, model: Model) -> exp.Table:
    """A table that is written to."""
    table = exp.Table(this=pieces.name(draft.table_of(model)))
    span = model.concrete().span
    table.meta["entity"] = (span.path, span.line)
    return table


def inherits(model: Model) -> bool:
    """Whether rows of a model are spread over several tables."""
    return any(base.concrete() is not model.concrete() for base in model.lineage())


def insert(draft: Draft, given: Mapping[str, tuple[Value, Word]], *, open_: bool = False) -> exp.Insert:
    """INSERT of one row: all columns of the table, those that were given with their values."""
    model = draft.model
    if inherits(model):
        draft.unsure("the tables of the models that it extends", "values")
    names: list[exp.Expression] = []
    row: list[exp.Expression] = []
    for field in model.concrete().fields.values():
        if not field.concrete or field.core == "GeneratedField":
            continue
        attribute = f"{field.name}_id" if field.core in TO_ONE else field.name
        found = given.get(field.name) or given.get(attribute)
        if field.core in TO_ONE and field.name in given:
            check_object(draft, field, *given[field.name])
        if found is None and field.primary_key and "pk" in given:
            found = given["pk"]
        if found is None and field.core in AUTO:
            continue
        names.append(pieces.name(draft.registry.column_of(field), found[1].origin if found is not None else None))
        row.append(insert_value(draft, field, found[0] if found is not None else None, open_=open_))
    if open_:
        draft.unsure("values that are filled in at run time", "values")
    if model.open:
        draft.unsure(model.open[0], "values")
    table = exp.Schema(this=table_node(draft, model), expressions=names)
    return exp.Insert(this=table, expression=exp.Values(expressions=[exp.Tuple(expressions=row)]))


def check_object(draft: Draft, field: Field, value: Value, word: Word) -> None:
    """A key, given to a relation of a new row, which wants the object.

    Raises:
        FaultError: it surely is one.
    """
    if not all(map(is_key, options(value))):
        return
    label = f"{draft.model.name}.{field.name}"
    raise FaultError(
        "wrong-value",
        word.origin,
        f"`{label}` is given a key where a new row wants the object",
        f'500: ValueError: Cannot assign "1": "{label}" must be an object of its model',
        f"Write `{field.name}_id=`",
        draft.model,
    )


def is_key(value: Value) -> bool:
    """Whether a value surely is a number, a text, or the key of a row."""
    if isinstance(value, Const):
        return isinstance(value.value, int | str) and not isinstance(value.value, bool)
    if isinstance(value, Typed):
        return value.type in ("int", "str")
    return isinstance(value, External) and value.path == "django.db.models.Model.pk"


def insert_value(draft: Draft, field: Field, value: Value | None, *, open_: bool) -> exp.Expression:
    """What a column of a new row is given."""
    if value is None and open_:
        return draft.context.bindings.bound(Unknown("values that are filled in at run time"), field.name)
    if value is not None:
        return written_value(draft, value, field.name)
    default = field.arguments.get("default")
    if field.flag("auto_now") or field.flag("auto_now_add"):
        return draft.context.bindings.bound(Unknown("the time at which it runs"), field.name)
    if isinstance(default, Const) and default.value is not None:
        return draft.context.bindings.bound(Const(default.value), field.name)
    if default is not None:
        return draft.context.bindings.bound(Unknown(f"the default of `{field.name}`"), field.name)
    if "db_default" in field.arguments:
        return exp.Var(this="DEFAULT")
    if field.flag("null") is False and field.core in TEXT_CORES:
        return exp.Literal.string("")
    return exp.Null()


def written_value(draft: Draft, value: Value, name: str) -> exp.Expression:
    """What a column is set to; a hole where only run time knows."""
    if not is_expression(value):
        return bound(draft, value, name)
    try:
        return resolve(draft, value).node
    except UnclearError as unclear:
        draft.unsure(unclear.reason)
        return pieces.hole(unclear.reason, value.origin)


TEXT_CORES = TEXTS - {"GenericIPAddressField"}


def arguments_of(call: Call, skip: Iterable[str] = ()) -> dict[str, tuple[Value, Word]]:
    """The keywords of a call, with their words."""
    return {name: (value, keyword(call, name)) for name, value in call.keywords.items() if name not in skip}


def update(draft: Draft, call: Call) -> exp.Expression:
    """``update``."""
    if draft.sliced:
        raise FaultError(
            "step-out-of-order",
            call.origin,
            "`update` is called on a query of which a part was cut out already",
            "TypeError: Cannot update a query once a slice has been taken.",
            "Write `Model.objects.filter(pk__in=...).update(...)`",
        )
    settings: list[exp.Expression] = []
    related = False
    for name, (value, word) in arguments_of(call).items():
        owner, field = written_field(draft, name, word, call)
        related = related or owner is not draft.model.concrete()
        column = exp.Column(this=pieces.name(draft.registry.column_of(field), word.origin))
        if is_expression(value):
            before = set(draft.joins)
            made = resolve(draft, value)
            fresh = [alias for alias in draft.joins if alias not in before and draft.refs[alias] > 0]
            if any(draft.joins[alias].kind for alias in fresh):
                raise FaultError(
                    "joined-update",
                    value.origin or word.origin,
                    f"`{name}` is set to a field of another table, which an update cannot reach",
                    "FieldError: Joined field references are not permitted in this query",
                    "Use `Subquery` with `OuterRef`, or update row by row",
                    draft.model,
                )
            node = made.node
        else:
            node = bound(draft, value, name)
        settings.append(exp.EQ(this=column, expression=node))
    if call.open:
        draft.unsure("values that are filled in at run time", "set")
    if related:
        draft.unsure("the tables of the models that it extends", "set")
    tree = exp.Update(this=table_node(draft, draft.model), expressions=settings)
    return restricted(draft, tree)


def written_field(draft: Draft, name: str, word: Word, call: Call) -> tuple[Model, Field]:
    """The field that an update sets.

    Raises:
        FaultError: there is none.
    """
    opts = draft.opts
    text = opts.key.name if name == "pk" and opts.key is not None else name
    held = opts.fields.get(text)
    if held is None or held[1].core == MANY_TO_MANY:
        if text in opts.opaque:
            raise UnclearError(f"the field `{text}`")
        way = opts.ways.get(text)
        if way is not None and not way.hidden:
            raise FaultError(
                "unknown-field",
                word.origin,
                f"`{name}` of `{draft.model.name}` is no column, which an update could set",
                f"FieldError: Cannot update model field <{name}> (only non-relations and foreign keys permitted).",
                "Change the rows that it leads to",
                draft.model,
            )
        missing_field(draft, name, word, f"FieldDoesNotExist: {draft.model.name} has no field named '{name}'")
    assert held is not None
    if held[1].core == "":
        raise UnclearError(f"a field of another library, `{held[1].declared}`")
    return held


def missing_field(draft: Draft, name: str, word: Word, error: str) -> None:
    """A name that is no field, unless there may be further ones."""
    reasons = draft.names.reasons(draft.model, name)
    if reasons:
        raise UnclearError(reasons[0])
    if draft.names.is_of_kin(draft.model, name):
        raise UnclearError(f"`{name}`, which other models have that share a base: the code may be theirs")
    choices = sorted(draft.opts.fields)
    raise FaultError(
        "unknown-field",
        word.origin,
        f"`{draft.model.name}` has no field `{name}`",
        error,
        near(name, choices),
        draft.model,
    )


def restricted(draft: Draft, tree: exp.Expression) -> exp.Expression:
    """WHERE of a statement on one table; where the condition needs others, by a subquery."""
    draft.related = None
    draft.initial()
    live = [join for alias, join in draft.joins.items() if draft.refs[alias] > 0]
    grouped = any(made.aggregate for made in draft.annotations.values())
    if len(live) == 1 and not draft.combined and not grouped:
        where, _ = draft.where.split() if draft.where.parts else (None, None)
        node = where.node() if where is not None else None
        if draft.nothing:
            node = exp.false()
        if node is not None:
            tree.set("where", exp.Where(this=node))
        return tree
    draft.order, draft.ordered_by_default = [], False
    key = draft.reference(Word("pk"))
    draft.columns, draft.labels, draft.shown = [("pk", key)], ("pk",), []
    inner = select(draft)
    if key.field is None:
        raise UnclearError("a key that was not read")
    column = own_column(draft, key.field)
    tree.set("where", exp.Where(this=exp.In(this=column, query=exp.Subquery(this=inner))))
    return tree


def delete(draft: Draft, call: Call) -> exp.Expression:
    """``delete``."""
    if draft.sliced:
        raise FaultError(
            "step-out-of-order",
            call.origin,
            "`delete` is called on a query of which a part was cut out already",
            "TypeError: Cannot use 'limit' or 'offset' with delete().",
            "Write `Model.objects.filter(pk__in=...).delete()`",
        )
    if draft.distinct_on or draft.labels is not None:
        what = "distinct" if draft.labels is None else "values"
        raise FaultError(
            "step-out-of-order",
            call.origin,
            f"`delete` is called behind `{what}`",
            f"TypeError: Cannot call delete() after .{what}().",
            "Delete the objects themselves",
        )
    return restricted(draft, exp.Delete(this=table_node(draft, draft.model)))


def own_column(draft: Draft, field: Field) -> exp.Column:
    """A column of the table that is written to."""
    table = pieces.name(draft.table_of(draft.model))
    return exp.Column(this=pieces.name(draft.registry.column_of(field)), table=table)


def key_condition(draft: Draft, value: Value) -> exp.Expression:
    """``key = value`` of the query's own table."""
    key = draft.registry.key_of(draft.model)
    if key is None:
        raise UnclearError("a composite key")
    return exp.EQ(this=own_column(draft, key), expression=bound(draft, value, key.name))


def assigned_to(row: Instance) -> dict[str, Value]:
    """What the attributes of an object were given by the time it was saved."""
    return row.assigned() if isinstance(row, ModelObject) else row.attributes


def save(draft: Draft, call: Call, row: Instance) -> exp.Expression:
    """``save`` of an object: an insert of one that was made here, an update of one that was read."""
    fields = call.argument(None, "update_fields")
    if row.made_by is not None and isinstance(row.made_by, Call) and row.made_by.callee is row.kind and fields is None:
        given = arguments_of(row.made_by)
        for name, value in assigned_to(row).items():
            given.setdefault(name, (value, Word(name)))
        return insert(draft, given, open_=row.made_by.open)
    wanted: list[Word] | None = None
    if fields is not None and not (isinstance(fields, Const) and fields.value is None):
        if not isinstance(fields, Sequence) or not fields.complete:
            draft.unsure(reason_of(fields), "set")
        else:
            wanted = [word for item in fields.items if (word := text_word(call.engine, item)) is not None]
            if len(wanted) < len(fields.items):
                draft.unsure("fields that run time decides", "set")
    if inherits(draft.model):
        draft.unsure("the tables of the models that it extends", "set")
    settings: list[exp.Expression] = []
    names = {word.text: word for word in wanted} if wanted is not None else None
    if names is not None:
        check_saved(draft, names)
    assigned = assigned_to(row)
    for field in draft.model.concrete().fields.values():
        attribute = f"{field.name}_id" if field.core in TO_ONE else field.name
        word = names.get(field.name) or names.get(attribute) if names is not None else None
        if not field.concrete or field.primary_key or (names is not None and word is None):
            continue
        value = assigned.get(field.name) or assigned.get(attribute) or Unknown(f"the attribute `{field.name}`")
        column = exp.Column(
            this=pieces.name(draft.registry.column_of(field), word.origin if word is not None else None)
        )
        node = written_value(draft, value, field.name)
        settings.append(exp.EQ(this=column, expression=node))
    tree = exp.Update(this=table_node(draft, draft.model), expressions=settings)
    if not settings:
        raise UnclearError("fields that run time decides")
    tree.set("where", exp.Where(this=key_condition(draft, row)))
    return tree


def check_saved(draft: Draft, names: Mapping[str, Word]) -> None:
    """Names of ``update_fields`` that are no fields."""
    for name, word in names.items():
        held = draft.opts.fields.get(name)
        if held is None and name not in draft.opts.opaque and name != "pk":
            missing_field(
                draft,
                name,
                word,
                "ValueError: The following fields do not exist in this model, are m2m fields, primary keys, or are "
                f"non-concrete fields: {name}",
            )


def remove_row(draft: Draft, row: Value) -> exp.Expression:
    """``delete`` of an object."""
    tree = exp.Delete(this=table_node(draft, draft.model))
    held = key_condition(draft, row)
    tree.set("where", exp.Where(this=exp.In(this=held.this, expressions=[held.expression])))
    return tree


def bulk_update(draft: Draft, call: Call) -> exp.Expression:
    """``bulk_update``."""
    fields = call.argument(1, "fields")
    if not isinstance(fields, Sequence) or not fields.complete:
        raise UnclearError(reason_of(fields))
    settings: list[exp.Expression] = []
    for item in fields.items:
        word = text_word(call.engine, item)
        if word is None:
            raise UnclearError(reason_of(item))
        _, field = written_field(draft, word.text, word, call)
        column = exp.Column(this=pieces.name(draft.registry.column_of(field), word.origin))
        check_set(draft, call.argument(0, "objs"), field)
        settings.append(
            exp.EQ(this=column, expression=bound(draft, Unknown(f"the attribute `{word.text}`"), word.text))
        )
    tree = exp.Update(this=table_node(draft, draft.model), expressions=settings)
    key = draft.registry.key_of(draft.model)
    if key is None:
        raise UnclearError("a composite key")
    column = own_column(draft, key)
    keys = draft.context.bindings.bound(Unknown("the keys of the objects"), "keys")
    tree.set("where", exp.Where(this=exp.In(this=column, expressions=[keys])))
    return tree


def check_set(draft: Draft, rows: Value | None, field: Field) -> None:
    """Expressions that objects were given for a field, which are to be written.

    Raises:
        FaultError: one names a field that the model lacks.
    """
    for row in [*rows.items, rows.element] if isinstance(rows, Sequence) else []:
        value = row.attributes.get(field.name) if isinstance(row, Instance) else None
        if value is not None and is_expression(value):
            with suppress(UnclearError):
                resolve(draft, value)


def bulk_create(draft: Draft, call: Call) -> exp.Expression:
    """``bulk_create``: one row stands for all."""
    given = call.argument(0, "objs")
    rows = given.items if isinstance(given, Sequence) else []
    element = given.element if isinstance(given, Sequence) else None
    candidates = [row for row in [*rows, element] if isinstance(row, ModelObject) and row.made_by is not None]
    arguments: dict[str, tuple[Value, Word]] = {}
    open_ = True
    if candidates:
        made = candidates[0].made_by
        if isinstance(made, Call):
            arguments, open_ = arguments_of(made), made.open
    tree = insert(draft, arguments, open_=open_)
    ignoring = call.argument(None, "ignore_conflicts")
    if isinstance(ignoring, Const) and ignoring.value:
        tree.set("conflict", exp.OnConflict(action=exp.Var(this="DO NOTHING")))
    elif "update_conflicts" in call.keywords:
        draft.unsure("what is done about conflicts", "conflict")
    return tree


def change_related(draft: Draft, way: Way, holder: Value, name: str, call: Call) -> list[exp.Expression]:
    """``add``, ``remove``, ``set`` and ``clear`` of a related manager."""
    if way.junction is None:
        return change_owned(draft, way, holder, name, call)
    junction = way.junction
    if junction.near is None or junction.far is None:
        raise UnclearError(f"the table behind `{way.name}`")
    near_column, far_column = (junction.near, junction.far) if way.forward else (junction.far, junction.near)

    def table() -> exp.Table:
        found = exp.Table(this=pieces.name(junction.table))
        if junction.model is not None:
            found.meta["entity"] = (junction.model.span.path, junction.model.span.line)
        return found

    def owned() -> exp.Expression:
        column = exp.Column(this=pieces.name(near_column), table=pieces.name(junction.table))
        return exp.EQ(this=column, expression=bound(draft, holder, near_column))

    given = call.argument(0) if call.arguments else None
    if given is not None and name in ("add", "remove"):
        check_given(draft, way, given, call)
    if name in ("add", "set"):
        schema = exp.Schema(this=table(), expressions=[pieces.name(near_column), pieces.name(far_column)])
        other = bound(draft, given if given is not None and name == "add" else Unknown("keys"), far_column)
        row = exp.Tuple(expressions=[bound(draft, holder, near_column), other])
        made: list[exp.Expression] = [exp.Insert(this=schema, expression=exp.Values(expressions=[row]))]
        if junction.model is not None:
            draft.unsure("the other columns of the junction table", "values")
        if name == "add":
            return made
        condition = exp.And(this=owned(), expression=among(draft, junction.table, far_column))
        return [*made, exp.Delete(this=table(), where=exp.Where(this=condition))]
    if name == "remove":
        condition = exp.And(this=owned(), expression=among(draft, junction.table, far_column))
        return [exp.Delete(this=table(), where=exp.Where(this=condition))]
    return [exp.Delete(this=table(), where=exp.Where(this=owned()))]


def among(draft: Draft, table: str, column: str) -> exp.Expression:
    """``column IN (keys)``."""
    keys = draft.context.bindings.bound(Unknown("the keys of the objects"), column)
    return exp.In(this=exp.Column(this=pieces.name(column), table=pieces.name(table)), expressions=[keys])


def check_given(draft: Draft, way: Way, given: Value, call: Call) -> None:
    """An object of another model, given to a relation.

    Raises:
        FaultError: it surely is one.
    """
    from ._compare import model_of_value
    from ._draft import related_models

    model = model_of_value(draft, given) if isinstance(given, ModelObject) else None
    if model is None or related_models(model, way.target):
        return
    raise FaultError(
        "wrong-value",
        call.place(0),
        f"`{way.accessor or way.name}` holds objects of `{way.target.name}`, and is given one of `{model.name}`",
        f"TypeError: '{way.target.name}' instance expected, got <{model.name}: {model.name} object>",
        f"Give it an object of `{way.target.name}`",
        way.target,
    )


def junction_rows(draft: Draft, way: Way, holder: Value, name: str) -> exp.Expression:
    """``count`` and ``exists`` of a whole related manager: Django asks the junction table alone."""
    junction = way.junction
    assert junction is not None
    if junction.near is None or junction.far is None:
        raise UnclearError(f"the table behind `{way.name}`")
    own = junction.near if way.forward else junction.far
    table = exp.Table(this=pieces.name(junction.table))
    if junction.model is not None:
        table.meta["entity"] = (junction.model.span.path, junction.model.span.line)
    column = exp.Column(this=pieces.name(own), table=pieces.name(junction.table))
    what: exp.Expression = exp.Count(this=exp.Star()) if name == "count" else exp.Literal.number(1)
    label = exp.to_identifier("__count" if name == "count" else "a")
    tree = exp.Select(expressions=[exp.Alias(this=what, alias=label)]).from_(table, copy=False)
    tree.set("where", exp.Where(this=exp.EQ(this=column, expression=bound(draft, holder, own))))
    if name == "exists":
        tree.set("limit", exp.Limit(expression=exp.Literal.number(1)))
    return tree


def change_owned(draft: Draft, way: Way, holder: Value, name: str, call: Call) -> list[exp.Expression]:
    """The same where the other side holds the key: an update of it."""
    field = way.field
    if name in ("remove", "clear") and field.flag("null") is False:
        raise FaultError(
            "missing-manager-method",
            call.origin,
            f"`{way.accessor or way.name}` has no `{name}`: `{field.name}` of `{way.holder.name}` cannot be NULL",
            f"AttributeError: 'RelatedManager' object has no attribute '{name}'",
            "Delete the rows, or let the field be NULL",
            way.holder,
        )
    column = exp.Column(this=pieces.name(draft.registry.column_of(field)))
    value = bound(draft, holder, field.name) if name in ("add", "set") else exp.Null()
    tree = exp.Update(this=table_node(draft, draft.model), expressions=[exp.EQ(this=column, expression=value)])
    key = draft.registry.key_of(draft.model)
    if key is None:
        raise UnclearError("a composite key")
    if name == "clear":
        owner = exp.EQ(this=own_column(draft, field), expression=bound(draft, holder, field.name))
        tree.set("where", exp.Where(this=owner))
    else:
        keys = draft.context.bindings.bound(Unknown("the keys of the objects"), key.name)
        tree.set("where", exp.Where(this=exp.In(this=own_column(draft, key), expressions=[keys])))
    return [tree]
