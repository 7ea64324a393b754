"""`buttress mcp`: the questions of a coding agent, answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.commands.options import CacheDir, PackFolders, refuse


def mcp(
    root: Annotated[
        Path | None,
        typer.Argument(
            help="The folder that it may read, with all below it. The current folder by default.", show_default=False
        ),
    ] = None,
    pack: PackFolders = None,
    cache_dir: CacheDir = None,
) -> None:
    """Serve a coding agent over the Model Context Protocol, on standard input and output: check, explain, fix, sql."""
    from importlib.util import find_spec

    if find_spec("mcp") is None or find_spec("mcp_types") is None:
        refuse("this needs the package `mcp`, version 2 or later: install `buttress[mcp]`.")
    from verifier.serve.held import Workshop
    from verifier.serve.protocol import serve

    if root is not None and not root.is_dir():
        refuse(f"{root} is no folder.")
    serve(Workshop(root or Path(), tuple(pack or ()), cache_dir))
