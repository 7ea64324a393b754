"""Python's method resolution order of the project's classes, and what each of them binds."""

from __future__ import annotations

from verifier.api import Class, Engine, Function, Instance, Memo, Origin, Unknown, Value, syntax

MOST_BASES = 60
DECLARED = "a variable that is set elsewhere"  # what the evaluator gives a name that is only annotated


def ancestors(cls: Class) -> list[Value]:
    """The class, then its bases as Python looks them up; what is no class of the project stands where it is named."""
    found = linear(cls, 0)
    return list(found) if found is not None else list(cls.lineage())


ORDERS: Memo[Class, list[Value] | None] = Memo()


def linear(cls: Class, depth: int) -> list[Value] | None:
    """C3, by identity; None where the bases contradict one another or nest without end."""
    if depth > MOST_BASES:
        return None
    if cls not in ORDERS:
        ORDERS[cls] = merged(cls, depth)
    return ORDERS[cls]


def merged(cls: Class, depth: int) -> list[Value] | None:
    """The class and the orders of its bases, merged."""
    chains: list[list[Value]] = []
    for base in cls.bases:
        chain = linear(base, depth + 1) if isinstance(base, Class) else [base]
        if chain is None:
            return None
        chains.append(list(chain))
    chains.append(list(cls.bases))
    found: list[Value] = [cls]
    while True:
        chains = [chain for chain in chains if chain]
        if not chains:
            return found
        for chain in chains:
            head = chain[0]
            if not any(holds(other[1:], head) for other in chains):
                break
        else:
            return None
        found.append(head)
        for chain in chains:
            if same_base(chain[0], head):
                del chain[0]


def same_base(left: Value, right: Value) -> bool:
    """Whether two bases are one: what a library offers is told apart by its path."""
    path = getattr(left, "path", None)
    return left is right or (type(left) is type(right) and path is not None and path == getattr(right, "path", None))


def holds(chain: list[Value], value: Value) -> bool:
    """Whether a chain holds a base."""
    return any(same_base(found, value) for found in chain)


def classes_of(cls: Class) -> list[Class]:
    """The classes of the project among its ancestors, itself first."""
    return [found for found in ancestors(cls) if isinstance(found, Class)]


def member_of(cls: Class, name: str) -> Value | None:
    """What the class or the nearest ancestor binds under a name."""
    for found in classes_of(cls):
        value = own_member(found, name)
        if value is not None:
            return value
    return None


def own_member(cls: Class, name: str) -> Value | None:
    """What a class body itself binds to a name; an annotation alone (``metadata: MetaData``) binds nothing."""
    value = cls.members.get(name)
    if isinstance(value, Unknown) and value.reason == DECLARED:
        return None
    return None if isinstance(value, Instance) and value.symbolic else value


class Attribute:
    """One name that a class body binds: its annotation as written, and its value."""

    __slots__ = ("annotation", "name", "origin", "owner", "value")

    def __init__(
        self, name: str, owner: Class, annotation: syntax.Expression | None, value: Value | None, origin: Origin
    ) -> None:
        self.name = name
        self.owner = owner
        self.annotation = annotation
        self.value = value
        self.origin = origin


def attributes(engine: Engine, cls: Class) -> list[Attribute]:
    """What a class body binds and declares, in its order; then what was set on the class later."""
    found: dict[str, Attribute] = {}
    collect(engine, cls, cls.code.body, found)
    for name in cls.members:
        value = own_member(cls, name)
        if name not in found and value is not None:
            value = engine.force(value)
            found[name] = Attribute(name, cls, None, value, value.origin or origin_of(cls, cls.code))
    return list(found.values())


def collect(engine: Engine, cls: Class, statements: tuple[syntax.Statement, ...], found: dict[str, Attribute]) -> None:
    """Take the names that statements bind."""
    for statement in statements:
        if isinstance(statement, syntax.Assign):
            for target in statement.targets:
                if not isinstance(target, syntax.Name):
                    continue
                bare = statement.value is None
                value = None if bare else cls.members.get(target.id)
                if bare and target.id in found:
                    continue
                value = engine.force(value) if value is not None else None
                found[target.id] = Attribute(target.id, cls, statement.annotation, value, origin_of(cls, statement))
        elif isinstance(statement, syntax.Function):
            value = cls.members.get(statement.name)
            if value is not None:
                found[statement.name] = Attribute(statement.name, cls, None, value, origin_of(cls, statement))
        elif isinstance(statement, syntax.If):
            known = {name for name in cls.members if name not in found}
            if not for_typing(statement):
                collect(engine, cls, statement.body, found)
            collect(engine, cls, statement.orelse, found)
            for name in [name for name in found if name not in known and name not in cls.members]:
                if found[name].value is None and found[name].annotation is None:
                    del found[name]


def for_typing(statement: syntax.If) -> bool:
    """Whether a statement is ``if TYPE_CHECKING:``, whose body only type checkers see."""
    test = statement.test
    name = test.name if isinstance(test, syntax.Member) else test.id if isinstance(test, syntax.Name) else ""
    return name == "TYPE_CHECKING"


def origin_of(cls: Class, node: syntax.Place) -> Origin:
    """A node of a class body as an origin."""
    return Origin(cls.module.path, node.start, node.end)


def is_declared(value: Value | None) -> bool:
    """Whether a member is a function under ``@declared_attr`` in one of its forms."""
    if not isinstance(value, Function):
        return False
    return any(
        name.endswith(
            ("declared_attr", "declared_attr.directive", "declared_attr.cascading", "declared_attr_cascading")
        )
        for name in value.decorators
    )


def is_cascading(value: Value | None) -> bool:
    """Whether it is made anew for each class."""
    return isinstance(value, Function) and any(name.endswith("cascading") for name in value.decorators)


def is_classmethod(function: Function) -> bool:
    """Whether a method takes its class."""
    return any(isinstance(node, syntax.Name) and node.id == "classmethod" for node in function.code.decorators)
