"""Python's manifests: requirements, locked versions and where packages lie."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.model import Manifests, Project, Requirement, SourceFile
from verifier.read import read
from verifier.read.positions import toml_places
from verifier.read.python import _sections
from verifier.read.requirements import normal, written

Make = Callable[[Mapping[str, str | bytes]], Path]


def manifests(root: Path) -> Manifests:
    return read(root).manifests


def short(several: tuple[Requirement, ...]) -> list[tuple[str, str, str | None, bool]]:
    return [(one.name, one.specifier, one.locked, one.development) for one in several]


def lines(root: Path, several: tuple[Requirement, ...]) -> list[str]:
    """What stands at the span of each requirement."""
    found = []
    for one in several:
        source = SourceFile(one.span.path, (root / one.span.path).read_bytes())
        end = one.span.end_column - 1 if one.span.end_line == one.span.line else None
        found.append(source.line(one.span.line)[one.span.column - 1 : end])
    return found


def notes(project: Project) -> dict[str, str]:
    return {one.path: one.reason for one in project.left_out.notes}


NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?", fullmatch=True)
CLAUSES = st.builds(
    lambda sign, space, version: f"{sign}{space}{version}",
    st.sampled_from(["==", ">=", "<=", "~=", "!=", "<", ">", "==="]),
    st.sampled_from(["", " "]),
    st.sampled_from(["1.0", "2.3.4", "1.*", "0.1rc1", "2024.1", "1!2.0", "1.0+local"]),
)
REQUIREMENTS = st.builds(
    "".join,
    st.tuples(
        NAMES,
        st.sampled_from(["", " ", "[a]", " [a, b-c]", "[]"]),
        st.one_of(
            st.lists(CLAUSES, max_size=3).map(",".join),
            st.lists(CLAUSES, min_size=1, max_size=2).map(lambda clauses: f" ({', '.join(clauses)})"),
            st.sampled_from([" @ https://x.org/a.zip", "@ git+https://x.org/a@v1#egg=b", " >", "=1.0", " 1.0", "@"]),
        ),
        st.sampled_from(["", ' ; python_version < "3.9"', ';os_name=="nt"', " ", " and more"]),
    ),
)


@settings(max_examples=500, deadline=None)
@given(REQUIREMENTS)
def test_a_requirement_is_what_packaging_makes_of_it(text: str) -> None:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    ours = written(text)
    try:
        theirs = Requirement(text)
    except InvalidRequirement:
        if "~=" not in text and ".*" not in text and "+local" not in text:
            assert ours is None
        return
    assert ours is not None
    assert ours.name == canonicalize_name(theirs.name)
    assert set(ours.extras) == theirs.extras
    if theirs.url is not None:
        assert ours.specifier.lstrip("@ ") == theirs.url
    else:
        assert set(re.sub(r"\s", "", ours.specifier).split(",")) == set(str(theirs.specifier).split(","))


def test_a_requirement_file(project: Make) -> None:
    root = project(
        {
            "requirements.txt": "\ufeff# the web\r\n"
            "Flask[async] >=2,<3 ; python_version < '4'  # comment\r\n"
            "  SQLAlchemy==2.0.1 \\\r\n    --hash=sha256:abc \\\r\n    --hash=sha256:def\r\n"
            "-r requirements/base.txt\r\n--requirement=deps.in\r\n-c constraints.txt\r\n"
            "-e git+https://example.org/x.git@v1#egg=My_Package[extra]\r\n-e .\r\n./local\r\n"
            "pkg @ https://example.org/pkg-1.0.tar.gz#sha256=aa\r\n"
            "https://example.org/wheel_name-3.2-py3-none-any.whl\r\n"
            "--index-url https://example.org/simple\r\n-i x\r\n\r\n===\r\n",
            "requirements/base.txt": "redis\n-r ../requirements.txt\n",
            "deps.in": "httpx~=0.27\n",
            "constraints.txt": "httpx==0.27.2\nredis==5.0.0\nunused==1.0\n",
            "dev-requirements.txt": "pytest===8.1.0\n",
        }
    )
    found = manifests(root).requirements
    assert sorted(short(found)) == [
        ("flask", ">=2,<3", None, False),
        ("httpx", "~=0.27", "0.27.2", False),
        ("my-package", "@ git+https://example.org/x.git@v1#egg=My_Package[extra]", None, False),
        ("pkg", "@ https://example.org/pkg-1.0.tar.gz#sha256=aa", None, False),
        ("pytest", "===8.1.0", "8.1.0", True),
        ("redis", "", "5.0.0", False),
        ("sqlalchemy", "==2.0.1", "2.0.1", False),
        ("wheel-name", "@ https://example.org/wheel_name-3.2-py3-none-any.whl", "3.2", False),
    ]
    assert {one.name: one.extras for one in found if one.extras} == {"flask": ("async",), "my-package": ("extra",)}
    places = dict(zip((one.name for one in found), lines(root, found), strict=True))
    assert places["flask"] == "Flask[async] >=2,<3 ; python_version < '4'"
    assert places["sqlalchemy"] == "SQLAlchemy==2.0.1"
    assert [one.span.line for one in found if one.name == "sqlalchemy"] == [3]


def test_includes_do_not_leave_the_project(project: Make) -> None:
    root = project({"secret.txt": "stolen\n", "p/requirements.txt": "-r ../secret.txt\n-r /etc/hostname\nflask\n"})
    assert [one.name for one in manifests(root / "p").requirements] == ["flask"]


def test_a_requirement_file_in_utf_16(project: Make) -> None:
    root = project({"requirements.txt": "Flask==3.0\r\n".encode("utf-16")})
    assert short(manifests(root).requirements) == [("flask", "==3.0", "3.0", False)]


def test_the_compiled_file_tells_the_versions_of_its_source(project: Make) -> None:
    root = project({"requirements.in": "flask>=2\n", "requirements.txt": "flask==2.3.2\nclick==8.1.0\n"})
    found = manifests(root).requirements
    assert ("flask", ">=2", "2.3.2", False) in short(found)


PYPROJECT = """\
[project]
name = "Shop"
dependencies = [
    "fastapi[all]>=0.110",  # "not this"
    'sqlalchemy ~= 2.0',
    "broken ==",
]
[project.optional-dependencies]
postgres = ["asyncpg"]
test = ["pytest", "httpx"]

[dependency-groups]
dev = ["ruff", {include-group = "lint"}, "mypy>=1"]
lint = ["black"]
jobs = ["celery"]

[tool.uv]
dev-dependencies = ["ipdb"]
"""

POETRY = """\
[tool.poetry]
name = "shop"
packages = [{ include = "shop", from = "lib" }, { include = "tools" }]

[tool.poetry.dependencies]
python = "^3.11"
Flask = "^3.0"
psycopg = { version = ">=3.1", extras = ["binary"], optional = true }
mine = { git = "https://example.org/mine.git" }
other = [{ version = "<2", python = "<3.9" }, { version = "2.0", python = ">=3.9" }]
exact = "==1.2.3"

[tool.poetry.dependencies.nested]
version = "1.*"

[tool.poetry.dev-dependencies]
pytest = "*"

[tool.poetry.group.docs.dependencies]
sphinx = "7"

[tool.poetry.group.worker.dependencies]
celery = "5"
"""

UV_LOCK = """\
version = 1

[[package]]
name = "fastapi"
version = "0.115.0"
source = { registry = "x" }
dependencies = [{ name = "starlette" }]

[[package]]
name = "sqlalchemy"
version = "2.0.30"

[[package]]
name = "numpy"
version = "1.26.0"

[[package]]
name = "numpy"
version = "2.1.0"
"""


def test_pyproject_of_pep_621(project: Make) -> None:
    root = project({"pyproject.toml": PYPROJECT, "uv.lock": UV_LOCK, "src/shop/__init__.py": ""})
    found = manifests(root)
    assert short(found.requirements) == [
        ("fastapi", ">=0.110", "0.115.0", False),
        ("sqlalchemy", "~= 2.0", "2.0.30", False),
        ("asyncpg", "", None, False),
        ("pytest", "", None, True),
        ("httpx", "", None, True),
        ("ruff", "", None, True),
        ("mypy", ">=1", None, True),
        ("black", "", None, True),
        ("celery", "", None, False),
        ("ipdb", "", None, True),
    ]
    assert lines(root, found.requirements)[:3] == ['"fastapi[all]>=0.110"', "'sqlalchemy ~= 2.0'", '"asyncpg"']
    assert lines(root, found.requirements)[6] == '"mypy>=1"'
    assert [(one.name, one.package_roots) for one in found.python] == [("Shop", ("src", ""))]


def test_pyproject_of_poetry(project: Make) -> None:
    root = project(
        {
            "api/pyproject.toml": POETRY,
            "api/lib/shop/__init__.py": "",
            "api/poetry.lock": '[[package]]\nname = "flask"\nversion = "3.0.1"\ndescription = "version = \\"9\\""\n\n'
            '[package.dependencies]\nname = "no"\nversion = "no"\n\n'
            '[[package]]\ncategory = "main"\nname = "psycopg"\noptional = false\nversion = "3.1.18"\n',
        }
    )
    found = manifests(root)
    assert short(found.requirements) == [
        ("flask", "^3.0", "3.0.1", False),
        ("psycopg", ">=3.1", "3.1.18", False),
        ("mine", "@ https://example.org/mine.git", None, False),
        ("other", "<2", None, False),
        ("exact", "==1.2.3", "1.2.3", False),
        ("nested", "1.*", None, False),
        ("pytest", "*", None, True),
        ("sphinx", "7", None, True),
        ("celery", "5", None, False),
    ]
    assert lines(root, found.requirements)[:2] == ["Flask", "psycopg"]
    assert lines(root, found.requirements)[5] == "[tool.poetry.dependencies.nested]"
    assert found.requirements[1].extras == ("binary",)
    assert [one.package_roots for one in found.python] == [("api/lib", "api")]


ROOTS = {
    "nothing said": ("[tool.ruff]\n", ("src", "")),
    "setuptools": ('[tool.setuptools.package-dir]\n"" = "lib"\n', ("lib",)),
    "setuptools mapping": ('[tool.setuptools]\npackage-dir = { shop = "lib/shop", other = "x/renamed" }\n', ("lib",)),
    "setuptools find": ('[tool.setuptools.packages.find]\nwhere = ["lib", "src"]\n', ("lib", "src")),
    "hatch packages": ('[tool.hatch.build.targets.wheel]\npackages = ["lib/shop", "top"]\n', ("lib", "")),
    "hatch sources": ('[tool.hatch.build]\nsources = ["lib"]\n', ("lib",)),
    "hatch renamed": ('[tool.hatch.build.targets.wheel.sources]\n"lib/shop" = "shop"\n', ("lib",)),
    "uv": ('[tool.uv.build-backend]\nmodule-root = "lib"\n', ("lib",)),
    "uv at the root": ('[tool.uv.build-backend]\nmodule-root = ""\n', ("",)),
    "pdm": ('[tool.pdm.build]\npackage-dir = "lib"\n', ("lib",)),
    "outside": ('[tool.setuptools.packages.find]\nwhere = ["../lib"]\n', ("src", "")),
    "missing": ('[tool.setuptools.packages.find]\nwhere = ["nowhere"]\n', ("src", "")),
}


@pytest.mark.parametrize("name", ROOTS)
def test_package_roots(project: Make, name: str) -> None:
    text, roots = ROOTS[name]
    root = project({"pyproject.toml": text, "lib/shop/__init__.py": "", "src/a/__init__.py": ""})
    assert [one.package_roots for one in manifests(root).python] == [roots]


SETUP_CFG = """\
[metadata]
name = shop
[options]
package_dir =
    = lib
install_requires =
    # the web
    flask>=2
    SQLAlchemy == 1.4.0
tests_require = pytest
[options.packages.find]
where = lib
[options.extras_require]
pg =
    psycopg2
dev = black
"""


def test_setup_cfg(project: Make) -> None:
    root = project({"setup.cfg": SETUP_CFG, "lib/shop/__init__.py": ""})
    found = manifests(root)
    assert short(found.requirements) == [
        ("flask", ">=2", None, False),
        ("sqlalchemy", "== 1.4.0", "1.4.0", False),
        ("pytest", "", None, True),
        ("psycopg2", "", None, False),
        ("black", "", None, True),
    ]
    assert lines(root, found.requirements) == ["flask>=2", "SQLAlchemy == 1.4.0", "pytest", "psycopg2", "black"]
    assert [(one.name, one.package_roots) for one in found.python] == [("shop", ("lib",))]


CFG_LINES = st.sampled_from(
    ["[a]", "[b c]", "x = 1", "y: 2", "z =", "  one", "\ttwo >= 3", "# no", "  ; no", "", "   ", "w=é"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CFG_LINES, max_size=10))
def test_sections_are_those_of_configparser(several: list[str]) -> None:
    text = "\n".join(["[first]", *several])
    parser = configparser.RawConfigParser(strict=False, empty_lines_in_values=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    theirs = {
        name: {k: [v for v in (t or "").split("\n") if v] for k, t in parser[name].items()}
        for name in parser.sections()
    }
    ours = {
        name: {k: [v for v, _ in places] for k, places in keys.items()}
        for name, keys in _sections(SourceFile("x", text.encode())).items()
    }
    assert ours == theirs


SETUP_PY = """\
import os
from setuptools import setup, find_packages
raise SystemExit("this must never run")
REQUIRES = ["flask>=2", "é-not-a-name", "redis"]
VERSION = open("version").read()
if True:
    setup(
        name="shop",
        version=VERSION,
        packages=find_packages(where="lib"),
        package_dir={"": "lib"},
        install_requires=REQUIRES,
        extras_require={"dev": ["pytest==8.0.0"], "pg": [os.environ["X"], "psycopg"]},
    )
"""


def test_setup_py_is_read_and_not_run(project: Make) -> None:
    root = project({"setup.py": SETUP_PY, "lib/shop/__init__.py": ""})
    found = manifests(root)
    assert short(found.requirements) == [
        ("flask", ">=2", None, False),
        ("redis", "", None, False),
        ("pytest", "==8.0.0", "8.0.0", True),
        ("psycopg", "", None, False),
    ]
    assert lines(root, found.requirements) == ['"flask>=2"', '"redis"', '"pytest==8.0.0"', '"psycopg"']
    assert [(one.name, one.package_roots) for one in found.python] == [("shop", ("lib",))]


def test_a_module_of_that_name_is_no_manifest(project: Make) -> None:
    found = read(project({"app/setup.py": "def setup_routes(app): ...\n", "app/other/setup.py": "print 'old'\n"}))
    assert not found.manifests.python
    assert not found.left_out.notes


def test_pipfile(project: Make) -> None:
    root = project(
        {
            "Pipfile": '[packages]\nflask = "*"\nredis = {version = "==5.0.1", extras = ["hiredis"]}\n'
            '[dev-packages]\npytest = "==8.0"\n[requires]\npython_version = "3.12"\n',
            "Pipfile.lock": '{"default": {"flask": {"version": "==3.0.0"}},"develop": {"flask": {"version": "==1.0"}}}',
        }
    )
    found = manifests(root).requirements
    assert short(found) == [
        ("flask", "*", "3.0.0", False),
        ("redis", "==5.0.1", "5.0.1", False),
        ("pytest", "==8.0", "8.0", True),
    ]
    assert lines(root, found) == ["flask", "redis", "pytest"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pyproject.toml", "[project\n", "it is not TOML: "),
        ("pyproject.toml", "a = " + "[" * 100_000, "it is not TOML: "),
        ("pyproject.toml", ".".join(["a"] * 100_000) + " = 1", "too many parts"),
        ("pyproject.toml", "a = {" + ".".join(["b"] * 100_000) + " = 1}", "too many parts"),
        ("Pipfile", "\0", None),
        ("Pipfile", "x", "it is not TOML: "),
        ("setup.py", "setup(" + "(" * 5000, "it is not Python 3"),
        ("uv.lock", "x", None),
        ("Pipfile.lock", "[", None),
    ],
)
def test_a_broken_manifest_is_a_note(project: Make, name: str, text: str, said: str | None) -> None:
    found = read(project({"app.py": "", "requirements.txt": "flask\n", name: text}))
    assert "flask" in [one.name for one in found.manifests.requirements]
    if said is not None:
        assert said in notes(found)[name]


def test_a_broken_lock_is_a_note(project: Make) -> None:
    found = read(project({"requirements.txt": "flask\n", "Pipfile.lock": "["}))
    assert "versions are not known" in notes(found)["Pipfile.lock"]
    assert short(found.manifests.requirements) == [("flask", "", None, False)]


TOML_KEYS = st.sampled_from(["a", "b-c", '"d e"', "'f'", "g.h", 'i."j.k"'])
TOML_STRINGS = st.sampled_from(['"x"', "'y'", '"\\"q\\""', "'''m\n'n'''", '"""o\n"p\\""""', '"# no"', '"[t]"', '""'])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(TOML_KEYS, st.lists(TOML_STRINGS, max_size=3), st.booleans()), max_size=4),
    st.lists(
        st.tuples(st.sampled_from(["t", "t.u", '"v w"', " x . y "]), st.lists(TOML_STRINGS, max_size=2)), max_size=3
    ),
)
def test_places_of_strings_are_those_of_their_values(
    top: list[tuple[str, list[str], bool]], tables: list[tuple[str, list[str]]]
) -> None:
    parts = [f"{key} = [{' , '.join(values)}{',' * bool(values and comma)} # ]\n]" for key, values, comma in top]
    parts += [f"[{name}] # '\nlist = [{', '.join(values)}]" for name, values in tables]
    text = "\n".join(parts)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    data = text.encode()
    places = toml_places(data)

    def check(path: tuple[str, ...], value: object) -> None:
        if isinstance(value, dict):
            for key, below in value.items():
                check((*path, key), below)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                place = places.string(path, number)
                assert place is not None
                assert tomllib.loads(f"v = {data[slice(*place)].decode()}")["v"] == item

    check((), content)


def test_names_are_normal() -> None:
    assert normal("My.Package__Name") == "my-package-name"
