"""A query includes a model without the alias of its association, or under another one.

An association that was made with `as` is found by that alias alone: after `Article.belongsTo(User, { as: "author"
})`, both `include: User` and `include: { model: User, as: "user" }` throw `SequelizeEagerLoadingError: User is
associated to Article using an alias`. Without `as`, the alias is the model's name, in the plural for many. Where a
model is associated several times, the alias says which of them is meant.

Write the alias of the association: `include: { model: User, as: "author" }`, or `include: "author"`.
sequelize-typescript finds the alias by itself where a model has one association with the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._includes import aliases, between, included, is_known


@rule(Category.INCORRECT_QUERY_LOGIC)
def wrong_alias(facts: Facts) -> Iterator[Problem]:
    """Yield each include whose alias is missing or is no association's."""
    for found in included(facts):
        base, target, alias = found.base, found.target, found.alias
        if target is None or found.vague or not is_known(facts, base):
            continue
        links = between(base, target)
        if not links:
            continue
        if alias is not None:
            if any(link.name == alias for link in links):
                continue
            message = f"`{base.name}` has no association with `{target.name}` called `{alias}`, but {aliases(links)}"
        else:
            plain = [link for link in links if not link.aliased]
            if plain or (found.infers and len(links) == 1):
                continue
            message = f"`{base.name}` knows `{target.name}` as {aliases(links)}, and this include names no alias"
        symptom = (
            f"SequelizeEagerLoadingError: {target.name} is associated to {base.name} using an alias."
            if len(links) == 1
            else f"SequelizeEagerLoadingError: {target.name} is associated to {base.name} multiple times."
        )
        yield Problem(
            found.span,
            message,
            related=tuple(Related(link.span, f"the association `{link.name}`") for link in links),
            symptom=symptom,
            remedy=f"Write `as: '{links[0].name}'`"
            if len(links) == 1
            else f"Write `as` with the association that is meant: {aliases(links)}",
        )
