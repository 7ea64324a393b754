"""Defects of sessions, transactions, models and names: what fails while it runs."""

from __future__ import annotations

from tests.mutants.operators.operator import operator
from tests.mutants.operators.routing import statement_of
from tests.mutants.operators.startup import word_of
from tests.mutants.source import Edit, Project
from verifier.model import Category

DATABASE = Category.DATABASE_RUNTIME_ERROR
STATE = Category.STATE_PROPAGATION_FAILURE
BUSINESS = Category.BUSINESS_LOGIC_DEFECT


@operator("missing-table-at-runtime", DATABASE)
def drop_create_tables(project: Project, path: str, call: str, within: str | None = None) -> None:
    """Nothing makes the tables."""
    source = project.source(path)
    node = source.one(call, within).node
    source.remove(statement_of(node))


@operator("missing-table-at-runtime", DATABASE)
def drop_migration(project: Project, path: str, command: str) -> None:
    """The start script does not migrate."""
    source = project.source(path)
    start, end = word_of(source, command, None)
    source.edits.append(Edit(start, end + 1, ""))


@operator("sa-detached-instance", DATABASE)
def expire_on_commit(project: Project, path: str, call: str, by: str) -> None:
    """Objects are read after the session that would load them again is gone."""
    project.source(path).rewrite(call, by)


@operator("sa-missing-greenlet", DATABASE)
def load_lazily(
    project: Project,
    model: str,
    relationship: str,
    by: str,
    within: str,
    path: str,
    options: str,
    left: str,
    query: str,
) -> None:
    """A relationship is loaded when it is read, which an asynchronous session cannot do there."""
    project.source(model).rewrite(relationship, by, within)
    project.source(path).rewrite(options, left, query)


@operator("sa-unique-required", DATABASE)
def join_collection(project: Project, path: str, option: str, by: str, within: str) -> None:
    """A collection is loaded by a join, and the rows are not made unique."""
    project.source(path).rewrite(option, by, within)


@operator("async-connection-shared", DATABASE)
def connection_after_close(project: Project, path: str, statement: str, by: str, within: str) -> None:
    """A connection is used after the block that it belongs to."""
    project.source(path).rewrite(statement, by, within)


@operator("session-never-closed", DATABASE)
def keep_session(project: Project, path: str, function: str) -> None:
    """The session of a request stays open, with all that it has read."""
    from tests.mutants.operators.routing import decorated

    source = project.source(path)
    source.remove(decorated(source, function))


@operator("session-never-closed", DATABASE)
def drop_close(project: Project, path: str, call: str, within: str) -> None:
    """The session of a request is left to the garbage collector."""
    source = project.source(path)
    source.remove(statement_of(source.one(call, within).node))


@operator("sa-mapper-misconfigured", DATABASE)
def misconfigure_mapper(project: Project, path: str, relationship: str, by: str, within: str) -> None:
    """A relationship names one that the other side does not have."""
    project.source(path).rewrite(relationship, by, within)


@operator("sa-model-constructor-mismatch", DATABASE)
def wrong_keyword(project: Project, path: str, call: str, by: str, within: str) -> None:
    """A model is made with a keyword that it does not map."""
    project.source(path).rewrite(call, by, within)


@operator("tz-aware-into-naive-column", DATABASE)
def forget_time_zone(project: Project, path: str, column: str, by: str, within: str) -> None:
    """A time with its zone goes into a column without one."""
    project.source(path).rewrite(column, by, within)


@operator("sequelize-hook-before-validate", Category.INCOMPLETE_IMPLEMENTATION)
def fill_in_hook(project: Project, model: str, options: str, by: str, service: str, call: str, without: str) -> None:
    """What must not be null is filled in a hook that comes after validation."""
    project.source(model).rewrite(options, by)
    project.source(service).rewrite(call, without)


@operator("undefined-name-at-runtime", DATABASE)
def drop_import(project: Project, path: str, statement: str, by: str) -> None:
    """A name that a function uses is not imported."""
    project.source(path).rewrite(statement, by)


@operator("undefined-member-on-project-class", BUSINESS)
def unknown_member(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """A method is called that the project's own class does not have."""
    project.source(path).rewrite(expression, by, within)


@operator("record-type-confusion", BUSINESS)
def confuse_record(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """An object is used as a dictionary, or a dictionary as an object."""
    project.source(path).rewrite(expression, by, within)


@operator("response-not-serialisable", DATABASE)
def answer_object(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """What is answered cannot be made JSON."""
    project.source(path).rewrite(expression, by, within)


@operator("none-dereference", BUSINESS)
def drop_none_check(project: Project, path: str, check: str, within: str) -> None:
    """What may be missing is used without a look."""
    source = project.source(path)
    source.remove(source.one(check, within).node)


@operator("none-dereference", BUSINESS)
def read_of_nothing(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """The same where the look is part of an expression."""
    project.source(path).rewrite(expression, by, within)


@operator("missing-commit", STATE)
def drop_commit(project: Project, path: str, call: str, within: str) -> None:
    """Changes are never made to last."""
    source = project.source(path)
    source.remove(statement_of(source.one(call, within).node))


@operator("missing-commit", STATE)
def never_commit(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """The transaction that is opened is one that ends without a commit."""
    project.source(path).rewrite(expression, by, within)


@operator("transaction-not-joined", DATABASE)
def leave_transaction(project: Project, path: str, call: str, by: str, within: str) -> None:
    """A query that belongs to a transaction runs outside of it."""
    project.source(path).rewrite(call, by, within)


@operator("unique-violation-on-second-row", DATABASE)
def insert_known(project: Project, path: str, statement: str, by: str, within: str) -> None:
    """What is there already is inserted once more."""
    project.source(path).rewrite(statement, by, within)


@operator("missing-cascade", DATABASE)
def drop_cascade(project: Project, path: str, constraint: str, by: str, within: str | None = None) -> None:
    """What belongs to a row does not go with it."""
    project.source(path).rewrite(constraint, by, within)


@operator("missing-cascade", DATABASE)
def drop_foreign_keys(project: Project, path: str, statement: str) -> None:
    """SQLite is not told to heed foreign keys."""
    source = project.source(path)
    source.remove(source.one(statement).node)


@operator("row-and-list-confused", DATABASE)
def drop_first(project: Project, path: str, query: str, by: str, within: str) -> None:
    """All rows are taken where one is meant."""
    project.source(path).rewrite(query, by, within)
