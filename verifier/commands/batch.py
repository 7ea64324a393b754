"""`buttress batch`: many runs into a store."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verifier.commands.options import ContractFile, PackFolders, Plain, Quiet, names, write


class Engine(StrEnum):
    """Where runs are looked at."""

    LOCAL = "local"
    RAY = "ray"


def batch(
    source: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of results (runtime/agent/model/task/date/run_N), or a manifest with a JSON object a line.",
            show_default=False,
        ),
    ] = None,
    store: Annotated[
        Path, typer.Option("--store", "-s", help="The DuckDB file that the runs go to.", rich_help_panel="Output")
    ] = Path("runs.duckdb"),
    imports: Annotated[
        list[Path] | None,
        typer.Option(
            "--import", help="A CSV file that the paper published, or a folder of them.", rich_help_panel="Input"
        ),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="The folder that a manifest's paths are below (its own).", rich_help_panel="Input"),
    ] = None,
    contract: ContractFile = None,
    pack: PackFolders = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Run only these rules or packs.", rich_help_panel="Rules")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Do not run these rules or packs.", rich_help_panel="Rules")
    ] = None,
    no_classify: Annotated[
        bool, typer.Option("--no-classify", help="Do not look for the causes of failures.", rich_help_panel="Rules")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Do again what is done.", rich_help_panel="Work")] = False,
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Do again what took too long or crashed.", rich_help_panel="Work"),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, help="Processes; by default one for each processor.", rich_help_panel="Work"
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, help="Seconds that a run may take.", rich_help_panel="Work")
    ] = 120.0,
    engine: Annotated[
        Engine, typer.Option("--engine", help="Where runs are looked at.", rich_help_panel="Work")
    ] = Engine.LOCAL,
    ray_address: Annotated[
        str, typer.Option("--ray-address", help="The Ray cluster to use.", rich_help_panel="Work")
    ] = "auto",
    format: Annotated[
        Plain, typer.Option("--format", help="The form of the summary.", rich_help_panel="Output")
    ] = Plain.TEXT,
    quiet: Quiet = False,
) -> None:
    """Check, and classify where they failed, many runs: verdicts go to a store. What is done is not done again.

    Exit status: 0 all runs were looked at; 1 some could not be (the store says why); 2 wrong use or input.
    """
    from verifier.batch import Asking, BatchError
    from verifier.batch import batch as run_batch
    from verifier.read import ReadError
    from verifier.report.progress import Progress

    if source is None and not imports:
        raise ReadError("Name a folder of results, a manifest, or --import a published file.")
    asking = Asking(
        source=source, store=store, imports=tuple(imports or ()), root=root, contract=contract,
        packs=tuple(pack or ()), select=names(select), ignore=names(ignore), classify=not no_classify, force=force,
        retry=retry, jobs=jobs, timeout=timeout, engine=engine.value, address=ray_address,
    )  # fmt: skip
    try:
        with Progress(enabled=not quiet) as progress:
            made = run_batch(asking, progress)
    except BatchError as error:
        raise ReadError(str(error)) from None
    if format is Plain.JSON:
        import json

        import msgspec

        write(json.dumps(msgspec.to_builtins(made), indent=2) + "\n", None)
    elif not quiet:
        from verifier.batch.telling import batch_text

        write(batch_text(made), None)
    if made.errors:
        raise typer.Exit(1)
