"""Settings: ``buttress.toml``, or ``[tool.buttress]`` in pyproject.toml, and the names of benchmark tasks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from verifier.model import Confidence, Severity
from verifier.regex import regex

FILES = ("buttress.toml", ".buttress.toml")
ROLES = ("routes", "services", "repositories", "models")
LARGEST = 1_000_000
# What the benchmark's tasks prescribe for PostgreSQL, in the words of their prompts.
POSTGRES = {"user": "user", "password": "password", "database": "conduit", "host": "postgres", "port": "5432"}
PRESCRIBED = regex(r"^- (username|password|db|host|port)=(\S+)$", re.MULTILINE)


class ConfigError(Exception):
    """The configuration cannot be used; the text is one sentence for the user."""


class LayerConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A layer that the user names. Layers are listed from the highest to the lowest.

    Attributes:
        paths: globs of the files that belong to it (``src/http/**``).
        role: which of the four layers of the clean architecture it plays; by default the one of its own name.
        closed: what lies above may not reach past it to a lower layer.
    """

    name: str
    paths: tuple[str, ...]
    role: Literal["routes", "services", "repositories", "models"] | None = None
    closed: bool = False


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """All settings, with their defaults.

    ``environment`` are variables that are set where the application is started, beside those that its own start script
    sets; ``connection`` is what the settings of its database must be.
    """

    task: str | None = None
    framework: str | None = None
    architecture: Literal["clean"] | None = None
    database: Literal["sqlite", "postgres"] | None = None
    orm: Literal["sqlalchemy", "sequelize", "django"] | None = None
    contract: str | None = None
    contract_base: str | None = None
    baseline: str | None = None
    layers: tuple[LayerConfig, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    fail_on: Severity = Severity.ERROR
    min_confidence: Confidence = Confidence.MEDIUM
    packs: tuple[str, ...] = ()
    respect_gitignore: bool = True
    honor_suppressions: bool = True
    environment: dict[str, str] = {}
    connection: dict[Literal["host", "port", "user", "password", "database"], str] = {}


class Task(Struct, frozen=True):
    """What a task of the benchmark asks for. ``contract`` is the text of its OpenAPI document, where known."""

    name: str
    framework: str | None
    architecture: Literal["clean"] | None
    database: Literal["sqlite", "postgres"] | None
    orm: Literal["sqlalchemy", "sequelize", "django"] | None
    base: str = "/api"
    contract: str | None = None
    connection: dict[Literal["host", "port", "user", "password", "database"], str] = {}


def load_config(root: Path, file: Path | None = None) -> tuple[Config, Path | None]:
    """The settings of a project, and the file that they stand in.

    Args:
        root: the project's folder; settings are looked for there and in the folders above it.
        file: a settings file to use instead.

    Raises:
        ConfigError: the file cannot be read, or holds an unknown key or a wrong value.
    """
    if file is not None:
        if not file.is_file():
            raise ConfigError(f"There is no configuration file {file}.")
        table = read_toml(file)
        inner = table.get("tool", {}).get("buttress") if file.name == "pyproject.toml" else table
        return decode(inner or {}, file), file
    for folder in (root, *root.parents):
        for name in FILES:
            if (folder / name).is_file():
                return decode(read_toml(folder / name), folder / name), folder / name
        manifest = folder / "pyproject.toml"
        if manifest.is_file():
            try:
                tools = read_toml(manifest).get("tool", {})
            except ConfigError:
                if folder == root:
                    raise
                continue
            if isinstance(tools, dict) and isinstance(tools.get("buttress"), dict):
                return decode(tools["buttress"], manifest), manifest
        if (folder / ".git").exists():
            break
    return Config(), None


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file.

    Raises:
        ConfigError: it is no TOML.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path} is too large to be a configuration file.")
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is no valid TOML: {error}.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error


def decode(table: object, path: Path) -> Config:
    """A table of settings, checked."""
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: `tool.buttress` must be a table.")
    known = [field.encode_name for field in msgspec.structs.fields(Config)]
    for key in table:
        if key == "tool":
            raise ConfigError(f"{path}: unknown key `tool`: the settings of this file stand at its top level.")
        if key not in known:
            raise ConfigError(f"{path}: unknown key `{key}`{nearest(key, known)}")
    for place, layer in enumerate(table.get("layers", ()) if isinstance(table.get("layers"), list) else ()):
        fields = [field.encode_name for field in msgspec.structs.fields(LayerConfig)]
        for key in layer if isinstance(layer, dict) else ():
            if key not in fields:
                raise ConfigError(f"{path}: unknown key `{key}` in layer {place + 1}{nearest(key, fields)}")
    try:
        return msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        message = str(error)
        what, _, where = message.partition(" - at `$.")
        key = f"`{where.rstrip('`')}`: " if where else ""
        raise ConfigError(f"{path}: {key}{what[:1].lower()}{what[1:]}.") from error


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: ``; did you mean `x`?`` where one is near, else a full stop."""
    import difflib

    found = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f"; did you mean `{found[0]}`?" if found else "."


def read_task(text: str, frameworks: Iterable[str]) -> Task:
    """A task by name (``uv-fastapi-openapi-clean_architecture-postgres-sqlalchemy``) or JSON file.

    Raises:
        ConfigError: neither.
    """
    path = Path(text)
    if text.endswith(".json") or "/" in text:
        return read_task_file(path, frameworks)
    return named_task(text, frameworks)


def read_task_file(path: Path, frameworks: Iterable[str]) -> Task:
    """A task's JSON file: its name sets the constraints, its prompt holds the contract."""
    try:
        data = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"The task file {path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ConfigError(f"The task file {path} is no valid JSON: {error}.") from error
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        raise ConfigError(f"The task file {path} has no `name`.")
    known = list(frameworks)
    metadata = data.get("repoMetadata")
    base = metadata.get("baseUrl", "/api") if isinstance(metadata, dict) else "/api"
    name = data["name"]
    folder = data.get("dockerFolder")
    try:
        task = named_task(name, known)
    except ConfigError:
        # A task on an existing project: its folder names the framework, and it sets no other constraint.
        named = {"honojs": "hono"}.get(str(folder), folder)
        if named not in known:
            raise
        task = Task(name, named, None, None, None)
    prompt = data.get("prompt")
    return msgspec.structs.replace(
        task,
        base=base if isinstance(base, str) else "/api",
        contract=contract_in(prompt if isinstance(prompt, str) else ""),
        connection=connection_in(prompt if isinstance(prompt, str) else "") or task.connection,
    )


def connection_in(prompt: str) -> dict[Literal["host", "port", "user", "password", "database"], str]:
    """The settings of a connection that a task's prompt prescribes."""
    found = dict(PRESCRIBED.findall(prompt))
    told = {"host": found.get("host"), "port": found.get("port"), "user": found.get("username")}
    told |= {"password": found.get("password"), "database": found.get("db")}
    return msgspec.convert(
        {name: value for name, value in told.items() if value is not None},
        dict[Literal["host", "port", "user", "password", "database"], str],
    )


def contract_in(prompt: str) -> str | None:
    """The OpenAPI document inside a task's prompt."""
    start = prompt.find("openapi:")
    if start < 0:
        return None
    end = prompt.find("\n\n\n", start)
    return prompt[start : end if end > 0 else len(prompt)]


def named_task(name: str, frameworks: Iterable[str]) -> Task:
    """What a task's name says."""
    known = list(frameworks)
    words = name.removesuffix(".json").split("-")
    if words and words[0] in ("uv", "node"):
        words = words[1:]
    if not words or words[0] not in known:
        first = words[0] if words else name
        raise ConfigError(
            f"`{name}` is no benchmark task (such as `uv-flask-openapi-clean_architecture-postgres-sqlalchemy`): "
            f"`{first}` is no framework{nearest(first, known)}"
        )
    framework, *rest = words
    architecture: Literal["clean"] | None = None
    database: Literal["sqlite", "postgres"] | None = None
    orm: Literal["sqlalchemy", "sequelize", "django"] | None = None
    for word in rest:
        if word == "clean_architecture":
            architecture = "clean"
        elif word == "sqlite" or word == "postgres":
            database = "sqlite" if word == "sqlite" else "postgres"
        elif word == "sqlalchemy" or word == "sequelize":
            orm = "sqlalchemy" if word == "sqlalchemy" else "sequelize"
        elif word not in ("openapi", "unconstrained"):
            expected = (
                "openapi",
                "unconstrained",
                "clean_architecture",
                "sqlite",
                "postgres",
                "sqlalchemy",
                "sequelize",
            )
            raise ConfigError(
                f"`{name}` is no task of the benchmark: unknown constraint `{word}`{nearest(word, expected)}"
            )
    connection = msgspec.convert(
        POSTGRES if database == "postgres" else {},
        dict[Literal["host", "port", "user", "password", "database"], str],
    )
    return Task(name, framework, architecture, database, orm, connection=connection)


def with_task(config: Config, task: Task) -> Config:
    """The settings with a task's constraints; what the settings say themselves stays."""
    return msgspec.structs.replace(
        config,
        framework=config.framework or task.framework,
        architecture=config.architecture or task.architecture,
        database=config.database or task.database,
        orm=config.orm or task.orm,
        contract_base=config.contract_base if config.contract_base is not None else task.base,
        connection=config.connection or (task.connection if config.database in (None, task.database) else {}),
        honor_suppressions=False,
    )
