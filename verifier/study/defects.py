"""What was wrong with the runs: which defects, which clauses, in which layers."""

from __future__ import annotations

from verifier.study.cells import count, percent, share_between, words
from verifier.study.data import Data
from verifier.study.nouns import Table
from verifier.study.statistics import proportion

DEFECTS = """
SELECT causes.defect, mode(causes.paper_label), count(*),
    count(*) FILTER (causes.confidence = 'high'), count(DISTINCT counted.model), count(DISTINCT counted.framework)
FROM causes JOIN counted USING (run)
WHERE causes.rank = 0
GROUP BY causes.defect ORDER BY count(*) DESC, causes.defect
"""
CLAUSES = """
SELECT clauses.of, clause, count(*), count(*) FILTER (clauses.compliant IS FALSE),
    count(*) FILTER (clauses.compliant IS NULL),
    count(*) FILTER (clauses.compliant IS FALSE AND counted.tests_passed)
FROM clauses JOIN counted USING (run)
GROUP BY ALL ORDER BY count(*) FILTER (clauses.compliant IS FALSE) DESC, clauses.of, clause
"""
LAYERS = """
WITH found AS (
    SELECT coalesce(layer, 'none') AS layer, run, count(*) AS findings FROM findings JOIN counted USING (run)
    WHERE severity = 'error' GROUP BY ALL
), caused AS (
    SELECT coalesce(causes.layer, 'none') AS layer, count(*) AS causes FROM causes JOIN counted USING (run)
    WHERE rank = 0 AND causes.path IS NOT NULL GROUP BY ALL
)
SELECT coalesce(found.layer, caused.layer), coalesce(sum(findings), 0), count(DISTINCT run),
    coalesce(any_value(causes), 0)
FROM found FULL JOIN caused ON found.layer = caused.layer
GROUP BY 1
"""
LAYER_ORDER = ("routes", "services", "repositories", "models", "none")


def defects(data: Data) -> Table:
    """The primary causes, by defect."""
    failed = sum(run.failed for run in data.runs)
    rows = [
        (
            words(defect), words(label), count(number), percent(number / failed if failed else None), count(sure),
            count(models), count(frameworks),
        )
        for defect, label, number, sure, models, frameworks in data.ask(DEFECTS)
    ]  # fmt: skip
    note = f"The primary cause of each of {failed} failed runs: a rule's id, or the classifier's own word."
    heads = ("Defect", "Paper's label", "Runs", "% of failed", "Sure", "Models", "Frameworks")
    return Table("defects", "Which defects", note, heads, tuple(rows), words=2)


def clauses(data: Data) -> Table:
    """The clauses of constraints, and how often each is broken."""
    rows = [
        (
            words(of), words(clause), count(held), count(broken), share_between(proportion(broken, held - open_)),
            count(open_), count(passing),
        )
        for of, clause, held, broken, open_, passing in data.ask(CLAUSES)
    ]  # fmt: skip
    note = "Share of the runs where the clause could be decided, with Wilson's 95% interval."
    heads = ("Constraint", "Clause", "Runs", "Broken", "% broken", "Undecided", "Broken, tests pass")
    return Table("clauses", "Which clauses are broken", note, heads, tuple(rows), words=2)


def layers(data: Data) -> Table:
    """Where in the layers findings and causes lie."""
    found = {layer: values for layer, *values in data.ask(LAYERS)}
    order = [*(layer for layer in LAYER_ORDER if layer in found), *sorted(found.keys() - set(LAYER_ORDER))]
    findings = sum(values[0] for values in found.values())
    caused = sum(values[2] for values in found.values())
    rows = [
        (
            words(layer), count(int(values[0])), percent(values[0] / findings if findings else None), count(values[1]),
            count(values[2]), percent(values[2] / caused if caused else None),
        )
        for layer in order
        for values in (found[layer],)
    ]  # fmt: skip
    note = "Findings of severity `error`, and primary causes that point at a file. `none`: the file is in no layer."
    heads = ("Layer", "Findings", "% of findings", "Runs with one", "Causes", "% of causes")
    return Table("layers", "Where in the layers", note, heads, tuple(rows))
