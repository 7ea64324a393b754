"""study: a store -> tables and figures.

data        the runs that count
statistics  means with their errors, pass@k, intervals, risk ratios
rates       A% and pass@1 by level, constraint and framework; what the verifiers change
taxonomy    why runs failed, by Buttress and by the published labels
defects     which defects, which clauses, in which layers
predicting  which findings go with failing tests
nouns       tables, cells, figures
render      text, Markdown, LaTeX, CSV, JSON
page        HTML, with the figures that plot draws
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from verifier import VERSION
from verifier.study.nouns import SCHEMA_VERSION, Figure, Name, Study, Table

if TYPE_CHECKING:
    from verifier.study.data import Data

__all__ = ["study"]


def makers() -> Mapping[Name, Callable[[Data], Table]]:
    """What makes each table."""
    from functools import partial

    from verifier.study import defects, overview, predicting, rates, taxonomy

    return {
        "overview": overview.overview,
        "levels": rates.levels,
        "levels-raw": partial(rates.levels, verified=False),
        "decay": rates.decay,
        "pass-at-k": rates.passes_at_k,
        "marginal": rates.marginal,
        "frameworks": rates.frameworks,
        "features": rates.features,
        "impact": rates.impact,
        "coarse": partial(taxonomy.coarse, by="buttress"),
        "logic": partial(taxonomy.logic, by="buttress"),
        "data-layer": partial(taxonomy.data_layer, by="buttress"),
        "published-coarse": partial(taxonomy.coarse, by="published"),
        "published-logic": partial(taxonomy.logic, by="published"),
        "published-data-layer": partial(taxonomy.data_layer, by="published"),
        "published-levels": overview.published_levels,
        "agreement": taxonomy.agreement,
        "defects": defects.defects,
        "clauses": defects.clauses,
        "layers": defects.layers,
        "predictors": predicting.predictors,
        "endpoints": predicting.endpoints,
    }


def study(store: Path, wanted: Collection[str] = (), export: Path | None = None) -> Study:
    """The tables of a store that have rows, and their figures.

    Args:
        wanted: names of tables; all of them by default.
        export: a folder for the store's tables as Parquet files.

    Raises:
        BatchError: there is no such store, or it cannot be read.
    """
    from verifier.batch import store as stores
    from verifier.study.data import load

    folder = export.resolve() if export is not None else None
    with stores.opened(store, write=False, export=folder) as connection:
        if folder is not None:
            stores.write_parquet(connection, folder)
        data = load(connection)
        made = [make(data) for name, make in makers().items() if not wanted or name in wanted]
        tables = tuple(table for table in made if table.rows)
        figures = tuple(figure for figure in figures_of(data, tables) if any(one.points for one in figure.series))
    return Study(SCHEMA_VERSION, str(store), f"buttress {VERSION}", tables, figures)


def figures_of(data: Data, tables: tuple[Table, ...]) -> list[Figure]:
    """The figures of those tables that have one."""
    from verifier.study import predicting, rates, taxonomy

    made: list[Figure] = []
    for table in tables:
        if table.name == "levels":
            made.append(rates.decay_figure(data))
        elif table.name == "marginal":
            made.append(rates.marginal_figure(data))
        elif table.name == "frameworks":
            made.append(rates.framework_figure(table))
        elif table.name in ("coarse", "logic", "published-coarse", "published-logic"):
            made.append(taxonomy.figure(table))
        elif table.name == "predictors":
            made.append(predicting.figure(table))
    return made
