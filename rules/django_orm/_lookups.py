"""Lookups and transforms: what stands behind the last field of a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from sqlglot import exp

from verifier.api import Const, Engine, Origin, Value, regex

from ._faults import FaultError, UnclearError, Word
from ._fields import TO_ONE, Field
from ._joins import OF_RELATIONS, near

PLAIN = frozenset(
    "exact iexact contains icontains startswith istartswith endswith iendswith gt gte lt lte in range isnull regex "
    "iregex".split()
)
DATE_PARTS = frozenset("year month day week week_day iso_week_day iso_year quarter".split())
TIME_PARTS = frozenset("hour minute second".split())
DATES = frozenset({"DateField", "DateTimeField"})
TEXTS = frozenset(
    "CharField TextField EmailField SlugField URLField FileField ImageField FilePathField CICharField CIEmailField "
    "CITextField GenericIPAddressField CommaSeparatedIntegerField".split()
)
SEARCHES = frozenset("search unaccent trigram_similar trigram_word_similar trigram_strict_word_similar".split())
# Fields of databases' own types, whose lookups are many.
WIDE = frozenset(
    "HStoreField BigIntegerRangeField DateRangeField DateTimeRangeField DecimalRangeField FloatRangeField "
    "IntegerRangeField RangeField SearchVectorField GeometryField PointField LineStringField PolygonField "
    "MultiPointField MultiLineStringField MultiPolygonField GeometryCollectionField RasterField GeneratedField".split()
)
INTEGERS = frozenset(
    "AutoField BigAutoField SmallAutoField IntegerField BigIntegerField SmallIntegerField PositiveIntegerField "
    "PositiveBigIntegerField PositiveSmallIntegerField OrderWrt".split()
)
UNKNOWN = ""
REGISTERED = regex(rb"lookup_name\s*=\s*[\"'](\w+)[\"']")
OPERATORS: Mapping[str, type[exp.Expression]] = {"gt": exp.GT, "gte": exp.GTE, "lt": exp.LT, "lte": exp.LTE}


class Made(Struct, frozen=True):
    """A value in a query.

    Attributes:
        node: the SQL.
        core: the kind of field whose lookups it has, in Django's words; empty where that is not known.
        field: the very field, of a column.
        table: alias of the table that the column is of.
        sources: what it was made of, for grouping.
        kind: ``column``, ``value``, ``function``, ``aggregate``, ``subquery`` or ``condition``.
        outer: columns of the query around a subquery that it uses.
        relation: the column is that of a relation.
        many: it may stand for several rows.
        null: it surely is NULL.
        used: aliases of joins that it uses.
    """

    node: exp.Expression
    core: str = UNKNOWN
    field: Field | None = None
    table: str | None = None
    sources: tuple[Made, ...] = ()
    kind: str = "function"
    outer: tuple[Made, ...] = ()
    relation: bool = False
    default_name: str = ""
    window: bool = False

    @property
    def aggregate(self) -> bool:
        """Whether it holds an aggregate."""
        return self.kind == "aggregate" or any(source.aggregate for source in self.sources)

    @property
    def over(self) -> bool:
        """Whether it holds a window."""
        return self.window or any(source.over for source in self.sources)

    def grouping(self) -> list[Made]:
        """What must be grouped by where it is selected."""
        if self.kind == "column":
            return [self]
        if self.kind in ("value", "aggregate"):
            return []
        if self.kind == "subquery":
            return list(self.outer)
        if self.kind == "condition" or self.aggregate:
            return [part for source in self.sources for part in source.grouping()]
        return [self]


def library_call(this: str, expressions: list[exp.Expression]) -> exp.Anonymous:
    """A function that Django calls, and sees to that the database has it."""
    node = exp.Anonymous(this=this, expressions=expressions)
    node.meta["own"] = True
    return node


def core_of(field: Field | None) -> str:
    """The kind of a field's lookups; that of a relation is its own."""
    if field is None:
        return UNKNOWN
    return "relation" if field.core in TO_ONE else field.core


class Lookups:
    """What the project has registered, and which database it talks to."""

    def __init__(self, engine: Engine, postgres: bool) -> None:
        self.postgres = postgres
        data = [file.data for file in engine.project.files.values() if file.language == "python"]
        registering = any(b"register_lookup" in text or b"class_lookups" in text for text in data)
        own = (
            [found for text in data if b"lookup_name" in text for found in REGISTERED.findall(text)]
            if registering
            else []
        )
        self.own = frozenset(name.decode() for name in own)  # lookups that the project registers
        self.open = registering and not own
        self.searching = any(b"django.contrib.postgres" in text for text in data)

    def transforms(self, core: str) -> frozenset[str]:
        """The transforms of a kind of field."""
        if core == "DateField":
            return DATE_PARTS
        if core == "DateTimeField":
            return DATE_PARTS | TIME_PARTS | {"date", "time"}
        if core == "TimeField":
            return TIME_PARTS
        if core == "ArrayField":
            return frozenset({"len"})
        return frozenset()

    def names(self, core: str) -> frozenset[str]:
        """The lookups of a kind of field."""
        if core == "relation":
            return OF_RELATIONS
        if core == "JSONField":
            return PLAIN | {"contained_by", "has_key", "has_keys", "has_any_keys"}
        if core == "ArrayField":
            return PLAIN | {"contained_by", "overlap"}
        return PLAIN | SEARCHES if self.searching and (core in TEXTS) else PLAIN

    def split(self, lhs: Made, names: list[Word]) -> tuple[Made, str, Word | None]:
        """Apply transforms; the lookup that remains (``exact`` where there is none) and its word."""
        for place, word in enumerate(names):
            last = place == len(names) - 1
            core = lhs.core
            if core == UNKNOWN or core in WIDE:
                if last and word.text in PLAIN and core == UNKNOWN:
                    return lhs, word.text, word
                raise UnclearError(f"what `{word.text}` means for a value of this kind")
            if last and word.text in self.names(core):
                return lhs, word.text, word
            if word.text in self.transforms(core):
                lhs = self.transform(lhs, word)
                continue
            if core == "JSONField":
                lhs = self.json_key(lhs, word)
                continue
            if core == "ArrayField" and (word.text.isdecimal() or word.text.replace("_", "").isdecimal()):
                raise UnclearError("a part of an array")
            self.unsupported(lhs, names[place:])
        return lhs, "exact", None

    def unsupported(self, lhs: Made, rest: list[Word]) -> None:
        """A lookup that the field does not have."""
        if (
            self.open
            or rest[0].text in self.own
            or (lhs.field is not None and lhs.field.declared != lhs.field.core and lhs.core != "relation")
        ):
            raise UnclearError("lookups that the project registers")
        field = lhs.field
        kind = field.core if field is not None else lhs.core
        text = "__".join(word.text for word in rest)
        named = f"`{field.name}`" if field is not None else "this value"
        choices = sorted(self.names(lhs.core) | self.transforms(lhs.core))
        raise FaultError(
            "unknown-lookup",
            rest[0].origin,
            f"{named} has no lookup `{rest[0].text}`",
            f"FieldError: Unsupported lookup '{text}' for {kind} or join on the field not permitted",
            near(rest[0].text, choices),
        )

    def transform(self, lhs: Made, word: Word) -> Made:
        """A part of a date or time, the length of an array."""
        name, node = word.text, lhs.node
        if name == "date":
            return Made(exp.cast(node, "date"), "DateField", sources=(lhs,))
        if name == "time":
            return Made(exp.cast(node, "time"), "TimeField", sources=(lhs,))
        if name == "len":
            made = exp.Case(ifs=[exp.If(this=exp.Is(this=node, expression=exp.Null()), true=exp.Null())],
                            default=exp.func("COALESCE", exp.func("ARRAY_LENGTH", node.copy(), exp.Literal.number(1)),
                                             exp.Literal.number(0)))  # fmt: skip
            return Made(made, "IntegerField", sources=(lhs,))
        return Made(exp.Extract(this=exp.Var(this=name.upper()), expression=node), "IntegerField", sources=(lhs,))

    def json_key(self, lhs: Made, word: Word) -> Made:
        """A key inside a JSON document."""
        key: exp.Expression = (
            exp.Literal.number(int(word.text)) if word.text.isdecimal() else exp.Literal.string(word.text)
        )
        node = library_call(this="JSON_KEY", expressions=[lhs.node, key])
        return Made(node, "JSONField", sources=(lhs,))


def like(lookup: str) -> Callable[[str], str] | None:
    """How a lookup makes a pattern of its text."""
    bare = lookup.removeprefix("i")
    if bare == "contains":
        return lambda text: f"%{escaped(text)}%"
    if bare == "startswith":
        return lambda text: f"{escaped(text)}%"
    if bare == "endswith":
        return lambda text: f"%{escaped(text)}"
    return None


def escaped(text: str) -> str:
    """A text in which nothing stands for something else."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def number_wanted(lhs: Made, value: Value, word: Word | None) -> None:
    """A text that is no number, for a column of numbers.

    Raises:
        FaultError: it surely is one.
    """
    if lhs.core not in INTEGERS or not isinstance(value, Const) or not isinstance(value.value, str):
        return
    try:
        int(value.value)
    except ValueError:
        name = lhs.field.name if lhs.field is not None else "id"
        raise FaultError(
            "wrong-value",
            value.origin or (word.origin if word is not None else None),
            f"`{name}` is a number, and is compared with the text `{value.value}`",
            f"ValueError: Field '{name}' expected a number but got '{value.value}'.",
            "Give it a number",
        ) from None


def patterned(value: Value, lookup: str) -> Value:
    """The text of a comparison as the pattern that the database is given."""
    make = like(lookup)
    if make is None or not isinstance(value, Const) or value.value is None:
        return value
    return Const(make(str(value.value)), value.origin)


def place(value: Value) -> Origin | None:
    """Where a value is written."""
    return value.origin
