"""`buttress rules`, `buttress explain`, `buttress new`: the rule book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.commands.options import Color, Colors, PackFolders, Plain, write


def rules(
    format: Annotated[Plain, typer.Option("--format", "--output-format", help="The form of the list.")] = Plain.TEXT,
    pack: PackFolders = None,
    color: Colors = Color.AUTO,
) -> None:
    """List the rules."""
    from verifier.packs import load_book
    from verifier.report.book import rules_data, rules_text
    from verifier.report.style import painter

    book = load_book(pack or ())
    if format is Plain.JSON:
        from verifier.report.data import dumps

        write(dumps(rules_data(book)), None)
    else:
        write(rules_text(book, painter(color.value)), None)


def explain(
    rule: Annotated[str, typer.Argument(help="A rule, such as `layers/upward-import`.")],
    pack: PackFolders = None,
    color: Colors = Color.AUTO,
) -> None:
    """Print the page of a rule: what goes wrong, and what to write instead."""
    from verifier.check import require_known
    from verifier.packs import load_book
    from verifier.report.book import page_text
    from verifier.report.style import painter

    book = load_book(pack or ())
    require_known(book, rule)
    write(page_text(book, rule, painter(color.value)), None)


def new(
    rule: Annotated[str, typer.Argument(help="The id of the new rule: `pack/defect-in-a-few-words`.")],
    root: Annotated[Path, typer.Option("--root", help="The folder that holds `rules/` and `fixtures/`.")] = Path(),
) -> None:
    """Begin a rule: its file, and a bad and a good fixture. The tests fail until it is written."""
    from verifier.scaffold import scaffold

    for made in scaffold(rule, root):
        typer.echo(f"wrote {made}")
