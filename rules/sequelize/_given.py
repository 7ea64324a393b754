"""What a query is given: options as they are merged, with where each was written, and one choice where there are many.

A ``Reading`` is one form of a statement while it is put together. Where a value may be one of several that make other
statements, one of them is picked; ``others`` are the picks that make the other forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.api import (
    Choice,
    Class,
    Clause,
    Const,
    Defect,
    External,
    Instance,
    Lifting,
    Origin,
    Record,
    Sequence,
    Span,
    Text,
    Unknown,
    Value,
    Way,
    pieces,
    reason_of,
    text_of,
)

if TYPE_CHECKING:
    from ._finding import Node

from ._models import PACKAGES, DefinedModel, Made
from ._plain import flag, plain
from ._schema import Link, Model, Registry

Bindings = pieces.Bindings

MOST_FORMS = 8
METHODS = frozenset({"fn", "col", "literal", "cast", "where", "json", "and", "or", "not"})


class Reading:
    """One form of a statement.

    Attributes:
        span: the call, for what has no place of its own.
        picks: by the number of a choice, which of its options is taken; the fullest where nothing is said.
        met: how many options each choice has that was met.
        doubtful: more models or associations may exist than were read, so that no name is surely wrong.
    """

    def __init__(
        self, lifting: Lifting, registry: Registry, dialect: str, span: Span, picks: dict[int, int], *, doubtful: bool
    ) -> None:
        self.lifting = lifting
        self.registry = registry
        self.dialect = dialect
        self.span = span
        self.picks = picks
        self.doubtful = doubtful
        self.met: list[int] = []
        self.numbers: dict[int, int] = {}
        self.kept: list[Value] = []
        self.doubted: set[int] = set()  # values that are one of several: what is wrong with one may be meant so
        self.bindings = Bindings()
        self.open: dict[Clause, None] = {}
        self.reasons: dict[str, None] = {}
        self.defects: list[Defect] = []
        self.ways: tuple[Way, ...] = ()  # the arms of branches in which the call is made
        self.node: Node | None = None  # the queried model, while its statement is written
        self.top: Node | None = None  # the queried model, while its conditions are read

    def opens(self, clause: Clause, reason: str) -> None:
        """Say that a clause is not wholly known."""
        self.open[clause] = None
        self.reasons[reason] = None

    def pick(self, value: Value) -> Value:
        """One of the values that a value may be."""
        if not isinstance(value, Choice):
            return value
        ordered = sorted(value.options, key=fullness, reverse=True)
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.met)
            self.met.append(len(ordered))
            self.kept.append(value)  # so that no other value gets its identity
        chosen = ordered[self.picks.get(number, 0)]
        if is_nothing(chosen) or any(option is not chosen and not is_nothing(option) for option in value.options):
            self.doubted.add(id(chosen))
        return chosen

    def entry(self, given: Record | None, key: str) -> Value | None:
        """An option; None where it is not given, or is nothing."""
        found = given.entries.get(key) if given is not None else None
        found = self.pick(found) if found is not None else None
        return None if found is None or is_nothing(found) else found

    def flag(self, given: Record | None, key: str) -> bool | None:
        """A switch; None where it is not given, or only run time knows."""
        found = self.entry(given, key)
        if found is None:
            said = given.entries.get(key) if given is not None else None
            return False if isinstance(said, Const) and said.value is False else None
        return flag(plain(found), default=False)

    def structured(self, value: Value) -> Value:
        """A value, of which one option is taken where they make different statements."""
        if isinstance(value, Choice) and not all(is_scalar(option) for option in value.options):
            return self.pick(value)
        return value

    def others(self) -> Iterator[dict[int, int]]:
        """The picks of the other forms: one choice taken otherwise in each."""
        left = MOST_FORMS - 1
        for number, count in enumerate(self.met):
            for place in range(1, count):
                if left <= 0:
                    return
                left -= 1
                yield {number: place}


def fullness(value: Value) -> int:
    """How much a value says: the fullest form of a statement is the first."""
    if isinstance(value, Record):
        return 100 + len(value.entries)
    if isinstance(value, Sequence):
        return 100 + len(value.items) if value.items else 30
    if isinstance(value, Class | Instance):
        return 50
    if isinstance(value, Const):
        return 0 if value.value is None or value.value is False else 20
    return 40


def is_nothing(value: Value | None) -> bool:
    """Whether a value surely is null or undefined."""
    return value is None or (isinstance(value, Const) and value.value is None)


def is_scalar(value: Value) -> bool:
    """Whether a value is one that a statement compares with, whatever it is."""
    if isinstance(value, Const):
        return value.value is not None
    return isinstance(value, Unknown | Text) or (isinstance(value, Instance) and method_of(value) is None)


def method_of(value: Value | None) -> str | None:
    """Which of the library's makers of SQL (``fn``, ``col``, ``literal``) made a value."""
    if not isinstance(value, Instance) or value.made_by is None or value.path is None:
        return None
    path = value.path.removesuffix("()")
    name = path.rpartition(".")[2]
    return name if name in METHODS and path.startswith(PACKAGES) else None


def argument(value: Instance, place: int) -> Value | None:
    """An argument of what made a value."""
    return value.made_by.argument(place) if value.made_by is not None else None


def is_model(value: Value | None) -> bool:
    """Whether a value is a model, rather than a row of one."""
    return isinstance(value, Class | DefinedModel)


def is_association(value: Value | None) -> bool:
    """Whether a value is what an association gave, or ``Article.associations.author``."""
    return isinstance(value, Made) or associated(value) is not None


def associated(value: Value | None) -> tuple[Value, str] | None:
    """The model and the alias of ``Article.associations.author``."""
    if not isinstance(value, External) or not is_model(value.receiver) or value.receiver is None:
        return None
    holder, _, alias = value.path.rpartition(".")
    return (value.receiver, alias) if holder.endswith(".Model.associations") else None


def link_of(registry: Registry, base: Model, value: Value) -> Link | None:
    """The association that a value is."""
    named = associated(value)
    if named is not None:
        holder = registry.find(named[0])
        return holder.associations.get(named[1]) if holder is not None else None
    for link in base.associations.values():
        made = link.value
        if made is value or (made is not None and made.origin is not None and made.origin == value.origin):
            return link
    return None


def place_of_key(given: Record, key: object) -> Origin | None:
    """Where a key was written, or else its value."""
    found = given.places.get(key)
    if found is not None:
        return found
    entry = given.entries.get(key)
    return entry.origin if entry is not None else None


def merged_record(first: Record, second: Record, *, deep: bool = False) -> Record:
    """``Object.assign``: later entries win, and keep the place of the earlier one. ``deep`` merges options."""
    made = Record(
        dict(first.entries), complete=first.complete and second.complete, origin=second.origin or first.origin
    )
    made.places = {**first.places, **second.places}
    for key, entry in second.entries.items():
        old = made.entries.get(key)
        made.entries[key] = merged_entry(key, old, entry) if deep and old is not None else entry
    return made


def merged_entry(key: object, old: Value, new: Value) -> Value:
    """How Sequelize merges one option of two: lists are joined, conditions laid over each other."""
    if isinstance(old, Sequence) and isinstance(new, Sequence):
        texts = {text_of(item) for item in old.items} - {None}
        known = {id(item) for item in old.items}
        kept = [item for item in new.items if id(item) not in known and text_of(item) not in texts]
        return Sequence([*old.items, *kept], complete=old.complete and new.complete, origin=new.origin)
    if isinstance(old, Record) and isinstance(new, Record) and key in ("where", "having"):
        return merged_record(old, new)
    if isinstance(old, Record) and isinstance(new, Record) and key == "attributes":
        return merged_record(old, new, deep=True)
    if key == "include":
        return merged_entry(key, listed(old), listed(new))
    if isinstance(new, Const) and new.value is None and new.origin is None:
        return old
    return new


def listed(value: Value) -> Value:
    """A single item as a list of one."""
    return value if isinstance(value, Sequence) else Sequence([value], origin=value.origin)


def why(value: Value | None) -> str:
    """Why a value is not known, in words that complete "depends on ..."."""
    return reason_of(value)


def model_named(model: Model | None) -> str:
    """A model's name, for a reader."""
    return model.name if model is not None else "?"
