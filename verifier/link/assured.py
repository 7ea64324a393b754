"""Conditions that always hold: what they ask about comes from a function that never gives nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate.values import Function, Origin
from verifier.link.ending import end_of
from verifier.link.nothing import assignments, bare_call
from verifier.syntax import nodes_in

if TYPE_CHECKING:
    from verifier.link import Facts


def assured_in(facts: Facts, function: Function) -> Callable[[syntax.Expression], bool]:
    """Tells of conditions in a function: a variable, bound once to what a call gave that only fails or gives something.

    ``const done = await transfer(); if (done) { ... }``, where ``transfer`` returns ``true`` or throws.
    """
    path = function.module.path
    known: dict[syntax.Function, bool] = {}

    def gives_something(target: object) -> bool:
        if not isinstance(target, Function):
            return False
        code = target.code
        if code not in known:
            known[code] = False
            returned = [one.value for one in nodes_in(code.body, inside=False) if isinstance(one, syntax.Return)]
            known[code] = (
                bool(returned)
                and all(is_something(value) for value in returned)
                and end_of(code.body, target.module.source.data) == "ends"
            )
        return known[code]

    def assured(test: syntax.Expression) -> bool:
        if not isinstance(test, syntax.Name):
            return False
        bound = assignments(function.code, test.id)
        call = bare_call(bound[0].value) if len(bound) == 1 else None
        if call is None:
            return False
        targets = facts.calls.targets.get(Origin(path, call.start, call.end), ())
        return bool(targets) and all(gives_something(target) for target in targets)

    return assured


def is_something(value: object) -> bool:
    """Whether an expression always counts as true in JavaScript."""
    if isinstance(value, syntax.Const):
        return bool(value.value)
    if isinstance(value, syntax.Call):
        return value.new
    return isinstance(value, syntax.Mapping | syntax.Display | syntax.Function)


def failing_in(facts: Facts, function: Function) -> Callable[[syntax.Call], bool]:
    """Tells of calls in a function that never come back: what they call always throws."""
    path = function.module.path

    def throws(target: object) -> bool:
        if not isinstance(target, Function):
            return False
        body, data = target.code.body, target.module.source.data
        returned = any(isinstance(one, syntax.Return) for one in nodes_in(body, inside=False))
        return bool(body) and not returned and end_of(body, data) == "ends"

    def failing(call: syntax.Call) -> bool:
        targets = facts.calls.targets.get(Origin(path, call.start, call.end), ())
        return bool(targets) and all(throws(target) for target in targets)

    return failing
