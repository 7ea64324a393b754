"""Node's manifests: package.json, tsconfig.json and jsconfig.json."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct, field

from verifier.model import NodePackage, Note, Requirement, SourceFile, TypeScriptConfig
from verifier.read.positions import json_places, span_of, yaml_value
from verifier.read.words import UNKNOWN, join

_SECTIONS = (
    ("dependencies", False),
    ("optionalDependencies", False),
    ("peerDependencies", False),
    ("devDependencies", True),
)


def package(source: SourceFile, workspaces: SourceFile | None) -> NodePackage:
    """What a package.json says; ``workspaces`` is the pnpm-workspace.yaml beside it.

    Raises:
        ValueError: one of them cannot be read.
    """
    content = package_content(source)
    told = content.get("workspaces")
    patterns = _texts(told.get("packages") if isinstance(told, dict) else told)
    if workspaces is not None:
        packages = yaml_value(workspaces).get("packages")
        patterns += [item.text for item in packages.items if item.text] if packages is not None else []
    imports = content.get("imports")
    return NodePackage(
        source.path,
        _text(content.get("name")),
        "module" if content.get("type") == "module" else "commonjs",
        _text(content.get("main")),
        content.get("exports"),
        imports if isinstance(imports, dict) else {},
        _text_members(content.get("scripts")),
        tuple(patterns),
        _text(content.get("types")) or _text(content.get("typings")),
    )


def package_content(source: SourceFile) -> dict[str, object]:
    """The object that a package.json is.

    Raises:
        ValueError: it is not one.
    """
    try:
        content = msgspec.json.decode(source.data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")
    return content


def package_requirements(
    source: SourceFile, content: Mapping[str, object], version: Callable[[str, str], str | None]
) -> list[Requirement]:
    """The dependencies of a package.json; ``version`` gives the locked one of a name and specifier."""
    places = json_places(source.data)
    found: list[Requirement] = []
    for section, development in _SECTIONS:
        for name, specifier in _text_members(content.get(section)).items():
            exact = re.fullmatch(r"=?v?(\d+\.\d+\.\d+(?:[-+][\w.+-]+)?)", specifier)
            locked = version(name, specifier) or (exact[1] if exact else None)
            span = span_of(source, places.keys.get((section, name)))
            found.append(Requirement(name, specifier, span, (), locked, development))
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _text_members(value: object) -> dict[str, str]:
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


# tsconfig

_CHAIN_LIMIT = 50


class _Options(Struct):
    """Compiler options of a chain of configurations, each with the folder of the file that says it."""

    base_url: str | None = None
    paths: dict[str, tuple[str, ...]] | None = None
    paths_base: str | None = None
    root_dirs: tuple[str, ...] = ()
    out_dir: str | None = None
    root_dir: str | None = None


class Configs(Struct):
    """What the configurations of a project are read with."""

    load: Callable[[str], SourceFile | None]
    packages: Mapping[str, NodePackage]
    """Packages of the project by name: a configuration may extend one of theirs."""
    notes: list[Note] = field(default_factory=list)
    parsed: dict[str, dict[str, object] | None] = field(default_factory=dict)
    known: dict[tuple[str, str], _Options] = field(default_factory=dict)
    """By the path of a configuration and the folder of the one that extends it in the end."""


def typescript_config(configs: Configs, path: str) -> TypeScriptConfig | None:
    """A configuration with its ``extends`` chain applied; None where the file itself cannot be read."""
    if _content(configs, path) is None:
        return None
    folder = path.rpartition("/")[0]
    options = _options(configs, path, folder, ())
    return TypeScriptConfig(
        path,
        options.base_url,
        options.paths or {},
        (options.base_url if options.base_url is not None else options.paths_base) or "",
        options.root_dirs,
        options.out_dir,
        options.root_dir,
    )


def _content(configs: Configs, path: str) -> dict[str, object] | None:
    """The object of a configuration, comments and trailing commas allowed; a note where it cannot be read."""
    if path in configs.parsed:
        return configs.parsed[path]
    source = configs.load(path)
    content: object = None
    if source is not None:
        import pyjson5

        try:
            content = pyjson5.decode(source.text, maxdepth=50) if source.data.strip() else {}
            if not isinstance(content, dict):
                configs.notes.append(Note(path, "it is not a JSON object"))
        except pyjson5.Json5Exception as error:
            configs.notes.append(Note(path, f"it is not JSON: {error.args[0]}"))
    result = content if isinstance(content, dict) else None
    configs.parsed[path] = result
    return result


def _options(configs: Configs, path: str, leaf: str, above: tuple[str, ...]) -> _Options:
    """The options of a configuration, those that it extends first. ``leaf`` is the folder of ``${configDir}``."""
    if (path, leaf) in configs.known:
        return configs.known[path, leaf]
    content = _content(configs, path) or {}
    folder = path.rpartition("/")[0]
    found = _Options()
    extends = content.get("extends")
    for name in [extends] if isinstance(extends, str) else _texts(extends):
        target = _extended(configs, folder, name)
        if target is None:
            configs.notes.append(Note(path, f"it extends `{name}`, which is not in the project"))
        elif target in (*above, path) or len(above) > _CHAIN_LIMIT:
            configs.notes.append(Note(path, f"it extends `{name}`, which extends it"))
        else:
            _take(found, _options(configs, target, leaf, (*above, path)))
    options = content.get("compilerOptions")
    told = options if isinstance(options, dict) else {}

    def place(value: object) -> str | None:
        if not isinstance(value, str):
            return None
        expanded = value.replace("${configDir}/", "./").replace("${configDir}", ".")
        where = join(leaf if expanded != value else folder, expanded.rstrip("/") or ".")
        return None if where == UNKNOWN else where

    own = _Options(
        base_url=place(told.get("baseUrl")),
        root_dirs=tuple(root for one in _texts(told.get("rootDirs")) if (root := place(one)) is not None),
        out_dir=place(told.get("outDir")),
        root_dir=place(told.get("rootDir")),
    )
    paths = told.get("paths")
    if isinstance(paths, dict):
        templated = "${configDir}" in str(paths)
        own.paths = {
            pattern: tuple(re.sub(r"\$\{configDir\}/?", "./", one) for one in _texts(several))
            for pattern, several in paths.items()
        }
        own.paths_base = leaf if templated else folder
    _take(found, own)
    configs.known[path, leaf] = found
    return found


def _take(options: _Options, more: _Options) -> None:
    """Let what a nearer configuration says replace what was said before."""
    for name in _Options.__struct_fields__:
        value = getattr(more, name)
        if value is not None and value != ():
            setattr(options, name, value)


def _extended(configs: Configs, folder: str, name: str) -> str | None:
    """The file that ``extends`` names: a path, or a file of a package of the project."""
    if name.startswith((".", "/")):
        return _file(configs, join(folder, name))
    parts = name.split("/")
    length = 2 if name.startswith("@") else 1
    package = configs.packages.get("/".join(parts[:length]))
    if package is None:
        return None
    inside = posixpath.join(*parts[length:]) if len(parts) > length else "tsconfig.json"
    exports = package.exports.get(f"./{inside}") if isinstance(package.exports, dict) else None
    target = exports if isinstance(exports, str) else inside
    return _file(configs, join(package.directory, target))


def _file(configs: Configs, path: str) -> str | None:
    if path in (UNKNOWN, ""):
        return None
    if path.endswith(".json"):
        return path if configs.load(path) is not None else None
    return next((p for p in (f"{path}.json", path, f"{path}/tsconfig.json") if configs.load(p) is not None), None)


# Babel

BABEL = ("babel.config.json", ".babelrc", ".babelrc.json")
_RESOLVERS = ("module-resolver", "babel-plugin-module-resolver")


def babel_config(configs: Configs, path: str) -> TypeScriptConfig | None:
    """What the plugin module-resolver of a configuration of Babel says of paths, in the form of a tsconfig."""
    content = _content(configs, path) or {}
    plugins = content.get("plugins")
    for plugin in plugins if isinstance(plugins, list) else ():
        if not isinstance(plugin, list) or len(plugin) < 2 or plugin[0] not in _RESOLVERS:
            continue
        told = plugin[1] if isinstance(plugin[1], dict) else {}
        folder = path.rpartition("/")[0]
        roots = [join(folder, root) for root in _texts(told.get("root"))]
        paths: dict[str, tuple[str, ...]] = {}
        for name, target in _text_members(told.get("alias")).items():
            if not name.startswith("^"):
                paths[name] = (target,)
                paths[f"{name}/*"] = (f"{target.rstrip('/')}/*",)
        base = next((root for root in roots if root != UNKNOWN), None)
        return TypeScriptConfig(path, base, paths, folder)
    return None
