"""`buttress check --format agent`: what a hook hands to a model."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from msgspec.structs import replace

from tests.conftest import Buttress, Write
from verifier.check import check
from verifier.report.agent import COMMAND, LONGEST, checked
from verifier.session import Options, open_session, tried

ROOT = Path(__file__).parent.parent

SHADOWED = """from flask import Flask

app = Flask(__name__)


@app.get("/books")
def books():
    return {name}
"""


def test_the_worst_comes_first(buttress: Buttress, write: Write) -> None:
    """What keeps the server from starting before other errors, errors before warnings."""
    warned = ROOT / "fixtures" / "sql" / "unordered_page" / "bad"
    files = {f"pages/{path.relative_to(warned)}": path.read_text() for path in warned.rglob("*.py")}
    main = "from fastapi import FastAPI\nimport store\n\napp = FastAPI()\n\n\n"
    root = write(
        {"main.py": f"{main}@app.get('/a')\ndef a():\n    return nothing\n", "store.py": "missing_at_import\n", **files}
    )
    ran = buttress("check", root, "--format", "agent")
    heads = [line.partition(",")[0] for line in ran.out.splitlines() if re.match(r"\d+\. ", line)]
    assert ran.code == 1
    assert heads[0] == "1. error names/undefined-at-start"
    severities = [head.split()[1] for head in heads]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert {"error", "warning"} <= set(severities)


def test_an_answer_has_a_limit(buttress: Buttress, write: Write) -> None:
    root = write({f"app{number}.py": SHADOWED.format(name=f"missing_{number}") for number in range(40)})
    out = buttress("check", root, "--format", "agent").out
    assert len(out) <= LONGEST
    assert out.count("\n\n1") == 2, "the first and the tenth"
    assert "30 more causes left out: `buttress check --select RULE --format agent`" in out


def test_one_huge_finding_is_cut(buttress: Buttress, write: Write) -> None:
    out = buttress("check", write({"app.py": SHADOWED.format(name="m" * 50_000)}), "--format", "agent").out
    assert "names/undefined-name" in out
    assert len(out) <= LONGEST


def test_what_is_right(buttress: Buttress, write: Write) -> None:
    ran = buttress("check", write({"app.py": SHADOWED.format(name="'up'")}), "--format", "agent")
    assert (ran.code, ran.out) == (0, "No findings in 1 file, 1 route, flask.\n")


def test_broken_and_undecided_clauses_are_told(buttress: Buttress) -> None:
    root = ROOT / "fixtures" / "layers" / "upward_import" / "bad"
    ran = buttress("check", root, "--database", "postgres", "--format", "agent")
    assert ran.code == 1
    assert "constraint architecture, broken: dependencies point down only\n   app/models/book.py:5 " in ran.out
    assert "constraint database, broken: " in ran.out
    assert ": kept" not in ran.out


def test_a_fix_that_does_not_hold_is_not_offered(buttress: Buttress, write: Write) -> None:
    text = (ROOT / "fixtures" / "fastapi" / "shadowed_route" / "bad").rglob("*.py")
    root = write({path.name: path.read_text() for path in text})
    options = Options(path=root, cache=False, quiet=True)
    session = open_session(options)
    report = check(session.facts)
    fixed = tried(options, session, report)
    assert fixed is not None
    assert any(
        entry.fix is not None and entry.fix.diff for entry in checked(report, session.facts, fixed, COMMAND).findings
    )
    none = checked(report, session.facts, replace(fixed, done=()), COMMAND)
    assert not any(entry.fix is not None and (entry.fix.diff or entry.fix.safe) for entry in none.findings)


def test_a_patch_from_standard_input(write: Write) -> None:
    """It can be read once only, and fixes are tried on what it makes."""
    files = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/{a}')\ndef a(a: str):\n    return a\n"
    files += "\n\n@app.get('/b')\ndef b():\n    return 'b'\n"
    lines = files.splitlines()
    patch = f"--- /dev/null\n+++ b/main.py\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)
    ran = subprocess.run(
        [sys.executable, ROOT / "cli.py", "check", "--patch", "-", "--format", "agent"],
        input=patch, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "```diff\n--- a/main.py\n" in ran.stdout


def test_beside_another_report(buttress: Buttress, write: Write, tmp_path: Path) -> None:
    root = write({"app.py": SHADOWED.format(name="missing")})
    buttress("check", root, "--format", "json", "--report", f"agent={tmp_path / 'told.txt'}")
    assert (tmp_path / "told.txt").read_text() == buttress("check", root, "--format", "agent").out
