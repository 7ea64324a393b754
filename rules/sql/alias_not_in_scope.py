"""A column is asked of a table that the statement does not name, or has given another name.

Once a table has an alias, its own name means nothing: `FROM users u WHERE users.id = 1`. A copied query that lost its
JOIN, most often the one that counts rows, still names the table that went missing. The database refuses both:
`no such column: u.username`, `missing FROM-clause entry for table "u"`. In PostgreSQL the condition of a JOIN sees only
the tables before it, and a sub-query in FROM does not see those beside it unless it is `LATERAL`.

Join the table, or use the alias that FROM gives it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def alias_not_in_scope(facts: Facts) -> Iterator[Problem]:
    """Yield each name of a table that is not in FROM."""
    yield from facts.faults.get("sql/alias-not-in-scope", ())
