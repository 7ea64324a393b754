"""What reads one variable at a time: decouple, environs, django-environ, Starlette's Config, env-var."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    LibraryFunction,
    LibraryObject,
    Native,
    Origin,
    Record,
    Sequence,
    Unknown,
    Value,
    method,
    parts_of,
    stands_for,
    text_of,
    written,
)

from ._files import load

BACKENDS = {
    "sqlite": "django.db.backends.sqlite3",
    "postgresql": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
    "oracle": "django.db.backends.oracle",
}


def variable(call: Call, *, default: Value | None = None) -> Value:
    """``config("X", default="y", cast=int)``: the variable, else the default."""
    around, name = call.engine.surroundings, call.text(0)
    found = around.read(name, call.origin) if around is not None and name is not None else None
    given = call.argument(None, "default")
    given = given if given is not None else default
    value = found if found is not None else given
    if value is None:
        return Unknown(f"the environment variable `{name}`, which nothing sets" if name else "the environment")
    cast = call.argument(None, "cast") or call.argument(None, "subcast")
    return cast_to(call, cast, value)


def cast_to(call: Call, cast: Value | None, value: Value) -> Value:
    """A setting as its type has it."""
    if isinstance(cast, Function):
        return call.engine.call(cast, [value], call.node, call.frame)
    path = cast.path if isinstance(cast, External) else ""
    if path == "dj_database_url.parse":
        return database(value)
    if isinstance(value, Const) and isinstance(value.value, str):
        if path == "bool":
            return Const(value.value.strip().lower() in ("1", "true", "yes", "on", "t", "y"))
        if path == "int" or (isinstance(cast, Native) and cast.name == "int"):
            known = value.value.strip().isdecimal() and len(value.value) < 20
            return Const(int(value.value)) if known else Unknown("a text that is no number")
    return value


def decouple(call: Call) -> Value:
    """``decouple.config("X", default=...)``, which reads ``.env`` beside the program too."""
    load(call, None)
    return variable(call, default=call.argument(1, "default"))


def database(url: Value | None) -> Value:
    """A URL as Django's settings of a database."""
    text = written(url)
    if text is None:
        return Record({"ENGINE": Unknown("an address that only run time knows")}, complete=False)
    parts = parts_of(text)
    dialect = parts.get("dialect")
    engine = BACKENDS.get(dialect or "")
    origin = url.origin if url is not None else None
    entries: dict[object, Value] = {
        "ENGINE": Const(engine, origin) if engine else Unknown("an address that only run time knows"),
        "NAME": Const(parts.get("database", ""), origin),
        "USER": Const(parts.get("user", "")),
        "PASSWORD": Const(parts.get("password", "")),
        "HOST": Const(parts.get("host", "")),
        "PORT": Const(parts.get("port", "")),
    }
    return Record(entries, complete=False, origin=origin)


def database_config(call: Call) -> Value:
    """``dj_database_url.config(env="DATABASE_URL", default="...")``."""
    around, name = call.engine.surroundings, call.text(0, "env", "DATABASE_URL")
    found = around.read(name, call.origin) if around is not None and name is not None else None
    default = call.argument(1, "default")
    value = found if found is not None else default
    return database(value) if value is not None and text_of(value) != "" else Record()


def parse_database(call: Call) -> Value:
    """``dj_database_url.parse(url)``."""
    return database(call.argument(0, "url"))


class Reader(LibraryObject):
    """What is called with the name of a variable; ``declared`` are defaults that its constructor was given."""

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.declared: dict[str, Value] = {}

    def called(self, call: Call) -> Value | None:
        return self.variable(call)

    def variable(self, call: Call) -> Value:
        """One variable."""
        return variable(call, default=call.argument(1, "default") or self.declared.get(call.text(0) or ""))


@stands_for("starlette.config.Config")
class StarletteConfig(Reader):
    """``Config(".env")``."""

    def created(self, call: Call) -> None:
        given = call.argument(0, "env_file")
        if given is not None:
            load(call, given)

    def called(self, call: Call) -> Value | None:
        default = call.argument(2, "default")
        call.keywords.setdefault("cast", call.argument(1, "cast") or NOTHING)
        return variable(call, default=default)

    @method("get")
    def get(self, call: Call) -> Value:
        return self.called(call) or NOTHING


@stands_for(
    "environs.Env", "environs.env", "environ.Env", "environ.FileAwareEnv", "decouple.AutoConfig", "decouple.Config"
)
class Env(Reader):
    """``Env()`` of environs and django-environ."""

    def created(self, call: Call) -> None:
        for name, value in call.keywords.items():
            if isinstance(value, Sequence) and len(value.items) > 1:
                self.declared[name] = value.items[1]
        if (self.path or "").startswith("decouple"):
            load(call, None)

    @method("read_env", "read_envfile")
    def read_env(self, call: Call) -> Value:
        load(call, call.argument(0) or call.argument(None, "path") or call.argument(None, "env_file"))
        return NOTHING

    @method("db", "db_url", "dj_db_url")
    def db(self, call: Call) -> Value:
        if not call.arguments:
            call.arguments.append(Const("DATABASE_URL"))
        default = call.argument(1, "default")
        call.keywords.pop("default", None)
        return database(variable(call, default=default))

    def read(self, engine: Engine, name: str) -> Value | None:
        return super().read(engine, name) or Native(name, self.variable)


def read_env(call: Call) -> Value:
    """``environ.Env.read_env(path)``: called on the class."""
    load(call, call.argument(0))
    return NOTHING


class Variable(LibraryObject):
    """``env.get("X")`` of env-var, before its type is asked for."""

    def __init__(self, value: Value | None, name: str) -> None:
        super().__init__(None, "env-var.get()")
        self.value, self.variable = value, name

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "default":
            return Native(name, lambda call: Variable(self.value or call.argument(0), self.variable))
        if name.startswith("as"):
            return Native(name, lambda call: self.value or NOTHING)
        return Native(name, lambda call: self)


def get_variable(call: Call) -> Value:
    """``env.get("X")``."""
    around, name = call.engine.surroundings, call.text(0) or ""
    return Variable(around.read(name, call.origin) if around is not None and name else None, name)


FUNCTIONS: dict[str, LibraryFunction] = {
    "decouple.config": decouple,
    "dj_database_url.config": database_config,
    "dj_database_url.parse": parse_database,
    "environ.Env.read_env": read_env,
    "environs.Env.read_env": read_env,
    "environs.env": variable,
    "environs.env.str": variable,
    "environs.env.read_env": read_env,
    "env-var.get": get_variable,
    "env-var.default.get": get_variable,
    "Deno.env.get": variable,
}
OBJECTS = (StarletteConfig, Env)
