"""What Sequelize refuses of a call, or understands otherwise than it looks, noted where it is written."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    NOTHING,
    Class,
    Const,
    Fix,
    Function,
    Instance,
    NewOption,
    Origin,
    Record,
    Sequence,
    Site,
    Unknown,
    Value,
    is_test,
    regex,
    text_of,
)

from ._finding import Node
from ._given import Reading, is_nothing, place_of_key
from ._models import Row
from ._noting import note, place
from ._plain import Options
from ._schema import Model, attribute_type
from ._scopes import scope_of
from ._unknown import is_closed, note_column

FINDERS = frozenset({"findAll", "findOne", "findAndCountAll"})
ASKING = frozenset({*FINDERS, "count"})
ASKING = frozenset({*FINDERS, "count"})
# What finders take beside attributes: these are no names of conditions.
OPTIONS = frozenset(
    "where attributes include order group having limit offset distinct col raw nest plain paranoid transaction lock "
    "skipLocked logging benchmark subQuery rejectOnEmpty searchPath hooks useMaster retry type model as scope through "
    "required right separate fields returning individualHooks validate force truncate cascade restartIdentity by "
    "silent defaults indexHints replacements bind mapToModel instance joinTableAttributes schema schemaDelimiter "
    "minifyAliases logQueryParameters dotNotation".split()
)


def judge_call(reading: Reading, model: Model, site: Site, method: str, scopes: tuple[Value, ...] | None) -> None:
    """The arguments of a method of a model."""
    if is_test(site.span.path) or site.call.open:
        return
    first = site.call.argument(0)
    if method in FINDERS:
        if isinstance(first, Const) and first.value is not None and not isinstance(first.value, bool):
            note_finder(reading, method, first, f"`{method}` takes options", "a single value")
        elif is_row(first):
            note_finder(reading, method, first, f"`{method}` takes options", "a row")
    elif method == "findByPk" and (is_written_here(reading, first) or is_row(first)):
        what = "a row" if is_row(first) else "an object"
        note_finder(reading, method, first, "`findByPk` takes the value of a key", what)
    options_at = {"update": 1, "increment": 1, "decrement": 1, "destroy": 0, "findOrCreate": 0, "findCreateFind": 0}
    if method in options_at:
        judge_where(reading, model, site, method, options_at[method], scopes)
    if method in ("findAll", "findOne", "findAndCountAll", "count", "findByPk", "destroy", "update"):
        given = site.call.argument(1 if method in ("findByPk", "update") else 0)
        if isinstance(given, Record):
            judge_options(reading, model, given, method)


def is_written_here(reading: Reading, value: Value | None) -> bool:
    """Whether a value is an object that is written in the call itself: others may hold more than is seen of them."""
    if not isinstance(value, Record) or value.origin is None or not value.complete:
        return False
    span, around = reading.lifting.span(value.origin), reading.span
    inside = span.path == around.path and around.line <= span.line <= around.end_line
    return inside and not any(isinstance(entry, Function) for entry in value.entries.values())


def is_row(value: Value | None) -> bool:
    """Whether a value is a row of a model of the project."""
    if isinstance(value, Row):
        return True
    if not isinstance(value, Instance) or value.kind is None:
        return False
    return any(
        getattr(base, "path", "").endswith(".Model") for base in value.kind.lineage() if not isinstance(base, Class)
    )


def note_finder(reading: Reading, method: str, given: Value | None, takes: str, what: str) -> None:
    """A finder that is given something else than it takes."""
    symptom = (
        "Error: Argument passed to findByPk is invalid: [object Object]"
        if method == "findByPk"
        else f"Error: The argument passed to {method} must be an options object"
    )
    remedy = (
        "Pass the key itself, or write `findOne({ where: ... })`"
        if method == "findByPk"
        else "Write `findByPk(id)`, or `{ where: { ... } }`"
    )
    written = given.origin if isinstance(given, Const | Record) else None
    note(reading, "wrong-finder-argument", written, f"{takes}, and is given {what}", symptom, remedy)


def judge_where(
    reading: Reading, model: Model, site: Site, method: str, at: int, scopes: tuple[Value, ...] | None
) -> None:
    """Changes without ``where``, which Sequelize refuses."""
    given = site.call.argument(at)
    if given is None or (isinstance(given, Const) and (given.value is None or isinstance(given.value, str | int))):
        given = Record()
    if not isinstance(given, Record) or not given.complete:
        return
    where = given.entries.get("where")
    if where is not None and not is_nothing(where):
        return
    if "truncate" in given.entries or scope_of(reading, model, scopes) is not None or reading.open:
        return
    known = [key for key in given.entries if isinstance(key, str) and key in model.attributes]
    symptom = {
        "destroy": "Error: Missing where or truncate attribute in the options parameter of model.destroy.",
        "findOrCreate": "Error: Missing where attribute in the options parameter passed to findOrCreate.",
        "findCreateFind": "Error: Missing where attribute in the options parameter passed to findCreateFind.",
    }.get(method, "AssertionError: Missing where attribute in the options parameter")
    remedy = f"Write `{{ where: {{ {known[0]} }} }}`" if known else "Say which rows are meant with `where`"
    if method == "destroy" and not known:
        remedy = "Say which rows are meant with `where`, or write `truncate: true`"
    message = f"`{model.name}.{method}` is given no `where`, and Sequelize refuses it"
    note(reading, "missing-where", given.places.get(known[0]) if known else None, message, symptom, remedy)


def judge_options(reading: Reading, model: Model, given: Record, method: str) -> None:
    """Options that are no options, and those that have another form."""
    if "where" not in given.entries and given.complete and method != "findByPk":
        for key in given.entries:
            if (
                isinstance(key, str)
                and key in model.attributes
                and key not in OPTIONS
                and method in (*FINDERS, "count")
            ):
                note(
                    reading,
                    "condition-outside-where",
                    given.places.get(key),
                    f"`{key}` stands beside the options of `{method}`, where Sequelize does not look at it: all rows "
                    "are found",
                    "rows are found that do not meet the condition",
                    f"Write `{{ where: {{ {key}: ... }} }}`",
                    ((model.span, f"`{model.name}` is declared here"),),
                )
    for key, symptom, remedy in TEXTS:
        value = given.entries.get(key)
        if isinstance(value, Const) and isinstance(value.value, str) and is_sixth(model):
            if method in ("destroy", "update") and key != "where":
                continue
            if method == "count" and key == "order":
                continue
            example = remedy.replace("NAME", value.value.split(" ")[0])
            message = f"`{key}` is a text, which Sequelize refuses"
            note(reading, "option-as-text", value.origin, message, symptom, example)


TEXTS = (
    (
        "order",
        "Error: Order must be type of array or instance of a valid sequelize method.",
        "Write a list: `[['NAME', 'DESC']]`",
    ),
    (
        "attributes",
        "SequelizeQueryError: The attributes option must be an array of column names or an object",
        "Write a list: `['NAME']`",
    ),
    (
        "where",
        "Error: Support for `{where: 'raw query'}` has been removed.",
        "Write an object of conditions, or `literal(...)`",
    ),
)


def is_sixth(model: Model) -> bool:
    """Whether a model is not one of Sequelize 7."""
    home = model.home.connection if model.home is not None else None
    return not (isinstance(home, Instance) and (home.path or "").startswith("@sequelize/core"))


# Conditions


UNDEFINED = regex(rb"[\"'`\]]?\s*:\s*undefined\b")
GIVEN = regex(rb"[\"'`\]]?\s*:\s*([A-Za-z_$][\w$.?]*)")


def is_undefined(reading: Reading, value: Value, place_: Origin | None) -> bool:
    """Whether a value surely is ``undefined``: the word, or what an object lacks."""
    if not isinstance(value, Const) or value.value is not None or value.origin is not None:
        return False
    if id(value) in reading.doubted:
        return False
    if value is not NOTHING:
        return not is_tested(reading, place_)
    data = reading.lifting.project.files[place_.path].data if place_ is not None else b""
    return place_ is not None and UNDEFINED.match(data, place_.end) is not None


def is_tested(reading: Reading, place_: Origin | None) -> bool:
    """Whether a branch around the call looks at the expression that stands behind a key: it may know better."""
    files = reading.lifting.project.files
    found = GIVEN.match(files[place_.path].data, place_.end) if place_ is not None else None
    if found is None:
        return False
    return any(found[1] in files[way.test.path].data[way.test.start : way.test.end] for way in reading.ways)


def note_undefined(reading: Reading, key: str, origin: Origin | None) -> None:
    """A condition whose value is ``undefined``."""
    note(
        reading,
        "undefined-condition",
        origin,
        f"the condition on `{key}` compares with `undefined`, which Sequelize refuses",
        f'Error: WHERE parameter "{key}" has invalid "undefined" value',
        "Leave the condition away where there is no value, or write `null`",
    )


def note_object(reading: Reading, model: Model | None, key: object, value: Value, origin: Origin | None) -> None:
    """A row or an object where a column wants a value."""
    if model is None or not isinstance(key, str) or id(value) in reading.doubted:
        return
    given = model.attributes.get(key)
    if given is None or given.open or not isinstance(given, Options):
        return
    kind = attribute_type(given).kind
    if kind not in SCALARS or not (is_row(value) or is_written_here(reading, value)):
        return
    if is_row(value):
        shown, remedy = "a row", f"Write its key: `{key}: row.id`"
        symptom = f"the value is stored or compared as [object SequelizeInstance:{row_name(value)}]"
    else:
        shown, remedy = "an object", "Write the value itself, or an operator: `{ [Op.eq]: ... }`"
        symptom = "the value is compared as the text [object Object]"
    note(
        reading,
        "object-as-value",
        origin,
        f"`{model.name}.{key}` is given {shown}, and the column holds single values",
        symptom,
        remedy,
        ((model.spans.get(key, model.span), f"`{key}` is declared here"),),
    )


SCALARS = frozenset({"smallint", "integer", "bigint", "float", "numeric", "boolean", "string", "text", "uuid", "enum"})


def row_name(value: Value) -> str:
    """The model of a row."""
    if isinstance(value, Row):
        return value.model.named or "?"
    return value.kind.name if isinstance(value, Instance) and value.kind is not None else "?"


DIALECT = regex(rb"(?<![-\w])(?:get)?[dD]ialect\b")
# What SQLite says of operators that it does not know.
LACKING = {
    **dict.fromkeys(("iLike", "notILike"), 'near "ILIKE": syntax error'),
    **dict.fromkeys(("regexp", "notRegexp"), "no such function: REGEXP"),
    "iRegexp": 'near "~": syntax error',
    "notIRegexp": 'unrecognized token: "!"',
    "overlap": 'near "&": syntax error',
    **dict.fromkeys(("contains", "contained", "match"), 'unrecognized token: "@"'),
    "adjacent": 'near "|": syntax error',
    "noExtendRight": 'near "<": syntax error',
    "noExtendLeft": 'near ">": syntax error',
    "any": "no such function: ANY",
    "all": 'near "ALL": syntax error',
}


def note_dialect(reading: Reading, operator: str, origin: Origin | None) -> None:
    """An operator of PostgreSQL on SQLite."""
    said = LACKING.get(operator)
    if said is None or reading.dialect != "sqlite":
        return
    path = origin.path if origin is not None else reading.span.path
    if DIALECT.search(reading.lifting.project.files[path].data):
        return
    note(
        reading,
        "operator-not-in-dialect",
        origin,
        f"`Op.{operator}` is PostgreSQL's, and this database is SQLite",
        f"SequelizeDatabaseError: SQLITE_ERROR: {said}",
        REPLACED.get(operator, "Compare in a way that SQLite has"),
    )


REPLACED = {"iLike": "Write `Op.like`", "notILike": "Write `Op.notLike`"}


def note_list(reading: Reading, operator: str, value: Value) -> None:
    """``Op.in`` with a single value."""
    if not isinstance(value, Const) or value.value is None or isinstance(value.value, bool):
        return
    if id(value) in reading.doubted:
        return
    text = isinstance(value.value, str)
    note(
        reading,
        "operator-without-list",
        value.origin,
        f"`Op.{operator}` takes a list, and is given a single value",
        "TypeError: value.map is not a function" if text and operator in ("in", "notIn") else "no row is ever found",
        "Write a list, or `Op.eq`" if operator in ("in", "notIn") else "Write a list of two values",
    )


# What is joined


def note_nested(reading: Reading, key: str, origin: Origin | None) -> None:
    """``$posts.title$``: what it names has to be joined in the statement that has the condition."""
    top = reading.top
    if top is None or "from" in reading.open or reading.doubtful:
        return
    *path, last = key[1:-1].split(".")
    node: Node | None = top
    for part in path:
        below = node.children if node is not None else []
        node = next((child for child in below if child.name == part and not child.separate), None)
        if node is None:
            break
    if node is top or not path:
        return
    if node is None:
        if path[0] == top.model.name:
            return
        note(
            reading,
            "nested-column-not-joined",
            origin,
            f"`{key}` is a column of `{'.'.join(path)}`, which this query does not include",
            f"SequelizeDatabaseError: no such column: {'->'.join(path)}.{last}",
            f"Include it: `include: ['{path[0]}']`",
        )
        return
    outside: Node | None = node
    while outside is not None and outside is not top:
        if top.sub_query and not outside.inner:
            note(
                reading,
                "nested-column-in-page",
                origin,
                f"`{key}` is joined outside of the statement that the limit makes, which has this condition",
                f"SequelizeDatabaseError: no such column: {'->'.join(path)}.{last}",
                "Write `subQuery: false`, or put the condition into the include: `where: { ... }`",
                ((place(reading, outside.origin), f"`{outside.name}` is included here"),),
            )
            return
        outside = outside.parent
    fields = {node.model.field(attribute) for attribute in node.model.attributes}
    if last in fields:
        return
    if last in node.model.attributes and is_closed(reading, node.model):
        field = node.model.field(last)
        note(
            reading,
            "unknown-column",
            origin,
            f"`where` names `{last}`, which is `{field}` in the table: names between `$` are columns",
            f"SequelizeDatabaseError: no such column: {'->'.join(path)}.{last}",
            f"Write `${'.'.join(path)}.{field}$`",
            ((node.model.spans.get(last, node.model.span), f"`{last}` is declared here"),),
        )
        return
    note_column(reading, node.model, last, origin, "where")


def judge_count(reading: Reading, node: Node, given: Record) -> None:
    """``findAndCountAll`` that joins a collection counts the joined rows."""
    if reading.flag(given, "distinct") is not None or "distinct" in given.entries or not given.complete:
        return
    if "group" in given.entries or "from" in reading.open:
        return
    found = next(collections(node), None)
    if found is None:
        return
    note(
        reading,
        "count-of-joined-rows",
        place_of_key(given, "include") if "include" in given.places else None,
        f"`findAndCountAll` joins `{found.name}`, and counts `{node.model.name}` once for each joined row",
        "`count` is higher than the number of rows",
        "Write `distinct: true`, or `separate: true` in the include",
        ((found.link.span, f"the association `{found.name}`"),) if found.link is not None else (),
        Fix("count distinct rows", (NewOption(place(reading, given.origin), "distinct", "true"),))
        if given.origin is not None
        else None,
    )


def judge_page(reading: Reading, node: Node) -> None:
    """A limit outside of a subquery counts the joined rows; a condition on them may leave one row for each object."""
    given = node.given
    if reading.flag(given, "subQuery") is not False or not given.complete or reading.entry(given, "group") is not None:
        return
    found = next((child for child in collections(node) if not is_narrowed(reading, child)), None)
    if (
        found is None
        or "from" in reading.open
        or reading.doubtful
        or any(names_joined(where) for where, _ in node.wheres)
    ):
        return
    note(
        reading,
        "limit-over-joined-rows",
        place_of_key(given, "subQuery") if "subQuery" in given.places else None,
        f"the limit counts the rows of the joined `{found.name}`, for `subQuery` is false",
        f"fewer `{node.model.name}` rows come than asked for, the last one with a part of its `{found.name}`",
        "Leave `subQuery: false` out, or write `separate: true` in the include",
        ((found.link.span, f"the association `{found.name}`"),) if found.link is not None else (),
    )


def collections(node: Node) -> Iterator[Node]:
    """The collections that are joined."""
    for child in node.children:
        if not child.separate:
            if child.multi:
                yield child
            yield from collections(child)


def is_narrowed(reading: Reading, child: Node) -> bool:
    """Whether a condition may choose among the rows that are joined."""
    if reading.entry(child.given, "where") is not None or not child.given.complete or child.through is not None:
        return True
    return any(is_narrowed(reading, inner) for inner in child.children)


def names_joined(value: Value) -> bool:
    """Whether a condition names a column of what is joined (``$labels.name$``), or may."""
    if isinstance(value, Record):
        keys = any(isinstance(key, str) and key.startswith("$") for key in value.entries)
        return keys or not value.complete or any(map(names_joined, value.entries.values()))
    if isinstance(value, Sequence):
        return not value.complete or any(map(names_joined, value.items))
    return not isinstance(value, Const | Unknown) and text_of(value) is None


def judge_include(reading: Reading, child: Node, item: Record) -> None:
    """Options of an include that its association does not take."""
    link = child.link
    if link is None:
        return
    name = link.name or ""
    if reading.flag(item, "separate") is True and link.kind != "hasMany":
        note(
            reading,
            "include-option-refused",
            item.places.get("separate") or item.origin,
            f"`separate` is for collections by `hasMany`, and `{name}` is none",
            "Error: Only HasMany associations support include.separate",
            "Leave `separate` away",
            ((link.span, f"the association `{name}`"),),
        )
    if isinstance(item.entries.get("through"), Record) and link.kind != "belongsToMany":
        note(
            reading,
            "include-option-refused",
            item.places.get("through") or item.origin,
            f"`through` is for many-to-many associations, and `{name}` has no junction",
            "TypeError: Cannot read properties of undefined (reading 'getTableName')",
            "Leave `through` away",
            ((link.span, f"the association `{name}`"),),
        )


def judge_attribute(reading: Reading, item: Value) -> None:
    """An expression of an include that has no name."""
    note(
        reading,
        "expression-without-name",
        item.origin,
        "an expression among the attributes of an include has no name, and Sequelize refuses it",
        "Error: Tried to select attributes using Sequelize.cast or Sequelize.fn without specifying an alias for the "
        "result, during eager loading.",
        "Give it a name: `[fn(...), 'total']`",
    )


def judge_scope(reading: Reading, model: Model, name: str, origin: Origin | None, known: list[str]) -> None:
    """A scope that the model does not have."""
    whole = all(isinstance(given, Record) and given.complete for given in model.raw)
    if model.open or not whole or any(kind == "addScope" for kind, _ in model.changes):
        return
    listed = ", ".join(f"`{scope}`" for scope in known if scope != "defaultScope")
    note(
        reading,
        "unknown-scope",
        origin,
        f"`{model.name}` has no scope `{name}`",
        f"SequelizeScopeError: Invalid scope {name} called.",
        f"Name one of its scopes: {listed}" if listed else f"Declare `{name}` in its `scopes`",
        ((model.span, f"`{model.name}` is declared here"),),
    )


def note_values(reading: Reading, model: Model, attribute: str, value: Value, origin: object) -> None:
    """A row that is stored in a column."""
    if is_row(value) and isinstance(origin, Origin | None):
        note_object(reading, model, attribute, value, origin)
