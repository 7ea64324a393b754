"""Options that say which related rows a query brings along."""

from __future__ import annotations

from verifier.api import Call, Class, Defect, External, Fix, Instance, Load, Origin, Sequence, Span, Value, text_of

from . import _queries_joins as joins
from . import _queries_nouns as nouns
from . import _queries_values as values
from ._queries_sources import Source
from ._queries_state import Lift
from ._rows import is_holder

HOW = {
    "joinedload": "joined",
    "joinedload_all": "joined",
    "selectinload": "separate",
    "subqueryload": "separate",
    "immediateload": "separate",
    "lazyload": "separate",
    "contains_eager": "contains",
    "noload": "none",
    "raiseload": "none",
    "defaultload": "default",
}
COLUMNS = frozenset({"load_only", "defer", "undefer", "undefer_group", "with_expression"})


class Option:
    """One step of an option: a relationship, and how its rows are loaded."""

    def __init__(self, rel: values.Rel, how: str, path: tuple[str, ...], at: Origin, many: bool) -> None:
        self.rel = rel
        self.how = how
        self.path = path
        self.at = at
        self.many = many

    def __deepcopy__(self, memo: object) -> Option:
        return self


def read(lift: Lift, call: Call) -> list[Option]:
    """The options of a call of ``options``."""
    found: list[Option] = []
    given = [lift.decide(argument) for argument in call.arguments]
    for argument in given:
        items = argument.items if isinstance(argument, Sequence) else [argument]
        for item in items:
            found.extend(of_option(lift, lift.decide(item)))
    if call.open or any(isinstance(argument, Sequence) and not argument.complete for argument in given):
        lift.loose = True
    return found


def of_option(lift: Lift, value: Value) -> list[Option]:
    """The steps of one option, the outermost relationship first."""
    steps: list[Call] = []
    found: Value = value
    while isinstance(found, Instance) and found.made_by is not None:
        steps.append(found.made_by)
        callee = found.made_by.callee
        receiver = callee.receiver if isinstance(callee, External) else None
        if receiver is None or is_holder(receiver):
            break
        found = lift.decide(receiver)
    made: list[Option] = []
    path: tuple[str, ...] = ()
    reached: Source | None = None
    many = False
    apart = False  # what a statement of its own loads, it may join: the query's rows do not change
    for call in reversed(steps):
        callee = call.callee
        name = callee.name if isinstance(callee, External) else ""
        if name == "Load":
            root = values.resolve(lift, call.arguments[0]) if call.arguments else None
            reached = root if isinstance(root, Source) else None
            continue
        if name == "options":
            for argument in call.arguments:
                for inner in of_option(lift, lift.decide(argument)):
                    how = "separate" if apart and inner.how == "joined" else inner.how
                    made.append(Option(inner.rel, how, (*path, *inner.path), inner.at, many or inner.many))
            continue
        if name not in HOW:
            continue
        for number, argument in enumerate(call.arguments):
            how = "separate" if apart and HOW[name] == "joined" else HOW[name]
            option = step(lift, argument, how, path, reached, call, number, many)
            if option is None:
                return made
            made.append(option)
            path, many = option.path, option.many
            apart = apart or option.how == "separate"
            reached = joins.target_of(lift, option.rel)
    return made


def step(
    lift: Lift,
    argument: Value,
    how: str,
    path: tuple[str, ...],
    reached: Source | None,
    call: Call,
    number: int,
    many: bool,
) -> Option | None:
    """One relationship that an option names; what is none is noted."""
    plain = lift.decide(argument)
    text = text_of(plain)
    at = plain.origin or call.place(number)
    before = set(lift.open), dict(lift.reasons)
    if text == "*":
        lift.loose = True
        return None
    if text is not None:
        found = (
            values.attribute(lift, reached, text, plain.origin) if reached is not None and text.isidentifier() else None
        )
        if reached is None:
            if lift.schema.modern:
                note(lift, at, f'"{text}"', "text", call)
            return None
    elif isinstance(plain, Class):
        found = None
    else:
        found = values.resolve(lift, plain)
    lift.open, lift.reasons = before  # an option tells nothing of the statement itself
    if isinstance(found, values.Rel):
        if reached is not None and reached.known is not None and not fits(found.source, reached):
            note_entity(lift, at, found, reached)
            return None
        if how == "contains" and call.keywords:
            how = "default"  # an alias stands for the join
        return Option(found, how, (*path, found.relationship.name), at, many or found.relationship.many)
    known = values.column_name(found)
    if known is not None:
        note(lift, at, known, "a column", call)
    return None


def fits(source: Source, reached: Source) -> bool:
    """Whether a relationship of one entity can be reached through another."""
    if source.known is None or reached.known is None:
        return True
    return source.known in reached.known.lineage() or reached.known in source.known.lineage()


def note(lift: Lift, at: Origin, shown: str, kind: str, call: Call) -> None:
    """Note an option that is given no relationship."""
    name = call.callee.name if isinstance(call.callee, External) else "the option"
    text = kind == "text"
    lift.defects.append(
        Defect(
            "sqlalchemy/loader-option",
            lift.span(at),
            f"`{name}` is given {'the name' if text else kind} {shown}, where a relationship belongs",
            symptom="sqlalchemy.exc.ArgumentError: "
            + (
                "Strings are not accepted for attribute names in loader options"
                if text
                else "expected ORM mapped attribute for loader strategy argument; or LoaderStrategyException"
            ),
            remedy="Name a relationship by its class: `Model.relationship`",
        )
    )


def note_entity(lift: Lift, at: Origin, rel: values.Rel, reached: Source) -> None:
    """Note an option that goes on from an entity to which it has not led."""
    lift.defects.append(
        Defect(
            "sqlalchemy/loader-option",
            lift.span(at),
            f"The option leads to `{reached.title}`, and goes on with `{rel.source.title}.{rel.relationship.name}`",
            symptom="sqlalchemy.exc.ArgumentError: the attribute does not link from the one before it",
            remedy=f"Name a relationship of `{reached.title}`",
        )
    )


def brought(lift: Lift, options: list[Option]) -> tuple[Load, ...]:
    """What a query brings along."""
    found: dict[tuple[str, ...], Load] = {}
    for option in options:
        if option.how == "default":
            continue
        found[option.path] = Load(option.path, option.how, option.many, lift.span(option.at))  # type: ignore[arg-type]
    return tuple(found.values())


# What is wrong with options, once all of the query is known


def check(lift: Lift, selection: nouns.Selection, elements: list[Source]) -> None:
    """Note options that do not fit the query, and what its limit does to joined rows."""
    entities = [one for one in selection.columns if isinstance(one, Source)]
    closed = not lift.open & {"columns", "from"}
    for option in selection.loads:
        if len(option.path) == 1 and closed and entities and not any(fits(option.rel.source, one) for one in entities):
            note_root(lift, option, entities[0])
        elif option.how == "contains" and closed:
            target = joins.target_of(lift, option.rel)
            if target is not None and not any(target.key == one.key or fits(target, one) for one in elements):
                note_join(lift, option)
            elif option.rel.relationship.many and selection.limit is not None:
                note_limit(lift, option)


def note_root(lift: Lift, option: Option, entity: Source) -> None:
    """Note an option of an entity that the query does not select."""
    name = option.rel.relationship.name
    lift.defects.append(
        Defect(
            "sqlalchemy/loader-option",
            lift.span(option.at),
            f"The query selects `{entity.title}`, and its option names `{option.rel.source.title}.{name}`",
            symptom="sqlalchemy.exc.ArgumentError: the option does not apply to any of the root entities in this query",
            remedy=f"Begin with a relationship of `{entity.title}`",
        )
    )


def note_join(lift: Lift, option: Option) -> None:
    """Note ``contains_eager`` of what the query does not join."""
    name = f"{option.rel.source.title}.{option.rel.relationship.name}"
    lift.defects.append(
        Defect(
            "sqlalchemy/eager-without-join",
            lift.span(option.at),
            f"The query does not join `{name}`, of which `contains_eager` takes the columns",
            symptom="Each row comes with every row of the other table: objects get relatives that are not theirs",
            remedy=f"Join it: `.join({name})`",
        )
    )


def note_limit(lift: Lift, option: Option) -> None:
    """Note a limit that counts the rows of a joined collection."""
    name = f"{option.rel.source.title}.{option.rel.relationship.name}"
    lift.defects.append(
        Defect(
            "sqlalchemy/limit-over-joined-rows",
            lift.span(option.at),
            f"The limit of the query counts the rows of `{name}`, which is joined",
            symptom="Fewer objects than asked for, the last one with a part of its collection",
            remedy=f"Load it by `selectinload({name})`",
        )
    )


def note_fetch(lift: Lift, place: Span, name: str, fix: Fix | None) -> Defect:
    """Rows that are handed out with their repetitions."""
    return Defect(
        "sqlalchemy/missing-unique",
        place,
        f"The rows repeat for each of `{name}`, which is joined, and are fetched without `.unique()`",
        symptom="sqlalchemy.exc.InvalidRequestError: The unique() method must be invoked on this Result",
        remedy="Write `.unique()` before the rows are fetched, or load the collection by `selectinload()`",
        fix=fix,
    )
