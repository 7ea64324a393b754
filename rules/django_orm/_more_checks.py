"""Further system checks: the user model's names, what ``Meta`` names, keys that are set to nothing, sizes."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Const, Defect, Engine, External, Sequence, Span, Value, text_of

from ._checks import REFUSED, here
from ._entities import World
from ._fields import TO_ONE
from ._library import LABELS
from ._model import Model, linearised
from ._registry import Registry
from ._settings import SETTINGS, member
from ._sources import assigned

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
ABSTRACT_USER = "django.contrib.auth.models.AbstractUser"
BASE_USER = "django.contrib.auth.base_user.AbstractBaseUser"


def more_defects(registry: Registry, world: World, engine: Engine) -> Iterator[Defect]:
    """All of it."""
    own = [model for model in registry.all() if model.cls is not None and model.installed is not False]
    yield from user_names(registry, engine)
    yield from twice(registry)
    seen: set[Span] = set()
    for model in own:
        yield from named_in_meta(world, engine, model)
        for found in (*set_to_nothing(model), *sizes(model)):
            if found.span not in seen:
                seen.add(found.span)
                yield found


# The user model


def user_names(registry: Registry, engine: Engine) -> Iterator[Defect]:
    """``USERNAME_FIELD`` and ``REQUIRED_FIELDS`` of the user model."""
    model = registry.models.get((registry.apps.user_model or "").lower())
    if model is None or model.cls is None or model.open or registry.apps.labelled("auth") is None:
        return
    bases = {path for base in ancestors(model) for path in base.paths}
    if BASE_USER not in bases:
        return
    full = ABSTRACT_USER in bases
    given = declared(engine, model, "USERNAME_FIELD")
    required = declared(engine, model, "REQUIRED_FIELDS")
    name = text_of(given) if given is not None else ("username" if full else None)
    span = place_of(engine, model, "USERNAME_FIELD")
    if given is None and not full:
        yield username(
            model.span,
            f"`{model.name}` has no `USERNAME_FIELD`",
            "`manage.py migrate` and `check` stop with AttributeError: it has no attribute 'USERNAME_FIELD'",
            "Name the unique field by which users log in",
        )
    if name is None:
        return
    listed = list_of(required) if required is not None else (["email"] if full else [])
    if listed is not None and name in listed:
        inherited = required is None
        yield username(
            span,
            f"`{name}`, the `USERNAME_FIELD` of `{model.name}`, stands in `REQUIRED_FIELDS`"
            + (" too, which `AbstractUser` sets to `email`" if inherited else " too"),
            f"{REFUSED} (auth.E002)",
            'Write `REQUIRED_FIELDS = ["username"]`' if inherited else f"Take `{name}` out of `REQUIRED_FIELDS`",
        )
    held = model.lookup(name)
    if held is None:
        yield username(
            span,
            f"`USERNAME_FIELD` of `{model.name}` names `{name}`, which is no field of it",
            f"`manage.py migrate` and `check` stop with FieldDoesNotExist: {model.name} has no field named '{name}'",
            "Name the unique field by which users log in",
        )
    elif unique(model, name) is False and only_model_backend(engine):
        yield username(
            span,
            f"`{name}`, the `USERNAME_FIELD` of `{model.name}`, is not unique",
            f"{REFUSED} (auth.E003)",
            f"Declare `{name}` with `unique=True`",
        )


def username(span: Span, message: str, symptom: str, remedy: str) -> Defect:
    """A defect of the rule."""
    return Defect("django_orm/username-field", span, message, symptom, remedy)


def ancestors(model: Model) -> Iterator[Model]:
    """The models that a model derives from, abstract ones too."""
    for parent in model.parents:
        yield parent
        yield from ancestors(parent)


def declared(engine: Engine, model: Model, name: str) -> Value | None:
    """An attribute that a class of the project binds; None where only the library does."""
    assert model.cls is not None
    for base in linearised(model.cls):
        members = getattr(base, "members", {})
        if name in members:
            return member(engine, model.cls, name)
    return None


def place_of(engine: Engine, model: Model, name: str) -> Span:
    """Where a class binds a name; the class where a base does."""
    assert model.cls is not None
    place = assigned(model.cls).get(name)
    return engine.project.files[model.span.path].span(*place) if place is not None else model.span


def list_of(value: Value) -> list[str] | None:
    """The texts of a list; None where not all are known."""
    if not isinstance(value, Sequence) or not value.complete:
        return None
    found = [text_of(item) for item in value.items]
    return [text for text in found if text is not None] if None not in found else None


def unique(model: Model, name: str) -> bool | None:
    """Whether a field is unique by itself or by a constraint; None where that is not known."""
    held = model.lookup(name)
    if held is None:
        return None
    field = held[1]
    flags = [field.flag("unique"), field.flag("primary_key")]
    if any(flags) or field.core == "OneToOneField":
        return True
    if "constraints" in model.options or None in flags:
        return None
    return False


def only_model_backend(engine: Engine) -> bool:
    """Whether Django's own backend is the only one, where the name must be unique."""
    value = engine.library_attributes.get(SETTINGS, {}).get("AUTHENTICATION_BACKENDS")
    return value is None or list_of(engine.force(value)) == [MODEL_BACKEND]


# Applications and models of one name


def twice(registry: Registry) -> Iterator[Defect]:
    """Two applications of one label, two models of one name."""
    apps = registry.apps
    for first, second in apps.twice if apps.open is None else ():
        known = [app.directory is not None or app.name in LABELS for app in (first, second)]
        if not all(known) and first.name != second.name:
            continue
        yield Defect(
            "django_orm/duplicate-app-label",
            second.span,
            f"`{second.name}` has the label `{second.label}`, and so has `{first.name}`",
            "Nothing starts: ImproperlyConfigured: Application labels aren't unique",
            "Take one of them out, or give one another `label` in its `AppConfig`",
            here(first.span, f"`{first.name}` is installed here"),
        )
    for one, other in registry.twice:
        if one.cls is None or other.cls is None or one.span.path == other.span.path:
            continue
        if one.installed is True and other.installed is True:
            yield Defect(
                "django_orm/conflicting-models",
                other.span,
                f"`{other.app}` has two models named `{other.name}`",
                f"The import raises RuntimeError: Conflicting '{other.model_name}' models in application '{other.app}'",
                "Leave one of them, or name one otherwise",
                here(one.span, "the other one is here"),
            )


# Meta


def named_in_meta(world: World, engine: Engine, model: Model) -> Iterator[Defect]:
    """Fields that ``Meta`` names and that do not exist."""
    if model.open or model.proxy:
        return
    for option in ("unique_together", "index_together"):
        for item in texts(engine, model.options.get(option)):
            yield from unknown(engine, model, item, option, "models.E012")
    for option in ("constraints", "indexes"):
        value = model.options.get(option)
        for entry in value.items if isinstance(value, Sequence) else ():
            call = getattr(engine.force(entry), "made_by", None)
            fields = call.keywords.get("fields") if call is not None else None
            for item in texts(engine, fields):
                yield from unknown(engine, model, item, option, "models.E012")
    reverse = {
        name
        for base in model.lineage()
        for link in world.back.get(id(base.concrete()), ())
        for name in (link.query_name, link.accessor)
    }
    for item in texts(engine, model.options.get("ordering")):
        name = (text_of(item) or "").removeprefix("-").removeprefix("+").partition("__")[0]
        if name not in reverse and name not in ("pk", "?", "_order", ""):
            yield from unknown(engine, model, item, "ordering", "models.E015")


def texts(engine: Engine, value: Value | None) -> Iterator[Value]:
    """The texts in a list, and in lists inside it."""
    if isinstance(value, Sequence):
        for item in value.items:
            held = engine.force(item)
            if isinstance(held, Sequence):
                yield from texts(engine, held)
            elif text_of(held) is not None:
                yield held


def unknown(engine: Engine, model: Model, value: Value, option: str, check: str) -> Iterator[Defect]:
    """A name, unless a field has it."""
    name = (text_of(value) or "").removeprefix("-").removeprefix("+").partition("__")[0]
    if not name or name == "pk" or model.lookup(name) is not None:
        return
    if (
        any(field.core == "GenericForeignKey" or not field.core for field in model.fields.values())
        and option == "ordering"
    ):
        return
    yield Defect(
        "django_orm/unknown-field-in-meta",
        engine.span(value.origin) if value.origin is not None else model.span,
        f"`{option}` of `{model.name}` names `{name}`, which is no field of it",
        f"{REFUSED} ({check})",
        "Name a field of the model, by its attribute",
    )


# Fields


def set_to_nothing(model: Model) -> Iterator[Defect]:
    """Keys that become NULL, or their default, when the row that they point at goes, and cannot."""
    for field in model.fields.values():
        action = field.arguments.get("on_delete")
        if field.core not in TO_ONE or not isinstance(action, External) or field.open:
            continue
        default = field.arguments.get("default") or field.arguments.get("db_default")
        if action.name == "SET_NULL" and field.flag("null") is False:
            yield Defect(
                "django_orm/set-null-on-required",
                field.span,
                f"`{model.name}.{field.name}` is set to NULL when its target is deleted, and must not be NULL",
                f"{REFUSED} (fields.E320)",
                "Add `null=True`, or choose another `on_delete`",
            )
        elif action.name == "SET_DEFAULT" and default is None:
            yield Defect(
                "django_orm/set-null-on-required",
                field.span,
                f"`{model.name}.{field.name}` is set to its default when its target is deleted, and has none",
                f"{REFUSED} (fields.E321)",
                "Add a `default`, or choose another `on_delete`",
            )


def sizes(model: Model) -> Iterator[Defect]:
    """Text without a length, decimal numbers without digits: which databases mind, the rule knows."""
    for field in model.fields.values():
        if field.open or field.implicit or (field.origin and not field.origin.startswith("django.db.models.")):
            continue
        if field.core == "CharField" and missing(field.arguments.get("max_length")):
            yield Defect(
                "django_orm/max-length-missing",
                field.span,
                f"`{model.name}.{field.name}` is a `{field.declared}` without `max_length`",
                f"{REFUSED} (fields.E120)",
                "Add `max_length`, or use a `TextField`",
            )
        if field.core == "DecimalField" and (
            missing(field.arguments.get("max_digits")) or missing(field.arguments.get("decimal_places"))
        ):
            yield Defect(
                "django_orm/max-length-missing",
                field.span,
                f"`{model.name}.{field.name}` is a `{field.declared}` without `max_digits` and `decimal_places`",
                f"{REFUSED} (fields.E130, fields.E132)",
                "Add both, such as `max_digits=10, decimal_places=2`",
            )


def missing(value: Value | None) -> bool:
    """Whether an argument surely is not given."""
    return value is None or (isinstance(value, Const) and value.value is None)
