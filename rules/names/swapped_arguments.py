"""Two arguments of a call stand in each other's place, by their own names.

`matches(user.password_hash, password)` of a function `matches(password, password_hash)` gives each parameter what is
meant for the other. Nothing says so: the function works on the wrong values, finds nothing, compares what cannot be
equal, or ends with an error that names neither. The same goes for `{ limit: offset, offset: limit }`.

Give the arguments in the order of the parameters, or by name. Where all of several calls have another order than the
function, it is told of once, at the function.

The rule speaks where each of two arguments is named like the parameter of the other. It is silent where an exchange may
be meant: in functions that call themselves, where the call is made in the right order as well, where the names are
those of two sides of one thing (`source` and `target`, `left` and `right`), and where the code around speaks of
swapping.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    Origin,
    OwnCall,
    Problem,
    Related,
    Span,
    is_test,
    own_calls,
    regex,
    rule,
    syntax,
)

from ._swaps import Pair, exchanged, is_side, named, plain, words_of

SHOWN = 8  # calls that are shown
MEANT = regex(
    r"swap|exchang|revers|invert|inverse|opposite|flip|transpos|rotat|mutual|other way|symmetr|\bboth\b|vice[ -]?versa|"
    r"(?<!call)(?<!roll)(?<!feed)back(?!end|ground|log|off|up)",
)


@rule(Category.BUSINESS_LOGIC_DEFECT)
def swapped_arguments(facts: Facts) -> Iterator[Problem]:
    """Yield each call of the project's functions, and each mapping, with two values in each other's place."""
    calls = [call for call in own_calls(facts) if len(call.targets) == 1 and isinstance(call.targets[0], Function)]
    right = Counter(place_of(call) for call in calls if in_order(call))
    known = {target for _, _, target in right}
    wrong: dict[tuple[int, frozenset[str]], list[tuple[OwnCall, Function, Pair]]] = {}
    for call in calls:
        target = call.targets[0]
        if is_test(call.path) or not isinstance(target, Function):
            continue
        pair = of_call(call, target)
        if pair is None or call.around is target.code or right[place_of(call)] > in_order(call):
            continue
        if is_meant(facts, call.path, call.around):
            continue
        wrong.setdefault((id(target.code), frozenset(pair)), []).append((call, target, pair))
    for (code, _), alike in wrong.items():
        if len(alike) > 1 and code not in known and alike[0][1].origin is not None:
            yield of_declaration(facts, [call for call, _, _ in alike], *alike[0][1:])
            continue
        for call, target, pair in alike:
            declared = facts.program.engine.span(target.origin) if target.origin is not None else None
            yield problem(facts, call.path, call.node, pair, target.code.name, declared)
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if is_test(path):
            continue
        for node, _, around in body.calls:
            for argument in node.arguments:
                given = argument.value if isinstance(argument, syntax.Keyword | syntax.Spread) else argument
                found = exchanged(named(given)) if isinstance(given, syntax.Mapping) else None
                if found is not None and not is_side(found) and not is_meant(facts, path, around):
                    yield problem(facts, path, given, found, "", None)
            found = exchanged(named(node))
            if found is not None and not is_side(found) and not is_meant(facts, path, around):
                yield problem(facts, path, node, found, "", None)


def of_call(call: OwnCall, target: Function) -> Pair | None:
    """Two arguments by place that are named like each other's parameters."""
    names = parameters_of(target)
    given: list[tuple[str, syntax.Expression]] = []
    for name, argument in zip(names, call.node.arguments, strict=False):
        if isinstance(argument, syntax.Spread | syntax.Keyword) or not name:
            return None
        given.append((name, argument))
    found = exchanged(given)
    return None if found is None or is_side(found) else found


def in_order(call: OwnCall) -> bool:
    """Whether a call gives at least two arguments to the parameters that they are named like."""
    target = call.targets[0]
    if not isinstance(target, Function):
        return False
    pairs = zip(parameters_of(target), call.node.arguments, strict=False)
    return sum(plain(name) in words_of(argument) for name, argument in pairs) > 1


def parameters_of(target: Function) -> list[str]:
    """The names of the parameters that a caller gives by place."""
    own = target.bound is not None and not target.code.static and not target.module.javascript
    return [one.name for one in target.code.parameters if one.kind in ("plain", "positional")][int(own) :]


def place_of(call: OwnCall) -> tuple[str, int, int]:
    """The function that makes a call, and what it calls."""
    return call.path, id(call.around), id(call.targets[0].code)


def is_meant(facts: Facts, path: str, around: syntax.Function) -> bool:
    """Whether the function around says that things change places."""
    known: dict[tuple[str, int], bool] = facts.__dict__.setdefault("exchanging", {})
    key = path, id(around)
    if key not in known:
        known[key] = speaks_of_it(facts, path, around)
    return known[key]


def speaks_of_it(facts: Facts, path: str, around: syntax.Function) -> bool:
    """The same by its text."""
    text = facts.project.files[path].data[around.start : around.end].decode("utf-8", "replace").lower()
    return MEANT.search(text.replace("swapped-arguments", "")) is not None  # comments may name the rule


def of_declaration(facts: Facts, calls: list[OwnCall], target: Function, pair: Pair) -> Problem:
    """Parameters that all calls give in another order."""
    one, other = pair
    assert target.origin is not None
    span = facts.program.engine.span
    routes = dict.fromkeys(route for call in calls for route in facts.routes_at(span(call.place)))
    return Problem(
        span(target.origin),
        f"`{one}` and `{other}` of `{target.code.name}` are given in each other's place by each of {len(calls)} calls",
        related=tuple(Related(span(call.place), "a call") for call in calls[:SHOWN]),
        symptom="the values are taken for each other: a wrong answer, or an error that names neither",
        remedy="Declare the parameters in the order in which they are given",
        routes=tuple(routes) or None,
        identity=f"{target.code.name} {' '.join(sorted(pair))}",
    )


def problem(facts: Facts, path: str, node: syntax.Place, pair: Pair, name: str, declared: Span | None) -> Problem:
    """Two values in each other's place."""
    one, other = pair
    return Problem(
        facts.program.engine.span(Origin(path, node.start, node.end)),
        f"`{one}` is given what is named `{other}`, and `{other}` what is named `{one}`",
        related=(Related(declared, f"`{name}` is declared here"),) if declared is not None else (),
        symptom="the values are taken for each other: a wrong answer, or an error that names neither",
        remedy="Give them in the order of the parameters, or by name",
        identity=f"{name} {one} {other}",
    )
