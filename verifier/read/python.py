"""Python's manifests: pyproject.toml, setup.cfg, setup.py and Pipfile -> what they require and where packages lie."""

from __future__ import annotations

import ast
import posixpath
import re
import tomllib
import warnings
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from verifier.model import PythonProject, Requirement, SourceFile, Span
from verifier.read.positions import Place, Places, span_of, toml_places
from verifier.read.requirements import Written, is_development, normal, requirement, written
from verifier.read.words import UNKNOWN, join

Versions = Mapping[str, str]


class Declared(Struct):
    """What one manifest declares."""

    requirements: list[Requirement] = field(default_factory=list)
    project: PythonProject | None = None


def pyproject(source: SourceFile, versions: Versions, folders: frozenset[str]) -> Declared:
    """What a pyproject.toml says, by PEP 621 and 735 and in the tables of Poetry, uv, PDM, Hatch, Flit and setuptools.

    Raises:
        ValueError: it is not TOML.
    """
    content, places = _toml(source)
    found = Declared()
    project, tool = _table(content, "project"), _table(content, "tool")
    lists: list[tuple[tuple[str, ...], object, bool]] = [
        (("project", "dependencies"), project.get("dependencies"), False)
    ]
    for key, table in (
        (("project", "optional-dependencies"), _table(project, "optional-dependencies")),
        (("dependency-groups",), _table(content, "dependency-groups")),
        (("tool", "pdm", "dev-dependencies"), _table(tool, "pdm", "dev-dependencies")),
    ):
        development = key[1:2] == ("pdm",)
        lists.extend(((*key, name), several, development or is_development(name)) for name, several in table.items())
    lists.append((("tool", "uv", "dev-dependencies"), _table(tool, "uv").get("dev-dependencies"), True))
    for path, several, development in lists:
        found.requirements.extend(_array(source, places, path, several, versions, development=development))
    found.requirements.extend(_poetry(source, places, _table(tool, "poetry"), versions))
    name = project.get("name") or _table(tool, "poetry").get("name")
    folder = source.path.rpartition("/")[0]
    if project or tool:
        roots = _roots(content, folder, folders)
        found.project = PythonProject(source.path, name if isinstance(name, str) else None, roots)
    return found


def pipfile(source: SourceFile, versions: Versions) -> Declared:
    """What a Pipfile requires.

    Raises:
        ValueError: it is not TOML.
    """
    content, places = _toml(source)
    found = Declared()
    for section, development in (("packages", False), ("dev-packages", True)):
        for name, told in _table(content, section).items():
            found.requirements.append(
                _named(source, places, (section, name), name, told, versions, development=development)
            )
    return found


def _toml(source: SourceFile) -> tuple[dict[str, object], Places]:
    try:
        places = toml_places(source.data)
        return tomllib.loads(source.text), places
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not TOML: {str(error) or 'nested too deeply'}") from None


def _table(content: object, *keys: str) -> dict[str, object]:
    """The table under some keys; an empty one where there is none."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else {}


def _array(
    source: SourceFile, places: Places, path: tuple[str, ...], several: object, versions: Versions, *, development: bool
) -> Iterator[Requirement]:
    """The requirements of an array of texts; tables in it (``include-group``) are none."""
    number = 0
    for item in several if isinstance(several, list) else ():
        if isinstance(item, str):
            place = places.string(path, number)
            number += 1
            if (found := written(item)) is not None:
                yield requirement(found, span_of(source, place), versions, development=development)


def _poetry(source: SourceFile, places: Places, poetry: dict[str, object], versions: Versions) -> Iterator[Requirement]:
    sections: list[tuple[tuple[str, ...], dict[str, object], bool]] = [
        (("dependencies",), _table(poetry, "dependencies"), False),
        (("dev-dependencies",), _table(poetry, "dev-dependencies"), True),
    ]
    for group in _table(poetry, "group"):
        table = _table(poetry, "group", group, "dependencies")
        sections.append((("group", group, "dependencies"), table, is_development(group)))
    for path, table, development in sections:
        for name, told in table.items():
            if name.lower() != "python":
                key = ("tool", "poetry", *path, name)
                yield _named(source, places, key, name, told, versions, development=development)


def _named(
    source: SourceFile,
    places: Places,
    key: tuple[str, ...],
    name: str,
    told: object,
    versions: Versions,
    *,
    development: bool,
) -> Requirement:
    """A requirement of Poetry or Pipenv: a name with a version, or with a table that may hold one."""
    if isinstance(told, list):
        told = next((item for item in told if isinstance(item, dict)), "")
    table = told if isinstance(told, dict) else {"version": told}
    version = table.get("version")
    specifier = version if isinstance(version, str) else ""
    if not specifier:
        specifier = next((f"@ {table[way]}" for way in ("url", "git", "path", "file") if table.get(way)), "*")
    extras = table.get("extras")
    exact = re.fullmatch(r"={0,3}\s*(\d[\w.!+-]*)", specifier) if specifier.startswith("=") else None
    found = Written(
        normal(name),
        tuple(str(extra) for extra in extras) if isinstance(extras, list) else (),
        specifier,
        exact[1] if exact else None,
    )
    return requirement(found, span_of(source, places.keys.get(key)), versions, development=development)


# Where packages lie


def _roots(content: dict[str, object], folder: str, folders: frozenset[str]) -> tuple[str, ...]:
    """The folders that hold the top-level packages, as the build backend would find them.

    Where nothing is declared it is ``src``, if there is such a folder, and the folder of the manifest.
    """
    tool = _table(content, "tool")
    said: list[str] = []
    setuptools = _table(tool, "setuptools")
    said.extend(_package_dir(_table(setuptools, "package-dir")))
    said.extend(_texts(_table(setuptools, "packages", "find").get("where")))
    poetry = _table(tool, "poetry").get("packages")
    packages = [package for package in poetry if isinstance(package, dict)] if isinstance(poetry, list) else []
    said.extend(str(package.get("from") or ".") for package in packages if isinstance(package.get("include"), str))
    for build in (_table(tool, "hatch", "build"), _table(tool, "hatch", "build", "targets", "wheel")):
        said.extend(posixpath.dirname(package.rstrip("/")) or "." for package in _texts(build.get("packages")))
        sources = build.get("sources")
        said.extend(_texts(sources) if isinstance(sources, list) else ())
        for path, name in sources.items() if isinstance(sources, dict) else ():
            if isinstance(name, str) and (path == name or path.endswith(f"/{name}")):
                said.append(path[: len(path) - len(name)].rstrip("/") or ".")
            elif name == "":
                said.append(path)
        said.extend(_texts(build.get("dev-mode-dirs")))
    uv = _table(tool, "uv", "build-backend").get("module-root")
    said.extend([uv or "."] if isinstance(uv, str) else [])
    pdm = _table(tool, "pdm", "build").get("package-dir")
    said.extend([pdm or "."] if isinstance(pdm, str) else [])
    return _existing(said, folder, folders)


def _existing(said: Sequence[str], folder: str, folders: frozenset[str]) -> tuple[str, ...]:
    """Declared folders below the root that are there; the usual ones where none is declared."""
    paths = [join(folder, path.rstrip("/") or ".") for path in said]
    found = tuple(dict.fromkeys(path for path in paths if path != UNKNOWN and (path == "" or path in folders)))
    if found:
        return found
    source = f"{folder}/src" if folder else "src"
    return (source, folder) if source in folders else (folder,)


def _package_dir(table: Mapping[str, object]) -> Iterator[str]:
    """Folders of ``package_dir``: that of the empty name, and those that hold a package of their own name."""
    for package, path in table.items():
        if isinstance(path, str):
            name = package.rpartition(".")[2]
            if not package:
                yield path or "."
            elif "." not in package and (path == name or path.endswith(f"/{name}")):
                yield path[: len(path) - len(name)].rstrip("/") or "."


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


# setup.cfg


def setup_cfg(source: SourceFile, versions: Versions, folders: frozenset[str]) -> Declared:
    """What a setup.cfg says for setuptools."""
    sections = _sections(source)
    found = Declared()
    options, metadata = sections.get("options", {}), sections.get("metadata", {})
    lists = [("install_requires", options.get("install_requires", []))]
    lists.extend((f"extra {name}", lines) for name, lines in sections.get("options.extras_require", {}).items())
    lists.append(("tests", options.get("tests_require", [])))
    for label, lines in lists:
        for text, place in lines:
            if (one := written(text)) is not None:
                development = label != "install_requires" and is_development(label)
                found.requirements.append(requirement(one, source.span(*place), versions, development=development))
    if options or metadata:
        said: list[str] = []
        for text, _ in options.get("package_dir", []):
            package, sign, path = (part.strip() for part in text.partition("="))
            if sign:
                said.extend(_package_dir({package: path}))
        for text, _ in sections.get("options.packages.find", {}).get("where", []):
            said.append(text)
        name = next((text for text, _ in metadata.get("name", [])), None)
        found.project = PythonProject(source.path, name, _existing(said, source.path.rpartition("/")[0], folders))
    return found


def _sections(source: SourceFile) -> dict[str, dict[str, list[tuple[str, Place]]]]:
    """Section to key to the lines of the value that hold something, with their places."""
    found: dict[str, dict[str, list[tuple[str, Place]]]] = {}
    section: dict[str, list[tuple[str, Place]]] = {}
    lines: list[tuple[str, Place]] | None = None
    offset = key_indent = 0
    for raw in source.data.split(b"\n"):
        at, offset = offset, offset + len(raw) + 1
        text = raw.decode("utf-8", "replace")
        stripped = text.strip()
        if not stripped or stripped[0] in "#;":
            continue
        indent = len(text) - len(text.lstrip())
        if lines is not None and indent > key_indent:
            start = at + len(raw) - len(raw.lstrip())
            lines.append((stripped, (start, start + len(stripped.encode()))))
            continue
        key_indent = indent
        if header := re.fullmatch(r"\[([^\]]+)\]", stripped):
            section, lines = found.setdefault(header[1].strip(), {}), None
        elif sign := re.search(r"[=:]", stripped):
            lines = section[stripped[: sign.start()].strip().lower()] = []
            if value := stripped[sign.end() :].strip():
                end = at + len(raw.rstrip())
                lines.append((value, (end - len(value.encode()), end)))
    return found


# setup.py

_FINDERS = ("find_packages", "find_namespace_packages", "PEP420PackageFinder.find")


def setup_py(source: SourceFile, versions: Versions, folders: frozenset[str]) -> Declared:
    """What the call of ``setup()`` says in literals, or in names bound to literals at the top level. Nothing is run.

    Raises:
        ValueError: it calls ``setup`` and cannot be parsed.
    """
    if b"setup(" not in source.data:
        return Declared()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("it is not Python 3 that can be parsed") from None
    bound = {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    call = next((node for node in _calls(tree) if _called(node) in ("setup", "setuptools.setup")), None)
    found = Declared()
    if call is None:
        return found
    arguments = {word.arg: _resolved(word.value, bound) for word in call.keywords if word.arg}
    lists = [("install_requires", arguments.get("install_requires")), ("tests", arguments.get("tests_require"))]
    extras = arguments.get("extras_require")
    if isinstance(extras, ast.Dict):
        for key, value in zip(extras.keys, extras.values, strict=True):
            label = f"extra {_text(key)}"
            lists.append((label, _resolved(value, bound)))
    for label, several in lists:
        for item in several.elts if isinstance(several, ast.List | ast.Tuple) else ():
            item = _resolved(item, bound)
            if isinstance(item, ast.Constant) and isinstance(item.value, str) and (one := written(item.value)):
                development = label != "install_requires" and is_development(label)
                found.requirements.append(requirement(one, _span(source, item), versions, development=development))
    said: list[str] = []
    table = arguments.get("package_dir")
    if isinstance(table, ast.Dict):
        said.extend(_package_dir({str(_text(k)): _text(v) for k, v in zip(table.keys, table.values, strict=True)}))
    packages = arguments.get("packages")
    if isinstance(packages, ast.Call) and (_called(packages) or "").endswith(
        ("find_packages", "find", "namespace_packages")
    ):
        where = (
            packages.args[0] if packages.args else next((w.value for w in packages.keywords if w.arg == "where"), None)
        )
        text = _text(_resolved(where, bound) if where is not None else None)
        said.extend([text] if text is not None else [])
    name = _text(arguments.get("name"))
    found.project = PythonProject(source.path, name, _existing(said, source.path.rpartition("/")[0], folders))
    return found


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls that stand alone at the top level, or in an ``if``, ``try`` or ``with`` there."""
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        statement = pending.pop(0)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield statement.value
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            pending.extend(statement.body)


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return f"{module}.{name}"
        case _:
            return None


def _resolved(node: ast.expr, bound: Mapping[str, ast.expr]) -> ast.expr:
    return bound.get(node.id, node) if isinstance(node, ast.Name) else node


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _span(source: SourceFile, node: ast.expr) -> Span:
    """The span of a node; Python counts columns in bytes."""
    line, end = node.lineno, node.end_lineno or node.lineno
    first = source.line(line).encode()[: node.col_offset].decode("utf-8", "replace")
    last = source.line(end).encode()[: node.end_col_offset or 0].decode("utf-8", "replace")
    return Span(source.path, line, len(first) + 1, end, len(last) + 1)
