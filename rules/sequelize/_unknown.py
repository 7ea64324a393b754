"""Names in queries that their model does not have, noted where they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from verifier.api import Defect, Origin, Record, Span, may_have_more, regex

from ._given import Reading, place_of_key
from ._schema import Model, has_column

if TYPE_CHECKING:
    from ._finding import Node

NAME = regex(r"[A-Za-z_]\w*")
# Columns that the databases give every table.
HIDDEN = frozenset({"rowid", "oid", "_rowid_", "ctid", "xmin", "xmax", "tableoid"})
# Hooks that may change what is asked for.
CHANGING = regex(rb"\bbefore(?:Find|Count|BulkDestroy|BulkUpdate)\b")
DIRECTIONS = frozenset({"ASC", "DESC"})


def place(reading: Reading, origin: Origin | None) -> Span:
    """Where something is written; else the call."""
    return reading.lifting.span(origin) if origin is not None else reading.span


def is_closed(reading: Reading, model: Model) -> bool:
    """Whether all attributes of a model were read: those that associations of other models give it, too."""
    if reading.doubtful or model.open or model.table is None:
        return False
    return all(
        not other.vague and all(link.known for link in other.associations.values()) for other in reading.registry.all
    )


def column_known(reading: Reading, model: Model, name: str) -> bool:
    """Whether a table has a column of a name; SQLite does not mind its case."""
    exact = reading.dialect == "postgres"
    known = model.names.get(exact)
    if known is None:
        known = model.names[exact] = names_of(model, exact=exact)
    return name in known or (not exact and name.lower() in known) or is_declared_elsewhere(reading, model, name)


def names_of(model: Model, *, exact: bool) -> frozenset[str]:
    """The names of a model's columns: those of attributes, and those of the table."""
    found: set[str] = set()
    for attribute, described in model.attributes.items():
        if has_column(described) or described.get("type") is None:
            found.update((attribute, model.field(attribute) or attribute))
    return frozenset(found if exact else {name.lower() for name in found})


def is_declared_elsewhere(reading: Reading, model: Model, name: str) -> bool:
    """Whether every table has a column of a name, or what is not the model gives its table one."""
    if name.lower() in HIDDEN:
        return True
    return any(
        table.column(name) is not None or (may_have_more(table.open) and is_mentioned(reading, table.span.path, name))
        for table in reading.lifting.models.tables
        if table.name == model.table and table.source in ("migration", "ddl")
    )


def is_mentioned(reading: Reading, path: str, name: str) -> bool:
    """Whether some migration beside one that was not read wholly names something so."""
    folder = path.rpartition("/")[0]
    wanted = name.encode("utf-8", "replace")
    files = reading.lifting.project.files.items()
    return any(wanted in file.data for other, file in files if other.rpartition("/")[0] == folder)


def note_column(reading: Reading, model: Model | None, name: str, origin: Origin | None, option: str) -> bool:
    """Note a name that is no column of its model; whether it was noted."""
    if model is None or NAME.fullmatch(name) is None or column_known(reading, model, name):
        return False
    if not is_closed(reading, model) or changes_queries(reading):
        return False
    if origin is not None and origin.path != reading.span.path and reading.met:
        return False  # a helper of several models may have been given something else to do for this one
    attributes = [attribute for attribute, given in model.attributes.items() if has_column(given)]
    near = get_close_matches(name, attributes, 1)
    link = model.associations.get(name)
    virtual = name in model.attributes
    what = "is no column: it is computed" if virtual else f"and `{model.name}` has no such column"
    if name.upper() in DIRECTIONS and option == "order":
        remedy = "Put the attribute and its direction into a list of their own: `[['name', 'DESC']]`"
    elif link is not None and link.kind == "belongsTo" and link.foreign_key:
        remedy = f"Write `{link.foreign_key}`"
    elif near:
        remedy = f"Write `{near[0]}`"
    else:
        remedy = f"Name an attribute of `{model.name}`, or declare `{name}`"
    shown = f"{model.name}.{name}"
    reading.defects.append(
        Defect(
            "sequelize/unknown-column",
            place(reading, origin),
            f"`{option}` names `{name}`, which {what}" if virtual else f"`{option}` names `{name}`, {what}",
            symptom=f"SequelizeDatabaseError: column {shown} does not exist"
            if reading.dialect == "postgres"
            else f"SequelizeDatabaseError: no such column: {shown}",
            remedy=remedy,
            related=((model.span, f"`{model.name}` is declared here"),),
        )
    )
    return True


def note_source_column(reading: Reading, text: str, origin: Origin | None) -> None:
    """``col("name")``: a column of what the statement reads from, or a name of its own select list."""
    node = reading.node
    head, _, name = text.rpartition(".")
    if node is None or "from" in reading.open or "columns" in reading.open or NAME.fullmatch(name) is None:
        return
    nodes = [inner for inner in joined_nodes(node) if not head or inner.alias == head.replace(".", "->")]
    if not nodes or name in node.aliases:
        return
    others = [inner.link.through for inner in nodes if inner.link is not None and inner.link.through is not None]
    for known in [*(inner.model for inner in nodes), *([] if head else [*others, *node.others])]:
        fields = {known.field(attribute) or attribute for attribute in known.attributes}
        low = {field.lower() for field in fields} if reading.dialect != "postgres" else fields
        if name in fields or name.lower() in low or is_declared_elsewhere(reading, known, name):
            return
    model = nodes[0].model
    if name not in model.attributes:
        note_column(reading, model, name, origin, "col")


def joined_nodes(node: Node) -> Iterator[Node]:
    """A node and all that is joined to it."""
    yield node
    for child in node.children:
        if not child.separate:
            yield from joined_nodes(child)


def changes_queries(reading: Reading) -> bool:
    """Whether a hook of the project may change what queries ask."""
    kept = reading.lifting.project
    known = CHANGES.get(id(kept))
    if known is None or known[0] is not kept:
        found = any(changes_in(file.data) for file in kept.files.values())
        CHANGES.clear()
        CHANGES[id(kept)] = known = (kept, found)
    return known[1]


def changes_in(data: bytes) -> bool:
    """Whether a file sets up such a hook, with a function that takes what is asked for."""
    for match in CHANGING.finditer(data):
        handler = HANDLER.match(data, match.end())
        if handler is None:
            return True
        name = handler["name"]
        if name is not None and not re.search(BARE.replace(b"NAME", re.escape(name)), data):
            return True
    return False


# A hook that takes nothing: an arrow without parameters, or the name of such a function.
HANDLER = regex(rb"[\"'`]?\s*,\s*(?:(?:async\s*)?\(\s*\)\s*=>|(?P<name>[A-Za-z_$][\w$]*)\s*,?\s*\))")
BARE = rb"\b(?:const|let|var)\s+NAME\s*=\s*(?:async\s*)?\(\s*\)\s*=>|\bfunction\s+NAME\s*\(\s*\)"
CHANGES: dict[int, tuple[object, bool]] = {}


def note_keys(reading: Reading, model: Model, values: Record) -> None:
    """Note keys of values that the model does not have: Sequelize drops them."""
    if not values.entries or reading.doubtful or model.open:
        return
    entity = reading.lifting.models.at(model.span.path, model.span.line)
    others = frozenset(entity.attributes) if entity is not None else frozenset()
    keys = [key for key in values.entries if isinstance(key, str) and (values.complete or key in values.places)]
    unknown = [key for key in keys if not takes(model, key, others)]
    nothing = values.complete and len(unknown) == len(values.entries)
    taken = [plain(key) for key in keys if key not in unknown]
    for key in unknown:
        if is_digested(plain(key), taken):
            continue
        near = get_close_matches(key, list(model.attributes), 1)
        reading.defects.append(
            Defect(
                "sequelize/unknown-attribute",
                place(reading, place_of_key(values, key)),
                f"`{model.name}` is given `{key}`, and has no such attribute",
                symptom=NOTHING_STORED if nothing else f"`{key}` is dropped without a word",
                remedy=f"Write `{near[0]}`" if near else f"Declare `{key}` on `{model.name}`, or leave it away",
                related=((model.span, f"`{model.name}` is declared here"),),
            )
        )


NOTHING_STORED = "nothing is stored"


def is_digested(key: str, taken: Iterable[str]) -> bool:
    """Whether what a key holds is stored as its digest beside it, or was asked for twice: it is dropped on purpose."""
    return any(
        (key in other and DIGEST.search(other.replace(key, "", 1)) is not None)
        or (other in key and AGAIN.search(key.replace(other, "", 1)) is not None)
        for other in taken
    )


def plain(key: str) -> str:
    """A key without regard to how its words are joined."""
    return key.replace("_", "").lower()


DIGEST = regex(r"hash|digest|salt|crypt")
AGAIN = regex(r"confirm|repeat|again|retype")


def takes(model: Model, key: str, others: Iterable[str]) -> bool:
    """Whether a model has an attribute or an association of a name; ``a.b`` is a part of a JSON attribute."""
    name = key.partition(".")[0]
    return name in model.attributes or name in model.associations or name in others
