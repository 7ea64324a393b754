"""Annotations in the body of a Python class that mean a type, and find a method of the class under its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.values import Class, Origin
from verifier.link.names import annotations_are_lazy
from verifier.link.program import is_test
from verifier.model import Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link import Facts

TYPES = frozenset({"list", "dict", "set", "tuple", "frozenset", "type"})
LATER = regex(rb"(?m)^from __future__ import[^#\n]*\bannotations\b")
# Of a method that something else decorates, only run time knows what it is.
KEEPING = frozenset({"staticmethod", "classmethod", "property", "abstractmethod", "override", "cached_property"})
OBJECTS = ("staticmethod", "classmethod", "property", "cached_property")


class ShadowedType(NamedTuple):
    """An annotation that finds a method. ``started`` tells whether the start was seen to load the file."""

    name: str
    kind: str
    span: Span
    method: Span
    started: bool


def shadowed_types(facts: Facts) -> tuple[ShadowedType, ...]:
    """The annotations that fail when the class is made, the first of each class."""
    if annotations_are_lazy(facts):
        return ()
    found: dict[Span, ShadowedType] = {}
    later = {path: LATER.search(source.data) is not None for path, source in facts.project.files.items()}
    for cls in facts.program.engine.classes:
        path = cls.module.path
        if path.endswith(".py") and not is_test(path) and not later.get(path, True):
            for one in in_class(facts, cls):
                found.setdefault(one.span, one)
                break
    return tuple(sorted(found.values(), key=lambda one: one.span))


def in_class(facts: Facts, cls: Class) -> Iterator[ShadowedType]:
    """The annotations of a class that find its methods."""
    path, span = cls.module.path, facts.program.engine.span
    methods: dict[str, syntax.Function] = {}
    for statement in cls.code.body:
        for annotation in annotations_of(statement):
            for node in syntax.nodes_in(annotation):
                held = node.object if isinstance(node, syntax.Index) else None
                if isinstance(held, syntax.Name) and held.id in methods:
                    method = methods[held.id]
                    yield ShadowedType(
                        held.id,
                        kind_of(method),
                        span(Origin(path, held.start, held.end)),
                        span(Origin(path, method.start, method.end)),
                        not facts.started.files or path in facts.started.files,
                    )
        if isinstance(statement, syntax.Function):
            methods.pop(statement.name, None)
            if statement.name in TYPES and all(word_of(one) in KEEPING for one in statement.decorators):
                methods[statement.name] = statement
        elif isinstance(statement, syntax.Assign):
            for target in statement.targets:
                methods.pop(getattr(target, "id", ""), None)
        elif not isinstance(statement, syntax.Evaluate):
            return  # a branch may bind the names anew


def annotations_of(statement: syntax.Statement) -> Iterator[syntax.Expression]:
    """What a statement of a class body has Python evaluate as annotations."""
    if isinstance(statement, syntax.Function):
        for parameter in statement.parameters:
            if parameter.annotation is not None:
                yield parameter.annotation
        if statement.returns is not None:
            yield statement.returns
    elif isinstance(statement, syntax.Assign) and statement.annotation is not None:
        yield statement.annotation


def kind_of(method: syntax.Function) -> str:
    """The type of what a class body finds under the name of a method."""
    words = [word_of(one) for one in method.decorators]
    return next((word for word in words if word in OBJECTS), "function")


def word_of(decorator: syntax.Expression) -> str:
    """The last name of a decorator."""
    return decorator.name if isinstance(decorator, syntax.Member) else getattr(decorator, "id", "")
