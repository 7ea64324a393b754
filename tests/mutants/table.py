"""Write docs/mutants.md from the results of the mutants: ``python -m tests.mutants.table [RESULTS]``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.mutants.catalogue import DATABASES, MUTANTS, Mutant
from tests.mutants.newman import ASSERTIONS
from tests.mutants.outcome import Outcome, Run
from tests.mutants.patterns import NO_MUTANT
from tests.mutants.run import NAMES, RESULTS, ROOT, read_results

PAGE = ROOT / "docs" / "mutants.md"
LONGEST_SIGNATURE = 90
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}

HEAD = f"""# Mutants

The reference backends of fixtures/apps, each with one defect seeded by an operator of tests/mutants: what a run of
`buttress test` shows, and what the API's public Postman collection shows when newman runs it. The collection makes
{ASSERTIONS} assertions; it runs on SQLite, with bodies in lists, as it wants them. A mutant counts where the suite
fails with it, and passes without.

This page is written by `python -m tests.mutants.table`, from what `python -m tests.mutants.run` found.
"""


class IncompleteError(Exception):
    """Something was not run, or not explained."""


def disagrees(mutant: Mutant, outcome: Outcome) -> bool:
    """Whether newman and the suite say different things of a backend on SQLite."""
    return outcome.newman is not None and outcome.runs["sqlite"].killed != outcome.newman.killed


def suite_cell(run: Run) -> str:
    """What the suite said."""
    if not run.killed:
        return "passes"
    cause = next((shown for shown in run.signatures if shown.first), None)
    why = f"<br>`{shortened(cause.key)}` ({cause.source})" if cause is not None else ""
    if run.phase != "suite":
        return f"**{run.phase}**: {escaped(run.message)}{why}"
    answer = run.status if run.status is not None else "no answer"
    return f"**{run.operation}** {answer}, {run.checks - run.passed} of {run.checks} checks{why}"


def newman_cell(outcome: Outcome) -> str:
    """What newman said."""
    newman = outcome.newman
    if newman is None:
        raise IncompleteError(f"newman did not run against {outcome.name}")
    if not newman.started:
        return f"0 of {ASSERTIONS}: not started"
    first = f", {escaped(newman.first)} {newman.status or 'no answer'}" if newman.first else ""
    return f"{newman.passed} of {ASSERTIONS}{first}"


def shortened(text: str) -> str:
    """A signature that fits into a cell."""
    text = escaped(" ".join(text.replace("`", "'").split()))
    return text if len(text) <= LONGEST_SIGNATURE else f"{text[: LONGEST_SIGNATURE - 1]}…"


def escaped(text: str) -> str:
    return text.replace("|", "\\|")


def page(results: Mapping[str, Outcome]) -> str:
    """The whole page.

    Raises:
        IncompleteError: a mutant has no result, or a disagreement no explanation.
    """
    missing = [name for name in (*NAMES, *(mutant.name for mutant in MUTANTS)) if name not in results]
    if missing:
        raise IncompleteError(f"there are no results of {', '.join(missing)}")
    parts = [HEAD, *summary(results)]
    for app in NAMES:
        parts += section(app, [mutant for mutant in MUTANTS if mutant.app == app and mutant.counts], results)
    parts += disagreements(results)
    parts += unexplained(results)
    parts += apart(results)
    parts.append("\n## Patterns without a mutant\n")
    parts += [f"- `{name}`: {why}." for name, why in NO_MUTANT.items()]
    return "\n".join(parts) + "\n"


def summary(results: Mapping[str, Outcome]) -> Iterator[str]:
    """How many there are, and how many each of the two finds."""
    counted = [mutant for mutant in MUTANTS if mutant.counts]
    yield f"\n## {len(counted)} mutants\n"
    yield "| backend | mutants | suite | newman |\n| --- | ---: | ---: | ---: |"
    yield from rows(counted, results, lambda mutant: mutant.app, NAMES)
    yield "\n| category | mutants | suite | newman |\n| --- | ---: | ---: | ---: |"
    categories = Counter(str(mutant.category) for mutant in counted)
    yield from rows(
        counted, results, lambda mutant: str(mutant.category), [name for name, _ in categories.most_common()]
    )
    on_one = Counter(next(iter(mutant.expects)) for mutant in counted if len(mutant.expects) == 1)
    yield (
        f"\n{on_one['sqlite']} of them fail on SQLite alone, and {on_one['postgres']} on PostgreSQL alone, where newman"
        " does not run."
    )


def unexplained(results: Mapping[str, Outcome]) -> Iterator[str]:
    """Where a run fails as it should and does not show why, though something says so."""
    yield "\n## Causes that a record does not show\n"
    missed = [
        f"- `{mutant.name}` on {TITLES[database]}: `{symptom.signature}`"
        for mutant in MUTANTS
        for database, symptom in mutant.expects.items()
        if not results[mutant.name].runs[database].explains(symptom)
    ]
    yield "The log or an answer says these, and no signature of the record does.\n" if missed else "None.\n"
    yield from missed


def rows(mutants: Iterable[Mutant], results: Mapping[str, Outcome], key: object, order: Iterable[str]) -> Iterator[str]:
    """Figures by something, and in all."""
    assert callable(key)
    mutants = list(mutants)
    for name in (*order, "all"):
        some = [mutant for mutant in mutants if name in ("all", key(mutant))]
        suite = sum(any(run.killed for run in results[mutant.name].runs.values()) for mutant in some)
        newman = sum((found := results[mutant.name].newman) is not None and found.killed for mutant in some)
        shown = f"**{name}**" if name == "all" else name
        yield f"| {shown} | {len(some)} | {suite} | {newman} |"


def section(app: str, mutants: list[Mutant], results: Mapping[str, Outcome]) -> Iterator[str]:
    """The mutants of a backend."""
    whole = results[app]
    if any(run.killed for run in whole.runs.values()) or whole.newman is None or whole.newman.killed:
        raise IncompleteError(f"{app} does not pass without any defect")
    yield f"\n## {app}\n"
    yield "| mutant | pattern | category | SQLite | PostgreSQL | newman |\n| --- | --- | --- | --- | --- | --- |"
    for mutant in mutants:
        outcome = results[mutant.name]
        cells = [f"`{mutant.name}`<br>{mutant.does}", f"`{mutant.pattern}`", str(mutant.category)]
        cells += [suite_cell(outcome.runs[database]) for database in DATABASES]
        yield f"| {' | '.join([*cells, newman_cell(outcome)])} |"


def disagreements(results: Mapping[str, Outcome]) -> Iterator[str]:
    """Where the suite and newman differ, and why."""
    differing = [mutant for mutant in MUTANTS if mutant.counts and disagrees(mutant, results[mutant.name])]
    yield f"\n## {len(differing)} disagreements\n"
    yield "| mutant | suite | newman | why |\n| --- | --- | --- | --- |"
    for mutant in differing:
        if not mutant.blind:
            raise IncompleteError(f"nothing says why newman and the suite disagree on {mutant.name}")
        outcome = results[mutant.name]
        found = "fails" if outcome.runs["sqlite"].killed else "passes"
        yield f"| `{mutant.name}` | {found} | {newman_cell(outcome)} | {mutant.blind} |"


def apart(results: Mapping[str, Outcome]) -> Iterator[str]:
    """What no run shows: defects that survive, and changes that are none."""
    yield "\n## Known survivors\n"
    yield "Defects that no run of the suite shows; they do not count.\n"
    for mutant in MUTANTS:
        if mutant.survives:
            yield f"- `{mutant.name}` (`{mutant.pattern}`), {mutant.does}: {mutant.survives}."
    yield "\n## No defects\n"
    yield "Changes that break other backends and do nothing here: a rule must be silent about them.\n"
    for mutant in MUTANTS:
        if mutant.harmless:
            yield f"- `{mutant.name}` (`{mutant.pattern}`), {mutant.does}: {mutant.harmless}."


def main() -> None:
    """Write the page."""
    results = read_results(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS)
    PAGE.write_text(page(results), "utf-8")


if __name__ == "__main__":
    main()
