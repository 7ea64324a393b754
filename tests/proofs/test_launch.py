"""What the rules on scripts, paths and imports claim, shown by starting their fixtures as the scripts do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.proofs.launching import FIXTURES, needs_node, start


@pytest.mark.parametrize(
    ("rule", "symptom"),
    [
        ("missing_folder", "can't cd to backend"),
        ("missing_entry", "load_tours.py': [Errno 2] No such file or directory"),
        ("unresolved_import", "cannot import name 'PatientNotFound' from 'clinic.patients'"),
        ("missing_database_folder", "unable to open database file"),
        ("import_outside_path", "attempted relative import with no known parent package"),
    ],
)
def test_the_bad_project_does_not_start_and_the_good_one_does(rule: str, symptom: str, tmp_path: Path) -> None:
    needs_node()
    up, told = start(FIXTURES / rule / "bad", tmp_path, command(rule, tmp_path))
    assert not up
    assert symptom in told
    up, told = start(FIXTURES / rule / "good", tmp_path, command(rule, tmp_path))
    assert up, told


def command(rule: str, home: Path) -> str:
    """The command of a fixture; where another process of the script would be first, the one that matters alone."""
    if rule == "unresolved_import":
        return "uvicorn clinic.main:app"
    if rule == "missing_entry":
        (home / "templates").mkdir(exist_ok=True)
        (home / "templates" / "fetched.py").write_text("")
        return f"TEMPLATES={home}/templates sh -e ./run.sh"
    return "sh ./run.sh"


@pytest.mark.parametrize(
    ("line", "symptom"),
    [
        ("python -m tours", "'tours' is a package and cannot be directly executed"),
        ("uvicorn main:app", 'Could not import module "main"'),
        ("uvicorn tours.main:application", 'Attribute "application" not found in module "tours.main"'),
    ],
)
def test_each_line_of_the_script_with_a_missing_entry_fails(line: str, symptom: str, tmp_path: Path) -> None:
    up, told = start(FIXTURES / "missing_entry" / "bad", tmp_path, line)
    assert not up
    assert symptom in told


@pytest.mark.parametrize(
    ("line", "name", "symptom"),
    [
        ("from clinic.storage.memory import PATIENTS", "main.py", "No module named 'clinic.storage'"),
        ("from .visits import visits_of_patient", "main.py", "cannot import name 'visits_of_patient'"),
    ],
)
def test_each_import_that_leads_nowhere_fails(line: str, name: str, symptom: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(FIXTURES / "unresolved_import" / "bad", copy / "bad")
    (copy / "bad" / "clinic" / name).write_text(f"{line}\n")
    up, told = start(copy / "bad", tmp_path, "python -c 'import clinic.main'")
    assert not up
    assert symptom in told


def test_node_does_not_find_modules_and_names_either(tmp_path: Path) -> None:
    needs_node()
    bad = FIXTURES / "unresolved_import" / "bad"
    up, told = start(bad, tmp_path, "node notices/server.js")
    assert not up
    assert "ERR_MODULE_NOT_FOUND" in told
    copy = tmp_path / "copy" / "bad"
    shutil.copytree(bad, copy)
    (copy / "notices" / "store.js").write_text("export const store = [];\n")
    up, told = start(copy, tmp_path, "node notices/server.js")
    assert not up
    assert "does not provide an export named 'allNotices'" in told
    up, told = start(FIXTURES / "unresolved_import" / "good", tmp_path, "node notices/server.js")
    assert up, told


def test_absolute_imports_fail_in_a_script_of_the_folder(tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "bad"
    shutil.copytree(FIXTURES / "import_outside_path" / "bad", copy)
    main = copy / "src" / "main.py"
    main.write_text("".join(line for line in main.read_text().splitlines(True) if "prices" not in line.lower()))
    up, told = start(copy, tmp_path)
    assert not up
    assert "No module named 'src'" in told


def test_node_completes_no_path_of_an_es_module(tmp_path: Path) -> None:
    needs_node()
    bad = FIXTURES / "missing_extension" / "bad"
    up, told = start(bad, tmp_path, "node src/server.js")
    assert not up
    assert "ERR_MODULE_NOT_FOUND" in told
    copy = tmp_path / "copy" / "bad"
    shutil.copytree(bad, copy)
    server = copy / "src" / "server.js"
    server.write_text(server.read_text().replace('"./trees"', '"./trees.js"'))
    up, told = start(copy, tmp_path, "node src/server.js")
    assert not up
    assert "ERR_UNSUPPORTED_DIR_IMPORT" in told
    up, told = start(FIXTURES / "missing_extension" / "good", tmp_path, "node src/server.js")
    assert up, told


def test_output_that_nothing_built_is_not_there(tmp_path: Path) -> None:
    needs_node()
    up, told = start(FIXTURES / "never_built" / "bad", tmp_path)
    assert not up
    assert "MODULE_NOT_FOUND" in told


def test_a_start_script_that_is_missing_is_not_found(tmp_path: Path) -> None:
    _, told = start(FIXTURES / "missing_start" / "bad", tmp_path, "./run.sh")
    assert "./run.sh" in told
    assert "not found" in told


SLIM = ("sh", "bash", "dirname", "env", "cat")


def slim(tmp_path: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script with nothing but a shell on its path; a third `sleep` ends it."""
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    for name in SLIM:
        found = shutil.which(name)
        if found is not None and not (folder / name).exists():
            (folder / name).symlink_to(found)
    (folder / "sleep").write_text(
        '#!/bin/sh\necho slept\n[ "$(cat "$0.log" 2>/dev/null)" = xx ] && kill $PPID\nprintf x >> "$0.log"\n'
    )
    (folder / "sleep").chmod(0o755)
    (tmp_path / "script.sh").write_text(script)
    return subprocess.run(
        ["bash", "script.sh"], cwd=tmp_path, env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_a_program_that_a_slim_image_lacks_ends_the_script(tmp_path: Path) -> None:
    done = slim(tmp_path, "set -e\nwait-for-it postgres:5432\necho started\n")
    assert done.returncode == 127
    assert "wait-for-it: command not found" in done.stderr
    assert "started" not in done.stdout


def test_a_loop_waits_for_a_program_that_is_not_there(tmp_path: Path) -> None:
    done = slim(tmp_path, "until pg_isready -h postgres; do sleep 1; done\necho started\n")
    assert done.stdout.count("slept") == 3
    assert "started" not in done.stdout


def test_what_follows_with_and_is_not_run(tmp_path: Path) -> None:
    assert "started" not in slim(tmp_path, "nc -z redis 6379 && echo started\n").stdout
    handled = "set -e\nnc -z postgres 5432 || true\nif command -v nc > /dev/null; then nc -z a 1; fi\necho started\n"
    assert "started" in slim(tmp_path, handled).stdout
