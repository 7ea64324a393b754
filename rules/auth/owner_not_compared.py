"""Users may change or delete the rows of others: nobody compares the owner with who asks.

The contract protects the operation, and the guard lets in whoever has a token. The row has a column that says whose it
is, and on the way of the request that column is neither compared with who asks nor a part of the condition by which
the row is found: users delete the articles and comments of all others.

Compare before the change (`if article.author_id != user.id: raise HTTPException(403)`), or say it in the statement
(`WHERE id = $1 AND author_id = $2`).

The rule looks at operations of the contract that are protected and whose path ends with what names the row (`PUT
/notes/{id}`), at the statements that they surely send to the table of the row, and at tables with exactly one key that
leads to the table of the users: one that says `owner`, `author`, `user` or the like, or any where the contract answers
403. It is silent where anything on the way compares something that may be a person, asks
for a role or a permission, or refuses by 403; where a guard stands in front that other protected operations do not
have; and where any statement on the way was not wholly read.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from sqlglot import exp

from verifier.api import (
    Access,
    Category,
    Column,
    Confidence,
    Facts,
    Function,
    FunctionRef,
    Problem,
    Query,
    Related,
    Severity,
    Span,
    bare,
    nodes_in,
    regex,
    rule,
    syntax,
)

CHANGING = frozenset({"PUT", "PATCH", "DELETE"})
FORBIDDEN = frozenset({"403", "4XX"})
# Columns by which a table is that of people who sign in.
SECRET = regex(r"(?i)passw|pwd|passhash|(?:hash(?:ed)?|encrypted)_?(?:pass|secret)")
# Keys to people that do not say whose a row is.
OTHERWISE = regex(
    r"(?i)updat|modif|approv|assign|delet|review|edit|last|invit|handl|verif|moderat|lock|clos|receiv|recip"
)
OWNING = regex(r"(?i)user|author|owner|writer|poster|account|member|person|customer|patient|seller|holder|profile")
# Names of what stands for a person, or for what one may do.
PERSON = regex(
    r"(?i)user|author|owner|account|member|viewer|person|profile|creat|current|principal|identity|subject|(?:^|_)sub$|"
    r"role|admin|permission|scope|staff|claims|(?:^|_)me$"
)
# Words of code that refuses for who asks, or leaves that to something else.
REFUSING = regex(
    rb"(?i)\b403\b|_403|forbid|permission|not_?allowed|access_?denied|\bis_?(?:owner|author|mine|admin)|owned_?by|"
    rb"can_?(?:edit|delete|update|modify|change|manage)|ownership|has_?role|authorize\b|policy|ability|check_?owner"
)
ROLE = regex(rb"(?i)role|admin|permission|scope|staff|privileg|is_?super|moderator|manager\b")
PERMITS = b"has_object_permission"  # of Django REST framework, which asks it by itself
ID = regex(r"(?i)_?id$")
COMPARING = frozenset({"==", "!=", "===", "!==", "is", "is not", "in", "not in"})
COMPARES = frozenset({"equals", "isEqual", "is_", "eq", "__eq__", "same", "compare", "is"})


class Owned(NamedTuple):
    """A table whose rows belong to people: the column that says whose they are, and the names that lead there."""

    column: str
    names: frozenset[str]
    span: Span


class Tables(NamedTuple):
    """The tables of people, and those whose rows belong to them, by name."""

    people: frozenset[str]
    owned: dict[str, Owned]


@rule(Category.BUSINESS_LOGIC_DEFECT, Severity.WARNING, confidence=Confidence.MEDIUM, constraint="contract")
def owner_not_compared(facts: Facts) -> Iterator[Problem]:
    """Yield each statement that changes a row of whoever, on the way of a protected operation."""
    wanted = [access for access in facts.access if is_on_a_row(access)]
    tables = read_tables(facts) if wanted else None
    if tables is None or not tables.owned or any(PERMITS in source.data for source in facts.project.files.values()):
        return
    below: dict[object, tuple[FunctionRef, ...]] = {}
    for route, start in facts.calls.runs.starts:
        below.setdefault(route, facts.calls.runs.below([start]))
    usual = {name for access in facts.access if not is_on_a_row(access) for name in access.route.guards}
    # Middleware that others have, too, knows nothing of this row, but may ask for a role.
    others = {one for access in facts.access if not is_on_a_row(access) for one in below.get(access.route, ())}
    shared = frozenset(one for one in facts.calls.before & others if not asks_for_a_role(facts, one))
    for access in wanted:
        functions = below.get(access.route, ())
        guards = set(access.route.guards)
        if not functions or not guards <= usual or ROLE.search(" ".join(guards).encode()) is not None:
            continue
        found = changed(facts, access, set(functions), tables.owned)
        if found is not None and not (FORBIDDEN & access.operation.answers.keys()) and not is_owned(tables, found[1]):
            continue
        own = tuple(function for function in functions if function not in shared)
        if found is None or looks_at_who_asks(facts, own, found[1], tables):
            continue
        query, table = found
        owner = tables.owned[table]
        route = access.route
        yield Problem(
            query.span,
            f"`{route.method} {route.path}` changes rows of `{table}`, whoever asks",
            related=(Related(owner.span, f"`{owner.column}` says whose a row is"),),
            symptom=f"{route.method} {route.path} is answered with success when another user sends it",
            remedy=f"Compare `{owner.column}` with who asks before, or in WHERE",
            routes=(route,),
            identity=f"{route.method} {route.path}",
        )


def is_owned(tables: Tables, table: str) -> bool:
    """Whether a column says by its name that the row is somebody's own, and not only who has made it."""
    return any(OWNING.search(name) for name in tables.owned[table].names)


def is_on_a_row(access: Access) -> bool:
    """Whether a protected operation changes what the end of its path names."""
    operation = access.operation
    last = operation.own.rstrip("/").rpartition("/")[2]
    return operation.security and operation.method in CHANGING and last.startswith("{")


def read_tables(facts: Facts) -> Tables:
    """The tables with exactly one key that leads to people, or to a row that each of them has one of."""
    declared: list[tuple[str, tuple[Column, ...]]] = [(one.table or "", one.columns) for one in facts.models.entities]
    declared += [(table.name, table.columns) for table in facts.models.tables]
    people = {name for name, columns in declared if name and any(SECRET.search(column.name) for column in columns)}
    people |= {name for name, columns in declared if name and any(column.unique for column in keys_to(columns, people))}
    relations = {
        (entity.table, relation.local[0]): relation.name
        for entity in facts.models.entities
        for relation in entity.relationships
        if len(relation.local) == 1
    }
    owned: dict[str, Owned] = {}
    several: set[str] = set()
    for name, columns in declared:
        keys = list(keys_to(columns, people)) if name and name not in people else []
        if len(keys) > 1:
            several.add(name)
        elif keys and not OTHERWISE.search(keys[0].name) and not keys[0].primary_key:
            key = keys[0]
            words = (key.name, key.attribute, ID.sub("", key.name), relations.get((name, key.name), ""))
            names = frozenset(bare(word) for word in words if word)
            owned.setdefault(name, Owned(key.name, names, key.span))
    return Tables(frozenset(people), {name: one for name, one in owned.items() if name not in several})


def keys_to(columns: Iterable[Column], tables: Container[str]) -> Iterator[Column]:
    """The columns that refer to any of some tables."""
    return (column for column in columns if any(reference.table in tables for reference in column.references))


def changed(
    facts: Facts, access: Access, functions: set[FunctionRef], owned: dict[str, Owned]
) -> tuple[Query, str] | None:
    """The statement by which an operation changes the row that its path names; None where that is not wholly known."""
    kind = exp.Delete if access.operation.method == "DELETE" else exp.Update
    found: list[tuple[Query, str]] = []
    for query in facts.queries.queries:
        if query.function not in functions:
            continue
        if not query.lifted or query.reason is not None or any(one.open - {"columns"} for one in query.statements):
            return None
        for statement in query.statements:
            tree = statement.tree
            table = tree.find(exp.Table) if isinstance(tree, kind) else None
            if table is not None and table.name in owned:
                found.append((query, table.name))
    segments = [bare(part) for part in access.operation.own.split("/") if part and not part.startswith("{")]
    named = [one for one in found if segments and is_named(one[1], segments[-1])]
    return named[0] if named else None


def is_named(table: str, segment: str) -> bool:
    """Whether a part of a path says the name of a table, in singular or plural."""
    name = bare(table)
    return name.rstrip("s") == segment.rstrip("s") or name.endswith((segment, segment.rstrip("s")))


def looks_at_who_asks(facts: Facts, functions: tuple[FunctionRef, ...], table: str, tables: Tables) -> bool:
    """Whether anything that a request runs through may hold the owner of a row against who asks."""
    names, within = tables.owned[table].names, set(functions)
    for query in facts.queries.queries:
        if query.function in within and any(
            names_owner(statement.tree, table, names, tables.people) for statement in query.statements
        ):
            return True
    for function in functions:
        code = facts.calls.codes.get(function)
        source = facts.project.files.get(function.path)
        if code is None or source is None:
            return True
        text = own_text(source.data, code.code)
        if REFUSING.search(text) is not None or ROLE.search(text) is not None or compares(code, names):
            return True
    return False


def asks_for_a_role(facts: Facts, function: FunctionRef) -> bool:
    """Whether middleware may let in only those who may change everything."""
    code, source = facts.calls.codes.get(function), facts.project.files.get(function.path)
    return code is None or source is None or ROLE.search(own_text(source.data, code.code)) is not None


def own_text(data: bytes, code: syntax.Function) -> bytes:
    """The text of a function without the named ones that stand in it: those that are called count themselves."""
    parts: list[bytes] = []
    start = code.start
    for inner in named_in(code.body):
        parts.append(data[start : inner.start])
        start = max(start, inner.end)
    return b"".join([*parts, data[start : code.end]])


def named_in(found: object) -> Iterator[syntax.Function]:
    """The functions with names in some code, outermost ones only, in order."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, syntax.Function) and one.name:
            yield one
        elif isinstance(one, syntax.Function | syntax.Class):
            waiting.extend(one.body[::-1])
        elif isinstance(one, syntax.Node):
            waiting.extend([getattr(one, name) for name in syntax.holding(type(one))][::-1])
        elif isinstance(one, tuple):
            waiting.extend(one[::-1])


def names_owner(tree: exp.Expr, table: str, names: frozenset[str], people: frozenset[str]) -> bool:
    """Whether the conditions of a statement on a table hold the owner of its rows against a value."""
    scopes = {one.alias_or_name: one.name for one in tree.find_all(exp.Table)}
    if table not in scopes.values():
        return False
    for condition in tree.find_all(exp.Where, exp.Having, exp.Join):
        for test in condition.find_all(exp.Predicate, exp.Binary):
            sides = [side for side in test.args.values() if isinstance(side, exp.Expr)]
            columns = [side for side in sides if isinstance(side, exp.Column)]
            if isinstance(condition, exp.Join) and len(columns) == len(sides):
                continue
            if any(bare(one.name) in names or scopes.get(one.table) in people for one in columns):
                return True
    return False


def compares(function: Function, names: frozenset[str]) -> bool:
    """Whether a function compares something that may be a person."""
    apart = [(node.start, node.end) for node in named_in(function.code.body)]
    for node in nodes_in(function.code.body):
        sides: tuple[object, ...] = ()
        if isinstance(node, syntax.Binary) and node.operator in COMPARING:
            sides = (node.left, node.right)
        elif isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member) and node.callee.name in COMPARES:
            sides = (node.callee.object, *node.arguments)
        if not sides or any(start <= node.start < end for start, end in apart):
            continue
        if any(isinstance(side, syntax.Const) and not isinstance(side.value, str) for side in sides):
            continue
        if not function.module.javascript and any(map(is_of_class, sides)):
            continue  # a condition of a statement
        if any(is_person(word, names) for side in sides for word in words_in(side)):
            return True
    return False


def is_person(word: str, names: frozenset[str]) -> bool:
    """Whether a name may stand for a person."""
    return bare(word) in names or PERSON.search(word) is not None


def is_of_class(node: object) -> bool:
    """Whether an expression is an attribute of a class, by its name."""
    return isinstance(node, syntax.Member) and isinstance(node.object, syntax.Name) and node.object.id[:1].isupper()


def words_in(node: object) -> Iterator[str]:
    """The names in an expression."""
    for inner in nodes_in((node,)):
        if isinstance(inner, syntax.Name):
            yield inner.id
        elif isinstance(inner, syntax.Member):
            yield inner.name
        elif isinstance(inner, syntax.Const) and isinstance(inner.value, str):
            yield inner.value
