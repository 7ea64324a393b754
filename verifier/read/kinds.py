"""What a name says of a file or folder: source, a text that later stages want, or nothing to read."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from verifier.model import Language
from verifier.regex import regex

Kind: TypeAlias = Literal["source", "other", "lock"]

LANGUAGES: dict[str, Language] = {
    ".py": "python",
    ".pyw": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
}

SOURCE_LIMIT = 2_000_000
"""Bytes of the largest source file that is read."""
OTHER_LIMIT = 1_000_000
"""Bytes of the largest other text that is read."""
DATA_LIMIT = 262_144
"""Bytes of the largest JSON file that is kept without being a manifest."""
LOCK_LIMIT = 32_000_000
"""Bytes of the largest lock file whose versions are read."""
TOTAL_LIMIT = 1_000_000_000
"""Bytes that are read in all."""

IGNORED = "ignored by .gitignore"
BUILD_OUTPUT = "build output"
TOO_LARGE = "over the size limit"

VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
DEPENDENCIES = frozenset({"node_modules", "bower_components", "jspm_packages", "site-packages", "__pypackages__"})
ENVIRONMENTS = frozenset({".venv", "venv", "virtualenv", ".virtualenv"})
OUTPUT = frozenset(
    {
        *("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints"),
        *(".tox", ".nox", ".eggs", "htmlcov", ".cache"),
        *(".next", ".nuxt", ".output", ".svelte-kit", ".angular", ".docusaurus", ".vercel", ".netlify", ".wrangler"),
        *(".turbo", ".parcel-cache", ".rollup.cache", ".vite", ".nyc_output", ".yarn", ".pnpm-store"),
        *(".serverless", ".aws-sam", ".terraform", ".gradle"),
    }
)
PERHAPS_OUTPUT = frozenset({"build", "dist"})
COVERAGE = frozenset({"lcov.info", "lcov-report", "coverage-final.json", "clover.xml", "coverage.xml", "cobertura.xml"})
MANIFESTS = frozenset(
    {"package.json", "pyproject.toml", "setup.py", "setup.cfg", "tsconfig.json", "Pipfile", "requirements.txt"}
)

LOCKS = frozenset(
    {
        *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"),
        *("poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock"),
    }
)
_OTHER_NAMES = regex(
    r"""
      package\.json | \.babelrc(?:\.json)? | _journal\.json | [jt]sconfig[^/]*\.json | pnpm-workspace\.ya?ml
    | [^/]*\.(?:toml|cfg|ini|sql|prisma|sh|bash|env)
    | Pipfile | Procfile[^/]* | run\.sh
    | (?:Dockerfile|Containerfile)[^/]* | [^/]*\.(?:Dockerfile|dockerfile|Containerfile)
    | [^/]*compose[^/]*\.ya?ml
    | [^/]*(?:openapi|swagger)[^/]*\.(?:ya?ml|json)
    | \.env[^/]*
    """,
    re.VERBOSE,
)
_REQUIREMENTS = regex(
    r"(?:.*/)?(?:[^/]*requirements[^/]*\.(?:txt|in|pip)|(?:requirements|reqs|deps)/[^/]+\.(?:txt|in|pip)"
    r"|[^/]*constraints[^/]*\.txt)"
)
_COMPOSE_FOLDER = regex(r"(?:.*/)?(?:docker[-_]?)?compose")
_INTERPRETER = regex(rb"#![^\n]*\b(node|bun|python)[\d.]*(?:\s|$)")
_MINIFIED = regex(r".*[.-]min\.(?:js|mjs|cjs)")


def language_of(path: str) -> Language | None:
    """The language that a path's ending names."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return LANGUAGES.get(name[dot:].lower()) if dot > 0 else None


def is_script(path: str) -> bool:
    """Whether a file without an ending lies where programs do (`bin/www`): its first line tells what it is."""
    folder, _, name = path.rpartition("/")
    return "." not in name and (folder == "bin" or folder.endswith("/bin"))


def language_of_script(data: bytes) -> Language | None:
    """The language of the program that the first line of a script names."""
    found = _INTERPRETER.match(data)
    return None if found is None else "python" if found.group(1) == b"python" else "javascript"


def kind_of(path: str) -> Kind | None:
    """What a file is read for; None for files that no stage wants."""
    if language_of(path) is not None or is_script(path):
        return "source"
    name = path.rpartition("/")[2]
    if name in LOCKS:
        return "lock"
    if name.endswith(".json") or _OTHER_NAMES.fullmatch(name) or is_requirements(path):
        return "other"
    if is_in_folder_of_compose(path):
        return "other"
    return None


def is_in_folder_of_compose(path: str) -> bool:
    """Whether a YAML file lies in a folder that is called after Docker Compose, as in ``docker_compose/app.yaml``."""
    return path.endswith((".yml", ".yaml")) and _COMPOSE_FOLDER.fullmatch(path.rpartition("/")[0]) is not None


def is_requirements(path: str) -> bool:
    """Whether a path is one that pip's requirement files have."""
    return path.endswith((".txt", ".in", ".pip")) and _REQUIREMENTS.fullmatch(path) is not None


def is_manifest(path: str) -> bool:
    """Whether a file by itself makes a folder a project: it declares dependencies or says how to start."""
    name = path.rpartition("/")[2]
    return name in MANIFESTS or name in ("Procfile", "run.sh") or is_requirements(path)


def limit_of(path: str, kind: Kind) -> int:
    """Bytes above which a file of a kind is not read."""
    if kind == "source":
        return SOURCE_LIMIT
    if kind == "lock":
        return LOCK_LIMIT
    data = path.endswith(".json") and not _OTHER_NAMES.fullmatch(path.rpartition("/")[2])
    return DATA_LIMIT if data else OTHER_LIMIT


def folder_never_read(name: str) -> str | None:
    """Why a folder of this name is never entered, wherever it stands."""
    if name in VERSION_CONTROL:
        return "version control"
    if name in DEPENDENCIES:
        return "installed dependencies"
    if name in ENVIRONMENTS:
        return "virtual environment"
    if name in OUTPUT or name.endswith(".egg-info"):
        return BUILD_OUTPUT
    return None


def folder_of_output(name: str, beside: frozenset[str], inside: frozenset[str]) -> str | None:
    """Why a folder is left out for what lies in it and ``beside`` it (names in its parent); None to read it.

    ``build`` and ``dist`` are output where a package is built, beside its manifest, unless they are a Python package;
    deeper in the source they are a word like any other. ``coverage`` is output when it holds a report.
    """
    if "pyvenv.cfg" in inside or "conda-meta" in inside:
        return "virtual environment"
    if name in PERHAPS_OUTPUT and beside & MANIFESTS and "__init__.py" not in inside:
        return BUILD_OUTPUT
    if name == "coverage" and inside & COVERAGE:
        return BUILD_OUTPUT
    return None


_LONG = 1000
_STRING = regex(
    rb"""
      \"[^\"\\\n]*(?:\\.?[^\"\\\n]*)*(?:[\"\n]|\Z)
    | '[^'\\\n]*(?:\\.?[^'\\\n]*)*(?:['\n]|\Z)
    | `[^`\\]*(?:\\.?[^`\\]*)*(?:`|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Texts in quotes; one that does not close ends with its line or the file, so that no text is walked twice."""
_SAMPLE = 100_000
_WEBPACK = regex(rb"^/\*{3}(?:\*{3})?/ ", re.MULTILINE)
_CODE = regex(rb";|=>|\bfunction\b|\breturn\b")


def built(path: str, data: bytes) -> str | None:
    """Why a JavaScript or TypeScript file is the output of a tool; None for one that a person wrote.

    A name in ``.min.js``; a source map named on the last line; the runtime of webpack; or nine tenths of the file in
    lines of more than 1,000 characters that are code, not text (data in a long string, an image in base64).
    """
    if _MINIFIED.fullmatch(path.rpartition("/")[2]):
        return "minified"
    trailer = data.rfind(b"\n//# sourceMappingURL=")
    if trailer >= 0 and b"\n" not in data[trailer + 1 :].rstrip():
        return "compiled or bundled"
    if data.startswith(b"/*! For license information please see ") or len(_WEBPACK.findall(data[:8000])) > 2:
        return "compiled or bundled"
    if len(data) > 2 * _LONG and data.count(b"\n") * 100 < len(data):
        long = [line for line in data.split(b"\n") if len(line) > _LONG]
        if sum(map(len, long)) * 10 >= len(data) * 9:
            code = _STRING.sub(b"", b"\n".join(long)[:_SAMPLE])
            if len(code) > _LONG and len(_CODE.findall(code)) * 200 > len(code):
                return "minified"
    return None
