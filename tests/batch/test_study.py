"""The tables of a study: by rows of our own design, by the paper's files, and by the paper's own scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import Buttress
from tests.test_schema import schema
from verifier.batch.nouns import ClauseRow, FindingRow, Outcome, RequestRow, RunRow
from verifier.batch.store import opened, write_runs

Store = Callable[[Iterable[Outcome]], Path]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Makes a store of runs."""

    def make(outcomes: Iterable[Outcome]) -> Path:
        path = tmp_path / "runs.duckdb"
        with opened(path, write=True) as connection:
            write_runs(connection, list(outcomes))
        return path

    return make


def run(
    task: str, number: int, rate: float, *, model: str = "oak", compliant: bool = True, date: str = "2026-01-02"
) -> Outcome:
    """A run of a task with a hundred checks."""
    framework, _, *words = task.split("-")
    constraints = tuple(word for word in words if word != "unconstrained")
    passed = rate == 1.0
    row = RunRow(f"{model}/{task}/{date}/{number}", "key", "tree", "uv", "hand", model, task, date, f"run_{number}")
    row.framework, row.constraints, row.level = framework, constraints, len(constraints)
    row.checks, row.passed, row.pass_rate, row.tests_passed = 100, round(100 * rate), rate, passed
    row.compliant, row.succeeded, row.files = compliant, passed and compliant, 3
    return Outcome(row)


def table(buttress: Buttress, path: Path, name: str) -> list[dict[str, str]]:
    """A table, as CSV gives it."""
    ran = buttress("study", path, "--table", name, "--format", "csv")
    assert ran.code == 0, ran.err
    return list(csv.DictReader(io.StringIO(ran.out)))


def test_rates_by_level(buttress: Buttress, store: Store) -> None:
    path = store(
        [
            run("flask-openapi-unconstrained", 0, 1.0),
            run("flask-openapi-unconstrained", 1, 0.5),
            run("koa-openapi-unconstrained", 0, 1.0),
            run("flask-openapi-postgres", 0, 1.0, compliant=False),
            run("flask-openapi-postgres", 1, 0.8),
            run("flask-openapi-clean_architecture-postgres-sqlalchemy", 0, 0.25),
        ]
    )
    (levels,) = table(buttress, path, "levels")
    # Means over tasks, not over runs: (0.75 + 1) / 2; a run with a broken constraint counts 0.
    assert float(levels["A% L0"]) == 87.5 and float(levels["pass@1 L0"]) == 75
    assert float(levels["A% L1"]) == 40 and float(levels["pass@1 L1"]) == 0
    assert levels["A% L2"] == ""
    assert float(levels["ΔA% L0→L3"]) == 25 - 87.5
    (raw,) = table(buttress, path, "levels-raw")
    assert float(raw["A% L1"]) == 90 and float(raw["pass@1 L1"]) == 50
    (impact,) = table(buttress, path, "impact")
    assert float(impact["L1 Δ"]) == 50
    text = buttress("study", path, "--table", "impact").out
    assert (
        "Of 3 runs with constraints 1 break one (33.3%); of 1 among them that pass all tests, 1 (100.0%)"
        in " ".join(text.split())
    )


def test_only_the_newest_date_of_a_task_counts(buttress: Buttress, store: Store) -> None:
    old = [run("flask-openapi-unconstrained", number, 0.0, date="2026-01-01") for number in range(3)]
    path = store([*old, run("flask-openapi-unconstrained", 0, 1.0)])
    (levels,) = table(buttress, path, "levels")
    assert float(levels["A% L0"]) == 100 and levels["Runs"] == "1"
    overview = {row[""]: row["Count"] for row in table(buttress, path, "overview")}
    assert overview["Runs in the store"] == "4" and overview["Runs that count"] == "1"


def test_marginal_effects_are_of_matched_pairs(buttress: Buttress, store: Store) -> None:
    path = store(
        [
            run("flask-openapi-unconstrained", 0, 1.0),
            run("flask-openapi-clean_architecture", 0, 0.9),
            run("flask-openapi-postgres", 0, 0.7),
            run("flask-openapi-clean_architecture-postgres", 0, 0.4),
            run("koa-openapi-clean_architecture", 0, 0.1),  # has no partner
            run("flask-openapi-unconstrained", 0, 0.8, model="elm"),  # nor has this one, with another model
        ]
    )
    found = {row["Constraint"]: row for row in table(buttress, path, "marginal")}
    layers, postgres = found["Clean architecture"], found["PostgreSQL"]
    assert float(layers["ΔA% ± SEM"]) == pytest.approx((-10 - 30) / 2)
    assert float(layers["ΔA% ± SEM sem"]) == pytest.approx(10.0)  # SD 14.14 of two pairs
    assert float(postgres["ΔA% ± SEM"]) == pytest.approx((-30 - 50) / 2)
    assert layers["Pairs"] == postgres["Pairs"] == "2"
    assert found["SQLite"]["Pairs"] == "0"


def test_frameworks_and_decay(buttress: Buttress, store: Store) -> None:
    path = store(
        [
            run("flask-openapi-unconstrained", 0, 1.0),
            run("flask-openapi-unconstrained", 1, 0.6),
            run("flask-openapi-clean_architecture-postgres-sqlalchemy", 0, 0.2),
            run("koa-openapi-unconstrained", 0, 0.5),
            run("flask-openapi-unconstrained", 0, 0.4, model="elm"),
            run("flask-openapi-clean_architecture-postgres-sqlalchemy", 0, 0.4, model="elm"),
        ]
    )
    koa, flask = table(buttress, path, "frameworks")  # the best first
    assert (flask["Framework"], koa["Framework"]) == ("flask", "koa")
    assert float(flask["oak"]) == 50  # (0.8 + 0.2) / 2: of tasks
    assert float(flask["oak sem"]) == pytest.approx(100 * 0.4 / 3**0.5)  # of the runs 1, 0.6 and 0.2
    assert float(flask["oak pass_at_1"]) == 25 and float(flask["Average A%"]) == 45
    assert koa["elm"] == "" and float(koa["Average A%"]) == 50
    elm, oak, average = table(buttress, path, "decay")
    assert float(elm["L0→L3"]) == 0 and float(oak["L0→L3"]) == pytest.approx(20 - 65)
    assert oak["L0→L1"] == "" and float(average["L0→L3"]) == pytest.approx(-22.5)


def test_pass_at_k(buttress: Buttress, store: Store) -> None:
    ends = {"flask": (1.0, 0.5, 0.5), "koa": (1.0, 1.0), "hono": (0.1,)}
    path = store(
        [run(f"{name}-openapi-unconstrained", n, rate) for name, rates in ends.items() for n, rate in enumerate(rates)]
    )
    (row,) = table(buttress, path, "pass-at-k")
    assert float(row["pass@1 ± SEM"]) == pytest.approx(100 * (1 / 3 + 1 + 0) / 3)
    assert float(row["pass@2 ± SEM"]) == pytest.approx(100 * (2 / 3 + 1) / 2) and row["pass@2 ± SEM n"] == "2"
    assert float(row["pass@3 ± SEM"]) == 100 and row["pass@3 ± SEM n"] == "1"


def test_features_have_no_level(buttress: Buttress, store: Store) -> None:
    made = [run("express-openapi-unconstrained", number, rate) for number, rate in enumerate((1.0, 1.0, 0.3))]
    for one in made:
        one.row.level, one.row.task, one.row.runtime = None, "add-a-search", "express"
    (row,) = table(buttress, store(made), "features")
    assert float(row["pass@1 ± SEM"]) == pytest.approx(200 / 3) and row["Runs"] == "3"
    assert buttress("study", store([]), "--table", "levels").code == 2


def test_agreement_with_published_labels(buttress: Buttress, store: Store, tmp_path: Path) -> None:
    made = [run("flask-openapi-unconstrained", number, 0.5) for number in range(4)]
    labels = ["incorrect_query_logic", "incorrect_query_logic", "server_startup_failure", "auth_misconfiguration"]
    for one, label in zip(made, labels, strict=True):
        one.row.paper_label = label
    path = store(made)
    coarse = [("oak", f"run_{n}", "server_startup_failure" if n == 2 else "logic_error") for n in range(4)]
    write_csv(tmp_path / "coarse.csv", coarse, "category")
    logic = [("oak", "run_0", "incorrect_query_logic"), ("oak", "run_1", "auth_misconfiguration"),
             ("oak", "run_3", "auth_misconfiguration")]  # fmt: skip
    write_csv(tmp_path / "logic.csv", logic, "subcategory")
    assert buttress("batch", "--import", tmp_path, "--store", path).code == 0
    rows = {row[""]: row for row in table(buttress, path, "agreement")}
    assert rows["auth_misconfiguration"]["incorrect_query_logic"] == "1"
    assert rows["auth_misconfiguration"]["All"] == "2"
    text = " ".join(buttress("study", path, "--table", "agreement").out.split())
    assert "They agree on 3 of 4 runs (75.0%), Cohen's kappa 0.64" in text


def test_predictors_count_runs_and_endpoints(buttress: Buttress, store: Store) -> None:
    made = []
    for number in range(8):
        one = run("flask-openapi-unconstrained", number, 0.5 if number < 4 else 1.0)
        name = one.row.run
        found = ["sql/unknown-column"] if number in (0, 1, 2, 7) else []
        one.findings = [
            FindingRow(name, rule, "c", "error", "high", "a.py", 1, "repositories", ("GET /a",), "wrong", "f")
            for rule in found
        ]
        for place, endpoint in enumerate(("GET /a", "GET /b"), 1):
            failed = number < 4 and endpoint == "GET /a"
            one.requests.append(
                RequestRow(name, place, "x", None, endpoint, "GET", endpoint[4:], 500 if failed else 200,
                           "failed" if failed else "passed", 1, int(not failed), None)
            )  # fmt: skip
        made.append(one)
    path = store(made)
    any_rule, row = table(buttress, path, "predictors")
    assert any_rule.pop("Rule") == "any rule" and any_rule.items() < row.items()
    assert (row["Rule"], row["With it"], row["of them fail"]) == ("sql/unknown-column", "4", "3")
    assert float(row["% fail"]) == 75 and float(row["% fail without"]) == 25
    assert float(row["Risk ratio"]) == pytest.approx(3)
    _, row = table(buttress, path, "endpoints")
    assert (row["With it"], row["of them fail"], row["Without it"]) == ("4", "3", "12")
    assert float(row["% fail without"]) == pytest.approx(100 / 12)
    (row,) = table(buttress, path, "layers")
    assert (row["Layer"], row["Findings"]) == ("repositories", "4")


def test_clauses_that_are_not_decided_are_no_denominator(buttress: Buttress, store: Store) -> None:
    made = [run("flask-openapi-postgres", number, 1.0, compliant=number != 0) for number in range(3)]
    for one, compliant in zip(made, (False, True, None), strict=True):
        one.clauses = [ClauseRow(one.row.run, "database", "it is PostgreSQL", compliant, 1, "a.py", 1, "x")]
    (row,) = table(buttress, store(made), "clauses")
    assert (row["Runs"], row["Broken"], row["Undecided"], row["Broken, tests pass"]) == ("3", "1", "1", "1")
    assert float(row["% broken"]) == 50


# The published files


def write_csv(path: Path, rows: list[tuple[str, str, str]], column: str) -> None:
    lines = [f"agent,model,runtime,task,run_id,{column},reasoning"]
    lines += [f"hand,{model},uv,flask-openapi-unconstrained,{number},{label},why" for model, number, label in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def test_published_labels_are_counted_as_in_the_paper(buttress: Buttress, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    coarse = [("oak", f"run_{n}", "logic_error" if n else "stuck_in_loop") for n in range(4)]
    coarse += [("elm", "run_0", "server_startup_failure"), ("elm", "run_1", "logic_error")]
    write_csv(folder / "coarse.csv", coarse, "category")
    # The file on several models holds an older look at oak, which the file on oak alone replaces.
    older = [("oak", "run_1", "auth_misconfiguration"), ("elm", "run_1", "database_runtime_error")]
    write_csv(folder / "a_mixed.csv", older, "subcategory")
    newer = [("oak", "run_1", "incorrect_query_logic"), ("oak", "run_2", "incorrect_query_logic"),
             ("oak", "run_3", "business_logic_defect")]  # fmt: skip
    write_csv(folder / "oak.csv", newer, "subcategory")
    (folder / "unrelated.csv").write_text("a,b\n1,2\n")
    (folder / "noise.csv").write_bytes(b'\xff\x00"' * 100_000)
    store = tmp_path / "runs.duckdb"
    for _ in range(2):  # importing again changes nothing
        ran = buttress("batch", "--import", folder, "--store", store)
        assert ran.code == 0 and "11 published rows" in ran.out
    rows = {row[""]: row for row in table(buttress, store, "published-coarse")}
    assert float(rows["Logic error"]["oak"]) == 75 and float(rows["Logic error"]["elm"]) == 50
    assert float(rows["Logic error"]["Average"]) == 62.5  # of models, not of runs
    assert rows["Failed runs"]["oak"] == "4"
    text = buttress("study", store, "--table", "published-coarse").out
    assert re.search(r"Stuck in loop +– +25\.0 +12\.5", text)
    rows = {row[""]: row for row in table(buttress, store, "published-logic")}
    assert float(rows["Incorrect query logic"]["oak"]) == pytest.approx(200 / 3)
    assert "Auth misconfiguration" not in rows
    assert rows["Logic errors"]["oak"] == "3" and rows["Logic errors"]["Average"] == ""
    rows = {row[""]: row for row in table(buttress, store, "published-data-layer")}
    assert (rows["oak"]["Data layer"], rows["elm"]["% of logic errors"]) == ("2", "100")


# Formats


@pytest.fixture
def filled(store: Store) -> Path:
    """A store with runs of four models on some tasks, some of them with odd names."""
    made = []
    for model, strength in (("oak", 1.0), ("elm & <b>ash</b>", 0.6), ("=fir_1", 0.3), ("100% {pine}", 0.9)):
        for task in ("unconstrained", "clean_architecture", "clean_architecture-postgres",
                     "clean_architecture-postgres-sqlalchemy"):  # fmt: skip
            for framework in ("flask", "koa"):
                rate = max(0.0, strength - 0.1 * task.count("-"))
                made.append(run(f"{framework}-openapi-{task}", 0, rate, model=model))
                made[-1].row.paper_label = "incorrect_query_logic" if not made[-1].row.succeeded else None
    return store(made)


def test_html_is_one_whole_page(buttress: Buttress, filled: Path, tmp_path: Path) -> None:
    page = tmp_path / "study.html"
    assert buttress("study", filled, "--format", "html", "-o", page).code == 0
    text = page.read_text("utf-8")
    assert "<script" not in text and not re.search(r"""\b(?:src|href)=["'](?!#)""", text)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert "elm &amp; &lt;b&gt;ash&lt;/b&gt;" in text and "<b>ash" not in text
    drawn = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawn) >= 5
    for one in drawn:
        root = ElementTree.fromstring(one)
        names = root.attrib["aria-labelledby"].split()
        assert root.attrib["role"] == "img"
        assert {child.attrib["id"] for child in root if "id" in child.attrib} == set(names)
        wide, high = map(float, root.attrib["viewBox"].split()[2:])
        for part in root.iter():
            for name, limit in (("x", wide), ("cx", wide), ("y", high), ("cy", high)):
                assert -1 <= float(part.attrib.get(name, 0)) <= limit
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids)) and set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


def test_markdown_latex_and_json(buttress: Buttress, filled: Path) -> None:
    markdown = buttress("study", filled, "--format", "markdown").out
    assert "| elm & \\<b>ash\\</b> |" in markdown.replace("| hand | ", "| ")
    for block in re.findall(r"(?:^\|.*\n)+", markdown, re.MULTILINE):
        assert len({line.replace("\\|", "").count("|") for line in block.splitlines()}) == 1
    latex = buttress("study", filled, "--format", "latex").out
    assert r"100\% \{pine\}" in latex and r"=fir\_1" in latex
    assert latex.count(r"\begin{table}") == latex.count(r"\end{table}") > 5
    for line in latex.splitlines():
        if line.endswith(r" \\"):
            assert not re.search(r"(?<!\\)[%#]", line)
    data = json.loads(buttress("study", filled, "--format", "json").out)
    schema("study").validate(data)
    for one in data["tables"]:
        assert all(len(row) == len(one["columns"]) for row in one["rows"])


def test_csv_needs_a_table_or_a_folder(buttress: Buttress, filled: Path, tmp_path: Path) -> None:
    ran = buttress("study", filled, "--format", "csv")
    assert ran.code == 2 and "--table" in ran.err
    folder = tmp_path / "tables"
    folder.mkdir()
    assert buttress("study", filled, "--format", "csv", "-o", folder).code == 0
    names = {path.stem for path in folder.iterdir()}
    assert {"levels", "marginal", "coarse", "frameworks"} <= names
    rows = list(csv.reader((folder / "levels.csv").open(newline="", encoding="utf-8")))
    assert "'=fir_1" in {row[1] for row in rows}  # no formula for a spreadsheet
    assert len({len(row) for row in rows}) == 1


def test_parquet(buttress: Buttress, filled: Path, tmp_path: Path) -> None:
    import duckdb

    assert buttress("study", filled, "--export", tmp_path / "it's parquet").code == 0
    escaped = str(tmp_path / "it''s parquet")
    (count,) = duckdb.connect().execute(f"SELECT count(*) FROM '{escaped}/runs.parquet'").fetchall()
    assert count == (32,)


def test_a_store_reaches_no_other_file(buttress: Buttress, filled: Path, tmp_path: Path) -> None:
    import duckdb

    secret = tmp_path / "secret.csv"
    secret.write_text("agent\nwhispered\n")
    with duckdb.connect(str(filled)) as connection:
        connection.execute("DROP VIEW counted")
        columns = "runs.* REPLACE (read.agent AS agent), pass_rate AS strict_rate"
        connection.execute(f"CREATE VIEW counted AS SELECT {columns} FROM runs, read_csv('{secret}') AS read")
        assert connection.execute("SELECT DISTINCT agent FROM counted").fetchall() == [("whispered",)]
    ran = buttress("study", filled)
    assert ran.code == 2 and ran.err.count("\n") == 1 and "cannot be used" in ran.err
    assert "whispered" not in ran.out + ran.err


def test_wrong_use_is_one_sentence(buttress: Buttress, filled: Path, tmp_path: Path) -> None:
    ran = buttress("study", filled, "--table", "level")
    assert (ran.code, ran.err) == (2, "buttress: There is no table `level`; did you mean `levels`?\n")
    ran = buttress("study", tmp_path / "none.duckdb")
    assert ran.code == 2 and "There is no store" in ran.err
    assert "levels\n" in buttress("study", "--list").out
    assert buttress("study", filled, "--table", "features").code == 2
