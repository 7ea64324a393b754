"""What Django's system checks, or its start, refuse in a project's models."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Const, Defect, Engine, Project, Sequence, Span, version_range

from ._entities import World
from ._fields import MANY_TO_MANY, TO_ONE, Field
from ._model import Model
from ._registry import Registry
from ._relations import Link
from ._settings import SETTINGS

REFUSED = "`manage.py migrate`, `check` and `runserver` stop with SystemCheckError"
USER_FIELDS = frozenset({"groups", "user_permissions"})


def defects(registry: Registry, world: World, engine: Engine, project: Project) -> Iterator[Defect]:
    """All of it."""
    own = [model for model in registry.all() if model.cls is not None and model.installed is not False]
    for model in own:
        for link in world.links[id(model)]:
            yield from aims(registry, link)
        yield from names(model)
        yield from keys(model)
        yield from mixed_in(model)
    yield from deletions(registry, own, project)
    yield from clashes(registry, world, own)
    yield from user_setting(registry)
    yield from uninstalled(registry)
    yield from tables(registry, world, own, engine)


# Targets


def aims(registry: Registry, link: Link) -> Iterator[Defect]:
    """Relations to models that do not exist, or that another one has taken the place of."""
    field, target = link.field, link.target
    if target is not None and target.swapped and target.paths:
        setting = f'AUTH_USER_MODEL = "{registry.apps.user_model}"'
        yield Defect(
            "django_orm/user-model-clash",
            field.span,
            f"`{link.model.name}.{field.name}` points at `{target.label}`, which `{setting}` replaces",
            f"{REFUSED} (fields.E301): the model has been swapped out",
            "Point it at `settings.AUTH_USER_MODEL`",
            here(registry.apps.user_model_span, "the user model is set here"),
        )
    if target is None and link.reason is None and link.written:
        yield Defect(
            "django_orm/unknown-relation-target",
            field.span,
            f"`{link.model.name}.{field.name}` points at `{link.written}`, and there is no such model",
            f"{REFUSED} (fields.E300)",
            nearest(registry, link.written),
        )
    junction = link.junction
    if junction is not None and junction.reason == "" and junction.table:
        yield Defect(
            "django_orm/missing-through-model",
            field.span,
            f"`{link.model.name}.{field.name}` goes through `{junction.table}`, and there is no such model",
            f"{REFUSED} (fields.E331)",
            nearest(registry, junction.table),
        )


def nearest(registry: Registry, label: str) -> str:
    """What to write instead of a label: that of a model of the same name, if there is one."""
    name = label.rpartition(".")[2].lower()
    found = sorted(model.label for model in registry.all() if model.model_name == name)
    if found:
        return f"Write `{found[0]}`"
    return f"Declare `{label}`, or name a model that exists, with the label of its application"


def deletions(registry: Registry, own: list[Model], project: Project) -> Iterator[Defect]:
    """Keys that do not say what happens when the row that they point at is deleted."""
    versions = version_range(project, "django")
    if versions is not None and not versions.surely(">=2"):
        return
    seen: set[Span] = set()
    for model in own:
        for field in model.fields.values():
            bare = field.core in TO_ONE and "on_delete" not in field.arguments and not field.open
            if not bare or field.implicit or field.span in seen or field.origin.startswith("mptt."):
                continue
            seen.add(field.span)
            yield Defect(
                "django_orm/missing-on-delete",
                field.span,
                f"`{field.name}` is a `{field.declared}` without `on_delete`",
                "The import of the models raises TypeError: missing 1 required positional argument: 'on_delete'",
                "Add `on_delete=models.CASCADE`, or what else is to happen",
            )


# Names


def names(model: Model) -> Iterator[Defect]:
    """Names that Django keeps for itself."""
    for field in model.fields.values():
        if field.implicit or (field.inherited and not field.origin and field.span == model.span):
            continue
        if field.name.endswith("_"):
            why = "ends with an underscore", "fields.E001"
        elif "__" in field.name:
            why = 'contains "__", which separates the names of a look-up', "fields.E002"
        elif field.name == "pk" and field.core != "CompositePrimaryKey":
            why = "is reserved for the primary key", "fields.E003"
        else:
            continue
        yield Defect(
            "django_orm/reserved-field-name",
            field.span,
            f"The name of the field `{field.name}` {why[0]}",
            f"{REFUSED} ({why[1]})",
            "Name it otherwise; `db_column` keeps the name of the column",
        )


def keys(model: Model) -> Iterator[Defect]:
    """Primary keys that are missing or too many."""
    if model.proxy:
        return
    fields = list(model.fields.values())
    primary = [field for field in fields if field.primary_key]
    unsure = any(field.flag("primary_key") is None for field in fields) or bool(model.open)
    composite = any(field.core == "CompositePrimaryKey" for field in fields)
    named = model.fields.get("id")
    if named is not None and not primary and not unsure and not composite and not model.links:
        yield Defect(
            "django_orm/primary-key",
            named.span,
            f"`{model.name}.id` is no primary key, though Django adds one of that name",
            f"{REFUSED} (models.E004)",
            "Add `primary_key=True`, or name the field otherwise",
        )
    declared = [field for field in primary if not field.implicit]
    for field in declared[1:]:
        yield Defect(
            "django_orm/primary-key",
            field.span,
            f"`{field.name}` is a second primary key of `{model.name}`",
            f"{REFUSED} (models.E026)",
            "Leave one; `CompositePrimaryKey` (Django 5.2) makes a key of several fields",
            here(declared[0].span, "the first one is here"),
        )


def mixed_in(model: Model) -> Iterator[Defect]:
    """Fields of a base that is no model."""
    for base, field in model.plain:
        yield Defect(
            "django_orm/field-of-plain-class",
            field.span,
            f"`{field.name}` of `{base}` is no field of `{model.name}`: `{base}` is no model",
            "The table has no such column; look-ups raise FieldError, and assignments are not saved",
            f"Derive `{base}` from `models.Model` and make it abstract",
        )


# Clashes


def clashes(registry: Registry, world: World, own: list[Model]) -> Iterator[Defect]:
    """Names on the other side of a relation that two things want."""
    told: set[tuple[Span, str]] = set()
    projects = {id(model) for model in own}
    for identity, links in world.back.items():
        target = next((link.target.concrete() for link in links if link.target is not None), None)
        if target is None or id(target) != identity:
            continue
        inherited = [link for base in target.lineage()[1:] for link in world.back.get(id(base.concrete()), ())]
        first: dict[str, Link] = {}
        for link in [*inherited, *sorted(links, key=lambda link: (link.model.cls is not None, link.field.span))]:
            if link.field.open or link.accessor is None:
                continue
            name = link.accessor
            taken = target.lookup(name)
            other = first.get(name)
            place = link.field.span, name
            if id(link.model) in projects and place not in told and link not in inherited:
                if taken is not None and taken[1].name == name and not is_link(link):
                    told.add(place)
                    yield field_clash(link, target, taken[1], name)
                elif other is not None and other.field is not link.field:
                    told.add(place)
                    yield accessor_clash(registry, link, other, target, name)
            first.setdefault(name, link)


def is_link(link: Link) -> bool:
    """Whether a field joins the table of a model to that of its base."""
    return link.field.name in link.model.links.values()


def field_clash(link: Link, target: Model, taken: Field, name: str) -> Defect:
    """An accessor that has the name of a field."""
    return Defect(
        "django_orm/reverse-name-clash",
        link.field.span,
        f"`{link.model.name}.{link.field.name}` gives `{target.name}` the name `{name}`, which is a field of it",
        f"{REFUSED} (fields.E302)",
        f"Give `{link.field.name}` another `related_name`",
        here(taken.span, f"`{name}` is declared here"),
    )


def accessor_clash(registry: Registry, link: Link, other: Link, target: Model, name: str) -> Defect:
    """Two accessors of one name."""
    user = link.field.name in USER_FIELDS and other.model.paths and other.model.key == "auth.user"
    if user:
        return Defect(
            "django_orm/user-model-clash",
            link.model.span,
            f"`{link.model.label}` is a user model beside `auth.User`, which `AUTH_USER_MODEL` still names",
            f"{REFUSED} (fields.E304): `{link.field.name}` of both give `{target.name}` the name `{name}`",
            f'Set `AUTH_USER_MODEL = "{link.model.label}"`',
        )
    given = "related_name" in link.field.arguments
    return Defect(
        "django_orm/reverse-name-clash",
        link.field.span,
        f"`{link.model.name}.{link.field.name}` and `{other.model.name}.{other.field.name}` both give `{target.name}` "
        f"the name `{name}`",
        f"{REFUSED} (fields.E304)",
        f"Give `{link.field.name}` {'another' if given else 'a'} `related_name`"
        + (", with `%(class)s` in it" if link.field.span == other.field.span else ""),
        here(other.field.span, "the other one is here") if link.field.span != other.field.span else (),
    )


def user_setting(registry: Registry) -> Iterator[Defect]:
    """A user model that does not exist."""
    apps = registry.apps
    if apps.user_model is None or apps.user_model_span is None or apps.open is not None:
        return
    label, _, name = apps.user_model.partition(".")
    installed = apps.labelled(label)
    if registry.models.get(apps.user_model.lower()) is not None or (
        installed is not None and installed.directory is None
    ):
        return
    yield Defect(
        "django_orm/user-model-clash",
        apps.user_model_span,
        f"`AUTH_USER_MODEL` names `{apps.user_model}`, and there is no such model",
        "`get_user_model()` raises ImproperlyConfigured: it refers to a model that has not been installed",
        f"Declare `{name}` in `{label}`" if installed is not None else f"Install the application `{label}`",
    )


# Applications and tables


def uninstalled(registry: Registry) -> Iterator[Defect]:
    """Models of applications that are not installed."""
    if registry.apps.open is not None:
        return
    for model in registry.models.values():
        if model.cls is None or model.installed is not False or "app_label" in model.options:
            continue
        yield Defect(
            "django_orm/app-not-installed",
            model.span,
            f"`{model.name}` belongs to no application of `INSTALLED_APPS`",
            f"The import raises RuntimeError: Model class {model.name} doesn't declare an explicit app_label",
            f"Add the application of {model.span.path} to `INSTALLED_APPS`",
        )


def tables(registry: Registry, world: World, own: list[Model], engine: Engine) -> Iterator[Defect]:
    """Two models of one table."""
    routers = engine.library_attributes.get(SETTINGS, {}).get("DATABASE_ROUTERS")
    if routers is not None and not is_empty(engine.force(routers)):
        return
    first: dict[str, tuple[Span, str]] = {}
    for model in sorted(registry.all(), key=lambda model: (model.cls is not None, model.span)):
        table = registry.table_of(model)
        if table is None or model.proxy or not model.managed or model.installed is False:
            continue
        other = first.setdefault(table, (model.span, model.label))
        if other[1] != model.label and model in own:
            yield Defect(
                "django_orm/duplicate-table",
                model.span,
                f"`{model.label}` and `{other[1]}` have one table, `{table}`",
                f"{REFUSED} (models.E028)",
                "Give one of them another `db_table`, or make it a proxy",
                here(other[0], f"`{other[1]}` is declared here"),
            )
    for model in own:
        for link in world.links[id(model)]:
            junction = link.junction
            if junction is None or junction.model is not None or link.field.core != MANY_TO_MANY:
                continue
            if junction.reason is not None or link.field.open or model.proxy or not model.managed:
                continue
            held = first.setdefault(junction.table, (link.field.span, f"{model.label}.{link.field.name}"))
            if held[1] != f"{model.label}.{link.field.name}":
                yield Defect(
                    "django_orm/duplicate-table",
                    link.field.span,
                    f"The table behind `{model.name}.{link.field.name}`, `{junction.table}`, is that of `{held[1]}`",
                    f"{REFUSED} (fields.E340)",
                    "Name the model as `through`, or give the field another `db_table`",
                    here(held[0], "the other one is here"),
                )


def is_empty(value: object) -> bool:
    """Whether a setting surely is empty."""
    if isinstance(value, Sequence):
        return value.complete and not value.items
    return isinstance(value, Const) and not value.value


def here(span: Span | None, text: str) -> tuple[tuple[Span, str], ...]:
    """A related place, where there is one."""
    return ((span, text),) if span is not None else ()
