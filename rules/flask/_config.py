"""``app.config``: what the project loads into it, by key."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Instance,
    LibraryFunction,
    LibraryObject,
    ModuleValue,
    Record,
    Unknown,
    Value,
    binds,
    choice,
    method,
    options,
    text_of,
)

DEFAULTS: dict[str, str | bool | None] = {
    "APPLICATION_ROOT": "/",
    "DEBUG": False,
    "PREFERRED_URL_SCHEME": "http",
    "SECRET_KEY": None,
    "SERVER_NAME": None,
    "TESTING": False,
}


class Config(LibraryObject):
    """The settings of an application."""

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        return self.setting(text_of(key))

    def setting(self, name: str | None) -> Value:
        """A setting that nothing was stored for."""
        if name in DEFAULTS:
            return Const(DEFAULTS[name])
        return Unknown(f"the setting `{name}`" if name is not None else "a setting of the application")

    @method("get")
    def get(self, call: Call) -> Value:
        name = call.text(0)
        found = self.items.get(name)
        if found is not None:
            return found
        if name in DEFAULTS:
            return Const(DEFAULTS[name])
        default = call.argument(1, "default")
        return default if default is not None else self.setting(name)

    @method("setdefault")
    def setdefault(self, call: Call) -> Value:
        return self.items.setdefault(call.text(0), call.argument(1) or NOTHING)

    @method("from_object")
    def from_object(self, call: Call) -> Value:
        given = call.argument(0, "obj")
        name = text_of(given)
        found = imported(call, name) if name is not None else given
        several = options(found) if found is not None else ()
        for option in several:
            for key, value in settings_in(call.engine, option).items():
                known = self.items.get(key)
                self.items[key] = choice((known, value)) if known is not None and len(several) > 1 else value
        return Const(True)

    @method("update", "from_mapping")
    def update(self, call: Call) -> Value:
        given = call.argument(0)
        entries = given.entries if isinstance(given, Record) else {}
        self.items.update(entries)
        self.items.update(dict[object, Value](call.keywords.items()))
        return Const(True)


def debug_flag(call: Call) -> Value:
    """``get_debug_flag()``."""
    around = call.engine.surroundings
    flag = around.read("FLASK_DEBUG", call.origin) if around is not None else None
    if flag is not None:
        return Const(str(flag.value).lower() not in ("0", "false", "no"))
    return Const(stage(call) == "development")


def stage(call: Call) -> str:
    """What FLASK_ENV says, which versions below 2.3 read."""
    around = call.engine.surroundings
    found = around.read("FLASK_ENV", call.origin) if around is not None else None
    return str(found.value) if found is not None else "production"


def serve(call: Call) -> Value:
    """``app.run(host=..., port=...)``; without a port it takes that of the setting SERVER_NAME."""
    port = call.argument(1, "port")
    if port is None or (isinstance(port, Const) and port.value is None):
        named = any(b"SERVER_NAME" in source.data for source in call.engine.project.files.values())
        port = Unknown("the setting SERVER_NAME") if named else None
    binds(call, call.argument(0, "host"), "Flask", "127.0.0.1", port=port, usual=5000)
    return Unknown("what a server gives when it ends")


START_FUNCTIONS: dict[str, LibraryFunction] = {
    "flask.Flask.run": serve,
    "flask.helpers.get_debug_flag": debug_flag,
    "flask.helpers.get_env": lambda call: Const(stage(call)),
}


def settings_in(engine: Engine, holder: Value) -> dict[str, Value]:
    """The settings of a class, module or object: its names in capitals."""
    names: dict[str, Value] = {}
    if isinstance(holder, Instance) and holder.kind is not None:
        own = {**settings_in(engine, holder.kind), **holder.attributes}
        names = {name: engine.member(holder, name) for name in own if name.isupper()}  # properties, too
    elif isinstance(holder, Class):
        for ancestor in reversed(list(holder.lineage())):
            names.update(ancestor.members if isinstance(ancestor, Class) else {})
    elif isinstance(holder, ModuleValue) and holder.state is not None:
        names = holder.state.scope.names
    return {name: engine.force(value) for name, value in names.items() if name.isupper()}


def imported(call: Call, name: str) -> Value | None:
    """What a dotted name means: a module, or something in one."""
    table, importer = call.engine.table, call.frame.module.path
    whole = table.modules.find(importer, name)
    if whole.file is not None:
        return call.engine.force(table.module_value(whole, name))
    module, _, last = name.rpartition(".")
    if not module:
        return None
    found = table.modules.find(importer, module)
    return (
        call.engine.member(call.engine.force(table.module_value(found, module)), last)
        if found.file is not None
        else None
    )
