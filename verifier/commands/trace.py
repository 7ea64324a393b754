"""`buttress trace`: the way of a request."""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.commands.options import (
    CacheDir,
    Color,
    Colors,
    ConfigFile,
    Excluded,
    Isolated,
    NoCache,
    OptionalPath,
    Output,
    PackFolders,
    Patch,
    Plain,
    write,
)


def trace(
    request: Annotated[str, typer.Argument(help="The request: `GET /api/articles`, or a path alone.")],
    path: OptionalPath = None,
    patch: Patch = None,
    format: Annotated[Plain, typer.Option("--format", "--output-format", help="The form of the output.")] = Plain.TEXT,
    output_file: Output = None,
    exclude: Excluded = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    pack: PackFolders = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Show what only puts objects together too.", rich_help_panel="Output"),
    ] = False,
    color: Colors = Color.AUTO,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Print the way of a request: route, handler, service, repository, database."""
    from verifier.report.style import painter
    from verifier.report.tracing import find_route, trace_data, trace_text
    from verifier.session import Options, open_session

    session = open_session(
        Options(
            path=path, patch=patch, config=config, isolated=isolated, exclude=tuple(exclude or ()),
            packs=tuple(pack or ()),
            cache=not no_cache, cache_directory=cache_dir,
        )
    )  # fmt: skip
    route = find_route(session.facts, request)
    if format is Plain.JSON:
        from verifier.report.data import dumps

        write(dumps(trace_data(session.facts, route)), output_file)
    else:
        paint = painter("never" if output_file is not None and color is Color.AUTO else color.value)
        write(trace_text(session.facts, route, paint, verbose=verbose), output_file)
