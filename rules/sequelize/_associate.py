"""Sequelize's own reading of associations, in miniature: aliases, foreign keys, junction tables.

Each function follows its counterpart in ``sequelize/lib/associations``; what Sequelize throws becomes a defect.
"""

from __future__ import annotations

from collections.abc import Callable

from verifier.api import Const, Defect, Instance, Record, Value

from ._inflection import camelize, singularize
from ._plain import Options, copied, is_vague, text
from ._schema import AUTOMATIC, Link, Model, Registry, attribute_type, initialise

Report = Callable[[Defect], None]
CAPITAL = {"belongsTo": "BelongsTo", "hasOne": "HasOne", "hasMany": "HasMany", "belongsToMany": "BelongsToMany"}


def associate(registry: Registry, link: Link, report: Report) -> None:
    """``source.hasMany(target, options)``: the alias, the keys, and what these add to models."""
    source, target, given = link.source, link.target, link.options
    alias = given.get("as")
    if given.open or is_vague(alias) or target is None:
        link.known = False
    if is_vague(given.get("foreignKey")) or is_vague(given.get("otherKey")) or is_vague(given.get("through")):
        link.known = False
    if (given.open and alias is None) or is_vague(alias) or (target is None and alias is None):
        source.vague = True
        return
    unconditional = link.depth <= source.depth
    if isinstance(alias, str) and alias in source.associations:
        other = source.associations[alias]
        if unconditional and other.depth <= source.depth and other.span != link.span:
            report(duplicate(link, other, alias))
    set_names(link, alias)
    if target is None:
        enter(link)
        return
    if link.kind == "belongsToMany":
        through(registry, link, report)
    else:
        simple(link)
        enter(link)
        if link.known:
            inject(link)
    if link.name is not None and link.name in source.attributes and link.known and unconditional:
        report(collision(link))


def duplicate(link: Link, other: Link, alias: str) -> Defect:
    """Two associations of one alias: Sequelize throws."""
    return Defect(
        "sequelize/duplicate-alias",
        link.span,
        f"`{link.source.name}` has an association with the alias `{alias}` already: Sequelize throws here",
        symptom=f"AssociationError: You have used the alias {alias} in two separate associations. Aliased associations "
        "must have unique aliases.",
        remedy="Give this association another alias with `as`",
        related=((other.span, f"the alias `{alias}` is taken here"),),
    )


def collision(link: Link) -> Defect:
    """An alias that is an attribute's name: Sequelize throws."""
    source, name = link.source, link.name or ""
    place = source.spans.get(name)
    return Defect(
        "sequelize/alias-clashes-attribute",
        link.span,
        f"`{source.name}` has an attribute `{name}`, so no association can be called so: Sequelize throws here",
        symptom=f"Error: Naming collision between attribute '{name}' and association '{name}' on model {source.name}",
        remedy="Give the association another name with `as`, or rename the attribute",
        related=((place, f"the attribute `{name}`"),) if place is not None else (),
    )


def set_names(link: Link, alias: object) -> None:
    """``as``, and the singular and plural that mixins are named by."""
    many = link.kind in ("hasMany", "belongsToMany")
    target = link.target
    if isinstance(alias, Options):
        link.singular = text(alias.get("singular")) or ""
        link.plural = text(alias.get("plural")) or ""
        link.name = link.plural if many else link.singular or None
    elif isinstance(alias, str) and alias:
        link.name = alias
        link.plural, link.singular = alias, singularize(alias) if many else alias
    elif target is not None:
        link.singular, link.plural = target.singular, target.plural
        link.name = link.plural if many else link.singular


def enter(link: Link) -> None:
    """``source.associations[as] = association``."""
    if link.name is None:
        link.source.vague = True
        return
    old = link.source.associations.get(link.name)
    if old is not None:
        link.source.replaced.append(old)
    link.source.associations[link.name] = link


def key_of(given: object) -> tuple[str | None, Options]:
    """``foreignKey``: its name, and the attribute that it describes."""
    if isinstance(given, Options):
        return text(given.get("name")) or text(given.get("fieldName")), given
    return text(given), Options()


def simple(link: Link) -> None:
    """The keys of ``belongsTo``, ``hasOne`` and ``hasMany``."""
    source, target, given = link.source, link.target, link.options
    assert target is not None
    name, _ = key_of(given.get("foreignKey"))
    if link.kind == "belongsTo":
        link.foreign_key = name or camelize(link.name or "", target.primary_key or "")
        link.own_key = text(given.get("targetKey")) or target.primary_key
        if link.own_key not in target.attributes:
            link.known = False
        return
    if link.kind == "hasOne":
        alias = given.get("as")
        link.foreign_key = name or camelize(
            singularize(alias if isinstance(alias, str) and alias else source.name), source.primary_key or ""
        )
    else:
        link.foreign_key = name or camelize(source.singular, source.primary_key or "")
    link.own_key = text(given.get("sourceKey")) or source.primary_key
    if link.own_key not in source.attributes:
        link.own_key = source.primary_key
        link.known = link.known and link.kind == "hasMany" and link.own_key is not None


def inject(link: Link) -> None:
    """``_injectAttributes``: the foreign key becomes an attribute of the model that holds it."""
    assert link.target is not None
    inward = link.kind == "belongsTo"
    holder, owner = (link.source, link.target) if inward else (link.target, link.source)
    name, key = link.foreign_key, link.own_key
    if name is None or key is None or key not in owner.attributes:
        link.known = False
        return
    _, described = key_of(link.options.get("foreignKey"))
    added = Options(
        {"type": link.options.get("keyType") or owner.attributes[key].get("type"), "allowNull": True, **described}
    )
    added.pop("name", None)
    added.pop("fieldName", None)
    on_delete, on_update = text(link.options.get("onDelete")), text(link.options.get("onUpdate"))
    if link.options.get("constraints") is not False:
        existing = holder.attributes.get(name) or added
        loose = existing.get("allowNull")
        on_delete = on_delete or ("SET NULL" if loose else "NO ACTION" if inward else "CASCADE")
        on_update = on_update or "CASCADE"
    field = owner.field(key)
    keys = [owner.field(primary) for primary in owner.primary_keys]
    if (link.options.get("foreignKeyConstraint") or on_delete or on_update) and (len(keys) == 1 or field not in keys):
        added["references"] = Options({"model": owner.full_table(), "key": field})
        added["onDelete"], added["onUpdate"] = on_delete, on_update
    link.on_delete = on_delete
    fill(holder, name, added, link)
    holder.refresh()


def fill(holder: Model, name: str, added: Options, link: Link) -> None:
    """``mergeDefaults``: what an attribute lacks is added to it."""
    existing = holder.attributes.get(name)
    if existing is None:
        holder.attributes[name] = added
        holder.spans.setdefault(name, link.span)
        added["_association"] = True
        return
    for key, value in added.items():
        old = existing.get(key)
        if old is None:
            existing[key] = copied(value)
        elif isinstance(old, Options) and isinstance(value, Options):
            for inner, part in value.items():
                if old.get(inner) is None:
                    old[inner] = part


def through(registry: Registry, link: Link, report: Report) -> None:
    """``belongsToMany``: the keys, and the junction model."""
    source, target, given = link.source, link.target, link.options
    assert target is not None
    wanted = given.get("through")
    inner = wanted if isinstance(wanted, Options) else Options()
    model = inner.get("model") if inner.get("model") is not None else wanted
    if given.open and wanted is None:
        link.known = False
    elif wanted is None or wanted is True:
        if link.depth <= source.depth:
            report(without_through(link))
        link.known = False
    if link.known and given.get("as") is None and source is target:
        link.known = False
    if not link.known:
        enter(link)
        return
    link.own_key = text(given.get("sourceKey")) or source.primary_key
    if given.get("targetKey") is None:
        link.defaults.add("target")
    link.target_key = text(given.get("targetKey")) or target.primary_key
    create_keys(link)
    link.through = junction(registry, link, model, inner)
    if link.through is None or link.own_key not in source.attributes or link.target_key not in target.attributes:
        link.known = False
        enter(link)
        return
    for other in target.associations.values():
        if other.kind == "belongsToMany" and other.target is source and other.through is link.through:
            link.paired, other.paired = other, link
    pair(link)
    enter(link)
    inject_through(link, inner)
    if link.depth <= source.depth and not is_seventh(source):
        taken_by_junction(link, report)


def taken_by_junction(link: Link, report: Report) -> None:
    """Sequelize 6 gives both sides an association with the junction, too, under the junction's name."""
    model, target = link.through, link.target
    assert model is not None and target is not None
    for side in dict.fromkeys((link.source, target)):
        other = side.associations.get(model.name)
        if other is None or other.depth > side.depth:
            continue
        before = other.span.path == link.span.path and other.span.line < link.span.line
        if other is link or before:  # what other files do may come later, when nothing is looked up any more
            report(junction_alias(link, side, other))
            return


def junction_alias(link: Link, side: Model, other: Link) -> Defect:
    """A many-to-many association with an alias, of its own or another's, that its junction is called by."""
    assert link.through is not None
    alias = link.through.name
    owner = "this association" if other is link else "an association"
    return Defect(
        "sequelize/duplicate-alias",
        link.span,
        f"The junction is called `{alias}`, which is the alias of {owner} of `{side.name}`: Sequelize throws here",
        symptom=f"AssociationError: You have used the alias {alias} in two separate associations. Aliased associations "
        "must have unique aliases.",
        remedy="Give the junction another name in `through`, or the association another alias",
        related=((other.span, f"the alias `{alias}` is taken here"),) if other is not link else (),
    )


def is_seventh(model: Model) -> bool:
    """Whether a model is one of Sequelize 7."""
    home = model.home.connection if model.home is not None else None
    return isinstance(home, Instance) and (home.path or "").startswith("@sequelize/core")


def without_through(link: Link) -> Defect:
    """``belongsToMany`` without a junction: Sequelize throws."""
    target = link.target.name if link.target is not None else ""
    return Defect(
        "sequelize/missing-through",
        link.span,
        f"`{link.source.name}.belongsToMany({target})` has no `through`: Sequelize throws here",
        symptom=f"AssociationError: {link.source.name}.belongsToMany({target}) requires through option, pass either a "
        "string or a model",
        remedy="Name the junction with `through`: a model, or a name for one that Sequelize makes",
    )


def create_keys(link: Link) -> None:
    """``_createForeignAndOtherKeys``."""
    source, target, given = link.source, link.target, link.options
    assert target is not None
    name, _ = key_of(given.get("foreignKey"))
    link.foreign_key = name or camelize(source.singular, link.own_key or "")
    name, _ = key_of(given.get("otherKey"))
    if not given.get("otherKey"):
        link.defaults.add("other")
    own = singularize(link.name or "") if source is target else target.singular
    link.other_key = name or camelize(own, link.target_key or "")


def junction(registry: Registry, link: Link, model: object, inner: Options) -> Model | None:
    """The model that joins both sides; one that is only named is made, with the options of the source."""
    source = link.source
    home = source.home
    assert home is not None
    if isinstance(model, str):
        known = home.models.get(model)
        if known is not None:
            return known
        given = Options({key: value for key, value in link.options.items() if key in TAKEN})
        given.update({key: value for key, value in source.options.items() if key not in INHERITED})
        given.update({"tableName": model, "paranoid": inner.get("paranoid") or False, "indexes": []})
        given["name"] = Options({"singular": link.singular, "plural": link.plural})
        made = Model(None, model, given, link.span, link.depth)
        made.implied = True
        initialise(registry, made, {}, home)
        return made
    return registry.find(model) if isinstance(model, Value) else None


# Options of the source that a junction does not take over, and those of the association that it does.
INHERITED = frozenset({"hooks", "timestamps", "scopes", "defaultScope", "name", "tableName", "validate", "indexes"})
TAKEN = frozenset({"timestamps", "createdAt", "updatedAt"})


def pair(link: Link) -> None:
    """What two ``belongsToMany`` of one junction take from each other."""
    other = link.paired
    if other is None or link.through is None:
        return
    again = False
    if "target" in link.defaults:
        link.target_key = other.own_key
        create_keys(link)
    if "target" in other.defaults and other.target_key != link.own_key:
        link.through.attributes.pop(other.other_key or "", None)
        other.target_key = link.own_key
        create_keys(other)
        again = True
    if "other" in link.defaults:
        link.other_key = other.foreign_key
    if "other" in other.defaults and other.other_key != link.foreign_key:
        link.through.attributes.pop(other.other_key or "", None)
        other.other_key = link.foreign_key
        again = True
    if again:
        wanted = other.options.get("through")
        inject_through(other, wanted if isinstance(wanted, Options) else Options())


def inject_through(link: Link, inner: Options) -> None:
    """``_injectAttributes`` of ``belongsToMany``: both keys become attributes of the junction."""
    model, source, target = link.through, link.source, link.target
    assert model is not None and target is not None
    keys = (link.foreign_key or "", link.other_key or "")
    for name, attribute in list(model.attributes.items()):
        if attribute.get("primaryKey") is True and attribute.get(AUTOMATIC):
            if name in keys:
                attribute["primaryKey"] = False
            else:
                del model.attributes[name]
            link.defaults.add("primary")
    unique = None
    if "primary" not in link.defaults and inner.get("unique") is not False:
        unique = text(link.options.get("uniqueKey")) or "_".join((model.table or "", *keys, "unique"))
    sides = (
        (keys[0], source, link.own_key, key_of(link.options.get("foreignKey"))[1]),
        (keys[1], target, link.target_key, key_of(link.options.get("otherKey"))[1]),
    )
    for place, (name, side, key, described) in enumerate(sides):
        behind = side.attributes.get(key or "", Options())  # a model may lack the key that it is named by
        added = Options({"type": behind.get("type"), **described})
        added.pop("name", None)
        added.pop("fieldName", None)
        if "primary" in link.defaults:
            added["primaryKey"] = True
        elif unique is not None:
            added["unique"] = unique
        existing = model.attributes.setdefault(name, Options({AUTOMATIC: True}))
        model.spans.setdefault(name, link.span)
        if link.options.get("constraints") is not False:
            given = text(link.options.get("onDelete"))
            own = text(existing.get("onDelete"))
            added["references"] = Options({"model": side.full_table(), "key": side.field(key)})
            added["onDelete"] = (given or own if place == 0 else own or given) or "CASCADE"
            added["onUpdate"] = text(link.options.get("onUpdate")) or text(existing.get("onUpdate")) or "CASCADE"
        existing.update(added)
        if attribute_type(existing).kind == "unknown":
            link.known = False
    link.on_delete = text(link.options.get("onDelete")) or "CASCADE"
    model.refresh()


def is_nothing(value: Value | None) -> bool:
    """Whether a target surely is no model: ``undefined``, or a plain object."""
    return isinstance(value, Const | Record)
