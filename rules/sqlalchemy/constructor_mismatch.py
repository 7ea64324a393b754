"""A class that is mapped as a dataclass is called with other arguments than it takes.

`MappedAsDataclass` writes a constructor of the annotated attributes, in their order. Those without `default` or
`default_factory` must be given, the primary key too unless it is `mapped_column(init=False, ...)`; those with
`init=False` must not. Any other call fails with `TypeError: __init__() missing 1 required positional argument: 'id'`.

Give the primary key and what the database fills `init=False`, and attributes that may be left out a `default`.
Classes that inherit fields are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Argument, Category, Class, Facts, Problem, Related, Span, Use, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def constructor_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each call of such a class that its constructor refuses."""
    called: dict[Span, set[int]] = {}
    for use in facts.uses:
        if use.library is None and isinstance(use.callee, Class):
            called.setdefault(use.span, set()).add(id(use.callee.code))
    for use in facts.uses:
        entity = facts.entity_of(use.callee) if use.library is None and isinstance(use.callee, Class) else None
        if entity is None or entity.takes is None or len(called[use.span]) > 1:
            continue
        wrong = refusal(use, entity.takes)
        if wrong is not None:
            yield Problem(
                use.span,
                f"the constructor of `{entity.name}` refuses this call: {wrong}",
                related=(Related(entity.span, f"`{entity.name}` is declared here"),),
                symptom=f"TypeError: __init__() {wrong.replace('`', chr(39))}",
                remedy="Give what the database fills `init=False`, and what may be left out a `default`",
                identity=f"{entity.name} {wrong}",
            )


def refusal(use: Use, takes: tuple[Argument, ...]) -> str | None:
    """Why a call is refused; None where it may be taken."""
    placed = [argument.name for argument in takes if not argument.named]
    unknown = [name for name in use.keywords if all(argument.name != name for argument in takes)]
    if unknown:
        return f"got an unexpected keyword argument `{unknown[0]}`"
    if len(use.arguments) > len(placed):
        return f"takes {len(placed)} positional arguments but {len(use.arguments)} were given"
    given = {*placed[: len(use.arguments)], *use.keywords}
    missing = [argument.name for argument in takes if argument.required and argument.name not in given]
    if missing and not use.open:
        return f"missing required argument `{missing[0]}`"
    return None
