"""A subquery in the text of a selected field compares a table with itself.

In the list of what a query without joins selects, Drizzle writes columns without their table, inside `sql` templates,
too. So `` sql`(select count(*) from ${posts} where ${posts.authorId} = ${users.id})` `` is sent as `where "author_id" =
"id"`, and the database takes `"id"` for that of `posts`: every row gets the same, wrong number. (Seen with 0.44.)

Count with a join and `groupBy`, with `db.$count(posts, eq(posts.authorId, users.id))`, or write the outer column with
its table as text.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def correlation_without_table(facts: Facts) -> Iterator[Problem]:
    """Yield each column whose table is lost."""
    yield from problems(facts, "drizzle/correlation-without-table")
