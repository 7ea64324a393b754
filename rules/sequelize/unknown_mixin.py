"""A row is asked for a method that none of its associations gives.

An association gives rows of its model methods that are named by its alias: `User.belongsToMany(User, { as:
"followers" })` gives `addFollower`, `getFollowers`, `removeFollower` and their like, in the singular and the plural
as Sequelize forms them. `user.removeFollowing` is undefined where no alias is `following`, and calling it throws
`TypeError: user.removeFollowing is not a function`. So does a method on the other side of an association that was
made one way only.

Call the method by the alias, or make the association that is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from verifier.api import Category, Class, Facts, Instance, Problem, Related, is_test, regex, rule

from ._includes import entity_of, is_known
from ._models import DefinedModel, Row
from ._plain import pattern_of

MIXIN = regex(r"(?:get|set|add|create|remove|has|count)[A-Z]\w*")


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_mixin(facts: Facts) -> Iterator[Problem]:
    """Yield each call of a method that looks like an association's and is none."""
    seen: set[tuple[object, str]] = set()
    for use in facts.uses:
        method = use.library.rpartition(".")[2] if use.library is not None else ""
        holder = use.holder
        if not MIXIN.fullmatch(method) or not is_row(holder):
            continue
        entity = entity_of(facts, holder)
        if entity is None or not is_known(facts, entity) or method in entity.attributes or (use.span, method) in seen:
            continue
        if is_written(facts, method):
            continue
        seen.add((use.span, method))
        near = get_close_matches(method, [name for name in entity.attributes if MIXIN.fullmatch(name)], 1)
        yield Problem(
            use.span,
            f"Rows of `{entity.name}` have no method `{method}`: no association of it has that alias",
            related=(
                Related(entity.span, f"the model `{entity.name}`"),
                *(Related(link.span, f"the association `{link.name}`") for link in entity.relationships[:4]),
            ),
            symptom=f"TypeError: {method} is not a function",
            remedy=f"Call `{near[0]}`" if near else "Make the association that is meant, or call one of those it has",
        )


def is_row(holder: object) -> bool:
    """Whether a value is a row, and no model."""
    if isinstance(holder, Class | DefinedModel):
        return False
    return isinstance(holder, Row) or (isinstance(holder, Instance) and holder.kind is not None)


def is_written(facts: Facts, method: str) -> bool:
    """Whether the program names the method other than by calling it: it may define it, or look whether it is there."""
    wanted = re.compile(
        rb"(?<![\w$])"
        + pattern_of(method)
        + rb"(?!\s*\(|\s*[!?]?:\s*\w*Mixin|\w)|\b"
        + pattern_of(method)
        + rb"\s*\([^()]*\)\s*\{"
    )
    return any(wanted.search(source.data) for path, source in facts.project.files.items() if not is_test(path))
