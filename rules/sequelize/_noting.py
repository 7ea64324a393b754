"""Names in queries that no association or attribute has, noted while the query is read; rules of these names report."""

from __future__ import annotations

from difflib import get_close_matches

from verifier.api import Defect, Fix, NewImport, Origin, Replacement, Span

from ._given import Reading
from ._schema import Link, Model

LEGACY = frozenset(
    "$eq $ne $gte $gt $lte $lt $not $in $notIn $is $like $notLike $iLike $notILike $regexp $between $notBetween "
    "$overlap $contains $contained $and $or $any $all $col $startsWith $endsWith $substring".split()
)


def place(reading: Reading, origin: Origin | None) -> Span:
    """Where something is written; else the call."""
    return reading.lifting.span(origin) if origin is not None else reading.span


def note(
    reading: Reading,
    rule: str,
    origin: Origin | None,
    message: str,
    symptom: str,
    remedy: str,
    related: tuple[tuple[Span, str], ...] = (),
    fix: Fix | None = None,
) -> None:
    """Keep a defect, unless more may exist than was read."""
    reading.defects.append(
        Defect(
            f"sequelize/{rule}",
            place(reading, origin),
            message,
            symptom=symptom,
            remedy=remedy,
            related=related,
            fix=fix,
        )
    )


def is_closed(reading: Reading, model: Model) -> bool:
    """Whether all associations of a model were read."""
    return not reading.doubtful and not model.vague and all(link.known for link in model.associations.values())


def aliases(links: list[Link]) -> str:
    """The aliases of associations, for a reader."""
    return " or ".join(f"`{link.name}`" for link in links)


def note_missing_alias(reading: Reading, base: Model, alias: str, origin: Origin | None) -> None:
    """An alias that no association has."""
    if not is_closed(reading, base):
        return
    near = get_close_matches(alias, list(base.associations), 1)
    known = ", ".join(f"`{name}`" for name in base.associations) or "it has none"
    note(
        reading,
        "unassociated-include",
        origin,
        f"`{base.name}` has no association called `{alias}`, which it includes here",
        f'Error: Association with alias "{alias}" does not exist on {base.name}',
        f"Write `{near[0]}`" if near else f"Include one of its associations: {known}",
        ((base.span, f"the model `{base.name}`"),),
    )


def note_unassociated(reading: Reading, base: Model, target: Model, origin: Origin | None) -> None:
    """A model that the queried one has no association with."""
    if not is_closed(reading, base) or target.vague:
        return
    turned = any(link.target is base for link in target.associations.values())
    note(
        reading,
        "unassociated-include",
        origin,
        f"`{base.name}` has no association with `{target.name}`, which it includes here"
        + (f"; only `{target.name}` has one with `{base.name}`" if turned else ""),
        f"SequelizeEagerLoadingError: {target.name} is not associated to {base.name}!",
        f"Associate them: `{base.name}.belongsTo({target.name}, ...)` or `hasMany`",
        ((base.span, f"the model `{base.name}`"),),
    )


def note_wrong_alias(
    reading: Reading, base: Model, target: Model, links: list[Link], alias: str | None, origin: Origin | None
) -> None:
    """An alias that is missing, or is another one."""
    if not is_closed(reading, base):
        return
    if alias is not None:
        message = f"`{base.name}` has no association with `{target.name}` called `{alias}`, but {aliases(links)}"
    else:
        message = f"`{base.name}` knows `{target.name}` as {aliases(links)}, and this include names no alias"
    many = "multiple times" if len(links) > 1 else "using an alias"
    near = get_close_matches(alias or "", [link.name or "" for link in links], 1)
    one = near[0] if near else links[0].name if len(links) == 1 else None
    note(
        reading,
        "wrong-alias",
        origin,
        message,
        f"SequelizeEagerLoadingError: {target.name} is associated to {base.name} {many}.",
        f"Write `as: '{one}'`"
        if one is not None
        else f"Write `as` with the association that is meant: {aliases(links)}",
        tuple((link.span, f"the association `{link.name}`") for link in links),
    )


def aliased(reading: Reading) -> bool:
    """Whether a connection may have names for operators (``operatorsAliases``)."""
    return any(b"operatorsAliases" in file.data for file in reading.lifting.project.files.values())


def note_string_operator(reading: Reading, key: object, operator: object, origin: Origin | None) -> None:
    """``{ $gt: 1 }``."""
    if not isinstance(operator, str) or operator not in LEGACY or aliased(reading):
        return
    meant, where = operator[1:], place(reading, origin)
    note(
        reading,
        "string-operator",
        origin,
        f"`{operator}` is no operator: Sequelize takes `{{ {operator}: ... }}` for a value of `{key}`"
        if key is not None
        else f"`{operator}` is no operator: Sequelize takes it for the name of a column",
        "Error: Invalid value { '" + operator + "': ... }, or a comparison with the text [object Object]"
        if key is not None
        else "Error: Invalid value { ... }",
        f"Write `[Op.{meant}]`",
        fix=Fix(
            f"write `[Op.{meant}]`",
            (Replacement(where, f"[Op.{meant}]"), NewImport(where.path, "sequelize", "Op")),
        )
        if origin is not None
        else None,
    )
