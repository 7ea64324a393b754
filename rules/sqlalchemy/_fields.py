"""SQLModel: ``Field(...)`` and ``Relationship(...)`` in the words of SQLAlchemy."""

from __future__ import annotations

from verifier.api import (
    UNKNOWN_TYPE,
    Class,
    ColumnType,
    Engine,
    External,
    Frame,
    Record,
    Sequence,
    Span,
    Unknown,
    Value,
    syntax,
    text_of,
)

from ._columns import column_in, flag, given, nothing, read_column, read_key, shown, take_default
from ._drafts import ColumnDraft, KeyDraft, RelationshipDraft, Root, call_of, entries, word
from ._hints import Hint, split_optional
from ._types import PYTHON, column_type, enum_type, is_enum, lacks_type, number

TEXTS = frozenset("ipaddress.IPv4Address ipaddress.IPv4Network ipaddress.IPv6Address ipaddress.IPv6Network "
                  "pathlib.Path pydantic.EmailStr pydantic.networks.EmailStr".split())  # fmt: skip


def read_field(
    engine: Engine, root: Root, name: str, value: Value | None, hint: Hint, span: Span, frame: Frame
) -> ColumnDraft | None:
    """A field of a table model as the column that SQLModel makes of it."""
    inner, optional = split_optional(hint)
    if inner.short == "Annotated":
        for argument in inner.arguments[1:]:
            if word(argument.value) == "Field" and value is None:
                value = argument.value
        inner = inner.arguments[0]
    draft = ColumnDraft(name, name, span)
    call = call_of(value) if word(value) == "Field" else None
    if word(value) == "Field" and call is None:
        draft.known = False
    keywords = call.keywords if call is not None else {}
    explicit = keywords.get("sa_column")
    column = column_in(explicit)
    if column is not None:
        return read_column(engine, column, name, span)
    if explicit is not None and not nothing(explicit):
        draft.known = False
    declared = keywords.get("sa_type")
    draft.type = column_type(engine, declared) if declared is not None else field_type(inner, keywords)
    draft.known = draft.known and (call is None or not call.open)
    if draft.known and declared is None and draft.type.kind == "unknown" and lacks_type(root, inner):
        draft.untyped = inner.name
    draft.known = draft.known and draft.type.kind != "unknown"
    draft.primary_key = flag(keywords.get("primary_key")) or False
    default = call.argument(0, "default") if call is not None else value
    factory = keywords.get("default_factory")
    draft.nullable = not draft.primary_key and (optional or (nothing(default) and optional))
    nullable = given(call, "nullable") if call is not None else None
    if nullable is not None:
        draft.nullable = flag(nullable)
    draft.indexed = flag(keywords.get("index")) or False
    draft.unique = flag(keywords.get("unique")) or False
    if factory is not None:
        draft.default = "function"
    elif default is not None and not nothing(default) and not is_required(default):
        take_default(draft, default)
        draft.mutable_default = False  # pydantic copies it for each object
        draft.default_text = shown(default)
    foreign = text_of(keywords.get("foreign_key"))
    if foreign is not None:
        draft.keys.append(KeyDraft(span, foreign, on_delete=text_of(keywords.get("ondelete"))))
    more = keywords.get("sa_column_args")
    for item in more.items if isinstance(more, Sequence) else []:
        if word(item) == "ForeignKey":
            draft.keys.append(read_key(engine, item, span))
    take_more(draft, entries(keywords.get("sa_column_kwargs")))
    return draft


def is_required(default: Value) -> bool:
    """Whether a default is ``...``, which says that there is none."""
    if isinstance(default, Unknown):
        return "`ellipsis`" in default.reason
    return isinstance(default, External) and default.name in ("Ellipsis", "Undefined")


def take_more(draft: ColumnDraft, keywords: dict[str, Value]) -> None:
    """Take ``sa_column_kwargs``."""
    draft.name = text_of(keywords.get("name")) or draft.name
    for name, attribute in (("nullable", "nullable"), ("unique", "unique"), ("index", "indexed"),
                            ("primary_key", "primary_key")):  # fmt: skip
        known = flag(keywords.get(name))
        if known is not None:
            setattr(draft, attribute, known)
    draft.server_default = "server_default" in keywords and not nothing(keywords["server_default"])
    default = keywords.get("default")
    if default is not None and not nothing(default):
        take_default(draft, default)


def field_type(hint: Hint, keywords: dict[str, Value]) -> ColumnType:
    """The type that SQLModel makes of an annotation."""
    if isinstance(hint.value, Class):
        return enum_type(hint.value) if is_enum(hint.value) else UNKNOWN_TYPE
    if hint.short == "Annotated" and hint.arguments:
        return field_type(hint.arguments[0], keywords)
    if hint.short == "Literal":
        return ColumnType("string", "AutoString")
    path = hint.value.path if isinstance(hint.value, External) else ""
    if path in TEXTS or path == "str":
        return ColumnType("string", "AutoString", length=number(keywords.get("max_length")))
    if path in ("datetime.datetime", "pydantic.AwareDatetime"):
        return ColumnType("datetime", "UTCDateTime", timezone=True)
    if path == "pydantic.NaiveDatetime":
        return ColumnType("datetime", "DateTime", timezone=False)
    if path == "decimal.Decimal":
        return ColumnType(
            "numeric",
            "Numeric",
            precision=number(keywords.get("max_digits")),
            scale=number(keywords.get("decimal_places")),
        )
    return PYTHON.get(path, UNKNOWN_TYPE)


def take_relationship(value: Value | None, name: str, span: Span, hint: Hint | None) -> RelationshipDraft | None:
    """``Relationship(back_populates="x", link_model=Link)`` as the relationship that it makes."""
    call = call_of(value)
    if call is None:
        return None
    explicit = call_of(call.keywords.get("sa_relationship"))
    arguments: dict[str, Value] = {}
    nodes: dict[str, syntax.Expression] = {}
    if explicit is not None:
        arguments = dict(explicit.keywords)
        if explicit.arguments:
            arguments.setdefault("argument", explicit.arguments[0])
    else:
        populates = given(call, "back_populates")
        if populates is not None:
            arguments["back_populates"] = populates
        link = given(call, "link_model")
        if link is not None:
            arguments["secondary"] = link
        more = call.keywords.get("sa_relationship_kwargs")
        arguments.update(entries(more))
        if isinstance(more, Record) and not more.complete:
            return RelationshipDraft(name, span, arguments, nodes, call.frame, hint, known=False)
    return RelationshipDraft(name, span, arguments, nodes, call.frame, hint, known=not call.open)
