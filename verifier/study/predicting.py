"""Which static findings go with failing tests: for whole runs, and for the very endpoints that a finding names."""

from __future__ import annotations

from verifier.study.cells import count, ratio, share_between, words
from verifier.study.data import Data
from verifier.study.nouns import Cell, Figure, Point, Series, Table
from verifier.study.statistics import Interval, proportion, risk_ratio

ANY = "any rule"
RUNS = """
WITH checked AS (
    SELECT run, NOT tests_passed AS failed FROM counted WHERE files IS NOT NULL AND tests_passed IS NOT NULL
), hits AS (
    SELECT DISTINCT unnest([rule, 'any rule']) AS rule, run FROM findings
    WHERE severity = 'error' AND run IN (SELECT run FROM checked)
)
SELECT rule, count(*), count(*) FILTER (failed),
    (SELECT count(*) FROM checked), (SELECT count(*) FILTER (failed) FROM checked)
FROM hits JOIN checked USING (run)
GROUP BY rule
"""
ENDPOINTS = """
WITH asked AS (
    SELECT run, endpoint, bool_or(outcome IN ('failed', 'unreachable') AND follows IS NULL) AS failed
    FROM requests JOIN counted USING (run)
    WHERE endpoint IS NOT NULL AND status IS NOT NULL
    GROUP BY ALL
), named AS (
    SELECT DISTINCT unnest([rule, 'any rule']) AS rule, run, endpoint
    FROM (SELECT rule, run, unnest(endpoints) AS endpoint FROM findings WHERE severity = 'error')
)
SELECT rule, count(*), count(*) FILTER (failed),
    (SELECT count(*) FROM asked), (SELECT count(*) FILTER (failed) FROM asked)
FROM named JOIN asked USING (run, endpoint)
GROUP BY rule
"""
HEADS = ("With it", "of them fail", "% fail", "Without it", "% fail without", "Risk ratio")


def rows_of(found: list[tuple[str, int, int, int, int]]) -> tuple[tuple[Cell, ...], ...]:
    """A row for each rule: those with the most failures first."""
    rows = []
    for rule, hits, failed, every, failures in sorted(found, key=lambda one: (one[0] != ANY, -one[2], one[0])):
        others, other = every - hits, failures - failed
        rows.append(
            (
                words(rule), count(hits), count(failed), share_between(proportion(failed, hits)), count(others),
                share_between(proportion(other, others)), ratio(risk_ratio(failed, hits, other, others)),
            )
        )  # fmt: skip
    return tuple(rows)


def caution(rows: int, what: str) -> str:
    """What must be known to read such a table."""
    return (
        f"{rows - 1} rules were looked at, so of the 95% intervals (Wilson's for shares, Katz's for ratios) about one "
        f"in twenty misses; {what} of one task or model are not independent, so they are too narrow rather than "
        "too wide."
    )


def predictors(data: Data) -> Table:
    """How often the tests of a run fail that a rule has a finding on."""
    rows = rows_of([tuple(row) for row in data.ask(RUNS)])
    note = "Runs with a finding of severity `error` whose tests fail, against those without one. "
    heads = ("Rule", *HEADS)
    return Table("predictors", "Findings that predict failing runs", note + caution(len(rows), "runs"), heads, rows)


def endpoints(data: Data) -> Table:
    """How often an endpoint fails that a finding names."""
    rows = rows_of([tuple(row) for row in data.ask(ENDPOINTS)])
    note = (
        "Endpoints that a finding names and that were asked, against all others that were; what merely follows from an "
        "earlier failure counts as no failure. "
    )
    title = "Findings that predict failing endpoints"
    return Table("endpoints", title, note + caution(len(rows), "endpoints"), ("Rule", *HEADS), rows)


def figure(table: Table, most: int = 20) -> Figure:
    """The share of runs that fail, by rule, with its interval."""
    shown = []
    for row in table.rows[:most]:
        cell = row[3]
        if cell.value is not None:
            found = Interval(cell.value, cell.more.get("low"), cell.more.get("high"))
            shown.append(Point(f"{row[0].text} ({row[1].text})", found.value, found.low, found.high))
    title = "Share of runs with a finding whose tests fail, with 95% interval (number of runs in brackets)"
    return Figure("forest", table.name, title, "% of runs that fail", (Series("% fail", tuple(shown)),))
