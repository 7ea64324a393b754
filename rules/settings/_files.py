"""Environment files and data files: ``load_dotenv()``, ``require("dotenv").config()``, JSON, TOML and YAML."""

from __future__ import annotations

import json
import posixpath
import tomllib
from collections.abc import Callable, Iterator

from verifier.api import (
    NOTHING,
    Call,
    Const,
    Engine,
    External,
    Instance,
    LibraryFunction,
    Record,
    Sequence,
    Unknown,
    Value,
    as_value,
    options,
    path_text,
    project_path,
    read_variables,
    text_of,
)

LONGEST = 200_000
MOST_NODES = 20_000


def places(call: Call, given: Value | None) -> Iterator[str]:
    """Where a file may lie that is named, or that is looked for from the calling file upwards."""
    name = path_text(given) if given is not None else None
    if given is not None and name is None:
        return
    name = name or ".env"
    inside = project_path(name) if name.startswith("/") else None
    if inside is not None:
        yield inside
        return
    folder = posixpath.dirname(call.frame.module.path)
    yield posixpath.normpath(name)
    while folder:
        yield posixpath.normpath(posixpath.join(folder, name))
        folder = posixpath.dirname(folder)


def load(call: Call, given: Value | None, *, override: bool = False) -> bool:
    """Load the environment file that is named, or found."""
    around, others = call.engine.surroundings, call.engine.project.others
    path = next((place for place in places(call, given) if place in others), None)
    if around is None or path is None:
        return False
    around.load(others[path], override=override)
    return True


def holds(value: Value | None) -> bool:
    """Whether an option is surely set."""
    return isinstance(value, Const) and bool(value.value)


def load_dotenv(call: Call) -> Value:
    """``load_dotenv(".env", override=True)``."""
    given = call.argument(0, "dotenv_path")
    given = None if isinstance(given, Const) and given.value is None else given
    return Const(load(call, given, override=holds(call.argument(None, "override"))))


def find_dotenv(call: Call) -> Value:
    """``find_dotenv()``."""
    given = call.argument(0, "filename")
    found = next((place for place in places(call, given) if place in call.engine.project.others), None)
    return Const(found if found is not None else "")


def dotenv_values(call: Call) -> Value:
    """``dotenv_values(".env")``: the variables of the file, set for nobody else."""
    others = call.engine.project.others
    path = next((place for place in places(call, call.argument(0, "dotenv_path")) if place in others), None)
    found = read_variables(others[path]) if path is not None else {}
    return Record({name: Const(value) for name, (value, _) in found.items()})


def config(call: Call) -> Value:
    """``dotenv.config({ path, override })``."""
    given = call.option(0, "path")
    for option in (given.items if isinstance(given, Sequence) else options(given)) if given is not None else (None,):
        load(call, option, override=holds(call.option(0, "override")))
    return Record({"parsed": Record(complete=False)}, complete=False)


def load_env_file(call: Call) -> Value:
    """``process.loadEnvFile(".env")``."""
    load(call, call.argument(0))
    return NOTHING


def opened(engine: Engine, value: Value | None) -> str | None:
    """The text of a file that is open, or of what was read from one."""
    text = text_of(value)
    if text is not None:
        return text
    made = value.made_by if isinstance(value, Instance) else None
    if made is None or not isinstance(made.callee, External):
        return None
    if made.callee.path == "pathlib.Path.open":
        path = path_text(made.callee.receiver)
    elif made.callee.path in ("open", "io.open", "codecs.open"):
        path = path_text(made.argument(0, "file"))
    else:
        return None
    inside = project_path(path) if path is not None and path.startswith("/") else path
    if inside is None:
        return None
    inside = posixpath.normpath(inside)
    source = engine.project.others.get(inside) or engine.project.files.get(inside)
    return source.text if source is not None and len(source.data) <= LONGEST else None


def read_file(call: Call) -> Value:
    """``open(path).read()``."""
    holder = call.callee.receiver if isinstance(call.callee, External) else None
    text = opened(call.engine, holder)
    return Const(text) if text is not None else Unknown("the content of a file")


def read_path(call: Call) -> Value:
    """``Path(path).read_text()``."""
    holder = call.callee.receiver if isinstance(call.callee, External) else None
    path = path_text(holder)
    inside = project_path(path) if path is not None and path.startswith("/") else path
    inside = posixpath.normpath(inside) if inside is not None else ""
    source = call.engine.project.others.get(inside) or call.engine.project.files.get(inside)
    return Const(source.text) if source is not None and len(source.data) <= LONGEST else Unknown("a file")


def data(read: Callable[[str], object]) -> LibraryFunction:
    """A function that reads data out of a text or an open file."""

    def run(call: Call) -> Value:
        text = opened(call.engine, call.argument(0))
        if text is None:
            return Unknown("the content of a file")
        try:
            return as_value(read(text))
        except (ValueError, RecursionError, TypeError):
            return Unknown("the content of a file that cannot be read")

    return run


def read_yaml(text: str) -> object:
    """YAML as data."""
    import yaml

    try:
        found = yaml.load(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    if size_of(found, MOST_NODES) > MOST_NODES:
        raise ValueError("too much of it")
    return found


def size_of(data: object, most: int) -> int:
    """How many pieces some data has, what an alias repeats counted again; a little more than ``most`` at most."""
    waiting, count = [data], 0
    while waiting and count <= most:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return count + len(waiting)


FUNCTIONS: dict[str, LibraryFunction] = {
    "dotenv.load_dotenv": load_dotenv,
    "dotenv.main.load_dotenv": load_dotenv,
    "dotenv.find_dotenv": find_dotenv,
    "dotenv.dotenv_values": dotenv_values,
    "dotenv.config": config,
    "dotenv-flow.config": config,
    "import dotenv/config": config,
    "import dotenv-flow/config": config,
    "process.loadEnvFile": load_env_file,
    "open().read": read_file,
    "pathlib.Path.open().read": read_file,
    "pathlib.Path.read_text": read_path,
    "json.load": data(json.loads),
    "json.loads": data(json.loads),
    "tomllib.load": data(tomllib.loads),
    "tomllib.loads": data(tomllib.loads),
    "tomli.load": data(tomllib.loads),
    "toml.load": data(tomllib.loads),
    "yaml.safe_load": data(read_yaml),
    "yaml.load": data(read_yaml),
    "js-yaml.load": data(read_yaml),
}
