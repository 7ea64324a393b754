"""Models of the project's classes: what ``ModelBase`` makes of a class statement."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename, dirname

from verifier.api import (
    Class,
    Engine,
    External,
    Function,
    Instance,
    Project,
    Span,
    Unknown,
    Value,
    is_test,
    reason_of,
    replace,
    syntax,
    text_of,
)

from ._fields import core_of, read_field
from ._library import MODELS, ROOTS
from ._model import Model, bases_of, linearised, truth_of
from ._settings import App, Apps, configuration_in, member
from ._shipped import Shipped

# Libraries whose classes are no models, though models derive from them.
NO_MODELS = ("abc.", "typing.", "typing_extensions.", "enum.", "django.utils.", "django.core.", "builtins.")
MIGRATIONS = "migrations"


class Reader:
    """Reads classes as models, each once."""

    def __init__(self, engine: Engine, project: Project, apps: Apps) -> None:
        self.engine = engine
        self.project = project
        self.apps = apps
        self.known: dict[syntax.Class, Model | None] = {}
        self.shipped = Shipped(apps)
        self.homes: dict[str, str] = {}

    def models(self) -> Iterator[Model]:
        """All models of the project, abstract ones too."""
        position = 0
        while position < len(self.engine.classes):  # reading a module may bring further classes
            cls = self.engine.classes[position]
            position += 1
            if cls.module.javascript or is_test(cls.module.path) or cls.code in self.known:
                continue
            if MIGRATIONS in cls.module.path.split("/")[:-1]:
                continue
            model = self.model(cls)
            if model is not None:
                yield model

    def model(self, cls: Class) -> Model | None:
        """The model that a class is; None where it is none."""
        if cls.code in self.known:
            return self.known[cls.code]
        self.known[cls.code] = None
        line = linearised(cls)
        if not is_model(cls, line):
            return None
        found = self.known[cls.code] = self.read(cls, line)
        return found

    def read(self, cls: Class, line: list[Value]) -> Model:
        """A class that is a model."""
        engine = self.engine
        meta = self.meta_of(cls)
        model = Model(cls.name, None, span_of_class(engine, cls), cls, meta=meta)
        for base, written in zip(bases_of(cls), cls.bases, strict=True):
            if base is not written:
                model.open.append("a base that run time chooses")
            parent = self.parent(base, model)
            if parent is not None:
                model.parents.append(parent)
        model.options = self.options(meta, model)
        model.abstract = self.is_abstract(cls)
        self.place(model)
        self.bind_members(model, cls)
        self.inherit(model, line)
        model.accepts_any = any(
            isinstance(base, Class) and isinstance(base.members.get("__init__"), Function) for base in line
        )
        return model

    def parent(self, base: Value, model: Model) -> Model | None:
        """The model that a base is."""
        if isinstance(base, Class):
            return self.model(base)
        if isinstance(base, External):
            if base.path in ROOTS or base.path.startswith(NO_MODELS) or "." not in base.path:
                return None
            if base.path in MODELS:
                return self.shipped.model(base.path)
            model.open.append(f"what `{base.path}` declares")
            return None
        if isinstance(base, Instance) and base.path == "django.contrib.auth.get_user_model()":
            return (
                self.shipped.model("django.contrib.auth.models.User") if self.apps.user_model == "auth.User" else None
            )
        model.open.append(reason_of(base) if isinstance(base, Unknown) else "a base that run time chooses")
        return None

    # Meta

    def meta_of(self, cls: Class) -> Class | None:
        """The class ``Meta`` of a class statement."""
        found = cls.members.get("Meta")
        found = self.engine.force(found) if found is not None else None
        return found if isinstance(found, Class) else None

    def is_abstract(self, cls: Class) -> bool:
        """Whether it says so itself: Django resets what a ``Meta`` would hand down."""
        meta = self.meta_of(cls)
        if meta is None:
            return False
        found = meta.members.get("abstract")
        return found is not None and truth_of(self.engine.force(found)) is True

    def options(self, meta: Class | None, model: Model) -> dict[str, Value]:
        """What a ``Meta`` says; that of an abstract base where there is none."""
        if meta is None:
            for parent in model.parents:
                if parent.abstract:
                    return {key: value for key, value in parent.options.items() if key != "abstract"}
            return {}
        found: dict[str, Value] = {}
        for base in reversed(linearised(meta)):
            if isinstance(base, External) and base.path.endswith(".Meta"):
                shipped = self.shipped.model(base.path.removesuffix(".Meta"))
                found.update(shipped.options if shipped is not None else {})
            elif isinstance(base, Class):
                for name, value in base.members.items():
                    if not name.startswith("__"):
                        found[name] = self.engine.force(value)
            elif isinstance(base, External) and base.path != "object":
                model.open.append(f"what `{base.path}` says")
        found.pop("abstract", None)
        return found

    # Place

    def place(self, model: Model) -> None:
        """The application that a model belongs to."""
        path = model.span.path
        app = self.apps.containing(path)
        model.installed = True if app is not None else (None if self.apps.open else False)
        label = text_of(model.options.get("app_label"))
        if label is not None:
            model.app = label
            owner = self.apps.labelled(label)
            model.installed = True if owner is not None else (None if self.apps.open else model.installed)
            model.auto_field = owner.auto_field if owner is not None else None
            return
        if "app_label" in model.options:
            model.open.append(reason_of(model.options["app_label"]))
        if app is not None:
            model.app, model.auto_field = app.label, app.auto_field
            return
        guessed = self.likely(path)
        model.app, model.auto_field = guessed.label, guessed.auto_field
        if not model.abstract and model.installed is False:
            model.open.append(f"the application of {path}, which is not among `INSTALLED_APPS`")

    def likely(self, path: str) -> App:
        """The application that a file would belong to if it were installed."""
        directory = dirname(path)
        while directory and basename(directory) == "models":
            directory = dirname(directory)
        home = directory
        for _ in range(6):
            marks = ("apps.py", "migrations/__init__.py", "models.py", "models/__init__.py")
            if any((f"{home}/{mark}" if home else mark) in self.project.files for mark in marks):
                directory = home
                break
            if not home:
                break
            home = dirname(home)
        if directory not in self.homes:
            config = configuration_in(self.engine, directory)
            name = text_of(member(self.engine, config, "name")) if config is not None else None
            label = text_of(member(self.engine, config, "label")) if config is not None else None
            self.homes[directory] = label or (name or basename(directory) or "app").rpartition(".")[2]
        return App(directory, self.homes[directory], Span(path, 1), directory)

    # Members

    def bind_members(self, model: Model, cls: Class) -> None:
        """Fields and other names that the class statement binds."""
        places = assigned(cls)
        for name, value in cls.members.items():
            forced = self.engine.force(value)
            span = places.get(name)
            where = self.engine.project.files[cls.module.path].span(*span) if span else self.span_of(forced, model.span)
            found = read_field(self.engine, name, forced, where)
            if found is not None:
                model.fields[found.name] = found
                if found.declared == "MoneyField" and not found.core:
                    model.open.append(f"the currency of `{name}`")
                continue
            if name == "Meta" or name.startswith("__"):
                continue
            model.names[name] = None
            if isinstance(forced, Function) and forced.code.accessor == "get":
                model.properties.append(name)
            if isinstance(forced, Unknown) and span is not None:
                model.open.append(f"`{name}`: {forced.reason}")

    def span_of(self, value: Value, fallback: Span) -> Span:
        """Where a value is written."""
        return self.engine.span(value.origin) if value.origin is not None else fallback

    def inherit(self, model: Model, line: list[Value]) -> None:
        """What bases hand down: fields of abstract ones; of what is no model, nothing."""
        assert model.cls is not None
        parents = {identity(base): parent for base in bases_of(model.cls) if (parent := self.parent(base, model))}
        hidden = set[str](model.cls.members)
        for base in line[1:]:
            parent = parents.get(identity(base))
            if parent is None:
                hidden.update(base.members if isinstance(base, Class) else ())
                self.plain_fields(model, base)
                continue
            if parent.abstract:
                for name, field in parent.fields.items():
                    if name not in model.fields and name not in hidden:
                        span = model.span if parent.paths else field.span
                        model.fields[name] = replace(field, inherited=True, span=span)
                model.plain.extend(parent.plain)
            else:
                hidden.update(parent.fields)
            for reason in parent.open:
                if reason not in model.open:
                    model.open.append(reason)
            for name in parent.names:
                model.names.setdefault(name)
            model.properties.extend(name for name in parent.properties if name not in model.properties)

    def plain_fields(self, model: Model, base: Value) -> None:
        """Note what a base that is no model binds."""
        if not isinstance(base, Class) or base is model.cls or self.model(base) is not None:
            return
        for name, value in base.members.items():
            forced = self.engine.force(value)
            if isinstance(forced, Function) and forced.code.accessor == "get":
                model.properties.append(name)
            if not name.startswith("__"):
                model.names.setdefault(name)
            field = read_field(self.engine, name, forced, self.span_of(forced, model.span))
            if field is not None and field.core and name not in model.fields:
                model.plain.append((base.name, field))


def identity(base: Value) -> object:
    """What tells one base from another."""
    return base.path if isinstance(base, External | Instance) else id(base)


def is_model(cls: Class, line: list[Value]) -> bool:
    """Whether a class is a model: it derives from Django's, or from a library's that looks like one."""
    foreign = False
    for base in line:
        if isinstance(base, External | Instance) and base.path is not None:
            if base.path in ROOTS or base.path in MODELS or base.path == "django.contrib.auth.get_user_model()":
                return True
            if isinstance(base, External) and not base.path.startswith(NO_MODELS) and looks_like_a_model(base.path):
                foreign = True
    return foreign and any(isinstance(base, Class) and has_fields(base) for base in line)


def looks_like_a_model(path: str) -> bool:
    """Whether the class of a library may be a model of Django."""
    module, _, name = path.rpartition(".")
    if f"{module}.".startswith(("django.", "rest_framework", "graphene", "pydantic", "sqlalchemy", "ninja", "wtforms")):
        return False
    return module.endswith("models") or ".models." in f"{module}." or name.endswith(("Model", "_Node"))


def has_fields(cls: Class) -> bool:
    """Whether a class binds fields of Django."""
    return any(
        isinstance(value, Instance) and value.made_by is not None and core_of(value.path) is not None
        for value in cls.members.values()
    )


def span_of_class(engine: Engine, cls: Class) -> Span:
    """Where a class is written, from the keyword on."""
    return engine.project.files[cls.module.path].span(cls.code.start, cls.code.end)


def assigned(cls: Class) -> dict[str, tuple[int, int]]:
    """Where the class statement binds each name."""
    found: dict[str, tuple[int, int]] = {}
    waiting = list(cls.code.body)
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, syntax.Assign):
            for target in statement.targets:
                if isinstance(target, syntax.Name) and statement.value is not None:
                    found[target.id] = (statement.start, statement.end)
        elif isinstance(statement, syntax.If):
            waiting.extend((*statement.body, *statement.orelse))
        elif isinstance(statement, syntax.Try):
            waiting.extend((*statement.body, *statement.orelse, *statement.final))
            for handler in statement.handlers:
                waiting.extend(handler.body)
    return found
