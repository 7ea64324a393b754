"""A query includes a model that its own model has no association with.

Sequelize joins what `include` names by an association, never by a foreign key alone. Without
`Article.belongsTo(User)`, `Article.findAll({ include: User })` throws `SequelizeEagerLoadingError: User is not
associated to Article!`; an alias that no association has (`include: "author"`) throws `Association with alias
"author" does not exist on Article`. An association has one direction: `User.hasMany(Article)` lets users include
articles, not articles their user.

Make the association, in the direction in which it is queried, before the first query. The rule looks at the queries
that requests reach, and is silent where an association of the model was not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._includes import between, included, is_known, never_made


@rule(Category.INCORRECT_QUERY_LOGIC)
def unassociated_include(facts: Facts) -> Iterator[Problem]:
    """Yield each include for which its model has no association."""
    for found in included(facts):
        base, target, alias = found.base, found.target, found.alias
        if found.nothing or not is_known(facts, base) or never_made(facts, base):
            continue
        if target is not None and not between(base, target):
            other = between(target, base)
            turned = f"; only `{target.name}` has one with `{base.name}`" if other else ""
            yield Problem(
                found.span,
                f"`{base.name}` has no association with `{target.name}`, which it includes here{turned}",
                related=(Related(base.span, f"the model `{base.name}`"),),
                symptom=f"SequelizeEagerLoadingError: {target.name} is not associated to {base.name}!",
                remedy=f"Associate them: `{base.name}.belongsTo({target.name}, ...)` or `hasMany`",
            )
        elif target is None and alias is not None and base.relationship(alias) is None:
            yield Problem(
                found.span,
                f"`{base.name}` has no association called `{alias}`, which it includes here",
                related=(Related(base.span, f"the model `{base.name}`"),),
                symptom=f'Error: Association with alias "{alias}" does not exist on {base.name}',
                remedy="Include one of its associations: "
                + (", ".join(f"`{link.name}`" for link in base.relationships) or "it has none"),
            )
