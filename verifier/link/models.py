"""The data model: what all packs read of the project's declarations, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from verifier.datamodel import DataModel, Declaration, Defect, Entity, Table, Unread

if TYPE_CHECKING:
    from verifier.link.program import Program


def link_models(program: Program) -> DataModel:
    """Run what declares models, and let each pack read them. Order is that of the files, not of the reading."""
    program.run_declaring()
    found: list[Declaration] = []
    for pack in program.declaring:
        assert pack.reader is not None
        program.guarded("", partial(gather, pack.reader(program.engine, program.project), found))
    return DataModel(
        entities=tuple(sorted(of_kind(found, Entity), key=lambda entity: (entity.span, entity.name))),
        tables=tuple(sorted(of_kind(found, Table), key=lambda table: (table.span, table.name))),
        unread=tuple(sorted(set(of_kind(found, Unread)), key=lambda unread: (unread.span, unread.reason))),
        defects=tuple(sorted(set(of_kind(found, Defect)), key=lambda defect: (defect.span, defect.rule))),
    )


def gather(declared: Iterable[Declaration], into: list[Declaration]) -> None:
    """Take what a reader gives, one by one: what it gave before it had to stop is kept."""
    for declaration in declared:
        into.append(declaration)  # noqa: PERF402


def of_kind(found: Iterable[Declaration], kind: type) -> Iterator:  # type: ignore[type-arg]
    """Those of one kind."""
    return (declaration for declaration in found if isinstance(declaration, kind))
