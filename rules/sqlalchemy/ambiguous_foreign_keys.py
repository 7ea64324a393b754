"""A relationship between two classes whose tables several foreign keys join.

With an `author_id` and an `editor_id` that both point at `users`, SQLAlchemy does not choose: `Could not determine join
condition between parent/child tables on relationship Post.author - there are multiple foreign key paths linking the
tables`. That happens on the first query or the first object of any mapped class, and every use of every model after it
fails as well. Both sides need to say which key they mean: `User.posts` as much as `Post.author`. A table that joins
users with users needs `primaryjoin` and `secondaryjoin`.

Name the column: `relationship("User", foreign_keys=[author_id])`, and on the other side
`relationship("Post", foreign_keys="Post.author_id")`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def ambiguous_foreign_keys(facts: Facts) -> Iterator[Problem]:
    """Yield each relationship that several foreign keys could join."""
    yield from noted(facts, "ambiguous-foreign-keys")
