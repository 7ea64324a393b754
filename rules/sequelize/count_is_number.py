"""The number that a count gives is handled as a list.

`count()` gives a number; a list of counts, one for each group, it gives only with `group`. Without that, what goes over
the result fails: `TypeError: counts.map is not a function`, and the request is answered with 500.

Say what to group by: `Vote.count({ where, group: ['choiceId'] })`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, regex, rule

LISTED = regex(
    r"(?:sequelize|sequelize-typescript|@sequelize/core)\.[\w.]*Model\.count\(\)\."
    r"(map|forEach|filter|reduce|find|flatMap|some|every|entries|sort)"
)


@rule(Category.INCORRECT_QUERY_LOGIC)
def count_is_number(facts: Facts) -> Iterator[Problem]:
    """Yield each count without groups whose result is gone over."""
    for call in facts.calls.calls:
        found = LISTED.fullmatch(call.library or "")
        if found is None or call.caller is None:
            continue
        counts = [
            query
            for query in facts.queries.queries
            if query.library == "sequelize"
            and query.function == call.caller
            and query.site is not None
            and query.site.library.endswith(".count")
        ]
        if len(counts) != 1 or not counts[0].lifted:
            continue
        (count,) = counts
        if any(
            statement.open or statement.reasons or statement.tree.args.get("group") for statement in count.statements
        ):
            continue
        yield Problem(
            count.span,
            "this count is one number, since nothing says what to group by",
            related=(Related(call.span, f"`{found[1]}` is asked of it here"),),
            symptom=f"500: TypeError: {found[1]} is not a function",
            remedy="Add `group`, or use the number",
        )
