"""The tables of a query and how they hang together, as Django decides it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlglot import exp

from verifier.api import Origin

from ._faults import FaultError, UnclearError, Word
from ._fields import TO_ONE, Field
from ._model import Model
from ._names import Names, Opts, Way

Target = tuple[Model, Field]
# Lookups that relations have.
OF_RELATIONS = frozenset("exact in gt gte lt lte isnull".split())
MOST_JOINS = 200  # MySQL and SQLite take about sixty


class Hop(NamedTuple):
    """One join of a way: from a table to the next.

    Attributes:
        key: what tells it from other joins of the same tables.
        near, far: the columns that are held against each other; ``near_fields`` and ``far_fields`` what they are of.
        direct: the key lies on this side; ``many``: it may lead to several rows.
        back: the field that holds the key.
    """

    key: object
    model: Model | None
    table: str
    near: str
    far: str
    near_field: Field | None
    far_field: Field | None
    direct: bool
    many: bool
    nullable: bool
    back: Target | None = None
    origin: Origin | None = None


class Join:
    """A table in a query; the first one has no parent."""

    __slots__ = ("alias", "condition", "hop", "key", "kind", "model", "nullable", "origin", "parent", "table")

    def __init__(self, alias: str, table: str, model: Model | None) -> None:
        self.alias = alias
        self.table = table
        self.model = model
        self.parent: str | None = None
        self.kind = ""
        self.nullable = False
        self.key: object = None
        self.hop: Hop | None = None
        self.origin: Origin | None = None
        self.condition: exp.Expression | None = None


class Found(NamedTuple):
    """Where names lead: the hops, what stands at the end, the names that are left, the hops of each name."""

    hops: list[Hop]
    final: Field | Way
    targets: list[Target]
    rest: list[Word]
    named: list[tuple[Word, list[Hop]]]


class ManyRowsError(Exception):
    """A way leads to several rows where that is not allowed."""

    def __init__(self, named: list[tuple[Word, list[Hop]]]) -> None:
        super().__init__()
        self.named = named


class Tables:
    """Gives each table of a statement, subqueries included, an alias of its own."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def alias(self, table: str) -> str:
        """The table's name, or a fresh one where that is taken."""
        found = table
        number = len(self.used)
        while found in self.used:
            number += 1
            found = f"T{number}"
        self.used.add(found)
        return found


class Joins:
    """The joins of one query on a model."""

    def __init__(self, names: Names, model: Model, tables: Tables) -> None:
        self.names = names
        self.registry = names.registry
        self.model = model
        self.opts: Opts = names.opts(model)
        self.tables = tables
        self.joins: dict[str, Join] = {}
        self.refs: Counter[str] = Counter()
        self.used: set[str] = set()  # joins to several rows that one call of filter shares
        self.base = ""
        self.looked_up: list[str] = []
        self.names_of_filters: dict[str, object] = {}

    # Names

    def table_of(self, model: Model) -> str:
        """The table of a model."""
        found = self.registry.table_of(model)
        if found is None:
            raise UnclearError(f"the table of `{model.name}`")
        return found

    def initial(self) -> str:
        """The alias of the query's own table."""
        if not self.base:
            table = self.table_of(self.model)
            self.base = self.tables.alias(table)
            self.joins[self.base] = Join(self.base, table, self.model.concrete())
        self.refs[self.base] += 1
        return self.base

    def lookup(self, names: list[Word], model: Model, *, many: bool = True, whole: bool = False) -> Found:
        """Follow names from a model on; those that are no fields are left, as transforms and lookups."""
        hops: list[Hop] = []
        named: list[tuple[Word, list[Hop]]] = []
        targets: list[Target] = []
        final: Field | Way | None = None
        position = -1
        for position, word in enumerate(names):
            own: list[Hop] = []
            opts = self.names.opts(model)
            if word.text == "pk" and opts.composite:
                keys = composite_fields(model)
                held = [opts.fields[name] for name in keys if name in opts.fields]
                if len(held) != len(keys) or not held:
                    raise UnclearError("a composite key")
                named.append((word, own))
                return Found(hops, held[0][1], held, names[position + 1 :], named)
            text = opts.key.name if word.text == "pk" and opts.key is not None else word.text
            way = opts.ways.get(text)
            held_one = opts.fields.get(text)
            if way is None and held_one is not None and held_one[1].core in TO_ONE:  # by the name of its column
                way = opts.ways.get(held_one[1].name)
            if way is not None and way.hidden:
                way = None
            if way is None and text in opts.opaque and (held_one is None or position + 1 < len(names)):
                raise UnclearError(f"the field `{text}` of `{model.name}`")
            if way is None and held_one is None:
                if position == 0 or whole:
                    self.unknown(word, model)
                reasons = self.names.reasons(model, text) if text not in OF_RELATIONS else []
                if reasons or self.names.is_annotated(text):
                    raise UnclearError(reasons[0] if reasons else f"`{text}`, which some query is annotated with")
                position -= 1
                break
            owner = way.owner if way is not None else held_one[0] if held_one is not None else model
            if owner is not model.concrete():
                own.extend(self.to_parent(model, owner, word.origin))
            if way is not None:
                own.extend(self.hops(way, word))
                final = way
                if not many:
                    for place, hop in enumerate(own):
                        if hop.many:
                            raise ManyRowsError([*named, (word, own[: place + 1])])
                hops.extend(own)
                named.append((word, own))
                targets = self.ends(way)
                model = way.target
                continue
            assert held_one is not None
            if held_one[1].core == "":
                raise UnclearError(f"a field of another library, `{held_one[1].declared}`")
            hops.extend(own)
            named.append((word, own))
            targets, final = [held_one], held_one[1]
            if whole and position + 1 < len(names):
                raise FaultError(
                    "unknown-lookup",
                    names[position + 1].origin,
                    f"`{text}` of `{model.name}` is no relation, and has nothing named `{names[position + 1].text}`",
                    f"FieldError: Cannot resolve keyword '{names[position + 1].text}' into field. "
                    f"Join on '{text}' not permitted.",
                    model=model,
                )
            break
        if final is None:
            raise UnclearError("a name without parts")
        return Found(hops, final, targets, names[position + 1 :], named)

    def unknown(self, word: Word, model: Model) -> None:
        """No field of this name: what Django says, unless there may be further ones."""
        opts = self.names.opts(model)
        reasons = self.names.reasons(model, word.text)
        if self.names.is_annotated(word.text):
            raise UnclearError(f"`{word.text}`, which some query is annotated with")
        if reasons or "" in opts.opaque:
            raise UnclearError(f"{reasons[0] if reasons else 'a relation of any kind'}")
        choices = opts.choices()
        raise FaultError(
            "unknown-lookup",
            word.origin,
            f"`{model.name}` has no field `{word.text}`",
            f"FieldError: Cannot resolve keyword '{word.text}' into field. Choices are: {', '.join(choices)}",
            near(word.text, choices),
            model,
        )

    def to_parent(self, model: Model, owner: Model, origin: Origin | None) -> list[Hop]:
        """The joins from a model to one whose columns it inherits."""
        current = model.concrete()
        waiting: list[tuple[Model, list[Hop]]] = [(current, [])]
        seen = {id(current)}
        while waiting:
            found, hops = waiting.pop(0)
            if found is owner:
                return hops
            for base in found.bases:
                parent = base.concrete()
                if id(parent) in seen:
                    continue
                seen.add(id(parent))
                link = found.links.get(parent.key)
                field = found.fields.get(link) if link is not None else None
                key = self.registry.key_of(parent)
                if field is None or key is None:
                    raise UnclearError(f"how `{found.name}` extends `{parent.name}`")
                hop = Hop(
                    ("forward", id(found), field.name), parent, self.table_of(parent), self.registry.column_of(field),
                    self.registry.column_of(key), field, key, True, False, False, (found, field), origin,
                )  # fmt: skip
                waiting.append((parent, [*hops, hop]))
        raise UnclearError(f"how `{model.name}` extends `{owner.name}`")

    def hops(self, way: Way, word: Word) -> list[Hop]:
        """The joins of a way."""
        if way.field.open or way.link.reason is not None:
            raise UnclearError(f"the arguments of `{way.field.name}`")
        if way.junction is not None:
            return self.through(way, word)
        field, holder = way.field, way.holder
        target = way.link.target
        held = self.registry.remote_field(holder, field, target) if target is not None else None
        if held is None or target is None:
            raise UnclearError(f"the key that `{field.name}` points at")
        column, remote = self.registry.column_of(field), self.registry.column_of(held[1])
        key = (id(holder), field.name)
        if way.forward:
            nullable = field.flag("null")
            model = target.concrete()
            return [
                Hop(("forward", *key), model, self.table_of(model), column, remote, field, held[1], True, False,
                    bool(nullable), (holder, field), word.origin)
            ]  # fmt: skip
        model = holder.concrete()
        many = field.core != "OneToOneField" and not field.flag("unique")
        return [
            Hop(("back", *key), model, self.table_of(model), remote, column, held[1], field, False, many, True,
                (holder, field), word.origin)
        ]  # fmt: skip

    def through(self, way: Way, word: Word) -> list[Hop]:
        """The joins of a way through a junction table."""
        junction, holder, target = way.junction, way.holder, way.link.target
        assert junction is not None
        if junction.near is None or junction.far is None or target is None or junction.reason:
            raise UnclearError(f"the table behind `{way.field.name}`")
        sides = [(holder, junction.near), (target, junction.far)]
        if not way.forward:
            sides.reverse()
        (start, near_column), (end, far_column) = sides
        start_key, end_key = self.registry.key_of(start), self.registry.key_of(end)
        if start_key is None or end_key is None:
            raise UnclearError("a key that was not read")
        names = (id(holder), way.field.name, way.forward)
        columns = self.registry.column_of
        return [
            Hop(("near", *names), junction.model, junction.table, columns(start_key), near_column, start_key, None,
                False, True, True, None, word.origin),
            Hop(("far", *names), end.concrete(), self.table_of(end), far_column, columns(end_key), None, end_key, True,
                False, False, None, word.origin),
        ]  # fmt: skip

    def ends(self, way: Way) -> list[Target]:
        """The columns that stand for what a way leads to."""
        if way.forward and not way.many:
            target = way.link.target
            held = self.registry.remote_field(way.holder, way.field, target) if target is not None else None
            return [held] if held is not None else []
        key = self.registry.key_of(way.target)
        if key is None:
            return [held for name in composite_fields(way.target) if (held := self.names.opts(way.target).fields[name])]
        return [(way.target.concrete(), key)]

    # Joins

    def setup(
        self, names: list[Word], model: Model, alias: str, reuse: set[str] | None = None, *, many: bool = True
    ) -> tuple[Found, list[str]]:
        """Join what names lead to; the aliases on the way, the start first."""
        found = self.lookup(names, model, many=many)
        aliases = [alias]
        for hop in found.hops:
            alias = self.join(hop, alias, reuse if hop.many else None)
            aliases.append(alias)
        return found, aliases

    def join(self, hop: Hop, parent: str, reuse: set[str] | None) -> str:
        """Join a table, or use a join that is there."""
        key = (hop.key, parent)
        for alias in reversed(self.joins):
            if self.joins[alias].key == key and (reuse is None or alias in reuse):
                self.refs[alias] += 1
                return alias
        if len(self.joins) >= MOST_JOINS:
            raise UnclearError("a very large number of joins")
        alias = self.tables.alias(hop.table)
        made = Join(alias, hop.table, hop.model)
        made.parent, made.key, made.hop, made.origin = parent, key, hop, hop.origin
        made.nullable = hop.nullable
        made.kind = "LEFT" if self.joins[parent].kind == "LEFT" or hop.nullable else "INNER"
        self.joins[alias] = made
        self.refs[alias] += 1
        return alias

    def trimmed(self, found: Found, aliases: list[str]) -> tuple[list[tuple[str, Field | None]], str, list[str]]:
        """Leave out joins whose key the table before them holds: columns with their fields, their alias, the rest."""
        aliases = list(aliases)
        columns: list[tuple[str, Field | None]] = [
            (self.registry.column_of(field), field) for _, field in found.targets
        ]
        for hop in reversed(found.hops):
            if len(aliases) == 1 or not hop.direct:
                break
            if self.joins[aliases[-1]].condition is not None or [column for column, _ in columns] != [hop.far]:
                break
            columns = [(hop.near, hop.near_field)]
            self.refs[aliases.pop()] -= 1
        return columns, aliases[-1], aliases

    def promote(self, aliases: Iterable[str]) -> None:
        """Make joins outer ones where rows may lack the other side."""
        waiting = list(aliases)
        while waiting:
            alias = waiting.pop(0)
            join = self.joins[alias]
            if not join.kind:
                continue
            outer = join.parent is not None and self.joins[join.parent].kind == "LEFT"
            if (join.nullable or outer) and join.kind != "LEFT":
                join.kind = "LEFT"
                waiting += [
                    other for other, held in self.joins.items() if held.parent == alias and other not in waiting
                ]

    def demote(self, aliases: Iterable[str]) -> None:
        """Make outer joins inner ones, with those before them."""
        waiting = list(aliases)
        while waiting:
            join = self.joins[waiting.pop(0)]
            if join.kind == "LEFT":
                join.kind = "INNER"
                if join.parent is not None and self.joins[join.parent].kind == "INNER":
                    waiting.append(join.parent)

    def inner(self) -> set[str]:
        """The aliases of inner joins."""
        return {alias for alias, join in self.joins.items() if join.kind == "INNER"}


def composite_fields(model: Model) -> list[str]:
    """The names of the fields of a composite key."""
    from ._columns import composite_key

    return list(composite_key(model.concrete()))


def near(text: str, choices: Iterable[str]) -> str:
    """A remedy: the nearest name, if one is near."""
    from difflib import get_close_matches

    found = get_close_matches(text, list(choices), 1)
    return f"Write `{found[0]}`" if found else ""


class Promoter:
    """Counts which joins the parts of a condition need, and decides their kinds."""

    def __init__(self, connector: str, parts: int, negated: bool) -> None:
        flipped = {"AND": "OR", "OR": "AND"}
        self.connector = flipped.get(connector, connector) if negated else connector
        self.parts = parts
        self.votes: Counter[str] = Counter()

    def vote(self, aliases: Iterable[str]) -> None:
        """A part needs these joins."""
        self.votes.update(aliases)

    def decide(self, joins: Joins) -> set[str]:
        """Promote and demote; the joins that are needed."""
        promoted = {alias for alias, votes in self.votes.items() if self.connector == "OR" and votes < self.parts}
        demoted = {
            alias
            for alias, votes in self.votes.items()
            if self.connector == "AND" or (self.connector == "OR" and votes == self.parts)
        }
        joins.promote(promoted)
        joins.demote(demoted)
        return demoted
