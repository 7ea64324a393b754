"""Version ranges, held against packaging and against npm's own semver."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from verifier.model import LeftOut, Manifests, Project, Requirement, Span
from verifier.versions import EVERYTHING, Versions, stretches_of, version_range

NODE = Path(__file__).parent / "node" / "current"

PYTHON = [
    ">=0.115",
    ">=0.115,<0.137",
    "<0.137",
    "<=0.136.3",
    ">0.136.3",
    "==0.136.*",
    "==0.137.0",
    "!=0.136.*",
    "!=0.137.0",
    "~=0.136.0",
    "~=0.136",
    ">=0.136.0rc1,<0.136.3",
    "<0.137.0rc1",
    "==1!0.5",
    ">=1!0.4",
]
PYTHON_VERSIONS = (
    "0.1 0.114.9 0.115 0.115.1 0.135.9 0.136.0.dev1 0.136.0rc0 0.136.0rc1 0.136.0 0.136.0.post1 0.136.3 0.136.4 "
    "0.137.0.dev0 0.137.0rc1 0.137.0 0.137.1 0.138 1.0 2.0 1!0.3 1!0.5 1!0.6"
).split()
NPM = [
    "^4.18.0",
    "^5",
    "^5 || ^4",
    "~1.2",
    "1.x",
    "<5",
    "<=4.99",
    ">4.17 <5",
    "^0.3.1",
    "^0.0.3",
    "1.2.3 - 2",
    ">=1.2.0",
    "5.0.0",
    "*",
    ">=4.21.2",
    "~4.18.0",
    ">=3 <5.1 || >6",
]


def admitted(spec: str, version: str) -> bool:
    """What packaging says of a version."""
    return SpecifierSet(spec).contains(version, prereleases=True)


@pytest.mark.parametrize("spec", PYTHON)
def test_python_specifiers_admit_what_packaging_admits(spec: str) -> None:
    versions = Versions("pypi", stretches_of("pypi", spec))
    for version in PYTHON_VERSIONS:
        assert versions.maybe(f"=={version}") == admitted(spec, version), version


@pytest.mark.parametrize(("own", "wanted"), list(itertools.product(PYTHON, PYTHON)))
def test_python_questions_agree_with_the_versions_that_exist(own: str, wanted: str) -> None:
    versions = Versions("pypi", stretches_of("pypi", own))
    mine = [version for version in PYTHON_VERSIONS if admitted(own, version)]
    if any(admitted(wanted, version) for version in mine):
        assert versions.maybe(wanted)
    if not all(admitted(wanted, version) for version in mine):
        assert not versions.surely(wanted)


@pytest.mark.parametrize(
    ("own", "wanted", "surely", "maybe"),
    [
        ("==0.136.*", "<0.137", True, True),
        ("<0.137", "<0.137", True, True),
        (">=0.100", "<0.137", False, True),
        (">=0.137", "<0.137", False, False),
        ("^0.136", "<0.137", True, True),
        ("^0.136", ">=0.136", True, True),
        ("~0.136.1", "<0.137", True, True),
        ("0.111.0", "==0.111.0", True, True),
        ("^2.0 || ^3.0", ">=2,<4", True, True),
        ("^2.0 || ^4.0", ">=3,<4", False, False),
        ("^1.2.3", "<2", True, True),
        ("^0.0.3", "<0.0.4", True, True),
        (">=2.0 <3.0", "<3", True, True),
        ("*", "<3", False, True),
        ("", "<3", False, True),
        ("==2.*,!=2.5", "!=2.5", True, True),
    ],
)
def test_python_and_poetry_ranges(own: str, wanted: str, surely: bool, maybe: bool) -> None:
    versions = Versions("pypi", stretches_of("pypi", own))
    assert (versions.surely(wanted), versions.maybe(wanted)) == (surely, maybe)


def test_npm_questions_agree_with_npm() -> None:
    if shutil.which("node") is None or not (NODE / "node_modules" / "semver").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/current")
    pairs = [(own, wanted) for own in NPM for wanted in NPM if wanted != "*"]  # which is >=0.0.0 to npm's `subset`
    script = (
        "const s = require('semver'); const pairs = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(pairs.map(([a, b]) => [s.subset(a, b), s.intersects(a, b)])))"
    )
    done = subprocess.run(
        ["node", "-e", script],
        cwd=NODE,
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for (own, wanted), theirs in zip(pairs, json.loads(done.stdout), strict=True):
        versions = Versions("npm", stretches_of("npm", own))
        assert [versions.surely(wanted), versions.maybe(wanted)] == theirs, (own, wanted)


@pytest.mark.parametrize("spec", ["latest", "file:../x", "git+https://example.org/x.git", "github:a/b", "x" * 600])
def test_what_is_no_range_is_refused(spec: str) -> None:
    for ecosystem in ("pypi", "npm"):
        with pytest.raises(ValueError):
            stretches_of(ecosystem, spec)


def test_aliases_and_workspaces_of_npm_are_looked_through() -> None:
    assert stretches_of("npm", "npm:@scope/express@^4.18") == stretches_of("npm", "^4.18")
    assert stretches_of("npm", "workspace:^4.18") == stretches_of("npm", "^4.18")
    assert stretches_of("npm", "workspace:*") == EVERYTHING


def project(
    *requirements: tuple[str, str, str] | tuple[str, str, str, str | None] | tuple[str, str, str, str | None, bool],
) -> Project:
    """A project with requirements: file, name, specifier, locked version, for development."""
    made = []
    for path, name, specifier, *rest in requirements:
        locked, development = (*rest, None, False)[:2] if rest else (None, False)
        made.append(Requirement(name, specifier, Span(path, 1), locked=locked, development=bool(development)))
    return Project(None, {}, {}, frozenset(), Manifests(requirements=tuple(made)), LeftOut())


def test_an_undeclared_or_free_library_has_no_range() -> None:
    assert version_range(project(), "fastapi") is None
    assert version_range(project(("requirements.txt", "fastapi", "")), "fastapi") is None
    assert version_range(project(("requirements.txt", "fastapi", "==0.1")), "flask") is None


def test_names_are_compared_as_registries_do() -> None:
    versions = version_range(project(("requirements.txt", "Flask_RESTful", "==0.3.10")), "flask-restful")
    assert versions is not None
    assert versions.surely("==0.3.10")


def test_a_lock_decides() -> None:
    versions = version_range(
        project(("pyproject.toml", "fastapi", ">=0.100"), ("uv.lock", "fastapi", "", "0.115.4")), "fastapi"
    )
    assert versions is not None
    assert versions.surely("<0.137")


def test_manifests_of_one_folder_hold_together_and_folders_are_alternatives() -> None:
    together = version_range(project(("pyproject.toml", "flask", ">=2"), ("requirements.txt", "flask", "<3")), "flask")
    assert together is not None
    assert together.surely(">=2,<3")
    apart = version_range(
        project(("a/requirements.txt", "flask", "<2"), ("b/requirements.txt", "flask", ">=3")), "flask"
    )
    assert apart is not None
    assert apart.maybe("<2")
    assert apart.maybe(">=3")
    assert not apart.maybe(">=2,<3")


def test_contradicting_manifests_are_alternatives() -> None:
    versions = version_range(
        project(("requirements.txt", "flask", "==1.1.2"), ("pyproject.toml", "flask", "^3")), "flask"
    )
    assert versions is not None
    assert versions.maybe("<2")
    assert versions.maybe(">=3")


def test_development_dependencies_count_only_alone() -> None:
    both = project(("package.json", "express", "^4"), ("package.json", "express", "^5", None, True))
    versions = version_range(both, "express")
    assert versions is not None
    assert versions.surely("^4")
    alone = version_range(project(("package.json", "express", "^5", None, True)), "express")
    assert alone is not None
    assert alone.surely(">=5 <6")


def test_a_declaration_that_is_no_range_restricts_nothing() -> None:
    assert version_range(project(("package.json", "koa", "github:koajs/koa")), "koa") is None
    locked = version_range(project(("package-lock.json", "koa", "github:koajs/koa", "2.15.0")), "koa")
    assert locked is not None
    assert locked.surely("2.15.0")
