"""A function, method or class of the project is called with arguments that it does not take.

Python raises `TypeError: create_article() missing 1 required positional argument: 'author'`, `got an unexpected keyword
argument 'slug'` or `takes 2 positional arguments but 3 were given` when the line is run: each request that comes by is
answered with 500. Most often a function was given other parameters, and a caller still calls it as it was before.

JavaScript takes what it is given, and lets the rest be `undefined`: the rule speaks where a function takes that apart
or reads of it at once. `function save({ title })`, called as `save()`, throws `TypeError: Cannot destructure property
'title' of 'undefined' as it is undefined`.

Give the function what it takes, or let it take what it is given.

The rule speaks only where it is known what is called, and of nothing that may be another thing at run time: a method
that a class below defines in another way, a name that code assigns to, a function whose decorators may change what it
takes, and functions that ask for a `TypeError` are left alone. Of calls with `*` and `**` it says what holds whatever
these bring.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    Confidence,
    Facts,
    Function,
    GivenArguments,
    Instance,
    OwnCall,
    Problem,
    Related,
    Value,
    decorator_name,
    given_by,
    is_test,
    own_calls,
    refusal,
    regex,
    rule,
    syntax,
    taken_by,
)

from ._classes import is_given
from ._constructors import class_refusal
from ._receivers import has_hidden_heirs, heirs, innermost, is_certain, is_protocol, is_stub, keeps_signature
from ._undefined_parameters import constructor_of, is_assigned, undefined_refusal

EXPECTING = regex(rb"\bTypeError\b|\binspect\b|\bgetfullargspec\b|\b__code__\b|\bsignature\(")


@rule(Category.BUSINESS_LOGIC_DEFECT, unless=("startup/missing-argument", "startup/undefined-part"))
def wrong_arguments(facts: Facts) -> Iterator[Problem]:
    """Yield each call that Python refuses for its arguments."""
    for call in own_calls(facts):
        if is_test(call.path):
            continue
        given = given_by(call.node)
        told = [refused(facts, call, target, given) for target in call.targets]
        found = [one for one in told if one is not None]
        if found and len(found) == len(told) and not is_expected(facts, call):
            yield problem(facts, call, *found[0])


def refused(facts: Facts, call: OwnCall, target: Function | Class, given: GivenArguments) -> tuple[str, Value] | None:
    """What Python says of a call of one thing, and what refuses it; None where it may be fine."""
    if is_test(getattr(target.module, "path", "")):
        return None
    if target.module.javascript:
        return undefined(facts, call, target, given)
    if isinstance(target, Class):
        return class_refused(facts, call, target, given)
    inner = innermost(target)
    told = refusal(taken_by(target.code, is_bound(target), f"{inner.code.qualified}()"), given)
    if told is None or not is_own_name(call, target) or not keeps_signature(facts, target):
        return None
    if inner is not target and inner.owner is not None and not is_wrapped_method(target, inner):
        return None
    if target.owner is not None and is_stub(target):
        return None
    if isinstance(target.bound, Instance) and target.bound.kind is not None and is_protocol(target.bound.kind):
        return None
    if is_given(facts, call.name, "python"):
        return None

    def refuses(other: Function) -> bool:
        bound = int(target.bound is not None and not other.code.static)
        return refusal(taken_by(other.code, bound), given) is not None and keeps_signature(facts, other)

    return (told, target) if is_certain(facts, target, holder_of(call), refuses) else None


def undefined(facts: Facts, call: OwnCall, target: Function | Class, given: GivenArguments) -> tuple[str, Value] | None:
    """What Node says where an argument is needed that is not given, and what needs it; None where it may be fine."""
    function = constructor_of(target) if isinstance(target, Class) else target
    if function is None or innermost(target if isinstance(target, Function) else function) is not function:
        return None
    name = target.name if isinstance(target, Class) else target.code.name
    if name != call.name or function.code.accessor is not None or function.code.decorators:
        return None
    told = undefined_refusal(function, given)
    if told is None or (isinstance(target, Function) and is_assigned(facts, target, name)):
        return None

    def refuses(other: Function) -> bool:
        return undefined_refusal(other, given) is not None

    if isinstance(target, Function) and not is_certain(facts, target, holder_of(call), refuses):
        return None
    return told, target


def holder_of(call: OwnCall) -> syntax.Expression | None:
    """What a method is read from."""
    callee = call.node.callee
    return callee.object if isinstance(callee, syntax.Member) else None


def class_refused(facts: Facts, call: OwnCall, target: Class, given: GivenArguments) -> tuple[str, Value] | None:
    """What Python says of a call of a class, or of ``cls`` in one of its methods."""
    if call.name == target.name:
        return class_refusal(facts, target, given)
    if call.name != "cls" or has_hidden_heirs(facts, target, "__init__"):
        return None
    if any(class_refusal(facts, heir, given) is None for heir in heirs(facts, target)):
        return None
    return class_refusal(facts, target, given)


def is_bound(function: Function) -> int:
    """How many parameters the object gives that a function is read from."""
    return int(function.bound is not None and not function.code.static)


def is_wrapped_method(wrapper: Function, inner: Function) -> bool:
    """Whether a wrapper stands around a method that takes the object that it is called on."""
    words = {decorator_name(one) for one in inner.code.decorators}
    return isinstance(wrapper.bound, Instance) and not words & {"staticmethod", "classmethod"}


def is_own_name(call: OwnCall, function: Function) -> bool:
    """Whether a function is called by the name that it has, rather than handed over or kept under another one."""
    code = innermost(function).code
    if code.kind != "function" or code.accessor is not None or code.name != call.name:
        return False
    return call.name == "__init__" or not call.name.startswith("__")


def is_expected(facts: Facts, call: OwnCall) -> bool:
    """Whether the function around reckons with the error, or asks what functions take."""
    known: dict[tuple[str, int], bool] = facts.__dict__.setdefault("expecting_refusals", {})
    key = call.path, id(call.around)
    if key not in known:
        data = facts.project.files[call.path].data
        known[key] = EXPECTING.search(data, call.around.start, call.around.end) is not None
    return known[key]


def problem(facts: Facts, call: OwnCall, told: str, target: Value) -> Problem:
    """What a call that is refused leads to."""
    bound = target.bound if isinstance(target, Function) else None
    assumed = isinstance(bound, Instance) and bound.symbolic
    label, _, rest = told.partition(" ")
    message = f"`{label}` {rest}"
    if isinstance(target, Function | Class) and target.module.javascript:
        label = target.name
        message = f"`{label}` is called without an argument that it needs"
    origin = target.origin
    assert origin is not None
    return Problem(
        facts.program.engine.span(call.place),
        message,
        related=(Related(facts.program.engine.span(origin), f"`{label.removesuffix('()')}` is defined here"),),
        symptom=f"TypeError: {told}",
        remedy="Give it what it takes, or let it take what it is given",
        confidence=Confidence.MEDIUM if assumed and call.name != "self" else None,
        identity=told,
    )
