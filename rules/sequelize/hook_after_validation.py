"""An attribute that may not be null is filled by a hook that runs after the validation.

`save` and `create` run `beforeValidate`, then the validation, and only then `beforeCreate` and `beforeSave`. An
attribute with `allowNull: false` that nobody gives is null when it is validated: `SequelizeValidationError: notNull
Violation: User.passwordHash cannot be null`, and the hook that would have filled it is never run.

Fill it in `beforeValidate`, in a setter, by a default value, or where the row is created.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Record, Related, rule

from ._includes import entity_of
from ._notes import notes
from ._plain import record


@rule(Category.DATABASE_RUNTIME_ERROR)
def hook_after_validation(facts: Facts) -> Iterator[Problem]:
    """Yield each creation of a row that lacks what only such a hook would fill."""
    models = facts.models
    late = notes(facts.program.engine).late
    if not models.entities or not late:
        return
    seen: set[tuple[object, ...]] = set()
    for use in facts.uses:
        method = use.library.rpartition(".")[2] if use.library is not None else ""
        base = entity_of(facts, use.holder) if method == "create" else None
        given = use.argument(0)
        if base is None or use.open or not isinstance(given, Record) or not given.complete:
            continue
        told = record(use.argument(1))
        if told.open or told.get("validate") is False or told.get("hooks") is False or "fields" in told:
            continue
        for fill in late:
            if fill.model != base.span or fill.attribute in given.entries or (use.span, fill.attribute) in seen:
                continue
            seen.add((use.span, fill.attribute))
            yield Problem(
                use.span,
                f"`{base.name}.{fill.attribute}` is not given, and `{fill.hook}` fills it only after the validation",
                related=(
                    Related(fill.attribute_span, "may not be null"),
                    Related(fill.hook_span, f"`{fill.hook}` runs after the validation"),
                ),
                symptom=f"SequelizeValidationError: notNull Violation: {base.name}.{fill.attribute} cannot be null",
                remedy="Fill it in `beforeValidate`, or give it to `create`",
            )
