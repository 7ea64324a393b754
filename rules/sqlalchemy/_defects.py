"""Relationships whose columns the library cannot find: what their rules report."""

from __future__ import annotations

from verifier.api import Defect

from ._drafts import ClassDraft, RelationshipDraft, TableDraft


def through(secondary: TableDraft | None) -> str:
    """The table in between, in words."""
    return f" through `{secondary.full_name}`" if secondary is not None else ""


def missing(owner: ClassDraft, draft: RelationshipDraft, target: ClassDraft, secondary: TableDraft | None) -> Defect:
    """No foreign key joins the two sides."""
    tables = f"`{owner.name}` and `{target.name}`"
    return Defect(
        "sqlalchemy/missing-foreign-key",
        draft.span,
        f"No foreign key joins {tables}{through(secondary)}, which the relationship `{draft.name}` needs",
        symptom="sqlalchemy.exc.NoForeignKeysError when the first model is used",
        remedy="Give one of the two tables a column with a `ForeignKey` to the other, or write a `primaryjoin`",
        related=((target.span, f"`{target.name}` is declared here"),),
    )


def ambiguous(owner: ClassDraft, draft: RelationshipDraft, target: ClassDraft, secondary: TableDraft | None) -> Defect:
    """Several foreign keys join the two sides."""
    tables = f"`{owner.name}` and `{target.name}`"
    return Defect(
        "sqlalchemy/ambiguous-foreign-keys",
        draft.span,
        f"Several foreign keys join {tables}{through(secondary)}, and the relationship `{draft.name}` names none",
        symptom="sqlalchemy.exc.AmbiguousForeignKeysError when the first model is used",
        remedy="Name the columns: `foreign_keys=[...]`, or a `primaryjoin`",
        related=((target.span, f"`{target.name}` is declared here"),),
    )
