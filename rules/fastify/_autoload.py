"""@fastify/autoload: each file of a folder is a plugin, each folder inside it a prefix.

What the library's versions do alike is written once. Up to version 5 plugins are grouped by prefix, and names of files
and folders are ignored by themselves. Since version 6 they are grouped by folder, and ``ignorePattern`` sees the path
from the folder that is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from posixpath import dirname, normpath, relpath

from verifier.api import (
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    ModuleValue,
    Native,
    Record,
    Unknown,
    Value,
    options,
    project_path,
    reason_of,
    regex,
    safe_expression,
    text_of,
    version_range,
)

from ._instance import FastifyInstance, taught
from ._settings import SKIP, is_true

SCRIPT = regex(r"(?:(?:^.?|\.[^d]|[^.]d|[^.][^d])\.ts|\.js|\.cjs|\.mjs|\.cts|\.mts)$", re.IGNORECASE)
INDEX = regex(r"^index(?:\.ts|\.js|\.cjs|\.mjs|\.cts|\.mts)$", re.IGNORECASE)
AUTO_HOOKS = regex(r"^[_.]?auto_?hooks(?:\.ts|\.js|\.cjs|\.mjs|\.cts|\.mts)$", re.IGNORECASE)
DEEPEST_FOLDER = 40


class UndecidedError(Exception):
    """Which files are loaded depends on run time; the text completes "depends on ..."."""


@dataclass
class Node:
    """Plugins that are loaded together, behind the hooks of their folder. A plugin is a file and its prefix."""

    hooks: list[str] = field(default_factory=list)
    plugins: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass
class Plugin:
    """A file's plugin, ready to be registered. ``name`` is by what others ask for it."""

    path: str
    function: Value
    settings: Record | Native
    prefix: Value | None
    name: str
    dependencies: list[str]
    conditional: bool
    registered: bool = False


class Loader:
    """Loads one folder into an instance."""

    def __init__(self, instance: FastifyInstance, call: Call, given: Record, *, by_folder: bool) -> None:
        self.instance = instance
        self.call = call
        self.engine: Engine = call.engine
        self.given = given.entries
        self.by_folder = by_folder
        self.script = self.pattern("scriptPattern", SCRIPT) or SCRIPT
        self.index = self.pattern("indexPattern", INDEX) or INDEX
        self.auto_hooks = self.pattern("autoHooksPattern", AUTO_HOOKS) or AUTO_HOOKS
        self.ignored = self.pattern("ignorePattern", None)
        self.folder = self.root_folder()
        self.paths = self.all_paths()
        self.tree: dict[str, Node] = {}
        self.doubtful: set[str] = set()

    def root_folder(self) -> str:
        """The folder that is loaded, from the project's root."""
        given = self.given.get("dir")
        text = text_of(given)
        inner = project_path(text) if text is not None else None
        if inner is None:
            raise UndecidedError(reason_of(given))
        return inner

    def pattern(self, name: str, default: re.Pattern[str] | None) -> re.Pattern[str] | None:
        """A regular expression among the options."""
        given = self.given.get(name)
        if given is None or (isinstance(given, Const) and given.value is None):
            return default
        return expression(given)

    def flag(self, name: str, default: bool) -> bool:
        """An option that is set or not."""
        given = self.given.get(name)
        return bool(given.value) if isinstance(given, Const) else default

    # Which files

    def find(self, folder: str, prefix: str | None, depth: int, hooks: list[str]) -> None:
        """Take down the plugins of a folder and of those inside it."""
        node = self.tree.setdefault(folder if self.by_folder else prefix or "/", Node())
        files, folders = self.listing(folder)
        own: list[str] = []
        if self.flag("autoHooks", False):
            own = list(hooks)
            found = next((name for name in files if self.auto_hooks.search(name)), None)
            if found is not None:
                own = [] if self.flag("overwriteHooks", False) else own
                own.append(f"{folder}/{found}" if folder else found)
            node.hooks = own
        index = next((name for name in files if self.index.search(name)), None)
        if index is not None:
            self.take(node, folder, index, prefix)
        for name in sorted((*files, *folders)):
            path = f"{folder}/{name}" if folder else name
            if self.ignored is not None and self.ignored.search(self.from_root(path) if self.by_folder else name):
                continue
            if name in folders and not self.at_most(depth):
                inner_hooks = own if self.flag("cascadeHooks", False) else []
                self.find(path, self.inner_prefix(folder, name, prefix), depth + 1, inner_hooks)
            elif name in files and index is None and self.script.search(name) and not self.auto_hooks.search(name):
                self.take(node, folder, name, prefix)

    def at_most(self, depth: int) -> bool:
        """Whether the folders inside a folder are too deep."""
        given = self.given.get("maxDepth")
        most = given.value if isinstance(given, Const) and isinstance(given.value, int) else DEEPEST_FOLDER
        return most <= depth

    def listing(self, folder: str) -> tuple[list[str], list[str]]:
        """Names of the files and folders that lie in a folder."""
        inner = self.paths.get(folder, {})
        folders = [name for name, holds in inner.items() if holds and name != "node_modules"]
        return sorted(name for name, holds in inner.items() if not holds), sorted(folders)

    def all_paths(self) -> dict[str, dict[str, bool]]:
        """What lies in the folder that is loaded and in each below it: names, and whether they are folders."""
        found: dict[str, dict[str, bool]] = {}
        lead = f"{self.folder}/" if self.folder else ""
        for path in self.engine.project.paths:
            if not path.startswith(lead):
                continue
            parent, _, name = path.rpartition("/")
            is_folder = False
            while name not in found.setdefault(parent, {}):
                found[parent][name] = is_folder
                if parent == self.folder:
                    break
                parent, _, name = parent.rpartition("/")
                is_folder = True
        return found

    def from_root(self, path: str) -> str:
        """A path from the folder that is loaded."""
        return relpath(path, self.folder) if self.folder else path

    def inner_prefix(self, folder: str, name: str, prefix: str | None) -> str:
        """The prefix of a folder inside another one."""
        crumb = f"{prefix}/" if prefix else "/"
        given = self.given.get("dirNameRoutePrefix")
        if isinstance(given, Function | Native):
            arguments = [Const(f"/{folder}"), Const(name)]
            given = self.engine.call(given, list[Value](arguments), self.call.node, self.call.frame)
            if not isinstance(given, Const):
                raise UndecidedError(f"the prefix that `dirNameRoutePrefix` gives to the folder `{name}`")
            return crumb + given.value if isinstance(given.value, str) else crumb
        if given is None or is_true(given):
            return crumb + name
        return crumb

    def take(self, node: Node, folder: str, name: str, prefix: str | None) -> None:
        """Take a file, unless a filter leaves it out."""
        path = f"{folder}/{name}" if folder else name
        wanted, unwanted = self.passes("matchFilter", path), self.passes("ignoreFilter", path)
        if wanted is False or unwanted is True:
            return
        if (wanted is None and "matchFilter" in self.given) or (unwanted is None and "ignoreFilter" in self.given):
            self.doubtful.add(path)
        node.plugins.append((path, prefix))

    def passes(self, option: str, path: str) -> bool | None:
        """What a filter says of a path; None where there is none, or where run time decides."""
        given = self.given.get(option)
        seen = f"/{self.from_root(path)}"
        if given is None:
            return None
        text = text_of(given)
        if text is not None:
            return text in seen
        if isinstance(given, Function | Native):
            found = self.engine.call(given, [Const(seen)], self.call.node, self.call.frame)
            return self.engine.truth(found, self.call.frame)
        return expression(given).search(seen) is not None

    # What they hold

    def load(self) -> None:
        """Register what the folder holds."""
        self.find(self.folder, None, 0, [])
        known: dict[str, Plugin] = {}
        for node in self.tree.values():
            for path, prefix in node.plugins:
                plugin = self.plugin(path, prefix)
                if plugin is not None:
                    known[plugin.name] = plugin
        by_path = {plugin.path: plugin for plugin in known.values()}
        for node in self.tree.values():
            plugins = [by_path[path] for path, _ in node.plugins if path in by_path]
            self.register_node(node, plugins, known)

    def plugin(self, path: str, directory_prefix: str | None) -> Plugin | None:
        """The plugin of a file; None where it holds none."""
        content = exports_of(self.engine, path)
        function = content("default")
        if isinstance(function, Record) and "method" in function.entries:
            function = route_plugin(function)
        if isinstance(function, Unknown):
            self.instance.root.add_dynamic(self.call, f"the plugin of {path} depends on {function.reason}")
            return None
        if not isinstance(function, Function | Native | External | Instance):
            return None

        def mark(name: str) -> Value | None:
            own = function.attributes.get(name) if isinstance(function, Function) else None
            return own if own is not None else content(name)

        loads = mark("autoload")
        if isinstance(loads, Const) and loads.value is False:
            return None
        if not self.flag("encapsulate", True) and isinstance(function, Function):
            function.attributes[SKIP] = Const(True)
        given = self.given.get("options")
        prefix = self.prefix_of(mark, given, content("autoConfig"), directory_prefix)
        settings = self.settings(content("autoConfig"), given, prefix)
        meta = function.attributes.get("@@plugin-meta") if isinstance(function, Function) else None
        entries = meta.entries if isinstance(meta, Record) else {}
        dependencies = entries.get("dependencies")
        names = [text_of(item) for item in getattr(dependencies, "items", ())]
        return Plugin(
            path,
            function,
            settings,
            prefix,
            text_of(entries.get("name")) or path,
            [name for name in names if name is not None],
            path in self.doubtful,
        )

    def prefix_of(
        self, mark: object, given: Value | None, configured: Value | None, directory_prefix: str | None
    ) -> Value | None:
        """The prefix of a plugin: its folder's or its own, behind that of the options; or one that overrides both."""
        assert callable(mark)
        base = given.entries.get("prefix") if isinstance(given, Record) else None
        if base is None and isinstance(configured, Record):
            base = configured.entries.get("prefix")
        elif base is None and isinstance(configured, Function):
            base = configured.attributes.get("prefix")
        override: Value | None = mark("prefixOverride")
        if override is not None:
            return override
        own: Value | None = mark("autoPrefix")
        if own is not None and text_of(own) is None:
            return own
        chosen = directory_prefix
        if own is not None:
            appended = self.flag("appendAutoPrefix", False) and directory_prefix
            chosen = f"{directory_prefix}/{text_of(own)}" if appended else text_of(own)
        if base is not None and text_of(base) is None and not (isinstance(base, Const) and not base.value):
            return base
        start = (text_of(base) or "").removesuffix("/")
        whole = start + re.sub("/+", "/", chosen) if chosen else start
        return Const(self.with_parameters(whole)) if whole else None

    def with_parameters(self, prefix: str) -> str:
        """A prefix in which ``_name`` stands for a parameter, where the options say so."""
        if not self.flag("routeParams", False):
            return prefix
        return prefix.replace("__", ":") if "__" in prefix else prefix.replace("/_", "/:")

    def settings(self, configured: Value | None, given: Value | None, prefix: Value | None) -> Record | Native:
        """The options that a plugin gets: those of its file, with those of the caller laid over them."""

        def merged(own: Value | None) -> Record:
            found = Record()
            for source in (own, given):
                if isinstance(source, Record):
                    found.entries.update(source.entries)
                    found.complete = found.complete and source.complete
                elif source is not None:
                    found.complete = False
            return found

        if isinstance(configured, Function):
            function = configured
            return Native(
                "autoConfig", lambda call: merged(call.engine.call(function, call.arguments, call.node, call.frame))
            )
        found = merged(configured)
        if prefix is not None:
            found.entries["prefix"] = prefix
        return found

    # How they are registered

    def register_node(self, node: Node, plugins: list[Plugin], known: dict[str, Plugin]) -> None:
        """Register the plugins of a folder, inside its hooks where it has some."""
        if not node.hooks:
            for plugin in plugins:
                self.register(self.instance, plugin, known, "")
            return
        shared = self.common_prefix(known.values()) if self.by_folder else None

        def composed(call: Call) -> Value:
            inner = call.arguments[0]
            assert isinstance(inner, FastifyInstance)
            for path in node.hooks:
                hook = exports_of(self.engine, path)("default")
                if isinstance(hook, Function):
                    hook.attributes[SKIP] = Const(True)
                if hook is not None:
                    self.put(inner, hook, Record(), None)
            for plugin in plugins:
                self.register(inner, plugin, known, shared or "")
            return Const(None)

        self.put(self.instance, Native("autoload", composed), Record(), Const(shared) if shared else None)

    @staticmethod
    def common_prefix(plugins: Iterable[Plugin]) -> str | None:
        """The prefix that all plugins have which have one at all."""
        found = {text_of(plugin.prefix) for plugin in plugins} - {None, ""}
        return found.pop() if len(found) == 1 else None

    def register(
        self,
        instance: FastifyInstance,
        plugin: Plugin,
        known: dict[str, Plugin],
        outer: str,
        above: tuple[str, ...] = (),
    ) -> None:
        """Register a plugin behind those that it says it needs."""
        if plugin.registered or plugin.name in above:
            return
        for name in plugin.dependencies:
            if name in known:
                self.register(instance, known[name], known, outer, (*above, plugin.name))
        plugin.registered = True
        prefix = plugin.prefix
        text = text_of(prefix)
        if outer and text is not None:
            prefix = Const(text.removeprefix(outer)) if text.startswith(outer) else prefix
        self.put(instance, plugin.function, plugin.settings, prefix, doubtful=plugin.conditional)

    def put(
        self,
        instance: FastifyInstance,
        plugin: Value,
        settings: Record | Native,
        prefix: Value | None,
        *,
        doubtful: bool = False,
    ) -> None:
        """``instance.register(plugin, settings)``, with a prefix of its own."""
        call = Call(self.engine, self.call.frame, self.call.node, self.call.callee, [plugin, settings], name="register")
        instance.later(call, partial(instance.load, call, plugin, prefix), doubtful=doubtful)


class Exports:
    """What a file exports, by name: ``default`` is the plugin itself."""

    def __init__(self, engine: Engine, path: str) -> None:
        self.engine = engine
        self.state = engine.table.state(path) if path in engine.project.files else None
        self.path = path

    def __call__(self, name: str) -> Value | None:
        if self.state is None:
            return Unknown(f"the content of {self.path}") if name == "default" else None
        found = self.engine.table.exported(self.state, name)
        found = self.engine.force(found) if found is not None else None
        return (
            self.engine.table.exported(found.state, name) if isinstance(found, ModuleValue) and found.state else found
        )


def exports_of(engine: Engine, path: str) -> Exports:
    """What a file exports."""
    return Exports(engine, path)


def route_plugin(route: Record) -> Native:
    """The plugin that autoload makes of an object that describes a route."""

    def run(call: Call) -> Value:
        instance = call.arguments[0]
        inner = Call(call.engine, call.frame, call.node, call.callee, [route], name="route")
        return instance.route(inner) if isinstance(instance, FastifyInstance) else Const(None)

    return Native("route", run)


def expression(given: Value) -> re.Pattern[str]:
    """A regular expression of the project.

    Raises:
        UndecidedError: it is made at run time, or Python does not read it alike.
    """
    source, flags = text_of(given), ""
    if isinstance(given, Instance) and given.path == "RegExp":
        source, flags = text_of(given.attributes.get("source")), text_of(given.attributes.get("flags")) or ""
    if source is None:
        raise UndecidedError(reason_of(given))
    read = safe_expression(source, flags)
    if read is None:
        raise UndecidedError(f"the regular expression `{source}`")
    return read


def desm_join(call: Call) -> Value:
    """``join(import.meta.url, ...)`` of desm: a path beside the module."""
    texts = [text_of(argument) for argument in call.arguments]
    known = [text for text in texts if text is not None]
    if not known or len(known) != len(texts):
        return Unknown("a path that run time chooses")
    return Const(normpath("/".join((dirname(known[0].removeprefix("file://")), *known[1:]))), call.origin)


def load(instance: FastifyInstance, call: Call, given: Value | None, *, by_folder: bool) -> None:
    """Load a folder, as far as the code tells which one."""
    for option in options(given) if given is not None else ():
        if not isinstance(option, Record):
            instance.root.add_dynamic(call, f"the folder of plugins depends on {reason_of(option)}")
            continue
        try:
            Loader(instance, call, option, by_folder=by_folder).load()
        except UndecidedError as error:
            instance.root.add_dynamic(call, f"the folder of plugins depends on {error}")


@taught("@fastify/autoload")
def autoload(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """``register(AutoLoad, { dir })``."""
    versions = version_range(call.engine.project, "@fastify/autoload")
    load(instance, call, given, by_folder=versions is None or not versions.surely("<6"))


@taught("fastify-autoload")
def old_autoload(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """The same, as it was named up to version 3."""
    load(instance, call, given, by_folder=False)
