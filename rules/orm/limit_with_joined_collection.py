"""A page of rows is cut in the middle of a joined collection.

The query joins a collection, tells the library to fill the collection with what is joined (`contains_eager`), and
limits the rows. The limit counts rows of the join: a page of 10 holds fewer than 10 objects, and the collection of
the last one may lack members, as if the database did not have them.

Load the collection by a statement of its own (`selectinload`), or limit the objects in a sub-query and join to that.
`joinedload` needs no care: SQLAlchemy limits in a sub-query by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Facts, Problem, Related, Span, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def limit_with_joined_collection(facts: Facts) -> Iterator[Problem]:
    """Yield each query that limits the rows of a collection which it joins."""
    seen: set[Span] = set()
    for query in facts.queries.queries:
        filled = next((load for load in query.loads if load.how == "contains" and load.many), None)
        if filled is None or query.span in seen:
            continue
        for statement in query.statements:
            tree = statement.tree
            if not isinstance(tree, exp.Select) or not tree.args.get("joins"):
                continue
            if tree.args.get("limit") is None and tree.args.get("offset") is None:
                continue
            if tree.args.get("distinct") is not None or tree.args.get("group") is not None:
                continue
            seen.add(query.span)
            yield Problem(
                query.site.span if query.site is not None else query.span,
                f"the limit counts rows of the join that fills `{'.'.join(filled.path)}`",
                related=(Related(filled.span, "the collection is filled with what is joined"),),
                symptom="pages with fewer objects than asked for, and collections that lack members",
                remedy="Load the collection by a statement of its own (`selectinload`), or limit in a sub-query",
            )
            break
