"""Pass rates: by level, by constraint, by framework, and what the verifiers change of them.

As in the paper a rate is the mean over tasks of the mean over their runs, and A% counts a run with a broken constraint
as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import fmean

from verifier.study.cells import count, mean, percent, points, words
from verifier.study.data import Data, Run, by_configuration, by_task, titles
from verifier.study.nouns import Cell, Figure, Point, Series, Table
from verifier.study.statistics import Spread, pass_at_k, spread

LEVELS = range(4)
KS = (1, 2, 3)
CONSTRAINTS = {
    "clean_architecture": "Clean architecture",
    "postgres": "PostgreSQL",
    "sqlite": "SQLite",
    "sqlalchemy": "SQLAlchemy",
    "sequelize": "Sequelize",
}
Rate = Callable[[Run], float | None]


def strict(run: Run) -> float | None:
    """The pass rate with the verifiers: the paper's A%."""
    return run.strict_rate


def raw(run: Run) -> float | None:
    """The pass rate without them."""
    return run.pass_rate


def task_rates(runs: Iterable[Run], rate: Rate) -> list[float]:
    """The mean rate of each task."""
    known = [[found for run in same if (found := rate(run)) is not None] for same in by_task(runs).values()]
    return [fmean(rates) for rates in known if rates]


def task_passes(runs: Iterable[Run], k: int, *, verified: bool = True) -> list[float]:
    """pass@k of each task. Runs of which nothing is known are left out."""
    found = []
    for same in by_task(runs).values():
        ends = [run.succeeded if verified else run.tests_passed for run in same]
        known = [end for end in ends if end is not None]
        chance = pass_at_k(k, len(known), sum(known))
        if chance is not None and known:
            found.append(chance)
    return found


def at(runs: Iterable[Run], level: int) -> list[Run]:
    """The runs of a level."""
    return [run for run in runs if run.level == level]


def levels(data: Data, *, verified: bool = True) -> Table:
    """A% and pass@1 by level, and how much A% decays."""
    rate = strict if verified else raw
    rows = []
    configurations = by_configuration(run for run in data.runs if run.level is not None)
    for (agent, model), runs in configurations.items():
        rates = [spread(task_rates(at(runs, level), rate)) for level in LEVELS]
        passes = [spread(task_passes(at(runs, level), 1, verified=verified)) for level in LEVELS]
        known = [run for run in runs if rate(run) is not None]
        rows.append(
            (
                words(agent or None), words(model or None), *map(spread_cell, rates), *map(spread_cell, passes),
                points(difference(rates[0], rates[3])), count(len(known)),
            )
        )  # fmt: skip
    heads = ("Agent", "Model", *(f"A% L{n}" for n in LEVELS), *(f"pass@1 L{n}" for n in LEVELS), "ΔA% L0→L3", "Runs")
    if verified:
        note = (
            "A%: share of the checks that passed; a run that breaks its architecture, database or mapper counts 0. "
            "pass@1: all checks passed and no such constraint is broken. Means over tasks."
        )
        return Table("levels", "A% and pass@1 by constraint level", note, heads, tuple(rows), words=2)
    note = "The same without the verifiers: what the tests alone say."
    return Table("levels-raw", "A% and pass@1 without verifiers", note, heads, tuple(rows), words=2)


def spread_cell(found: Spread | None) -> Cell:
    """A mean of which the standard error is kept, but not printed."""
    if found is None:
        return percent(None)
    more = {"tasks": float(found.size)}
    if found.sem is not None:
        more["sem"] = 100 * found.sem
    return percent(found.mean, **more)


def difference(first: Spread | None, last: Spread | None) -> float | None:
    """How much a mean changes."""
    return last.mean - first.mean if first is not None and last is not None else None


def decay(data: Data) -> Table:
    """How much A% changes from level to level."""
    steps = ((0, 1), (1, 2), (2, 3), (0, 3))
    rows = []
    changes: list[list[float]] = [[] for _ in steps]
    for (agent, model), runs in by_configuration(run for run in data.runs if run.level is not None).items():
        rates = [spread(task_rates(at(runs, level), strict)) for level in LEVELS]
        found = [difference(rates[first], rates[last]) for first, last in steps]
        for kept, change in zip(changes, found, strict=True):
            if change is not None:
                kept.append(change)
        rows.append((words(agent or None), words(model or None), *map(points, found)))
    if len(rows) > 1:
        averages = [points(fmean(kept) if kept else None, n=float(len(kept))) for kept in changes]
        rows.append((words("all"), words("average"), *averages))
    heads = ("Agent", "Model", *(f"L{first}→L{last}" for first, last in steps))
    note = "Change of A% in percentage points; the average counts each configuration once."
    return Table("decay", "Decay from level to level", note, heads, tuple(rows), words=2)


def decay_figure(data: Data) -> Figure:
    """A% by level, a line for each configuration."""
    configurations = by_configuration(run for run in data.runs if run.level is not None)
    named = titles(configurations)
    series = []
    for configuration, runs in configurations.items():
        found = [(level, spread(task_rates(at(runs, level), strict))) for level in LEVELS]
        shown = tuple(point(f"L{level}", one) for level, one in found if one is not None)
        series.append(Series(named[configuration], shown))
    return Figure("lines", "levels", "A% by constraint level, ± standard error over tasks", "A%", tuple(series))


def point(label: str, found: Spread) -> Point:
    """A mean, with its standard error to both sides."""
    sem = found.sem if found.sem is not None else 0.0
    return Point(label, 100 * found.mean, 100 * (found.mean - sem), 100 * (found.mean + sem))


def passes_at_k(data: Data) -> Table:
    """The chance that one of k runs succeeds."""
    rows = []
    for (agent, model), runs in by_configuration(run for run in data.runs if run.level is not None).items():
        found = [spread(task_passes(runs, k)) for k in KS]
        rows.append((words(agent or None), words(model or None), *map(mean, found), count(len(by_task(runs)))))
    heads = ("Agent", "Model", *(f"pass@{k} ± SEM" for k in KS), "Tasks")
    note = (
        "The unbiased estimate of the chance that at least one of k runs passes all checks and keeps its constraints. "
        "Means over tasks; a task with fewer than k runs is left out."
    )
    return Table("pass-at-k", "pass@k over all levels", note, heads, tuple(rows), words=2)


def pairs(data: Data) -> dict[str, list[float]]:
    """The differences in A% between tasks that differ by one constraint, by that constraint."""
    rates: dict[tuple[object, ...], float] = {}
    runs = [run for run in data.runs if run.level is not None]
    for configuration, mine in by_configuration(runs).items():
        for (runtime, _), same in by_task(mine).items():
            found = task_rates(same, strict)
            one = same[0]
            if found:
                rates[configuration, runtime, bare(one), frozenset(one.constraints)] = found[0]
    made: dict[str, list[float]] = {constraint: [] for constraint in CONSTRAINTS}
    for (*same_task, constraints), rate in rates.items():
        assert isinstance(constraints, frozenset)
        for word in constraints & CONSTRAINTS.keys():
            without = rates.get((*same_task, constraints - {word}))
            if without is not None:
                made[word].append(rate - without)
    return made


def bare(run: Run) -> str:
    """The name of a task without its constraints."""
    left = [word for word in (run.task or "").split("-") if word not in CONSTRAINTS and word != "unconstrained"]
    return "-".join(left)


def marginal(data: Data) -> Table:
    """What each constraint costs, all else being equal."""
    rows = []
    for word, deltas in pairs(data).items():
        found = spread(deltas)
        deviation = found.deviation if found is not None else None
        rows.append(
            (
                words(CONSTRAINTS[word]), mean(found, signed=True), percent(deviation), count(len(deltas)),
                count(sum(delta < 0 for delta in deltas)),
            )
        )  # fmt: skip
    note = (
        "Mean difference in A% between a task and the same task without the constraint, same agent, model and "
        "framework, ± standard error over pairs. Pairs that share a task are not independent: read the errors as a "
        "lower bound."
    )
    heads = ("Constraint", "ΔA% ± SEM", "SD", "Pairs", "Pairs that lose")
    return Table("marginal", "Marginal effect of each constraint", note, heads, tuple(rows))


def marginal_figure(data: Data) -> Figure:
    """The same as bars."""
    found = [(CONSTRAINTS[word], spread(deltas)) for word, deltas in pairs(data).items()]
    shown = tuple(point(name, one) for name, one in found if one is not None)
    title = "What each constraint changes of A%, ± standard error over pairs"
    return Figure("bars", "marginal", title, "percentage points", (Series("ΔA%", shown),))


def frameworks(data: Data) -> Table:
    """A% of each framework by each configuration."""
    runs = [run for run in data.runs if run.level is not None and run.framework is not None]
    configurations = by_configuration(runs)
    named = titles(configurations)
    rows: list[tuple[float, tuple[Cell, ...]]] = []
    for framework in sorted({run.framework for run in runs if run.framework is not None}):
        cells, averages = [], []
        for mine in configurations.values():
            own = [run for run in mine if run.framework == framework]
            rates = task_rates(own, strict)
            passes = task_passes(own, 1)
            if not rates:
                cells.append(words(None))
                continue
            averages.append(fmean(rates))
            cells.append(leader(fmean(rates), fmean(passes) if passes else None, own))
        average = fmean(averages) if averages else 0.0
        rows.append((average, (words(framework), *cells, percent(average, n=float(len(averages))))))
    rows.sort(key=lambda row: -row[0])
    note = "A% ± standard error over runs, pass@1 in brackets, over all levels. The average counts configurations once."
    heads = ("Framework", *named.values(), "Average A%")
    return Table("frameworks", "Framework sensitivity", note, heads, tuple(row for _, row in rows))


def leader(rate: float, passed: float | None, own: list[Run]) -> Cell:
    """A framework's A% and pass@1 by one configuration."""
    errors = spread([found for run in own if (found := strict(run)) is not None])
    more = {"n": float(len(own))}
    text = f"{100 * rate:.1f}"
    if errors is not None and errors.sem is not None:
        more["sem"] = 100 * errors.sem
        text += f" ± {100 * errors.sem:.1f}"
    if passed is not None:
        more["pass_at_1"] = 100 * passed
        text += f" ({100 * passed:.0f})"
    return Cell(text, 100 * rate, more)


def framework_figure(table: Table) -> Figure:
    """The same as lines: a framework each, over the configurations."""
    series = tuple(
        Series(
            row[0].text,
            tuple(
                Point(head, cell.value, cell.value - cell.more.get("sem", 0), cell.value + cell.more.get("sem", 0))
                for head, cell in zip(table.columns[1:-1], row[1:-1], strict=True)
                if cell.value is not None
            ),
        )
        for row in table.rows
    )
    return Figure("lines", "frameworks", "A% by framework and configuration, ± standard error over runs", "A%", series)


def features(data: Data) -> Table:
    """pass@1 on tasks that change an existing project."""
    runs = [run for run in data.runs if run.level is None and run.framework is not None]
    rows = []
    for (agent, model), mine in by_configuration(runs).items():
        tried = spread(task_passes(mine, 1, verified=False))
        rows.append((words(agent or None), words(model or None), mean(tried), count(len(mine))))
    note = "Tasks that change an existing project. They set no constraints; all checks must pass. Means over tasks."
    heads = ("Agent", "Model", "pass@1 ± SEM", "Runs")
    return Table("features", "Features on existing projects", note, heads, tuple(rows), words=2)


def impact(data: Data) -> Table:
    """What the verifiers change of A%."""
    rows = []
    drops: list[tuple[float, float]] = []
    for (agent, model), runs in by_configuration(run for run in data.runs if run.level is not None).items():
        cells = []
        means = []
        for level in LEVELS:
            with_them, without = (spread(task_rates(at(runs, level), rate)) for rate in (strict, raw))
            means.append((with_them, without))
            cells += [spread_cell(with_them), spread_cell(without), points(difference(with_them, without))]
        changes = [difference(means[0][place], means[3][place]) for place in (0, 1)]
        if changes[0] is not None and changes[1] is not None:
            drops.append((changes[0], changes[1]))
        rows.append((words(agent or None), words(model or None), *cells))
    heads = ("Agent", "Model", *(f"L{level} {what}" for level in LEVELS for what in ("A%", "raw", "Δ")))
    return Table("impact", "What the verifiers change", impact_note(data, drops), heads, tuple(rows), words=2)


def impact_note(data: Data, drops: list[tuple[float, float]]) -> str:
    """How many runs break their constraints, and how many of those the tests would have let pass."""
    held = [run for run in data.runs if run.level and run.compliant is not None]
    broken = [run for run in held if run.compliant is False]
    passing = [run for run in held if run.tests_passed]
    let_pass = [run for run in passing if run.compliant is False]
    text = "A% with verifiers, without (raw), and the difference."
    if held:
        text += f" Of {len(held)} runs with constraints {len(broken)} break one ({100 * len(broken) / len(held):.1f}%)"
        text += f"; of {len(passing)} among them that pass all tests, {len(let_pass)}"
        text += f" ({100 * len(let_pass) / len(passing):.1f}%)." if passing else "."
    if drops:
        text += f" From L0 to L3 A% changes by {100 * fmean(one for one, _ in drops):+.1f} points on average"
        text += f" with verifiers and by {100 * fmean(other for _, other in drops):+.1f} without"
        text += f" ({len(drops)} configurations)."
    return text
