"""Columns: what ``Column``, ``mapped_column`` and an annotation say together."""

from __future__ import annotations

from verifier.api import (
    Call,
    Class,
    Const,
    Engine,
    External,
    Frame,
    Function,
    Instance,
    Native,
    Record,
    Sequence,
    SourceFile,
    Span,
    Value,
    options,
    syntax,
    text_of,
)

from ._drafts import ColumnDraft, ForeignDraft, KeyDraft, Root, argument_node, call_of, is_ours, path_of, word
from ._hints import Hint, split_optional
from ._moments import zone_of_default
from ._types import annotated_type, column_type, is_type, lacks_type

COLUMNS = frozenset({"Column", "mapped_column"})
# What maps the column that it is given.
AROUND = frozenset({"column_property", "deferred"})
# Arguments of a column that say nothing about it.
SILENT = frozenset({"CheckConstraint", "UniqueConstraint", "Comment", "PrimaryKeyConstraint"})
UNREAD = "an argument that is decided at run time"


def is_column(value: Value | None) -> bool:
    """Whether a value is a column, or one in a wrapper."""
    return column_in(value) is not None


def column_in(value: Value | None) -> Instance | None:
    """The column that a value is, or that it maps."""
    if not isinstance(value, Instance):
        return None
    found = word(value)
    if found in COLUMNS:
        return value
    call = call_of(value)
    if found in AROUND and call is not None and call.arguments:
        return column_in(call.arguments[0])
    return None


def flag(value: Value | None) -> bool | None:
    """A truth value that is surely known."""
    return bool(value.value) if isinstance(value, Const) and isinstance(value.value, bool | int) else None


def given(call: Call, name: str) -> Value | None:
    """An argument by name that says something: neither left out nor ``None``."""
    value = call.keywords.get(name)
    return None if value is None or (isinstance(value, Const) and value.value is None) else value


def read_column(engine: Engine, value: Instance, attribute: str, span: Span) -> ColumnDraft:
    """A column as its call declares it. Its name is the attribute's where the call gives none."""
    draft = ColumnDraft(attribute, attribute, span, source=value)
    call = call_of(value)
    if call is None:
        draft.known = False
        return draft
    draft.known = not call.open
    arguments = list(call.arguments)
    if arguments and (text_of(arguments[0]) is not None or nothing(arguments[0])):
        draft.name = text_of(arguments.pop(0)) or attribute
    name = given(call, "name")
    if name is not None:
        draft.name, draft.known = text_of(name) or draft.name, draft.known and text_of(name) is not None
    draft.key = text_of(given(call, "key")) or ""
    declared = given(call, "type_")
    for argument in arguments:
        if not take_argument(engine, draft, call, argument) and declared is None:
            declared = argument
    if declared is not None:
        draft.type = column_type(engine, declared)
        draft.known = draft.known and draft.type.kind != "unknown"
    take_keywords(engine, draft, call)
    if declared is not None and "as_mutable" in path_of(declared):
        draft.mutable_default = False  # such a type makes an object of its own of the default, for each row
    return draft


def nothing(value: Value | None) -> bool:
    """Whether a value is ``None``."""
    return isinstance(value, Const) and value.value is None


def take_argument(engine: Engine, draft: ColumnDraft, call: Call, argument: Value) -> bool:
    """Take what a positional argument says; whether it is anything but a type."""
    name = word(argument)
    if name == "ForeignKey":
        draft.keys.append(read_key(engine, argument, draft.span))
    elif name == "Sequence":
        draft.default = "generated"
    elif name in ("Identity", "Computed"):
        draft.default = "generated"
        draft.server_default = True
        if name == "Identity":
            draft.nullable = False if draft.nullable is None else draft.nullable
    elif name in ("FetchedValue", "DefaultClause"):
        draft.server_default = True
    elif name == "ColumnDefault":
        draft.default = "function"
    elif name not in SILENT and not nothing(argument):
        return False
    return True


def take_keywords(engine: Engine, draft: ColumnDraft, call: Call) -> None:
    """Take what the keywords of a column say."""
    for name in ("primary_key", "nullable", "unique", "index"):
        value = given(call, name)
        if value is None:
            continue
        known = flag(value)
        if known is None:
            draft.known = False
        elif name == "primary_key":
            draft.primary_key = known
        elif name == "nullable":
            draft.nullable = known
        elif name == "unique":
            draft.unique = known
        else:
            draft.indexed = known
    default = given(call, "default") or given(call, "insert_default")
    if default is not None:
        take_default(draft, default)
        draft.zone = zone_of_default(engine, default)
        node = argument_node(call, "default") or argument_node(call, "insert_default")
        draft.default_text = written(engine, call, node) or shown(default)
    changed = given(call, "onupdate")
    if changed is not None and draft.zone != "aware":
        draft.zone = zone_of_default(engine, changed) or draft.zone
    server = given(call, "server_default")
    if server is not None:
        draft.server_default = True
        draft.default_text = draft.default_text or written(engine, call, argument_node(call, "server_default"))
        if word(server) in ("Identity", "Computed"):
            draft.default = "generated"
    automatic = call.keywords.get("autoincrement")
    if isinstance(automatic, Const):
        draft.autoincrement = automatic.value
    draft.comment = text_of(call.keywords.get("comment")) or ""


def take_default(draft: ColumnDraft, default: Value) -> None:
    """Take the default that the program gives."""
    if word(default) == "Sequence":
        draft.default = "generated"
    elif isinstance(default, Function | Native | Class | External) or is_ours(path_of(default)):
        draft.default = "function"
    else:
        draft.default = "value"
        draft.mutable_default = isinstance(default, Sequence | Record) and not is_tuple(default)


def is_tuple(value: Value) -> bool:
    """Whether a value is a tuple, which nobody can change."""
    return isinstance(value, Sequence) and value.kind == "tuple"


def written(engine: Engine, call: Call, node: syntax.Expression | None) -> str:
    """An argument as it is written, on one line."""
    source: SourceFile | None = engine.project.files.get(call.frame.module.path)
    if node is None or source is None:
        return ""
    text = " ".join(source.data[node.start : node.end].decode("utf-8", "replace").split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def shown(value: Value) -> str:
    """A constant for a reader."""
    return repr(value.value) if isinstance(value, Const) else ""


def read_key(engine: Engine, value: Value, span: Span) -> KeyDraft:
    """``ForeignKey("users.id", ondelete="CASCADE")``."""
    call = call_of(value)
    if call is None:
        return KeyDraft(span)
    draft = KeyDraft(call.span)
    draft.on_delete = text_of(call.keywords.get("ondelete"))
    draft.on_update = text_of(call.keywords.get("onupdate"))
    target = call.argument(0, "column")
    take_target(engine, draft, call, target, argument_node(call, "column", 0))
    return draft


def take_target(
    engine: Engine, draft: KeyDraft, call: Call, target: Value | None, node: syntax.Expression | None
) -> None:
    """Take what a foreign key names: text, a column, or an attribute of a class or of a table's ``c``."""
    draft.text = text_of(target)
    if draft.text is not None:
        return
    draft.column = target
    if isinstance(node, syntax.Member):
        draft.attribute = node.name
        draft.owner = owner_of(engine, engine.evaluate(node.object, call.frame))
    elif isinstance(target, External) and target.receiver is not None:
        draft.attribute, draft.owner = target.name, owner_of(engine, target.receiver)


def owner_of(engine: Engine, value: Value) -> Value:
    """The table or class that ``table.c`` or ``Class.__table__.c`` stands for."""
    while isinstance(value, External) and value.name in ("c", "columns", "__table__") and value.receiver is not None:
        value = value.receiver
    return value


def merge(draft: ColumnDraft, inner: ColumnDraft) -> None:
    """Add what a ``mapped_column`` inside ``Annotated`` says to the one that stands at the attribute."""
    draft.primary_key = draft.primary_key or inner.primary_key
    draft.type = draft.type or inner.type
    draft.nullable = inner.nullable if draft.nullable is None else draft.nullable
    draft.unique = draft.unique or inner.unique
    draft.indexed = draft.indexed or inner.indexed
    if draft.default is None:
        draft.default, draft.mutable_default = inner.default, inner.mutable_default
        draft.zone = inner.zone
    draft.server_default = draft.server_default or inner.server_default
    draft.default_text = draft.default_text or inner.default_text
    draft.keys = draft.keys or [clone_key(key) for key in inner.keys]
    draft.autoincrement = inner.autoincrement if draft.autoincrement == "auto" else draft.autoincrement
    draft.known = draft.known and inner.known
    draft.comment = draft.comment or inner.comment


def clone_key(key: KeyDraft) -> KeyDraft:
    """A key of its own, of the same target."""
    return KeyDraft(key.span, key.text, key.column, key.owner, key.attribute, key.on_delete, key.on_update)


def take_annotation(
    engine: Engine, draft: ColumnDraft, root: Root, hint: Hint, frame: Frame, call: Call | None
) -> None:
    """Add what ``Mapped[...]`` says of a column: its nullability, its type, a column inside of ``Annotated``."""
    inner, optional = split_optional(hint)
    explicit = call is not None and "nullable" in call.keywords
    if inner.short == "Annotated":
        for argument in inner.arguments[1:]:
            if column_in(argument.value) is not None and isinstance(argument.value, Instance):
                merge(draft, read_column(engine, argument.value, draft.attribute, draft.span))
                break
    if draft.nullable is None and not explicit:
        draft.nullable = optional
    if draft.type is None and not draft.keys:
        found = annotated_type(engine, root, hint, frame)
        if found.kind == "unknown":
            found = annotated_type(engine, root, inner, frame)
        draft.type = found
        if draft.known and found.kind == "unknown" and not is_typed(call) and lacks_type(root, inner):
            draft.untyped = inner.name
        draft.known = draft.known and found.kind != "unknown"


def foreign_of(draft: ColumnDraft) -> list[ForeignDraft]:
    """The constraints that the foreign keys of a column make."""
    return [ForeignDraft([draft.name], [key], key.span, of_column=True) for key in draft.keys]


def is_typed(call: Call | None) -> bool:
    """Whether a call may give a column a type: by an argument that is neither a name nor known for something else."""
    if call is None:
        return False
    given = [one for one in call.arguments if text_of(one) is None and word(one) not in NO_TYPES]
    return bool(given) or call.open or "type_" in call.keywords


NO_TYPES = frozenset({"ForeignKey", "Sequence", "Identity", "Computed", "FetchedValue", "CheckConstraint"})


def positional_type(call: Call) -> Value | None:
    """The type among the arguments of a column."""
    return next((argument for argument in call.arguments if is_type(argument)), None)


def truth_of(value: Value | None) -> bool:
    """Whether a value surely holds."""
    return value is not None and all(isinstance(one, Const) and bool(one.value) for one in options(value))
