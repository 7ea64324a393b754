"""A serializer's `create` hands its model a field that the model does not have.

`validated_data` has every field that the serializer takes. `User.objects.create(**validated_data)` raises `TypeError:
User() got unexpected keyword arguments: 'password_again'` where one of them is no field of the model: each request that
is right is answered with 500.

Take it out before: `validated_data.pop("password_again")`, or do so in `validate`.

The rule speaks of fields that the serializer declares and requires, and that neither its `create` nor what validates
it names.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    Const,
    Entity,
    Facts,
    Function,
    Origin,
    Problem,
    Related,
    nodes_in,
    regex,
    rule,
    syntax,
    text_of,
)

from ._serializers import Declared, all_declared, names_of, serializers

ONLY_READ = frozenset({"SerializerMethodField", "ReadOnlyField", "HyperlinkedIdentityField"})
MAKING = frozenset({"create", "acreate"})
COMPUTED = regex(rb"\.pop\(\s*[^\"'\s]|\bdel\s+\w+\[[^\"']")
NAMING = ("create", "validate", "to_internal_value", "run_validation", "__init__", "get_fields", "save", "is_valid")


@rule(Category.DATABASE_RUNTIME_ERROR)
def validated_field_unknown(facts: Facts) -> Iterator[Problem]:
    """Yield each declared field that a serializer's ``create`` gives a model which lacks it."""
    if not any(pack.name == "django" for pack in facts.program.packs):
        return
    for kind, _ in serializers(facts):
        method = kind.members.get("create")
        if not isinstance(method, Function) or len(method.code.parameters) != 2:
            continue
        for entity, place in made_in(facts, method, method.code.parameters[1].name):
            for field in all_declared(kind).values():
                name = key_of(field)
                if name is None or name in names_of(entity) or names(kind, name) or names(kind, field.name):
                    continue
                span = facts.program.engine.span(place)
                yield Problem(
                    span,
                    f"`{entity.name}` is given all that `{kind.name}` takes, and has no `{name}`",
                    related=(Related(entity.span, f"`{entity.name}` is declared here"),),
                    symptom=f"500: TypeError: {entity.name}() got unexpected keyword arguments: '{name}'",
                    remedy=f'Take it out before: `validated_data.pop("{name}")`',
                    identity=f"{kind.name} {name}",
                )


def made_in(facts: Facts, method: Function, data: str) -> Iterator[tuple[Entity, Origin]]:
    """The models that a method makes of all of its data, where it does nothing else with that name."""
    nodes = list(nodes_in(method.code.body))
    if any(isinstance(one, syntax.Assign) and any(is_name(target, data) for target in one.targets) for one in nodes):
        return
    for node in nodes:
        if not isinstance(node, syntax.Call):
            continue
        spread = [one for one in node.arguments if isinstance(one, syntax.Keyword) and one.name is None]
        entity = entity_made(facts, node.callee) if any(is_name(one.value, data) for one in spread) else None
        if entity is not None:
            yield entity, Origin(method.module.path, node.start, node.end)


def is_name(node: object, name: str) -> bool:
    """Whether an expression is a name."""
    return isinstance(node, syntax.Name) and node.id == name


def entity_made(facts: Facts, callee: syntax.Expression) -> Entity | None:
    """The model of which ``Book(...)`` or ``Book.objects.create(...)`` makes an object."""
    if isinstance(callee, syntax.Member):
        manager = callee.object
        if callee.name not in MAKING or not isinstance(manager, syntax.Member) or manager.name != "objects":
            return None
        callee = manager.object
    if not isinstance(callee, syntax.Name):
        return None
    known = [one for one in facts.models.entities if one.orm == "django" and one.name == callee.id]
    kinds = [one for one in facts.program.engine.classes if one.name == callee.id]
    if len(known) != 1 or len(kinds) != 1 or known[0].open or known[0].accepts is None:
        return None
    own = [one for one in kinds[0].lineage() if isinstance(one, Class)]
    return None if any({"__init__", "objects"} & one.members.keys() for one in own) else known[0]


def key_of(field: Declared) -> str | None:
    """Under which name validated data surely has what a request gives a field."""
    if field.kind in ONLY_READ:
        return None
    for option in ("read_only", "required"):
        given = field.keyword(option)
        if given is not None and not (isinstance(given, Const) and given.value is (option == "required")):
            return None
    source = field.keyword("source")
    if source is None:
        return field.name
    name = text_of(source)
    return name if name is not None and name.isidentifier() else None


def names(kind: Class, name: str) -> bool:
    """Whether what a serializer does with its data names a field, or fields that run time chooses."""
    quoted = (f'"{name}"'.encode(), f"'{name}'".encode())
    for one in kind.lineage():
        for method in one.members.values() if isinstance(one, Class) else ():
            if isinstance(method, Function) and (method.code.name in NAMING or method.code.name.startswith("validate")):
                text = method.module.source.data[method.code.start : method.code.end]
                if any(word in text for word in quoted) or COMPUTED.search(text) is not None:
                    return True
    return False
