"""Why runs failed: coarse categories, subcategories of logic errors, the share of the data layer.

By Buttress's own classification, and by the published one where it was imported; and how far the two agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from statistics import fmean
from typing import Literal

from verifier.study.cells import count, percent, percent_or_none, words
from verifier.study.data import Data, by_configuration, titles
from verifier.study.nouns import Cell, Figure, Name, Point, Series, Table
from verifier.study.statistics import kappa

LOGIC_ERROR = "logic_error"
COARSE = {
    LOGIC_ERROR: "Logic error",
    "server_startup_failure": "Server startup failure",
    "incomplete_implementation": "Incomplete implementation",
    "schema_format_error": "Schema / format error",
    "stuck_in_loop": "Stuck in loop",
    "constraint_violation": "Constraint violation",
    "premature_termination": "Premature termination",
    "other": "Other",
}
LOGIC = {
    "incorrect_query_logic": "Incorrect query logic",
    "database_runtime_error": "DB / ORM runtime error",
    "auth_misconfiguration": "Auth misconfiguration",
    "framework_idiosyncrasy": "Framework idiosyncrasy",
    "business_logic_defect": "Business logic defect",
    "state_propagation_failure": "State propagation failure",
}
DATA_LAYER = ("incorrect_query_logic", "database_runtime_error")
UNKNOWN = "not classified"
Labels = Mapping[str, Counter[str]]
By = Literal["buttress", "published"]


def own_labels(data: Data) -> dict[str, Counter[str]]:
    """The paper's labels that Buttress gives, by configuration."""
    failed = by_configuration(run for run in data.runs if run.failed)
    named = titles(failed)
    return {named[key]: Counter(run.paper_label or UNKNOWN for run in runs) for key, runs in failed.items()}


def published_labels(data: Data, kind: Literal["coarse", "logic"]) -> dict[str, Counter[str]]:
    """The labels of the published files, by configuration."""
    rows = data.ask(
        "SELECT agent, model, label, count(*) FROM judgements WHERE kind = ? GROUP BY ALL ORDER BY ALL", kind
    )
    named = titles(sorted({(agent, model) for agent, model, *_ in rows}, key=lambda one: one[1].lower()))
    found: dict[str, Counter[str]] = {name: Counter() for name in named.values()}
    for agent, model, label, number in rows:
        found[named[agent, model]][label] += number
    return found


def coarsened(labels: Labels) -> dict[str, Counter[str]]:
    """Subcategories of logic errors, counted as such."""
    made: dict[str, Counter[str]] = {}
    for name, counted in labels.items():
        made[name] = Counter()
        for label, number in counted.items():
            made[name][LOGIC_ERROR if label in LOGIC else label] += number
    return made


def logical(labels: Labels) -> dict[str, Counter[str]]:
    """Only the subcategories."""
    return {
        name: Counter({label: number for label, number in counted.items() if label in LOGIC})
        for name, counted in labels.items()
    }


def shares(name: Name, title: str, note: str, labels: Labels, order: Mapping[str, str], total: str) -> Table:
    """A table of shares: a row for each label, a column for each configuration, and their average."""
    known = {model: counted for model, counted in labels.items() if counted.total()}
    rows: list[tuple[Cell, ...]] = []
    every = dict(order) | {label: label for counted in known.values() for label in counted if label not in order}
    for label, shown in every.items():
        if not any(counted[label] for counted in known.values()):
            continue
        cells = [percent_or_none(counted[label], counted.total()) for counted in known.values()]
        average = fmean(counted[label] / counted.total() for counted in known.values())
        rows.append((words(shown), *cells, percent(average)))
    if known:
        totals = [counted.total() for counted in known.values()]
        rows.append((words(total), *map(count, totals), words(None)))
    return Table(name, title, note, ("", *known, "Average"), tuple(rows))


def coarse(data: Data, by: By) -> Table:
    """Coarse categories in percent of the failed runs."""
    labels = coarsened(own_labels(data)) if by == "buttress" else published_labels(data, "coarse")
    note = f"Percent of the failed runs of each configuration, {source(by)}. The average counts configurations once."
    name: Name = "coarse" if by == "buttress" else "published-coarse"
    return shares(name, f"Failure categories{titled(by)}", note, labels, COARSE, "Failed runs")


def logic(data: Data, by: By) -> Table:
    """Subcategories in percent of the logic errors."""
    labels = logical(own_labels(data)) if by == "buttress" else published_labels(data, "logic")
    note = f"Percent of the logic errors of each configuration, {source(by)}. The average counts configurations once."
    name: Name = "logic" if by == "buttress" else "published-logic"
    return shares(name, f"Kinds of logic errors{titled(by)}", note, labels, LOGIC, "Logic errors")


def data_layer(data: Data, by: By) -> Table:
    """How many of the logic errors, and of all failures, are the data layer's."""
    if by == "buttress":
        labels = own_labels(data)
        failed = {name: counted.total() for name, counted in labels.items()}
        labels = logical(labels)
    else:
        labels = published_labels(data, "logic")
        failed = {name: counted.total() for name, counted in published_labels(data, "coarse").items()}
    rows: list[tuple[Cell, ...]] = []
    parts: list[float] = []
    for model, counted in labels.items():
        if not counted.total():
            continue
        mine = sum(counted[label] for label in DATA_LAYER)
        parts.append(mine / counted.total())
        of_all = mine / failed[model] if failed.get(model) else None
        rows.append((words(model), count(mine), count(counted.total()), percent(parts[-1]), percent(of_all)))
    if rows:
        rows.append((words("Average"), words(None), words(None), percent(fmean(parts)), words(None)))
        reach = Cell(f"{100 * min(parts):.1f} to {100 * max(parts):.1f}")
        rows.append((words("Range"), words(None), words(None), reach, words(None)))
    note = f"Incorrect query logic and database or mapper errors at run time together, {source(by)}."
    heads = ("", "Data layer", "Logic errors", "% of logic errors", "% of failed runs")
    name: Name = "data-layer" if by == "buttress" else "published-data-layer"
    return Table(name, f"The share of the data layer{titled(by)}", note, heads, tuple(rows))


def source(by: By) -> str:
    """Whose labels they are."""
    return "as Buttress classifies them" if by == "buttress" else "as the published files label them"


def titled(by: By) -> str:
    """The same for a title."""
    return "" if by == "buttress" else ", published labels"


def figure(table: Table) -> Figure:
    """A table of shares as stacked bars, one for each configuration."""
    rows = table.rows[:-1]
    series = tuple(
        Series(
            row[0].text,
            tuple(
                Point(head, cell.value) for head, cell in zip(table.columns[1:-1], row[1:-1], strict=True)
                if cell.value is not None
            ),
        )
        for row in rows
    )  # fmt: skip
    return Figure("stacks", table.name, table.title, "%", series)


AGREEMENT = """
SELECT counted.paper_label, coarse.label, logic.label
FROM counted
JOIN judgements AS coarse ON coarse.kind = 'coarse' AND {same}
LEFT JOIN judgements AS logic ON logic.kind = 'logic' AND {also}
WHERE counted.succeeded IS FALSE AND counted.paper_label IS NOT NULL
"""


def agreement(data: Data) -> Table:
    """How Buttress labels the runs that were published with a label."""
    columns = ("agent", "model", "runtime", "task", "number")
    query = AGREEMENT.format(
        same=" AND ".join(f"coarse.{column} = counted.{column}" for column in columns),
        also=" AND ".join(f"logic.{column} = counted.{column}" for column in columns),
    )
    found = [(mine, sub if label == LOGIC_ERROR and sub is not None else label) for mine, label, sub in data.ask(query)]
    every = [label for label in (*LOGIC, *COARSE) if any(label in pair for pair in found)]
    counted = Counter(found)
    rows = [
        (words(theirs), *(count(counted[mine, theirs]) for mine in every), count(sum(t == theirs for _, t in found)))
        for theirs in every
    ]
    agreed = sum(mine == theirs for mine, theirs in found)
    chance = kappa(found)
    note = "Rows: the published label; columns: Buttress's."
    if found:
        note += f" They agree on {agreed} of {len(found)} runs ({100 * agreed / len(found):.1f}%)"
        note += f", Cohen's kappa {chance:.2f}." if chance is not None else "."
    return Table("agreement", "Agreement with the published labels", note, ("", *every, "All"), tuple(rows))
