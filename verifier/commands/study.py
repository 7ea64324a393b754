"""`buttress study`: tables and figures of a store."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verifier.commands.options import Color, Colors, Output, names, refuse, write


class Format(StrEnum):
    """Formats of a study."""

    TEXT = "text"
    MARKDOWN = "markdown"
    LATEX = "latex"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


def study(
    store: Annotated[Path, typer.Argument(help="What `buttress batch` wrote.")] = Path("runs.duckdb"),
    table: Annotated[
        list[str] | None,
        typer.Option("--table", "-t", help="Only this table; --list names all.", rich_help_panel="Output"),
    ] = None,
    list_tables: Annotated[
        bool, typer.Option("--list", help="Name the tables that there can be.", rich_help_panel="Output")
    ] = False,
    format: Annotated[
        Format,
        typer.Option("--format", help="The form of the tables; html has figures too.", rich_help_panel="Output"),
    ] = Format.TEXT,
    output_file: Output = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write the store's tables there, as Parquet files.", rich_help_panel="Output"),
    ] = None,
    color: Colors = Color.AUTO,
) -> None:
    """Print the tables of a store: pass rates, why runs failed, which findings predict it.

    Exit status: 0; 2 wrong use, or no store.
    """
    from verifier.batch.nouns import BatchError
    from verifier.config import nearest
    from verifier.read import ReadError
    from verifier.study.nouns import NAMES

    if list_tables:
        write("".join(f"{name}\n" for name in NAMES), output_file)
        return
    wanted = names(table)
    for name in wanted:
        if name not in NAMES:
            raise ReadError(f"There is no table `{name}`{nearest(name, NAMES)}")
    if format is Format.CSV and len(wanted) != 1 and (output_file is None or not output_file.is_dir()):
        raise ReadError("CSV holds one table: name it with --table, or give a folder with --output-file.")
    from verifier.study import study as make

    try:
        made = make(store, wanted, export)
    except BatchError as error:
        raise ReadError(str(error)) from None
    from verifier.study import render

    if format is Format.CSV:
        for one in made.tables:
            inside = output_file is not None and output_file.is_dir()
            write(render.csv_table(one), output_file / f"{one.name}.csv" if inside and output_file else output_file)
        return
    if not made.tables:
        refuse(f"The store {store} has nothing for this table." if wanted else f"The store {store} is empty.")
    if format is Format.HTML:
        from verifier.study.page import html

        write(html(made), output_file)
    elif format is Format.TEXT:
        from verifier.report.style import painter

        write(render.text(made, painter("never" if output_file is not None else color.value)), output_file)
    else:
        made_text = {Format.MARKDOWN: render.markdown, Format.LATEX: render.latex, Format.JSON: render.data}
        write(made_text[format](made), output_file)
