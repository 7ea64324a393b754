"""What is wrong with declarations in a way that shows while they are read: what their rules report."""

from __future__ import annotations

from verifier.api import Defect, Span

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


def annotated(draft: ClassDraft, name: str, span: Span, written: str) -> Defect:
    """An annotation that the library refuses to read."""
    return Defect(
        "sqlalchemy/annotation-without-mapped",
        span,
        f"`{draft.name}.{name}` is annotated with a plain type, where SQLAlchemy 2 wants `Mapped[...]`",
        symptom="sqlalchemy.orm.exc.MappedAnnotationError when the module is imported",
        remedy=f"Write `{name}: Mapped[...] = {written}(...)`",
    )


def reserved(draft: ClassDraft, name: str, span: Span) -> Defect:
    """An attribute whose name the library keeps for itself."""
    return Defect(
        "sqlalchemy/reserved-attribute",
        span,
        f"`{draft.name}.{name}` has the name under which declarative classes keep their tables",
        symptom="sqlalchemy.exc.InvalidRequestError when the module is imported",
        remedy=f'Give the attribute another name; the column may keep it: `{name}_ = Column("{name}", ...)`',
    )


def mapped_in_table(table: str, span: Span) -> Defect:
    """``mapped_column()`` where only ``Column`` is taken."""
    return Defect(
        "sqlalchemy/mapped-column-in-table",
        span,
        f"The table `{table}` is given a `mapped_column()`, which only mapped classes take",
        symptom="sqlalchemy.exc.ArgumentError when the module is imported",
        remedy="Write `Column(...)`",
    )
