"""Produces the reports that the tests read, by running the real tools against the small backend beside this file.

    python produce.py BIN…

The folders BIN hold `newman` (6.2.2, with newman-reporter-csv 1.3.0 beside it), `jest` (with jest-junit beside it),
`pytest` and `schemathesis`. Hurl's report is not produced: see make_hurl.py.

Reports are trimmed of what nobody reads, and of names of folders of the machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REPORTS = HERE.parent / "reports"
PORT = 18431
BASE = f"http://localhost:{PORT}/api"
FOLDERS = re.compile(r"(?:/[\w.@+-]+)+/(?=[\w.-]+\.(?:py|js|yml)\b)")


def with_server(action: Callable[[], object], *options: str) -> None:
    """Do something while a fresh server runs."""
    server = subprocess.Popen([sys.executable, str(HERE / "server.py"), str(PORT), *options], stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        action()
    finally:
        server.kill()
        server.wait()


def run(folder: Path, *command: str, **environment: str) -> None:
    """Run a tool. That it fails is what it is for."""
    subprocess.run(command, cwd=folder, check=False, env={**os.environ, "NOTES": BASE, **environment})


def newman(folder: Path, kind: str, *options: str) -> None:
    """Newman's three reports."""
    collection = subprocess.run(
        [sys.executable, str(HERE / "make_collection.py")], check=True, capture_output=True, text=True
    ).stdout
    (folder / "notes.json").write_text(collection, encoding="utf-8")
    exports = [f"--reporter-{name}-export={folder / f'{kind}.{name}'}" for name in ("json", "csv", "junit")]
    command = ["newman", "run", "notes.json", "--env-var", f"base={BASE}", "-r", "json,csv,junit", *options, *exports]
    with_server(lambda: run(folder, *command), kind)
    report = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
    save(f"newman-{kind}.json", json.dumps(trimmed(report), indent=1) + "\n")
    save(f"newman-{kind}.csv", (folder / f"{kind}.csv").read_text(encoding="utf-8"))
    save(f"newman-{kind}.xml", (folder / f"{kind}.junit").read_text(encoding="utf-8"))


def trimmed(report: dict[str, Any]) -> dict[str, Any]:
    """Newman's JSON without the settings, the scripts and the headers of every execution."""
    for name in ("environment", "globals"):
        report.pop(name, None)
    run = report["run"]
    for name in ("transfers", "failures", "error"):
        run.pop(name, None)
    for execution in run["executions"]:
        execution["item"] = {name: execution["item"][name] for name in ("id", "name")}
        execution["request"]["header"] = [each for each in execution["request"]["header"] if not each.get("system")]
        if "response" in execution:
            execution["response"]["header"] = []
    strip_scripts(report["collection"])
    return report


def strip_scripts(item: dict[str, Any]) -> None:
    """Leave names, identities and folders of a collection."""
    for name in ("event", "request", "response", "protocolProfileBehavior", "auth"):
        item.pop(name, None)
    for child in item.get("item", ()):
        strip_scripts(child)


def pytest(folder: Path) -> None:
    """pytest's JUnit XML."""
    shutil.copy(HERE / "notes_pytest.py", folder)
    command = ["pytest", "-p", "no:cacheprovider", "--tb=short", "notes_pytest.py", "--junitxml=pytest.xml"]
    with_server(lambda: run(folder, *command))
    text = (folder / "pytest.xml").read_text(encoding="utf-8")
    save("pytest.xml", re.sub(r'hostname="[^"]*"', 'hostname="localhost"', text))


def jest(folder: Path) -> None:
    """jest-junit's XML."""
    found = shutil.which("jest")
    if found is None:
        raise SystemExit("There is no jest.")
    root = Path(found).parent.parent.parent
    shutil.copy(HERE / "notes.test.js", root)
    command = ["jest", "--rootDir", ".", "--reporters=jest-junit", "--"]
    with_server(lambda: run(root, *command, JEST_JUNIT_OUTPUT_DIR=str(folder), JEST_JUNIT_OUTPUT_NAME="jest.xml"))
    save("jest.xml", (folder / "jest.xml").read_text(encoding="utf-8"))


def schemathesis(folder: Path) -> None:
    """Schemathesis's events and JUnit XML."""
    shutil.copy(HERE / "openapi.yml", folder)
    command = ["schemathesis", "run", "openapi.yml", "--url", BASE, "--phases", "coverage", "--continue-on-failure"]
    command += ["--checks", "not_a_server_error,status_code_conformance,response_schema_conformance"]
    command += [
        "--generation-deterministic",
        "--report",
        "ndjson,junit",
        "-H",
        "Authorization: Token abcdef.0123456789",
    ]
    command += ["--report-ndjson-path", "events.ndjson", "--report-junit-path", "schemathesis.xml"]
    with_server(lambda: run(folder, *command))
    save("schemathesis.ndjson", (folder / "events.ndjson").read_text(encoding="utf-8"))
    text = (folder / "schemathesis.xml").read_text(encoding="utf-8")
    save("schemathesis.xml", re.sub(r'hostname="[^"]*"', 'hostname="localhost"', text))


def save(name: str, text: str) -> None:
    """Write a report for the tests."""
    (REPORTS / name).write_text(FOLDERS.sub("", text), encoding="utf-8")


if __name__ == "__main__":
    os.environ["PATH"] = os.pathsep.join([*sys.argv[1:], os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as name:
        REPORTS.mkdir(exist_ok=True)
        newman(Path(name), "good")
        newman(Path(name), "broken")
        newman(Path(name), "twice", "-n", "2", "--folder", "Log in", "--folder", "End")
        pytest(Path(name))
        jest(Path(name))
        schemathesis(Path(name))
