"""fastify-cli: ``fastify start app.js`` makes an instance and registers what the file exports."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from posixpath import basename

from msgspec import Struct

from verifier.api import (
    Call,
    Command,
    Const,
    Engine,
    External,
    Frame,
    Function,
    Origin,
    Project,
    Record,
    Scope,
    Value,
)

from ._instance import FastifyInstance
from ._settings import plugin_in

# Options of the command line that take a value of their own.
VALUED = frozenset(
    "-p --port -s --socket -c --config -a --address -x --prefix -r --require -i --import -I --debug-port -l "
    "--log-level -T --plugin-timeout -g --close-grace-delay -L --logging-module -b --body-limit --ignore-watch "
    "--debug-host --lang --method --trust-proxy-ips --trust-proxy-hop".split()
)


class Started(Struct, frozen=True):
    """What ``fastify start`` was told: the file, the prefix, and whether the file's ``options`` count."""

    file: str
    directory: str
    prefix: str | None = None
    options: bool = False


def started(words: list[str], directory: str) -> Started | None:
    """What a command starts, where it is fastify-cli's."""
    for place, word in enumerate(words[:-1]):
        if basename(word) in ("fastify", "fastify-cli") and words[place + 1] == "start":
            break
    else:
        return None
    file, prefix, own = None, None, False
    rest = iter(words[place + 2 :])
    for word in rest:
        if word in ("--", "&&", "||", ";", "|", "&"):
            break
        name, assigned, value = word.partition("=")
        if name in VALUED:
            value = value if assigned else next(rest, "")
            prefix = value if name in ("-x", "--prefix") else prefix
        elif word in ("-o", "--options"):
            own = True
        elif not word.startswith("-") and file is None:
            file = word
    return Started(file, directory, prefix, own) if file is not None else None


def serves(command: Command) -> tuple[str, str] | None:
    """The file that ``fastify start`` runs."""
    found = started(list(command.argv), command.directory)
    return (found.file, "") if found is not None else None


def all_started(project: Project) -> Iterator[Started]:
    """What the project's commands start, each once."""
    seen: set[Started] = set()
    for command in project.manifests.commands:
        found = started(list(command.argv), command.directory)
        if found is not None and found not in seen:
            seen.add(found)
            yield found
    for package in project.manifests.node:
        for script in package.scripts.values():
            try:
                words = shlex.split(script)
            except ValueError:
                continue
            found = started(words, package.directory)
            if found is not None and found not in seen:
                seen.add(found)
                yield found


def start(engine: Engine, project: Project) -> None:
    """Start what fastify-cli would."""
    done: set[tuple[str, str | None]] = set()
    for found in all_started(project):
        importer = f"{found.directory}/_.js" if found.directory else "_.js"
        path = engine.table.modules.find(importer, f"./{found.file.removeprefix('./')}").file
        if path is not None and path in project.files and (path, found.prefix) not in done:
            done.add((path, found.prefix))
            start_file(engine, path, found)


def start_file(engine: Engine, path: str, started: Started) -> None:
    """Register the plugin of a file on a new instance."""
    state = engine.table.state(path)
    exported = engine.table.exported(state, "default")
    plugin = plugin_in(engine, engine.force(exported)) if exported is not None else None
    if not isinstance(plugin, Function):
        return
    own = engine.table.exported(state, "options") if started.options else None
    own = engine.force(own) if own is not None else None
    settings = Record(dict(own.entries) if isinstance(own, Record) else None)
    if started.prefix is not None:
        settings.entries["prefix"] = Const(started.prefix)
    assert plugin.origin is not None
    frame = Frame(state, Scope(state.scope))
    origin = plugin.origin if plugin.module is state else Origin(path, 0, 0)
    instance = FastifyInstance(None, "fastify", origin=origin)
    engine.objects.append(instance)
    arguments: list[Value] = [own] if isinstance(own, Record) else []
    instance.created(Call(engine, frame, plugin.code, External("fastify"), arguments, name="fastify"))
    call = Call(engine, frame, plugin.code, External("fastify.register"), [plugin, settings], name="register")
    instance.register(call)
