"""Servers that commands start, by the words of these commands: where they listen, by which host and port."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from posixpath import basename
from typing import Literal, NamedTuple

from verifier.api import Command, Facts, Span, regex

PROXY = regex(r"(?i)(?:^|/)(?:[^/]*nginx[^/]*|Caddyfile|[^/]*haproxy[^/]*|[^/]*traefik[^/]*)(?:/|$)")
HOST_NETWORK = regex(r"network_mode:\s*[\"']?host|nginx|caddy|haproxy|traefik|--network[= ]host")
# Server to the options that say where it listens.
OPTIONS = {
    "uvicorn": ("--host", "--uds", "--fd"),
    "gunicorn": ("-b", "--bind", "-c", "--config"),
    "hypercorn": ("-b", "--bind", "-c", "--config", "--insecure-bind", "--quic-bind"),
    "daphne": ("-b", "--bind", "-u", "--unix-socket", "--fd", "-e", "--endpoint"),
}
PORT_OPTIONS = {
    "uvicorn": ("--port", "--uds", "--fd"),
    "flask": ("--port", "-p"),
    "daphne": ("--port", "-p", "-u", "--unix-socket", "--fd", "-e", "--endpoint"),
}
# What servers listen on where nothing tells them, and the variables that tell them.
USUAL = {"uvicorn": 8000, "gunicorn": 8000, "flask": 5000, "runserver": 8000, "hypercorn": 8000, "daphne": 8000}
PORT_VARIABLES = {"uvicorn": "UVICORN_PORT", "flask": "FLASK_RUN_PORT"}
# Programs that serve, or start what does, and whose ports are not read.
OTHERS = frozenset(
    "granian waitress-serve uwsgi fastapi adev honcho foreman supervisord pm2 pm2-runtime "
    "nginx caddy socat aiohttp.web http.server runserver_plus runsslserver next vite nuxt".split()
)
INSTALLERS = frozenset("install add pip pip3 uninstall which pkill killall echo".split())
DEFAULTED = regex(r"\$\{(\w+):?-(\d{1,5})\}")
NAMED = regex(r"\$(\w+)|\$\{(\w+)\}")
ADDRESS = regex(r"(?:[\w.*-]*|\[[\da-fA-F:.]*\]):(\S+)")
HOST = regex(r"\d+(?:\.\d+){3}|localhost|[a-z][\w-]*(?:\.[\w-]+)*")
BIND = regex(r"^bind\s*=\s*(.*?)\s*(?:#.*)?$", re.MULTILINE)
LITERAL_ADDRESS = regex(r"[\"'](?:[\w.*-]*|\[[\da-fA-F:.]*\]):(\d{1,5})[\"']")
HIGHEST = 65_535

Basis = Literal["written", "given", "default"]


class Served(NamedTuple):
    """A server that listens.

    Attributes:
        by: its name.
        port: what it listens on; None where that is not known.
        basis: what the port rests on, as in a ``Binding``.
        variables: those of the environment that may say another, where it is a default.
    """

    by: str
    span: Span
    port: int | None
    basis: Basis = "written"
    variables: tuple[str, ...] = ()


def serving(command: Command) -> list[str]:
    """A command from the name of its server on; nothing where it starts none that we know."""
    for at, word in enumerate(command.argv):
        name = basename(word)
        if name in INSTALLERS:
            return []  # it speaks of packages
        if name in OPTIONS or name == "flask":
            return [name, *command.argv[at + 1 :]]
        if name == "manage.py" and command.argv[at + 1 : at + 2] == ("runserver",):
            return ["runserver", *command.argv[at + 2 :]]
    return []


def has_target(words: Iterable[str]) -> bool:
    """Whether words name something to be served."""
    return any(":" in word or "." in word for word in words if not word.startswith("-"))


def option_in(words: list[str], names: tuple[str, ...]) -> tuple[str, str] | None:
    """The first of some options among words, and its value: ``--name value``, ``--name=value``, ``-nvalue``."""
    for at, word in enumerate(words):
        option, equals, value = word.partition("=")
        short = next((name for name in names if len(name) == 2 and word.startswith(name) and len(word) > 2), None)
        if option in names or (short is not None and not word.startswith("--")):
            told = value if equals else word[2:] if short is not None else "".join(words[at + 1 : at + 2])
            return (option if option in names else short or option), told
    return None


def set_elsewhere(facts: Facts, names: Iterable[str]) -> bool:
    """Whether a text beside the code speaks of one of some variables."""
    wanted = [name.encode() for name in names]
    others = [source for path, source in facts.project.others.items() if not path.endswith((".json", ".sql"))]
    return any(name in source.data for source in others for name in wanted)


def served(facts: Facts, commands: Iterable[Command]) -> list[Served]:
    """The servers that commands start: those that they name, and those that the code makes that they run."""
    found: list[Served] = []
    known = list(commands)
    for command in known:
        words = serving(command)
        names = {basename(word) for word in command.argv}
        if words:
            one = port_of(facts, command, words)
            if one is not None:
                found.append(unsettled(command, one))
        elif OTHERS & names and not INSTALLERS & names:
            found.append(Served("another server", command.span, None))
    spans = {command.span for command in known}
    for origin, binding in facts.listening:
        if origin.span in spans:
            port = binding.port if isinstance(binding.port, int) and binding.certain else None
            one = Served(binding.by, binding.span, port, binding.basis, binding.asked)
            found.append(unsettled(origin, one))
    return found


def unsettled(command: Command, one: Served) -> Served:
    """A server as it is where its script sets a variable from the environment: ``PORT=${PORT:-8000}`` is a default."""
    names = tuple(name for name, text in command.environment.items() if "PORT" in name.upper() and "$" in text)
    return one._replace(basis="default", variables=names) if names and one.basis == "given" else one


def settled(servers: list[Served]) -> Served | None:
    """The one of some servers, where all of them surely listen on the same port."""
    ports = {one.port for one in servers}
    if len(ports) != 1 or None in ports:
        return None
    return min(servers, key=lambda one: ("default", "given", "written").index(one.basis))


def port_of(facts: Facts, command: Command, words: list[str]) -> Served | None:
    """The server that a command starts, by its words; None where it starts none."""
    server, rest = words[0], words[1:]
    if server == "flask":
        if "run" not in rest:
            return None
    elif server != "runserver" and not has_target(rest):
        return None
    variables = facts.variables(command)
    port, basis, names = (
        of_runserver(facts, rest, variables)
        if server == "runserver"
        else of_gunicorn(facts, command, rest, variables)
        if server == "gunicorn"
        else of_hypercorn(rest, variables)
        if server == "hypercorn"
        else of_option(facts, server, rest, variables)
    )
    return Served(server, command.span, port, basis, names)


Port = tuple[int | None, Basis, tuple[str, ...]]
OPEN: Port = (None, "default", ())


def read_port(text: str, variables: Mapping[str, str]) -> Port:
    """A port as the shell hands it over: a number, or a variable, with its default or without."""
    if text.isdecimal():
        return (int(text), "written", ()) if len(text) <= 5 and 0 < int(text) <= HIGHEST else OPEN
    match = DEFAULTED.fullmatch(text)
    plain = NAMED.fullmatch(text)
    name = match[1] if match is not None else (plain[1] or plain[2]) if plain is not None else None
    if name is None:
        return OPEN
    told = variables.get(name, "")
    if told.isdecimal() and len(told) <= 5:
        return int(told), "given", (name,)
    return (int(match[2]), "default", (name,)) if match is not None and not told else OPEN


def of_option(facts: Facts, server: str, rest: list[str], variables: Mapping[str, str]) -> Port:
    """``uvicorn app:app --port 8080``, ``flask run -p 8080``, ``daphne -p 8080 app:app``."""
    told = option_in(rest, PORT_OPTIONS[server])
    if told is not None:
        return read_port(told[1], variables) if told[0] in ("--port", "-p") else OPEN
    name = PORT_VARIABLES.get(server)
    if name is None:
        return USUAL[server], "written", ()
    if name in variables:
        port, _, _ = read_port(variables[name], {})
        return port, "given", (name,)
    return OPEN if set_elsewhere(facts, [name]) else (USUAL[server], "written", ())


def of_gunicorn(facts: Facts, command: Command, rest: list[str], variables: Mapping[str, str]) -> Port:
    """``gunicorn -b host:port``, the ``bind`` of its configuration, PORT."""
    if "GUNICORN_CMD_ARGS" in variables or set_elsewhere(facts, ["GUNICORN_CMD_ARGS"]):
        return OPEN
    binds = [at for at, word in enumerate(rest) if option_in([word], ("-b", "--bind")) is not None]
    if len(binds) > 1:
        return OPEN
    if binds:
        told = option_in(rest, ("-b", "--bind"))
        match = ADDRESS.fullmatch(told[1]) if told is not None else None
        return read_port(match[1], variables) if match is not None else OPEN
    told = option_in(rest, ("-c", "--config"))
    folder = "" if command.directory in ("", "?") else command.directory + "/"
    path = folder + (told[1].removeprefix("file:").removeprefix("./") if told is not None else "gunicorn.conf.py")
    source = facts.project.files.get(path)
    if command.directory == "?" or "--chdir" in " ".join(rest) or (told is not None and source is None):
        return OPEN
    if source is not None and "bind" in source.text:
        lines = BIND.findall(source.text)
        match = LITERAL_ADDRESS.fullmatch(lines[0]) if len(lines) == 1 and source.text.count("bind") == 1 else None
        return (int(match[1]), "written", ()) if match is not None else OPEN
    if "PORT" in variables:
        port, _, _ = read_port(variables["PORT"], {})
        return port, "given", ("PORT",)
    return OPEN if command.where == "Procfile" else (USUAL["gunicorn"], "default", ("PORT",))


def of_hypercorn(rest: list[str], variables: Mapping[str, str]) -> Port:
    """``hypercorn --bind host:port``; a host alone leaves the port as it is by itself."""
    told = [found for word in rest if (found := option_in([word], OPTIONS["hypercorn"])) is not None]
    if not told:
        return USUAL["hypercorn"], "written", ()
    if len(told) > 1 or told[0][0] not in ("-b", "--bind"):
        return OPEN
    address = (option_in(rest, OPTIONS["hypercorn"]) or ("", ""))[1]
    match = ADDRESS.fullmatch(address)
    if match is not None:
        return read_port(match[1], variables)
    return (USUAL["hypercorn"], "written", ()) if HOST.fullmatch(address) is not None else OPEN


def of_runserver(facts: Facts, rest: list[str], variables: Mapping[str, str]) -> Port:
    """``manage.py runserver [address:]port``."""
    plain = [word for word in rest if not word.startswith("-")]
    if not plain:
        named = any(b"default_port" in source.data for source in facts.project.files.values())
        return OPEN if named else (USUAL["runserver"], "written", ())
    if len(plain) > 1:
        return OPEN
    match = ADDRESS.fullmatch(plain[0])
    return read_port(match[1] if match is not None else plain[0], variables)
