"""`buttress graph`: the layers, drawn."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from verifier.commands.options import (
    Architecture,
    CacheDir,
    ConfigFile,
    Excluded,
    Isolated,
    NoCache,
    OptionalPath,
    Output,
    PackFolders,
    Patch,
    write,
)


class Drawing(StrEnum):
    """Formats of a drawing."""

    SVG = "svg"
    HTML = "html"
    MERMAID = "mermaid"
    DOT = "dot"


def graph(
    path: OptionalPath = None,
    patch: Patch = None,
    format: Annotated[
        Drawing | None,
        typer.Option(
            "--format",
            "--output-format",
            help="The form of the drawing; from the output file's ending, else mermaid.",
            show_default=False,
        ),
    ] = None,
    output_file: Output = None,
    exclude: Excluded = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    pack: PackFolders = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Draw the layers and who imports whom, violations in red."""
    from verifier.draw import draw
    from verifier.session import Options, open_session

    session = open_session(
        Options(
            path=path, patch=patch, config=config, isolated=isolated, exclude=tuple(exclude or ()),
            packs=tuple(pack or ()),
            cache=not no_cache, cache_directory=cache_dir, architecture=Architecture.CLEAN,
        )
    )  # fmt: skip
    endings = {".svg": Drawing.SVG, ".html": Drawing.HTML, ".dot": Drawing.DOT, ".gv": Drawing.DOT}
    chosen = format or endings.get(output_file.suffix if output_file is not None else "", Drawing.MERMAID)
    write(draw(session.facts, chosen.value), output_file)
