"""Settings classes of pydantic: each field out of the environment, an environment file, or its default."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import quote

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Origin,
    Parametrized,
    Record,
    Sequence,
    Unknown,
    Value,
    join_text,
    options,
    path_text,
    project_path,
    read_variables,
    stands_for,
    syntax,
    text_of,
    texts_of,
    written,
)

FIELDS = ("pydantic.Field", "pydantic.fields.Field")
BEFORE, AFTER = "BeforeValidator", "AfterValidator"
LONGEST_NUMBER = 20
TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})


@stands_for("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings")
class BaseSettings(LibraryObject):
    """``class Settings(BaseSettings)``."""

    def created(self, call: Call) -> None:
        engine, cls = call.engine, self.kind
        if cls is None:
            return
        config = settings_of(engine, cls)
        files = dict(variables_of_files(call, config))
        for name, (annotation, default) in engine.fields(cls).items():
            if name == "model_config":
                continue
            value = call.keywords.get(name) or self.read_field(engine, cls, name, annotation, default, config, files)
            if value is not None:
                self.attributes[name] = self.validated(call, cls, name, annotation, value)
        for method, decorated in decorated_methods(cls):
            if decorated == "model_validator" and keyword_of(method, decorated, "mode") != "before":
                engine.call(method.bind(self), [], call.node, call.frame)
        call.keywords.clear()  # they have been taken

    def read_field(
        self,
        engine: Engine,
        cls: Class,
        name: str,
        annotation: Value | None,
        default: Value | None,
        config: dict[str, Value],
        files: dict[str, str],
    ) -> Value | None:
        """What a field is without its validators."""
        field = default.made_by if isinstance(default, Instance) and default.path in FIELDS else None
        field = field or annotated_field(annotation)
        prefix = text_of(config.get("env_prefix")) or ""
        names = aliases(field) or [prefix + name]
        for wanted in names:
            found = variable(engine, wanted, files, default.origin if default is not None else None)
            if found is not None:
                return typed(annotation, found)
        nested = self.nested(engine, prefix + name, annotation, config)
        if nested is not None:
            return nested
        if field is not None and isinstance(default, Instance) and default.path in FIELDS:
            factory = field.argument(None, "default_factory")
            if factory is not None:
                return engine.call(factory, [], field.node, field.frame)
            return field.argument(0, "default")
        return default

    def nested(self, engine: Engine, name: str, annotation: Value | None, config: dict[str, Value]) -> Value | None:
        """A model whose fields are variables of their own: ``DB__URL`` below ``db``."""
        delimiter = text_of(config.get("env_nested_delimiter"))
        around = engine.surroundings
        if delimiter is None or around is None or not isinstance(annotation, Class):
            return None
        start = f"{name}{delimiter}".lower()
        given = {
            key[len(start) :].lower(): value for key, value in around.variables.items() if key.lower().startswith(start)
        }
        if not given:
            return None
        made = Instance(annotation)
        for field, (_, default) in engine.fields(annotation).items():
            value = Const(given[field]) if field in given else default
            if value is not None:
                made.attributes[field] = value
        return made

    def validated(self, call: Call, cls: Class, name: str, annotation: Value | None, value: Value) -> Value:
        """A field after its validators."""
        engine = call.engine
        found = value
        for validator in validators_in(annotation):
            found = engine.call(validator, [found], call.node, call.frame)
        for method, decorated in decorated_methods(cls):
            if decorated not in ("validator", "field_validator") or name not in names_of(method, decorated):
                continue
            known: dict[object, Value] = dict(self.attributes.items())
            info = Instance(None, "pydantic.ValidationInfo")
            info.attributes = {"data": Record(known), "field_name": Const(name)}
            more: list[Value] = [
                Record(dict(known)) if parameter.name == "values" else info for parameter in method.code.parameters[2:]
            ]
            result = engine.call(method.bind(cls), [found, *more], call.node, call.frame)
            found = (
                found
                if isinstance(result, Unknown) and isinstance(found, Const) and found.value is not None
                else result
            )
        return found


def aliases(field: Call | None) -> list[str]:
    """Names of the variables that a field is read from, where it names them."""
    found: list[str] = []
    for key in ("validation_alias", "alias", "env"):
        value = field.argument(None, key) if field is not None else None
        if isinstance(value, Instance) and value.made_by is not None and (value.path or "").endswith("AliasChoices"):
            found += [text for text in map(text_of, value.made_by.arguments) if text is not None]
        elif value is not None:
            found += texts_of(value) or []
    return found


def annotated_field(annotation: Value | None) -> Call | None:
    """``Field(...)`` inside ``Annotated``."""
    for argument in annotation.arguments if isinstance(annotation, Parametrized) else ():
        if isinstance(argument, Instance) and argument.path in FIELDS:
            return argument.made_by
    return None


def validators_in(annotation: Value | None) -> Iterator[Value]:
    """The functions of ``Annotated[str, AfterValidator(f)]``."""
    for argument in annotation.arguments if isinstance(annotation, Parametrized) else ():
        name = (argument.path or "").rpartition(".")[2] if isinstance(argument, Instance) else ""
        if isinstance(argument, Instance) and name in (BEFORE, AFTER) and argument.made_by is not None:
            function = argument.made_by.argument(0, "func")
            if function is not None:
                yield function


def decorated_methods(cls: Class) -> Iterator[tuple[Function, str]]:
    """Methods that validate, with the name of what makes them do so."""
    for ancestor in reversed(list(cls.lineage())):
        for value in ancestor.members.values() if isinstance(ancestor, Class) else ():
            for node in value.code.decorators if isinstance(value, Function) else ():
                called = node.callee if isinstance(node, syntax.Call) else node
                name = called.name if isinstance(called, syntax.Member) else getattr(called, "id", "")
                if name in ("validator", "field_validator", "model_validator") and isinstance(value, Function):
                    yield value, name


def arguments_of(method: Function, decorator: str) -> Iterator[syntax.Expression | syntax.Keyword | syntax.Spread]:
    """What a decorator of a method was given."""
    for node in method.code.decorators:
        if isinstance(node, syntax.Call):
            name = node.callee.name if isinstance(node.callee, syntax.Member) else getattr(node.callee, "id", "")
            if name == decorator:
                yield from node.arguments


def names_of(method: Function, decorator: str) -> list[str]:
    """The fields that a validator is for."""
    return [str(found.value) for found in arguments_of(method, decorator) if isinstance(found, syntax.Const)]


def keyword_of(method: Function, decorator: str, name: str) -> object:
    """A keyword of a decorator, where it is a constant."""
    for found in arguments_of(method, decorator):
        if isinstance(found, syntax.Keyword) and found.name == name and isinstance(found.value, syntax.Const):
            return found.value.value
    return None


def settings_of(engine: Engine, cls: Class) -> dict[str, Value]:
    """``model_config``, or the inner class ``Config``."""
    found: dict[str, Value] = {}
    for ancestor in reversed(list(cls.lineage())):
        if not isinstance(ancestor, Class):
            continue
        config = ancestor.members.get("model_config")
        if isinstance(config, Record):
            found.update({str(key): value for key, value in config.entries.items()})
        elif isinstance(config, Instance) and config.made_by is not None:
            found.update(config.made_by.keywords)
        inner = ancestor.members.get("Config")
        if isinstance(inner, Class):
            found.update({name: engine.force(value) for name, value in inner.members.items()})
    return found


def variables_of_files(call: Call, config: dict[str, Value]) -> Iterator[tuple[str, str]]:
    """The variables of the environment files that a settings class names, which set nothing for others."""
    given = call.keywords.pop("_env_file", None) or config.get("env_file")
    around, others = call.engine.surroundings, call.engine.project.others
    for option in options(given) if given is not None else ():
        for item in option.items if isinstance(option, Sequence) else (option,):
            name = path_text(item)
            for path in candidates(call, name) if name else ():
                if path in others and around is not None:
                    for variable_name, (value, span) in read_variables(others[path], around.variables).items():
                        around.places.setdefault(variable_name, span)
                        yield variable_name, value
                    break


def candidates(call: Call, name: str) -> Iterator[str]:
    """Where a file may lie that is named from the folder in which the program is started."""
    inside = project_path(name) if name.startswith("/") else None
    if inside is not None:
        yield inside
        return
    yield posixpath.normpath(name)
    folder = posixpath.dirname(call.frame.module.path)
    while folder:
        yield posixpath.normpath(posixpath.join(folder, name))
        folder = posixpath.dirname(folder)


def variable(engine: Engine, name: str, files: dict[str, str], origin: Origin | None) -> str | None:
    """A variable of the environment, else of the files; names are compared whatever their case."""
    around = engine.surroundings
    if around is None:
        return None
    for key in around.variables:
        if key.lower() == name.lower():
            found = around.read(key, origin)
            return str(found.value) if found is not None else None
    for key, value in files.items():
        if key.lower() == name.lower():
            around.used[key] = value
            return value
    around.read(name.upper(), origin)
    return None


def typed(annotation: Value | None, text: str) -> Value:
    """A variable's text as the field's type has it."""
    kinds = [annotation.base if isinstance(annotation, Parametrized) else annotation]
    names = {kind.path for kind in kinds if isinstance(kind, External)}
    if "bool" in names:
        return Const(text.strip().lower() in TRUE)
    if "int" in names and text.strip().isdecimal() and len(text) < LONGEST_NUMBER:
        return Const(int(text))
    return Const(text)


def build(call: Call) -> Value:
    """``PostgresDsn.build(scheme="postgresql", host=..., path=...)``."""
    given = {name: value for name, value in call.keywords.items() if written(value)}
    user = given.get("username") or given.get("user")
    parts: list[str | Value] = [given.get("scheme") or Unknown("a scheme"), "://"]
    if user is not None:
        parts += [user, *((":", quoted(given["password"])) if "password" in given else ()), "@"]
    parts += [given["host"]] if "host" in given else []
    parts += [":", given["port"]] if "port" in given else []
    if "path" in given:
        slash = "" if (written(given["path"]) or "").startswith("/") else "/"
        parts += [slash, given["path"]]
    return join_text(parts, call.origin)


def quoted(value: Value) -> Value:
    """A password as a URL has it."""
    text = text_of(value)
    return Const(quote(text, safe=""), value.origin) if text is not None else value


def as_text(call: Call) -> Value:
    """``PostgresDsn(url)``, ``SecretStr(text)``: what it was made of."""
    return call.argument(0) or call.argument(None, "url") or NOTHING


def made_field(call: Call) -> Value:
    """``dataclasses.field(default_factory=...)``: what it gives."""
    factory = call.argument(None, "default_factory")
    if factory is not None:
        return call.engine.call(factory, [], call.node, call.frame)
    return call.argument(None, "default") or Unknown("a field without a default")


DSN = (
    "PostgresDsn",
    "AnyUrl",
    "MySQLDsn",
    "MariaDBDsn",
    "MultiHostUrl",
    "Url",
    "AnyHttpUrl",
    "MongoDsn",
    "CockroachDsn",
)
MODULES = ("pydantic", "pydantic.networks", "pydantic.v1", "pydantic_core")
FUNCTIONS: dict[str, LibraryFunction] = {
    **{f"{module}.{name}.build": build for module in MODULES for name in DSN},
    **{f"{module}.{name}": as_text for module in MODULES for name in (*DSN, "SecretStr")},
    "pydantic.types.SecretStr": as_text,
    "dataclasses.field": made_field,
}
OBJECTS = (BaseSettings,)
