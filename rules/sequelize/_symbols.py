"""The operators of ``where``: symbols, which are kept under names that no attribute has."""

from __future__ import annotations

from verifier.api import Const, Engine, Project

OPERATORS = (
    "eq ne gte gt lte lt not is in notIn like notLike iLike notILike startsWith endsWith substring regexp notRegexp "
    "iRegexp notIRegexp between notBetween overlap contains contained adjacent strictLeft strictRight noExtendRight "
    "noExtendLeft and or any all values col placeholder join match anyKeyExists allKeysExist"
).split()
HOLDERS = (
    "sequelize.Op",
    "sequelize.Sequelize.Op",
    "sequelize-typescript.Op",
    "sequelize-typescript.Sequelize.Op",
    "@sequelize/core.Op",
    "@sequelize/core.Sequelize.Op",
    "sequelize/lib/operators",
)


def enter_symbols(engine: Engine, project: Project) -> None:
    """Make ``Op.or`` and its like known to the evaluator."""
    for holder in HOLDERS:
        known = engine.library_attributes.setdefault(holder, {})
        for name in OPERATORS:
            known[name] = Const(symbol(name))


def symbol(name: str) -> str:
    """The key under which an operator stands in an object."""
    return f"Symbol({name})"


def operator_of(key: object) -> str | None:
    """The operator that a key is."""
    found = key[7:-1] if isinstance(key, str) and key.startswith("Symbol(") and key.endswith(")") else None
    return found if found in OPERATORS else None
