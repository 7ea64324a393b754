"""Options that Sequelize does not look at: under another name, or in an argument that is not theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Instance, Origin, Record, Sequence, Site, Value, is_test, regex

from ._given import Reading
from ._noting import note
from ._schema import Model

# Which argument of each method its options are: of models, and of rows.
OF_MODELS = {
    **dict.fromkeys("findAll findOne findAndCountAll count findOrCreate findCreateFind destroy restore".split(), 0),
    **dict.fromkeys("findByPk create bulkCreate upsert update increment decrement".split(), 1),
}
OF_ROWS = {**dict.fromkeys("save destroy reload restore".split(), 0), **dict.fromkeys("update increment".split(), 1)}
# What is written for options, and meant by it.
OF_QUERIES = {
    **dict.fromkeys("attribute attrs columns select fields projection".split(), "attributes"),
    **dict.fromkeys("includes relations populate joins join".split(), "include"),
    **dict.fromkeys("orderBy orderby order_by sort sortBy orders".split(), "order"),
    **dict.fromkeys("groupBy group_by".split(), "group"),
    **dict.fromkeys("condition conditions filter wheres".split(), "where"),
    "take": "limit",
    "skip": "offset",
}
OF_ALL = dict.fromkeys("trx tx t transactions".split(), "transaction")
CREATING = frozenset({"findOrCreate", "findCreateFind"})
ASKING = frozenset({"findAll", "findOne", "findAndCountAll", "findByPk", "count"})
KNOWN = frozenset(
    "where attributes include order group having limit offset distinct raw paranoid transaction lock returning "
    "defaults individualHooks hooks validate ignoreDuplicates updateOnDuplicate".split()
)
LEFT = {
    "attributes": "all columns are read",
    "include": "what it names is not in the rows",
    "order": "the rows come in any order",
    "group": "the rows are not grouped",
    "where": "rows are found that do not meet the condition",
    "limit": "all rows are found",
    "offset": "the rows begin with the first",
    "transaction": "the statement is sent outside of the transaction, and stays when that is rolled back",
    "defaults": "the row is created without these values",
}
ITSELF = regex(rb"\buseCLS\b|_cls\b|AsyncLocalStorage")


def judge_ignored(reading: Reading, model: Model, site: Site, method: str, *, of_model: bool) -> None:
    """Note the options of a call that Sequelize does not look at."""
    at = (OF_MODELS if of_model else OF_ROWS).get(method)
    if at is None or site.call.open or is_test(site.span.path):
        return
    given = site.call.argument(at)
    if is_transaction(given) and method != "findByPk":
        note_transaction(reading, method, None)
    if isinstance(given, Record) and is_inside(reading, given.origin):
        judge_names(reading, model, given, method)
    for further in site.call.arguments[at + 1 :]:
        judge_surplus(reading, method, at, further)


def judge_names(reading: Reading, model: Model, given: Record, method: str) -> None:
    """Options under another name."""
    meant = {**OF_ALL}
    if method in ASKING:
        meant |= OF_QUERIES
    if method in CREATING:
        meant["default"] = "defaults"
    for key, right in meant.items():
        if key not in given.entries or right in given.entries or key in model.attributes or is_read(reading, key):
            continue
        if right == "transaction" and not is_transaction(given.entries[key]):
            continue
        if right == "transaction" and finds_itself(reading):
            continue
        note(
            reading,
            "ignored-option",
            given.places.get(key),
            f"Sequelize has no option `{key}` in `{method}`, and does not look at it",
            LEFT[right],
            f"Write `{right}`",
        )
    if method in ASKING:
        for inner in included(given.entries.get("include")):
            if is_inside(reading, inner.origin):
                judge_names(reading, model, inner, method)


def included(wanted: Value | None) -> Iterator[Record]:
    """What an include is told in objects."""
    for item in wanted.items if isinstance(wanted, Sequence) else (wanted,):
        if isinstance(item, Record):
            yield item


def judge_surplus(reading: Reading, method: str, at: int, given: Value) -> None:
    """An argument behind the options."""
    if is_transaction(given):
        note_transaction(reading, method, None)
        return
    keys = [key for key in given.entries if key in KNOWN] if isinstance(given, Record) else []
    if not isinstance(given, Record) or not keys or not is_inside(reading, given.origin):
        return
    key = str(keys[0])
    if key == "transaction" and finds_itself(reading):
        return
    place = ("first", "second")[at]
    note(
        reading,
        "ignored-option",
        given.places.get(key) or given.origin,
        f"`{method}` takes its options as the {place} argument, and does not look at this one",
        LEFT.get(key, f"`{key}` has no effect"),
        f"Write `{key}` into the {place} argument",
    )


def note_transaction(reading: Reading, method: str, origin: Origin | None) -> None:
    """A transaction where options are wanted."""
    if not finds_itself(reading):
        note(
            reading,
            "ignored-option",
            origin,
            f"`{method}` is given the transaction itself, where it wants options",
            LEFT["transaction"],
            "Write `{ transaction }`",
        )


def is_transaction(value: Value | None) -> bool:
    """Whether a value is a transaction."""
    return isinstance(value, Instance) and (value.path or "").endswith(".Transaction")


def is_inside(reading: Reading, origin: Origin | None) -> bool:
    """Whether something is written in the call itself."""
    if origin is None:
        return False
    span, around = reading.lifting.span(origin), reading.span
    return span.path == around.path and around.line <= span.line <= around.end_line


def is_read(reading: Reading, key: str) -> bool:
    """Whether code of the project, such as a hook, reads an option of this name."""
    known = reading.lifting.options_read
    if key not in known:
        known[key] = is_in_text(reading, key)
    return known[key]


def is_in_text(reading: Reading, key: str) -> bool:
    """The same, by the text of all files."""
    word = re.escape(key.encode())
    found = re.compile(rb"\boptions\??\.%s\b|\{[^{}]*\b%s\b[^{}]*\}\s*=\s*options\b" % (word, word))
    hooked = regex(rb"\b(?:addHook|hooks|before[A-Z]\w+)\b")
    return any(
        hooked.search(source.data) is not None and found.search(source.data) is not None
        for source in reading.lifting.project.files.values()
        if source.language != "python"
    )


def finds_itself(reading: Reading) -> bool:
    """Whether statements find their transaction without being told."""
    known = reading.lifting.options_read
    if "" not in known:
        known[""] = any(ITSELF.search(source.data) is not None for source in reading.lifting.project.files.values())
    return known[""]
