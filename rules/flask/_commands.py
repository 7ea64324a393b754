"""Commands of the project's own: what ``flask init-db`` runs before the application is served."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import basename

from verifier.api import (
    NOTHING,
    Call,
    Command,
    Engine,
    Function,
    LibraryFunction,
    LibraryObject,
    Native,
    Project,
    Value,
    decorator,
    method,
    stands_for,
)

BUILT_IN = frozenset({"run", "shell", "routes", "db", "--version", "--help"})


@stands_for("flask.cli.FlaskGroup", "flask.cli.AppGroup", "click.Group", "click.core.Group")
class Group(LibraryObject):
    """A group of commands: ``app.cli``."""

    @method("command")
    def command(self, call: Call) -> Value:
        return keep(call)

    @method("add_command", "group")
    def added(self, call: Call) -> Value:
        return call.argument(0) or NOTHING


def keep(call: Call) -> Native:
    """A decorator that makes a function a command: of the name given, else of its own."""
    name = call.text(0, "name")

    def apply(inner: Call, target: Value) -> Value:
        around = inner.engine.surroundings
        if around is not None and isinstance(target, Function):
            own = target.code.name.lower().replace("_", "-")
            for said in (name,) if name is not None else (own, own.removesuffix("-command")):
                around.offered.setdefault(said, target)
        return target

    return decorator("command", apply)


def same(call: Call) -> Value:
    """A decorator that leaves the function as it is."""
    return call.argument(0) or NOTHING


def passing(call: Call) -> Value:
    """A decorator with settings that leaves the function as it is."""
    return decorator(call.name, lambda _, target: target)


FUNCTIONS: Mapping[str, LibraryFunction] = {
    "click.command": keep,
    "click.decorators.command": keep,
    "flask.cli.with_appcontext": same,
    "click.option": passing,
    "click.argument": passing,
}


def own_command(command: Command) -> str | None:
    """The command of its own that a project is told to run: ``flask --app module:create_app init-db``."""
    words = list(command.argv)
    names = [basename(word) for word in words]
    if "flask" not in names:
        return None
    rest = iter(words[names.index("flask") + 1 :])
    for word in rest:
        if word in ("--app", "-A", "--env-file", "-e"):
            next(rest, None)
        elif not word.startswith("-"):
            return word if word not in BUILT_IN else None
    return None


def start(engine: Engine, _: Project) -> None:
    """Run the command that the process was started with."""
    around = engine.surroundings
    if around is None:
        return
    for word in around.words:
        found = around.offered.get(word)
        if found is not None:
            engine.invoke(found, [], {})
