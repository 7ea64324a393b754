"""Models of libraries, made of the facts that are kept of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifier.api import Const, External, Sequence, Span, Value, replace

from ._fields import Field
from ._library import DATA, MODELS, ROOTS
from ._model import Model
from ._settings import Apps

NOWHERE = Span("", 1)


class Shipped:
    """Reads the facts of a library's model, once."""

    def __init__(self, apps: Apps) -> None:
        self.apps = apps
        self.known: dict[str, Model] = {}

    def model(self, path: str) -> Model | None:
        """The model of a dotted path."""
        facts = MODELS.get(path)
        if facts is None:
            return None
        name = facts["paths"][0]
        if name not in self.known:
            self.known[name] = self.read(facts)
        return self.known[name]

    def installed(self) -> Iterator[Model]:
        """The models of all applications of libraries that are installed."""
        labels = {app.label for app in self.apps.installed if app.directory is None}
        for facts in DATA["models"]:
            if facts["app"] in labels:
                found = self.model(facts["paths"][0])
                if found is not None:
                    yield found

    def read(self, facts: Mapping[str, Any]) -> Model:
        """A model by its facts."""
        app = self.apps.labelled(facts["app"]) if facts["app"] else None
        span = app.span if app is not None else NOWHERE
        model = Model(facts["name"], facts["app"], span, paths=tuple(facts["paths"]), abstract=facts["abstract"])
        model.installed = app is not None
        model.auto_field = "AutoField"
        model.options = {name: value_of(value) for name, value in facts["options"].items()}
        model.names = dict.fromkeys(facts["attributes"])
        model.properties = list(facts["properties"])
        model.fields = {
            found["name"]: Field(
                found["name"],
                found["class"],
                found["class"],
                arguments(found["arguments"]),
                span,
            )
            for found in facts["fields"]
        }
        for base in facts["bases"]:
            parent = self.model(base) if base not in ROOTS else None
            if parent is None:
                continue
            model.parents.append(parent)
            if parent.abstract:
                for name, field in parent.fields.items():
                    model.fields.setdefault(name, replace(field, inherited=True, span=span))
            for name in parent.names:
                model.names.setdefault(name)
            model.properties.extend(parent.properties)
        if facts["name"].endswith("Proxy"):
            model.options["proxy"] = Const(True)
        return model


def arguments(facts: Mapping[str, Any]) -> dict[str, Value]:
    """The arguments of a field."""
    found = {name: argument(name, value) for name, value in facts.items() if name != "default_function"}
    if facts.get("default_function"):
        found["default"] = External(str(facts["default"]))
    return found


def argument(name: str, value: object) -> Value:
    """An argument of a field."""
    if name == "on_delete":
        return External(f"django.db.models.{value}")
    if name == "to" and value == "AUTH_USER_MODEL":
        return External("django.conf.settings.AUTH_USER_MODEL")
    return value_of(value)


def value_of(value: object) -> Value:
    """Plain data as a value."""
    if isinstance(value, list | tuple):
        return Sequence([value_of(item) for item in value], "tuple")
    assert value is None or isinstance(value, str | int | float | bool)
    return Const(value)
