"""The standard libraries of Python and Node, as far as they decide what a program wires together: paths, files,
environment variables, dynamic imports, small helpers for functions."""

from __future__ import annotations

import inspect
import posixpath
import textwrap
from collections.abc import Callable
from itertools import product
from math import prod

from verifier.evaluate import builtins_javascript, builtins_python, node_files, paths
from verifier.evaluate.library import Call, LibraryFunction, LibraryObject, attribute, method, stands_for
from verifier.evaluate.values import (
    NOTHING,
    Class,
    Const,
    Environment,
    External,
    Function,
    Instance,
    NamedItems,
    Native,
    Partial,
    Record,
    Sequence,
    Text,
    Unknown,
    UnknownModule,
    Value,
    choice,
    options,
    reason_of,
    refined,
    text_of,
    texts_of,
)

LONGEST_FILE = 200_000
MOST_PAIRS = 10_000


def _on_texts(apply: Callable[..., str]) -> LibraryFunction:
    """A function of strings; unknown unless each argument is known."""

    def run(call: Call) -> Value:
        texts = [text_of(argument) for argument in call.arguments]
        known = [text for text in texts if text is not None]
        if len(known) != len(texts) or call.open:
            return Unknown(reason_of(next((a for a in call.arguments if text_of(a) is None), None)))
        try:
            return Const(apply(*known), call.origin)
        except (TypeError, ValueError):
            return Unknown(f"the result of `{call.name}`")

    return run


def _outdented(apply: Callable[[str], str]) -> LibraryFunction:
    """A function that takes indentation away; a text that is known in part is left as it is."""
    known = _on_texts(apply)

    def run(call: Call) -> Value:
        value = call.argument(0)
        if isinstance(value, Text):
            return value
        made = known(call)
        if isinstance(made, Const) and isinstance(value, Const):
            made.origin = value.origin
        return made

    return run


def _node_extension(path: str) -> str:
    return posixpath.splitext(path)[1]


def _node_basename(path: str, ending: str = "") -> str:
    name = posixpath.basename(path.rstrip("/"))
    return name[: -len(ending)] if ending and name.endswith(ending) and name != ending else name


def _url_path(url: str) -> str:
    return url.removeprefix("file://")


def _python_join(first: str, *rest: str) -> str:
    return posixpath.normpath(posixpath.join(first, *rest))


def _absolute(path: str) -> str:
    return path if path.startswith("/") else paths.resolve(path)


def _node_url(call: Call) -> Value:
    """``new URL("./routes", import.meta.url)``."""
    relative, base = call.text(0), call.text(1)
    if relative is None or base is None or not base.startswith("file://"):
        return Instance(path="URL", origin=call.origin)
    path = paths.resolve(posixpath.dirname(base.removeprefix("file://")), relative)
    found = Instance(path="URL", origin=call.origin)
    found.attributes = {"pathname": Const(path), "href": Const(f"file://{path}")}
    return found


def _file_url(call: Call) -> Value:
    value = call.argument(0)
    path = text_of(value.attributes.get("pathname")) if isinstance(value, Instance) else text_of(value)
    return Const(_url_path(path), call.origin) if path is not None else Unknown(reason_of(value))


def _variable(call: Call) -> Value:
    """``os.getenv("X", default)``."""
    default = call.argument(1, "default")
    name = call.text(0, "key")
    around = call.engine.surroundings
    if around is not None and name is not None:
        return around.read(name, call.origin) or default or NOTHING
    if default is not None:
        return default
    return Environment(name) if name is not None else Unknown("the environment")


def _listing(call: Call) -> Value:
    """Names in a folder of the project, sorted, folders too."""
    where = call.argument(0)
    folder = text_of(where)
    if isinstance(where, Instance) and "pathname" in where.attributes:
        folder = text_of(where.attributes["pathname"])
    inner = paths.relative(folder) if folder is not None else None
    if inner is None:
        return Sequence((), complete=False, element=Unknown("the names in a folder that run time chooses"))
    names = names_in(call, inner)
    kinds = call.option(1, "withFileTypes")
    if isinstance(kinds, Const) and kinds.value:
        return Sequence(_entry(call, inner, name) for name in names)
    return Sequence(Const(name) for name in names)


def names_in(call: Call, folder: str) -> list[str]:
    """What lies directly in a folder of the project."""
    prefix = f"{folder}/" if folder else ""
    return sorted(
        {path[len(prefix) :].partition("/")[0] for path in call.engine.project.paths if path.startswith(prefix)}
    )


def _entry(call: Call, folder: str, name: str) -> Value:
    """A directory entry of Node."""
    path = f"{folder}/{name}" if folder else name
    is_file = path in call.engine.project.paths
    entry = Instance(path="fs.Dirent")
    entry.attributes = {
        "name": Const(name),
        "isFile": Native("isFile", lambda _: Const(is_file)),
        "isDirectory": Native("isDirectory", lambda _: Const(not is_file)),
        "path": Const(paths.absolute(folder)),
        "parentPath": Const(paths.absolute(folder)),
    }
    return entry


def _stat(call: Call) -> Value:
    path = text_of(call.argument(0))
    inner = paths.relative(path) if path is not None else None
    found = Instance(path="fs.Stats")
    if inner is not None:
        is_file = inner in call.engine.project.paths
        found.attributes = {
            "isFile": Native("isFile", lambda _: Const(is_file)),
            "isDirectory": Native("isDirectory", lambda _: Const(not is_file)),
        }
    return found


def _exists(call: Call) -> Value:
    path = text_of(call.argument(0))
    inner = paths.relative(path) if path is not None else None
    if inner is not None and (inner in call.engine.project.paths or inner in call.engine.project.directories):
        return Const(True)
    return Unknown("a file that may be missing")


def _read_file(call: Call) -> Value:
    """The text of a small file of the project."""
    where = call.argument(0)
    path = text_of(where)
    if isinstance(where, Instance) and "pathname" in where.attributes:
        path = text_of(where.attributes["pathname"])
    inner = paths.relative(path) if path is not None else None
    project = call.engine.project
    source = project.files.get(inner) or project.others.get(inner) if inner is not None else None
    if source is None or len(source.data) > LONGEST_FILE:
        return Unknown("the content of a file")
    return Const(source.text, call.origin)


def _import_module(call: Call) -> Value:
    name = call.text(0, "name")
    if name is None:
        return UnknownModule("a module that run time chooses")
    level = len(name) - len(name.lstrip("."))
    name = name.lstrip(".")
    package = call.text(1, "package")
    if level and package is not None:
        holder = package.rsplit(".", level - 1)[0]
        name, level = f"{holder}.{name}" if name else holder, 0
    found = call.engine.table.modules.find(call.frame.module.path, name, level)
    return call.engine.force(call.engine.table.module_value(found, name))


def _partial(call: Call) -> Value:
    """``functools.partial(f, ...)``."""
    if not call.arguments:
        return Unknown("a partial of nothing")
    function, *first = call.arguments
    named = dict(call.keywords)

    def run(inner: Call) -> Value:
        from verifier.evaluate import calling

        return calling.call(
            inner.engine, function, [*first, *inner.arguments], {**named, **inner.keywords}, inner.node, inner.frame
        )

    return Partial(function, first, named, run)


def _defaultdict(call: Call) -> Value:
    """``collections.defaultdict(lambda: 0)``: what a missing key has, where that cannot be changed in place."""
    factory = call.argument(0)
    made = call.engine.call(factory, [], call.node, call.frame) if isinstance(factory, Function) else None
    fixed = isinstance(made, Const) or (isinstance(made, Sequence) and made.kind == "tuple")
    return Record(complete=False, element=made if fixed else None)


def _wraps(call: Call) -> Value:
    """``functools.wraps(f)``: the wrapper remembers what it wraps."""
    wrapped = call.argument(0)

    def run(inner: Call) -> Value:
        wrapper = inner.argument(0)
        if isinstance(wrapper, Function) and isinstance(wrapped, Function):
            wrapper.wraps = wrapped
            wrapper.attributes.update(wrapped.attributes)
        return wrapper if wrapper is not None else NOTHING

    return Native("wraps", run)


def _transparent(call: Call) -> Value:
    """A decorator that leaves the function as it is, with or without arguments of its own."""
    first = call.argument(0)
    if isinstance(first, Function):
        return first
    return Native(call.name, lambda inner: inner.argument(0) or NOTHING)


def _cast(call: Call) -> Value:
    """``cast(Kind, value)``: the values that are of the kind; where none is, some value of that kind."""
    declared = call.engine.assumed(call.arguments[0]) if call.arguments else NOTHING
    given = call.argument(1) or Unknown("a value that is cast")
    wanted = [option.kind for option in options(declared) if isinstance(option, Instance)]
    kinds = [kind for kind in wanted if kind is not None]
    if not kinds or len(kinds) < len(options(declared)):
        return refined(given, declared)
    own = [
        option
        for option in options(given)
        if isinstance(option, Instance) and option.kind is not None and set(option.kind.lineage()).intersection(kinds)
    ]
    return choice(own) if own else declared


def _iter_modules(call: Call) -> Value:
    """``pkgutil.iter_modules(package.__path__)``."""
    where = call.argument(0, "path")
    folders = [text_of(item) for item in where.items] if isinstance(where, Sequence) else [text_of(where)]
    found = Sequence()
    for folder in folders:
        inner = paths.relative(folder) if folder is not None else None
        if inner is None:
            return Sequence((), complete=False, element=Unknown("the modules of a package that run time chooses"))
        for name in names_in(call, inner):
            stem, dot, ending = name.partition(".")
            package = not dot and f"{inner}/{name}/__init__.py" in call.engine.project.files
            if (dot and ending == "py" and stem != "__init__") or package:
                prefix = call.text(1, "prefix", "") or ""
                values = [Unknown("a finder"), Const(prefix + stem), Const(package)]
                found.items.append(NamedItems(("module_finder", "name", "ispkg"), values))
    return found


@stands_for("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath")
class PathObject(LibraryObject):
    """``pathlib.Path``."""

    text: str | None = None

    def created(self, call: Call) -> None:
        texts = [path_text(argument) for argument in call.arguments]
        if all(text is not None for text in texts):
            self.text = _python_join(*[text for text in texts if text is not None]) if texts else "."

    def made(self, text: str | None) -> Value:
        """Another path."""
        if text is None:
            return Unknown("a path that run time chooses")
        found = PathObject(None, "pathlib.Path", origin=self.origin)
        found.text = text
        return found

    @attribute("parent")
    def parent(self, name: str) -> Value:
        return self.made(posixpath.dirname(self.text) if self.text is not None else None)

    @attribute("parents")
    def parents(self, name: str) -> Value:
        found: list[Value] = []
        text = self.text
        while text and text not in ("/", "."):
            text = posixpath.dirname(text)
            found.append(self.made(text))
        return Sequence(found, complete=self.text is not None)

    @attribute("name", "stem", "suffix")
    def part(self, name: str) -> Value:
        if self.text is None:
            return Unknown("a path that run time chooses")
        base = posixpath.basename(self.text)
        stem, suffix = posixpath.splitext(base)
        return Const({"name": base, "stem": stem, "suffix": suffix}[name])

    @method("resolve", "absolute", "expanduser")
    def resolve(self, call: Call) -> Value:
        return self.made(_absolute(self.text) if self.text is not None else None)

    @method("joinpath", "__truediv__")
    def joined(self, call: Call) -> Value:
        texts = [path_text(argument) for argument in call.arguments]
        known = [text for text in texts if text is not None]
        return self.made(
            _python_join(self.text, *known) if self.text is not None and len(known) == len(texts) else None
        )

    @method("iterdir", "glob", "rglob")
    def listed(self, call: Call) -> Value:
        inner = paths.relative(self.text) if self.text is not None else None
        pattern = call.text(0, default="*")
        if inner is None or pattern is None:
            return Sequence((), complete=False, element=Unknown("the files of a folder that run time chooses"))
        import fnmatch

        if call.name == "rglob":
            prefix = f"{inner}/" if inner else ""
            below = sorted(path[len(prefix) :] for path in call.engine.project.paths if path.startswith(prefix))
            names = [name for name in below if fnmatch.fnmatch(posixpath.basename(name), pattern)]
        else:
            names = [name for name in names_in(call, inner) if fnmatch.fnmatch(name, pattern)]
        return Sequence(self.made(_python_join(self.text or ".", name)) for name in names)

    @method("as_posix", "__str__", "__fspath__")
    def as_text(self, call: Call) -> Value:
        return Const(self.text) if self.text is not None else Unknown("a path that run time chooses")


def path_text(value: Value | None) -> str | None:
    """A path given as text or as an object."""
    return value.text if isinstance(value, PathObject) else text_of(value)


@stands_for("contextvars.ContextVar")
class ContextVariable(LibraryObject):
    """A context variable: what is set is what is read."""

    @method("set")
    def set(self, call: Call) -> Value:
        if call.arguments:
            self.attributes["value"] = call.arguments[0]
        return Unknown("a token")

    @method("get")
    def get(self, call: Call) -> Value:
        return self.attributes.get("value") or Unknown("a context variable")


def _environ(call: Call) -> Value:
    name = text_of(call.arguments[0]) if call.arguments else None
    around = call.engine.surroundings
    found = around.read(name, call.origin) if around is not None and name is not None else None
    if found is not None:
        return found
    return Environment(name) if name is not None else Unknown("the environment")


def _text_of_path(call: Call) -> Value:
    text = path_text(call.argument(0))
    return Const(text) if text is not None else Unknown("a path that run time chooses")


def _promisify(call: Call) -> Value:
    return call.argument(0) or NOTHING


def _namedtuple(call: Call) -> Value:
    """``namedtuple("Point", "x y")``."""
    names = texts_of(call.argument(1, "field_names"))
    if names is None:
        return Native("namedtuple", lambda inner: Record(dict[object, Value](inner.keywords.items()), complete=False))
    fields = [name for text in names for name in text.replace(",", " ").split()]

    def make(inner: Call) -> Value:
        given = dict(zip(fields, inner.arguments, strict=False)) | inner.keywords
        return NamedItems(fields, [given.get(name) or Unknown(f"the field `{name}`") for name in fields], inner.origin)

    return Native("namedtuple", make)


def _chain(call: Call) -> Value:
    """``itertools.chain(a, b)``: the items of one after the other."""
    found = Sequence((), complete=not call.open)
    for value in call.arguments:
        call.engine.spread(found, value, call.frame)
    return found


def _chain_of(call: Call) -> Value:
    """``itertools.chain.from_iterable([a, b])``."""
    found = Sequence(())
    holders = call.engine.iterate(call.arguments[0], frame=call.frame) if call.arguments else None
    for value in holders or ():
        call.engine.spread(found, value, call.frame)
    found.complete = found.complete and holders is not None
    return found


def _product(call: Call) -> Value:
    """``itertools.product(a, b)``: each item of one with each of the other."""
    sides = [call.engine.iterate(value, frame=call.frame) for value in call.arguments]
    known = [side for side in sides if side is not None]
    if len(known) < len(sides) or prod(map(len, known)) > MOST_PAIRS or call.keywords:
        return Sequence((), complete=False, element=Unknown("a combination of items"))
    return Sequence(Sequence(items, "tuple") for items in product(*known))


def _getmembers(call: Call) -> Value:
    """``inspect.getmembers(module, inspect.isclass)``: pairs of name and value, by name."""
    holder, kind = call.argument(0), call.argument(1, "predicate")
    held = builtins_python.own_names(holder)
    if held is None:
        return Sequence((), complete=False, element=Unknown("the members of a value"))
    wanted: dict[str, tuple[type[Value], ...]] = {
        "inspect.isclass": (Class,),
        "inspect.isfunction": (Function,),
        "inspect.ismethod": (Function,),
        "inspect.isroutine": (Function,),
        "inspect.iscoroutinefunction": (Function,),
    }
    kinds = wanted.get(kind.path, ()) if isinstance(kind, External) else ()
    found = Sequence()
    for name, value in sorted(held.items()):
        value = call.engine.force(value)
        if isinstance(kind, External) and kinds and not isinstance(value, kinds):
            continue
        if isinstance(value, Function) and isinstance(holder, Instance):
            value = call.engine.member(holder, name)
        found.items.append(Sequence([Const(name), value], "tuple"))
    return found


def _simple_namespace(call: Call) -> Value:
    """``types.SimpleNamespace(a=1)``."""
    found = Instance(None, "types.SimpleNamespace", origin=call.origin)
    found.attributes = dict(call.keywords)
    return found


def _glob(call: Call) -> Value:
    """``glob.glob("routes/*.py")``."""
    import fnmatch

    pattern = call.text(0)
    inner = paths.relative(pattern) if pattern is not None else None
    if inner is None or "**" in inner:
        return Sequence((), complete=False, element=Unknown("files that a pattern finds at run time"))
    places = (*call.engine.project.paths, *call.engine.project.directories)
    found = sorted(p for p in places if p and p.count("/") == inner.count("/") and fnmatch.fnmatch(p, inner))
    lead = paths.ROOT + "/" if pattern is not None and pattern.startswith(paths.ROOT) else ""
    return Sequence(Const(lead + path) for path in found)


def _url_parts(call: Call) -> Value:
    """``urllib.parse.urlparse(url)``."""
    from urllib.parse import urlparse

    text = call.text(0)
    found = Instance(path="urllib.parse.ParseResult", origin=call.origin)
    if text is not None:
        try:
            parts = urlparse(text)
            found.attributes = {
                name: Const(getattr(parts, name)) for name in ("scheme", "netloc", "path", "query", "hostname")
            }
        except ValueError:
            return Unknown("a URL that is not valid")
    return found


FUNCTIONS: dict[str, LibraryFunction] = {
    "textwrap.dedent": _outdented(textwrap.dedent),
    "inspect.cleandoc": _outdented(inspect.cleandoc),
    "os.path.join": _on_texts(_python_join),
    "os.path.dirname": _on_texts(posixpath.dirname),
    "os.path.basename": _on_texts(posixpath.basename),
    "os.path.abspath": _on_texts(_absolute),
    "os.path.realpath": _on_texts(_absolute),
    "os.path.normpath": _on_texts(posixpath.normpath),
    "os.path.exists": _exists,
    "os.path.isdir": _exists,
    "os.fspath": _text_of_path,
    "urllib.parse.urlparse": _url_parts,
    "urllib.parse.urlsplit": _url_parts,
    "os.getcwd": lambda call: Const(paths.ROOT),
    "os.getenv": _variable,
    "os.environ.get": _variable,
    "os.environ[]": _environ,
    "os.listdir": _listing,
    "glob.glob": _glob,
    "importlib.import_module": _import_module,
    "__import__": _import_module,
    "inspect.getmembers": _getmembers,
    "types.SimpleNamespace": _simple_namespace,
    "pkgutil.iter_modules": _iter_modules,
    "pkgutil.walk_packages": _iter_modules,
    "functools.partial": _partial,
    "functools.wraps": _wraps,
    "asyncio.coroutine": _transparent,
    "functools.lru_cache": _transparent,
    "functools.cache": _transparent,
    "contextlib.contextmanager": _transparent,
    "contextlib.asynccontextmanager": _transparent,
    "contextlib.suppress": lambda call: NOTHING,
    "typing.cast": _cast,
    "copy.copy": lambda call: call.argument(0) or NOTHING,
    "copy.deepcopy": lambda call: call.argument(0) or NOTHING,
    "dataclasses.replace": lambda call: call.argument(0) or NOTHING,
    "collections.namedtuple": _namedtuple,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_of,
    "itertools.product": _product,
    "collections.OrderedDict": lambda call: call.argument(0) or Record(dict[object, Value](call.keywords.items())),
    "collections.defaultdict": _defaultdict,
    "asyncio.run": lambda call: call.argument(0) or NOTHING,
    "asyncio.gather": lambda call: Sequence(call.arguments, complete=not call.open),
    # Node
    "path.join": _on_texts(paths.join),
    "path.resolve": _on_texts(paths.resolve),
    "path.dirname": _on_texts(posixpath.dirname),
    "path.basename": _on_texts(_node_basename),
    "path.extname": _on_texts(_node_extension),
    "path.normalize": _on_texts(posixpath.normpath),
    "url.fileURLToPath": _file_url,
    **node_files.FUNCTIONS,
    "URL": _node_url,
    "url.URL": _node_url,
    "process.cwd": lambda call: Const(paths.ROOT),
    "fs.readdirSync": _listing,
    "fs.promises.readdir": _listing,
    "fs/promises.readdir": _listing,
    "fs.readFileSync": _read_file,
    "fs.promises.readFile": _read_file,
    "fs/promises.readFile": _read_file,
    "fs.existsSync": _exists,
    "fs.statSync": _stat,
    "fs.lstatSync": _stat,
    "util.promisify": _promisify,
    "Symbol.for": lambda call: Const(f"@@{call.text(0)}") if call.text(0) else Unknown("a symbol"),
    **builtins_javascript.FUNCTIONS,
}
# Functions that look at a function without calling it.
LOOKING = (
    "inspect.signature inspect.getdoc inspect.getsource inspect.getmodule inspect.isclass "
    "inspect.isfunction inspect.ismethod "
    "inspect.iscoroutinefunction inspect.isasyncgenfunction inspect.isgeneratorfunction "
    "inspect.getfullargspec inspect.unwrap "
    "asyncio.iscoroutinefunction typing.get_type_hints typing.get_origin typing.get_args "
    "weakref.ref weakref.WeakMethod "
    "callable id hash repr print"
)
FUNCTIONS.update({name: lambda call: Unknown(f"what `{call.name}` says of a function") for name in LOOKING.split()})
ALIASES = {f"path.posix.{name}": f"path.{name}" for name in ("join", "resolve", "dirname", "basename", "extname")}
FUNCTIONS.update({alias: FUNCTIONS[name] for alias, name in ALIASES.items()})
OBJECTS: tuple[type[LibraryObject], ...] = (PathObject, ContextVariable)
