"""Node's ways to take paths apart and to find files: ``path.parse``, file URLs, packages that read glob patterns."""

from __future__ import annotations

import posixpath
import re

from verifier.evaluate import paths
from verifier.evaluate.library import Call, LibraryFunction
from verifier.evaluate.values import Const, Instance, Record, Sequence, Unknown, Value, reason_of, text_of, texts_of
from verifier.regex import regex


def parse(call: Call) -> Value:
    """``path.parse(path)``."""
    text = call.text(0)
    if text is None:
        return Unknown(reason_of(call.argument(0)))
    folder, base = posixpath.split(text)
    name, extension = posixpath.splitext(base)
    entries = {"root": "/" if text.startswith("/") else "", "dir": folder, "base": base, "ext": extension, "name": name}
    return Record({key: Const(value) for key, value in entries.items()})


def relative(call: Call) -> Value:
    """``path.relative(from, to)``."""
    start, end = call.text(0), call.text(1)
    if start is None or end is None:
        return Unknown(reason_of(call.argument(0) if start is None else call.argument(1)))
    found = posixpath.relpath(paths.resolve(end), paths.resolve(start))
    return Const("" if found == "." else found, call.origin)


def file_url(call: Call) -> Value:
    """``pathToFileURL(path)``."""
    text = call.text(0)
    if text is None:
        return Unknown(reason_of(call.argument(0)))
    path = paths.resolve(text)
    found = Instance(path="URL", origin=call.origin)
    found.attributes = {"pathname": Const(path), "href": Const(f"file://{path}")}
    return found


def find(call: Call) -> Value:
    """``glob.sync(pattern, { cwd, absolute, ignore })``: the files of the project that a pattern names, sorted."""
    patterns = texts_of(call.argument(0))
    options = call.argument(1)
    given = options.entries if isinstance(options, Record) else {}
    folder = text_of(given.get("cwd")) if "cwd" in given else "."
    absolute = given.get("absolute")
    ignored = texts_of(given.get("ignore")) if "ignore" in given else []
    if (
        patterns is None
        or folder is None
        or ignored is None
        or (absolute is not None and not isinstance(absolute, Const))
    ):
        return Sequence((), complete=False, element=Unknown("files that a pattern finds at run time"))
    start = paths.resolve(folder)
    wanted = [expression(pattern) for pattern in patterns]
    unwanted = [expression(pattern) for pattern in ignored]
    found: list[Value] = []
    for path in sorted(call.engine.project.paths):
        full = paths.absolute(path)
        near = posixpath.relpath(full, start)
        rooted = any(pattern.fullmatch(full) for pattern in wanted)
        if not rooted and not any(pattern.fullmatch(near) for pattern in wanted):
            continue
        if not any(pattern.fullmatch(full) or pattern.fullmatch(near) for pattern in unwanted):
            found.append(Const(full if rooted or (absolute is not None and absolute.value) else near))
    return Sequence(found)


SIGNS = regex(r"\*\*/?|\*|\?|\[[^\]/]*\]|[@?*+]\([^()]*\)|\{[^{}]*\}|.", re.DOTALL)


def expression(pattern: str) -> re.Pattern[str]:
    """A glob pattern as a regular expression: ``**``, ``*``, ``?``, ``[ab]``, ``{a,b}`` and ``@(a|b)``."""
    found = ""
    for match in SIGNS.finditer(posixpath.normpath(pattern) if pattern else ""):
        sign = match.group()
        if sign.startswith("**"):
            found += r"(?:[^/]+/)*" if sign.endswith("/") else ".*"
        elif sign == "*":
            found += "[^/]*"
        elif sign == "?":
            found += "[^/]"
        elif sign[0] == "[" and len(sign) > 2:
            found += "[" + sign[1:-1].replace("!", "^", 1 if sign[1] == "!" else 0).replace("\\", r"\\") + "]"
        elif sign[0] == "{" and len(sign) > 2:
            found += f"(?:{'|'.join(expression(part).pattern for part in sign[1:-1].split(','))})"
        elif len(sign) > 2 and sign[1] == "(":
            inner = "|".join(re.escape(part).replace(r"\*", "[^/]*") for part in sign[2:-1].split("|"))
            found += f"(?:{inner}){'' if sign[0] == '@' else sign[0]}"
        else:
            found += re.escape(sign)
    try:
        return re.compile(found)
    except re.error:
        return re.compile(re.escape(pattern))


PACKAGES = (
    *("glob.sync", "glob.globSync", "glob", "glob.glob.sync", "fast-glob.sync", "fast-glob.globSync", "fast-glob"),
    *("globby.sync", "globby.globbySync", "globby.globby", "globby", "tinyglobby.globSync", "tinyglobby.glob"),
)
FUNCTIONS: dict[str, LibraryFunction] = {
    "path.parse": parse,
    "path.relative": relative,
    "url.pathToFileURL": file_url,
    **dict.fromkeys(PACKAGES, find),
}
