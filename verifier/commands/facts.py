"""`buttress facts`: what was read."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from verifier.commands.options import (
    CacheDir,
    Color,
    Colors,
    ConfigFile,
    Excluded,
    Gitignore,
    Isolated,
    Jobs,
    NoCache,
    OptionalPath,
    Output,
    PackFolders,
    Patch,
    Plain,
    write,
)


class Kind(StrEnum):
    """Kinds of facts."""

    ROUTES = "routes"
    IMPORTS = "imports"
    LAYERS = "layers"
    CALLS = "calls"
    MODELS = "models"
    QUERIES = "queries"
    STARTUP = "startup"


def facts(
    kind: Annotated[Kind, typer.Argument(help="What to print.")],
    path: OptionalPath = None,
    patch: Patch = None,
    format: Annotated[Plain, typer.Option("--format", "--output-format", help="The form of the output.")] = Plain.TEXT,
    output_file: Output = None,
    exclude: Excluded = None,
    respect_gitignore: Gitignore = None,
    config: ConfigFile = None,
    isolated: Isolated = False,
    pack: PackFolders = None,
    color: Colors = Color.AUTO,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
) -> None:
    """Print what was read: routes, imports, layers, calls, models, or how the project starts."""
    from verifier.report import data
    from verifier.report.facts import TEXTS
    from verifier.report.style import painter
    from verifier.session import Options, open_session

    session = open_session(
        Options(
            path=path, patch=patch, config=config, isolated=isolated, exclude=tuple(exclude or ()),
            packs=tuple(pack or ()),
            respect_gitignore=respect_gitignore, jobs=jobs, cache=not no_cache, cache_directory=cache_dir,
        )
    )  # fmt: skip
    if format is Plain.JSON:
        write(data.dumps(data.FACTS[kind.value](session.facts)), output_file)
    else:
        paint = painter("never" if output_file is not None and color is Color.AUTO else color.value)
        write(TEXTS[kind.value](session.facts, paint), output_file)
