"""Defects of what is sent and answered: bodies, fields and values."""

from __future__ import annotations

from tests.mutants.operators.operator import operator
from tests.mutants.source import Edit, Project
from verifier.model import Category

SCHEMA = Category.SCHEMA_FORMAT_ERROR
BUSINESS = Category.BUSINESS_LOGIC_DEFECT
STATE = Category.STATE_PROPAGATION_FAILURE


@operator("list-item-omits-body", SCHEMA)
def choose_bodies(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """The articles of lists have a body, or none, whatever the contract in force wants."""
    project.source(path).rewrite(expression, by, within)


@operator("request-envelope-ignored", SCHEMA)
def ignore_envelope(project: Project, path: str, expression: str, by: str, within: str | None = None) -> None:
    """What is sent in an envelope is looked for outside of it."""
    project.source(path).rewrite(expression, by, within)


@operator("response-envelope-missing", SCHEMA)
def drop_envelope(project: Project, path: str, answer: str, by: str, within: str | None = None) -> None:
    """What is answered is not in its envelope."""
    project.source(path).rewrite(answer, by, within)


@operator("response-field-missing", SCHEMA)
def rename_field(project: Project, path: str, field: str, to: str, within: str) -> None:
    """A field of an answer has another name than in the contract."""
    source = project.source(path)
    node = source.string(field, within)
    source.edits.append(Edit(node.start_byte + 1, node.end_byte - 1, to))


@operator("response-field-missing", SCHEMA)
def other_case(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """All fields of an answer are in snake case."""
    project.source(path).rewrite(expression, by, within)


@operator("response-field-missing", SCHEMA)
def drop_field(project: Project, path: str, fields: str, by: str, within: str) -> None:
    """A field of the contract is left out."""
    project.source(path).rewrite(fields, by, within)


@operator("scalar-type-in-json", SCHEMA)
def other_scalar(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """A number is a string, or a flag a number."""
    project.source(path).rewrite(expression, by, within)


@operator("stubbed-handler", Category.INCOMPLETE_IMPLEMENTATION)
def stub(project: Project, path: str, expression: str, by: str, within: str | None = None) -> None:
    """A handler answers with a literal."""
    project.source(path).rewrite(expression, by, within)


@operator("mutation-response-stale", STATE)
def answer_before(project: Project, path: str, change: str, answer: str, read: str, within: str) -> None:
    """What is answered was read before the change."""
    source = project.source(path)
    source.insert_before(source.one(change, within).node, read)
    source.rewrite(answer, "return before;", within)


@operator("mutation-response-stale", STATE)
def answer_literal(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """What is answered after a change is a guess."""
    project.source(path).rewrite(expression, by, within)


@operator("update-time-kept", STATE)
def keep_update_time(project: Project, path: str, statement: str, within: str) -> None:
    """The time of the last change stays that of the first."""
    source = project.source(path)
    node = source.one(statement, within).node
    assert node.parent is not None
    source.remove(node.parent)


@operator("slug-regenerated-on-update", STATE)
def new_slug_always(project: Project, path: str, condition: str, by: str, within: str) -> None:
    """An article gets a new slug by every change."""
    project.source(path).rewrite(condition, by, within)


@operator("optional-field-required", BUSINESS)
def require_all(project: Project, path: str, schema: str, by: str, within: str | None = None) -> None:
    """A change must have all fields."""
    project.source(path).rewrite(schema, by, within)


@operator("wrong-status", SCHEMA)
def other_status(project: Project, path: str, status: str, by: str, within: str | None = None) -> None:
    """An answer has another status than the contract's."""
    project.source(path).rewrite(status, by, within)
