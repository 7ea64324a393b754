"""The constructor that SQLAlchemy writes for a class that is mapped as a dataclass."""

from __future__ import annotations

from verifier.api import Argument, Call, Class, Const, Engine, Instance, Value, syntax

from ._columns import column_in
from ._drafts import call_of, path_of, word
from ._order import ancestors

RELATED = frozenset(
    {"relationship", "association_proxy", "column_property", "composite", "deferred", "query_expression"}
)


def constructor_of(engine: Engine, cls: Class) -> tuple[Argument, ...] | None:
    """The arguments of the constructor, in order; None where the class is no dataclass, or not all of it is sure.

    Fields that a class inherits come in an order of their own, so that classes that inherit some are left alone.
    """
    if not is_dataclass(cls) or not plain_options(cls):
        return None
    others = [base for base in ancestors(cls)[1:] if isinstance(base, Class)]
    if any(is_field(statement) for base in others for statement in base.code.body):
        return None
    all_named = is_true(cls.keywords.get("kw_only"))
    found: list[Argument] = []
    for statement in cls.code.body:
        if not isinstance(statement, syntax.Assign) or not is_field(statement):
            continue
        (target,) = statement.targets
        assert isinstance(target, syntax.Name)
        if mentions(statement.annotation, "Annotated") or mentions(statement.annotation, "ClassVar"):
            return None
        made = field(target.id, cls.members.get(target.id) if statement.value is not None else None, named=all_named)
        if made is None:
            return None
        if made.name:
            found.append(made)
    return tuple(found)


def field(name: str, value: Value | None, *, named: bool) -> Argument | None:
    """One field as an argument; without a name where the constructor does not take it, None where that is not known."""
    if value is None:
        return Argument(name, required=True, named=named)
    if isinstance(value, Const):
        return Argument(name, required=False, named=named)
    call = call_of(column_in(value) or value) if isinstance(value, Instance) else None
    if call is None or (column_in(value) is None and word(value) not in RELATED) or call.open:
        return None
    given = call.keywords
    if is_false(given.get("init")):
        return Argument("")
    if "init" in given and not is_true(given["init"]):
        return None
    return Argument(name, required=not has_default(call), named=named or is_true(given.get("kw_only")))


def has_default(call: Call) -> bool:
    """Whether the dataclass has a default for a field; ``insert_default`` is none."""
    return "default" in call.keywords or "default_factory" in call.keywords


def is_dataclass(cls: Class) -> bool:
    """Whether a class is mapped as a dataclass, by a base or by a decorator."""
    if any(path_of(base).rpartition(".")[2] == "MappedAsDataclass" for base in ancestors(cls)):
        return True
    return any(mentions(node, "mapped_as_dataclass") for node in cls.code.decorators)


def plain_options(cls: Class) -> bool:
    """Whether the class itself asks for nothing else but fields that are given by name."""
    plain = all(not isinstance(node, syntax.Call) for node in cls.code.decorators)
    return plain and all(name == "kw_only" for name in cls.keywords)


def is_field(statement: object) -> bool:
    """Whether a statement of a class body declares a field."""
    return (
        isinstance(statement, syntax.Assign)
        and statement.annotation is not None
        and isinstance(statement.targets[0], syntax.Name)
        and not statement.targets[0].id.startswith("__")
    )


def mentions(node: syntax.Expression | None, name: str) -> bool:
    """Whether an expression is a name or attribute, or a part of a type of that name."""
    if isinstance(node, syntax.Call):
        return mentions(node.callee, name)
    if isinstance(node, syntax.Index):
        return mentions(node.object, name) or mentions(node.index, name)
    if isinstance(node, syntax.Display):
        return any(mentions(item, name) for item in node.items)
    if isinstance(node, syntax.Const):
        return isinstance(node.value, str) and name in node.value
    return (isinstance(node, syntax.Name) and node.id == name) or (
        isinstance(node, syntax.Member) and node.name == name
    )


def is_true(value: Value | None) -> bool:
    """Whether a value is surely true."""
    return isinstance(value, Const) and value.value is True


def is_false(value: Value | None) -> bool:
    """Whether a value is surely false."""
    return isinstance(value, Const) and value.value is False
