"""A query names a column that the model's table does not have.

The keys of `where`, the names in `attributes` and those in `order` are attributes of the model, or columns of its
table. Any other name is put into the SQL as it stands, and the database refuses the query: `no such column:
Comment.article`. Associations, getters and virtual attributes are no columns either: ask for `articleId` rather than
for `article`. A model without `timestamps` has no `createdAt` to be ordered by.

Name the attribute as the model declares it; what an included model has is `'$author.name$'` in `where`, and `[Author,
"name", "ASC"]` in `order`. Models of which not all was read are left alone, and so is `order` where `attributes` or
scopes may give a name to an expression. Where nothing in the project makes the tables, they are older than the models
and may have more columns: only what looks like a slip of the hand is reported then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, regex, rule

from ._problems import query_problems

# What makes tables, or has them made.
MAKING = regex(
    rb"\.sync\(|\bcreateTable\b|\bcreate\s+table\b|\bsequelize(?:-cli)?\s+db:|\bumzug\b|:memory:", re.IGNORECASE
)


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_column(facts: Facts) -> Iterator[Problem]:
    """Yield each name in a query that is no column of its model."""
    found = list(query_problems(facts, "sequelize/unknown-column"))
    if found and not makes_tables(facts):
        found = [one for one in found if "computed" in one.message or (one.remedy or "").startswith(("Write", "Put"))]
    yield from found


def makes_tables(facts: Facts) -> bool:
    """Whether something in the project makes tables: the models, migrations, or statements."""
    texts = [source.data for path, source in facts.project.files.items() if not is_test(path)]
    return any(MAKING.search(data) for data in (*texts, *(source.data for source in facts.project.others.values())))
