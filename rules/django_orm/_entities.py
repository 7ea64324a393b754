"""Entities: each model with all that it inherits, and what Django adds to it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Column, Engine, Entity, Relationship, Table, replace

from ._columns import columns_of, constraints_of, name_of
from ._fields import Field
from ._library import MODEL_ATTRIBUTES, MODEL_PROPERTIES, WITHOUT_RELATIONS
from ._model import Model
from ._registry import Registry
from ._relations import Link, backward, forward, junction_table, links_of


class World:
    """All models with their links, ready to be said."""

    def __init__(self, registry: Registry, engine: Engine) -> None:
        self.registry = registry
        self.engine = engine
        self.links: dict[int, list[Link]] = {}
        self.back: dict[int, list[Link]] = {}
        self.generics: dict[int, list[tuple[Model, Field]]] = {}
        for model in registry.all():
            found = list(links_of(registry, model))
            self.links[id(model)] = found
            for field in model.fields.values():
                aim = registry.target(model, field).model if field.core == "GenericRelation" else None
                if aim is not None and field.text("related_query_name") is not None:
                    self.generics.setdefault(id(aim), []).append((model, field))
            for link in found:
                if link.target is not None and link.accessor is not None and not link.target.swapped:
                    self.back.setdefault(id(link.target.concrete()), []).append(link)

    def entities(self) -> Iterator[Entity]:
        """The project's models, and those of libraries that they are connected with."""
        wanted = {id(model): model for model in self.registry.all() if model.cls is not None}
        waiting = list(wanted.values())
        while waiting:
            model = waiting.pop()
            near = [link.target for link in self.links[id(model)]]
            near += [link.model for link in self.back.get(id(model.concrete()), ())]
            near += list(model.bases)
            for other in near:
                if other is not None and id(other) not in wanted and id(other) in self.links:
                    wanted[id(other)] = other
                    waiting.append(other)
        self.wanted = wanted
        for model in wanted.values():
            yield self.entity(model)

    def tables(self) -> Iterator[Table]:
        """The junction tables of those models."""
        for model in self.wanted.values():
            for link in self.links[id(model)]:
                table = junction_table(self.registry, self.engine, link)
                if table is not None:
                    yield table

    def entity(self, model: Model) -> Entity:
        """One model."""
        registry = self.registry
        columns = columns_of(registry, self.engine, model)
        parents = [base for base in model.lineage() if base.concrete() is not model.concrete()]
        own: tuple[str, ...] | None = None
        if parents:
            own = tuple(column.attribute for column in columns)
            inherited: list[Column] = []
            for parent in reversed(dict.fromkeys(base.concrete() for base in parents)):
                for column in columns_of(registry, self.engine, parent):
                    held = replace(column, primary_key=False, unique=column.unique or column.primary_key)
                    if all(other.attribute != column.attribute for other in (*inherited, *columns)):
                        inherited.append(held)
            columns = [*inherited, *columns]
        relationships = self.relationships(model)
        base = next(model.bases, None)
        return Entity(
            model.name,
            "django",
            registry.table_of(model),
            model.span,
            columns=tuple(columns),
            own=own,
            relationships=tuple(relationships),
            constraints=tuple(constraints_of(registry, self.engine, model)),
            attributes=self.attributes(model),
            accepts=None if model.accepts_any else self.accepts(model),
            inherits=name_of(registry, base) if base is not None else None,
            inheritance=("proxy" if model.proxy else "joined") if base is not None else None,
            open=(*dict.fromkeys(model.open), *self.unseen(model)),
            managed=model.managed,
            label=model.label,
        )

    def relationships(self, model: Model) -> list[Relationship]:
        """What a model and its bases declare, then what others add to them; near before far."""
        found: dict[str, Relationship] = {}
        lineage = model.lineage()
        for holder in lineage:
            for link in self.links.get(id(holder), ()):
                found.setdefault(link.field.name, forward(self.registry, link))
        for holder in lineage:
            for link in self.back.get(id(holder), ()):
                made = backward(self.registry, link)
                if made is not None and (holder.concrete() is model.concrete() or not is_parent_link(link)):
                    found.setdefault(made.name, made)
        for holder in lineage:
            for field in holder.fields.values():
                made = self.generic(holder, field)
                if made is not None:
                    found.setdefault(made.name, made)
            for other, field in self.generics.get(id(holder), ()):
                name = field.text("related_query_name") or ""
                aim = name_of(self.registry, other)
                made = Relationship(name, aim, field.span, direction="many-to-one", reverse=field.name, implicit=True)
                found.setdefault(name, made)
        return list(found.values())

    def generic(self, model: Model, field: Field) -> Relationship | None:
        """``GenericRelation``: the rows of another table that point here by type and key."""
        if field.core != "GenericRelation":
            return None
        target = self.registry.target(model, field)
        column = field.text("object_id_field") or "object_id"
        return Relationship(
            field.name,
            name_of(self.registry, target.model) if target.model is not None else target.written,
            field.span,
            many=True,
            direction="one-to-many",
            remote=(column,),
            resolved=target.model is not None,
            known=target.reason is None,
        )

    def attributes(self, model: Model) -> tuple[str, ...]:
        """Further names: methods, managers, class variables, what Django adds for choices and dates."""
        found: dict[str, None] = {}
        for holder in model.lineage():
            found.update(holder.names)
            for field in holder.fields.values():
                if field.core == "GenericForeignKey":
                    found[field.name] = None
                if field.given("choices") is not None:
                    found[f"get_{field.name}_display"] = None
                if field.core in ("DateField", "DateTimeField") and not field.flag("null"):
                    found.update(dict.fromkeys((f"get_next_by_{field.name}", f"get_previous_by_{field.name}")))
        for holder in model.lineage()[1:]:
            for link in self.back.get(id(holder), ()):
                if is_parent_link(link) and link.accessor is not None:
                    found[link.accessor] = None
        for link in self.back.get(id(model.concrete()), ()):
            if "order_with_respect_to" in link.model.options:
                found.update(
                    dict.fromkeys((f"get_{link.model.model_name}_order", f"set_{link.model.model_name}_order"))
                )
        found.update(dict.fromkeys(MODEL_ATTRIBUTES))
        return tuple(found)

    def accepts(self, model: Model) -> tuple[str, ...]:
        """Keywords of the constructor beside columns and relationships: properties, and generic keys."""
        found = dict.fromkeys(MODEL_PROPERTIES)
        for holder in model.lineage():
            found.update(dict.fromkeys(holder.properties))
            for field in holder.fields.values():
                if field.core == "GenericForeignKey":
                    found[field.name] = None
        return tuple(found)

    def unseen(self, model: Model) -> Iterator[str]:
        """Applications outside the project whose models may point at this one: at the user, most often."""
        apps = self.registry.apps
        if apps.user_model is None or model.key != apps.user_model.lower():
            return
        for app in apps.installed:
            if app.directory is None and app.name not in WITHOUT_RELATIONS:
                yield f"models of `{app.name}` that point at it"


def is_parent_link(link: Link) -> bool:
    """Whether a field is what joins the table of a model to that of its base."""
    return link.field.name in link.model.links.values()
