"""Defects of queries."""

from __future__ import annotations

from tests.mutants.operators.operator import operator
from tests.mutants.operators.routing import statement_of
from tests.mutants.source import Edit, Project
from verifier.model import Category

QUERY = Category.INCORRECT_QUERY_LOGIC
DATABASE = Category.DATABASE_RUNTIME_ERROR


@operator("django-jsonfield-contains-sqlite", QUERY)
def json_contains(project: Project, model: str, migration: str, repository: str) -> None:
    """Tags are a list in a JSON column, and asked for by ``contains``, which SQLite does not have."""
    source = project.source(model)
    source.insert_before(
        statement_of(source.one("body = models.TextField()", "Article").node),
        "labels = models.JSONField(default=list)",
    )
    source = project.source(migration)
    node = source.one('("slug", models.SlugField(REST))').node
    source.insert_before(node, '("labels", models.JSONField(default=list)),')
    source = project.source(repository)
    node = source.string("article_tags__tag__name", "page")
    source.edits.append(Edit(node.start_byte + 1, node.end_byte - 1, "labels__contains"))


@operator("sequelize-pg-operator-on-sqlite", QUERY)
def postgres_operator(project: Project, path: str, condition: str, by: str, within: str | None = None) -> None:
    """An operator or a type is used that only PostgreSQL has."""
    project.source(path).rewrite(condition, by, within)


@operator("sqlalchemy-generic-array-contains", DATABASE)
def array_contains(
    project: Project, model: str, before: str, column: str, importing: str, path: str, condition: str, by: str
) -> None:
    """A column is an array of no dialect, and asked for by ``contains``, which such a one does not have."""
    source = project.source(model)
    source.insert_before(source.one(before).node, column)
    source.insert_before(source.one("from sqlalchemy.orm import REST").node, importing)
    project.source(path).rewrite(condition, by)


@operator("sql-not-valid-for-dialect", QUERY)
def other_dialect(
    project: Project, path: str, expression: str, by: str, within: str, imports: str = "", importing: str = ""
) -> None:
    """A query says something that the database does not understand."""
    source = project.source(path)
    source.rewrite(expression, by, within)
    if imports:
        source.rewrite(imports, importing)


@operator("sql-unknown-column-or-alias", QUERY)
def wrong_alias(project: Project, path: str, query: str, sql: str, within: str, imports: str, importing: str) -> None:
    """A query written as text uses a name of a table that it gave another one."""
    source = project.source(path)
    source.rewrite(query, sql, within)
    source.rewrite(imports, importing)


@operator("orm-column-name-drift", DATABASE)
def rename_attribute(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """Code names an attribute that its model does not have."""
    project.source(path).rewrite(expression, by, within)


@operator("orm-column-name-drift", DATABASE)
def rename_lookup(project: Project, path: str, lookup: str, to: str, within: str) -> None:
    """A lookup names a field that its model does not have."""
    source = project.source(path)
    node = source.string(lookup, within)
    source.edits.append(Edit(node.start_byte + 1, node.end_byte - 1, to))


@operator("orm-column-name-drift", DATABASE)
def column_without_migration(project: Project, path: str, before: str, column: str) -> None:
    """A model has a column that no migration makes."""
    source = project.source(path)
    source.insert_before(source.one(before).node, column)


@operator("sql-placeholder-count", QUERY)
def lose_parameter(
    project: Project, path: str, query: str, sql: str, within: str, imports: str, importing: str
) -> None:
    """A query written as text has more placeholders than values."""
    source = project.source(path)
    source.rewrite(query, sql, within)
    if imports:
        source.rewrite(imports, importing)


@operator("pg-placeholder-index-reused", QUERY)
def reuse_placeholder(project: Project, path: str, query: str, sql: str, within: str) -> None:
    """One placeholder stands where a text must be and where a number must be."""
    project.source(path).rewrite(query, sql, within)


@operator("pg-untyped-parameter", QUERY)
def untyped_parameter(project: Project, path: str, query: str, sql: str, within: str) -> None:
    """PostgreSQL cannot tell of which type a placeholder is."""
    project.source(path).rewrite(query, sql, within)


@operator("pg-param-type-mismatch", QUERY)
def wrong_parameter_type(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """A text is bound where the column holds numbers."""
    project.source(path).rewrite(expression, by, within)


@operator("pg-param-type-mismatch", QUERY)
def wrong_column_type(project: Project, path: str, column: str, by: str, within: str) -> None:
    """A column is of another type than what is kept in it."""
    project.source(path).rewrite(column, by, within)


@operator("object-as-where-value", QUERY)
def object_as_value(project: Project, path: str, condition: str, by: str, within: str) -> None:
    """A condition holds an object that the mapper takes for a value."""
    project.source(path).rewrite(condition, by, within)


@operator("sequelize-association-alias", DATABASE)
def wrong_include_alias(project: Project, path: str, include: str, by: str, within: str | None = None) -> None:
    """What is included has another alias, or none."""
    project.source(path).rewrite(include, by, within)


@operator("sequelize-association-alias", DATABASE)
def drop_association(project: Project, path: str, call: str) -> None:
    """Two models are never associated."""
    source = project.source(path)
    source.remove(statement_of(source.one(call).node))


@operator("sequelize-include-count-filter", QUERY)
def count_joined_rows(project: Project, path: str, options: str, by: str, within: str) -> None:
    """What is counted, and limited, are rows of a join."""
    project.source(path).rewrite(options, by, within)


@operator("sa-invalid-query-construct", QUERY)
def wrong_construct(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """A relationship is used as if it were a column, or joined to what it does not link."""
    project.source(path).rewrite(expression, by, within)


@operator("filter-not-applied-or-wrong", QUERY)
def drop_filter(project: Project, path: str, statement: str, within: str) -> None:
    """A filter of the contract is never applied."""
    source = project.source(path)
    node = source.one(statement, within).node
    source.remove(node if node.type.endswith("_statement") or node.type == "pair" else statement_of(node))


@operator("filter-not-applied-or-wrong", QUERY)
def drop_where(project: Project, path: str, query: str, by: str, within: str) -> None:
    """A query has lost a condition."""
    project.source(path).rewrite(query, by, within)


@operator("filter-not-applied-or-wrong", QUERY)
def wrong_filter(project: Project, path: str, condition: str, by: str, within: str) -> None:
    """A condition compares with the wrong thing."""
    project.source(path).rewrite(condition, by, within)


@operator("dropped-join", QUERY)
def drop_join(project: Project, path: str, query: str, by: str, within: str) -> None:
    """A join is missing: what is left is every row with every other."""
    project.source(path).rewrite(query, by, within)


@operator("dropped-group-by", QUERY)
def drop_group_by(project: Project, path: str, options: str, by: str, within: str) -> None:
    """A grouping is missing."""
    project.source(path).rewrite(options, by, within)


@operator("dropped-order", QUERY)
def drop_order(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """A list has another order than the contract's."""
    project.source(path).rewrite(expression, by, within)


@operator("pagination-ignored", QUERY)
def drop_page(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """A list is not limited, or not begun where it was asked to."""
    project.source(path).rewrite(expression, by, within)
