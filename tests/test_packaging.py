"""Buttress from a wheel, an editable install and a bare checkout: the same command, and no names of others taken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FIXTURE = ROOT / "fixtures" / "layers" / "upward_import" / "bad"
KEPT = ("verifier", "rules", "cli.py", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone holds, with a stray file that must not be shipped."""
    target = tmp_path_factory.mktemp("checkout")
    for name in KEPT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    return target


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist."""
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", target, checkout, cwd=checkout)
    assert len(list(target.glob("buttress-*.tar.gz"))) == 1
    (found,) = target.glob("buttress-*.whl")
    return found


def environment(folder: Path) -> Path:
    """A virtual environment that sees the installed dependencies, but not this checkout."""
    import site

    run(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    libraries = next((folder / "lib").glob("python*")) / "site-packages"
    (libraries / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder


def test_wheel_holds_everything_inside_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"verifier"}
    for path in [*(ROOT / "rules").rglob("*.py"), ROOT / "cli.py"]:
        assert f"verifier/{path.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if "__pycache__" in name]


def test_installed_beside_django_rules(wheel: Path, tmp_path: Path) -> None:
    place = environment(tmp_path / "env")
    libraries = next((place / "lib").glob("python*")) / "site-packages"
    # What PyPI's django-rules installs: a top-level package `rules`.
    (libraries / "rules").mkdir()
    (libraries / "rules" / "__init__.py").write_text("OWNER = 'django-rules'\n")
    run(place / "bin" / "pip", "install", "--quiet", "--no-deps", "--force-reinstall", wheel, cwd=tmp_path)
    out = run(place / "bin" / "buttress", "check", FIXTURE, "--format", "concise", "--no-cache", cwd=tmp_path, code=1)
    assert "layers/upward-import" in out
    said = run(place / "bin" / "python", "-c", "import rules; print(rules.OWNER)", cwd=tmp_path)
    assert said == "django-rules\n"
    run(place / "bin" / "python", "-c", "import cli", cwd=tmp_path, code=1)


def test_editable_install(checkout: Path, tmp_path: Path) -> None:
    place = environment(tmp_path / "env")
    run(place / "bin" / "pip", "install", "--quiet", "--no-deps", "-e", checkout, cwd=tmp_path)
    out = run(place / "bin" / "buttress", "check", FIXTURE, "--format", "concise", "--no-cache", cwd=tmp_path, code=1)
    assert "layers/upward-import" in out
    (checkout / "rules" / "house").mkdir()
    try:
        (checkout / "rules" / "house" / "quiet.py").write_text(
            '"""Nothing is wrong.\n\nText.\n\nText.\n"""\nfrom verifier.api import Category, rule\n\n\n'
            "@rule(Category.OTHER)\ndef quiet(facts):\n    yield from ()\n"
        )
        assert "house/quiet" in run(place / "bin" / "buttress", "rules", cwd=tmp_path)
    finally:
        shutil.rmtree(checkout / "rules" / "house")


def test_bare_checkout(checkout: Path, tmp_path: Path) -> None:
    out = run(
        sys.executable, checkout / "cli.py", "check", FIXTURE, "--format", "concise", "--no-cache", cwd=tmp_path, code=1
    )
    assert "layers/upward-import" in out


def test_checked_project_is_not_imported(checkout: Path, tmp_path: Path) -> None:
    for name in ("networkx", "msgspec", "rules", "cli", "verifier", "typer", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the checked project was run')\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit('the checked project was run')\n")
    place = environment(tmp_path / "env")
    run(place / "bin" / "pip", "install", "--quiet", "--no-deps", "-e", checkout, cwd=tmp_path.parent)
    out = run(place / "bin" / "buttress", "check", ".", "--exclude", "env", "--no-cache", cwd=tmp_path)
    assert "No findings" in out


def test_version_loads_nothing_heavy() -> None:
    script = (
        "import sys\nfrom verifier.packs import load_module, shipped\nsys.argv = ['buttress', '--version']\n"
        "try:\n    load_module(shipped('cli.py'), 'verifier.cli').main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'sqlglot', 'networkx', 'libcst', 'rich', 'pathspec', 'yaml', 'tree_sitter'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = run(sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}", cwd=ROOT.parent)
    assert out.splitlines()[-1] == "[]"
