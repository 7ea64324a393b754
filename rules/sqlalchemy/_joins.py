"""How two tables are joined: by their foreign keys, or by an expression that the relationship gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from verifier.api import syntax

from ._drafts import ForeignDraft, TableDraft

# A column in its table: the table's identity and the column's name.
Place = tuple[int, str]
Resolve = Callable[[syntax.Expression], "Place | None"]


class Pair(NamedTuple):
    """Two columns that a join holds to be equal; ``foreign`` is the one that has the key."""

    foreign: Place
    referred: Place


class Condition(NamedTuple):
    """A join as an expression gives it: columns held equal, and those marked as foreign or remote."""

    equal: tuple[tuple[Place, Place], ...]
    foreign: frozenset[Place]
    remote: frozenset[Place]


def links(a: Iterable[TableDraft], b: Iterable[TableDraft]) -> dict[int, list[Pair]]:
    """The foreign keys of ``b`` that point at ``a``, by constraint."""
    wanted = {id(table) for table in a}
    found: dict[int, list[Pair]] = {}
    for table in b:
        for foreign in table.foreign:
            pairs = pairs_of(table, foreign)
            if pairs and all(pair.referred[0] in wanted for pair in pairs):
                found[id(foreign)] = pairs
    return found


def pairs_of(table: TableDraft, foreign: ForeignDraft) -> list[Pair]:
    """A constraint's columns with those that they point at; empty where one is not known."""
    pairs: list[Pair] = []
    for name, key in zip(foreign.columns, foreign.keys, strict=False):
        if key.table is None or key.target is None:
            return []
        pairs.append(Pair((id(table), name), (id(key.table), key.target.name)))
    return pairs


def join(
    a: list[TableDraft], b: list[TableDraft], nearest: TableDraft | None, considered: frozenset[Place] = frozenset()
) -> list[list[Pair]]:
    """The ways to join two sides by foreign keys, as the library counts them: it joins by one, and by one only.

    The own table of a class that inherits is tried before all of its tables.
    """
    found: dict[int, list[Pair]] = {}
    for left in ([nearest] if nearest is not None else [], a):
        found = links(left, b)
        if {id(table) for table in left} != {id(table) for table in b}:
            found.update(links(b, left))
        if considered:
            found = {
                key: kept for key, pairs in found.items() if (kept := [p for p in pairs if p.foreign in considered])
            }
        if found:
            break
    if len(found) > 1 and considered:
        found = {key: pairs for key, pairs in found.items() if {pair.foreign for pair in pairs} == set(considered)}
    return list({tuple(pairs): pairs for pairs in found.values()}.values())


def read_condition(node: syntax.Expression | None, resolve: Resolve) -> Condition | None:
    """What an expression such as ``and_(User.id == foreign(Post.author_id))`` holds equal; None where nothing."""
    equal: list[tuple[Place, Place]] = []
    foreign: set[Place] = set()
    remote: set[Place] = set()

    def column(part: syntax.Expression) -> Place | None:
        if isinstance(part, syntax.Call):
            name = called(part)
            inner = next((one for one in part.arguments if not isinstance(one, syntax.Keyword | syntax.Spread)), None)
            if name in ("foreign", "remote", "cast", "func") and inner is not None:
                found = column(inner)
                if found is not None and name == "foreign":
                    foreign.add(found)
                if found is not None and name == "remote":
                    remote.add(found)
                return found
            return None
        return resolve(part)

    def walk(part: syntax.Expression, depth: int) -> None:
        if depth > 20:
            return
        if isinstance(part, syntax.Binary):
            if part.operator == "==":
                left, right = column(part.left), column(part.right)
                if left is not None and right is not None:
                    equal.append((left, right))
            elif part.operator in ("&", "|"):
                walk(part.left, depth + 1)
                walk(part.right, depth + 1)
        elif isinstance(part, syntax.Call) and called(part) in ("and_", "or_"):
            for argument in part.arguments:
                if not isinstance(argument, syntax.Keyword | syntax.Spread):
                    walk(argument, depth + 1)

    if node is not None:
        walk(node, 0)
    return Condition(tuple(equal), frozenset(foreign), frozenset(remote)) if equal else None


def called(node: syntax.Call) -> str:
    """The name that a call is written with."""
    callee = node.callee
    if isinstance(callee, syntax.Member):
        return callee.name
    return callee.id if isinstance(callee, syntax.Name) else ""


def referring(tables: Iterable[TableDraft]) -> set[tuple[Place, Place]]:
    """Each column that a foreign key holds, with what it points at."""
    return {
        (pair.foreign, pair.referred)
        for table in tables
        for foreign in table.foreign
        for pair in pairs_of(table, foreign)
    }


def by_condition(condition: Condition, tables: list[TableDraft], considered: frozenset[Place]) -> list[Pair]:
    """The pairs of an expression, with the column that holds the key first."""
    keys = referring(tables)
    marked = considered or condition.foreign
    pairs: list[Pair] = []
    for left, right in condition.equal:
        if marked:
            if left in marked:
                pairs.append(Pair(left, right))
            elif right in marked:
                pairs.append(Pair(right, left))
        elif (left, right) in keys:
            pairs.append(Pair(left, right))
        elif (right, left) in keys:
            pairs.append(Pair(right, left))
    return pairs


def direction(pairs: list[Pair], parent: set[int], child: set[int], remote: frozenset[Place]) -> str | None:
    """``many-to-one`` or ``one-to-many`` as the library decides it; None where the pairs leave it open."""
    to_many = any(pair.foreign[0] in child for pair in pairs)
    to_one = any(pair.foreign[0] in parent for pair in pairs)
    if to_many and to_one:
        foreign = {pair.foreign for pair in pairs}
        far = remote or frozenset(foreign)
        marked, plain = far & foreign, far - foreign
        if marked and plain:
            equated = far & {place for pair in pairs for place in pair if place not in remote}
            marked, plain = marked - equated, plain - equated
        if marked and not plain:
            return "one-to-many"
        return "many-to-one" if plain and not marked else None
    if to_many:
        return "one-to-many"
    return "many-to-one" if to_one else None
