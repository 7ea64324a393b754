"""A default is one list or dict that all rows share.

`default=[]` and `default={}` of a `JSONField` or `ArrayField` are made once, when the class is. Django gives each new
object that very list: what one object appends to it, each later object starts with, and saves. The system checks warn
(fields.E010).

Give a function: `default=list`, `default=dict`, or one of your own that returns a new value.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Fix, NewOption, Problem, Severity, rule

OPEN_TYPES = frozenset({"JSONField", "ArrayField", "HStoreField"})


@rule(Category.STATE_PROPAGATION_FAILURE, Severity.WARNING)
def mutable_default(facts: Facts) -> Iterator[Problem]:
    """Yield each column whose default is shared."""
    told = set()
    for entity in facts.models.entities:
        if entity.orm != "django":
            continue
        for column in entity.columns:
            if column.mutable_default and column.type.declared in OPEN_TYPES and column.span not in told:
                told.add(column.span)
                callable_ = "dict" if column.default_text.startswith("{") else "list"
                yield Problem(
                    column.span,
                    f"All rows share the default of `{entity.name}.{column.attribute}`",
                    symptom="what is added to the value of one new object turns up in others",
                    remedy=f"Write `default={callable_}`, or a function that returns a new value",
                    fix=Fix(f"write `default={callable_}`", (NewOption(column.span, "default", callable_),))
                    if column.default_text in ("[]", "{}")
                    else None,
                )
