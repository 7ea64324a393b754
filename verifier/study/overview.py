"""What the store holds, and what of it does not count; the published averages."""

from __future__ import annotations

from verifier.study.cells import count, percent, points, words
from verifier.study.data import Data
from verifier.study.nouns import Cell, Table


def overview(data: Data) -> Table:
    """How many runs there are, and what is not known of them."""
    runs = data.runs
    ((stored,),) = data.ask("SELECT count(*) FROM runs")
    ((judged,),) = data.ask("SELECT count(*) FROM judgements WHERE kind = 'coarse'")
    unread = dict(data.ask("SELECT part, count(DISTINCT run) FROM unread JOIN counted USING (run) GROUP BY part"))
    failed = [run for run in runs if run.failed]
    lines: list[tuple[str, int, str]] = [
        ("Runs in the store", stored, ""),
        ("Runs that count", len(runs), "of each task those of the newest date"),
        ("Configurations", len({run.configuration for run in runs}), "agent and model"),
        ("Tasks", len({(run.runtime, run.task) for run in runs if run.task}), ""),
        ("Succeeded", sum(run.succeeded is True for run in runs), "tests passed, constraints kept"),
        ("Failed", len(failed), ""),
        ("Neither is known", sum(run.succeeded is None for run in runs), "no results"),
        ("Failed and classified", sum(run.paper_label is not None for run in failed), ""),
        ("Project not read", unread.get("project", 0), "empty, broken or missing"),
        ("Results not read", unread.get("results", 0) + unread.get("record", 0), "in a benchmark's tree they count 0"),
        ("Buttress could not look", sum(run.error is not None for run in runs), "`SELECT run, error FROM runs`"),
        ("Published labels", judged, "imported"),
    ]
    rows = tuple((words(what), count(number), Cell(note)) for what, number, note in lines)
    return Table("overview", "What the store holds", "", ("", "Count", "Note"), rows)


def published_levels(data: Data) -> Table:
    """The published averages by level."""
    rows = data.ask(
        "SELECT agent, model, level, strict_pass_rate, pass_at_1, executed FROM published "
        "WHERE granularity = 'global' AND level IS NOT NULL ORDER BY model, agent, level"
    )
    made: dict[tuple[str, str], dict[int, tuple[float, float, int]]] = {}
    for agent, model, level, rate, passed, executed in rows:
        made.setdefault((agent, model), {})[level] = (rate, passed, executed)
    table = []
    for (agent, model), levels in made.items():
        change = levels[3][0] - levels[0][0] if 0 in levels and 3 in levels else None
        table.append(
            (
                words(agent), words(model),
                *(percent(levels[level][0] if level in levels else None) for level in range(4)),
                *(percent(levels[level][1] if level in levels else None) for level in range(4)),
                points(change), count(sum(executed for *_, executed in levels.values())),
            )
        )  # fmt: skip
    heads = ("Agent", "Model", *(f"A% L{n}" for n in range(4)), *(f"pass@1 L{n}" for n in range(4)))
    note = "As published in `global_stats.csv`, with the paper's own verifiers."
    title = "A% and pass@1 by constraint level, published"
    return Table("published-levels", title, note, (*heads, "ΔA% L0→L3", "Runs"), tuple(table), words=2)
