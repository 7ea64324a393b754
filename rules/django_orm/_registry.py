"""The registry: all models together, what their relations point at, and the keys that Django adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from verifier.api import (
    Class,
    Const,
    External,
    Instance,
    Value,
    is_test,
    options,
    reason_of,
    replace,
    text_of,
)

from ._fields import TO_ONE, Field
from ._library import MODELS, WITHOUT_RELATIONS
from ._model import Model
from ._settings import App, Apps, inside
from ._sources import Reader

SELF = "self"
USER_SETTING = "django.conf.settings.AUTH_USER_MODEL"
GET_USER_MODEL = "django.contrib.auth.get_user_model()"


class Target(NamedTuple):
    """What a relation points at: the model, or what is written for it, or why neither is known."""

    model: Model | None
    written: str
    reason: str | None = None


class Registry:
    """The models of a project, by their labels, as Django's own registry has them."""

    def __init__(self, apps: Apps, reader: Reader | None = None) -> None:
        self.apps = apps
        self.reader = reader
        self.models: dict[str, Model] = {}
        self.twice: list[tuple[Model, Model]] = []
        self.targets: dict[tuple[int, str], Target] = {}

    def add(self, models: Iterable[Model]) -> None:
        """Enter models; abstract ones have no place of their own."""
        for model in models:
            if model.abstract or model.app is None:
                continue
            other = self.models.get(model.key)
            if other is None:
                self.models[model.key] = model
            elif other is not model:
                self.twice.append((other, model))

    def complete(self) -> None:
        """What Django adds when all models are known: keys, links to parents, which models are swapped out."""
        for model in self.models.values():
            setting = text_of(model.options.get("swappable"))
            user = self.apps.user_model
            if setting == "AUTH_USER_MODEL" and user is not None and user.lower() != model.key:
                model.swapped = True
        for model in list(self.models.values()):
            self.link(model)
        for model in self.models.values():
            self.key(model)

    def link(self, model: Model) -> None:
        """The links of a model to the models whose tables its own table extends."""
        if model.proxy:
            return
        declared = {
            target.model.key: field.name
            for field in model.fields.values()
            if field.core == "OneToOneField"
            and field.flag("parent_link")
            and (target := self.target(model, field)).model
        }
        for base in dict.fromkeys(found.concrete() for found in model.bases):
            name = declared.get(base.key)
            if name is None:
                name = f"{base.model_name}_ptr"
                if name not in model.fields:
                    arguments: dict[str, Value] = {
                        "to": Const(base.label),
                        "on_delete": External("django.db.models.CASCADE"),
                        "parent_link": Const(True),
                    }
                    link = Field(name, "OneToOneField", "OneToOneField", arguments, model.span, implicit=True)
                    model.fields = {name: link, **model.fields}
            model.links[base.key] = name

    def key(self, model: Model) -> None:
        """The primary key: a link to a parent, or ``id``, where none is declared."""
        if model.proxy or any(field.primary_key for field in model.fields.values()):
            return
        if any(field.core == "CompositePrimaryKey" for field in model.fields.values()):
            return
        link = next((name for name in model.links.values() if name is not None), None)
        if link is not None:
            field = model.fields[link]
            model.fields[link] = with_argument(field, "primary_key", Const(True))
            return
        if "id" in model.fields:
            return  # the system check models.E004
        kind = model.auto_field or self.apps.auto_field
        core = kind if kind in ("AutoField", "BigAutoField", "SmallAutoField", "UUIDField") else ""
        if kind is None:
            core = "AutoField"
        key = Field(
            "id",
            core,
            kind or "AutoField",
            {"primary_key": Const(True)},
            model.span,
            implicit=True,
            open=kind is None or bool(model.open),
        )
        model.fields = {"id": key, **model.fields}

    # Targets

    def target(self, model: Model, field: Field) -> Target:
        """What a relation points at."""
        place = id(model), field.name
        if place not in self.targets:
            self.targets[place] = self.named(model, field.arguments.get("to"), field.open)
        return self.targets[place]

    def named(self, model: Model, value: Value | None, open_: bool = False) -> Target:
        """The model that a value names, seen from a model."""
        if value is None:
            return Target(None, "", "arguments that run time decides" if open_ else "a missing argument")
        found = [self.single(model, option) for option in options(value)]
        first = found[0]
        if all(target.model is first.model and target.reason is None for target in found):
            return first
        return next((target for target in found if target.reason is not None), Target(None, "", "a choice of run time"))

    def single(self, model: Model, value: Value) -> Target:
        """One of the values."""
        if isinstance(value, Class):
            known = self.reader.model(value) if self.reader is not None else None
            return Target(known, value.name, None if known is not None else f"`{value.name}`, which is no model")
        if isinstance(value, External):
            return self.foreign(value)
        if isinstance(value, Instance) and value.path is not None:
            return self.called(value)
        text = text_of(value)
        if text is None:
            return Target(None, "", reason_of(value))
        return self.written(model, text)

    def foreign(self, value: External) -> Target:
        """Something of a library: the setting of the user model, or a library's model."""
        if value.path == USER_SETTING:
            return self.user()
        if value.path in MODELS and self.reader is not None:
            shipped = self.reader.shipped.model(value.path)
            return Target(shipped, shipped.label if shipped is not None else value.path)
        return Target(None, value.path, f"`{value.path}`")

    def called(self, value: Instance) -> Target:
        """What a function of Django gives: the user model, or a model of a name."""
        call = value.made_by
        if value.path == GET_USER_MODEL:
            return self.user()
        if call is not None and (value.path or "").endswith(".get_model()"):
            parts = [call.text(0, "app_label"), call.text(1, "model_name")]
            if parts[0] is not None:
                label = ".".join(part for part in parts if part)
                return Target(
                    self.models.get(label.lower()), label, None if label.lower() in self.models else f"`{label}`"
                )
        return Target(None, value.type_name, f"what `{value.type_name}` gives")

    def user(self) -> Target:
        """The user model."""
        label = self.apps.user_model
        if label is None:
            return Target(None, "AUTH_USER_MODEL", "the setting `AUTH_USER_MODEL`")
        return self.by_label(label)

    def written(self, model: Model, text: str) -> Target:
        """A model by a name in a declaration."""
        if text == SELF:
            return Target(model, model.label)
        return self.by_label(text if "." in text else f"{model.app}.{text}")

    def by_label(self, label: str) -> Target:
        """A model by its label."""
        found = self.models.get(label.lower())
        if found is not None:
            return Target(found, found.label)
        return Target(None, label, self.reason_without(label))

    def reason_without(self, label: str) -> str | None:
        """Why a model of a label may exist although it was not read; None where it surely does not."""
        app = label.partition(".")[0]
        installed = next((found for found in self.apps.installed if found.label.lower() == app.lower()), None)
        if installed is not None and installed.directory is not None:
            return f"a class of `{app}` that was not read" if self.mentions(installed, label) else None
        others = any(app.directory is None and app.name not in WITHOUT_RELATIONS for app in self.apps.installed)
        if installed is None and self.apps.found and self.apps.open is None and not others:
            return None  # else the label may be that of an application whose configuration was not seen
        return f"the application `{app}`, which lies outside the project" if self.apps.found else self.apps.open

    def mentions(self, app: App, label: str) -> bool:
        """Whether a file of an application writes a class of a name, which is a model under some condition."""
        if self.reader is None or app.directory is None:
            return True
        wanted = re.compile(rb"\bclass\s+" + re.escape(label.partition(".")[2].encode()) + rb"\b", re.IGNORECASE)
        return any(
            wanted.search(source.data) is not None
            for path, source in self.reader.project.files.items()
            if inside(path, app.directory) and path.endswith(".py") and not is_test(path)
        )

    # Keys

    def key_of(self, model: Model, depth: int = 0) -> Field | None:
        """The field that is the primary key of a model's table."""
        found = model.key_field()
        return found if depth < 20 else None

    def remote_field(self, model: Model, field: Field, target: Model) -> tuple[Model, Field] | None:
        """The field that a relation to one points at, with the model that holds it."""
        name = field.text("to_field")
        if name is not None:
            return target.lookup(name)
        key = self.key_of(target)
        return (target.concrete(), key) if key is not None else None

    def column_of(self, field: Field) -> str:
        """The name of a field's column."""
        given = field.text("db_column")
        return given or (f"{field.name}_id" if field.core in TO_ONE else field.name)

    def table_of(self, model: Model) -> str | None:
        """The name of a model's table."""
        concrete = model.concrete()
        given = concrete.options.get("db_table")
        if given is not None and not (isinstance(given, Const) and not given.value):
            return text_of(given)
        return f"{concrete.app}_{concrete.model_name}"

    def all(self) -> Iterator[Model]:
        """The models that Django has: those that are not swapped out."""
        return (model for model in self.models.values() if not model.swapped)

    def is_symmetrical(self, model: Model, field: Field) -> bool:
        """Whether a relation of a model to itself has one side only."""
        given = field.flag("symmetrical", None)
        if given is not None:
            return given
        to = field.arguments.get("to")
        return text_of(to) == SELF


def with_argument(field: Field, name: str, value: Value) -> Field:
    """A field with one more argument."""
    return replace(field, arguments={**field.arguments, name: value})
