"""An object of a mapped class is taken apart as if it were a row.

`.scalar_one()` and `.scalars().first()` give one object, the first thing in each row, also where
the statement selects several. `comment, author = result.scalar_one()`, `Seen._make(result.scalar_one())`,
`dict(user)` and a loop over it raise `TypeError: 'Comment' object is not iterable`, and the request is answered with
500.

Fetch the row: `.one()`, `.first()`; or read the attributes of the object.

Classes with an `__iter__` of their own are left alone, and functions that ask what they have (`isinstance`, `hasattr`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import (
    BARE_BASES,
    Category,
    Class,
    Context,
    Facts,
    Instance,
    Native,
    Origin,
    Problem,
    Value,
    is_test,
    regex,
    rule,
    syntax,
    taken_contexts,
)

from ._rows import Result

OF_RESULTS = frozenset({"scalar", "scalar_one", "scalar_one_or_none"})
OF_SCALARS = frozenset({"first", "one", "one_or_none"})
TAKING = frozenset({"list", "tuple", "dict", "set", "sorted", "len", "_make"})
ITERATING = frozenset({"__iter__", "__getitem__", "keys", "__len__"})

ASKING = regex(rb"\b(?:isinstance|hasattr)\(")  # a function that asks what it has


@rule(Category.DATABASE_RUNTIME_ERROR)
def object_as_row(facts: Facts) -> Iterator[Problem]:
    """Yield each place where an object is taken apart."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if function.module.javascript or is_test(path):
            continue
        if ASKING.search(facts.project.files[path].data[function.code.start : function.code.end]):
            continue
        for node, context, _ in body.calls:
            name = object_of(facts, facts.seen.targets.get(Origin(path, node.start, node.end), ()))
            for use in taken_contexts(context) if name is not None else ():
                if takes_apart(use):
                    span = facts.program.engine.span(Origin(path, *use.place))
                    yield Problem(
                        span,
                        f"This is an object of `{name}`, and is taken apart like a row",
                        symptom=f"500: TypeError: '{name}' object is not iterable",
                        remedy="Fetch the row (`.one()`, `.first()`), or read the attributes of the object",
                        routes=facts.routes_at(span),
                        identity=str(name),
                    )


def object_of(facts: Facts, targets: Iterable[Value]) -> str | None:
    """The class of the object that a call surely gives, if it finds one."""
    found = [class_of(target) for target in targets]
    kinds = {one.name for one in found if one is not None}
    if None in found or len(kinds) != 1:
        return None
    kind = found[0]
    return kinds.pop() if kind is not None and facts.entity_of(kind) is not None and is_plain(kind) else None


def is_plain(kind: Class) -> bool:
    """Whether objects of a class surely cannot be gone over: all its ancestors are known for that."""
    return not any(
        ITERATING & one.members.keys()
        if isinstance(one, Class)
        else not (getattr(one, "path", None) or "").startswith(("sqlalchemy.", "flask_sqlalchemy.", *BARE_BASES))
        for one in kind.lineage()
    )


def class_of(target: Value) -> Class | None:
    """The class of the object that one thing gives when it is called."""
    if isinstance(target, Native) and isinstance(target.holder, Result):
        wanted = OF_SCALARS if target.holder.single else OF_RESULTS
        value = target.holder.value
        return value.kind if target.name in wanted and isinstance(value, Instance) else None
    return None


def takes_apart(use: Context) -> bool:
    """Whether a use goes over the items of something."""
    if use.kind in ("iterated", "unpacked"):
        return True
    if use.kind != "given" or use.call is None or use.position != 0:
        return False
    callee = use.call.callee
    name = callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
    return name in TAKING and (name == "_make") == isinstance(callee, syntax.Member)
