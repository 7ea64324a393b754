"""A sub-query that stands for one value gives several rows.

`SELECT s.name, (SELECT p.title FROM plays p WHERE p.stage_id = s.id) FROM stages s` works until a stage has two plays.
Then PostgreSQL says `more than one row returned by a subquery used as an expression`, and the request is answered with
500; SQLite takes one of the rows and says nothing. So does a count in a sub-query that is grouped by the wrong columns:
Django's `Subquery(plays.annotate(n=Count("id")).values("n"))` groups by the key of `plays`, and counts 1 for each.

Count over all rows (`(SELECT COUNT(*) FROM plays p WHERE p.stage_id = s.id)`; in Django `.values("stage")` before
`.annotate(...)`), or take one row by ORDER BY and LIMIT 1.

The rule speaks where nothing but a key of the outer row chooses the rows and that key is not unique, and where the
grouping has a column that the conditions leave open.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def subquery_of_many_rows(facts: Facts) -> Iterator[Problem]:
    """Yield each sub-query that may give more than the one row that is wanted."""
    yield from facts.faults.get("sql/subquery-of-many-rows", ())
