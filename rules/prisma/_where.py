"""Conditions of Prisma as SQL, and the names in them held against the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from verifier.api import (
    Clause,
    Column,
    Const,
    Defect,
    Entity,
    Lifting,
    Origin,
    Record,
    Relationship,
    Sequence,
    Value,
    building,
    options,
    pieces,
    reason_of,
    text_of,
)

COMPARED: dict[str, Callable[..., exp.Expression]] = {
    "equals": exp.EQ, "lt": exp.LT, "lte": exp.LTE, "gt": exp.GT, "gte": exp.GTE,
}  # fmt: skip
LIKE = frozenset({"contains", "startsWith", "endsWith"})
LISTS = frozenset({"has", "hasEvery", "hasSome", "isEmpty", "isSet"})
JSON = frozenset(
    "path string_contains string_starts_with string_ends_with array_contains array_starts_with array_ends_with".split()
)
FILTERS = frozenset({*COMPARED, *LIKE, *LISTS, *JSON, "in", "notIn", "not", "search", "mode", "_count", "_avg", "_sum",
                     "_min", "_max"})  # fmt: skip
TO_MANY = frozenset({"some", "every", "none"})
TO_ONE = frozenset({"is", "isNot"})


class Reader:
    """Reads arguments of Prisma's client: the SQL that they come to, and names that no model has."""

    def __init__(self, lifting: Lifting) -> None:
        self.lifting = lifting
        self.bindings = pieces.Bindings()
        self.open: set[Clause] = set()
        self.reasons: list[str] = []
        self.defects: list[Defect] = []
        self.models = {entity.name: entity for entity in lifting.models.entities if entity.orm == "prisma"}
        self.aliases = 0

    def unknown(self, value: Value | None, clause: Clause | None = None) -> exp.Expression:
        """A part that only run time knows."""
        reason = reason_of(value)
        self.reasons.append(reason)
        if clause is not None:
            self.open.add(clause)
        return pieces.hole(reason, value.origin if value is not None else None)

    def table(self, entity: Entity, at: Origin | None = None) -> tuple[exp.Table, str]:
        """A table under an alias of its own."""
        name = entity.table or entity.name
        alias = f"t{self.aliases}" if self.aliases else name
        self.aliases += 1
        made = exp.Table(this=pieces.name(name, at), db=pieces.name(entity.schema) if entity.schema else None)
        if alias != name:
            made.set("alias", exp.TableAlias(this=pieces.name(alias)))
        made.meta["entity"] = entity.identity
        return made, alias

    def target(self, relationship: Relationship) -> Entity | None:
        """The model that a relation leads to."""
        return self.models.get(relationship.target)

    def column(self, column: Column, alias: str, at: Origin | None = None) -> exp.Column:
        """A column of a table."""
        return exp.Column(this=pieces.name(column.name, at), table=pieces.name(alias))

    def named(self, name: str, alias: str) -> exp.Column:
        """A column by its name in the database."""
        return exp.Column(this=pieces.name(name), table=pieces.name(alias))

    # Names that no model has

    def stray(self, entity: Entity, record: Record, key: str, where: str) -> None:
        """Note a key that a model has no field for."""
        at = record.places.get(key)
        if at is None or entity.open:
            return
        near = nearest(key, [*(column.attribute for column in entity.columns), *(r.name for r in entity.relationships)])
        self.defects.append(
            Defect(
                "prisma/unknown-field",
                self.lifting.span(at),
                f"`{where}` names `{key}`, which the model `{entity.name}` does not have"
                + (f"; did you mean `{near}`?" if near else ""),
                symptom=f"PrismaClientValidationError: Unknown argument `{key}`",
                remedy=f"Name a field of `{entity.name}`, or add `{key}` to it and generate the client again.",
                related=((entity.span, f"the model `{entity.name}`"),),
            )
        )

    # Conditions

    def where(self, entity: Entity, alias: str, value: Value | None, *, unique: bool = False) -> exp.Expression | None:
        """The condition of a ``where``."""
        records = [option for option in options(value) if isinstance(option, Record)] if value is not None else []
        if value is None or (isinstance(value, Const) and value.value is None):
            return None
        if not records:
            return self.unknown(value, "where")
        if len(records) > 1:
            self.reasons.append("which of several conditions is meant")
        found = building.all_of(self.conditions(entity, alias, records[0], unique=unique))
        for record in records[1:]:
            list(self.conditions(entity, alias, record, unique=unique))
        return found

    def conditions(
        self, entity: Entity, alias: str, record: Record, *, unique: bool = False
    ) -> Iterator[exp.Expression]:
        """The conditions of an object."""
        for key, value in record.entries.items():
            made = self.condition(entity, alias, record, str(key), value, unique=unique)
            if made is not None:
                yield made
        if not record.complete:
            yield self.unknown(record, "where")

    def condition(
        self, entity: Entity, alias: str, record: Record, key: str, value: Value, *, unique: bool
    ) -> exp.Expression | None:
        """One entry of a condition."""
        at = record.places.get(key)
        if key in ("AND", "OR", "NOT"):
            return self.combined(entity, alias, key, value)
        column = entity.mapped(key)
        if column is not None:
            return self.field(entity, self.column(column, alias, at), value)
        relationship = entity.relationship(key)
        if relationship is not None:
            return self.related(entity, alias, relationship, value, at)
        inner = [option for option in options(value) if isinstance(option, Record)]
        if inner and self.is_compound(entity, key, inner[0], unique=unique):
            return building.all_of(self.conditions(entity, alias, inner[0]))
        self.stray(entity, record, key, "where")
        return self.unknown(value, "where")

    def is_compound(self, entity: Entity, key: str, inner: Record, *, unique: bool) -> bool:
        """Whether a key names a unique group of fields: ``userId_articleId``, or the name that the schema gives."""
        fields = [str(name) for name in inner.entries]
        groups = [constraint for constraint in entity.constraints if constraint.kind in ("primary", "unique")]
        attributes = {column.name: column.attribute for column in entity.columns}
        if unique and any(key == "_".join(attributes.get(name, name) for name in group.columns) for group in groups):
            return True
        if not unique or not inner.complete or any(entity.mapped(field) is None for field in fields):
            return False
        return "_".join(fields) == key or any(len(group.columns) == len(fields) for group in groups)

    def combined(self, entity: Entity, alias: str, key: str, value: Value) -> exp.Expression | None:
        """``AND``, ``OR`` and ``NOT``."""
        given = [option for option in options(value) if not (isinstance(option, Const) and option.value is None)]
        if len(given) == 1 and len(options(value)) > 1:
            self.reasons.append("which of several conditions is meant")
            value = given[0]
        items = value.items if isinstance(value, Sequence) else [value]
        parts = [self.where(entity, alias, item) for item in items]
        known = [part for part in parts if part is not None]
        if isinstance(value, Sequence) and not value.complete:
            if value.element is not None:
                self.where(entity, alias, value.element)
            known.append(self.unknown(value, "where"))
        if key == "OR":
            if isinstance(value, Sequence) and value.complete and not value.items:
                return exp.Boolean(this=False)
            found = building.any_of(map(building.guarded, known))
            return exp.Paren(this=found) if len(known) > 1 and found is not None else found
        if key == "NOT":
            return building.all_of(building.negated(part) for part in known)
        return building.all_of(known)

    def field(self, entity: Entity, column: exp.Column, value: Value) -> exp.Expression | None:
        """The condition on a field."""
        records = [option for option in options(value) if isinstance(option, Record)]
        if not records:
            if isinstance(value, Const) and value.value is None:
                return exp.Is(this=column, expression=exp.Null())
            if isinstance(value, Sequence):  # a list of values equals a list
                return exp.EQ(this=column, expression=self.unknown(value))
            return exp.EQ(this=column, expression=self.bindings.bound(value))
        if len(records) > 1 or len(options(value)) > 1:
            self.reasons.append("which of several conditions is meant")
        parts = [
            self.filter(entity, column.copy(), records[0], str(key), entry) for key, entry in records[0].entries.items()
        ]
        if not records[0].complete:
            parts.append(self.unknown(records[0], "where"))
        return building.all_of(part for part in parts if part is not None)

    def filter(
        self, entity: Entity, column: exp.Expression, record: Record, key: str, value: Value
    ) -> exp.Expression | None:
        """``{ contains: "x" }`` and its kin."""
        if key in COMPARED:
            if key == "equals" and isinstance(value, Const) and value.value is None:
                return exp.Is(this=column, expression=exp.Null())
            return COMPARED[key](this=column, expression=self.bindings.bound(value))
        if key in ("in", "notIn"):
            items = value.items if isinstance(value, Sequence) and value.complete and value.items else [value]
            found = exp.In(this=column, expressions=[self.bindings.bound(item) for item in items])
            return building.negated(found) if key == "notIn" else found
        if key in LIKE:
            text = text_of(value)
            folded = text_of(record.entries.get("mode")) == "insensitive"
            kind = exp.ILike if folded else exp.Like
            if text is None:
                return kind(this=column, expression=self.bindings.bound(value))
            pattern = {"contains": f"%{text}%", "startsWith": f"{text}%", "endsWith": f"%{text}"}[key]
            return kind(this=column, expression=self.bindings.bound(Const(pattern, value.origin)))
        if key == "not":
            inner = self.field(entity, column, value) if isinstance(column, exp.Column) else None
            if isinstance(inner, exp.EQ):
                return exp.NEQ(this=inner.this, expression=inner.expression)
            return building.negated(inner) if inner is not None else None
        if key == "mode":
            return None
        if key in FILTERS:
            self.reasons.append(f"the filter `{key}`")
            return pieces.hole(f"the filter `{key}`", record.places.get(key))
        at = record.places.get(key)
        if at is not None and key not in ("is", "isNot"):
            name = column.name
            near = nearest(key, sorted(FILTERS))
            self.defects.append(
                Defect(
                    "prisma/unknown-field",
                    self.lifting.span(at),
                    f"the condition on `{name}` has `{key}`, which is no filter of Prisma"
                    + (f"; did you mean `{near}`?" if near else ""),
                    symptom=f"PrismaClientValidationError: Unknown argument `{key}`",
                    remedy="Use one of the filters that fields have: equals, in, lt, gt, contains, startsWith, ...",
                )
            )
        return self.unknown(value, "where")

    def related(
        self, entity: Entity, alias: str, relationship: Relationship, value: Value, at: Origin | None
    ) -> exp.Expression | None:
        """The condition on a relation: EXISTS."""
        if isinstance(value, Const) and value.value is None:
            return building.negated(self.exists(entity, alias, relationship, None, at))
        records = [option for option in options(value) if isinstance(option, Record)]
        if not records:
            return self.unknown(value, "where")
        record = records[0]
        if len(options(value)) > 1:
            self.reasons.append("which of several conditions is meant")
        keys = {str(key) for key in record.entries}
        wanted = TO_MANY if relationship.many else TO_ONE
        if not relationship.many and not keys & TO_ONE:
            return self.exists(entity, alias, relationship, record, at)
        parts: list[exp.Expression] = []
        for key, entry in record.entries.items():
            if key not in wanted:
                target = self.target(relationship)
                if relationship.many and target is not None and record.places.get(key) is not None:
                    self.defects.append(
                        Defect(
                            "prisma/unknown-field",
                            self.lifting.span(record.places[key]),
                            f"`{relationship.name}` is a list of `{target.name}`: its condition begins with `some`, "
                            f"`every` or `none`, not with `{key}`",
                            symptom=f"PrismaClientValidationError: Unknown argument `{key}`",
                            remedy=f"Write `{relationship.name}: {{ some: {{ {key}: ... }} }}`.",
                            related=((relationship.span, f"the list `{relationship.name}`"),),
                        )
                    )
                parts.append(self.unknown(entry, "where"))
                continue
            if isinstance(entry, Const) and entry.value is None and key in TO_ONE:
                found = self.exists(entity, alias, relationship, None, at)
                parts.append(building.negated(found) if key == "is" else found)
            elif key == "every":
                target_inner = self.exists(entity, alias, relationship, entry, at, negated=True)
                parts.append(building.negated(target_inner))
            else:
                found = self.exists(entity, alias, relationship, entry, at)
                parts.append(building.negated(found) if key in ("none", "isNot") else found)
        return building.all_of(parts)

    def exists(
        self,
        entity: Entity,
        alias: str,
        relationship: Relationship,
        value: Value | None,
        at: Origin | None,
        *,
        negated: bool = False,
    ) -> exp.Expression:
        """Whether there is a related row of which a condition holds."""
        target = self.target(relationship)
        if target is None or not relationship.local or len(relationship.local) != len(relationship.remote):
            return self.unknown(value, "where")
        draft = building.Draft()
        draft.columns = [exp.Literal.number(1)]
        draft.source, other = self.table(target, at)
        self.joined(draft, entity, alias, relationship, target, other)
        condition = self.where(target, other, value)
        if condition is not None and negated:
            condition = building.negated(condition)
        elif negated:
            condition = exp.Boolean(this=False)
        draft.also(condition)
        return exp.Exists(this=draft.select())

    def joined(
        self, draft: building.Draft, entity: Entity, alias: str, relationship: Relationship, target: Entity, other: str
    ) -> None:
        """The condition by which related rows are found."""
        if relationship.through is not None:
            link = f"t{self.aliases}"
            self.aliases += 1
            through = exp.Table(this=pieces.name(relationship.through), alias=exp.TableAlias(this=pieces.name(link)))
            own, far = relationship.local[0], relationship.remote[0]
            key, far_key = entity.primary_key, target.primary_key
            if len(key) == 1 and len(far_key) == 1:
                on = exp.EQ(this=self.named(far, link), expression=self.named(far_key[0].name, other))
                draft.join(through, "inner", on)
                draft.also(exp.EQ(this=self.named(own, link), expression=self.named(key[0].name, alias)))
            else:
                self.reasons.append("a relation over several columns")
            return
        for local, remote in zip(relationship.local, relationship.remote, strict=True):
            draft.also(exp.EQ(this=self.named(remote, other), expression=self.named(local, alias)))


def nearest(word: str, known: list[str]) -> str:
    """The known word that one was meant to be, if one is near."""
    from difflib import get_close_matches

    found = get_close_matches(word, known, 1, 0.75)
    return found[0] if found else ""
