"""The paper's own files and scripts as oracles: they are looked for where BUTTRESS_PAPER says."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.test_batch import ask, batch, small_tree
from tests.batch.test_study import table
from tests.batch.tree import runs, write
from tests.conftest import Buttress
from verifier.batch.nouns import Outcome, RunRow
from verifier.batch.store import opened, write_runs

PAPER = Path(os.environ.get("BUTTRESS_PAPER", ""))
pytestmark = pytest.mark.skipif(
    not (os.environ.get("BUTTRESS_PAPER") and (PAPER / "failure_analysis_aggregate.py").is_file()),
    reason="BUTTRESS_PAPER does not name the folder of the paper's package",
)
CONSTRAINTS = ("clean_architecture", "postgres", "sqlite", "sqlalchemy", "sequelize")


def paper(script: str, *arguments: str | Path) -> str:
    """What a script of the paper prints."""
    words = [sys.executable, "-B", PAPER / script, *arguments]
    ran = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=120, check=True)
    return ran.stdout


def test_the_papers_tables_to_the_printed_digit(buttress: Buttress, tmp_path: Path) -> None:
    """What the paper's own script prints of its files, cell by cell."""
    printed = paper("failure_analysis_aggregate.py", "--data-dir", PAPER / "data")
    store = tmp_path / "runs.duckdb"
    assert buttress("batch", "--import", PAPER / "data", "--store", store).code == 0
    cells = 0
    for name, title, total in (
        ("published-coarse", "COARSE FAILURE CATEGORIES", "Total failed runs"),
        ("published-logic", "LOGIC-ERROR SUBCATEGORIES", "Total logic errors"),
    ):
        theirs = lines_of(printed, title)
        study = json.loads(buttress("study", store, "--table", name, "--format", "json").out)["tables"][0]
        places = [study["columns"].index(model) for model in MODELS] + [len(study["columns"]) - 1]
        ours = {row[0]["text"]: [row[place]["text"] for place in places] for row in study["rows"]}
        for label, row in theirs.items():
            mine = (
                ours["Failed runs" if name == "published-coarse" else "Logic errors"] if label == total else ours[label]
            )
            wanted = [cell.replace("--", "–") for cell in row]
            assert mine[: len(wanted)] == wanted, label
            cells += len(wanted)
    assert cells == 7 * 5 + 4 + 6 * 5 + 4
    study = json.loads(buttress("study", store, "--table", "published-data-layer", "--format", "json").out)
    shares = {row[0]["text"]: row[3]["text"] for row in study["tables"][0]["rows"]}
    assert [shares[model] for model in MODELS] == re.findall(r"(\d+\.\d)%$", printed, re.MULTILINE)[:4]
    assert f"{shares['Average']}%" in printed
    assert f"{shares['Range'].replace(' to ', '--')}%" in printed


MODELS = ("qwen3-coder-next", "gpt-5-mini", "minimax-m2.5", "gpt-5.4")  # in the order of the paper's columns


def lines_of(printed: str, title: str) -> dict[str, list[str]]:
    """The rows of a table that the paper's script prints."""
    block = printed.partition(title)[2].partition("===\n")[2].partition("\n====")[0]
    rows = {}
    for line in block.splitlines():
        label, *cells = re.split(r"\s{2,}", line.strip())
        if cells and (re.fullmatch(r"--|\d+(\.\d)?", cells[0])):
            rows[label] = cells
    return rows


def test_the_papers_averages(buttress: Buttress, tmp_path: Path) -> None:
    store = tmp_path / "runs.duckdb"
    assert buttress("batch", "--import", PAPER / "data" / "global_stats.csv", "--store", store).code == 0
    (row,) = table(buttress, store, "published-levels")
    with (PAPER / "data" / "global_stats.csv").open(newline="") as file:
        levels = {each["n_constraints"]: each for each in csv.DictReader(file) if each["granularity"] == "global"}
    for level in "0123":
        assert float(row[f"A% L{level}"]) == pytest.approx(100 * float(levels[level]["strict_assertions_perc"]))
        assert float(row[f"pass@1 L{level}"]) == pytest.approx(100 * float(levels[level]["pass_at_1"]))


def row_of(stats: dict[str, str]) -> Outcome:
    """A run, as the paper's scripts and verifiers see it."""
    task = stats["task"]
    framework, _, *words = task.split("-")
    row = RunRow(f"{stats['agent']}/{stats['model']}/{task}/{stats['run_id']}", "key", "tree", stats["runtime"])
    row.agent, row.model, row.task, row.date, row.number = stats["agent"], stats["model"], task, "d", stats["run_id"]
    row.framework, row.constraints = framework, tuple(word for word in words if word in CONSTRAINTS)
    row.level = len(row.constraints)
    row.checks, row.passed = int(stats["n_assertions"]), int(stats["passed_assertions"])
    row.pass_rate = row.passed / row.checks if row.checks else 0.0
    row.tests_passed = stats["tests_passed"] == "1"
    row.compliant = all(stats[name] == "1" for name in ("arch_compliant", "db_compliant", "orm_compliant"))
    row.succeeded = stats["succeeded"] == "1"
    return Outcome(row)


def test_the_papers_computations(buttress: Buttress, tmp_path: Path) -> None:
    """On the same runs, with the verdicts of the paper's verifiers, each figure is what its scripts print."""
    tree, store = tmp_path / "results", tmp_path / "runs.duckdb"
    write(runs(330), tree)  # all tasks, and some of them twice
    paper("evaluation.py", tree, "--output-dir", tmp_path)
    with (tmp_path / "run_stats.csv").open(newline="") as file:
        made = [row_of(stats) for stats in csv.DictReader(file)]
    assert len(made) == 330
    with opened(store, write=True) as connection:
        write_runs(connection, made)
    printed = paper("evaluation_tables.py", tree)

    for name, title in (("levels", "TABLE 1: Assert"), ("levels-raw", "TABLE 1-RAW")):
        found = [line.split() for line in part_of(printed, title).splitlines() if re.search(r"alder|birch", line)]
        rows = sorted((line[1].replace("-SWE", ""), line[0], *line[2:]) for line in found)
        ours = sorted(texts(buttress, store, name))
        assert len(rows) == len(ours) == 3
        for theirs, mine in zip(rows, ours, strict=True):
            assert list(theirs[2:]) == mine[2:11]
    by_name = {row[0]: row for row in texts(buttress, store, "marginal")}
    rows_of_marginal = re.findall(r"^(\w[\w ]+?) {2,}(\+?) *(-?[\d.]+) +([\d.]+) +([\d.]+) +(\d+)$",
                                  part_of(printed, "TABLE 2a"), re.MULTILINE)  # fmt: skip
    assert len(rows_of_marginal) == 5
    for constraint, plus, delta, deviation, error, pairs in rows_of_marginal:
        assert by_name[constraint][1:4] == [f"{plus}{delta} ± {error}", deviation, pairs]
    frameworks = {row[0]: row for row in texts(buttress, store, "frameworks")}
    shown = re.findall(
        r"^(\w+) +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", part_of(printed, "TABLE 3-ALL"), re.MULTILINE
    )
    assert len(shown) == 8
    for name, *rates, average in shown:
        mine = frameworks[name.lower()]
        assert sorted(rates) == sorted(cell.split()[0] for cell in mine[1:-1])
        assert average == mine[-1]

    errors = paper("evaluation_verifier_impact.py", tree)
    note = " ".join(buttress("study", store, "--table", "impact").out.split())
    (broken, held), (rejected, passing) = re.findall(r"(\d+)/(\d+)\s*= ", errors)
    assert f"Of {held} runs with constraints {broken} break one" in note
    assert f"of {passing} among them that pass all tests, {rejected} " in note


def part_of(printed: str, title: str) -> str:
    """What is printed below a title."""
    return printed.partition(title)[2].partition("=\n")[2].partition("\n\n====")[0].partition("\n====")[0]


def texts(buttress: Buttress, store: Path, name: str) -> list[list[str]]:
    """The cells of a table as they are printed."""
    found = json.loads(buttress("study", store, "--table", name, "--format", "json").out)["tables"][0]
    return [[cell["text"].replace("–", "--") for cell in row] for row in found["rows"]]


def test_pass_rates_are_those_of_the_papers_script(tmp_path: Path) -> None:
    tree, store = tmp_path / "results", tmp_path / "runs.duckdb"
    write(small_tree(), tree)
    batch(tree, store, "--no-classify")
    paper("evaluation.py", tree, "--output-dir", tmp_path)
    with (tmp_path / "run_stats.csv").open(newline="") as file:
        theirs = {(row["task"], row["run_id"]): row for row in csv.DictReader(file)}
    ours = ask(store, "SELECT task, number, checks, passed, pass_rate, tests_passed FROM runs")
    assert len(ours) == len(theirs)
    for task, number, checks, passed, rate, whole in ours:
        row = theirs[task, number]
        assert (checks, passed) == (int(row["n_assertions"]), int(row["passed_assertions"]))
        assert f"{rate:.4f}" == row["passed_assertions_perc"] and whole == (row["tests_passed"] == "1")
