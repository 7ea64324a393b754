"""Paths in the syntax of path-to-regexp: each version's own regular expressions beside the patterns that we read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from tests.frameworks.harness import NODE
from verifier.evaluate.path_to_regexp import Dialect, read_path, read_regexp
from verifier.evaluate.routing import DynamicPathError
from verifier.model import PathPattern

# A package that uses each version, in a set of packages.
USERS: dict[Dialect, str] = {
    "0.1": "previous/node_modules/express",
    "1": "older/node_modules/koa-router",
    "6": "previous/node_modules/koa-router",
    "8": "current/node_modules/router",
}
PATHS: dict[Dialect, list[str]] = {
    "0.1": [
        *("/", "/a/b", "/a.b/:x", "/:x", "/:x/b", "/a/:x?", "/:x?/b", "/a/:x(\\d+)", "/:x(a|en)?", "/a-:x", "/:x-:y"),
        *("/:x.:y", "/a/*", "*", "/a*", "/:x(*)", "/a/:x*", "/a\\.b", "/:x(\\d+)-:y(\\d+)"),
    ],
    "1": [
        *("/", "/a/b", "/a.b/:x", "/:x", "/:x/b", "/a/:x?", "/:x?/b", "/a/:x(\\d+)", "/:x(a|en)?", "/a-:x", "/:x-:y"),
        *("/a/(.*)", "(.*)", "/a/*", "*", "/a/:x*", "/a/:x+", "/a/:x(\\d+)+", "/a\\*", "/:x?-b"),
    ],
    "6": [
        *("/", "/a/b", "/a.b/:x", "/:x", "/:x/b", "/a/:x?", "/:x?/b", "/a/:x(\\d+)", "/:x(a|en)?", "/a-:x", "/:x-:y"),
        *("/:x.:y?", "/a/(.*)", "(.*)", "/a/:x*", "/a/:x+", "/a\\*", "/a{-:x}?", "{/a}?/b", "/a{/:x}?/b", "/:x{.b}?"),
    ],
    "8": [
        *(
            "/",
            "/a/b",
            "/a.b/:x",
            "/:x",
            "/:x/b",
            "/a{/:x}",
            "{/:x}/b",
            "/a-:x",
            "/:x-:y",
            "/:x.:y",
            "/a/*x",
            "/a{/*x}",
        ),
        *("*x", "/{*x}", "/a\\*", "/a{-:x}", "/a{/:x{/:y}}", '/:"one two"', "/a{.:x}", "/a{/b}{/:x}"),
    ],
}
REFUSED: dict[Dialect, list[str]] = {
    "0.1": [],
    "1": [],
    "6": ["*", "/a/*", "/:x:y", "/a(", "/:", "/a{b", "/a(?:b)", "/a((b))"],
    "8": [
        "*",
        "/a/*",
        "/:x?",
        "/:x(\\d+)",
        "/(.*)",
        "/:x:y",
        "/:",
        "/a{b",
        "/a}",
        "/a\\",
        "/a+",
        "/[a]",
        "/:x*y",
        "/!",
    ],
}
PARTS = ["", "a", "b", "en", "12", "a.b", "a-b", "12-7", "x.y", "*", "A"]
REQUESTS = sorted(
    {f"/{one}/{two}" for one in PARTS for two in PARTS} | {f"/{one}" for one in PARTS} | {"/a/b/12", "/a/b/"}
)
REQUESTS = [request for request in REQUESTS if "//" not in request]
ASK = """
const [dialect, paths, requests] = JSON.parse(process.argv[1])
const library = require('module').createRequire(process.argv[2] + '/package.json')('path-to-regexp')
const compiled = (path) => {
  if (dialect === '8') return library.pathToRegexp(path).regexp
  if (dialect === '6') return library.pathToRegexp(path, [])
  return library(path, [], { end: true, strict: false })
}
console.log(JSON.stringify(paths.map((path) => {
  try {
    const found = compiled(path)
    return requests.filter((request) => found.test(request))
  } catch {
    return null
  }
})))
"""


def ask(dialect: Dialect, paths: list[str]) -> list[list[str] | None]:
    """The requests that each path takes; None where the library refuses it."""
    home = NODE / USERS[dialect]
    if shutil.which("node") is None or not home.is_dir():
        pytest.skip(f"needs node, and `npm ci` in {home.parent.parent}")
    given = json.dumps([dialect, paths, REQUESTS])
    done = subprocess.run(["node", "-e", ASK, given, str(home)], capture_output=True, text=True, check=True)
    found: list[list[str] | None] = json.loads(done.stdout)
    return found


def takes(pattern: PathPattern, request: str, dialect: Dialect) -> bool:
    """Whether a pattern takes a request. A slash at the end may be added, and with 0.1 and 1 it may be missing too."""
    written = request.removesuffix("/") if request != "/" else ""
    parts = written.split("/")[1:]
    slash = request.endswith("/") and request != "/"
    for place, segment in enumerate(pattern.segments):
        if segment.rest:
            rest = "/".join(parts[place:])
            whole = rest + "/" if slash and rest else rest
            arrives = place < len(parts) or (place == len(parts) and (slash or not parts))
            return arrives and any(re.fullmatch(segment.pattern or ".*", text, re.IGNORECASE) for text in (rest, whole))
        if place >= len(parts):
            return False
        own = re.escape(segment.text) if segment.literal else segment.pattern or "[^/]+"
        if re.fullmatch(own, parts[place], re.IGNORECASE) is None:
            return False
    return len(parts) == len(pattern.segments) and (slash or not pattern.slash or dialect in ("0.1", "1"))


@pytest.mark.parametrize("dialect", PATHS)
def test_patterns_take_what_the_library_takes(dialect: Dialect) -> None:
    """For each path, the same requests."""
    for path, real in zip(PATHS[dialect], ask(dialect, PATHS[dialect]), strict=True):
        assert real is not None, path
        patterns = read_path(path, dialect)
        assert [request for request in REQUESTS if any(takes(found, request, dialect) for found in patterns)] == real, (
            path
        )


@pytest.mark.parametrize("dialect", REFUSED)
def test_what_the_library_refuses(dialect: Dialect) -> None:
    """A path that throws when it is registered is no route."""
    assert ask(dialect, REFUSED[dialect]) == [None] * len(REFUSED[dialect])
    for path in REFUSED[dialect]:
        with pytest.raises(DynamicPathError, match="refused"):
            read_path(path, dialect)


def test_paths_that_are_no_patterns() -> None:
    """A regular expression in a path of version 0.1, a missing slash, and too many choices are said to be so."""
    for path, words in (
        ("/ab?cd", "is a regular expression"),
        ("/a(bc)?d", "is a regular expression"),
        ("/\\d+", "is a regular expression"),
        ("users", "does not begin with a slash"),
    ):
        with pytest.raises(DynamicPathError, match=words):
            read_path(path, "0.1")
    with pytest.raises(DynamicPathError, match="too many optional parts"):
        read_path("/a" + "{/:x}" * 12, "8")
    with pytest.raises(DynamicPathError, match="nests too deeply"):
        read_path("{" * 900, "8")


def test_names_and_numbers() -> None:
    """Parameters keep their names; what has none is numbered, as in the request's parameters."""
    assert [str(found) for found in read_path("/a/:x/*", "0.1")] == ["/a/{x}/{0}"]
    assert [str(found) for found in read_path("/(\\d+)/(.*)", "6")] == ["/{0}/{1}"]
    assert [str(found) for found in read_path("/a{/:x}", "8")] == ["/a", "/a/{x}"]


def test_regular_expressions() -> None:
    """An expression with an anchor in front is a path; where it is open at the end, so is the path."""
    found, lenient = read_regexp(r"^\/users\/(?<id>\d+)\/?$")
    assert ([str(pattern) for pattern in found], lenient) == (["/users/{id}"], True)
    assert found[0].segments[1].pattern == r"\d+"
    found, lenient = read_regexp(r"^\/(api|rest)\/")
    assert ([str(pattern) for pattern in found], lenient) == (["/{0}/{rest}"], False)
    with pytest.raises(DynamicPathError, match="may match anywhere"):
        read_regexp("fly$")
    with pytest.raises(DynamicPathError, match="regular expression"):
        read_regexp(r"^\/(?!admin)")
